/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/lock/lock.h"

#include "catalog/lang/place.h"
#include "catalog/lang/python.h"

bool ia_locked_wants(struct ia_str path)
{
    return !ia_place_has(path, "node_modules") && !ia_place_in_conda_cache(path);
}

static int add_package(const struct ia_locked *locked, struct ia_str name, struct ia_env *env, struct ia_found *found)
{
    struct ia_found_package package = {
        .type = ia_str_from(locked->type),
        .name = name,
        .version = locked->version,
        .how = ia_str_from(locked->how),
        .fields = locked->fields.rows,
        .field_count = locked->fields.n,
    };
    return ia_found_package(found, env, &package);
}

int ia_locked_add(struct ia_locked *locked, struct ia_env *env, struct ia_found *found)
{
    struct ia_buf name;
    int status;
    if (locked->name.n == 0)
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "a package without name");
    ia_fields_flag(&locked->fields, "lock-file", true);
    if (!ia_str_is(ia_str_from(locked->type), "pypi"))
        return add_package(locked, locked->name, env, found);
    ia_buf_init(&name, &env->alloc, SIZE_MAX);
    status = ia_python_name(&name, locked->name) < 0 ? ia_fail_nomem(env)
                                                     : add_package(locked, ia_buf_view(&name), env, found);
    ia_buf_free(&name);
    return status;
}
