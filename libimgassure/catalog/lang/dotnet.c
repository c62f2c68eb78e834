/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a .NET application runs with: NAME.deps.json beside it (dotnet/sdk, documentation/specs/
 * runtime-configuration-file.md). Its libraries are "Name/Version": packages of NuGet; the runtime of a self-contained
 * application ("runtimepack"); projects, which are the application and its parts, and marked so. Assemblies that are
 * only referenced are not installed.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/lang.h"
#include "catalog/lang/members.h"

enum { TYPE };

static const char *const paths[] = {"type", NULL};

static bool wants(struct ia_str path)
{
    return ia_str_ends(path, IA_STR(".deps.json"));
}

/* "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64" is the package after the first dot. */
static struct ia_str without_prefix(struct ia_str name, struct ia_str type)
{
    const struct ia_str prefix = IA_STR("runtimepack.");
    return ia_str_is(type, "runtimepack") && ia_str_starts(name, prefix) ? ia_str_sub(name, prefix.n, name.n) : name;
}

static int take(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    static const char *const installed[] = {"package", "project", "runtimepack", NULL};
    struct ia_found *found = user;
    struct ia_fields fields = {.n = 0};
    struct ia_str type = ia_member(record, TYPE);
    size_t slash = ia_str_find(record->key, '/'), i = 0;
    while (installed[i] && !ia_str_is(type, installed[i]))
        i++;
    if (type.n && !installed[i])
        return IMGA_OK;
    if (type.n == 0 || slash == 0 || slash + 1 >= record->key.n)
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, record->offset, "a library without %s",
                             type.n ? "name or version" : "type");
    ia_fields_flag(&fields, "project", ia_str_is(type, "project"));
    struct ia_found_package package = {
        .type = IA_STR("nuget"),
        .name = without_prefix(ia_str_sub(record->key, 0, slash), type),
        .version = ia_str_sub(record->key, slash + 1, record->key.n),
        .how = IA_STR("deps-json"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(found, env, &package);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const struct ia_member_table table = {"libraries{}", paths, false, take};
    int status = ia_members_read(env, file->content, &table, found, found);
    if (status == 0 && found->packed.n == 0)
        status = ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "the document names no libraries");
    return status < 0 ? status : IMGA_OK;
}

static const char *const extensions[] = {"json", NULL};

const struct ia_analyser ia_dotnet_analyser = {"dotnet", 1, NULL, extensions, NULL, wants, analyse};
