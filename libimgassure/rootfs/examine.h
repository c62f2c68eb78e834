/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that are examined while their layer goes by: what an examiner has to say of a file is kept as the facts of the
 * file, its content is not. An examiner is asked by the path as the layer has it; links do not matter, because every
 * file is met where it is.
 */
#ifndef IA_ROOTFS_EXAMINE_H
#define IA_ROOTFS_EXAMINE_H

#include "base/buf.h"
#include "base/cursor.h"
#include "base/env.h"
#include "rootfs/layer_record.h"

#include <stdatomic.h>

enum {
    IA_EXAMINE_HEAD = 20,               /* bytes; enough for the magic and the type of an ELF file */
    IA_EXAMINE_LARGE = 16 * 1024 * 1024 /* bytes of a file that needs a turn */
};

/*
 * Of the large files of all layers that are read at a time one is in memory: the others wait. The order in which they
 * come changes no result.
 */
struct ia_examine_turn {
    atomic_uintptr_t holder; /* 0: nobody */
};

void ia_examine_turn_init(struct ia_examine_turn *turn);
bool ia_examine_turn_take(struct ia_examine_turn *turn, const void *taker); /* true also when he has it already */
bool ia_examine_turn_is_free(const struct ia_examine_turn *turn);
void ia_examine_turn_give(struct ia_examine_turn *turn, const void *taker); /* nothing when he does not have it */

struct ia_examined {
    unsigned what;      /* what wants() answered */
    struct ia_str path; /* relative, normalised, raw bytes */
    struct ia_str content;
    uint32_t mode; /* permission bits */
    uint64_t size; /* of the file */
    bool whole;    /* false: over the limit file_bytes, or sparse; content is empty */
};

/* Called from any thread, several at a time. */
struct ia_examiner {
    const void *user;    /* handed to each */
    const char *version; /* of everything it may find: caches are keyed by it */
    /* Above 0: the file is of interest, and of which kind. */
    unsigned (*wants)(const void *user, struct ia_str path);
    /* By its first bytes: IA_EXAMINE_HEAD, or all of a smaller file. */
    bool (*accepts)(const void *user, unsigned what, struct ia_str head);
    /* facts is initialised by the caller and empty; so it may stay. */
    int (*examine)(const void *user, struct ia_env *env, const struct ia_examined *file, struct ia_buf *facts);
};

/* One file after the other. */
struct ia_examination {
    const struct ia_examiner *by; /* NULL: nothing is examined */
    const struct ia_tar_entry *entry;
    unsigned what;
    bool accepted;
    struct ia_str path;
    struct ia_buf joined; /* the path, when the name in the layer is not the path */
    struct ia_buf content;
};

void ia_examination_init(struct ia_examination *examination, const struct ia_env *env, const struct ia_examiner *by);
void ia_examination_free(struct ia_examination *examination); /* a zeroed one is fine */

/* 1 when the data of the file is to be handed over; 0; E_NOMEM. parts and entry stay until its end. */
int ia_examination_begin(struct ia_examination *examination, struct ia_env *env, const struct ia_vec *parts,
                         const struct ia_tar_entry *entry);
/* 1 to go on, 0 when the file turned out to be of no interest, E_NOMEM. */
int ia_examination_add(struct ia_examination *examination, struct ia_env *env, struct ia_cursor piece);
/* 1 and the facts, freed by the caller with the allocator of env; 0 when there are none; < 0. */
int ia_examination_end(struct ia_examination *examination, struct ia_env *env, struct ia_content *out);

#endif
