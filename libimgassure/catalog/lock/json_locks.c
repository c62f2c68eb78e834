/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three lock files in JSON: composer.lock (lists of packages), Pipfile.lock (objects by name, versions behind "=="),
 * NuGet's packages.lock.json (for each framework an object by name; projects are the application itself).
 */
#include "catalog/lang/members.h"
#include "catalog/lock/lock.h"

static int add(struct ia_locked *locked, struct ia_env *env, struct ia_found *found, int64_t offset)
{
    if (locked->version.n == 0)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, offset, "a package without version"));
    return ia_locked_add(locked, env, found);
}

/* ---- Composer ---- */

enum { NAME, VERSION, REFERENCE };

static int take_composer(struct ia_found *found, struct ia_env *env, const struct ia_member_record *record, bool dev)
{
    struct ia_locked locked = {
        "composer", "composer-lock", ia_member(record, NAME), ia_member(record, VERSION), {.n = 0}};
    ia_fields_flag(&locked.fields, "dev", dev);
    ia_fields_add(&locked.fields, "commit", ia_member(record, REFERENCE));
    return add(&locked, env, found, record->offset);
}

static int take_package(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    return take_composer(user, env, record, false);
}

static int take_development(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    return take_composer(user, env, record, true);
}

static int analyse_composer(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const char *const paths[] = {"name", "version", "source.reference", NULL};
    static const struct ia_member_table packages = {"packages[]", paths, false, take_package};
    static const struct ia_member_table development = {"packages-dev[]", paths, false, take_development};
    IA_TRY(ia_members_read(env, file->content, &packages, found, found));
    int status = ia_members_read(env, file->content, &development, found, NULL);
    return status < 0 ? status : IMGA_OK;
}

/* ---- Pipfile ---- */

enum { PIN, GIT };

static int take_pipfile(struct ia_found *found, struct ia_env *env, const struct ia_member_record *record, bool dev)
{
    struct ia_locked locked = {"pypi", "pipfile-lock", record->key, ia_member(record, PIN), {.n = 0}};
    while (ia_str_starts(locked.version, IA_STR("=")))
        locked.version = ia_str_sub(locked.version, 1, locked.version.n);
    ia_fields_flag(&locked.fields, "dev", dev);
    ia_fields_add(&locked.fields, "url", ia_member(record, GIT));
    if (ia_member_named(record, GIT)) /* it has a commit instead of a version */
        return ia_locked_add(&locked, env, found);
    return add(&locked, env, found, record->offset);
}

static int take_default(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    return take_pipfile(user, env, record, false);
}

static int take_develop(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    return take_pipfile(user, env, record, true);
}

static int analyse_pipfile(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const char *const paths[] = {"version", "git", NULL};
    static const struct ia_member_table packages = {"default{}", paths, false, take_default};
    static const struct ia_member_table development = {"develop{}", paths, false, take_develop};
    IA_TRY(ia_members_read(env, file->content, &packages, found, found));
    int status = ia_members_read(env, file->content, &development, found, NULL);
    return status < 0 ? status : IMGA_OK;
}

/* ---- NuGet ---- */

enum { RESOLVED, TYPE };

static int take_nuget(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct ia_locked locked = {"nuget", "nuget-lock", record->key, ia_member(record, RESOLVED), {.n = 0}};
    if (ia_str_is(ia_member(record, TYPE), "Project"))
        return IMGA_OK;
    return add(&locked, env, user, record->offset);
}

static int analyse_nuget(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const char *const paths[] = {"resolved", "type", NULL};
    static const struct ia_member_table table = {"dependencies{}{}", paths, false, take_nuget};
    int status = ia_members_read(env, file->content, &table, found, found);
    return status < 0 ? status : IMGA_OK;
}

static const char *const composer_names[] = {"composer.lock", NULL};
static const char *const pipfile_names[] = {"Pipfile.lock", NULL};
static const char *const nuget_names[] = {"packages.lock.json", NULL};

const struct ia_analyser ia_composer_lock_analyser = {"composer-lock", 1, composer_names, NULL, NULL, ia_locked_wants,
                                                      analyse_composer};
const struct ia_analyser ia_pipfile_lock_analyser = {"pipfile-lock", 1, pipfile_names, NULL, NULL, ia_locked_wants,
                                                     analyse_pipfile};
const struct ia_analyser ia_nuget_lock_analyser = {"nuget-lock", 1, nuget_names, NULL, NULL, ia_locked_wants,
                                                   analyse_nuget};
