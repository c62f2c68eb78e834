/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers as verified streams: bytes of the blob, its digest, one level of compression, the digest of what comes out.
 * Media types: OCI image-spec 1.1 layer.md; docker distribution manifest v2; ocicrypt's "+encrypted". Foreign layers
 * are never fetched. Limit: layer_bytes.
 */
#include "image/opened.h"
#include "image/progress.h"

#include "io/compress.h"
#include "io/digest_reader.h"

#include <stdio.h>
#include <string.h>

enum { HEAD = 8, PLACE = 32 };

struct media_type {
    const char *name;
    enum ia_compression compression;
};

static const struct media_type media_types[] = {
    {"application/vnd.oci.image.layer.v1.tar", IA_COMPRESSION_NONE},
    {"application/vnd.oci.image.layer.v1.tar+gzip", IA_COMPRESSION_GZIP},
    {"application/vnd.oci.image.layer.v1.tar+zstd", IA_COMPRESSION_ZSTD},
    {"application/vnd.docker.image.rootfs.diff.tar", IA_COMPRESSION_NONE},
    {"application/vnd.docker.image.rootfs.diff.tar.gzip", IA_COMPRESSION_GZIP},
    {"application/vnd.docker.image.rootfs.diff.tar.zstd", IA_COMPRESSION_ZSTD},
};

static const struct media_type *media_type_of(const char *name)
{
    for (size_t i = 0; i < IA_COUNT(media_types); i++)
        if (strcmp(media_types[i].name, name) == 0)
            return &media_types[i];
    return NULL;
}

static const char *why_skipped(const char *media_type)
{
    struct ia_str name = ia_str_from(media_type);
    if (ia_str_ends(name, IA_STR("+encrypted")))
        return "the layer is encrypted";
    if (ia_str_starts(name, IA_STR("application/vnd.oci.image.layer.nondistributable.")) ||
        ia_str_starts(name, IA_STR("application/vnd.docker.image.rootfs.foreign.")))
        return "the layer is foreign: it is kept elsewhere";
    return "the media type is not known";
}

int ia_image_layer_blob(const struct ia_image *image, struct ia_env *env, const struct ia_layer_part *part,
                        struct ia_blob *out)
{
    char name[IA_BLOB_NAME];
    if (part->name)
        return ia_blobs_find(&image->blobs, env, part->name, out);
    ia_blobs_name(&image->blobs, &part->digest, name);
    return ia_blobs_find(&image->blobs, env, name, out);
}

/* What the first bytes say. */
static int sniff(const struct ia_blob *blob, struct ia_env *env, enum ia_compression *kind)
{
    uint8_t head[HEAD];
    size_t size = blob->size < HEAD ? (size_t)blob->size : HEAD;
    if (blob->passed) {
        *kind = blob->passed->kind;
        return IMGA_OK;
    }
    IA_TRY(ia_source_read(blob->source, env, blob->offset, head, size));
    *kind = ia_compression_of(ia_cursor_from(head, size));
    return IMGA_OK;
}

/*
 * 64 zeros are no digest of anything: a config that has them makes no claim. Where the blob's own digest proves the
 * bytes, the layer is read, and the gap is noted; elsewhere nothing would prove them, and zeros differ like any digest.
 */
static bool is_no_claim(const struct ia_digest *digest)
{
    static const uint8_t zeros[IA_DIGEST_MAX];
    return memcmp(digest->bytes, zeros, ia_digest_size(digest->algorithm)) == 0;
}

static int without_claim(struct ia_env *env, size_t index, struct ia_layer_part *part)
{
    char place[PLACE];
    if (!part->digest.algorithm || !is_no_claim(&part->diff_id))
        return IMGA_OK;
    part->diff_id.algorithm = 0;
    snprintf(place, sizeof(place), "layer %zu", index);
    return ia_note(env, IMGA_NOTE_SKIPPED, -1, ia_str_from(place),
                   "the diff_id is all zeros: it could not be verified");
}

/* Where a layer's blob lies among the bytes of all layers. */
static struct ia_progress progress_of(const struct ia_image *image, size_t index)
{
    struct ia_progress progress = {0, 0};
    for (size_t i = 0; i < image->count; i++) {
        if (i < index)
            progress.done += image->parts[i].size;
        progress.total += image->parts[i].size;
    }
    return progress;
}

static int open_reader(const struct ia_image *image, struct ia_env *env, size_t index, const struct ia_blob *blob,
                       struct ia_reader **out)
{
    struct ia_reader *reader = NULL;
    struct ia_progress progress = progress_of(image, index);
    IA_TRY(ia_blob_reader(blob, env, &reader));
    return ia_progress_reader(env, reader, &progress, out);
}

