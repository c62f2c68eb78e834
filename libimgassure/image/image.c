/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens an image: the form is chosen by what is there, never by the name of the file. An archive that is both an OCI
 * archive and a docker archive (newer docker save) is read as the former.
 */
#include "image/opened.h"

#include <string.h>

struct form {
    const char *const markers[2]; /* any of these names makes it this form */
    const char *folder, *archive; /* what facts->form says; NULL: not in that shape */
    int (*open)(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice);
};

static const struct form forms[] = {
    {{"index.json", "oci-layout"}, "oci-layout", "oci-archive", ia_oci_open},
    {{"manifest.json", "manifest.json"}, NULL, "docker-archive", ia_docker_open},
};

static int is_form(struct ia_env *env, const struct ia_image *image, const struct form *form)
{
    int status = ia_blobs_has(&image->blobs, env, form->markers[0]);
    return status == 0 ? ia_blobs_has(&image->blobs, env, form->markers[1]) : status;
}

static int open_form(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    bool is_folder = image->blobs.directory >= 0;
    int status = 0;
    for (size_t i = 0; i < IA_COUNT(forms); i++) {
        const char *name = is_folder ? forms[i].folder : forms[i].archive;
        if (!name)
            continue;
        IA_TRY(status = is_form(env, image, &forms[i]));
        if (status == 0)
            continue;
        image->facts.form = name;
        return forms[i].open(env, image, choice);
    }
    if (!is_folder)
        IA_TRY(status = ia_blobs_has(&image->blobs, env, "repositories"));
    if (status > 0)
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1,
                       "docker archives without manifest.json (before 1.10) are not supported");
    return ia_fail(env, IMGA_E_FORMAT, -1,
                   is_folder ? "the folder is no OCI layout: it has no index.json"
                             : "the archive has neither index.json nor manifest.json");
}

static int open_blobs(struct ia_env *env, const struct ia_image_request *request, struct ia_image *image)
{
    if (request->source)
        return ia_blobs_open_source(env, request->source, &image->blobs);
    return ia_blobs_open_path(env, request->path, &image->blobs);
}

static struct ia_image *new_image(struct ia_env *env)
{
    uint64_t most = env->limits->notes;
    struct ia_image *image = ia_new(&env->alloc, sizeof(*image));
    if (!image)
        return NULL;
    image->alloc = env->alloc;
    image->blobs.directory = -1;
    image->facts = (struct ia_image_facts){"", "", "", "", "", "", "", ""};
    ia_arena_init(&image->arena, &env->alloc);
    ia_notes_init(&image->notes, &env->alloc, most < SIZE_MAX ? (size_t)most : SIZE_MAX);
    return image;
}

int ia_image_open(struct ia_env *env, const struct ia_image_request *request, struct ia_image **out)
{
    struct ia_notes *notes = env->notes;
    struct ia_choice choice;
    if (!request->source && !request->path)
        return ia_fail(env, IMGA_E_INVALID, -1, "there is neither a path nor a source");
    IA_TRY(ia_choice_parse(env, request->reference, request->platform, &choice));
    struct ia_image *image = new_image(env);
    if (!image)
        return ia_fail_nomem(env);
    env->notes = &image->notes;
    int status = open_blobs(env, request, image);
    if (status >= 0)
        status = open_form(env, image, &choice);
    env->notes = notes;
    if (status < 0) {
        ia_image_close(image);
        return status;
    }
    *out = image;
    return IMGA_OK;
}

void ia_image_close(struct ia_image *image)
{
    if (!image)
        return;
    struct ia_alloc alloc = image->alloc;
    ia_blobs_free(&image->blobs);
    ia_notes_free(&image->notes);
    ia_arena_free(&image->arena);
    ia_free(&alloc, image);
}

const char *ia_image_digest_text(struct ia_image *image, const struct ia_digest *digest)
{
    char text[IA_DIGEST_TEXT];
    ia_digest_text(digest, text);
    return ia_arena_str(&image->arena, ia_str_from(text));
}

int ia_image_describe(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice,
                      const struct ia_config *config)
{
    image->facts.os = config->os;
    image->facts.architecture = config->architecture;
    image->facts.variant = config->variant;
    image->facts.created = config->created;
    if (choice->is_platform_asked &&
        !ia_platform_match(&choice->platform, config->os, config->architecture, config->variant))
        return ia_fail(env, IMGA_E_NOT_FOUND, -1, "the config is for %.60s/%.60s, not for the platform asked for",
                       config->os, config->architecture);
    return IMGA_OK;
}

int ia_image_make_layers(struct ia_env *env, struct ia_image *image, const struct ia_config *config, size_t count)
{
    if (count != config->diff_ids.n)
        return ia_fail(env, IMGA_E_FORMAT, -1, "the manifest has %zu layers, the config has %zu diff_ids", count,
                       config->diff_ids.n);
    image->layers = ia_arena_new_array(&image->arena, count ? count : 1, sizeof(*image->layers));
    image->parts = ia_arena_new_array(&image->arena, count ? count : 1, sizeof(*image->parts));
    if (!image->layers || !image->parts)
        return ia_fail_nomem(env);
    for (size_t i = 0; i < count; i++) {
        const struct ia_digest *diff_id = ia_vec_at(&config->diff_ids, i);
        image->parts[i].diff_id = *diff_id;
        image->layers[i] = (struct ia_layer){.digest = "", .media_type = ""};
        image->layers[i].diff_id = ia_image_digest_text(image, diff_id);
        image->layers[i].created_by = ia_config_created_by(config, i, count);
        if (!image->layers[i].diff_id)
            return ia_fail_nomem(env);
    }
    image->count = count;
    return IMGA_OK;
}

const struct ia_image_facts *ia_image_facts(const struct ia_image *image)
{
    return &image->facts;
}

size_t ia_image_layer_count(const struct ia_image *image)
{
    return image->count;
}

const struct ia_layer *ia_image_layer(const struct ia_image *image, size_t index)
{
    return index < image->count ? &image->layers[index] : NULL;
}

const struct ia_notes *ia_image_notes(const struct ia_image *image)
{
    return &image->notes;
}
