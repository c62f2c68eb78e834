/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containers-storage with the overlay driver, as Podman, CRI-O and Buildah keep it: github.com/containers/storage,
 * images.go and layers.go (images.json, layers.json, big data), drivers/overlay. From the manifest on everything is
 * verified by digests: config, and by its diff_ids the layers. Names and ids are only the storage's word for it.
 * Limits: document_bytes for a table, archive_members for its rows, layers.
 */
#include "image/stores.h"

#include "base/base64.h"
#include "base/map.h"
#include "image/document.h"
#include "image/manifest.h"
#include "image/store.h"

#include <stdio.h>
#include <string.h>

#define MANIFEST_KEY "manifest-" /* and a digest: the manifest or index of that digest */

static const char images_table[] = "overlay-images/images.json";

enum { KEY = sizeof(MANIFEST_KEY) + IA_DIGEST_TEXT };

struct stored_image {
    const char *id, *digest, *layer; /* "" when absent */
    size_t first_name, names;        /* in names */
    bool has_digest;                 /* it claims the digest that is looked for */
};

struct stored_layer {
    const char *id, *parent, *diff_digest; /* "" when absent */
    uint64_t diff_size;
    bool is_double; /* another one has the same id */
};

struct storage {
    struct ia_env *env;
    struct ia_image *image;
    const struct ia_choice *choice;
    struct ia_store_search search;
    struct ia_arena arena; /* the strings of the tables */
    struct ia_vec images;  /* struct stored_image */
    struct ia_vec names;   /* const char * */
    struct ia_vec layers;  /* struct stored_layer */
    struct ia_map by_id;   /* id of a layer -> its index */
    struct ia_digest manifest_digest, config_digest;
    struct ia_manifest manifest;
};

static void open_storage(struct storage *s, struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    uint64_t limit = env->limits->archive_members;
    size_t most = limit < SIZE_MAX ? (size_t)limit : SIZE_MAX;
    *s = (struct storage){.env = env, .image = image, .choice = choice, .search = {.choice = choice}};
    ia_arena_init(&s->arena, &env->alloc);
    ia_vec_init(&s->images, &env->alloc, sizeof(struct stored_image), most);
    ia_vec_init(&s->names, &env->alloc, sizeof(const char *), most);
    ia_vec_init(&s->layers, &env->alloc, sizeof(struct stored_layer), most);
    ia_map_init(&s->by_id, &env->alloc, env->seed);
}

static void close_storage(struct storage *s)
{
    ia_manifest_free(&s->manifest);
    ia_map_free(&s->by_id);
    ia_vec_free(&s->layers);
    ia_vec_free(&s->names);
    ia_vec_free(&s->images);
    ia_arena_free(&s->arena);
}

static int add_row(struct storage *s, struct ia_vec *rows, const void *row)
{
    return ia_described(s->env, ia_vec_push(rows, row), "archive_members", rows->max);
}

static int read_names(struct storage *s, struct ia_document *d, struct stored_image *row)
{
    const char *name;
    int status = ia_array_begin(d);
    row->first_name = s->names.n;
    while (status > 0 && (status = ia_array_next(d)) > 0) {
        IA_TRY(ia_document_text(d, &name));
        IA_TRY(add_row(s, &s->names, &name));
    }
    row->names = s->names.n - row->first_name;
    return status;
}

/* The key of a manifest in the big data of an image. */
static void manifest_key(const struct ia_digest *digest, char key[KEY])
{
    memcpy(key, MANIFEST_KEY, sizeof(MANIFEST_KEY));
    ia_digest_text(digest, key + sizeof(MANIFEST_KEY) - 1);
}

