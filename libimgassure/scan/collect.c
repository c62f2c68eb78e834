/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pass over an image: each layer is read once, bottom first, merged into the root view and observed by the
 * cataloguers. Only a package database hidden behind a link makes a layer be read a second time.
 */
#include "scan/collect.h"

#include "catalog/catalog.h"
#include "catalog/inventory_json.h"
#include "crypto/digest.h"
#include "rootfs/rootfs.h"
#include "scan/metered.h"

#include <inttypes.h>

struct pass {
    struct ia_image *image;
    struct ia_rootfs *fs;
    struct ia_catalog *catalog;
    uint64_t bytes;   /* uncompressed, all layers */
    uint64_t rereads; /* bounded: each makes at least one pending file whole */
};

/* Opens one layer's stream: 1, or 0 when it cannot be examined. The root view adds the place to later errors. */
static int open_layer(struct pass *p, struct ia_env *env, uint32_t layer, struct ia_reader **out)
{
    struct ia_reader *stream = NULL;
    int status = ia_error_at(env, ia_image_layer_open(p->image, env, layer, &stream), "layer %u", (unsigned)layer);
    if (status <= 0)
        return status;
    IA_TRY(ia_metered_reader(env, stream, &p->bytes, out));
    return 1;
}

/* A layer that cannot be read may be a damaged copy of a good one: then the digest is the better answer. */
static int explain_damage(struct pass *p, struct ia_env *env, uint32_t layer, int status)
{
    struct ia_error first = env->error;
    if (status != IMGA_E_FORMAT && status != IMGA_E_TRUNCATED && status != IMGA_E_CHECKSUM)
        return status;
    ia_error_clear(env);
    if (ia_image_layer_verify(p->image, env, layer) == IMGA_E_DIGEST)
        return ia_error_at(env, IMGA_E_DIGEST, "layer %u", (unsigned)layer);
    env->error = first;
    return status;
}

static int apply_layer(struct pass *p, struct ia_env *env, uint32_t layer)
{
    struct ia_reader *stream = NULL;
    int status = open_layer(p, env, layer, &stream);
    if (status > 0)
        status = ia_rootfs_apply(p->fs, env, layer, stream);
    ia_reader_close(stream);
    return explain_damage(p, env, layer, status);
}

static int fetch_layer(struct pass *p, struct ia_env *env, uint32_t layer)
{
    struct ia_reader *stream = NULL;
    int status = open_layer(p, env, layer, &stream);
    if (status > 0)
        status = ia_rootfs_fetch(p->fs, env, layer, stream);
    ia_reader_close(stream);
    return status;
}

/* Reads layers again until every wanted file that lies behind a link has its content. */
static int settle(struct pass *p, struct ia_env *env)
{
    uint32_t layer;
    int status;
    while ((status = ia_rootfs_pending(p->fs, env, &layer)) > 0) {
        if (p->rereads++ >= env->limits->layers)
            return ia_fail_limit(env, -1, "layers", env->limits->layers, IA_STR("layers read again for linked files"));
        ia_log(env, IMGA_LOG_DEBUG, "layer %u is read again: a package database lies behind a link", (unsigned)layer);
        IA_TRY(fetch_layer(p, env, layer));
    }
    return status;
}

static int walk_layers(struct pass *p, struct ia_env *env)
{
    size_t count = ia_image_layer_count(p->image);
    for (uint32_t layer = 0; layer < count; layer++) {
        IA_TRY(apply_layer(p, env, layer));
        ia_log(env, IMGA_LOG_DEBUG, "layer %u applied: %" PRIu64 " bytes and %" PRIu64 " entries so far",
               (unsigned)layer, p->bytes, ia_rootfs_entries(p->fs));
        IA_TRY(settle(p, env));
        IA_TRY(ia_catalog_observe(p->catalog, env, p->fs, layer));
    }
    return IMGA_OK;
}

/* Interns one borrowed string of the image; NULL is a described failure. */
static int copy_str(struct ia_env *env, struct ia_inventory *inventory, const char *text, const char **out)
{
    *out = ia_inventory_str(env, inventory, ia_str_from(text), NULL);
    return *out ? IMGA_OK : env->error.status;
}

