/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers with a table of contents, eStargz or zstd:chunked: they are read as the plain streams that they also are. That
 * there is a table is noted; where it says something else than the stream, or cannot be compared with it, a program
 * that goes by the table would see other files, and the result is incomplete.
 */
#ifndef IA_SCAN_TOC_H
#define IA_SCAN_TOC_H

#include "image/image.h"
#include "rootfs/layer_record.h"
#include "rootfs/wanted.h"

/*
 * Notes go to env->notes: IMGA_NOTE_TOC for a table, IMGA_NOTE_SKIPPED where it differs. 1 when something was noted,
 * 0, or a status of the environment. Afterwards the record holds the table's content no more.
 */
int ia_toc_check(struct ia_env *env, const struct ia_image *image, uint32_t layer, struct ia_layer_record *record);

/* What is taken from layers that can be read only once: rows, and the table of contents that is a file of the layer. */
struct ia_toc_wants {
    struct ia_alloc alloc;
    struct ia_want *rows;
    struct ia_wants wants;
};

/* E_NOMEM; may be freed also then. */
int ia_toc_wants_init(struct ia_env *env, const struct ia_want *rows, size_t count, struct ia_toc_wants *out);
void ia_toc_wants_free(struct ia_toc_wants *wants); /* a zeroed one is fine */

#endif