/* An image that was pulled through an index keeps that, too. */
static int read_big_data(struct storage *s, struct ia_document *d, struct stored_image *row)
{
    char wanted[KEY] = "";
    struct ia_str key;
    int status = ia_array_begin(d);
    if (s->choice->digest.algorithm)
        manifest_key(&s->choice->digest, wanted);
    while (status > 0 && (status = ia_array_next(d)) > 0) {
        IA_TRY(ia_document_string(d, &key));
        row->has_digest = row->has_digest || (wanted[0] && ia_str_is(key, wanted));
    }
    return status;
}

enum { IMAGE_ID, IMAGE_DIGEST, IMAGE_LAYER, IMAGE_NAMES, IMAGE_DATA };

static int read_image_member(struct storage *s, struct ia_document *d, unsigned index, struct stored_image *row)
{
    switch (index) {
    case IMAGE_ID:
        return ia_document_text(d, &row->id);
    case IMAGE_DIGEST:
        return ia_document_text(d, &row->digest);
    case IMAGE_LAYER:
        return ia_document_text(d, &row->layer);
    case IMAGE_NAMES:
        return read_names(s, d, row);
    default:
        return read_big_data(s, d, row);
    }
}

static int read_image(struct storage *s, struct ia_document *d)
{
    static const char *const names[] = {"id", "digest", "layer", "names", "big-data-names"};
    static const struct ia_members members = {names, IA_COUNT(names), false};
    struct stored_image row = {.id = "", .digest = "", .layer = ""};
    char wanted[IA_DIGEST_TEXT] = "";
    struct ia_object object;
    unsigned index;
    int status = ia_object_begin(d, &object, &members);
    while (status > 0 && (status = ia_object_next(d, &object, &index)) > 0)
        IA_TRY(read_image_member(s, d, index, &row));
    IA_TRY(status);
    if (s->choice->digest.algorithm)
        ia_digest_text(&s->choice->digest, wanted);
    row.has_digest = row.has_digest || (wanted[0] && strcmp(row.digest, wanted) == 0);
    return row.id[0] ? add_row(s, &s->images, &row) : IMGA_OK;
}

enum { LAYER_ID, LAYER_PARENT, LAYER_DIGEST, LAYER_SIZE };

static int read_layer(struct storage *s, struct ia_document *d)
{
    static const char *const names[] = {"id", "parent", "diff-digest", "diff-size"};
    static const struct ia_members members = {names, IA_COUNT(names), false};
    struct stored_layer row = {.id = "", .parent = "", .diff_digest = ""};
    const char **const texts[] = {&row.id, &row.parent, &row.diff_digest};
    struct ia_object object;
    unsigned index;
    uint64_t first;
    int status = ia_object_begin(d, &object, &members);
    while (status > 0 && (status = ia_object_next(d, &object, &index)) > 0)
        IA_TRY(index == LAYER_SIZE ? ia_document_u64(d, &row.diff_size) : ia_document_text(d, texts[index]));
    IA_TRY(status);
    if (ia_map_get(&s->by_id, ia_str_from(row.id), &first)) {
        struct stored_layer *other = ia_vec_at(&s->layers, (size_t)first);
        other->is_double = true;
        return IMGA_OK;
    }
    IA_TRY(add_row(s, &s->layers, &row));
    return ia_described(s->env, ia_map_put(&s->by_id, ia_str_from(row.id), s->layers.n - 1), "", 0);
}

static int read_rows(struct storage *s, struct ia_document *d, int (*row)(struct storage *s, struct ia_document *d))
{
    int status = ia_array_begin(d);
    while (status > 0 && (status = ia_array_next(d)) > 0)
        IA_TRY(row(s, d));
    IA_TRY(status);
    return ia_document_end(d);
}

static int read_table(struct storage *s, const char *name, int (*row)(struct storage *s, struct ia_document *d))
{
    uint64_t limit = s->env->limits->document_bytes;
    struct ia_document d = {0};
    struct ia_buf buf;
    int status;
    ia_buf_init(&buf, &s->env->alloc, limit < SIZE_MAX ? (size_t)limit : SIZE_MAX);
    IA_GO(status, ia_store_table(s->env, s->image, name, &buf));
    status = ia_document_open(&d, s->env, &s->arena, ia_buf_view(&buf));
    if (status >= 0)
        status = read_rows(s, &d, row);
    status = ia_error_at(s->env, status, "%s", name);
out:
    ia_document_close(&d);
    ia_buf_free(&buf);
    return status;
}

