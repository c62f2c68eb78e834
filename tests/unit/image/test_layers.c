/* SPDX-License-Identifier: Apache-2.0 */
/* Layers as streams: every digest is checked, every media type has an answer. */
#include "crypto/digest.h"
#include "image_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

static struct tarball gzip_of(const struct tarball *tar)
{
    z_stream z = {0};
    struct tarball out = {malloc(tar->n + 1024), 0};
    cr_assert_eq(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)tar->p;
    z.avail_in = (unsigned)tar->n;
    z.next_out = (unsigned char *)out.p;
    z.avail_out = (unsigned)tar->n + 1024;
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.n = z.total_out;
    deflateEnd(&z);
    return out;
}

static struct tarball zstd_of(const struct tarball *tar)
{
    size_t room = ZSTD_compressBound(tar->n);
    struct tarball out = {malloc(room), 0};
    out.n = ZSTD_compress(out.p, room, tar->p, tar->n, 3);
    cr_assert_not(ZSTD_isError(out.n));
    return out;
}

enum stored { PLAIN, GZIP, ZSTD, EMPTY, NOISE, CUT };

#define DOCKER "application/vnd.docker.image.rootfs.diff.tar"
#define FOREIGN "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"

static const struct {
    const char *name;
    enum stored stored;
    const char *media_type;
    int status; /* 1 verified, 0 skipped, or a status */
    int32_t note;
} layers[] = {
    {"plain", PLAIN, OCI_LAYER, 1, 0},
    {"gzip", GZIP, OCI_LAYER "+gzip", 1, 0},
    {"zstd", ZSTD, OCI_LAYER "+zstd", 1, 0},
    {"docker plain", PLAIN, DOCKER, 1, 0},
    {"docker gzip", GZIP, DOCKER ".gzip", 1, 0},
    {"docker zstd", ZSTD, DOCKER ".zstd", 1, 0},
    {"plain as gzip", PLAIN, OCI_LAYER "+gzip", 1, IMGA_NOTE_MEDIATYPE},
    {"gzip as plain", GZIP, OCI_LAYER, 1, IMGA_NOTE_MEDIATYPE},
    {"zstd as gzip", ZSTD, OCI_LAYER "+gzip", 1, IMGA_NOTE_MEDIATYPE},
    {"gzip as zstd", GZIP, DOCKER ".zstd", 1, IMGA_NOTE_MEDIATYPE},
    {"foreign", GZIP, FOREIGN, 0, IMGA_NOTE_SKIPPED},
    {"nondistributable", PLAIN, "application/vnd.oci.image.layer.nondistributable.v1.tar", 0, IMGA_NOTE_SKIPPED},
    {"encrypted", NOISE, OCI_LAYER "+gzip+encrypted", 0, IMGA_NOTE_SKIPPED},
    {"unknown", PLAIN, "application/x", 0, IMGA_NOTE_SKIPPED},
    {"unknown compression", PLAIN, OCI_LAYER "+lz4", 0, IMGA_NOTE_SKIPPED},
    {"no type", PLAIN, "", 0, IMGA_NOTE_SKIPPED},
    {"type in upper case", PLAIN, "APPLICATION/VND.OCI.IMAGE.LAYER.V1.TAR", 0, IMGA_NOTE_SKIPPED},
    {"empty blob", EMPTY, OCI_LAYER "+gzip", IMGA_E_TRUNCATED, 0},
    {"not what the diff_id says", NOISE, OCI_LAYER, IMGA_E_DIGEST, 0},
    {"cut gzip", CUT, OCI_LAYER "+gzip", IMGA_E_TRUNCATED, 0},
};

static struct tarball stored_as(enum stored stored, const struct tarball *tar)
{
    struct tarball out = {NULL, 0};
    switch (stored) {
    case GZIP:
        return gzip_of(tar);
    case CUT:
        out = gzip_of(tar);
        out.n -= 9;
        return out;
    case ZSTD:
        return zstd_of(tar);
    case EMPTY:
        return (struct tarball){calloc(1, 1), 0};
    case NOISE:
        return case_tar("noise");
    default:
        tarball_add(&out, &(struct tar_member){.name = "x"});
        out.n = tar->n;
        out.p = realloc(out.p, tar->n);
        memcpy(out.p, tar->p, tar->n);
        return out;
    }
}

