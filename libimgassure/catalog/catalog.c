/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The observation of each layer, and the inventory at the end. An observation makes no remarks: damage that a later
 * layer repairs is none.
 */
#include "catalog/catalog.h"

#include "catalog/databases.h"
#include "catalog/origin.h"
#include "catalog/osrelease.h"
#include "catalog/package.h"
#include "model/distro.h"

struct ia_catalog {
    struct ia_alloc alloc;
    struct ia_origin origin;
    uint64_t generation; /* of the view at the last observation */
    bool observed;
};

struct observation {
    struct ia_origin *origin;
    uint32_t layer;
};

const struct ia_want *ia_catalog_wants(size_t *count)
{
    *count = IA_WANT_COUNT;
    return ia_database_wants;
}

int ia_catalog_new(struct ia_env *env, struct ia_catalog **out)
{
    struct ia_catalog *catalog = ia_new(&env->alloc, sizeof(*catalog));
    if (!catalog)
        return ia_fail_nomem(env);
    catalog->alloc = env->alloc;
    ia_origin_init(&catalog->origin, env);
    *out = catalog;
    return IMGA_OK;
}

void ia_catalog_free(struct ia_catalog *catalog)
{
    if (!catalog)
        return;
    struct ia_alloc alloc = catalog->alloc;
    ia_origin_free(&catalog->origin);
    ia_free(&alloc, catalog);
}

static int observe_record(void *user, struct ia_env *env, const struct ia_listed *listed)
{
    const struct observation *observation = user;
    if (!listed->record->installed)
        return IMGA_OK;
    return ia_origin_add(observation->origin, env, listed->type, listed->record, observation->layer);
}

int ia_catalog_observe(struct ia_catalog *catalog, struct ia_env *env, struct ia_rootfs *fs, uint32_t layer)
{
    struct observation observation = {&catalog->origin, layer};
    struct ia_notes *notes = env->notes;
    uint64_t generation = ia_rootfs_generation(fs);
    if (catalog->observed && catalog->generation == generation)
        return IMGA_OK;
    env->notes = NULL;
    ia_origin_begin(&catalog->origin, env);
    int status = ia_databases_read(env, fs, observe_record, &observation);
    env->notes = notes;
    if (status < 0)
        return status;
    ia_origin_commit(&catalog->origin);
    catalog->generation = generation;
    catalog->observed = true;
    return IMGA_OK;
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
    struct ia_package_builder builder;
    int status;
    ia_package_builder_init(&builder, env, inventory, &catalog->origin);
    IA_GO(status, ia_osrelease_read(env, fs, inventory));
    IA_GO(status, ia_file_lists_load(&builder.lists, env, fs));
    IA_GO(status, ia_databases_read(env, fs, ia_package_take, &builder));
    ia_inventory_sort(inventory);
    if (status == 0)
        status = note_missing(env, inventory);
out:
    ia_package_builder_free(&builder);
    return status < 0 ? status : IMGA_OK;
}
