/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives of docker save before 1.10: docker image-spec v1.0. "repositories" maps names and tags to ids, and each id
 * is a folder with "json" and "layer.tar"; an image is the chain of "parent" members. Ids were random, so nothing in
 * such an archive can be verified. Limits: layers, manifest_bytes.
 */
#include "image/docker.h"
#include "image/document.h"
#include "image/form.h"

#include "base/hex.h"

#include <string.h>

enum { ID_SIZE = 64, PATH_SIZE = ID_SIZE + 16 };

static const char repositories_name[] = "repositories";

/* One name of an image. */
struct tagged {
    const char *name; /* "repository:tag" */
    const char *id;
};

/* One layer, top first. */
struct link {
    char id[ID_SIZE + 1];
    struct ia_step step;
};

static bool is_id(struct ia_str text)
{
    uint8_t bytes[ID_SIZE / 2];
    return ia_hex_decode(text, bytes, sizeof(bytes));
}

static int join_name(struct ia_env *env, struct ia_arena *arena, const char *const parts[2], const char **out)
{
    struct ia_buf buf;
    ia_buf_init(&buf, &env->alloc, SIZE_MAX);
    int status = ia_buf_text(&buf, parts[0]);
    if (status >= 0)
        status = ia_buf_char(&buf, ':');
    if (status >= 0)
        status = ia_buf_text(&buf, parts[1]);
    *out = status >= 0 ? ia_arena_str(arena, ia_buf_view(&buf)) : NULL;
    ia_buf_free(&buf);
    return *out ? IMGA_OK : ia_fail_nomem(env);
}

static const struct ia_members any_members = {NULL, 0, true};

static int read_tags(struct ia_document *d, struct ia_vec *out, const char *repository)
{
    const char *parts[2] = {repository, ""};
    struct ia_object object;
    struct tagged tagged;
    int status = ia_object_begin(d, &object, &any_members);
    while (status > 0 && (status = ia_map_next(d, &parts[1])) > 0) {
        IA_TRY(ia_document_text(d, &tagged.id));
        if (!is_id(ia_str_from(tagged.id)))
            return ia_fail(d->env, IMGA_E_FORMAT, ia_document_offset(d), "%.100s:%.100s is not an id of an image",
                           parts[0], parts[1]);
        IA_TRY(join_name(d->env, d->arena, parts, &tagged.name));
        IA_TRY(ia_described(d->env, ia_vec_push(out, &tagged), "manifest_bytes", out->max));
    }
    return status;
}

static int read_repositories(struct ia_document *d, struct ia_vec *out)
{
    struct ia_object object;
    const char *repository;
    int status = ia_object_begin(d, &object, &any_members);
    while (status > 0 && (status = ia_map_next(d, &repository)) > 0)
        IA_TRY(read_tags(d, out, repository));
    IA_TRY(status);
    return ia_document_end(d);
}

/* The names of all images; out is initialised. */
static int read_names(struct ia_env *env, struct ia_image *image, struct ia_vec *out)
{
    const struct ia_document_want any = {.size = UINT64_MAX};
    struct ia_document d = {0};
    struct ia_buf buf;
    int status;
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    IA_GO(status, ia_blobs_document(&image->blobs, env, repositories_name, &any, &buf));
    status = ia_document_open(&d, env, &image->arena, ia_buf_view(&buf));
    if (status >= 0)
        status = read_repositories(&d, out);
    status = ia_error_at(env, status, "%s", repositories_name);
out:
    ia_document_close(&d);
    ia_buf_free(&buf);
    return status;
}

/* How well a name fits: an id is as good as the very name. */
static unsigned score(const struct ia_choice *choice, const struct tagged *tagged)
{
    if (choice->reference.n == 0)
        return 1;
    if (ia_str_is(choice->reference, tagged->id))
        return 2;
    return choice->digest.algorithm ? 0 : ia_reference_match(choice->reference, tagged->name);
}

