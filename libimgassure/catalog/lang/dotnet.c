/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a .NET application runs with: NAME.deps.json beside it (dotnet/sdk, documentation/specs/
 * runtime-configuration-file.md). Its libraries are "Name/Version": packages of NuGet; the runtime of a self-contained
 * application ("runtimepack"); projects, which are the application and its parts, and marked so. Assemblies that are
 * only referenced are not installed. Other builders use the ending, too (webpack: an array of names): what names
 * neither a runtime nor targets is left alone.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/lang.h"
#include "catalog/lang/members.h"

enum { TYPE };
enum { RUNTIME, TARGETS };

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

static int take_nothing(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    (void)user;
    (void)env;
    (void)record;
    return IMGA_OK;
}

static int take_document(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    bool *ours = user;
    (void)env;
    *ours = ia_member_named(record, RUNTIME) || ia_member_named(record, TARGETS);
    return IMGA_OK;
}

/* 1 when something is wrong with a document that names no library: it is one of .NET without "libraries", or none. */
static int is_damaged(struct ia_env *env, struct ia_str content)
{
    static const char *const members[] = {"runtimeTarget", "targets", NULL};
    static const struct ia_member_table document = {"", members, false, take_document};
    static const struct ia_member_table libraries = {"libraries", paths, false, take_nothing};
    bool ours = true;
    struct ia_str text = ia_str_trim(content);
    if (text.n && text.p[0] == '[')
        return 0;
    int status = ia_members_read(env, content, &libraries, NULL, NULL);
    if (status != 0)
        return status < 0 ? status : 0;
    status = ia_members_read(env, content, &document, &ours, NULL);
    return status < 0 ? status : ours;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const struct ia_member_table table = {"libraries{}", paths, false, take};
    int status = ia_members_read(env, file->content, &table, found, found);
    if (status == 0 && found->packed.n == 0)
        status = is_damaged(env, file->content);
    else
        return status < 0 ? status : IMGA_OK;
    if (status == 1)
        status = ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "the document names no libraries");
    return status;
}

static const char *const extensions[] = {"json", NULL};

const struct ia_analyser ia_dotnet_analyser = {"dotnet", 2, NULL, extensions, NULL, wants, analyse};