static int copy_facts(struct ia_env *env, const struct ia_image *image, struct ia_inventory *inventory)
{
    const struct ia_image_facts *from = ia_image_facts(image);
    struct ia_image_facts *to = &inventory->image;
    IA_TRY(copy_str(env, inventory, from->form, &to->form));
    IA_TRY(copy_str(env, inventory, from->reference, &to->reference));
    IA_TRY(copy_str(env, inventory, from->manifest_digest, &to->manifest_digest));
    IA_TRY(copy_str(env, inventory, from->config_digest, &to->config_digest));
    IA_TRY(copy_str(env, inventory, from->os, &to->os));
    IA_TRY(copy_str(env, inventory, from->architecture, &to->architecture));
    IA_TRY(copy_str(env, inventory, from->variant, &to->variant));
    return copy_str(env, inventory, from->created, &to->created);
}

static int copy_layers(struct ia_env *env, const struct ia_image *image, struct ia_inventory *inventory)
{
    const struct ia_layer *from;
    for (size_t i = 0; (from = ia_image_layer(image, i)); i++) {
        struct ia_layer to = {.size = from->size};
        IA_TRY(copy_str(env, inventory, from->digest, &to.digest));
        IA_TRY(copy_str(env, inventory, from->diff_id, &to.diff_id));
        IA_TRY(copy_str(env, inventory, from->media_type, &to.media_type));
        IA_TRY(copy_str(env, inventory, from->created_by, &to.created_by));
        IA_TRY(ia_inventory_add_layer(env, inventory, &to));
    }
    return IMGA_OK;
}

static int copy_notes(struct ia_env *env, const struct ia_notes *from, struct ia_notes *to)
{
    const struct ia_note *note;
    for (size_t i = 0; (note = ia_notes_at(from, i)); i++)
        if (ia_notes_add(to, note->code, note->offset, ia_str_from(note->where), ia_str_from(note->text)) < 0)
            return ia_fail_nomem(env);
    return IMGA_OK;
}

static int run_pass(struct pass *p, struct ia_env *env, struct ia_inventory *inventory)
{
    size_t want_count;
    const struct ia_want *wants = ia_catalog_wants(&want_count);
    IA_TRY(copy_facts(env, p->image, inventory));
    IA_TRY(copy_layers(env, p->image, inventory));
    IA_TRY(copy_notes(env, ia_image_notes(p->image), &inventory->notes));
    ia_log(env, IMGA_LOG_INFO, "%s, image %s, %zu layers", inventory->image.form, inventory->image.config_digest,
           inventory->layers.n);
    IA_TRY(ia_rootfs_new(env, wants, want_count, &p->fs));
    IA_TRY(ia_catalog_new(env, &p->catalog));
    IA_TRY(walk_layers(p, env));
    IA_TRY(ia_catalog_finish(p->catalog, env, p->fs, inventory));
    ia_log(env, IMGA_LOG_INFO, "%s %s, %zu packages, %zu notes", inventory->distro.id, inventory->distro.release,
           inventory->packages.n, ia_notes_count(&inventory->notes));
    return ia_inventory_identify(env, inventory);
}

int ia_collect(struct ia_env *env, struct ia_image *image, struct ia_inventory *inventory)
{
    struct pass p = {.image = image};
    struct ia_notes *outer = env->notes;
    IA_TRY(ia_inventory_init(env, inventory));
    env->notes = &inventory->notes;
    int status = run_pass(&p, env, inventory);
    env->notes = outer;
    ia_catalog_free(p.catalog);
    ia_rootfs_free(p.fs);
    if (status < 0)
        ia_inventory_free(inventory);
    return status < 0 ? status : IMGA_OK;
}

struct hash_sink {
    struct ia_env *env;
    struct ia_hash *hash;
};

static int hash_write(void *user, const void *data, size_t size)
{
    struct hash_sink *sink = user;
    return ia_hash_update(sink->hash, sink->env, data, size);
}

int ia_inventory_identify(struct ia_env *env, struct ia_inventory *inventory)
{
    struct hash_sink sink = {.env = env};
    struct ia_writer writer = {hash_write, &sink};
    struct ia_digest digest;
    char text[IA_DIGEST_TEXT];
    int status;
    IA_GO(status, ia_hash_new(env, IA_DIGEST_SHA256, &sink.hash));
    IA_GO(status, ia_inventory_write(env, inventory, &writer));
    IA_GO(status, ia_hash_finish(sink.hash, env, &digest));
    ia_digest_text(&digest, text);
    for (size_t i = 0; i + 1 < sizeof(inventory->id); i++)
        inventory->id[i] = text[i];
    inventory->id[sizeof(inventory->id) - 1] = '\0';
out:
    ia_hash_free(sink.hash);
    return status;
}
