/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of one PAX extended header (POSIX.1-2001, "pax Extended Header"): the keys that change what an entry is.
 * Times, owner names and other keys are checked for their form only. Only for tar.c.
 */
#ifndef IA_IO_TAR_PAX_H
#define IA_IO_TAR_PAX_H

#include "base/env.h"

struct ia_pax {
    struct ia_str path, link, sparse_name; /* empty: not given; views of the text */
    struct ia_str sparse_major, sparse_minor;
    uint64_t size; /* at most 2^63-1 */
    uint32_t uid, gid;
    bool has_size, has_uid, has_gid;
    bool has_sparse;                 /* any GNU.sparse.* key */
    bool has_sparse_map;             /* the last GNU.sparse.map is not empty */
    uint64_t sparse_parts;           /* GNU.sparse.offset and GNU.sparse.numbytes: how many */
    bool has_sparse_parts;           /* and they make a map that is not empty */
    unsigned flags;                  /* IA_TAR_ODD_NUMBER, IA_TAR_ODD_PAX (a key given twice), IA_TAR_OVERLAY */
};

/* offset is the place of the text in the stream, for the error. E_FORMAT. */
int ia_pax_read(struct ia_env *env, struct ia_str text, uint64_t offset, struct ia_pax *out);
/* Whether the keys describe a sparse member of a version that is in use: 0.0, 0.1 or 1.0. */
bool ia_pax_is_sparse(const struct ia_pax *pax);

#endif
