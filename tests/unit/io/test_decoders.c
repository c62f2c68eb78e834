/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every decoder of a layer owes, whatever its format. Where a format has several engines, the tests of cuts, flips
 * and allocations are beside its own ones and run each engine.
 */
#include "stream_case.h"

#include <criterion/criterion.h>
#include <string.h>

/* One stream of 3000 bytes, and several of 600 in all with whatever else the format allows. */
typedef void build(struct bytes *data, struct bytes *stream);

static void gzip_several(struct bytes *data, struct bytes *stream)
{
    bytes_text(data, 600);
    gzip_add(stream, &(struct gzip_case){0}, data->p, 300);
    gzip_add(stream, &(struct gzip_case){.flags = 2}, data->p + 300, 300);
}

static void zstd_several(struct bytes *data, struct bytes *stream)
{
    bytes_text(data, 600);
    zstd_add(stream, data->p, 300);
    zstd_skippable(stream, 3, 5);
    zstd_add(stream, data->p + 300, 300);
}

static void bzip2_one(struct bytes *data, struct bytes *stream)
{
    bytes_text(data, 3000);
    bzip2_add(stream, 9, data->p, data->n);
}

static void bzip2_several(struct bytes *data, struct bytes *stream)
{
    bytes_text(data, 600);
    bzip2_add(stream, 1, data->p, 300);
    bzip2_add(stream, 9, data->p + 300, 300);
}

static void xz_one(struct bytes *data, struct bytes *stream)
{
    bytes_text(data, 3000);
    xz_add(stream, &(struct xz_case){.check = 4, .block = 1000}, data->p, data->n);
}

static void xz_sized(struct bytes *data, struct bytes *stream)
{
    bytes_text(data, 3000);
    xz_add(stream, &(struct xz_case){.check = 4, .block = 1000, .sizes = true}, data->p, data->n);
}

/* Two streams, three blocks, padding between. */
static void xz_several(struct bytes *data, struct bytes *stream)
{
    bytes_text(data, 600);
    xz_add(stream, &(struct xz_case){.check = 1, .block = 200}, data->p, 400);
    bytes_fill(stream, '\0', 4);
    xz_add(stream, &(struct xz_case){.check = 10, .sizes = true}, data->p + 400, 200);
}

