/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker save archives: docker image-spec v1.2, "Combined Image JSON + Filesystem Changeset Format", manifest.json. The
 * config is verified when its name is its digest; layers by their diff_ids, and by their names when they lie under
 * blobs/. Limits: layers, manifest_bytes, links.
 */
#include "image/docker.h"

#include "base/hex.h"
#include "image/document.h"
#include "image/form.h"

#include <string.h>

static const char manifest_name[] = "manifest.json";

/* One entry of manifest.json. */
struct saved {
    const char *config;
    struct ia_digest digest; /* of the config; algorithm 0: not known */
    size_t first_tag, tags;  /* in texts */
    size_t first_layer, layers;
};

struct saved_list {
    struct ia_vec saved; /* struct saved */
    struct ia_vec texts; /* const char *: tags and layers of all entries */
};

enum { CONFIG, TAGS, LAYERS };

static void list_init(struct saved_list *list, struct ia_env *env)
{
    size_t max = (size_t)env->limits->manifest_bytes;
    ia_vec_init(&list->saved, &env->alloc, sizeof(struct saved), max);
    ia_vec_init(&list->texts, &env->alloc, sizeof(const char *), max);
}

static void list_free(struct saved_list *list)
{
    ia_vec_free(&list->saved);
    ia_vec_free(&list->texts);
}

static const char *list_text(const struct saved_list *list, size_t index)
{
    const char *const *text = ia_vec_at(&list->texts, index);
    return text ? *text : "";
}

static int read_texts(struct ia_document *d, struct saved_list *list, size_t *first, size_t *count)
{
    const char *text;
    int status = ia_array_begin(d);
    *first = list->texts.n;
    while (status > 0 && (status = ia_array_next(d)) > 0) {
        IA_TRY(ia_document_text(d, &text));
        IA_TRY(ia_described(d->env, ia_vec_push(&list->texts, &text), "manifest_bytes", list->texts.max));
    }
    *count = list->texts.n - *first;
    return status;
}

static int read_saved(struct ia_document *d, struct saved_list *list)
{
    static const char *const names[] = {"Config", "RepoTags", "Layers"};
    static const struct ia_members members = {names, IA_COUNT(names), false};
    struct saved saved = {.config = ""};
    struct ia_object object;
    unsigned index;
    int status = ia_object_begin(d, &object, &members);
    if (status == 0)
        return ia_fail(d->env, IMGA_E_FORMAT, ia_document_offset(d), "an entry is null");
    while (status > 0 && (status = ia_object_next(d, &object, &index)) > 0) {
        if (index == CONFIG)
            IA_TRY(ia_document_text(d, &saved.config));
        else if (index == TAGS)
            IA_TRY(read_texts(d, list, &saved.first_tag, &saved.tags));
        else
            IA_TRY(read_texts(d, list, &saved.first_layer, &saved.layers));
    }
    IA_TRY(status);
    if (saved.config[0] == '\0' || !(object.seen & 1U << LAYERS))
        return ia_fail(d->env, IMGA_E_FORMAT, ia_document_offset(d), "an entry has no Config or no Layers");
    if (saved.layers > d->env->limits->layers)
        return ia_fail_limit(d->env, ia_document_offset(d), "layers", d->env->limits->layers, IA_STR("the image"));
    return ia_described(d->env, ia_vec_push(&list->saved, &saved), "manifest_bytes", list->saved.max);
}

static int read_entries(struct ia_document *d, struct saved_list *list)
{
    int status = ia_array_begin(d);
    if (status == 0)
        return ia_fail(d->env, IMGA_E_FORMAT, 0, "it is null, not an array");
    while (status > 0 && (status = ia_array_next(d)) > 0)
        IA_TRY(read_saved(d, list));
    IA_TRY(status);
    return ia_document_end(d);
}

