/* SPDX-License-Identifier: Apache-2.0 */
/* Findings by source package. The key is the pair of addresses that begins each record. */
#include "match/sources.h"

static struct ia_str key_of(const struct ia_source_findings *source)
{
    return (struct ia_str){(const char *)source, offsetof(struct ia_source_findings, first)};
}

void ia_sources_init(struct ia_sources *sources, const struct ia_env *env)
{
    ia_arena_init(&sources->arena, &env->alloc);
    ia_map_init(&sources->map, &env->alloc, env->seed);
}

void ia_sources_free(struct ia_sources *sources)
{
    ia_map_free(&sources->map);
    ia_arena_free(&sources->arena);
}

bool ia_sources_find(const struct ia_sources *sources, struct ia_source_findings *source)
{
    uint64_t address;
    if (!ia_map_get(&sources->map, key_of(source), &address))
        return false;
    *source = *(const struct ia_source_findings *)(uintptr_t)address;
    return true;
}

int ia_sources_add(struct ia_sources *sources, struct ia_env *env, const struct ia_source_findings *source)
{
    struct ia_source_findings *copy = ia_arena_new(&sources->arena, sizeof(*copy));
    if (!copy)
        return ia_fail_nomem(env);
    *copy = *source;
    if (ia_map_put(&sources->map, key_of(copy), (uint64_t)(uintptr_t)copy) < 0)
        return ia_fail_nomem(env);
    return IMGA_OK;
}
