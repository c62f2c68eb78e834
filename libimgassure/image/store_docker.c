/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker's root folder with the overlay2 driver: github.com/moby/moby, image/fs.go (imagedb), layer/filestore.go
 * (layerdb), reference/store.go (repositories.json). An image's id is the digest of its config; the config's diff_ids
 * give the ChainIDs under which the layers lie (OCI image-spec 1.1 config.md, "Layer ChainID"), and prove them. Which
 * name means which id is only the storage's word. Limits: document_bytes, archive_members for names and ids, layers.
 */
#include "image/stores.h"

#include "base/hex.h"
#include "base/map.h"
#include "image/store.h"
#include "image/subfolder.h"
#include "io/folder.h"
#include "syntax/json_read.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STORE "image/overlay2"
#define CONFIGS STORE "/imagedb/content/sha256"
#define LAYERS STORE "/layerdb/sha256"

/* A name of an image, or "" for the image itself. */
struct named {
    const char *name;
    const char *id;
};

struct storage {
    struct ia_env *env;
    struct ia_image *image;
    const struct ia_choice *choice;
    struct ia_store_search search;
    struct ia_arena arena; /* the strings of the tables */
    struct ia_vec names;   /* struct named */
    struct ia_map ids;     /* of the images that have a name */
};

static void open_storage(struct storage *s, struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    uint64_t most = env->limits->archive_members;
    *s = (struct storage){.env = env, .image = image, .choice = choice, .search = {.choice = choice}};
    ia_arena_init(&s->arena, &env->alloc);
    ia_map_init(&s->ids, &env->alloc, env->seed);
    ia_vec_init(&s->names, &env->alloc, sizeof(struct named), most < SIZE_MAX ? (size_t)most : SIZE_MAX);
}

static void close_storage(struct storage *s)
{
    ia_vec_free(&s->names);
    ia_map_free(&s->ids);
    ia_arena_free(&s->arena);
}

/* Whether it is the digest of a config: 64 digits. */
static bool is_config(struct ia_str name)
{
    uint8_t bytes[IA_DIGEST_MAX];
    return ia_hex_decode(name, bytes, ia_digest_size(IA_DIGEST_SHA256));
}

static int add_name(struct storage *s, const char *name, struct ia_str id)
{
    struct named row = {name, ia_arena_str(&s->arena, id)};
    if (!row.name || !row.id || (name[0] && ia_map_put(&s->ids, ia_str_from(row.id), 1) < 0))
        return ia_fail_nomem(s->env);
    return ia_described(s->env, ia_vec_push(&s->names, &row), "archive_members", s->names.max);
}

/* "sha256:" and 64 digits, as the table has ids. */
static int add_reference(struct storage *s, const char *name, struct ia_str text)
{
    struct ia_str id = ia_str_sub(text, sizeof("sha256:") - 1, text.n);
    if (!ia_str_starts(text, IA_STR("sha256:")) || !is_config(id))
        return ia_fail(s->env, IMGA_E_FORMAT, -1, "the id of an image is malformed");
    return add_name(s, name, id);
}

/* {"Repositories":{"alpine":{"alpine:3.20":"sha256:..."}}} */
static int read_names(struct storage *s, struct ia_json *json)
{
    enum { TOP = 1, REFERENCES = 3 };
    struct ia_str text;
    const char *name = "";
    unsigned depth = 0;
    int event;
    while ((event = ia_json_next(json, s->env, &text)) > 0) {
        if (event == IA_JSON_OBJECT && depth < REFERENCES)
            depth++;
        else if (event == IA_JSON_OBJECT_END)
            depth--;
        else if (event == IA_JSON_KEY && depth == TOP && !ia_str_is(text, "Repositories"))
            IA_TRY(ia_json_skip(json, s->env, event));
        else if (event == IA_JSON_KEY)
            name = depth == REFERENCES ? ia_arena_str(&s->arena, text) : "";
        else if (event == IA_JSON_STRING && depth == REFERENCES)
            IA_TRY(add_reference(s, name, text));
        else if (event != IA_JSON_NULL)
            return ia_fail(s->env, IMGA_E_FORMAT, ia_json_offset(json), "this is no table of repositories");
    }
    return event;
}