static int read_manifest(struct ia_env *env, struct ia_image *image, struct saved_list *list)
{
    const struct ia_document_want any = {.size = UINT64_MAX};
    struct ia_document d = {0};
    struct ia_buf buf;
    int status;
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    IA_GO(status, ia_blobs_document(&image->blobs, env, manifest_name, &any, &buf));
    status = ia_document_open(&d, env, &image->arena, ia_buf_view(&buf));
    if (status >= 0)
        status = read_entries(&d, list);
    status = ia_error_at(env, status, "%s", manifest_name);
out:
    ia_document_close(&d);
    ia_buf_free(&buf);
    return status;
}

/* The digest that the name of a config says: 64 hexadecimal digits, with ".json" or "sha256:" or under a folder. */
static bool config_digest(const char *path, struct ia_digest *out)
{
    struct ia_str name = ia_str_from(path);
    size_t slash = ia_str_find_last(name, '/');
    if (slash < name.n)
        name = ia_str_sub(name, slash + 1, name.n);
    if (ia_str_ends(name, IA_STR(".json")))
        name.n -= sizeof(".json") - 1;
    if (ia_str_starts(name, IA_STR("sha256:")))
        name = ia_str_sub(name, sizeof("sha256:") - 1, name.n);
    *out = (struct ia_digest){.algorithm = IA_DIGEST_SHA256};
    return ia_hex_decode(name, out->bytes, ia_digest_size(IA_DIGEST_SHA256));
}

/* How well an entry fits, and the tag that makes it fit; 0: not at all. */
static unsigned score(const struct saved_list *list, const struct saved *saved, const struct ia_choice *choice,
                      const char **tag)
{
    unsigned best = 0;
    *tag = saved->tags ? list_text(list, saved->first_tag) : "";
    if (choice->digest.algorithm)
        return ia_digest_equal(&saved->digest, &choice->digest);
    for (size_t i = 0; choice->reference.n && i < saved->tags; i++) {
        const char *name = list_text(list, saved->first_tag + i);
        unsigned match = ia_reference_match(choice->reference, name);
        if (match > best) {
            best = match;
            *tag = name;
        }
    }
    return choice->reference.n ? best : 1;
}

static int fail_choice(struct ia_env *env, const struct saved_list *list, bool several)
{
    struct ia_listing listing = {.n = 0};
    for (size_t i = 0; i < list->saved.n; i++) {
        const struct saved *saved = ia_vec_at(&list->saved, i);
        if (saved->tags == 0)
            ia_listing_add(&listing, saved->config);
        for (size_t j = 0; j < saved->tags; j++)
            ia_listing_add(&listing, list_text(list, saved->first_tag + j));
    }
    if (several)
        return ia_fail(env, IMGA_E_AMBIGUOUS, -1, "several images fit, a reference must say which: %s", listing.text);
    return ia_fail(env, IMGA_E_NOT_FOUND, -1, "no image fits the reference; there are: %s", listing.text);
}

/* Entries of one config are one image under several names. */
static bool is_same_image(const struct saved *a, const struct saved *b)
{
    return strcmp(a->config, b->config) == 0 && a->layers == b->layers;
}

static int choose(struct ia_env *env, const struct saved_list *list, const struct ia_choice *choice,
                  const struct saved **out, const char **reference)
{
    unsigned best = 0;
    bool several = false;
    for (size_t i = 0; i < list->saved.n; i++) {
        const struct saved *saved = ia_vec_at(&list->saved, i);
        const char *tag;
        unsigned fit = score(list, saved, choice, &tag);
        if (fit > best) {
            best = fit;
            *out = saved;
            *reference = tag;
            several = false;
        } else if (fit && fit == best) {
            several = several || !is_same_image(saved, *out);
        }
    }
    return best == 0 || several ? fail_choice(env, list, several) : IMGA_OK;
}

