/* SPDX-License-Identifier: Apache-2.0 */
/* Interned strings: one NUL-terminated copy of each distinct text, in an arena of the pool's own. */
#ifndef IA_BASE_POOL_H
#define IA_BASE_POOL_H

#include "base/arena.h"
#include "base/map.h"

struct ia_pool {
    struct ia_arena arena;
    struct ia_map map;
};

void ia_pool_init(struct ia_pool *pool, const struct ia_alloc *alloc, const uint64_t seed[2]);
void ia_pool_free(struct ia_pool *pool);                           /* a zeroed pool is fine */
const char *ia_pool_str(struct ia_pool *pool, struct ia_str text); /* NULL: no memory */

#endif
