/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Composer installed: vendor/composer/installed.json, an array of packages in Composer 1, and {"packages": [...],
 * "dev-package-names": [...]} in Composer 2 (getcomposer.org, "The composer.json schema" for a package's members). A
 * package without name or version is damage.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/lang.h"
#include "catalog/lang/members.h"
#include "catalog/lang/place.h"

#include "base/arena.h"
#include "base/map.h"

enum { NAME, VERSION, LICENSES, AUTHORS, TYPE, DIST_URL, SOURCE_URL, DIST_REFERENCE, SOURCE_REFERENCE };

static const char *const paths[] = {"name",     "version",    "license[]",      "authors[].name",   "type",
                                    "dist.url", "source.url", "dist.reference", "source.reference", NULL};

struct installed {
    struct ia_found *found;
    struct ia_arena arena;
    struct ia_map development; /* names of packages that only development needs */
    struct ia_buf license;
};

static bool wants(struct ia_str path)
{
    return ia_str_is(ia_place_parent(path), "composer");
}

static struct ia_str either(const struct ia_member_record *record, size_t first, size_t second)
{
    struct ia_str text = ia_member(record, first);
    return text.n ? text : ia_member(record, second);
}

/* Several licenses are a choice. */
static int join_licenses(struct installed *installed, struct ia_env *env, const struct ia_member_record *record)
{
    struct ia_buf *out = &installed->license;
    struct ia_str license;
    size_t at = 0;
    int status = IMGA_OK;
    ia_buf_clear(out);
    while (status == IMGA_OK && ia_member_next(record, LICENSES, &at, &license)) {
        if (out->n)
            status = ia_buf_text(out, " OR ");
        if (status == IMGA_OK)
            status = ia_buf_str(out, license);
    }
    return status < 0 ? ia_fail_nomem(env) : status;
}

static int add_package(struct installed *installed, struct ia_env *env, const struct ia_member_record *record)
{
    struct ia_fields fields = {.n = 0};
    struct ia_str name = ia_member(record, NAME);
    uint64_t ignored;
    IA_TRY(join_licenses(installed, env, record));
    ia_fields_add(&fields, "kind", ia_member(record, TYPE));
    ia_fields_flag(&fields, "dev", ia_map_get(&installed->development, name, &ignored));
    ia_fields_add(&fields, "url", either(record, DIST_URL, SOURCE_URL));
    ia_fields_add(&fields, "commit", either(record, DIST_REFERENCE, SOURCE_REFERENCE));
    struct ia_found_package package = {
        .type = IA_STR("composer"),
        .name = name,
        .version = ia_member(record, VERSION),
        .license = ia_buf_view(&installed->license),
        .supplier = ia_member(record, AUTHORS),
        .how = IA_STR("composer-installed"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(installed->found, env, &package);
}

static int take_package(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct installed *installed = user;
    if (record->repeated)
        IA_TRY(ia_found_note(installed->found, env, IMGA_NOTE_DUPLICATE, record->offset,
                             "a member comes twice; the last counts"));
    if (ia_member(record, NAME).n && ia_member(record, VERSION).n)
        return add_package(installed, env, record);
    return ia_found_note(installed->found, env, IMGA_NOTE_DB_PARTIAL, record->offset, "a package without %s",
                         ia_member(record, NAME).n ? "version" : "name");
}

static int take_development(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct installed *installed = user;
    struct ia_str name;
    size_t at = 0;
    while (ia_member_next(record, 0, &at, &name)) {
        const char *copy = ia_arena_str(&installed->arena, name);
        if (!copy || ia_map_put(&installed->development, (struct ia_str){copy, name.n}, 1) < 0)
            return ia_fail_nomem(env);
    }
    return IMGA_OK;
}

static int read_packages(struct installed *installed, struct ia_env *env, struct ia_str content)
{
    static const char *const names[] = {"dev-package-names[]", NULL};
    static const struct ia_member_table development = {"", names, false, take_development};
    static const struct ia_member_table first = {"[]", paths, false, take_package};
    static const struct ia_member_table second = {"packages[]", paths, false, take_package};
    size_t bracket = ia_str_find(content, '['), brace = ia_str_find(content, '{');
    if (brace == content.n && bracket == content.n)
        return ia_found_note(installed->found, env, IMGA_NOTE_DB_PARTIAL, 0, "the document is no list of packages");
    if (bracket < brace)
        return ia_members_read(env, content, &first, installed, installed->found);
    IA_TRY(ia_members_read(env, content, &development, installed, NULL));
    return ia_members_read(env, content, &second, installed, installed->found);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct installed installed = {.found = found};
    ia_arena_init(&installed.arena, &env->alloc);
    ia_map_init(&installed.development, &env->alloc, env->seed);
    ia_buf_init(&installed.license, &env->alloc, SIZE_MAX);
    int status = read_packages(&installed, env, file->content);
    ia_buf_free(&installed.license);
    ia_map_free(&installed.development);
    ia_arena_free(&installed.arena);
    return status < 0 ? status : IMGA_OK;
}

static const char *const file_names[] = {"installed.json", NULL};

const struct ia_analyser ia_composer_analyser = {"composer", 1, file_names, NULL, NULL, wants, analyse};
