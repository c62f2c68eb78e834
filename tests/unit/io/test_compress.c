/* SPDX-License-Identifier: Apache-2.0 */
/* Recognising compression by the first bytes, the plain path, and the look-ahead of the decoders' input. */
#include "io/compress_input.h"
#include "io/digest_reader.h"
#include "io/source.h"
#include "stream_case.h"
#include "tarball.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define ROW(name, bytes, kind, status)                                                                                 \
    {                                                                                                                  \
        name, bytes, sizeof(bytes) - 1, kind, status                                                                   \
    }

static const struct {
    const char *name, *data;
    size_t size;
    enum ia_compression kind;
    int status;
} heads[] = {
    ROW("empty", "", IA_COMPRESSION_NONE, IMGA_E_TRUNCATED),
    ROW("one byte", "x", IA_COMPRESSION_NONE, IMGA_OK),
    ROW("text", "hello, world", IA_COMPRESSION_NONE, IMGA_OK),
    ROW("half a gzip magic", "\x1f", IA_COMPRESSION_NONE, IMGA_OK),
    ROW("gzip magic", "\x1f\x8b", IA_COMPRESSION_GZIP, IMGA_E_TRUNCATED),
    ROW("zlib", "\x78\x9c\x03\x00\x00\x00\x00\x01", IA_COMPRESSION_NONE, IMGA_OK),
    ROW("zstd magic", "\x28\xb5\x2f\xfd", IA_COMPRESSION_ZSTD, IMGA_E_TRUNCATED),
    ROW("most of a zstd magic", "\x28\xb5\x2f", IA_COMPRESSION_NONE, IMGA_OK),
    ROW("first skippable", "\x50\x2a\x4d\x18\x00\x00\x00\x00", IA_COMPRESSION_ZSTD, IMGA_OK),
    ROW("last skippable", "\x5f\x2a\x4d\x18\x00\x00\x00\x00", IA_COMPRESSION_ZSTD, IMGA_OK),
    ROW("after the last skippable", "\x60\x2a\x4d\x18\x00\x00\x00\x00", IA_COMPRESSION_NONE, IMGA_OK),
    ROW("legacy zstd", "\x27\xb5\x2f\xfd\x00\x00\x00\x00", IA_COMPRESSION_NONE, IMGA_OK),
    ROW("xz",
        "\xfd"
        "7zXZ\0\0\4",
        IA_COMPRESSION_XZ, IMGA_E_TRUNCATED),
    ROW("cut xz",
        "\xfd"
        "7zXZ",
        IA_COMPRESSION_NONE, IMGA_OK),
    ROW("bzip2", "BZh91AY&SY", IA_COMPRESSION_BZIP2, IMGA_E_TRUNCATED),
    ROW("a name that begins like bzip2", "BZhello", IA_COMPRESSION_NONE, IMGA_OK),
    ROW("bzip2 with block size 0", "BZh0", IA_COMPRESSION_NONE, IMGA_OK),
    ROW("cut bzip2", "BZh", IA_COMPRESSION_NONE, IMGA_OK),
    ROW("zip", "PK\3\4\x14", IA_COMPRESSION_NONE, IMGA_E_UNSUPPORTED),
    ROW("empty zip", "PK\5\6\0\0\0\0", IA_COMPRESSION_NONE, IMGA_E_UNSUPPORTED),
    ROW("a name that begins like zip", "PKI/", IA_COMPRESSION_NONE, IMGA_OK),
};

