/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/lock/yaml_lock.h"

struct ia_str ia_yaml_text(const struct ia_yaml *mapping, const char *key)
{
    const struct ia_yaml *member = mapping && mapping->kind == IA_YAML_MAPPING ? ia_yaml_get(mapping, key) : NULL;
    return ia_str_from(member ? member->text : NULL);
}

static int take_packages(struct ia_found *found, struct ia_env *env, const struct ia_yaml *document,
                         ia_yaml_lock_take *take)
{
    const struct ia_yaml *packages =
        document && document->kind == IA_YAML_MAPPING ? ia_yaml_get(document, "packages") : NULL;
    if (!document || document->kind != IA_YAML_MAPPING || (packages && packages->kind != IA_YAML_MAPPING))
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "it has no list of packages");
    for (const struct ia_yaml *package = packages ? packages->items : NULL; package; package = package->next)
        IA_TRY(take(found, env, document, package));
    return IMGA_OK;
}

static int note_damage(struct ia_found *found, struct ia_env *env, int status)
{
    struct ia_error error = env->error;
    if (status != IMGA_E_FORMAT && status != IMGA_E_TRUNCATED && status != IMGA_E_LIMIT)
        return status;
    ia_error_clear(env);
    return ia_found_note(found, env, status == IMGA_E_LIMIT ? IMGA_NOTE_SKIPPED : IMGA_NOTE_DB_PARTIAL, error.offset,
                         "%s", error.message);
}

int ia_yaml_lock_read(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found,
                      ia_yaml_lock_take *take)
{
    const struct ia_yaml *document = NULL;
    struct ia_arena arena;
    ia_arena_init(&arena, &env->alloc);
    int status = ia_yaml_read(env, &arena, file->content, &document);
    status = status < 0 ? note_damage(found, env, status) : take_packages(found, env, document, take);
    ia_arena_free(&arena);
    return status;
}
