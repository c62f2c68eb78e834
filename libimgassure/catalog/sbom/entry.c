/* SPDX-License-Identifier: Apache-2.0 */
/* Packages are named as the ecosystem names them, which a purl spells in parts. */
#include "catalog/sbom/sbom.h"

#include "catalog/lang/fields.h"
#include "model/purl.h"

struct naming {
    struct ia_buf storage; /* of the purl */
    struct ia_purl purl;
    struct ia_buf name, version;
};

/* Distributions stand where others have namespaces. */
static bool is_system_type(struct ia_str type)
{
    static const char *const types[] = {"deb", "rpm", "apk", "alpm", "opkg", "bitnami"};
    for (size_t i = 0; i < IA_COUNT(types); i++)
        if (ia_str_is(type, types[i]))
            return true;
    return false;
}

static int write_name(struct naming *naming, struct ia_str group, struct ia_str name)
{
    if (group.n) {
        IA_TRY(ia_buf_str(&naming->name, group));
        IA_TRY(ia_buf_char(&naming->name, ia_str_is(naming->purl.type, "maven") ? ':' : '/'));
    }
    return ia_buf_str(&naming->name, name);
}

/* rpm's epoch is a qualifier. */
static int write_version(struct naming *naming, struct ia_str version)
{
    struct ia_str epoch = ia_purl_qualifier(&naming->purl, "epoch");
    if (epoch.n && ia_str_is(naming->purl.type, "rpm") && ia_str_find(version, ':') == version.n) {
        IA_TRY(ia_buf_str(&naming->version, epoch));
        IA_TRY(ia_buf_char(&naming->version, ':'));
    }
    return ia_buf_str(&naming->version, version);
}

/* Bare statuses. */
static int write_names(struct naming *naming, const struct ia_sbom_entry *entry)
{
    const char *why;
    int status = entry->purl.n ? ia_purl_read_any(entry->purl, &naming->storage, &naming->purl, &why) : IMGA_E_FORMAT;
    if (status == IMGA_E_NOMEM)
        return status;
    if (status < 0) {
        naming->purl = (struct ia_purl){.type = IA_STR("generic")};
        IA_TRY(write_name(naming, entry->group, entry->name));
        return write_version(naming, entry->version);
    }
    struct ia_str group = is_system_type(naming->purl.type) ? (struct ia_str){0} : naming->purl.namespace;
    IA_TRY(write_name(naming, group, naming->purl.name));
    return write_version(naming, naming->purl.version.n ? naming->purl.version : entry->version);
}

static int add_package(const struct naming *naming, const struct ia_sbom_entry *entry, struct ia_env *env,
                       struct ia_found *found)
{
    struct ia_fields fields = {.n = 0};
    ia_fields_add(&fields, "sbom", IA_STR("1"));
    ia_fields_add(&fields, "purl", entry->purl);
    ia_fields_add(&fields, "cpe", entry->cpe);
    struct ia_found_package package = {
        .type = naming->purl.type,
        .name = ia_buf_view(&naming->name),
        .version = ia_buf_view(&naming->version),
        .architecture = ia_purl_qualifier(&naming->purl, "arch"),
        .license = entry->license,
        .supplier = entry->supplier,
        .how = ia_str_from(entry->how),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(found, env, &package);
}

int ia_sbom_add(const struct ia_sbom_entry *entry, int64_t offset, struct ia_env *env, struct ia_found *found)
{
    struct naming naming = {.storage = {.p = NULL}};
    if (entry->name.n == 0 && entry->purl.n == 0)
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, offset, "a package without name");
    ia_buf_init(&naming.storage, &env->alloc, SIZE_MAX); /* all as long as the texts of the document */
    ia_buf_init(&naming.name, &env->alloc, SIZE_MAX);
    ia_buf_init(&naming.version, &env->alloc, SIZE_MAX);
    int status = write_names(&naming, entry);
    if (status < 0)
        status = ia_fail_nomem(env);
    else if (naming.name.n == 0)
        status = ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, offset, "a package without name");
    else
        status = add_package(&naming, entry, env, found);
    ia_buf_free(&naming.version);
    ia_buf_free(&naming.name);
    ia_buf_free(&naming.storage);
    return status;
}
