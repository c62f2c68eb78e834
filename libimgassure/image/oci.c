/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCI image layouts, as a folder or in an archive: OCI image-spec 1.1 image-layout.md, image-index.md, manifest.md.
 * From index.json down every document is verified against the descriptor that named it. An entry is chosen by name,
 * then by platform; where two different images remain, the caller has to say which. Limits: index_depth, layers,
 * manifest_bytes.
 */
#include "image/opened.h"

#include "image/document.h"
#include "image/manifest.h"

#include <stdio.h>
#include <string.h>

enum { ENTRY_TEXT = 256 };

static int read_layout(struct ia_document *d, const char **version)
{
    static const char *const names[] = {"imageLayoutVersion"};
    static const struct ia_members members = {names, IA_COUNT(names), false};
    struct ia_object object;
    unsigned index;
    int status = ia_object_begin(d, &object, &members);
    while (status > 0 && (status = ia_object_next(d, &object, &index)) > 0)
        IA_TRY(ia_document_text(d, version));
    IA_TRY(status);
    return ia_document_end(d);
}

/* The file that says that this is a layout, and of which version. */
static int check_layout(struct ia_env *env, struct ia_image *image, struct ia_buf *buf)
{
    const struct ia_document_want any = {.size = UINT64_MAX};
    struct ia_document d = {0};
    const char *version = "";
    int status = ia_blobs_has(&image->blobs, env, "oci-layout");
    if (status == 0)
        return ia_fail(env, IMGA_E_FORMAT, -1, "there is no oci-layout beside index.json");
    IA_TRY(status);
    IA_TRY(ia_blobs_document(&image->blobs, env, "oci-layout", &any, buf));
    status = ia_document_open(&d, env, &image->arena, ia_buf_view(buf));
    if (status >= 0)
        status = read_layout(&d, &version);
    ia_document_close(&d);
    if (status >= 0 && version[0] == '\0')
        status = ia_fail(env, IMGA_E_FORMAT, -1, "there is no imageLayoutVersion");
    if (status >= 0 && strcmp(version, "1.0.0") != 0)
        status = ia_fail(env, IMGA_E_UNSUPPORTED, -1, "imageLayoutVersion %.100s is not supported", version);
    return ia_error_at(env, status, "oci-layout");
}

static const char *name_of(const struct ia_descriptor *d)
{
    return d->image_name[0] ? d->image_name : d->ref_name;
}

/* What tells this entry from the others, for a message: its name and platform, or its digest. */
static void list_entry(struct ia_listing *listing, const struct ia_descriptor *d)
{
    char text[ENTRY_TEXT], digest[IA_DIGEST_TEXT];
    const char *name = name_of(d);
    ia_digest_text(&d->digest, digest);
    if (d->has_platform)
        snprintf(text, sizeof(text), "%.100s%s%.30s/%.30s%s%.30s", name, name[0] ? " for " : "", d->os, d->architecture,
                 d->variant[0] ? "/" : "", d->variant);
    else
        snprintf(text, sizeof(text), "%.100s", name[0] ? name : digest);
    ia_listing_add(listing, text);
}

static bool is_unknown(const struct ia_descriptor *d)
{
    return d->has_platform && strcmp(d->os, "unknown") == 0 && strcmp(d->architecture, "unknown") == 0;
}

/* What is being looked for among the entries of one index. */
struct search {
    const struct ia_choice *choice;
    bool is_top; /* index.json: entries have names */
};

/* Platform of an entry against the wanted one: 0 no, 1 not said, 2 another variant, 3 yes. */
static unsigned platform_score(const struct search *search, const struct ia_descriptor *d)
{
    bool unnamed = search->is_top && search->choice->reference.n == 0;
    unsigned match =
        d->has_platform ? ia_platform_match(&search->choice->platform, d->os, d->architecture, d->variant) : 1;
    if (match == 0)
        return 0;
    if (unnamed)
        return 3; /* different images: the platform alone must not decide between names */
    return d->has_platform ? match + 1 : 1;
}

/* How well an entry fits; 0: not at all. A better name counts more than the platform, a readable type most. */
static unsigned score(const struct search *search, const struct ia_descriptor *d)
{
    unsigned name = 0, platform = platform_score(search, d);
    if (d->is_attestation || is_unknown(d) || platform == 0)
        return 0;
    if (search->is_top && search->choice->reference.n) {
        unsigned by_ref = ia_reference_match(search->choice->reference, d->ref_name);
        unsigned by_name = ia_reference_match(search->choice->reference, d->image_name);
        name = by_ref > by_name ? by_ref : by_name;
        if (name == 0)
            return 0;
    }
    bool readable = ia_media_of(d->media_type) < IA_MEDIA_SCHEMA1;
    return (readable ? 16 : 0) + 4 * name + platform;
}

