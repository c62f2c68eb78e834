/* SPDX-License-Identifier: Apache-2.0 */
#include "view.h"

#include "catalog/catalog.h"
#include "catalog/examiner.h"
#include "rootfs/rootfs.h"

static int walk(struct ia_rootfs *fs, struct ia_env *env, struct tarball *layer, uint32_t index, bool fetch)
{
    struct ia_reader *stream;
    int status = ia_reader_memory(env, layer->p, layer->n, &stream);
    if (status < 0)
        return status;
    status = fetch ? ia_rootfs_fetch(fs, env, index, stream) : ia_rootfs_apply_stream(fs, env, index, stream);
    ia_reader_close(stream);
    return status;
}

static int settle(struct ia_rootfs *fs, struct ia_env *env, struct tarball *layers)
{
    uint32_t layer;
    int status;
    while ((status = ia_rootfs_pending(fs, env, &layer)) > 0)
        IA_TRY(walk(fs, env, &layers[layer], layer, true));
    return status;
}

int collect_layers(struct test_env *t, struct tarball *layers, size_t count, struct ia_inventory *inventory)
{
    struct ia_rootfs *fs = NULL;
    struct ia_catalog *catalog = NULL;
    struct ia_file_examiner examiner = {.version = {.p = NULL}};
    size_t want_count;
    const struct ia_want *wants = ia_catalog_wants(&want_count);
    int status;
    IA_TRY(ia_inventory_init(&t->env, inventory));
    IA_GO(status, ia_rootfs_new(&t->env, wants, want_count, &fs));
    IA_GO(status, ia_file_examiner_init(&examiner, &t->env, 0));
    ia_rootfs_set_examiner(fs, &examiner.examiner);
    IA_GO(status, ia_catalog_new(&t->env, true, &catalog));
    for (uint32_t i = 0; i < count; i++) {
        IA_GO(status, walk(fs, &t->env, &layers[i], i, false));
        IA_GO(status, settle(fs, &t->env, layers));
        IA_GO(status, ia_catalog_observe(catalog, &t->env, fs, i));
    }
    IA_GO(status, ia_catalog_finish(catalog, &t->env, fs, inventory));
out:
    ia_catalog_free(catalog);
    ia_rootfs_free(fs);
    ia_file_examiner_free(&examiner);
    if (status < 0)
        ia_inventory_free(inventory);
    return status;
}
