/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pieces of an image by name. A folder is opened once and every file is opened below that descriptor without following
 * symbolic links; an archive is read through its table of contents. OCI image-spec 1.1 image-layout.md for the names.
 * Limit: manifest_bytes for documents.
 */
#include "image/blobs.h"

#include "base/hex.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int ia_blobs_open_source(struct ia_env *env, struct ia_source *source, struct ia_blobs *blobs)
{
    blobs->directory = -1;
    int once = ia_spool_is_needed(env, source);
    if (once < 0)
        return once;
    blobs->is_spooled = once > 0;
    if (once)
        return ia_spool_read(env, source, &blobs->spooling, &blobs->archive);
    blobs->source = ia_source_ref(source);
    return ia_archive_read(env, source, &blobs->archive);
}

int ia_blobs_open_folder(struct ia_env *env, const char *path, struct ia_blobs *blobs)
{
    blobs->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (blobs->directory >= 0)
        return 1;
    if (errno == ENOTDIR)
        return 0;
    if (errno == ENOENT)
        return ia_fail(env, IMGA_E_NOT_FOUND, -1, "%.200s does not exist", path);
    return ia_fail(env, IMGA_E_IO, -1, "%.200s cannot be opened (error %d)", path, errno);
}

void ia_blobs_free(struct ia_blobs *blobs)
{
    if (blobs->directory >= 0)
        close(blobs->directory);
    blobs->directory = -1;
    ia_archive_free(&blobs->archive);
    ia_source_unref(blobs->source);
    blobs->source = NULL;
}

/* A document of an archive that was read once. */
static int find_kept(struct ia_env *env, const struct ia_member *member, struct ia_blob *out)
{
    struct ia_source *source = NULL;
    IA_TRY(ia_source_memory(env, member->kept, (size_t)member->size, &source));
    *out = (struct ia_blob){.source = source, .size = member->size, .member = member->name};
    return IMGA_OK;
}

int ia_blobs_find(const struct ia_blobs *blobs, struct ia_env *env, const char *name, struct ia_blob *out)
{
    const struct ia_member *member = NULL;
    struct ia_source *source = NULL;
    if (blobs->directory >= 0) {
        IA_TRY(ia_source_at(env, blobs->directory, name, &source));
        *out = (struct ia_blob){.source = source, .size = ia_source_size(source)};
        return IMGA_OK;
    }
    IA_TRY(ia_archive_find(&blobs->archive, env, ia_str_from(name), &member));
    if (member->kept)
        return find_kept(env, member, out);
    *out = (struct ia_blob){NULL, member->offset, member->size, member->name, member->passed};
    if (!member->passed)
        out->source = ia_source_ref(blobs->source);
    return IMGA_OK;
}

int ia_blobs_has(const struct ia_blobs *blobs, struct ia_env *env, const char *name)
{
    struct ia_blob blob = {0};
    int status = ia_blobs_find(blobs, env, name, &blob);
    ia_blob_free(&blob);
    if (status == IMGA_E_NOT_FOUND) {
        ia_error_clear(env);
        return 0;
    }
    return status < 0 ? status : 1;
}

void ia_blob_free(struct ia_blob *blob)
{
    ia_source_unref(blob->source);
    blob->source = NULL;
}

int ia_blob_reader(const struct ia_blob *blob, struct ia_env *env, struct ia_reader **out)
{
    if (blob->passed)
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "it went by in the archive and cannot be read again");
    return ia_source_reader(blob->source, env, blob->offset, blob->size, out);
}

void ia_blob_name(const struct ia_digest *digest, char out[IA_BLOB_NAME])
{
    const char *folder = digest->algorithm == IA_DIGEST_SHA512 ? "blobs/sha512/" : "blobs/sha256/";
    size_t n = strlen(folder);
    memcpy(out, folder, n);
    ia_hex_encode(digest->bytes, ia_digest_size(digest->algorithm), out + n);
}

void ia_blobs_name(const struct ia_blobs *blobs, const struct ia_digest *digest, char out[IA_BLOB_NAME])
{
    if (blobs->is_bare)
        ia_hex_encode(digest->bytes, ia_digest_size(digest->algorithm), out);
    else
        ia_blob_name(digest, out);
}