static int read_repositories(struct storage *s)
{
    static const char name[] = STORE "/repositories.json";
    uint64_t limit = s->env->limits->document_bytes;
    struct ia_reader *reader = NULL;
    struct ia_json *json = NULL;
    struct ia_buf buf;
    int status = ia_blobs_has(&s->image->blobs, s->env, name);
    if (status <= 0)
        return status;
    ia_buf_init(&buf, &s->env->alloc, limit < SIZE_MAX ? (size_t)limit : SIZE_MAX);
    IA_GO(status, ia_store_table(s->env, s->image, name, &buf));
    IA_GO(status, ia_reader_memory(s->env, buf.p, buf.n, &reader));
    IA_GO(status, ia_json_new(s->env, reader, &json));
    status = ia_error_at(s->env, read_names(s, json), "%s", name);
out:
    ia_json_free(json);
    ia_reader_close(reader);
    ia_buf_free(&buf);
    return status;
}

static int add_config(struct storage *s, struct ia_str id)
{
    uint64_t named;
    if (!is_config(id) || ia_map_get(&s->ids, id, &named))
        return IMGA_OK;
    return add_name(s, "", id);
}

/* The images without a name. */
static int read_configs(struct storage *s)
{
    struct ia_folder_names names = {.p = NULL};
    int folder, number = 0, status;
    IA_TRY(ia_subfolder_open(s->env, s->image->blobs.directory, CONFIGS, &folder));
    status = ia_folder_names_read(s->env, folder, &names, &number);
    close(folder);
    if (status >= 0 && number)
        status = ia_fail(s->env, IMGA_E_IO, -1, "the folder " CONFIGS " cannot be read (errno %d)", number);
    for (size_t i = 0; status >= 0 && i < names.n; i++)
        status = add_config(s, ia_str_from(names.p[i]));
    ia_folder_names_free(&names);
    return status;
}

/* Docker with containerd's image store keeps neither images nor layers here. */
static int check_driver(struct storage *s)
{
    static const char *const others[] = {"rootfs", "containerd"};
    int folder, status = ia_subfolder_open(s->env, s->image->blobs.directory, STORE, &folder);
    if (status == IMGA_OK)
        close(folder);
    if (status != IMGA_E_NOT_FOUND)
        return status;
    for (size_t i = 0; i < IA_COUNT(others); i++) {
        ia_error_clear(s->env);
        if (ia_subfolder_open(s->env, s->image->blobs.directory, others[i], &folder) < 0)
            continue;
        close(folder);
        return ia_fail(s->env, IMGA_E_UNSUPPORTED, -1, "docker keeps its images in containerd here, not in " STORE);
    }
    ia_error_clear(s->env);
    return ia_fail(s->env, IMGA_E_NOT_FOUND, -1, "there is no " STORE);
}

static int read_images(struct storage *s)
{
    IA_TRY(check_driver(s));
    IA_TRY(read_repositories(s));
    return read_configs(s);
}

static int choose_image(struct storage *s)
{
    IA_TRY(read_images(s));
    for (size_t i = 0; i < s->names.n; i++) {
        const struct named *row = ia_vec_at(&s->names, i);
        ia_store_offer(&s->search, row->id, row->name, false);
    }
    if (s->choice->digest.algorithm && s->search.best == 0)
        return ia_fail(
            s->env, IMGA_E_NOT_FOUND, -1,
            "no image has this digest as its id; docker does not keep the manifests that have other digests");
    IA_TRY(ia_store_chosen(s->env, &s->search));
    s->image->facts.reference = ia_arena_str(&s->image->arena, ia_str_from(s->search.name));
    return s->image->facts.reference ? IMGA_OK : ia_fail_nomem(s->env);
}