/* A path of manifest.json as the plain name of a member, in the image's arena. */
static int plain_path(struct ia_env *env, struct ia_image *image, const char *path, const char **out)
{
    struct ia_str rest = ia_str_from(path), part;
    struct ia_buf buf;
    int status = IMGA_OK;
    while (ia_str_next(&rest, '/', &part))
        if (ia_str_is(part, ".."))
            status = IMGA_E_PATH;
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->path_bytes);
    if (status == IMGA_OK)
        status = ia_archive_join(&buf, IA_STR(""), ia_str_from(path));
    if (status == IMGA_E_PATH)
        status = ia_fail(env, IMGA_E_PATH, -1, "a document names %.200s, which is outside the archive", path);
    if (status == IMGA_OK && buf.n == 0)
        status = ia_fail(env, IMGA_E_FORMAT, -1, "a document has an empty path");
    status = ia_described(env, status, "path_bytes", env->limits->path_bytes);
    if (status == IMGA_OK && !(*out = ia_arena_str(&image->arena, ia_buf_view(&buf))))
        status = ia_fail_nomem(env);
    ia_buf_free(&buf);
    return status;
}

int ia_docker_fill_layer(struct ia_env *env, struct ia_image *image, size_t index, const char *path)
{
    struct ia_layer_part *part = &image->parts[index];
    struct ia_blob blob = {0};
    int status;
    IA_GO(status, plain_path(env, image, path, &part->name));
    IA_GO(status, ia_blobs_find(&image->blobs, env, part->name, &blob));
    (void)ia_blob_name_digest(ia_str_from(blob.member), &part->digest); /* other names: nothing to check */
    part->size = blob.size;
    image->layers[index].size = blob.size;
out:
    ia_blob_free(&blob);
    return ia_error_at(env, status, "layer %zu", index);
}

static int load_config(struct ia_env *env, struct ia_image *image, const char *path, struct ia_config *config)
{
    struct ia_document_want want = {.size = UINT64_MAX};
    struct ia_digest digest;
    struct ia_buf buf;
    const char *name;
    int status;
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    IA_GO(status, plain_path(env, image, path, &name));
    if (config_digest(name, &digest))
        want.digest = digest;
    IA_GO(status, ia_blobs_document(&image->blobs, env, name, &want, &buf));
    IA_GO(status, ia_blob_hash(env, IA_DIGEST_SHA256, ia_buf_view(&buf), &digest));
    image->facts.config_digest = ia_image_digest_text(image, &digest);
    if (!image->facts.config_digest)
        IA_GO(status, ia_fail_nomem(env));
    status = ia_error_at(env, ia_config_parse(env, &image->arena, ia_buf_view(&buf), config), "%.200s", name);
out:
    ia_buf_free(&buf);
    return status;
}

/* The digest of a config by its content, because its name does not say it; missing ones have none. */
static int hash_config(struct ia_env *env, struct ia_image *image, struct saved *saved)
{
    const struct ia_document_want any = {.size = UINT64_MAX};
    struct ia_buf buf;
    const char *name;
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    int status = plain_path(env, image, saved->config, &name);
    if (status >= 0)
        status = ia_blobs_document(&image->blobs, env, name, &any, &buf);
    if (status >= 0)
        status = ia_blob_hash(env, IA_DIGEST_SHA256, ia_buf_view(&buf), &saved->digest);
    else if (ia_list_goes_on(env, status))
        status = IMGA_OK;
    ia_buf_free(&buf);
    return status;
}

/* Fills in the digests of all configs. Only so many are hashed as an image may have layers: each is a whole document.
 */
static int find_digests(struct ia_env *env, struct ia_image *image, struct saved_list *list)
{
    uint64_t hashed = 0, limit = env->limits->layers;
    for (size_t i = 0; i < list->saved.n; i++) {
        struct saved *saved = ia_vec_at(&list->saved, i);
        if (config_digest(saved->config, &saved->digest))
            continue;
        saved->digest.algorithm = 0;
        if (hashed++ >= limit)
            return ia_fail_limit(env, -1, "layers", limit, IA_STR("the configs without a digest in their names"));
        IA_TRY(hash_config(env, image, saved));
    }
    return IMGA_OK;
}

