/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Manifests and indexes. What a document is, is decided by its members, and then everything that says something else
 * (its own media type, the descriptor's) is an error: CVE-2021-41190. Limits: layers; manifest_bytes by the caller.
 */
#include "image/manifest.h"

#include "image/document.h"

enum { MEDIA_TYPE, DIGEST, SIZE, PLATFORM, ANNOTATIONS };
static const char *const descriptor_names[] = {"mediaType", "digest", "size", "platform", "annotations"};
static const struct ia_members descriptor_members = {descriptor_names, IA_COUNT(descriptor_names), false};

enum { OS, ARCHITECTURE, VARIANT };
static const char *const platform_names[] = {"os", "architecture", "variant"};
static const struct ia_members platform_members = {platform_names, IA_COUNT(platform_names), false};

#define CHUNKED "zstd-chunked.manifest-"

enum {
    REF_NAME,
    IMAGE_NAME,
    REFERENCE_TYPE,
    REFERENCE_DIGEST,
    TOC_DIGEST,
    CHUNKED_CHECKSUM,
    CHUNKED_POSITION,
    OLD_CHECKSUM,
    OLD_POSITION,
    ANNOTATION_COUNT
};
static const char *const annotation_names[ANNOTATION_COUNT] = {
    "org.opencontainers.image.ref.name",
    "io.containerd.image.name",
    "vnd.docker.reference.type",
    "vnd.docker.reference.digest",
    "containerd.io/snapshot/stargz/toc.digest",
    "io.github.containers." CHUNKED "checksum",
    "io.github.containers." CHUNKED "position",
    "io.containers." CHUNKED "checksum",
    "io.containers." CHUNKED "position",
};
static const struct ia_members annotation_members = {annotation_names, IA_COUNT(annotation_names), true};

enum { SCHEMA_VERSION, TOP_MEDIA_TYPE, CONFIG, LAYERS, MANIFESTS, FS_LAYERS };
static const char *const manifest_names[] = {"schemaVersion", "mediaType", "config", "layers", "manifests", "fsLayers"};
static const struct ia_members manifest_members = {manifest_names, IA_COUNT(manifest_names), false};

enum ia_media ia_media_of(const char *media_type)
{
    static const struct {
        const char *name;
        enum ia_media media;
    } rows[] = {
        {"", IA_MEDIA_ABSENT},
        {"application/vnd.oci.image.manifest.v1+json", IA_MEDIA_MANIFEST},
        {"application/vnd.docker.distribution.manifest.v2+json", IA_MEDIA_MANIFEST},
        {"application/vnd.oci.image.index.v1+json", IA_MEDIA_INDEX},
        {"application/vnd.docker.distribution.manifest.list.v2+json", IA_MEDIA_INDEX},
        {"application/vnd.docker.distribution.manifest.v1+json", IA_MEDIA_SCHEMA1},
        {"application/vnd.docker.distribution.manifest.v1+prettyjws", IA_MEDIA_SCHEMA1},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        if (ia_str_is(ia_str_from(media_type), rows[i].name))
            return rows[i].media;
    return IA_MEDIA_OTHER;
}

static int read_platform(struct ia_document *d, struct ia_descriptor *out)
{
    struct ia_object object;
    unsigned index;
    int status = ia_object_begin(d, &object, &platform_members);
    out->has_platform = status > 0;
    while (status > 0 && (status = ia_object_next(d, &object, &index)) > 0) {
        const char **text = index == OS ? &out->os : index == ARCHITECTURE ? &out->architecture : &out->variant;
        IA_TRY(ia_document_text(d, text));
    }
    return status;
}

/* Of two spellings of one annotation. */
static const char *either(const char *fresh, const char *old, struct ia_toc_claim *claim)
{
    claim->is_double |= fresh[0] && old[0] && !ia_str_is(ia_str_from(fresh), old);
    return fresh[0] ? fresh : old;
}

static int read_annotations(struct ia_document *d, struct ia_descriptor *out)
{
    struct ia_object object;
    const char *texts[ANNOTATION_COUNT];
    unsigned index;
    for (size_t i = 0; i < ANNOTATION_COUNT; i++)
        texts[i] = "";
    int status = ia_object_begin(d, &object, &annotation_members);
    while (status > 0 && (status = ia_object_next(d, &object, &index)) > 0)
        IA_TRY(ia_document_text(d, &texts[index]));
    out->ref_name = texts[REF_NAME];
    out->image_name = texts[IMAGE_NAME];
    out->is_attestation = texts[REFERENCE_TYPE][0] != '\0';
    out->subject = texts[REFERENCE_DIGEST];
    out->toc.digest = texts[TOC_DIGEST];
    out->toc.checksum = either(texts[CHUNKED_CHECKSUM], texts[OLD_CHECKSUM], &out->toc);
    out->toc.position = either(texts[CHUNKED_POSITION], texts[OLD_POSITION], &out->toc);
    return status;
}

static int read_descriptor_member(struct ia_document *d, unsigned index, struct ia_descriptor *out)
{
    switch (index) {
    case MEDIA_TYPE:
        return ia_document_text(d, &out->media_type);
    case DIGEST:
        return ia_document_digest(d, &out->digest);
    case SIZE:
        return ia_document_u64(d, &out->size);
    case PLATFORM:
        return read_platform(d, out);
    default:
        return read_annotations(d, out);
    }
}

static int read_descriptor(struct ia_document *d, struct ia_descriptor *out)
{
    struct ia_object object;
    unsigned index;
    *out = (struct ia_descriptor){
        .media_type = "",
        .os = "",
        .architecture = "",
        .variant = "",
        .ref_name = "",
        .image_name = "",
        .subject = "",
        .toc = {.checksum = "", .position = "", .digest = ""},
    };
    int status = ia_object_begin(d, &object, &descriptor_members);
    if (status == 0)
        return ia_fail(d->env, IMGA_E_FORMAT, ia_document_offset(d), "a descriptor is null");
    while (status > 0 && (status = ia_object_next(d, &object, &index)) > 0)
        IA_TRY(read_descriptor_member(d, index, out));
    if (status == 0 && (!(object.seen & 1U << DIGEST) || !(object.seen & 1U << SIZE)))
        return ia_fail(d->env, IMGA_E_FORMAT, ia_document_offset(d), "a descriptor has no digest or no size");
    return status;
}

static int read_descriptors(struct ia_document *d, struct ia_vec *out)
{
    struct ia_descriptor descriptor;
    int status = ia_array_begin(d);
    if (status == 0)
        return ia_fail(d->env, IMGA_E_FORMAT, ia_document_offset(d), "\"%s\" is null", d->member);
    while (status > 0 && (status = ia_array_next(d)) > 0) {
        IA_TRY(read_descriptor(d, &descriptor));
        IA_TRY(ia_described(d->env, ia_vec_push(out, &descriptor), "layers", d->env->limits->layers));
    }
    return status;
}

static int read_member(struct ia_document *d, unsigned index, struct ia_manifest *out, uint64_t *schema)
{
    switch (index) {
    case SCHEMA_VERSION:
        return ia_document_u64(d, schema);
    case TOP_MEDIA_TYPE:
        return ia_document_text(d, &out->media_type);
    case CONFIG:
        return read_descriptor(d, &out->config);
    case LAYERS:
        return read_descriptors(d, &out->layers);
    case MANIFESTS:
        return read_descriptors(d, &out->manifests);
    default: /* schema 1; its value is not looked at */
        return ia_document_skip(d);
    }
}

/* Which kind the members make it, and that there is only one. */
static int check_members(struct ia_env *env, uint32_t seen, uint64_t schema)
{
    uint32_t image = seen & (1U << CONFIG | 1U << LAYERS), index = seen & 1U << MANIFESTS;
    uint32_t old = seen & 1U << FS_LAYERS;
    if ((image && index) || (old && (image || index)))
        return ia_fail(env, IMGA_E_AMBIGUOUS, -1, "the document is of two kinds: it has members of %s and %s",
                       index ? "an index" : "schema 1", image ? "a manifest" : "schema 1");
    if (old || schema == 1)
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "manifests of schema version 1 are not supported");
    if (!(seen & 1U << SCHEMA_VERSION))
        return ia_fail(env, IMGA_E_FORMAT, -1, "the document has no schemaVersion");
    if (schema != 2)
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "schemaVersion is not 2");
    if (!index && image != (1U << CONFIG | 1U << LAYERS))
        return ia_fail(env, IMGA_E_FORMAT, -1, "the document is neither a manifest nor an index");
    return IMGA_OK;
}

