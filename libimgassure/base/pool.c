/* SPDX-License-Identifier: Apache-2.0 */
/* Interned strings. */
#include "base/pool.h"

void ia_pool_init(struct ia_pool *pool, const struct ia_alloc *alloc, const uint64_t seed[2])
{
    ia_arena_init(&pool->arena, alloc);
    ia_map_init(&pool->map, alloc, seed);
}

void ia_pool_free(struct ia_pool *pool)
{
    ia_map_free(&pool->map);
    ia_arena_free(&pool->arena);
}

const char *ia_pool_str(struct ia_pool *pool, struct ia_str text)
{
    uint64_t known;
    if (ia_map_get(&pool->map, text, &known))
        return (const char *)(uintptr_t)known;
    const char *copy = ia_arena_str(&pool->arena, text);
    if (!copy || ia_map_put(&pool->map, (struct ia_str){copy, text.n}, (uint64_t)(uintptr_t)copy) < 0)
        return NULL;
    return copy;
}
