/* SPDX-License-Identifier: Apache-2.0 */
/*
 * package-lock.json and npm-shrinkwrap.json (docs.npmjs.com, "package-lock.json"): "packages" by path since version 2,
 * which is read where it is there, "dependencies" by name, nested, in version 1. Links and the workspaces that they
 * lead to are the application itself.
 */
#include "catalog/lang/members.h"
#include "catalog/lock/lock.h"

enum { VERSION, NAME, LINK, DEV, RESOLVED };

static const char *const paths[] = {"version", "name", "link", "dev", "resolved", NULL};

/* What follows the last "node_modules/"; empty when there is none. */
static struct ia_str module_of(struct ia_str key)
{
    const struct ia_str folder = IA_STR("node_modules/");
    for (size_t i = key.n; i-- > 0;)
        if (ia_str_starts(ia_str_sub(key, i, key.n), folder) && (i == 0 || key.p[i - 1] == '/'))
            return ia_str_sub(key, i + folder.n, key.n);
    return (struct ia_str){0};
}

/* "npm:name@version" of an alias; what is not a version is where the package comes from. */
static void set_version(struct ia_locked *locked, struct ia_str version)
{
    const struct ia_str alias = IA_STR("npm:");
    if (ia_str_starts(version, alias)) {
        struct ia_str target = ia_str_sub(version, alias.n, version.n);
        size_t at = ia_str_find_last(target, '@');
        bool named = at > 0 && at < target.n;
        locked->name = named ? ia_str_sub(target, 0, at) : target;
        locked->version = named ? ia_str_sub(target, at + 1, target.n) : (struct ia_str){0};
    } else if (ia_str_find(version, ':') < version.n || ia_str_find(version, '/') < version.n) {
        ia_fields_add(&locked->fields, "url", version);
    } else {
        locked->version = version;
    }
}

static int add(struct ia_found *found, struct ia_env *env, const struct ia_member_record *record, struct ia_str name)
{
    struct ia_locked locked = {"npm", "package-lock", name, {0}, {.n = 0}};
    set_version(&locked, ia_member(record, VERSION));
    if (locked.version.n == 0 && locked.fields.n == 0)
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, record->offset, "a package without version");
    ia_fields_flag(&locked.fields, "dev", ia_member_true(record, DEV));
    if (locked.fields.n == 0 || !ia_str_is(locked.fields.rows[0].name, "url"))
        ia_fields_add(&locked.fields, "url", ia_member(record, RESOLVED));
    return ia_locked_add(&locked, env, found);
}

static int take_path(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct ia_str name = ia_member(record, NAME);
    struct ia_str module = module_of(record->key);
    if (module.n == 0 || ia_member_true(record, LINK))
        return IMGA_OK;
    return add(user, env, record, name.n ? name : module);
}

static int take_name(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    return add(user, env, record, record->key);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const struct ia_member_table by_path = {"packages{}", paths, false, take_path};
    static const struct ia_member_table by_name = {"dependencies{}", paths, true, take_name};
    int status = ia_members_read(env, file->content, &by_path, found, found);
    if (status == 0)
        status = ia_members_read(env, file->content, &by_name, found, NULL);
    return status < 0 ? status : IMGA_OK;
}

static const char *const names[] = {"package-lock.json", "npm-shrinkwrap.json", NULL};

const struct ia_analyser ia_npm_lock_analyser = {"npm-lock", 1, names, NULL, NULL, ia_locked_wants, analyse};
