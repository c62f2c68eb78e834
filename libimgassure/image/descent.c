/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every document is verified against the descriptor that named it. OCI image-spec 1.1 image-index.md, manifest.md.
 * Limits: index_depth, layers, manifest_bytes.
 */
#include "image/descent.h"

#include "image/choose.h"

#include <string.h>

int ia_manifest_load(struct ia_env *env, const struct ia_blobs *blobs, const struct ia_descriptor *d,
                     const struct ia_document_room *room, struct ia_manifest *out)
{
    const struct ia_document_want want = {d->digest, d->size};
    char name[IA_BLOB_NAME];
    ia_blobs_manifest_name(blobs, &d->digest, name);
    IA_TRY(ia_blobs_document(blobs, env, name, &want, room->buf));
    return ia_error_at(env, ia_manifest_parse(env, room->arena, ia_buf_view(room->buf), d->media_type, out), "%s",
                       name);
}

int ia_manifest_descend(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice,
                        struct ia_descriptor *at, struct ia_manifest *out)
{
    const struct ia_search search = {choice, false};
    struct ia_buf buf;
    const struct ia_document_room room = {&image->arena, &buf};
    uint64_t depth = 0;
    int status;
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    IA_GO(status, ia_manifest_load(env, &image->blobs, at, &room, out));
    while (out->is_index) {
        if (++depth > env->limits->index_depth)
            IA_GO(status, ia_fail_limit(env, -1, "index_depth", env->limits->index_depth, IA_STR("nested indexes")));
        IA_GO(status, ia_index_choose(env, &search, out, at));
        ia_manifest_free(out);
        IA_GO(status, ia_manifest_load(env, &image->blobs, at, &room, out));
    }
out:
    ia_buf_free(&buf);
    return status;
}

static bool is_config_type(const char *type)
{
    static const char *const known[] = {"", "application/vnd.oci.image.config.v1+json",
                                        "application/vnd.docker.container.image.v1+json"};
    for (size_t i = 0; i < IA_COUNT(known); i++)
        if (strcmp(type, known[i]) == 0)
            return true;
    return false;
}

/* Docker's attestations have the config of an image and layers that are in-toto statements. */
static bool is_attestation(const struct ia_vec *layers)
{
    size_t statements = 0;
    for (size_t i = 0; i < layers->n; i++) {
        const struct ia_descriptor *d = ia_vec_at(layers, i);
        statements += ia_str_starts(ia_str_from(d->media_type), IA_STR("application/vnd.in-toto"));
    }
    return layers->n && statements == layers->n;
}

enum ia_manifest_kind ia_manifest_kind_of(const struct ia_manifest *manifest)
{
    if (is_attestation(&manifest->layers))
        return IA_MANIFEST_OF_ATTESTATION;
    return is_config_type(manifest->config.media_type) ? IA_MANIFEST_OF_IMAGE : IA_MANIFEST_OF_OTHER;
}

static int check_kind(struct ia_env *env, const struct ia_manifest *manifest)
{
    switch (ia_manifest_kind_of(manifest)) {
    case IA_MANIFEST_OF_IMAGE:
        return IMGA_OK;
    case IA_MANIFEST_OF_ATTESTATION:
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "this is an attestation about an image, not an image");
    case IA_MANIFEST_OF_OTHER:
        break;
    }
    return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "this is not a container image: its config is of type %.120s",
                   manifest->config.media_type);
}

static int fill_layers(struct ia_env *env, struct ia_image *image, const struct ia_vec *layers)
{
    for (size_t i = 0; i < layers->n; i++) {
        const struct ia_descriptor *d = ia_vec_at(layers, i);
        image->parts[i].digest = d->digest;
        image->parts[i].size = d->size;
        image->parts[i].toc = d->toc;
        image->layers[i].media_type = d->media_type;
        image->layers[i].size = d->size;
        image->layers[i].digest = ia_image_digest_text(image, &d->digest);
        if (!image->layers[i].digest)
            return ia_fail_nomem(env);
    }
    return IMGA_OK;
}

static int fill_digests(struct ia_env *env, struct ia_image *image, const struct ia_digest *manifest,
                        const struct ia_digest *config)
{
    image->facts.manifest_digest = ia_image_digest_text(image, manifest);
    image->facts.config_digest = ia_image_digest_text(image, config);
    return image->facts.manifest_digest && image->facts.config_digest ? IMGA_OK : ia_fail_nomem(env);
}

int ia_image_take_manifest(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice,
                           const struct ia_digest *digest, const struct ia_manifest *manifest)
{
    const struct ia_document_want want = {manifest->config.digest, manifest->config.size};
    struct ia_config config = {0};
    struct ia_buf buf;
    char name[IA_BLOB_NAME];
    int status;
    ia_blobs_name(&image->blobs, &manifest->config.digest, name);
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    IA_GO(status, check_kind(env, manifest));
    IA_GO(status, fill_digests(env, image, digest, &manifest->config.digest));
    IA_GO(status, ia_blobs_document(&image->blobs, env, name, &want, &buf));
    status = ia_config_parse(env, &image->arena, ia_buf_view(&buf), &config);
    IA_GO(status, ia_error_at(env, status, "%s", name));
    IA_GO(status, ia_image_describe(env, image, choice, &config));
    IA_GO(status, ia_image_make_layers(env, image, &config, manifest->layers.n));
    IA_GO(status, fill_layers(env, image, &manifest->layers));
out:
    ia_config_free(&config);
    ia_buf_free(&buf);
    return status;
}
