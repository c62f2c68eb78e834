/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPDX in JSON: version 2 (spdx.github.io/spdx-spec/v2.3, "Package information") and the software packages of version 3
 * (JSON-LD, one graph). Packages whose purpose is a container, an operating system, a file or a source are what the
 * others were made of.
 */
#include "catalog/sbom/sbom.h"

#include "catalog/lang/members.h"
#include "catalog/sbom/spdx.h"

enum { NAME, VERSION, DECLARED, CONCLUDED, SUPPLIER, ORIGINATOR, PURPOSE, LOCATORS };

struct ia_str ia_spdx_value(struct ia_str value)
{
    return ia_str_is(value, "NOASSERTION") || ia_str_is(value, "NONE") ? (struct ia_str){0} : value;
}

struct ia_str ia_spdx_agent(struct ia_str value)
{
    const struct ia_str organization = IA_STR("Organization:"), person = IA_STR("Person:");
    if (ia_str_starts(value, organization))
        return ia_str_trim(ia_str_sub(value, organization.n, value.n));
    if (ia_str_starts(value, person))
        return ia_str_trim(ia_str_sub(value, person.n, value.n));
    return ia_spdx_value(value);
}

bool ia_spdx_is_package(struct ia_str purpose)
{
    static const char *const others[] = {"CONTAINER", "OPERATING_SYSTEM", "OPERATING-SYSTEM", "FILE",
                                         "SOURCE",    "DEVICE",           "operatingSystem"};
    for (size_t i = 0; i < IA_COUNT(others); i++)
        if (ia_str_eq_case(purpose, ia_str_from(others[i])))
            return false;
    return true;
}

void ia_spdx_refer(struct ia_sbom_entry *entry, struct ia_str locator)
{
    if (entry->purl.n == 0 && ia_str_starts(locator, IA_STR("pkg:")))
        entry->purl = locator;
    if (entry->cpe.n == 0 && ia_str_starts(locator, IA_STR("cpe:")))
        entry->cpe = locator;
}

static struct ia_str either(struct ia_str first, struct ia_str second)
{
    return first.n ? first : second;
}

static int take_package(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct ia_sbom_entry entry = {
        .name = ia_member(record, NAME), .version = ia_member(record, VERSION), .how = "spdx"};
    struct ia_str locator;
    size_t at = 0;
    while (ia_member_next(record, LOCATORS, &at, &locator))
        ia_spdx_refer(&entry, locator);
    entry.version = ia_spdx_value(entry.version);
    entry.license = either(ia_spdx_value(ia_member(record, DECLARED)), ia_spdx_value(ia_member(record, CONCLUDED)));
    entry.supplier = either(ia_spdx_agent(ia_member(record, SUPPLIER)), ia_spdx_agent(ia_member(record, ORIGINATOR)));
    return ia_spdx_is_package(ia_member(record, PURPOSE)) ? ia_sbom_add(&entry, record->offset, env, user) : IMGA_OK;
}

int ia_spdx_read(struct ia_str document, struct ia_env *env, struct ia_found *found)
{
    static const char *const paths[] = {
        "name",     "versionInfo", "licenseDeclared",       "licenseConcluded",
        "supplier", "originator",  "primaryPackagePurpose", "externalRefs[].referenceLocator",
        NULL};
    static const struct ia_member_table table = {"packages[]", paths, false, take_package};
    int status = ia_members_read(env, document, &table, found, found);
    return status < 0 ? status : IMGA_OK;
}

enum { GRAPH_NAME, GRAPH_VERSION, GRAPH_URL, GRAPH_PURPOSE, GRAPH_TYPE, GRAPH_IDENTIFIERS };

static int take_element(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    struct ia_sbom_entry entry = {
        .name = ia_member(record, GRAPH_NAME), .version = ia_member(record, GRAPH_VERSION), .how = "spdx"};
    struct ia_str identifier;
    size_t at = 0;
    if (!ia_str_is(ia_member(record, GRAPH_TYPE), "software_Package") ||
        !ia_spdx_is_package(ia_member(record, GRAPH_PURPOSE)))
        return IMGA_OK;
    ia_spdx_refer(&entry, ia_member(record, GRAPH_URL));
    while (ia_member_next(record, GRAPH_IDENTIFIERS, &at, &identifier))
        ia_spdx_refer(&entry, identifier);
    return ia_sbom_add(&entry, record->offset, env, user);
}

int ia_spdx_graph_read(struct ia_str document, struct ia_env *env, struct ia_found *found)
{
    static const char *const paths[] = {"name",
                                        "software_packageVersion",
                                        "software_packageUrl",
                                        "software_primaryPurpose",
                                        "type",
                                        "externalIdentifier[].identifier",
                                        NULL};
    static const struct ia_member_table table = {"@graph[]", paths, false, take_element};
    int status = ia_members_read(env, document, &table, found, found);
    return status < 0 ? status : IMGA_OK;
}