/* An attestation that claims the wanted platform would be run by some programs and ignored by others. */
static int check_attestation(struct ia_env *env, const struct search *search, const struct ia_descriptor *d)
{
    if (d->is_attestation && d->has_platform &&
        ia_platform_match(&search->choice->platform, d->os, d->architecture, d->variant))
        return ia_fail(env, IMGA_E_AMBIGUOUS, -1, "an entry is marked as an attestation and yet claims the platform");
    return IMGA_OK;
}

static int fail_none(struct ia_env *env, const struct search *search, const struct ia_manifest *index)
{
    struct ia_listing listing = {.n = 0};
    const struct ia_choice *choice = search->choice;
    for (size_t i = 0; i < index->manifests.n; i++) {
        const struct ia_descriptor *d = ia_vec_at(&index->manifests, i);
        if (!d->is_attestation && !is_unknown(d))
            list_entry(&listing, d);
    }
    if (search->is_top && choice->reference.n)
        return ia_fail(env, IMGA_E_NOT_FOUND, -1, "no image fits the reference and platform; there are: %s",
                       listing.text);
    return ia_fail(env, IMGA_E_NOT_FOUND, -1, "no image fits the platform %s; there are: %s",
                   choice->is_platform_asked ? "that was asked for" : "linux/amd64", listing.text);
}

static int fail_several(struct ia_env *env, const struct search *search, const struct ia_manifest *index, unsigned best)
{
    struct ia_listing listing = {.n = 0};
    for (size_t i = 0; i < index->manifests.n; i++) {
        const struct ia_descriptor *d = ia_vec_at(&index->manifests, i);
        if (score(search, d) == best)
            list_entry(&listing, d);
    }
    return ia_fail(env, IMGA_E_AMBIGUOUS, -1, "several images fit, a reference must say which: %s", listing.text);
}

static int choose(struct ia_env *env, const struct search *search, const struct ia_manifest *index,
                  struct ia_descriptor *out)
{
    const struct ia_descriptor *chosen = NULL;
    unsigned best = 0;
    bool several = false;
    for (size_t i = 0; i < index->manifests.n; i++) {
        const struct ia_descriptor *d = ia_vec_at(&index->manifests, i);
        unsigned fit = score(search, d);
        IA_TRY(check_attestation(env, search, d));
        if (fit > best) {
            best = fit;
            chosen = d;
            several = false;
        } else if (fit && fit == best) {
            several = several || !ia_digest_equal(&d->digest, &chosen->digest);
        }
    }
    if (!chosen)
        return fail_none(env, search, index);
    if (several)
        return fail_several(env, search, index, best);
    *out = *chosen;
    return IMGA_OK;
}

/* A digest names content: an entry of index.json, or any manifest or index of the layout. */
static void choose_digest(const struct ia_digest *digest, const struct ia_manifest *index, struct ia_descriptor *out)
{
    for (size_t i = 0; i < index->manifests.n; i++) {
        const struct ia_descriptor *d = ia_vec_at(&index->manifests, i);
        if (ia_digest_equal(&d->digest, digest)) {
            *out = *d;
            return;
        }
    }
    *out = (struct ia_descriptor){.media_type = "",
                                  .digest = *digest,
                                  .size = UINT64_MAX,
                                  .os = "",
                                  .architecture = "",
                                  .variant = "",
                                  .ref_name = "",
                                  .image_name = ""};
}

static int choose_top(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice, struct ia_buf *buf,
                      struct ia_descriptor *out)
{
    const struct ia_document_want any = {.size = UINT64_MAX};
    const struct search search = {choice, true};
    struct ia_manifest index = {0};
    int status;
    IA_GO(status, ia_blobs_document(&image->blobs, env, "index.json", &any, buf));
    IA_GO(status, ia_manifest_parse(env, &image->arena, ia_buf_view(buf), "", &index));
    if (!index.is_index)
        IA_GO(status, ia_fail(env, IMGA_E_FORMAT, -1, "it is a manifest, not an index"));
    if (choice->digest.algorithm)
        choose_digest(&choice->digest, &index, out);
    else
        IA_GO(status, choose(env, &search, &index, out));
out:
    ia_manifest_free(&index);
    return ia_error_at(env, status, "index.json");
}