Test(decoders, a_cut_anywhere_is_truncation)
{
    static const struct {
        const char *name;
        build *build;
        size_t known; /* so many bytes tell the format */
    } rows[] = {{"bzip2", bzip2_one, 4}, {"xz", xz_one, 6}, {"xz with sizes", xz_sized, 6}};
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct bytes data = {0}, stream = {0};
        rows[i].build(&data, &stream);
        for (size_t n = rows[i].known; n < stream.n; n++)
            for (size_t step = 0; step < 8; step += 3) {
                struct outcome o;
                decompress(&t, (struct bytes){stream.p, n, 0}, step, &o);
                expect_cut(&o, rows[i].name, n, stream.n);
            }
        bytes_free(&data);
        bytes_free(&stream);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

/* The stream with one bit turned over: another answer, never other data; the same however the input is cut. */
static void check_flip(struct test_env *t, struct bytes stream, struct bytes data, size_t bit, bool all_checked)
{
    struct outcome o, whole;
    stream.p[bit / 8] ^= (char)(1 << bit % 8);
    decompress(t, stream, bit % 8 + 1, &o);
    decompress(t, stream, 0, &whole);
    cr_assert(!all_checked || o.status != IMGA_OK, "bit %zu of a stream with checks made no difference", bit);
    if (o.status == IMGA_OK)
        cr_assert(o.out.n == data.n && memcmp(o.out.p, data.p, data.n) == 0, "bit %zu changed the data", bit);
    cr_assert_eq(o.status, whole.status, "bit %zu: the cut of the input changed the answer", bit);
    cr_assert_str_eq(o.message, whole.message, "bit %zu: the cut of the input changed the message", bit);
    outcome_free(&o);
    outcome_free(&whole);
    stream.p[bit / 8] ^= (char)(1 << bit % 8);
}

Test(decoders, no_flipped_bit_gives_other_data)
{
    static const struct {
        build *build;
        size_t known;     /* bytes */
        bool all_checked; /* bzip2 has unused bits at the end, the size of blocks, tables that are not used */
    } rows[] = {{bzip2_several, 4, false}, {xz_several, 6, true}};
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct bytes data = {0}, stream = {0};
        struct outcome o;
        rows[i].build(&data, &stream);
        for (size_t bit = 8 * rows[i].known; bit < 8 * stream.n; bit++)
            check_flip(&t, stream, data, bit, rows[i].all_checked);
        decompress(&t, stream, 0, &o);
        cr_assert_eq(o.status, IMGA_OK, "as it was");
        outcome_free(&o);
        bytes_free(&data);
        bytes_free(&stream);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(decoders, pass_failures_of_their_input_on)
{
    static build *const builds[] = {gzip_several, zstd_several, xz_several, bzip2_several};
    struct test_env t;
    struct ia_reader *reader;
    enum ia_compression kind;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(builds); i++) {
        struct bytes data = {0}, stream = {0};
        builds[i](&data, &stream);
        for (size_t n = 6; n <= stream.n; n++) {
            test_env_reset(&t);
            cr_assert_eq(ia_decompress(&t.env, test_broken(stream.p, n, IMGA_E_DIGEST), &kind, &reader), IMGA_OK);
            cr_assert_eq(ia_reader_drain(reader, &t.env), IMGA_E_DIGEST, "%s", ia_compression_name(kind));
            ia_reader_close(reader);
        }
        test_env_reset(&t);
        cr_assert_eq(ia_decompress(&t.env, test_chunks(stream.p, stream.n, 9), &kind, &reader), IMGA_OK);
        atomic_store(&t.cancel.flag, 1);
        cr_assert_eq(ia_reader_drain(reader, &t.env), IMGA_E_CANCELLED, "%s", ia_compression_name(kind));
        atomic_store(&t.cancel.flag, 0);
        ia_reader_close(reader);
        bytes_free(&data);
        bytes_free(&stream);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

static void with_trailing_zeros(struct bytes *data, struct bytes *stream)
{
    bzip2_several(data, stream);
    bytes_fill(stream, '\0', 5); /* the note needs memory too */
}

static void with_filters(struct bytes *data, struct bytes *stream)
{
    xz_several(data, stream);
    xz_add(stream, &(struct xz_case){.filters = true}, data->p, 600);
}

Test(decoders, report_every_failed_allocation)
{
    static const struct {
        const char *name;
        build *build;
        size_t least; /* allocations, when the library behind it takes its memory from here, too */
    } rows[] = {{"bzip2", with_trailing_zeros, 7}, {"xz", with_filters, 15}};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct bytes data = {0}, stream = {0};
        rows[i].build(&data, &stream);
        for (size_t n = 1, done = 0; !done; n++) {
            struct test_env t;
            struct outcome o;
            test_env_open(&t);
            t.fail_at = n;
            decompress(&t, stream, 10, &o);
            done = n > t.count;
            cr_assert(!done || n > rows[i].least, "%s: only %zu allocations", rows[i].name, t.count);
            cr_assert_eq(o.status, done ? IMGA_OK : IMGA_E_NOMEM, "%s, allocation %zu", rows[i].name, n);
            cr_assert(n < 100);
            outcome_free(&o);
            test_env_close(&t);
            cr_assert_eq(t.live, 0);
        }
        bytes_free(&data);
        bytes_free(&stream);
    }
}

enum { ZEROS = 64 << 20 };

static void bzip2_zeros(struct bytes *data, struct bytes *stream)
{
    bytes_fill(data, '\0', ZEROS);
    bzip2_add(stream, 9, data->p, data->n);
}

static void xz_zeros(struct bytes *data, struct bytes *stream)
{
    bytes_fill(data, '\0', ZEROS);
    xz_add(stream, &(struct xz_case){.check = 4}, data->p, data->n);
}

Test(decoders, zeros_expand_in_bounded_memory)
{
    static build *const builds[] = {bzip2_zeros, xz_zeros};
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(builds); i++) {
        struct bytes data = {0}, stream = {0};
        struct ia_reader *reader;
        enum ia_compression kind;
        struct ia_cursor chunk;
        uint64_t total = 0;
        int status;
        builds[i](&data, &stream);
        bytes_free(&data);
        cr_assert_lt(stream.n, ZEROS / 1100, "more than deflate can");
        cr_assert_eq(ia_decompress(&t.env, test_chunks(stream.p, stream.n, 4096), &kind, &reader), IMGA_OK);
        while ((status = ia_reader_next(reader, &t.env, &chunk)) > 0) {
            cr_assert_leq(chunk.n, IA_CHUNK);
            total += chunk.n;
        }
        cr_assert_eq(status, 0, "%s", ia_compression_name(kind));
        cr_assert_eq(total, ZEROS, "%s", ia_compression_name(kind));
        ia_reader_close(reader);
        bytes_free(&stream);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}