static int check_media(struct ia_env *env, const struct ia_manifest *manifest, const char *media_type)
{
    switch (ia_media_of(media_type)) {
    case IA_MEDIA_ABSENT:
        return IMGA_OK;
    case IA_MEDIA_MANIFEST:
    case IA_MEDIA_INDEX:
        if (manifest->is_index == (ia_media_of(media_type) == IA_MEDIA_INDEX))
            return IMGA_OK;
        return ia_fail(env, IMGA_E_AMBIGUOUS, -1, "the media type says %s, the members say %s",
                       manifest->is_index ? "manifest" : "index", manifest->is_index ? "index" : "manifest");
    default:
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "documents of type %.120s are not supported", media_type);
    }
}

static int check_manifest(struct ia_env *env, const struct ia_manifest *manifest, const char *declared)
{
    bool both = manifest->media_type[0] && declared[0];
    IA_TRY(check_media(env, manifest, manifest->media_type));
    IA_TRY(check_media(env, manifest, declared));
    if (both && !ia_str_is(ia_str_from(declared), manifest->media_type))
        return ia_fail(env, IMGA_E_AMBIGUOUS, -1, "the document says it is %.100s, its descriptor says %.100s",
                       manifest->media_type, declared);
    return IMGA_OK;
}

int ia_manifest_parse(struct ia_env *env, struct ia_arena *arena, struct ia_str bytes, const char *declared,
                      struct ia_manifest *out)
{
    struct ia_document d;
    struct ia_object object;
    uint64_t schema = 0;
    unsigned index;
    int status;
    *out = (struct ia_manifest){.media_type = ""};
    ia_vec_init(&out->layers, &env->alloc, sizeof(struct ia_descriptor), (size_t)env->limits->layers);
    ia_vec_init(&out->manifests, &env->alloc, sizeof(struct ia_descriptor), bytes.n);
    IA_GO(status, ia_document_open(&d, env, arena, bytes));
    IA_GO(status, ia_object_begin(&d, &object, &manifest_members));
    if (status == 0)
        IA_GO(status, ia_fail(env, IMGA_E_FORMAT, 0, "the document is null, not an object"));
    while ((status = ia_object_next(&d, &object, &index)) > 0)
        IA_GO(status, read_member(&d, index, out, &schema));
    IA_GO(status, status);
    IA_GO(status, ia_document_end(&d));
    IA_GO(status, check_members(env, object.seen, schema));
    out->is_index = (object.seen & 1U << MANIFESTS) != 0;
    IA_GO(status, check_manifest(env, out, declared));
out:
    ia_document_close(&d);
    return status;
}

void ia_manifest_free(struct ia_manifest *manifest)
{
    ia_vec_free(&manifest->layers);
    ia_vec_free(&manifest->manifests);
}
