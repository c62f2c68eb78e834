/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conda environments: conda-meta/NAME-VERSION-BUILD.json for each linked package (conda's "prefix record"), with the
 * files it put there. Python packages among them have a dist-info as well, which says what they are on PyPI. Limit:
 * package_files.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/lang.h"
#include "catalog/lang/members.h"
#include "catalog/lang/owned.h"
#include "catalog/lang/place.h"

enum { NAME, VERSION, LICENSE, BUILD, CHANNEL, SUBDIR, URL, FILES };

static const char *const paths[] = {"name", "version", "license", "build", "channel", "subdir", "url", "files[]", NULL};

struct manifest {
    const struct ia_analysed *file;
    struct ia_found *found;
};

static bool wants(struct ia_str path)
{
    return ia_str_is(ia_place_parent(path), "conda-meta");
}

static int add_package(const struct manifest *manifest, struct ia_env *env, const struct ia_member_record *record)
{
    struct ia_fields fields = {.n = 0};
    ia_fields_add(&fields, "build", ia_member(record, BUILD));
    ia_fields_add(&fields, "channel", ia_member(record, CHANNEL));
    ia_fields_add(&fields, "subdir", ia_member(record, SUBDIR));
    ia_fields_add(&fields, "url", ia_member(record, URL));
    struct ia_found_package package = {
        .type = IA_STR("conda"),
        .name = ia_member(record, NAME),
        .version = ia_member(record, VERSION),
        .license = ia_member(record, LICENSE),
        .how = IA_STR("conda-meta"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(manifest->found, env, &package);
}

/* The files lie below the environment, beside conda-meta. */
static int add_files(const struct manifest *manifest, struct ia_env *env, const struct ia_member_record *record)
{
    struct ia_str environment = ia_place_directory(ia_place_directory(manifest->file->path)), path;
    struct ia_owned owned;
    size_t at = 0;
    int status = IMGA_OK;
    ia_owned_init(&owned, env, manifest->found, environment);
    while (status >= 0 && ia_member_next(record, FILES, &at, &path))
        status = ia_owned_add(&owned, env, path);
    if (status >= 0)
        status = ia_owned_finish(&owned, env);
    ia_owned_free(&owned);
    return status;
}

static int take(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    const struct manifest *manifest = user;
    if (record->repeated)
        IA_TRY(ia_found_note(manifest->found, env, IMGA_NOTE_DUPLICATE, -1, "a member comes twice; the last counts"));
    if (ia_member(record, NAME).n == 0 || ia_member(record, VERSION).n == 0)
        return ia_found_note(manifest->found, env, IMGA_NOTE_DB_PARTIAL, 0, "the package has no name or no version");
    IA_TRY(add_package(manifest, env, record));
    return add_files(manifest, env, record);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const struct ia_member_table table = {"", paths, false, take};
    struct manifest manifest = {file, found};
    int status = ia_members_read(env, file->content, &table, &manifest, found);
    return status < 0 ? status : IMGA_OK;
}

static const char *const extensions[] = {"json", NULL};

const struct ia_analyser ia_conda_analyser = {"conda", 1, NULL, extensions, NULL, wants, analyse};
