/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the last state are compared with the databases of the next; those of a database that is gone are kept. */
#include "catalog/removed.h"

#include "catalog/paths.h"

enum { TEXTS = 6 };

struct ia_removed_row {
    const char *type;
    struct ia_str path;
    struct ia_str texts[TEXTS]; /* name, version, architecture, source, its version, licence */
    int32_t first;              /* layer that introduced it */
    uint32_t layer;             /* that removed the database */
};

static void state_init(struct ia_removed_state *state, const struct ia_env *env)
{
    ia_arena_init(&state->texts, &env->alloc);
    ia_map_init(&state->paths, &env->alloc, env->seed);
    ia_vec_init(&state->rows, &env->alloc, sizeof(struct ia_removed_row), SIZE_MAX); /* as many as records */
}

static void state_free(struct ia_removed_state *state)
{
    ia_vec_free(&state->rows);
    ia_map_free(&state->paths);
    ia_arena_free(&state->texts);
}

void ia_removed_init(struct ia_removed *removed, const struct ia_env *env, bool keeps)
{
    removed->keeps = keeps;
    state_init(&removed->now, env);
    state_init(&removed->next, env);
    ia_arena_init(&removed->texts, &env->alloc);
    ia_vec_init(&removed->gone, &env->alloc, sizeof(struct ia_removed_row), SIZE_MAX);
}

void ia_removed_free(struct ia_removed *removed)
{
    state_free(&removed->now);
    state_free(&removed->next);
    ia_vec_free(&removed->gone);
    ia_arena_free(&removed->texts);
}

void ia_removed_begin(struct ia_removed *removed, const struct ia_env *env)
{
    state_free(&removed->next);
    state_init(&removed->next, env);
}

static bool copy_text(struct ia_arena *arena, struct ia_str *text)
{
    text->p = ia_arena_str(arena, *text);
    return text->p != NULL;
}

static int add_row(struct ia_arena *arena, struct ia_vec *rows, struct ia_removed_row row)
{
    for (size_t i = 0; i < TEXTS; i++)
        if (!copy_text(arena, &row.texts[i]))
            return IMGA_E_NOMEM;
    if (!copy_text(arena, &row.path))
        return IMGA_E_NOMEM;
    return ia_vec_push(rows, &row);
}

/* A path of the arena, once for each database. */
static int add_path(struct ia_removed_state *state, struct ia_str *path)
{
    uint64_t index;
    if (ia_map_get(&state->paths, *path, &index))
        return IMGA_OK;
    if (!copy_text(&state->texts, path))
        return IMGA_E_NOMEM;
    return ia_map_put(&state->paths, *path, 1);
}

int ia_removed_add(struct ia_removed *removed, struct ia_env *env, const struct ia_listed *listed)
{
    const struct ia_record *record = listed->record;
    struct ia_removed_row row = {
        .type = listed->type,
        .path = listed->path,
        .texts = {record->name, record->version, record->architecture, record->source, record->source_version,
                  record->license},
    };
    struct ia_str path = listed->path;
    if (!removed->keeps || record->kept_apart)
        return IMGA_OK;
    if (add_path(&removed->next, &path) < 0 || add_row(&removed->next.texts, &removed->next.rows, row) < 0)
        return ia_fail_nomem(env);
    return IMGA_OK;
}

static struct ia_record record_of(const struct ia_removed_row *row)
{
    return (struct ia_record){.name = row->texts[0], .version = row->texts[1], .architecture = row->texts[2]};
}

int ia_removed_commit(struct ia_removed *removed, struct ia_env *env, struct ia_origin *origin, uint32_t layer)
{
    struct ia_removed_state old = removed->now;
    struct ia_removed_row *row;
    uint64_t known;
    for (size_t i = 0; (row = ia_vec_at(&old.rows, i)); i++) {
        const struct ia_record record = record_of(row);
        if (ia_map_get(&removed->next.paths, row->path, &known))
            continue;
        IA_TRY(ia_origin_find(origin, env, row->type, &record, &row->first));
        row->layer = layer;
        if (add_row(&removed->texts, &removed->gone, *row) < 0)
            return ia_fail_nomem(env);
    }
    removed->now = removed->next;
    removed->next = old;
    return IMGA_OK;
}

static int keep_layer(struct ia_env *env, struct ia_inventory *inventory, uint32_t layer, const char **out)
{
    struct ia_buf digits;
    ia_buf_init(&digits, &env->alloc, 16);
    int status = ia_described(env, ia_buf_u64(&digits, layer), "layers", env->limits->layers);
    if (status == IMGA_OK)
        status = ia_keep_text(env, inventory, ia_buf_view(&digits), NULL, out);
    ia_buf_free(&digits);
    return status;
}

static int take_row(struct ia_env *env, struct ia_inventory *inventory, const struct ia_removed_row *row)
{
    struct ia_package package = {.type = row->type, .layer = row->first, .owner = -1, .how = "removed-database"};
    struct ia_property *property = ia_arena_new(&inventory->pool.arena, sizeof(*property));
    const char **texts[TEXTS] = {&package.name,   &package.version,        &package.architecture,
                                 &package.source, &package.source_version, &package.license};
    if (!property)
        return ia_fail_nomem(env);
    for (size_t i = 0; i < TEXTS; i++)
        IA_TRY(ia_keep_text(env, inventory, row->texts[i], NULL, texts[i]));
    IA_TRY(ia_keep_text(env, inventory, row->path, NULL, &package.path));
    property->name = "removed";
    IA_TRY(keep_layer(env, inventory, row->layer, &property->value));
    package.properties = property;
    package.property_count = 1;
    return ia_inventory_add_package(env, inventory, &package);
}

int ia_removed_take(struct ia_removed *removed, struct ia_env *env, struct ia_origin *origin,
                    struct ia_inventory *inventory)
{
    const struct ia_removed_row *row;
    for (size_t i = 0; (row = ia_vec_at(&removed->gone, i)); i++) {
        const struct ia_record record = record_of(row);
        int32_t layer;
        IA_TRY(ia_origin_find(origin, env, row->type, &record, &layer));
        if (layer < 0)
            IA_TRY(take_row(env, inventory, row));
    }
    return IMGA_OK;
}