Test(layers, by_media_type_and_content)
{
    struct tarball tar = case_tar("one");
    for (size_t i = 0; i < IA_COUNT(layers); i++) {
        struct tarball blob = stored_as(layers[i].stored, &tar);
        const struct ociimage_layer layer = {
            .tar = tar.p, .tar_size = tar.n, .blob = blob.p, .blob_size = blob.n, .media_type = layers[i].media_type};
        const struct ociimage made = {.layers = &layer, .count = 1};
        struct tarball archive = ociimage_oci_archive(&made);
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        cr_assert_eq(case_open(&t, &archive, NULL, NULL, &image), IMGA_OK, "%s: %s", layers[i].name,
                     t.env.error.message);
        int status = case_layer(&t, image, 0);
        cr_expect_eq(status, layers[i].status, "%s: %d %s", layers[i].name, status, t.env.error.message);
        cr_expect_eq(ia_notes_count(&t.notes), layers[i].note != 0, "%s", layers[i].name);
        if (layers[i].note) {
            cr_expect(test_has_note(&t, layers[i].note), "%s", layers[i].name);
            cr_expect_str_eq(ia_notes_at(&t.notes, 0)->where, "layer 0", "%s", layers[i].name);
        }
        ia_image_close(image);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", layers[i].name);
        tarball_free(&archive);
        tarball_free(&blob);
    }
    tarball_free(&tar);
}

/* Blobs bent behind the descriptor's back. */
static const struct {
    const char *name;
    struct ociimage_edit edit;
    int missing, status;
} bent[] = {
    {"descriptor one byte short", {EDIT_MANIFEST, "\"size\":2048", "\"size\":2047", 0}, 0, IMGA_E_DIGEST},
    {"descriptor one byte long", {EDIT_MANIFEST, "\"size\":2048", "\"size\":2049", 0}, 0, IMGA_E_DIGEST},
    {"blob absent", {EDIT_NONE, NULL, NULL, 0}, 1, IMGA_E_NOT_FOUND},
    {"another diff_id",
     {EDIT_CONFIG, "\"diff_ids\":[\"sha256:",
      "\"diff_ids\":[\"sha256:"
      "3333333333333333333333333333333333333333333333333333333333333333\"],\"x\":[\"",
      0},
     0,
     IMGA_E_DIGEST},
};

Test(layers, blobs_that_are_not_as_described)
{
    struct tarball tar = case_tar("one");
    cr_assert_eq(tar.n, 2048);
    for (size_t i = 0; i < IA_COUNT(bent); i++) {
        const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n, .missing = bent[i].missing};
        const struct ociimage made = {
            .layers = &layer, .count = 1, .edits = &bent[i].edit, .edit_count = bent[i].edit.document != EDIT_NONE};
        struct tarball archive = ociimage_oci_archive(&made);
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        cr_assert_eq(case_open(&t, &archive, NULL, NULL, &image), IMGA_OK, "%s: %s", bent[i].name, t.env.error.message);
        int status = case_layer(&t, image, 0);
        cr_expect_eq(status, bent[i].status, "%s: %d %s", bent[i].name, status, t.env.error.message);
        ia_image_close(image);
        test_env_close(&t);
        tarball_free(&archive);
    }
    tarball_free(&tar);
}

/* A flipped byte anywhere in the blob is found, whichever way the layer is stored. */
Test(layers, altered_blobs)
{
    static const char *const types[] = {OCI_LAYER, OCI_LAYER "+gzip", OCI_LAYER "+zstd"};
    struct tarball tar = case_tar("one");
    for (size_t i = 0; i < IA_COUNT(types); i++) {
        struct tarball blob = stored_as((enum stored)i, &tar);
        const struct ociimage_layer layer = {
            .tar = tar.p, .tar_size = tar.n, .blob = blob.p, .blob_size = blob.n, .media_type = types[i]};
        const struct ociimage made = {.layers = &layer, .count = 1};
        struct ocifiles files = {NULL, 0};
        ociimage_layout(&files, &made);
        for (size_t at = 0; at < blob.n; at += blob.n / 7) {
            struct ocifile *file = &files.p[1]; /* config, layer, manifest, ... */
            cr_assert_eq(file->size, blob.n);
            file->data[at] ^= 1;
            struct tarball archive = ocifiles_tar(&files);
            struct ia_image *image = NULL;
            struct test_env t;
            test_env_open(&t);
            test_env_crypto(&t);
            cr_assert_eq(case_open(&t, &archive, NULL, NULL, &image), IMGA_OK, "%s", t.env.error.message);
            cr_expect_lt(case_layer(&t, image, 0), 0, "%s: byte %zu", types[i], at);
            ia_image_close(image);
            test_env_close(&t);
            tarball_free(&archive);
            file->data[at] ^= 1;
        }
        ocifiles_free(&files);
        tarball_free(&blob);
    }
    tarball_free(&tar);
}