/* What was asked not to be proven. The digest of an uncompressed blob and its diff_id prove the same bytes. */
static void drop_claims(enum ia_verify verify, enum ia_compression kind, struct ia_layer_part *part)
{
    bool same = kind == IA_COMPRESSION_NONE && part->size && ia_digest_equal(&part->digest, &part->diff_id);
    if (verify == IA_VERIFY_NONE || same)
        part->digest.algorithm = 0;
    if (verify == IA_VERIFY_NONE || (verify == IA_VERIFY_BLOB && part->digest.algorithm))
        part->diff_id.algorithm = 0;
}

/* The limit for a layer, and its diff_id; takes reader over. Without a claim an input that can skip still can. */
static int bound_layer(struct ia_env *env, const struct ia_layer_part *part, struct ia_reader *reader,
                       struct ia_reader **out)
{
    bool by_image = env->limits->image_bytes < env->limits->layer_bytes;
    struct ia_expected layer = {
        .digest = part->diff_id,
        .size = UINT64_MAX,
        .max = by_image ? env->limits->image_bytes : env->limits->layer_bytes,
        .limit = by_image ? "image_bytes" : "layer_bytes",
        .what = "layer",
        .pauses = true,
    };
    return ia_digest_reader(env, reader, &layer, out);
}

/* Takes reader over on success and on failure; *out is the whole chain. */
static int stack_readers(struct ia_env *env, const struct ia_layer_part *part, struct ia_reader *reader,
                         enum ia_compression *kind, struct ia_reader **out)
{
    struct ia_expected whole = {
        .digest = part->digest, .size = part->size, .max = UINT64_MAX, .limit = "", .what = "blob"};
    if (part->digest.algorithm)
        IA_TRY(ia_digest_reader(env, reader, &whole, &reader));
    if (*kind != IA_COMPRESSION_NONE || part->size == 0)
        IA_TRY(ia_decompress(env, reader, kind, &reader));
    return bound_layer(env, part, reader, out);
}

static int open_part(const struct ia_image *image, struct ia_env *env, size_t index, enum ia_compression *kind,
                     struct ia_reader **out)
{
    struct ia_layer_part part = image->parts[index];
    struct ia_blob blob = {0};
    struct ia_reader *reader = NULL;
    int status;
    IA_GO(status, ia_image_layer_blob(image, env, &part, &blob));
    if (blob.size != part.size)
        IA_GO(status, ia_fail(env, IMGA_E_DIGEST, -1, "the blob has %llu bytes, its descriptor says %llu",
                              (unsigned long long)blob.size, (unsigned long long)part.size));
    IA_GO(status, sniff(&blob, env, kind));
    IA_GO(status, without_claim(env, index, &part));
    drop_claims(image->verify, *kind, &part);
    if (blob.passed) {
        const struct ia_passed_want want = {part.digest, part.diff_id};
        status = ia_passed_reader(blob.passed, env, &want, out);
        goto out;
    }
    IA_GO(status, open_reader(image, env, index, &blob, &reader));
    IA_GO(status, stack_readers(env, &part, reader, kind, out));
out:
    ia_blob_free(&blob);
    return ia_error_at(env, status, "%.200s", part.name ? part.name : image->layers[index].digest);
}

/* A layer that lies unpacked: nothing but its diff_id can be proven. */
static int open_unpacked(const struct ia_image *image, struct ia_env *env, size_t index, struct ia_reader **out)
{
    struct ia_layer_part part = image->parts[index];
    struct ia_progress progress = progress_of(image, index);
    struct ia_reader *reader = NULL;
    if (image->verify == IA_VERIFY_NONE)
        part.diff_id.algorithm = 0;
    IA_TRY(part.open(image, env, index, &reader));
    IA_TRY(ia_progress_reader(env, reader, &progress, &reader));
    IA_TRY(bound_layer(env, &part, reader, out));
    return 1;
}

int ia_image_layer_open(struct ia_image *image, struct ia_env *env, size_t index, struct ia_reader **out)
{
    enum ia_compression kind = IA_COMPRESSION_NONE;
    struct ia_reader *reader = NULL;
    char place[PLACE];
    if (index >= image->count)
        return ia_fail(env, IMGA_E_INVALID, -1, "there is no layer %zu", index);
    if (image->parts[index].open)
        return open_unpacked(image, env, index, out);
    if (image->parts[index].is_taken)
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "the layer came through a pipe: it cannot be read again");
    const char *declared = image->layers[index].media_type;
    const struct media_type *type = media_type_of(declared);
    snprintf(place, sizeof(place), "layer %zu", index);
    if (!type && !image->parts[index].name) {
        IA_TRY(ia_note(env, IMGA_NOTE_SKIPPED, -1, ia_str_from(place), "%s (%.120s)", why_skipped(declared), declared));
        return 0;
    }
    IA_TRY(open_part(image, env, index, &kind, &reader));
    if (type && type->compression != kind) {
        int status = ia_note(env, IMGA_NOTE_MEDIATYPE, -1, ia_str_from(place),
                             "declared as %.120s, but compression is %s", declared, ia_compression_name(kind));
        if (status < 0) {
            ia_reader_close(reader);
            return status;
        }
    }
    *out = reader;
    return 1;
}