static const char *name_at(const struct storage *s, size_t index)
{
    const char *const *name = ia_vec_at(&s->names, index);
    return name ? *name : "";
}

/* The one row of that id. */
static int find_image(struct storage *s, const char *id, struct stored_image *out)
{
    unsigned found = 0;
    for (size_t i = 0; i < s->images.n; i++) {
        const struct stored_image *row = ia_vec_at(&s->images, i);
        if (strcmp(row->id, id) != 0)
            continue;
        *out = *row;
        found++;
    }
    return found == 1 ? IMGA_OK : ia_fail(s->env, IMGA_E_AMBIGUOUS, -1, "the storage has image %.64s twice", id);
}

static int choose_image(struct storage *s, struct stored_image *out)
{
    IA_TRY(read_table(s, images_table, read_image));
    for (size_t i = 0; i < s->images.n; i++) {
        const struct stored_image *row = ia_vec_at(&s->images, i);
        for (size_t k = 0; k < row->names; k++)
            ia_store_offer(&s->search, row->id, name_at(s, row->first_name + k), row->has_digest);
        if (row->names == 0)
            ia_store_offer(&s->search, row->id, "", row->has_digest);
    }
    IA_TRY(ia_store_chosen(s->env, &s->search));
    IA_TRY(find_image(s, s->search.id, out));
    s->image->facts.reference = ia_arena_str(&s->image->arena, ia_str_from(s->search.name));
    return s->image->facts.reference ? IMGA_OK : ia_fail_nomem(s->env);
}

/* "overlay-images/ID/KEY": a key that is no plain word is written in base64 after a "=". */
static void data_path(const struct storage *s, const char *key, char path[IA_STORE_PATH])
{
    char name[(KEY + 2) / 3 * 4 + 1];
    ia_base64_encode((const uint8_t *)key, strlen(key), name);
    snprintf(path, IA_STORE_PATH, "overlay-images/%s/=%s", s->search.id, name);
}

static int load_manifest(struct storage *s, const struct stored_image *chosen)
{
    struct ia_document_want want = {.size = UINT64_MAX};
    char path[IA_STORE_PATH];
    struct ia_buf buf;
    int status;
    ia_buf_init(&buf, &s->env->alloc, (size_t)s->env->limits->manifest_bytes);
    snprintf(path, sizeof(path), "overlay-images/%s/manifest", s->search.id);
    if (chosen->digest[0])
        IA_GO(status, ia_digest_parse(s->env, ia_str_from(chosen->digest), &want.digest));
    IA_GO(status, ia_blobs_document(&s->image->blobs, s->env, path, &want, &buf));
    s->manifest_digest = want.digest;
    if (!want.digest.algorithm)
        IA_GO(status, ia_blob_hash(s->env, IA_DIGEST_SHA256, ia_buf_view(&buf), &s->manifest_digest));
    status = ia_manifest_parse(s->env, &s->image->arena, ia_buf_view(&buf), "", &s->manifest);
    IA_GO(status, ia_error_at(s->env, status, "%s", path));
    if (s->manifest.is_index)
        status = ia_fail(s->env, IMGA_E_UNSUPPORTED, -1, "this is a list of images, not an image: name one of them");
    else if (!(s->image->facts.manifest_digest = ia_image_digest_text(s->image, &s->manifest_digest)))
        status = ia_fail_nomem(s->env);
out:
    ia_buf_free(&buf);
    return status;
}

