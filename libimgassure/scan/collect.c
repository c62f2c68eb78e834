/* SPDX-License-Identifier: Apache-2.0 */
/* The inventory of an image: its layers merged, observed by the cataloguers one by one, and put into words. */
#include "scan/collect.h"

#include "catalog/catalog.h"
#include "catalog/inventory_json.h"
#include "crypto/digest.h"
#include "rootfs/rootfs.h"
#include "scan/stack.h"

#include <imgassure/image.h>

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
    IA_TRY(copy_str(env, inventory, from->created, &to->created));
    return copy_str(env, inventory, from->verified, &to->verified);
}

static int copy_layers(struct ia_env *env, const struct ia_image *image, struct ia_inventory *inventory)
{
    const struct ia_layer *from;
    for (size_t i = 0; (from = ia_image_layer(image, i)); i++) {
        struct ia_layer to = {.size = from->size, .step = from->step};
        IA_TRY(copy_str(env, inventory, from->digest, &to.digest));
        IA_TRY(copy_str(env, inventory, from->diff_id, &to.diff_id));
        IA_TRY(copy_str(env, inventory, from->media_type, &to.media_type));
        IA_TRY(copy_str(env, inventory, from->created_by, &to.created_by));
        IA_TRY(copy_str(env, inventory, from->chain_id, &to.chain_id));
        IA_TRY(copy_str(env, inventory, from->created, &to.created));
        IA_TRY(copy_str(env, inventory, from->comment, &to.comment));
        IA_TRY(ia_inventory_add_layer(env, inventory, &to));
    }
    return IMGA_OK;
}

struct pass {
    struct ia_stack stack;
    struct ia_catalog *catalog;
    struct ia_inventory *inventory;
};

static int observe(void *user, struct ia_env *env, uint32_t layer)
{
    struct pass *p = user;
    struct ia_layer *row = ia_vec_at(&p->inventory->layers, layer);
    row->uncompressed_size = p->stack.layer_bytes;
    return ia_catalog_observe(p->catalog, env, p->stack.fs, layer);
}

static int run_pass(struct pass *p, struct ia_env *env, struct ia_inventory *inventory)
{
    const struct ia_taken *taken = p->stack.taken;
    size_t want_count;
    const struct ia_want *wants = ia_catalog_wants(&want_count);
    IA_TRY(copy_facts(env, p->stack.image, inventory));
    IA_TRY(copy_layers(env, p->stack.image, inventory));
    IA_TRY(ia_copy_notes(env, ia_image_notes(p->stack.image)));
    ia_log(env, IMGA_LOG_INFO, "%s, image %s, %zu layers", inventory->image.form, inventory->image.config_digest,
           inventory->layers.n);
    IA_TRY(ia_rootfs_new(env, wants, want_count, &p->stack.fs));
    ia_rootfs_set_examiner(p->stack.fs, taken ? &taken->examiner.examiner : NULL);
    IA_TRY(ia_catalog_new(env, taken && (taken->look & IMGA_LOOK_REMOVED), &p->catalog));
    IA_TRY(ia_stack_layers(&p->stack, env));
    IA_TRY(ia_catalog_finish(p->catalog, env, p->stack.fs, inventory));
    ia_log(env, IMGA_LOG_INFO, "%s %s, %zu packages, %zu notes", inventory->distro.id, inventory->distro.release,
           inventory->packages.n, ia_notes_count(&inventory->notes));
    return ia_inventory_identify(env, inventory);
}

int ia_collect(struct ia_env *env, struct ia_image *image, const struct ia_taken *taken, struct ia_inventory *inventory)
{
    struct pass p = {.stack = {.image = image, .taken = taken, .merged = observe, .user = &p}, .inventory = inventory};
    struct ia_notes *outer = env->notes;
    IA_TRY(ia_inventory_init(env, inventory));
    env->notes = &inventory->notes;
    int status = run_pass(&p, env, inventory);
    env->notes = outer;
    ia_catalog_free(p.catalog);
    ia_rootfs_free(p.stack.fs);
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