/* The document that a descriptor names, verified and parsed. */
static int load(struct ia_env *env, struct ia_image *image, const struct ia_descriptor *d, struct ia_buf *buf,
                struct ia_manifest *out)
{
    const struct ia_document_want want = {d->digest, d->size};
    char name[IA_BLOB_NAME];
    ia_blob_name(&d->digest, name);
    IA_TRY(ia_blobs_document(&image->blobs, env, name, &want, buf));
    return ia_error_at(env, ia_manifest_parse(env, &image->arena, ia_buf_view(buf), d->media_type, out), "%s", name);
}

/* From the chosen entry down through nested indexes to the manifest; *at becomes its descriptor. */
static int descend(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice, struct ia_descriptor *at,
                   struct ia_manifest *out)
{
    const struct search search = {choice, false};
    struct ia_buf buf;
    uint64_t depth = 0;
    int status;
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    IA_GO(status, load(env, image, at, &buf, out));
    while (out->is_index) {
        if (++depth > env->limits->index_depth)
            IA_GO(status, ia_fail_limit(env, -1, "index_depth", env->limits->index_depth, IA_STR("nested indexes")));
        IA_GO(status, choose(env, &search, out, at));
        ia_manifest_free(out);
        IA_GO(status, load(env, image, at, &buf, out));
    }
out:
    ia_buf_free(&buf);
    return status;
}

static int check_config_type(struct ia_env *env, const char *type)
{
    static const char *const known[] = {"", "application/vnd.oci.image.config.v1+json",
                                        "application/vnd.docker.container.image.v1+json"};
    for (size_t i = 0; i < IA_COUNT(known); i++)
        if (strcmp(type, known[i]) == 0)
            return IMGA_OK;
    return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "this is not a container image: its config is of type %.120s", type);
}

static int fill_layers(struct ia_env *env, struct ia_image *image, const struct ia_vec *layers)
{
    for (size_t i = 0; i < layers->n; i++) {
        const struct ia_descriptor *d = ia_vec_at(layers, i);
        image->parts[i].digest = d->digest;
        image->parts[i].size = d->size;
        image->layers[i].media_type = d->media_type;
        image->layers[i].size = d->size;
        image->layers[i].digest = ia_image_digest_text(image, &d->digest);
        if (!image->layers[i].digest)
            return ia_fail_nomem(env);
    }
    return IMGA_OK;
}

static int take_manifest(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice,
                         const struct ia_manifest *manifest)
{
    const struct ia_document_want want = {manifest->config.digest, manifest->config.size};
    struct ia_config config = {0};
    struct ia_buf buf;
    char name[IA_BLOB_NAME];
    int status;
    ia_blob_name(&manifest->config.digest, name);
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    IA_GO(status, check_config_type(env, manifest->config.media_type));
    IA_GO(status, ia_blobs_document(&image->blobs, env, name, &want, &buf));
    status = ia_config_parse(env, &image->arena, ia_buf_view(&buf), &config);
    IA_GO(status, ia_error_at(env, status, "%s", name));
    IA_GO(status, ia_image_describe(env, image, choice, &config));
    IA_GO(status, ia_image_make_layers(env, image, &config, manifest->layers.n));
    IA_GO(status, fill_layers(env, image, &manifest->layers));
    image->facts.config_digest = ia_image_digest_text(image, &manifest->config.digest);
    if (!image->facts.config_digest)
        status = ia_fail_nomem(env);
out:
    ia_config_free(&config);
    ia_buf_free(&buf);
    return status;
}

int ia_oci_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    struct ia_manifest manifest = {0};
    struct ia_descriptor at = {0};
    struct ia_buf buf;
    int status;
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    IA_GO(status, check_layout(env, image, &buf));
    IA_GO(status, choose_top(env, image, choice, &buf, &at));
    image->facts.reference = name_of(&at);
    IA_GO(status, descend(env, image, choice, &at, &manifest));
    image->facts.manifest_digest = ia_image_digest_text(image, &at.digest);
    if (!image->facts.manifest_digest)
        IA_GO(status, ia_fail_nomem(env));
    IA_GO(status, take_manifest(env, image, choice, &manifest));
    IA_GO(status, ia_docker_compare(env, image, &manifest.config.digest));
out:
    ia_manifest_free(&manifest);
    ia_buf_free(&buf);
    return status;
}