static int take_config(struct storage *s, struct ia_config *config)
{
    const struct ia_document_want want = {s->manifest.config.digest, s->manifest.config.size};
    char path[IA_STORE_PATH], key[IA_DIGEST_TEXT];
    struct ia_buf buf;
    int status;
    ia_buf_init(&buf, &s->env->alloc, (size_t)s->env->limits->manifest_bytes);
    s->config_digest = want.digest;
    ia_digest_text(&want.digest, key);
    data_path(s, key, path);
    IA_GO(status, ia_blobs_document(&s->image->blobs, s->env, path, &want, &buf));
    status = ia_config_parse(s->env, &s->image->arena, ia_buf_view(&buf), config);
    IA_GO(status, ia_error_at(s->env, status, "%s", path));
    s->image->facts.config_digest = ia_image_digest_text(s->image, &want.digest);
    if (!s->image->facts.config_digest)
        status = ia_fail_nomem(s->env);
out:
    ia_buf_free(&buf);
    return status;
}

static bool lists(const struct ia_manifest *index, const struct ia_digest *manifest)
{
    for (size_t i = 0; i < index->manifests.n; i++) {
        const struct ia_descriptor *d = ia_vec_at(&index->manifests, i);
        if (ia_digest_equal(&d->digest, manifest))
            return true;
    }
    return false;
}

/* A digest that was asked for is that of the manifest, of the config, or of an index that lists the manifest. */
static int prove_digest(struct storage *s)
{
    const struct ia_document_want want = {s->choice->digest, UINT64_MAX};
    struct ia_manifest index = {0};
    char path[IA_STORE_PATH], key[KEY];
    struct ia_buf buf;
    int status;
    if (!want.digest.algorithm || ia_digest_equal(&want.digest, &s->manifest_digest) ||
        ia_digest_equal(&want.digest, &s->config_digest))
        return IMGA_OK;
    ia_buf_init(&buf, &s->env->alloc, (size_t)s->env->limits->manifest_bytes);
    manifest_key(&want.digest, key);
    data_path(s, key, path);
    IA_GO(status, ia_blobs_has(&s->image->blobs, s->env, path));
    if (status == 0)
        IA_GO(status, ia_fail(s->env, IMGA_E_DIGEST, -1, "nothing of the image has the digest that was asked for"));
    IA_GO(status, ia_blobs_document(&s->image->blobs, s->env, path, &want, &buf));
    IA_GO(status, ia_manifest_parse(s->env, &s->image->arena, ia_buf_view(&buf), "", &index));
    if (!lists(&index, &s->manifest_digest))
        status = ia_fail(s->env, IMGA_E_DIGEST, -1, "the index that was asked for does not list the image");
out:
    ia_manifest_free(&index);
    ia_buf_free(&buf);
    return status;
}

static int check_diff_digest(struct storage *s, const struct stored_layer *layer, const struct ia_digest *diff_id)
{
    struct ia_digest claimed;
    if (layer->diff_digest[0] == '\0')
        return IMGA_OK;
    IA_TRY(ia_digest_parse(s->env, ia_str_from(layer->diff_digest), &claimed));
    if (!ia_digest_equal(&claimed, diff_id))
        return ia_fail(s->env, IMGA_E_DIGEST, -1, "layer %.64s of the storage is not the one that the config names",
                       layer->id);
    return IMGA_OK;
}

/* What the manifest says of the layer as it was pulled: that blob is gone, its digest is not verified here. */
static int describe_layer(struct storage *s, size_t index)
{
    const struct ia_descriptor *d = ia_vec_at(&s->manifest.layers, index);
    struct ia_layer *layer = &s->image->layers[index];
    layer->media_type = d->media_type;
    layer->size = d->size;
    layer->digest = ia_image_digest_text(s->image, &d->digest);
    return layer->digest ? IMGA_OK : ia_fail_nomem(s->env);
}

