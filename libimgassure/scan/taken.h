/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of layers that went by while an archive was read that can be read only once. Which of them belong to the
 * image is known only afterwards, so all of them are kept; together they may hold kept_bytes.
 */
#ifndef IA_SCAN_TAKEN_H
#define IA_SCAN_TAKEN_H

#include "base/vec.h"
#include "catalog/examiner.h"
#include "image/image.h"
#include "rootfs/recorder.h"
#include "scan/toc.h"

struct ia_taken {
    struct ia_alloc alloc;
    struct ia_toc_wants wants;
    uint32_t look; /* IMGA_LOOK_* */
    struct ia_file_examiner examiner;
    struct ia_recording recording;
    struct ia_vec records; /* struct ia_layer_record */
    uint64_t held;         /* bytes */
    struct ia_layer_sink sink;
};

/* The cataloguers say what is wanted. *taken must not move; it may be freed also after a failure. */
int ia_taken_init(struct ia_env *env, struct ia_taken *taken, uint32_t look);
void ia_taken_free(struct ia_taken *taken);                                                   /* a zeroed one is fine */
const struct ia_layer_record *ia_taken_record(const struct ia_taken *taken, uint32_t number); /* NULL: none */

#endif