static int fail_choice(struct ia_env *env, const struct ia_vec *names, bool several)
{
    struct ia_listing listing = {.n = 0};
    for (size_t i = 0; i < names->n; i++)
        ia_listing_add(&listing, ((const struct tagged *)ia_vec_at(names, i))->name);
    if (several)
        return ia_fail(env, IMGA_E_AMBIGUOUS, -1, "several images fit, a reference must say which: %s", listing.text);
    return ia_fail(env, IMGA_E_NOT_FOUND, -1, "no image fits the reference; there are: %s", listing.text);
}

static int choose(struct ia_env *env, const struct ia_vec *names, const struct ia_choice *choice, struct tagged *out)
{
    unsigned best = 0;
    bool several = false;
    for (size_t i = 0; i < names->n; i++) {
        const struct tagged *tagged = ia_vec_at(names, i);
        unsigned fit = score(choice, tagged);
        if (fit > best) {
            best = fit;
            several = false;
            *out = *tagged;
        } else if (fit && fit == best) {
            several = several || strcmp(tagged->id, out->id) != 0;
        }
    }
    return best == 0 || several ? fail_choice(env, names, several) : IMGA_OK;
}

static void member_path(const char *id, const char *file, char out[PATH_SIZE])
{
    memcpy(out, id, ID_SIZE);
    out[ID_SIZE] = '/';
    memcpy(out + ID_SIZE + 1, file, strlen(file) + 1);
}

static int check_ids(struct ia_env *env, const char *id, const struct ia_config_v1 *config)
{
    if (config->id[0] && strcmp(config->id, id) != 0)
        return ia_fail(env, IMGA_E_AMBIGUOUS, -1, "the document says that it is %.64s", config->id);
    if (config->parent[0] && !is_id(ia_str_from(config->parent)))
        return ia_fail(env, IMGA_E_FORMAT, -1, "the parent is not an id of an image");
    return IMGA_OK;
}

/* The document of one id; strings go to arena. */
static int read_json(struct ia_env *env, const struct ia_image *image, const char *id, struct ia_arena *arena,
                     struct ia_config_v1 *out)
{
    const struct ia_document_want any = {.size = UINT64_MAX};
    struct ia_buf buf;
    char path[PATH_SIZE];
    int status;
    member_path(id, "json", path);
    *out = (struct ia_config_v1){.id = ""};
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    IA_GO(status, ia_blobs_document(&image->blobs, env, path, &any, &buf));
    status = ia_config_parse_v1(env, arena, ia_buf_view(&buf), out);
    if (status >= 0)
        status = check_ids(env, id, out);
    status = ia_error_at(env, status, "%s", path);
out:
    ia_buf_free(&buf);
    return status;
}

static int keep_step(struct ia_env *env, struct ia_image *image, const struct ia_step *step, struct ia_step *out)
{
    const char *const from[] = {step->created, step->created_by, step->author, step->comment};
    const char **const to[] = {&out->created, &out->created_by, &out->author, &out->comment};
    for (size_t i = 0; i < IA_COUNT(from); i++) {
        *to[i] = ia_arena_str(&image->arena, ia_str_from(from[i]));
        if (!*to[i])
            return ia_fail_nomem(env);
    }
    return IMGA_OK;
}

static int push_link(struct ia_env *env, struct ia_image *image, const char *id, const struct ia_config_v1 *config,
                     struct ia_vec *chain)
{
    struct link link = {.step = config->step};
    uint64_t limit = env->limits->layers;
    for (size_t i = 0; i < chain->n; i++)
        if (strcmp(((const struct link *)ia_vec_at(chain, i))->id, id) == 0)
            return ia_fail(env, IMGA_E_FORMAT, -1, "the image %s is its own ancestor", id);
    if (chain->n >= limit)
        return ia_fail_limit(env, -1, "layers", limit, IA_STR("the image"));
    memcpy(link.id, id, ID_SIZE);
    IA_TRY(keep_step(env, image, &config->step, &link.step));
    return ia_described(env, ia_vec_push(chain, &link), "layers", limit);
}