Test(layers, the_uncompressed_size_is_limited)
{
    struct tarball tar = case_tar("one"), blob = gzip_of(&tar);
    const struct ociimage_layer stored[] = {
        {.tar = tar.p, .tar_size = tar.n},
        {.tar = tar.p, .tar_size = tar.n, .blob = blob.p, .blob_size = blob.n, .media_type = OCI_LAYER "+gzip"}};
    const struct ociimage made = {.layers = stored, .count = 2};
    struct tarball archive = ociimage_oci_archive(&made);
    for (size_t less = 0; less < 2; less++) {
        for (size_t i = 0; i < 2; i++) {
            struct ia_image *image = NULL;
            struct test_env t;
            test_env_open(&t);
            test_env_crypto(&t);
            t.limits.layer_bytes = tar.n - less;
            cr_assert_eq(case_open(&t, &archive, NULL, NULL, &image), IMGA_OK, "%s", t.env.error.message);
            int status = case_layer(&t, image, i);
            cr_expect_eq(status, less ? IMGA_E_LIMIT : 1, "layer %zu, %zu less: %d", i, less, status);
            ia_image_close(image);
            test_env_close(&t);
        }
    }
    tarball_free(&archive);
    tarball_free(&blob);
    tarball_free(&tar);
}

Test(layers, the_stream_is_the_tar)
{
    struct tarball tar = case_tar("one"), blob = gzip_of(&tar);
    const struct ociimage_layer stored[] = {
        {.tar = tar.p, .tar_size = tar.n},
        {.tar = tar.p, .tar_size = tar.n, .blob = blob.p, .blob_size = blob.n, .media_type = OCI_LAYER "+gzip"}};
    const struct ociimage made = {.layers = stored, .count = 2};
    struct tarball archives[] = {ociimage_oci_archive(&made), ociimage_docker_archive(&made)};
    for (size_t i = 0; i < IA_COUNT(archives); i++) {
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        cr_assert_eq(case_open(&t, &archives[i], NULL, NULL, &image), IMGA_OK, "%s", t.env.error.message);
        for (size_t j = 0; j < ia_image_layer_count(image); j++) {
            struct ia_reader *reader = NULL;
            char *data;
            size_t size;
            cr_assert_eq(ia_image_layer_open(image, &t.env, j, &reader), 1, "%s", t.env.error.message);
            cr_assert_eq(test_read_all(&t.env, reader, &data, &size), IMGA_OK, "%s", t.env.error.message);
            cr_expect_eq(size, tar.n);
            cr_expect(size == tar.n && memcmp(data, tar.p, size) == 0);
            free(data);
            ia_reader_close(reader);
        }
        struct ia_reader *none = NULL;
        cr_expect_eq(ia_image_layer_open(image, &t.env, 2, &none), IMGA_E_INVALID);
        cr_expect_null(none);
        ia_image_close(image);
        test_env_close(&t);
        tarball_free(&archives[i]);
    }
    tarball_free(&blob);
    tarball_free(&tar);
}

/* A blob under its SHA-512. */
Test(layers, sha512_digests_are_verified)
{
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    for (int good = 0; good < 2; good++) {
        struct ia_hash *hash = NULL;
        struct ia_digest digest = {0};
        char text[IA_DIGEST_TEXT], name[IA_DIGEST_TEXT + 16], with[IA_DIGEST_TEXT + 80];
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        cr_assert_eq(ia_hash_new(&t.env, IA_DIGEST_SHA512, &hash), IMGA_OK);
        cr_assert_eq(ia_hash_update(hash, &t.env, good ? tar.p : "x", good ? tar.n : 1), IMGA_OK);
        cr_assert_eq(ia_hash_finish(hash, &t.env, &digest), IMGA_OK);
        ia_hash_free(hash);
        ia_digest_text(&digest, text);
        snprintf(with, sizeof(with), "\"" OCI_LAYER "\",\"digest\":\"%s\",\"x\":\"", text);
        snprintf(name, sizeof(name), "blobs/sha512/%s", text + 7);
        const struct ociimage_edit edit = {EDIT_MANIFEST, "\"" OCI_LAYER "\",\"digest\":\"", with, 0};
        const struct ociimage made = {.layers = &layer, .count = 1, .edits = &edit, .edit_count = 1};
        struct ocifiles files = {NULL, 0};
        struct ia_image *image = NULL;
        ociimage_layout(&files, &made);
        ocifiles_add(&files, name, tar.p, tar.n);
        struct tarball archive = ocifiles_tar(&files);
        cr_assert_eq(case_open(&t, &archive, NULL, NULL, &image), IMGA_OK, "%s", t.env.error.message);
        cr_expect_str_eq(ia_image_layer(image, 0)->digest, text);
        cr_expect_eq(case_layer(&t, image, 0), good ? 1 : IMGA_E_DIGEST, "%s", t.env.error.message);
        ia_image_close(image);
        tarball_free(&archive);
        ocifiles_free(&files);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
    tarball_free(&tar);
}
