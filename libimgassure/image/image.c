/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens an image: where it lies, which form it is of (image/form.h), and what the form makes of it.
 */
#include "image/facts.h"
#include "image/form.h"
#include "image/root.h"

#include <string.h>

static const struct ia_image_facts no_facts = {
    .form = "",
    .reference = "",
    .manifest_digest = "",
    .config_digest = "",
    .os = "",
    .architecture = "",
    .variant = "",
    .created = "",
    .verified = "none",
};

static struct ia_image *new_image(struct ia_env *env)
{
    uint64_t most = env->limits->notes;
    struct ia_image *image = ia_new(&env->alloc, sizeof(*image));
    if (!image)
        return NULL;
    image->alloc = env->alloc;
    image->blobs.directory = -1;
    image->facts = no_facts;
    ia_arena_init(&image->arena, &env->alloc);
    ia_notes_init(&image->notes, &env->alloc, most < SIZE_MAX ? (size_t)most : SIZE_MAX);
    return image;
}

/* An archive. That it is a root must be known before a table of contents is made of all its entries. */
static int open_archive(struct ia_env *env, struct ia_source *source, const char *form, struct ia_located *out)
{
    struct ia_blobs *blobs = &out->image->blobs;
    bool may_be_root = !form || strcmp(form, ia_form_root_archive.name) == 0;
    int status = may_be_root ? ia_root_archive_fits(env, source, form != NULL) : 0;
    if (status < 0)
        return status;
    if (status > 0) {
        blobs->source = ia_source_ref(source);
        out->form = &ia_form_root_archive;
        return IMGA_OK;
    }
    IA_TRY(ia_blobs_open_source(env, source, blobs));
    return ia_form_of(env, out->image, form, &out->form);
}

static int open_path(struct ia_env *env, const struct ia_location *location, struct ia_located *out)
{
    struct ia_source *source = NULL;
    int status = ia_blobs_open_folder(env, location->path, &out->image->blobs);
    if (status > 0)
        return ia_form_of(env, out->image, location->form, &out->form);
    if (status == 0)
        status = ia_source_path(env, location->path, &source);
    if (status >= 0)
        status = open_archive(env, source, location->form, out);
    ia_source_unref(source);
    return status;
}

int ia_image_locate(struct ia_env *env, const struct ia_image_request *request, struct ia_located *out)
{
    struct ia_notes *notes = env->notes;
    struct ia_location location = {.form = NULL};
    *out = (struct ia_located){.image = new_image(env)};
    if (!out->image)
        return ia_fail_nomem(env);
    out->image->verify = request->verify;
    out->image->blobs.spooling = (struct ia_spooling){request->sink, request->verify};
    env->notes = &out->image->notes;
    int status = ia_location_parse(env, &out->image->arena, request, &location);
    if (status >= 0 && request->source)
        status = open_archive(env, request->source, location.form, out);
    else if (status >= 0)
        status = open_path(env, &location, out);
    env->notes = notes;
    out->reference = location.reference;
    if (status < 0) {
        ia_image_close(out->image);
        out->image = NULL;
    }
    return status;
}

static int open_form(struct ia_env *env, const struct ia_located *at, const char *platform)
{
    static const char *const verified[] = {"full", "blob", "none"};
    struct ia_image *image = at->image;
    struct ia_choice choice;
    IA_TRY(ia_choice_parse(env, at->reference, platform, &choice));
    image->facts.form = at->form->fact;
    image->facts.verified = verified[image->verify];
    IA_TRY(at->form->open(env, image, &choice));
    IA_TRY(ia_image_take_layers(env, image));
    return ia_image_complete(env, image);
}

int ia_image_open(struct ia_env *env, const struct ia_image_request *request, struct ia_image **out)
{
    struct ia_notes *notes = env->notes;
    struct ia_located at;
    struct ia_choice choice;
    if (!request->source && !request->path)
        return ia_fail(env, IMGA_E_INVALID, -1, "there is neither a path nor a source");
    IA_TRY(ia_choice_parse(env, request->reference, request->platform, &choice)); /* before anything is read */
    IA_TRY(ia_image_locate(env, request, &at));
    env->notes = &at.image->notes;
    int status = open_form(env, &at, request->platform);
    env->notes = notes;
    if (status < 0) {
        ia_image_close(at.image);
        return status;
    }
    *out = at.image;
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
    image->config = config->kept;
    if (choice->is_platform_asked &&
        !ia_platform_match(&choice->platform, config->os, config->architecture, config->variant))
        return ia_fail(env, IMGA_E_NOT_FOUND, -1, "the config is for %.60s/%.60s, not for the platform asked for",
                       config->os, config->architecture);
    return IMGA_OK;
}

int ia_image_add_layers(struct ia_env *env, struct ia_image *image, size_t count)
{
    image->layers = ia_arena_new_array(&image->arena, count ? count : 1, sizeof(*image->layers));
    image->parts = ia_arena_new_array(&image->arena, count ? count : 1, sizeof(*image->parts));
    if (!image->layers || !image->parts)
        return ia_fail_nomem(env);
    for (size_t i = 0; i < count; i++)
        ia_layer_defaults(&image->layers[i]);
    image->count = count;
    return IMGA_OK;
}

int ia_image_make_layers(struct ia_env *env, struct ia_image *image, const struct ia_config *config, size_t count)
{
    if (count != config->diff_ids.n)
        return ia_fail(env, IMGA_E_FORMAT, -1, "the manifest has %zu layers, the config has %zu diff_ids", count,
                       config->diff_ids.n);
    IA_TRY(ia_image_add_layers(env, image, count));
    for (size_t i = 0; i < count; i++) {
        const struct ia_digest *diff_id = ia_vec_at(&config->diff_ids, i);
        image->parts[i].diff_id = *diff_id;
        image->layers[i].diff_id = ia_image_digest_text(image, diff_id);
        image->layers[i].created_by = ia_config_created_by(config, i, count);
        if (!image->layers[i].diff_id)
            return ia_fail_nomem(env);
    }
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