static int take_config(struct storage *s, struct ia_config *config)
{
    struct ia_document_want want = {.digest = {.algorithm = IA_DIGEST_SHA256}, .size = UINT64_MAX};
    char path[IA_STORE_PATH];
    struct ia_buf buf;
    int status;
    ia_buf_init(&buf, &s->env->alloc, (size_t)s->env->limits->manifest_bytes);
    (void)ia_hex_decode(ia_str_from(s->search.id), want.digest.bytes, ia_digest_size(IA_DIGEST_SHA256));
    snprintf(path, sizeof(path), CONFIGS "/%s", s->search.id);
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

/* A layer's place: its ChainID and that of the layer below it, both as text; "" for none. */
struct chain {
    char id[IA_DIGEST_TEXT], parent[IA_DIGEST_TEXT];
};

/* ChainID(A|B) is the digest of "ChainID(A) DiffID(B)"; that of the first layer is its DiffID. */
static int next_chain(struct ia_env *env, const struct ia_digest *diff_id, struct chain *chain)
{
    char text[2 * IA_DIGEST_TEXT], diff[IA_DIGEST_TEXT];
    struct ia_digest digest;
    ia_digest_text(diff_id, diff);
    memcpy(chain->parent, chain->id, sizeof(chain->parent));
    if (chain->parent[0] == '\0') {
        memcpy(chain->id, diff, sizeof(chain->id));
        return IMGA_OK;
    }
    snprintf(text, sizeof(text), "%s %s", chain->parent, diff);
    IA_TRY(ia_digest_of(env, text, strlen(text), &digest));
    ia_digest_text(&digest, chain->id);
    return IMGA_OK;
}

static void layer_path(const struct chain *chain, const char *name, char path[IA_STORE_PATH])
{
    snprintf(path, IA_STORE_PATH, LAYERS "/%s/%s", chain->id + sizeof("sha256:") - 1, name);
}

/* The one word that a small file of a layer holds. */
static int read_word(struct storage *s, const struct chain *chain, const char *name, struct ia_buf *buf)
{
    const struct ia_document_want any = {.size = UINT64_MAX};
    char path[IA_STORE_PATH];
    layer_path(chain, name, path);
    IA_TRY(ia_blobs_document(&s->image->blobs, s->env, path, &any, buf));
    buf->n = ia_str_trim(ia_buf_view(buf)).n; /* what is in front stays, and is no word */
    return IMGA_OK;
}

/* What the storage says of the layer must be what the config makes of it. */
static int check_word(struct storage *s, const struct chain *chain, const char *name, const char *wanted)
{
    struct ia_buf buf;
    ia_buf_init(&buf, &s->env->alloc, (size_t)s->env->limits->manifest_bytes);
    int status = read_word(s, chain, name, &buf);
    if (status >= 0 && !ia_str_is(ia_buf_view(&buf), wanted))
        status = ia_fail(s->env, IMGA_E_DIGEST, -1, "the %s that is stored for %s is not %s", name, chain->id, wanted);
    ia_buf_free(&buf);
    return status;
}

static int check_parent(struct storage *s, const struct chain *chain)
{
    char path[IA_STORE_PATH];
    if (chain->parent[0])
        return check_word(s, chain, "parent", chain->parent);
    layer_path(chain, "parent", path);
    int status = ia_blobs_has(&s->image->blobs, s->env, path);
    return status > 0 ? ia_fail(s->env, IMGA_E_DIGEST, -1, "the lowest layer has a parent") : status;
}

static int take_folder(struct storage *s, const struct chain *chain, size_t index)
{
    char split[IA_STORE_PATH], folder[IA_STORE_PATH];
    struct ia_buf buf;
    int status;
    ia_buf_init(&buf, &s->env->alloc, (size_t)s->env->limits->manifest_bytes);
    IA_GO(status, read_word(s, chain, "cache-id", &buf));
    struct ia_str id = ia_buf_view(&buf);
    if (!ia_store_is_id(id))
        IA_GO(status, ia_fail(s->env, IMGA_E_FORMAT, -1, "the cache-id of %s is malformed", chain->id));
    layer_path(chain, "tar-split.json.gz", split);
    snprintf(folder, sizeof(folder), "overlay2/%.*s/diff", (int)id.n, id.p);
    status = ia_store_add_layer(s->env, s->image, index, split, folder);
out:
    ia_buf_free(&buf);
    return status;
}

static int take_layer(struct storage *s, size_t index, struct chain *chain)
{
    const struct ia_digest *diff_id = &s->image->parts[index].diff_id;
    char diff[IA_DIGEST_TEXT];
    IA_TRY(next_chain(s->env, diff_id, chain));
    ia_digest_text(diff_id, diff);
    IA_TRY(check_word(s, chain, "diff", diff));
    IA_TRY(check_parent(s, chain));
    return take_folder(s, chain, index);
}

int ia_docker_root_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    struct ia_config config = {0};
    struct chain chain = {"", ""};
    struct storage s;
    int status;
    open_storage(&s, env, image, choice);
    image->facts.form = "docker-root";
    IA_GO(status, choose_image(&s));
    IA_GO(status, take_config(&s, &config));
    IA_GO(status, ia_image_describe(env, image, choice, &config));
    IA_GO(status, ia_image_make_layers(env, image, &config, config.diff_ids.n));
    for (size_t i = 0; i < image->count; i++)
        IA_GO(status, ia_error_at(env, take_layer(&s, i, &chain), "layer %zu", i));
out:
    ia_config_free(&config);
    close_storage(&s);
    return status;
}

int ia_docker_root_list(struct ia_env *env, struct ia_image *image, struct ia_image_list *list)
{
    const struct ia_choice every = {.digest = {.algorithm = 0}};
    struct storage s;
    open_storage(&s, env, image, &every);
    int status = read_images(&s);
    for (size_t i = 0; status >= 0 && i < s.names.n; i++) {
        const struct named *row = ia_vec_at(&s.names, i);
        status = ia_store_list(env, list, row->name, row->id, "");
    }
    close_storage(&s);
    return status;
}