void ia_blobs_manifest_name(const struct ia_blobs *blobs, const struct ia_digest *digest, char out[IA_BLOB_NAME])
{
    static const char suffix[] = ".manifest.json";
    ia_blobs_name(blobs, digest, out);
    if (blobs->is_bare)
        memcpy(out + strlen(out), suffix, sizeof(suffix));
}

bool ia_blob_name_digest(struct ia_str name, struct ia_digest *out)
{
    static const struct {
        const char *folder;
        enum ia_digest_algorithm algorithm;
    } rows[] = {{"blobs/sha256/", IA_DIGEST_SHA256}, {"blobs/sha512/", IA_DIGEST_SHA512}};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_str folder = ia_str_from(rows[i].folder);
        struct ia_digest digest = {.algorithm = rows[i].algorithm};
        if (ia_str_starts(name, folder) &&
            ia_hex_decode(ia_str_sub(name, folder.n, name.n), digest.bytes, ia_digest_size(digest.algorithm))) {
            *out = digest;
            return true;
        }
    }
    return false;
}

int ia_blob_hash(struct ia_env *env, enum ia_digest_algorithm algorithm, struct ia_str bytes, struct ia_digest *out)
{
    struct ia_hash *hash = NULL;
    int status;
    IA_GO(status, ia_hash_new(env, algorithm, &hash));
    IA_GO(status, ia_hash_update(hash, env, bytes.p, bytes.n));
    IA_GO(status, ia_hash_finish(hash, env, out));
out:
    ia_hash_free(hash);
    return status;
}

static int check_document(struct ia_env *env, const struct ia_document_want *want, struct ia_str bytes)
{
    struct ia_digest found = {0};
    if (want->digest.algorithm == 0)
        return IMGA_OK;
    IA_TRY(ia_blob_hash(env, want->digest.algorithm, bytes, &found));
    if (!ia_digest_equal(&found, &want->digest))
        return ia_fail(env, IMGA_E_DIGEST, -1, "the content does not have the digest it is stored under");
    return IMGA_OK;
}

/* What is not like a document went by; that it is too large was told before. */
static int refuse_passed(struct ia_env *env, const struct ia_passed *passed, const struct ia_document_want *want)
{
    const struct ia_digest *found = &passed->blob[want->digest.algorithm == IA_DIGEST_SHA512];
    if (want->digest.algorithm && found->algorithm && !ia_digest_equal(found, &want->digest))
        return ia_fail(env, IMGA_E_DIGEST, -1, "the content does not have the digest it is stored under");
    return ia_fail(env, IMGA_E_FORMAT, 0, "it does not begin like a document");
}

static int read_document(const struct ia_blob *blob, struct ia_env *env, const struct ia_document_want *want,
                         struct ia_buf *buf)
{
    uint64_t max = env->limits->manifest_bytes;
    if (blob->size > max)
        return ia_fail_limit(env, -1, "manifest_bytes", max, IA_STR("the document"));
    if (want->size != UINT64_MAX && want->size != blob->size)
        return ia_fail(env, IMGA_E_DIGEST, -1, "the document has %llu bytes, its descriptor says %llu",
                       (unsigned long long)blob->size, (unsigned long long)want->size);
    if (blob->passed)
        return refuse_passed(env, blob->passed, want);
    ia_buf_clear(buf);
    IA_TRY(ia_described(env, ia_buf_reserve(buf, (size_t)blob->size), "manifest_bytes", max));
    IA_TRY(ia_source_read(blob->source, env, blob->offset, buf->p, (size_t)blob->size));
    buf->n = (size_t)blob->size;
    return check_document(env, want, ia_buf_view(buf));
}

int ia_blobs_document(const struct ia_blobs *blobs, struct ia_env *env, const char *name,
                      const struct ia_document_want *want, struct ia_buf *buf)
{
    struct ia_blob blob = {0};
    int status = ia_blobs_find(blobs, env, name, &blob);
    if (status >= 0)
        status = read_document(&blob, env, want, buf);
    ia_blob_free(&blob);
    return ia_error_at(env, status, "%.200s", name);
}
