/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google's Container-Optimized OS: etc/cos-package-info.json lists what is installed ("installedPackages", each with
 * category, name, version and the ebuild's version) and what it was built with, which is not in the image.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/members.h"
#include "catalog/lang/place.h"
#include "catalog/system/system.h"

enum { NAME, VERSION, CATEGORY, EBUILD };

static bool wants(struct ia_str path)
{
    return ia_str_is(ia_place_parent(path), "etc");
}

static int take(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct ia_fields fields = {.n = 0};
    if (ia_member(record, NAME).n == 0 || ia_member(record, VERSION).n == 0)
        return ia_found_note(user, env, IMGA_NOTE_DB_PARTIAL, record->offset, "a package without name or version");
    ia_fields_add(&fields, "category", ia_member(record, CATEGORY));
    ia_fields_add(&fields, "ebuild-version", ia_member(record, EBUILD));
    struct ia_found_package package = {
        .type = IA_STR("cos"),
        .name = ia_member(record, NAME),
        .version = ia_member(record, VERSION),
        .how = IA_STR("cos-package-info"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(user, env, &package);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const char *const paths[] = {"name", "version", "category", "ebuild_version", NULL};
    static const struct ia_member_table table = {"installedPackages[]", paths, false, take};
    int status = ia_members_read(env, file->content, &table, found, found);
    if (status == 0 && found->packed.n == 0)
        status = ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "the document lists no installed package");
    return status < 0 ? status : IMGA_OK;
}

static const char *const names[] = {"cos-package-info.json", NULL};

const struct ia_analyser ia_cos_analyser = {"cos", 1, names, NULL, NULL, wants, analyse};
