/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stable sort of row indexes, in memory of the caller's allocator: qsort(3) is not stable and may take memory of its
 * own.
 */
#ifndef IA_DB_SORT_H
#define IA_DB_SORT_H

#include "base/env.h"

struct ia_db_order {
    int (*compare)(const void *rows, uint32_t a, uint32_t b); /* indexes of two rows */
    const void *rows;
};

/* The indexes 0 .. count - 1 in the order of their rows. The result is the caller's; NULL for count 0. */
int ia_db_sort(struct ia_env *env, size_t count, struct ia_db_order order, uint32_t **out);

#endif
