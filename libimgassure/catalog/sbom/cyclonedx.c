/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX in JSON (ECMA-424; versions 1.2 to 1.6): components, and components of components. What the document
 * describes as a whole (metadata.component) is not one of them. Operating systems, files, containers, models and the
 * like are no packages.
 */
#include "catalog/sbom/sbom.h"

#include "catalog/lang/members.h"

enum { TYPE, GROUP, NAME, VERSION, PURL, CPE, EXPRESSION, LICENSE_ID, LICENSE_NAME, SUPPLIER, PUBLISHER };

static const char *const paths[] = {"type",
                                    "group",
                                    "name",
                                    "version",
                                    "purl",
                                    "cpe",
                                    "licenses[].expression",
                                    "licenses[].license.id",
                                    "licenses[].license.name",
                                    "supplier.name",
                                    "publisher",
                                    NULL};

static bool is_package(struct ia_str type)
{
    static const char *const types[] = {"library", "framework", "application", "platform", "firmware"};
    for (size_t i = 0; i < IA_COUNT(types); i++)
        if (ia_str_is(type, types[i]))
            return true;
    return type.n == 0;
}

static struct ia_str first_of(const struct ia_member_record *record, size_t from, size_t to)
{
    struct ia_str text = {0};
    for (size_t i = from; i <= to && text.n == 0; i++)
        text = ia_member(record, i);
    return text;
}

static int take(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    const struct ia_sbom_entry entry = {
        .purl = ia_member(record, PURL),
        .cpe = ia_member(record, CPE),
        .group = ia_member(record, GROUP),
        .name = ia_member(record, NAME),
        .version = ia_member(record, VERSION),
        .license = first_of(record, EXPRESSION, LICENSE_NAME),
        .supplier = first_of(record, SUPPLIER, PUBLISHER),
        .how = "cyclonedx",
    };
    return is_package(ia_member(record, TYPE)) ? ia_sbom_add(&entry, record->offset, env, user) : IMGA_OK;
}

int ia_cyclonedx_read(struct ia_str document, struct ia_env *env, struct ia_found *found)
{
    static const struct ia_member_table table = {"components[]", paths, true, take};
    int status = ia_members_read(env, document, &table, found, found);
    return status < 0 ? status : IMGA_OK;
}