/* Layer index of the image is the one of that id; *id becomes its parent's. */
static int take_layer(struct storage *s, size_t index, const char **id)
{
    char split[IA_STORE_PATH], folder[IA_STORE_PATH];
    const struct stored_layer *layer;
    uint64_t at;
    if (!ia_map_get(&s->by_id, ia_str_from(*id), &at))
        return ia_fail(s->env, IMGA_E_NOT_FOUND, -1, "layer %.64s is not in the storage", *id);
    layer = ia_vec_at(&s->layers, (size_t)at);
    if (layer->is_double)
        return ia_fail(s->env, IMGA_E_AMBIGUOUS, -1, "the storage has layer %.64s twice", *id);
    if (!ia_store_is_id(ia_str_from(*id)))
        return ia_fail(s->env, IMGA_E_FORMAT, -1, "the id of a layer is malformed");
    IA_TRY(check_diff_digest(s, layer, &s->image->parts[index].diff_id));
    snprintf(split, sizeof(split), "overlay-layers/%s.tar-split.gz", *id);
    snprintf(folder, sizeof(folder), "overlay/%s/diff", *id);
    IA_TRY(ia_store_add_layer(s->env, s->image, index, split, folder));
    s->image->parts[index].size = layer->diff_size;
    *id = layer->parent;
    return describe_layer(s, index);
}

/* From the top layer down through the parents. */
static int take_layers(struct storage *s, const char *id)
{
    static const char table[] = "overlay-layers/layers.json", newer[] = "overlay-layers/volatile-layers.json";
    size_t count = s->image->count;
    int status = 0;
    if (id[0])
        IA_TRY(read_table(s, table, read_layer));
    if (id[0])
        IA_TRY(status = ia_blobs_has(&s->image->blobs, s->env, newer));
    if (status > 0)
        IA_TRY(read_table(s, newer, read_layer));
    for (size_t i = count; i > 0; i--) {
        if (id[0] == '\0')
            return ia_fail(s->env, IMGA_E_FORMAT, -1, "the storage has %zu layers, the config %zu diff_ids", count - i,
                           count);
        IA_TRY(ia_error_at(s->env, take_layer(s, i - 1, &id), "layer %zu", i - 1));
    }
    if (id[0])
        return ia_fail(s->env, IMGA_E_FORMAT, -1, "the storage has more layers than the config's %zu diff_ids", count);
    return IMGA_OK;
}

int ia_containers_storage_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    struct stored_image chosen = {.id = "", .digest = "", .layer = ""};
    struct ia_config config = {0};
    struct storage s;
    int status;
    open_storage(&s, env, image, choice);
    image->facts.form = "containers-storage";
    IA_GO(status, choose_image(&s, &chosen));
    IA_GO(status, load_manifest(&s, &chosen));
    IA_GO(status, take_config(&s, &config));
    IA_GO(status, ia_store_prove_id(env, &s.search, &s.config_digest));
    IA_GO(status, prove_digest(&s));
    IA_GO(status, ia_image_describe(env, image, choice, &config));
    IA_GO(status, ia_image_make_layers(env, image, &config, s.manifest.layers.n));
    IA_GO(status, take_layers(&s, chosen.layer));
out:
    ia_config_free(&config);
    close_storage(&s);
    return status;
}

int ia_containers_storage_list(struct ia_env *env, struct ia_image *image, struct ia_image_list *list)
{
    const struct ia_choice every = {.digest = {.algorithm = 0}};
    struct storage s;
    open_storage(&s, env, image, &every);
    int status = read_table(&s, images_table, read_image);
    for (size_t i = 0; status >= 0 && i < s.images.n; i++) {
        const struct stored_image *row = ia_vec_at(&s.images, i);
        for (size_t k = 0; status >= 0 && k < row->names; k++)
            status = ia_store_list(env, list, name_at(&s, row->first_name + k), row->id, row->digest);
        if (row->names == 0)
            status = ia_store_list(env, list, "", row->id, row->digest);
    }
    close_storage(&s);
    return status;
}
