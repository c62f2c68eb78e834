/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of contents beside the record of the stream it belongs to: the same names, and of each the same type, size,
 * link target and device; of files whose content was kept or hashed, the same digest. The last entry of a name counts
 * on both sides, as the readers of such tables have it. One lookup for each entry; 40 bytes and a slot of a map each.
 */
#ifndef IA_SCAN_TOC_COMPARE_H
#define IA_SCAN_TOC_COMPARE_H

#include "base/arena.h"
#include "base/map.h"
#include "rootfs/layer_record.h"
#include "scan/toc_read.h"

struct ia_toc_compare {
    const struct ia_layer_record *record; /* borrowed */
    bool omits;                           /* the table leaves itself and landmarks out */
    struct ia_arena arena;
    struct ia_map names;      /* normalised name -> index of row */
    struct ia_vec rows;       /* struct row */
    struct ia_vec parts;      /* struct ia_str */
    struct ia_buf key, other; /* normalised names at hand */
    const char *extra;        /* the first name that only the table has; NULL: none */
};

struct ia_toc_difference {
    const char *name; /* lives as long as the comparison */
    const char *what; /* "only the stream has it" */
};

/* estargz: the table leaves itself and landmarks out. *compare may be freed also after a failure. */
int ia_toc_compare_begin(struct ia_toc_compare *compare, struct ia_env *env, const struct ia_layer_record *record,
                         bool estargz);
int ia_toc_compare_entry(void *compare, struct ia_env *env, const struct ia_toc_entry *entry); /* an ia_toc_each */
/* 1 and the first difference, in the order of the stream; 0: there is none. */
int ia_toc_compare_end(struct ia_toc_compare *compare, struct ia_env *env, struct ia_toc_difference *out);
void ia_toc_compare_free(struct ia_toc_compare *compare); /* a zeroed one is fine */

/* What a name means, without a slash at either end: 1; 0 when it is over a limit. Invalid UTF-8 becomes U+FFFD, as in
 * the JSON that Go programs write. */
int ia_toc_key(struct ia_env *env, struct ia_str name, struct ia_vec *parts, struct ia_buf *out);

#endif
