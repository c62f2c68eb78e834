/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bitnami's list of the components of an image, opt/bitnami/.bitnami_components.json: an object whose members are the
 * components. Newer images have an SPDX document for each as well (catalog/sbom).
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/members.h"
#include "catalog/system/system.h"

enum { VERSION, ARCH, DISTRO };

static int take(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct ia_fields fields = {.n = 0};
    if (record->key.n == 0 || ia_member(record, VERSION).n == 0)
        return ia_found_note(user, env, IMGA_NOTE_DB_PARTIAL, record->offset, "a component without name or version");
    ia_fields_add(&fields, "distro", ia_member(record, DISTRO));
    struct ia_found_package package = {
        .type = IA_STR("bitnami"),
        .name = record->key,
        .version = ia_member(record, VERSION),
        .architecture = ia_member(record, ARCH),
        .how = IA_STR("bitnami-components"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(user, env, &package);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    static const char *const paths[] = {"version", "arch", "distro", NULL};
    static const struct ia_member_table table = {"{}", paths, false, take};
    int status = ia_members_read(env, file->content, &table, found, found);
    if (status == 0 && found->packed.n == 0 && !ia_str_is(ia_str_trim(file->content), "{}"))
        status = ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "the document lists no component");
    return status < 0 ? status : IMGA_OK;
}

static const char *const names[] = {".bitnami_components.json", NULL};

const struct ia_analyser ia_bitnami_analyser = {"bitnami", 1, names, NULL, NULL, NULL, analyse};
