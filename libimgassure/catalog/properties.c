/* SPDX-License-Identifier: Apache-2.0 */
/* A package has few: they are kept in order as they come. */
#include "catalog/properties.h"

#include <string.h>

enum { MOST = 64 };

void ia_properties_init(struct ia_properties *properties, const struct ia_env *env, struct ia_inventory *inventory)
{
    *properties = (struct ia_properties){.inventory = inventory};
    ia_vec_init(&properties->rows, &env->alloc, sizeof(struct ia_property), MOST);
}

void ia_properties_free(struct ia_properties *properties)
{
    ia_vec_free(&properties->rows);
}

int ia_properties_add(struct ia_properties *properties, struct ia_env *env, const struct ia_property *property)
{
    struct ia_vec *rows = &properties->rows;
    size_t at = rows->n;
    for (size_t i = 0; i < rows->n; i++) {
        int order = strcmp(((const struct ia_property *)ia_vec_at(rows, i))->name, property->name);
        if (order == 0)
            return IMGA_OK;
        if (order > 0 && at == rows->n)
            at = i;
    }
    if (rows->n == MOST)
        return IMGA_OK;
    if (ia_vec_push(rows, property) < 0)
        return ia_fail_nomem(env);
    struct ia_property *list = rows->p;
    memmove(&list[at + 1], &list[at], (rows->n - 1 - at) * sizeof(*list));
    list[at] = *property;
    return IMGA_OK;
}

int ia_properties_finish(struct ia_properties *properties, struct ia_env *env, struct ia_package *package)
{
    size_t count = properties->rows.n;
    package->properties = NULL;
    package->property_count = count;
    if (count == 0)
        return IMGA_OK;
    struct ia_property *copy = ia_arena_new_array(&properties->inventory->pool.arena, count, sizeof(*copy));
    if (!copy)
        return ia_fail_nomem(env);
    memcpy(copy, properties->rows.p, count * sizeof(*copy));
    package->properties = copy;
    properties->rows.n = 0;
    return IMGA_OK;
}
