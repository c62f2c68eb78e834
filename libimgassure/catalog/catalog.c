/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The observation of each layer, and the inventory at the end. An observation makes no remarks: damage that a later
 * layer repairs is none.
 */
#include "catalog/catalog.h"

#include "catalog/databases.h"
#include "catalog/examined_files.h"
#include "catalog/origin.h"
#include "catalog/osrelease.h"
#include "catalog/ownership.h"
#include "catalog/package.h"
#include "catalog/removed.h"
#include "catalog/ubuntu_pro.h"
#include "model/distro.h"

struct ia_catalog {
    struct ia_alloc alloc;
    struct ia_origin origin;
    struct ia_removed removed;
    uint64_t generation; /* of the view at the last observation */
    bool observed;
};

struct observation {
    struct ia_catalog *catalog;
    uint32_t layer;
};

const struct ia_want *ia_catalog_wants(size_t *count)
{
    *count = IA_WANT_COUNT;
    return ia_database_wants;
}

int ia_catalog_new(struct ia_env *env, bool removed, struct ia_catalog **out)
{
    struct ia_catalog *catalog = ia_new(&env->alloc, sizeof(*catalog));
    if (!catalog)
        return ia_fail_nomem(env);
    catalog->alloc = env->alloc;
    ia_origin_init(&catalog->origin, env);
    ia_removed_init(&catalog->removed, env, removed);
    *out = catalog;
    return IMGA_OK;
}

void ia_catalog_free(struct ia_catalog *catalog)
{
    if (!catalog)
        return;
    struct ia_alloc alloc = catalog->alloc;
    ia_origin_free(&catalog->origin);
    ia_removed_free(&catalog->removed);
    ia_free(&alloc, catalog);
}

static int observe_record(void *user, struct ia_env *env, const struct ia_listed *listed)
{
    const struct observation *observation = user;
    if (!listed->record->installed)
        return IMGA_OK;
    IA_TRY(ia_removed_add(&observation->catalog->removed, env, listed));
    return ia_origin_add(&observation->catalog->origin, env, listed->type, listed->record, observation->layer);
}

int ia_catalog_observe(struct ia_catalog *catalog, struct ia_env *env, struct ia_rootfs *fs, uint32_t layer)
{
    struct observation observation = {catalog, layer};
    struct ia_notes *notes = env->notes;
    uint64_t generation = ia_rootfs_generation(fs);
    if (catalog->observed && catalog->generation == generation)
        return IMGA_OK;
    env->notes = NULL;
    ia_origin_begin(&catalog->origin, env);
    ia_removed_begin(&catalog->removed, env);
    int status = ia_databases_read(env, fs, observe_record, &observation);
    env->notes = notes;
    if (status < 0)
        return status;
    IA_TRY(ia_removed_commit(&catalog->removed, env, &catalog->origin, layer));
    ia_origin_commit(&catalog->origin);
    catalog->generation = generation;
    catalog->observed = true;
    return IMGA_OK;
}

/* The services of longer support, in the order of their names. */
static int read_services(struct ia_env *env, struct ia_rootfs *fs, struct ia_inventory *inventory)
{
    static const char *const names[] = {
        [0] = "",
        [IA_UBUNTU_ESM_INFRA] = "esm-infra",
        [IA_UBUNTU_ESM_APPS] = "esm-apps",
        [IA_UBUNTU_ESM_APPS | IA_UBUNTU_ESM_INFRA] = "esm-apps,esm-infra",
        [IA_UBUNTU_FIPS] = "fips",
        [IA_UBUNTU_FIPS | IA_UBUNTU_ESM_INFRA] = "esm-infra,fips",
        [IA_UBUNTU_FIPS | IA_UBUNTU_ESM_APPS] = "esm-apps,fips",
        [IA_UBUNTU_FIPS | IA_UBUNTU_ESM_APPS | IA_UBUNTU_ESM_INFRA] = "esm-apps,esm-infra,fips",
    };
    if (!ia_str_is(ia_str_from(inventory->distro.id), "ubuntu"))
        return IMGA_OK;
    int services = ia_ubuntu_pro_read(env, fs);
    if (services > 0 && (size_t)services < IA_COUNT(names))
        inventory->distro.services = names[services];
    return services < 0 ? services : IMGA_OK;
}

/* A known system without its package database contradicts itself: the database was taken away, or never came along. */
static int note_missing(struct ia_env *env, const struct ia_inventory *inventory)
{
    const char *id = inventory->distro.id;
    if (!*ia_distro_package_type(ia_str_from(id)))
        return IMGA_OK;
    return ia_note(env, IMGA_NOTE_OS, -1, IA_STR(""), "the system is %.100s, but its package database is not there",
                   id);
}

int ia_catalog_finish(struct ia_catalog *catalog, struct ia_env *env, struct ia_rootfs *fs,
                      struct ia_inventory *inventory)
{
    struct ia_attachments attachments;
    struct ia_package_builder builder;
    int status;
    ia_attachments_init(&attachments, env);
    ia_package_builder_init(&builder, env, inventory, &catalog->origin);
    builder.fs = fs;
    builder.attachments = &attachments;
    IA_GO(status, ia_osrelease_read(env, fs, inventory));
    IA_GO(status, read_services(env, fs, inventory));
    IA_GO(status, ia_examined_attachments(env, fs, &attachments));
    IA_GO(status, ia_file_lists_load(&builder.lists, env, fs));
    int databases = ia_databases_read(env, fs, ia_package_take, &builder);
    IA_GO(status, databases);
    IA_GO(status, ia_examined_take(&builder, env, fs));
    IA_GO(status, ia_removed_take(&catalog->removed, env, &catalog->origin, inventory));
    IA_GO(status, ia_databases_check(env, fs, inventory));
    ia_inventory_sort(inventory);
    IA_GO(status, ia_ownership_find(env, fs, inventory));
    if (databases == 0)
        status = note_missing(env, inventory);
out:
    ia_package_builder_free(&builder);
    ia_attachments_free(&attachments);
    return status < 0 ? status : IMGA_OK;
}
