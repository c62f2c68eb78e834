/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two maps of the packages' keys: the last observation and the one being made. A key is every part with its length in
 * front, so that no text can pretend to be two parts.
 */
#include "catalog/origin.h"

static void observation_init(struct ia_observation *o, const struct ia_env *env)
{
    ia_arena_init(&o->keys, &env->alloc);
    ia_map_init(&o->layers, &env->alloc, env->seed);
}

static void observation_free(struct ia_observation *o)
{
    ia_map_free(&o->layers);
    ia_arena_free(&o->keys);
}

void ia_origin_init(struct ia_origin *origin, const struct ia_env *env)
{
    observation_init(&origin->now, env);
    observation_init(&origin->next, env);
    ia_buf_init(&origin->key, &env->alloc, SIZE_MAX); /* as long as parts of a text in memory */
}

void ia_origin_free(struct ia_origin *origin)
{
    observation_free(&origin->now);
    observation_free(&origin->next);
    ia_buf_free(&origin->key);
}

static int add_part(struct ia_buf *key, struct ia_str part)
{
    IA_TRY(ia_buf_u64(key, part.n));
    IA_TRY(ia_buf_char(key, ':'));
    return ia_buf_str(key, part);
}

static int write_key(struct ia_buf *key, const char *type, const struct ia_record *record)
{
    ia_buf_clear(key);
    IA_TRY(add_part(key, ia_str_from(type)));
    IA_TRY(add_part(key, record->name));
    IA_TRY(add_part(key, record->version));
    return add_part(key, record->architecture);
}

void ia_origin_begin(struct ia_origin *origin, const struct ia_env *env)
{
    observation_free(&origin->next);
    observation_init(&origin->next, env);
}

int ia_origin_add(struct ia_origin *origin, struct ia_env *env, const char *type, const struct ia_record *record,
                  uint32_t layer)
{
    uint64_t first = layer;
    if (write_key(&origin->key, type, record) < 0)
        return ia_fail_nomem(env);
    struct ia_str key = ia_buf_view(&origin->key);
    ia_map_get(&origin->now.layers, key, &first);
    key.p = ia_arena_str(&origin->next.keys, key);
    if (!key.p || ia_map_put(&origin->next.layers, key, first) < 0)
        return ia_fail_nomem(env);
    return IMGA_OK;
}

void ia_origin_commit(struct ia_origin *origin)
{
    struct ia_observation old = origin->now;
    origin->now = origin->next;
    origin->next = old;
}

int ia_origin_find(struct ia_origin *origin, struct ia_env *env, const char *type, const struct ia_record *record,
                   int32_t *layer)
{
    uint64_t first;
    *layer = -1;
    if (write_key(&origin->key, type, record) < 0)
        return ia_fail_nomem(env);
    if (ia_map_get(&origin->now.layers, ia_buf_view(&origin->key), &first) && first <= INT32_MAX)
        *layer = (int32_t)first;
    return IMGA_OK;
}