/* From the top, whose document stays in *top, down to the image without parent. */
static int read_chain(struct ia_env *env, struct ia_image *image, struct ia_config_v1 *top, const char *id,
                      struct ia_vec *chain)
{
    char next[ID_SIZE + 1] = "";
    IA_TRY(read_json(env, image, id, &image->arena, top));
    IA_TRY(push_link(env, image, id, top, chain));
    memcpy(next, top->parent, strlen(top->parent)); /* empty, or an id */
    while (next[0]) {
        struct ia_config_v1 below = {.id = ""};
        struct ia_arena arena;
        ia_arena_init(&arena, &env->alloc);
        int status = read_json(env, image, next, &arena, &below);
        if (status >= 0)
            status = push_link(env, image, next, &below, chain);
        if (status >= 0)
            memcpy(next, below.parent, strlen(below.parent) + 1);
        ia_config_free(&below.config);
        ia_arena_free(&arena);
        IA_TRY(status);
    }
    return IMGA_OK;
}

/* Layers and history, bottom first. */
static int make_layers(struct ia_env *env, struct ia_image *image, struct ia_config *config, const struct ia_vec *chain)
{
    char path[PATH_SIZE];
    struct ia_step *steps = ia_arena_new_array(&image->arena, chain->n, sizeof(*steps));
    if (!steps)
        return ia_fail_nomem(env);
    IA_TRY(ia_image_add_layers(env, image, chain->n));
    for (size_t i = 0; i < chain->n; i++) {
        const struct link *link = ia_vec_at(chain, chain->n - 1 - i);
        steps[i] = link->step;
        member_path(link->id, "layer.tar", path);
        IA_TRY(ia_docker_fill_layer(env, image, i, path));
    }
    ia_config_set_steps(config, steps, chain->n);
    return IMGA_OK;
}

int ia_legacy_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    struct ia_config_v1 top = {.id = ""};
    struct ia_vec names, chain;
    struct tagged tagged = {"", ""};
    int status;
    ia_vec_init(&names, &env->alloc, sizeof(struct tagged), (size_t)env->limits->manifest_bytes);
    ia_vec_init(&chain, &env->alloc, sizeof(struct link), (size_t)env->limits->layers);
    IA_GO(status, read_names(env, image, &names));
    IA_GO(status, choose(env, &names, choice, &tagged));
    image->facts.reference = tagged.name;
    image->facts.verified = "none";
    IA_GO(status, read_chain(env, image, &top, tagged.id, &chain));
    IA_GO(status, make_layers(env, image, &top.config, &chain));
    status = ia_image_describe(env, image, choice, &top.config);
out:
    ia_config_free(&top.config);
    ia_vec_free(&chain);
    ia_vec_free(&names);
    return status;
}

static int list_name(struct ia_env *env, struct ia_image *image, const struct tagged *tagged,
                     struct ia_image_list *list)
{
    struct ia_config_v1 config = {.id = ""};
    struct ia_image_entry entry = {.kind = IA_ENTRY_IMAGE, .reference = tagged->name};
    struct ia_arena arena;
    ia_arena_init(&arena, &env->alloc);
    int status = read_json(env, image, tagged->id, &arena, &config);
    if (status >= 0) {
        entry.os = config.config.os;
        entry.architecture = config.config.architecture;
        entry.variant = config.config.variant;
    } else if (ia_list_goes_on(env, status)) {
        status = IMGA_OK;
    }
    if (status >= 0)
        status = ia_image_list_add(env, list, &entry);
    ia_config_free(&config.config);
    ia_arena_free(&arena);
    return status;
}

int ia_legacy_list(struct ia_env *env, struct ia_image *image, struct ia_image_list *list)
{
    struct ia_vec names;
    ia_vec_init(&names, &env->alloc, sizeof(struct tagged), (size_t)env->limits->manifest_bytes);
    int status = read_names(env, image, &names);
    for (size_t i = 0; status >= 0 && i < names.n; i++)
        status = list_name(env, image, ia_vec_at(&names, i), list);
    ia_vec_free(&names);
    return status;
}