static int find_claim(const struct ia_image *image, struct ia_env *env, const struct ia_layer_part *part,
                      struct ia_layer_claim *out)
{
    struct ia_blob blob = {0};
    enum ia_compression kind;
    int status;
    IA_GO(status, ia_image_layer_blob(image, env, part, &blob));
    if (blob.passed || blob.size != part->size)
        goto out;
    IA_GO(status, sniff(&blob, env, &kind));
    *out = (struct ia_layer_claim){part->digest, part->diff_id};
    if (!part->digest.algorithm && kind == IA_COMPRESSION_NONE)
        out->digest = part->diff_id; /* a docker archive: the blob is the layer */
    status = !out->digest.algorithm ? 0 : image->verify == IA_VERIFY_FULL ? 2 : 1;
out:
    ia_blob_free(&blob);
    return status;
}

int ia_image_layer_claim(const struct ia_image *image, struct ia_env *env, size_t index, struct ia_layer_claim *out)
{
    const struct ia_layer_part *part = &image->parts[index];
    bool known = part->name || media_type_of(image->layers[index].media_type);
    if (image->verify == IA_VERIFY_NONE || part->open || part->is_taken || !known || !part->diff_id.algorithm ||
        is_no_claim(&part->diff_id))
        return 0;
    int status = find_claim(image, env, part, out);
    if (status >= 0 || status == IMGA_E_NOMEM || status == IMGA_E_CANCELLED)
        return status;
    ia_error_clear(env); /* reading the layer will tell */
    return 0;
}

int ia_image_layer_open_stored(const struct ia_image *image, struct ia_env *env, size_t index, struct ia_reader **out)
{
    const struct ia_layer_part *part = &image->parts[index];
    struct ia_layer_claim claim;
    struct ia_blob blob = {0};
    struct ia_reader *reader = NULL;
    int status;
    IA_GO(status, find_claim(image, env, part, &claim));
    IA_GO(status, ia_image_layer_blob(image, env, part, &blob));
    IA_GO(status, open_reader(image, env, index, &blob, &reader));
    struct ia_expected whole = {claim.digest, part->size, UINT64_MAX, "", "blob", .pauses = true};
    status = ia_digest_reader(env, reader, &whole, out);
out:
    ia_blob_free(&blob);
    return ia_error_at(env, status, "%.200s", part->name ? part->name : image->layers[index].digest);
}

bool ia_image_is_shared(const struct ia_image *image)
{
    return !image->blobs.source || ia_source_is_shared(image->blobs.source);
}

bool ia_image_layer_taken(const struct ia_image *image, size_t index, uint32_t *taken)
{
    if (index >= image->count || !image->parts[index].is_taken)
        return false;
    *taken = image->parts[index].taken;
    return true;
}

int ia_image_layer_verify(struct ia_image *image, struct ia_env *env, size_t index)
{
    const struct ia_layer_part *part = &image->parts[index];
    struct ia_expected stored = {
        .digest = part->digest, .size = part->size, .max = UINT64_MAX, .limit = "", .what = "blob"};
    struct ia_blob blob = {0};
    struct ia_reader *reader = NULL;
    enum ia_compression kind = IA_COMPRESSION_GZIP;
    int status = IMGA_OK;
    if (part->open || part->is_taken)
        return IMGA_OK;
    IA_GO(status, ia_image_layer_blob(image, env, part, &blob));
    IA_GO(status, sniff(&blob, env, &kind));
    if (!stored.digest.algorithm && kind == IA_COMPRESSION_NONE)
        stored.digest = part->diff_id; /* a docker archive: the blob is the layer */
    if (blob.passed) {
        status = ia_passed_verify(blob.passed, env, &stored.digest);
        goto out;
    }
    IA_GO(status, ia_blob_reader(&blob, env, &reader));
    IA_GO(status, ia_digest_reader(env, reader, &stored, &reader));
    status = ia_reader_drain(reader, env);
    ia_reader_close(reader);
out:
    ia_blob_free(&blob);
    return status;
}
