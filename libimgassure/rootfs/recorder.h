/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads one layer's tar stream to its end and makes its record. It can stop wherever the stream has nothing to give and
 * go on later, so that one thread can have several layers at work.
 */
#ifndef IA_ROOTFS_RECORDER_H
#define IA_ROOTFS_RECORDER_H

#include "base/reader.h"
#include "rootfs/examine.h"
#include "rootfs/layer_record.h"
#include "rootfs/wanted.h"

/* What is taken from the layers. */
struct ia_recording {
    const struct ia_wants *wants;       /* whose contents are kept, by the path as it is written in the layer */
    bool digests;                       /* SHA-256 of every regular file */
    const struct ia_examiner *examiner; /* of the other files; NULL: none */
    struct ia_examine_turn *turn;       /* for large ones; NULL: none is needed, one layer is read at a time */
};

struct ia_recorder;

/* stream and recording are borrowed; record is initialised here and freed by the caller, also after a failure. */
int ia_recorder_new(struct ia_env *env, const struct ia_recording *recording, struct ia_reader *stream,
                    struct ia_layer_record *record, struct ia_recorder **out);
/*
 * 0: the record is whole and the stream has been read to its end; IA_AGAIN; < 0: what the walker or the stream said, or
 * E_LIMIT: layer_entries, kept_bytes. The place of an error is the entry.
 */
int ia_recorder_run(struct ia_recorder *recorder, struct ia_env *env);
/* Whether it can do nothing until another recorder gives its turn back. */
bool ia_recorder_waits(const struct ia_recorder *recorder);
void ia_recorder_free(struct ia_recorder *recorder); /* NULL is fine */

/* The same in one call, for a stream that never pauses. */
int ia_layer_record_stream(struct ia_env *env, const struct ia_recording *recording, struct ia_reader *stream,
                           struct ia_layer_record *record);

#endif