static int open_saved(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    struct ia_config config = {0};
    struct saved_list list;
    const struct saved *saved = NULL;
    int status;
    list_init(&list, env);
    IA_GO(status, read_manifest(env, image, &list));
    if (choice->digest.algorithm)
        IA_GO(status, find_digests(env, image, &list));
    IA_GO(status, choose(env, &list, choice, &saved, &image->facts.reference));
    IA_GO(status, load_config(env, image, saved->config, &config));
    IA_GO(status, ia_image_describe(env, image, choice, &config));
    IA_GO(status, ia_image_make_layers(env, image, &config, saved->layers));
    for (size_t i = 0; i < saved->layers; i++)
        IA_GO(status, ia_docker_fill_layer(env, image, i, list_text(&list, saved->first_layer + i)));
out:
    ia_config_free(&config);
    list_free(&list);
    return status;
}

int ia_docker_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    int status = ia_blobs_has(&image->blobs, env, manifest_name);
    if (status < 0)
        return status;
    return status > 0 ? open_saved(env, image, choice) : ia_legacy_open(env, image, choice);
}

/* One entry under each of its names. */
static int list_saved(struct ia_env *env, struct ia_image *image, const struct saved_list *saved_list,
                      const struct saved *saved, struct ia_image_list *list)
{
    char digest[IA_DIGEST_TEXT] = "";
    struct ia_list_config config = {.name = "", .want = {saved->digest, UINT64_MAX}};
    struct ia_image_entry entry = {.kind = IA_ENTRY_IMAGE, .digest = digest};
    int status = plain_path(env, image, saved->config, &config.name);
    if (status < 0 && !ia_list_goes_on(env, status))
        return status;
    if (status >= 0)
        IA_TRY(ia_list_platform(env, image, &config, list, &entry));
    if (saved->digest.algorithm)
        ia_digest_text(&saved->digest, digest);
    for (size_t i = 0; i < saved->tags || i == 0; i++) {
        entry.reference = saved->tags ? list_text(saved_list, saved->first_tag + i) : "";
        IA_TRY(ia_image_list_add(env, list, &entry));
    }
    return IMGA_OK;
}

int ia_docker_list(struct ia_env *env, struct ia_image *image, struct ia_image_list *list)
{
    struct saved_list saved;
    int status = ia_blobs_has(&image->blobs, env, manifest_name);
    if (status <= 0)
        return status < 0 ? status : ia_legacy_list(env, image, list);
    list_init(&saved, env);
    IA_GO(status, read_manifest(env, image, &saved));
    IA_GO(status, find_digests(env, image, &saved));
    for (size_t i = 0; i < saved.saved.n; i++)
        IA_GO(status, list_saved(env, image, &saved, ia_vec_at(&saved.saved, i), list));
out:
    list_free(&saved);
    return status;
}

static bool knows_config(const struct saved_list *list, const struct ia_digest *config)
{
    struct ia_digest digest;
    for (size_t i = 0; i < list->saved.n; i++) {
        const struct saved *saved = ia_vec_at(&list->saved, i);
        if (config_digest(saved->config, &digest) && ia_digest_equal(&digest, config))
            return true;
    }
    return false;
}

int ia_docker_compare(struct ia_env *env, struct ia_image *image, const struct ia_digest *config)
{
    struct saved_list list;
    int status = ia_blobs_has(&image->blobs, env, manifest_name);
    if (status <= 0)
        return status;
    list_init(&list, env);
    status = read_manifest(env, image, &list);
    bool same = status >= 0 && knows_config(&list, config);
    list_free(&list);
    if (status == IMGA_E_NOMEM || status == IMGA_E_IO || status == IMGA_E_CANCELLED || same)
        return status;
    ia_error_clear(env);
    return ia_note(env, IMGA_NOTE_DUPLICATE, -1, ia_str_from(manifest_name),
                   "manifest.json does not name the image of index.json; some programs would load another one");
}