Test(compress, looks_at_the_first_bytes_only)
{
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(heads); i++) {
        cr_assert_eq(ia_compression_of(ia_cursor_from(heads[i].data, heads[i].size)), heads[i].kind, "%s",
                     heads[i].name);
        for (size_t step = 0; step < 9; step++) {
            struct outcome o;
            decompress(&t, (struct bytes){(char *)heads[i].data, heads[i].size, 0}, step, &o);
            cr_assert_eq(o.status, heads[i].status, "%s, step %zu: %s", heads[i].name, step, o.message);
            cr_assert_eq(o.kind, heads[i].kind, "%s", heads[i].name);
            if (heads[i].status == IMGA_OK && heads[i].kind == IA_COMPRESSION_NONE)
                cr_assert(o.out.n == heads[i].size && memcmp(o.out.p, heads[i].data, o.out.n) == 0, "%s",
                          heads[i].name);
            outcome_free(&o);
        }
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(compress, names_what_it_found)
{
    cr_assert_str_eq(ia_compression_name(IA_COMPRESSION_NONE), "none");
    cr_assert_str_eq(ia_compression_name(IA_COMPRESSION_GZIP), "gzip");
    cr_assert_str_eq(ia_compression_name(IA_COMPRESSION_ZSTD), "zstd");
    cr_assert_str_eq(ia_compression_name(IA_COMPRESSION_XZ), "xz");
    cr_assert_str_eq(ia_compression_name(IA_COMPRESSION_BZIP2), "bzip2");
    cr_assert_str_eq(ia_compression_name((enum ia_compression)99), "none");
}

Test(compress, exactly_one_level)
{
    struct test_env t;
    struct bytes inner = {0}, outer = {0};
    struct outcome o;
    gzip_add(&inner, &(struct gzip_case){0}, "data", 4);
    zstd_add(&outer, inner.p, inner.n);
    test_env_open(&t);
    decompress(&t, outer, 3, &o);
    cr_assert_eq(o.status, IMGA_OK);
    cr_assert(o.out.n == inner.n && memcmp(o.out.p, inner.p, inner.n) == 0);
    outcome_free(&o);
    bytes_free(&inner);
    bytes_free(&outer);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(compress, a_tar_passes_as_it_is_and_can_be_skipped)
{
    struct test_env t;
    struct tarball tar = {0};
    struct ia_source *source;
    struct ia_reader *reader;
    struct ia_cursor chunk;
    enum ia_compression kind;
    uint64_t skipped;
    tarball_file(&tar, "etc/os-release", "ID=debian\n");
    tarball_end(&tar);
    test_env_open(&t);
    cr_assert_eq(ia_source_memory(&t.env, tar.p, tar.n, &source), IMGA_OK);
    cr_assert_eq(ia_source_reader(source, &t.env, 0, tar.n, &reader), IMGA_OK);
    cr_assert_eq(ia_decompress(&t.env, reader, &kind, &reader), IMGA_OK);
    cr_assert_eq(kind, IA_COMPRESSION_NONE);
    cr_assert_not_null(reader->skip);
    for (uint64_t at = 0; at < 512; at += skipped)
        cr_assert_eq(reader->skip(reader, &t.env, 512 - at, &skipped), 1);
    cr_assert_eq(ia_reader_next(reader, &t.env, &chunk), 1);
    cr_assert_eq(memcmp(chunk.p, "ID=debian\n", 10), 0);
    ia_reader_close(reader);
    ia_source_unref(source);
    cr_assert_eq(ia_decompress(&t.env, test_chunks(tar.p, tar.n, 7), &kind, &reader), IMGA_OK);
    cr_assert_null(reader->skip, "an input that cannot skip makes a reader that cannot");
    ia_reader_close(reader);
    tarball_free(&tar);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

/* Mixed peeks, discards and bytes given back, against the plain text, for every cut. */
static void walk_input(struct test_env *t, size_t step)
{
    static const char text[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    const size_t size = sizeof(text) - 1;
    struct ia_input *input;
    struct ia_cursor view;
    cr_assert_eq(ia_input_new(&t->env, test_chunks(text, size, step), &input), IMGA_OK);
    for (size_t at = 0, turn = 1; at < size; turn++) {
        size_t want = turn * 5 % (IA_INPUT_PEEK + 1), left = size - at;
        cr_assert_eq(ia_input_offset(input), at);
        cr_assert_eq(ia_input_peek(input, &t->env, want, &view), IMGA_OK);
        cr_assert_eq(view.n, want < left ? want : left, "step %zu at %zu", step, at);
        cr_assert_eq(memcmp(view.p, text + at, view.n), 0);
        size_t take = turn % 7 < left ? turn % 7 : left, back = turn % 3 < take ? turn % 3 : 0;
        cr_assert_eq(ia_input_discard(input, &t->env, take), IMGA_OK);
        cr_assert(ia_input_unread(input, (const uint8_t *)text + at + take - back, back));
        at += take - back;
    }
    cr_assert_eq(ia_input_fill(input, &t->env), 0);
    cr_assert_eq(ia_input_peek(input, &t->env, 4, &view), IMGA_OK);
    cr_assert_eq(view.n, 0);
    cr_assert_eq(ia_input_discard(input, &t->env, 1), IMGA_E_TRUNCATED);
    ia_input_free(input);
}

Test(compress, the_input_looks_ahead_and_takes_back)
{
    struct test_env t;
    test_env_open(&t);
    for (size_t step = 1; step < 40; step++)
        walk_input(&t, step);
    ia_input_free(NULL);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(compress, no_more_is_taken_back_than_fits)
{
    static const uint8_t many[IA_INPUT_PEEK + 1];
    struct test_env t;
    struct ia_input *input;
    test_env_open(&t);
    cr_assert_eq(ia_input_new(&t.env, test_chunks("abc", 3, 3), &input), IMGA_OK);
    cr_assert_eq(ia_input_fill(input, &t.env), 1);
    cr_assert(!ia_input_unread(input, many, sizeof(many)));
    ia_input_free(input);
    test_env_close(&t);
}

static void verified(struct test_env *t, struct bytes data, struct ia_expected *expected)
{
    *expected = (struct ia_expected){.size = data.n, .max = data.n, .limit = "layer_bytes", .what = "layer"};
    cr_assert_eq(ia_digest_of(&t->env, data.p, data.n, &expected->digest), IMGA_OK);
}

/* The whole chain of a layer: source, blob digest, decoder, diff_id. */
static int run_chain(struct test_env *t, struct bytes stream, const struct ia_expected *blob,
                     const struct ia_expected *layer)
{
    struct ia_source *source = NULL;
    struct ia_reader *reader = NULL;
    enum ia_compression kind;
    int status;
    IA_GO(status, ia_source_memory(&t->env, stream.p, stream.n, &source));
    IA_GO(status, ia_source_reader(source, &t->env, 0, stream.n, &reader));
    status = ia_digest_reader(&t->env, reader, blob, &reader);
    if (status == IMGA_OK)
        status = ia_decompress(&t->env, reader, &kind, &reader);
    if (status == IMGA_OK)
        status = ia_digest_reader(&t->env, reader, layer, &reader);
    if (status < 0)
        reader = NULL; /* taken over */
    else
        status = ia_reader_drain(reader, &t->env);
out:
    ia_reader_close(reader);
    ia_source_unref(source);
    return status;
}

Test(compress, a_layer_is_verified_twice_and_survives_failed_allocations)
{
    struct bytes data = {0}, streams[5] = {{0}};
    bytes_text(&data, 700000);
    gzip_add(&streams[0], &(struct gzip_case){.flags = 8, .name = 4}, data.p, data.n);
    zstd_add(&streams[1], data.p, data.n);
    bytes_add(&streams[2], data.p, data.n);
    xz_add(&streams[3], &(struct xz_case){.check = 4, .block = 300000}, data.p, data.n);
    bzip2_add(&streams[4], 3, data.p, data.n);
    for (size_t kind = 0; kind < IA_COUNT(streams); kind++) {
        for (size_t n = 0, done = 0; !done; n++) {
            struct test_env t;
            struct ia_expected blob, layer;
            test_env_open(&t);
            test_env_crypto(&t);
            verified(&t, streams[kind], &blob);
            verified(&t, data, &layer);
            t.count = 0;
            t.fail_at = n;
            int status = run_chain(&t, streams[kind], &blob, &layer);
            done = n > t.count;
            cr_assert_eq(status, n == 0 || done ? IMGA_OK : IMGA_E_NOMEM, "kind %zu, allocation %zu", kind, n);
            t.fail_at = 0;
            layer.digest.bytes[0] ^= 1;
            test_env_reset(&t);
            cr_assert_eq(run_chain(&t, streams[kind], &blob, &layer), IMGA_E_DIGEST);
            test_env_close(&t);
            cr_assert_eq(t.live, 0);
        }
        bytes_free(&streams[kind]);
    }
    bytes_free(&data);
}
