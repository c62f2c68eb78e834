/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pnpm-lock.yaml (github.com/pnpm/spec, "lockfile"): the keys of "packages" are "/name/version_peers" up to version 5,
 * "/name@version(peers)" in 6, without the slash from 9 on. What does not come from a registry has members "name" and
 * "version" instead.
 */
#include "catalog/lock/yaml_lock.h"

/* Up to version 5. */
static bool is_old(struct ia_str version)
{
    return version.n > 0 && version.p[0] >= '1' && version.p[0] <= '5' && (version.n == 1 || version.p[1] == '.');
}

static void split_old(struct ia_locked *locked, struct ia_str key)
{
    size_t scope = ia_str_starts(key, IA_STR("@")) ? ia_str_find(key, '/') + 1 : 0;
    size_t slash = scope + ia_str_find(ia_str_sub(key, scope, key.n), '/');
    locked->name = ia_str_sub(key, 0, slash);
    locked->version = ia_str_sub(key, slash + 1, key.n);
    locked->version = ia_str_sub(locked->version, 0, ia_str_find(locked->version, '_'));
}

static void split(struct ia_locked *locked, struct ia_str key)
{
    key = ia_str_sub(key, 0, ia_str_find(key, '('));
    size_t at = 1 + ia_str_find(ia_str_sub(key, 1, key.n), '@');
    locked->name = ia_str_sub(key, 0, at);
    locked->version = ia_str_sub(key, at + 1, key.n);
}

static int take(struct ia_found *found, struct ia_env *env, const struct ia_yaml *document,
                const struct ia_yaml *package)
{
    struct ia_locked locked = {"npm", "pnpm-lock", {0}, {0}, {.n = 0}};
    struct ia_str key = ia_str_from(package->key), name = ia_yaml_text(package, "name");
    struct ia_str version = ia_yaml_text(package, "version");
    if (ia_str_starts(key, IA_STR("/")))
        key = ia_str_sub(key, 1, key.n);
    if (is_old(ia_yaml_text(document, "lockfileVersion")))
        split_old(&locked, key);
    else
        split(&locked, key);
    if (name.n)
        locked.name = name;
    if (version.n)
        locked.version = version;
    ia_fields_flag(&locked.fields, "dev", ia_str_is(ia_yaml_text(package, "dev"), "true"));
    if (locked.version.n == 0)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "a package without version"));
    return ia_locked_add(&locked, env, found);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    return ia_yaml_lock_read(file, env, found, take);
}

static const char *const names[] = {"pnpm-lock.yaml", NULL};

const struct ia_analyser ia_pnpm_lock_analyser = {"pnpm-lock", 1, names, NULL, NULL, ia_locked_wants, analyse};
