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

static int open_blob(const struct ia_image *image, struct ia_env *env, const struct ia_layer_part *part,
                     struct ia_blob *out)
{
    char name[IA_BLOB_NAME];
    if (part->name)
        return ia_blobs_find(&image->blobs, env, part->name, out);
    ia_blob_name(&part->digest, name);
    return ia_blobs_find(&image->blobs, env, name, out);
}

/* What the first bytes say. */
static int sniff(const struct ia_blob *blob, struct ia_env *env, enum ia_compression *kind)
{
    uint8_t head[HEAD];
    size_t size = blob->size < HEAD ? (size_t)blob->size : HEAD;
    IA_TRY(ia_source_read(blob->source, env, blob->offset, head, size));
    *kind = ia_compression_of(ia_cursor_from(head, size));
    return IMGA_OK;
}

/*
 * 64 zeros are no digest of anything: a config that has them makes no claim. Where the blob's own digest proves the
 * bytes, the layer is read, and the gap is noted; elsewhere nothing would prove them, and zeros differ like any digest.
 */
static int without_claim(struct ia_env *env, size_t index, struct ia_layer_part *part)
{
    static const uint8_t zeros[IA_DIGEST_MAX];
    char place[PLACE];
    if (!part->digest.algorithm || memcmp(part->diff_id.bytes, zeros, ia_digest_size(part->diff_id.algorithm)) != 0)
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

/* Takes reader over on success and on failure; *out is the whole chain. */
static int stack_readers(struct ia_env *env, const struct ia_layer_part *part, struct ia_reader *reader,
                         enum ia_compression *kind, struct ia_reader **out)
{
    struct ia_expected whole = {part->digest, part->size, UINT64_MAX, "", "blob"};
    struct ia_expected layer = {part->diff_id, UINT64_MAX, env->limits->layer_bytes, "layer_bytes", "layer"};
    /* An uncompressed layer that must have one and the same digest twice is hashed once. */
    bool once = *kind == IA_COMPRESSION_NONE && part->size && ia_digest_equal(&part->digest, &part->diff_id);
    if (!once && part->digest.algorithm)
        IA_TRY(ia_digest_reader(env, reader, &whole, &reader));
    if (!once)
        IA_TRY(ia_decompress(env, reader, kind, &reader));
    IA_TRY(ia_digest_reader(env, reader, &layer, &reader));
    *out = reader;
    return IMGA_OK;
}

static int open_part(const struct ia_image *image, struct ia_env *env, size_t index, enum ia_compression *kind,
                     struct ia_reader **out)
{
    struct ia_layer_part part = image->parts[index];
    struct ia_blob blob = {0};
    struct ia_reader *reader = NULL;
    int status;
    IA_GO(status, open_blob(image, env, &part, &blob));
    if (blob.size != part.size)
        IA_GO(status, ia_fail(env, IMGA_E_DIGEST, -1, "the blob has %llu bytes, its descriptor says %llu",
                              (unsigned long long)blob.size, (unsigned long long)part.size));
    IA_GO(status, sniff(&blob, env, kind));
    IA_GO(status, without_claim(env, index, &part));
    IA_GO(status, open_reader(image, env, index, &blob, &reader));
    IA_GO(status, stack_readers(env, &part, reader, kind, out));
out:
    ia_blob_free(&blob);
    return ia_error_at(env, status, "%.200s", part.name ? part.name : image->layers[index].digest);
}

int ia_image_layer_open(struct ia_image *image, struct ia_env *env, size_t index, struct ia_reader **out)
{
    enum ia_compression kind = IA_COMPRESSION_NONE;
    struct ia_reader *reader = NULL;
    char place[PLACE];
    if (index >= image->count)
        return ia_fail(env, IMGA_E_INVALID, -1, "there is no layer %zu", index);
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

int ia_image_layer_verify(struct ia_image *image, struct ia_env *env, size_t index)
{
    const struct ia_layer_part *part = &image->parts[index];
    struct ia_expected stored = {part->digest, part->size, UINT64_MAX, "", "blob"};
    struct ia_blob blob = {0};
    struct ia_reader *reader = NULL;
    enum ia_compression kind = IA_COMPRESSION_GZIP;
    int status;
    IA_GO(status, open_blob(image, env, part, &blob));
    IA_GO(status, sniff(&blob, env, &kind));
    if (!stored.digest.algorithm && kind == IA_COMPRESSION_NONE)
        stored.digest = part->diff_id; /* a docker archive: the blob is the layer */
    IA_GO(status, ia_blob_reader(&blob, env, &reader));
    IA_GO(status, ia_digest_reader(env, reader, &stored, &reader));
    status = ia_reader_drain(reader, env);
    ia_reader_close(reader);
out:
    ia_blob_free(&blob);
    return status;
}
