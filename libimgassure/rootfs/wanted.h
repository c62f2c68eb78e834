/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which paths are wanted: the wanted files and directories as a small tree of their own. Each node of the view knows
 * its place in it, so that most entries cost one comparison with 0.
 */
#ifndef IA_ROOTFS_WANTED_H
#define IA_ROOTFS_WANTED_H

#include "base/vec.h"
#include "rootfs/rootfs.h"

enum { IA_WANT_NOTHING = 0, IA_WANT_ROOT = 1 };

struct ia_wants {
    const struct ia_want *rows;
    size_t count;
    struct ia_vec places;   /* struct ia_want_place */
    struct ia_vec patterns; /* struct ia_want_pattern */
};

/* IMGA_E_NOMEM. */
int ia_wants_init(struct ia_wants *wants, const struct ia_alloc *alloc, const struct ia_want *rows,
                  size_t count) IA_MUST_USE;
void ia_wants_free(struct ia_wants *wants); /* zeroed is fine */

/* The place of a name below a place; IA_WANT_NOTHING when nothing is wanted there or below. */
uint32_t ia_wants_below(const struct ia_wants *wants, uint32_t place, struct ia_str name);
/* Whether a file of this name in the directory at place is wanted. */
bool ia_wants_file(const struct ia_wants *wants, uint32_t place, struct ia_str name);
/* The same for a path given as components. */
bool ia_wants_path(const struct ia_wants *wants, const struct ia_str *parts, size_t count);
bool ia_want_matches(const struct ia_want *want, struct ia_str name); /* by the suffix */

#endif
