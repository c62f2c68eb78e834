/* SPDX-License-Identifier: Apache-2.0 */
/* zstd: frames, skippable frames, windows, damage; with every cut of the input. */
#include "stream_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const size_t steps[] = {0, 1, 2, 3, 4, 5, 6, 7, 4096};

static void expect(struct test_env *t, const char *name, struct bytes stream, int status, struct bytes data)
{
    for (size_t i = 0; i < IA_COUNT(steps); i++)
        for (const struct ia_zstd_engine *const *e = ia_zstd_engines; *e; e++) {
            struct outcome o;
            if (stream.n > 20000 && steps[i] > 0 && steps[i] < 4096)
                continue;
            unzstd(t, *e, stream, steps[i], &o);
            cr_assert_eq(o.status, status, "%s, %s, step %zu: %d %s", (*e)->name, name, steps[i], o.status, o.message);
            if (status == IMGA_OK)
                cr_assert(o.out.n == data.n && memcmp(o.out.p ? o.out.p : "", data.p ? data.p : "", data.n) == 0,
                          "%s, %s, step %zu: other data", (*e)->name, name, steps[i]);
            outcome_free(&o);
        }
}

Test(zstd, reads_data_of_every_size)
{
    static const size_t sizes[] = {0, 1, 255, 256, 65791, 65792, IA_CHUNK - 1, IA_CHUNK, IA_CHUNK + 1, 1500000};
    struct test_env t;
    struct bytes data = {0};
    bytes_text(&data, 1500000);
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(sizes); i++) {
        struct bytes stream = {0}, part = {data.p, sizes[i], 0};
        zstd_add(&stream, part.p, part.n);
        expect(&t, "size", stream, IMGA_OK, part);
        bytes_free(&stream);
    }
    bytes_free(&data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(zstd, reads_frames_and_skips_the_skippable)
{
    struct test_env t;
    struct bytes data = {0}, stream = {0};
    bytes_text(&data, 30000);
    test_env_open(&t);
    zstd_skippable(&stream, 0, 0);
    expect(&t, "only an empty skippable frame", stream, IMGA_OK, (struct bytes){0});
    zstd_skippable(&stream, 15, 300000);
    for (size_t at = 0; at < data.n; at += 10000) {
        zstd_add(&stream, data.p + at, 10000);
        zstd_add(&stream, "", 0);
        zstd_skippable(&stream, (unsigned)at / 10000, at);
    }
    expect(&t, "everything", stream, IMGA_OK, data);
    t.limits.gzip_members = 11;
    expect(&t, "as many frames as the limit", stream, IMGA_OK, data);
    t.limits.gzip_members = 10;
    expect(&t, "one frame more than the limit", stream, IMGA_E_LIMIT, data);
    bytes_free(&stream);
    bytes_free(&data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

/* Frames by hand: magic number, descriptor, fields, one raw block "abc". */
#define MAGIC "\x28\xb5\x2f\xfd"
#define ABC                                                                                                            \
    "\x19\x00\x00"                                                                                                     \
    "abc" /* last block, raw, three bytes */
#define ROW(name, bytes, status)                                                                                       \
    {                                                                                                                  \
        name, bytes, sizeof(bytes) - 1, status                                                                         \
    }

static const struct {
    const char *name, *data;
    size_t size;
    int status;
} frames[] = {
    ROW("window of 1 KiB", MAGIC "\x00\x00" ABC, IMGA_OK),
    ROW("window of 128 MiB", MAGIC "\x00\x88" ABC, IMGA_OK),
    ROW("window of 144 MiB", MAGIC "\x00\x89" ABC, IMGA_E_LIMIT),
    ROW("window of 2 GiB", MAGIC "\x00\xa8" ABC, IMGA_E_LIMIT),
    ROW("largest window", MAGIC "\x00\xff" ABC, IMGA_E_LIMIT),
    ROW("content size of 1 byte", MAGIC "\x20\x03" ABC, IMGA_OK),
    ROW("content size too small", MAGIC "\x20\x02" ABC, IMGA_E_FORMAT),
    ROW("content size too large", MAGIC "\x20\x04" ABC, IMGA_E_FORMAT),
    ROW("content size of 2 bytes, too large", MAGIC "\x60\x00\x00" ABC, IMGA_E_FORMAT),
    ROW("content size of 4 bytes", MAGIC "\xa0\x03\x00\x00\x00" ABC, IMGA_OK),
    ROW("content size of 8 bytes", MAGIC "\xe0\x03\x00\x00\x00\x00\x00\x00\x00" ABC, IMGA_OK),
    ROW("single segment of 128 MiB that lies", MAGIC "\xa0\x00\x00\x00\x08" ABC, IMGA_E_FORMAT),
    ROW("single segment over 128 MiB", MAGIC "\xa0\x01\x00\x00\x08" ABC, IMGA_E_LIMIT),
    ROW("single segment of 2^60", MAGIC "\xe0\x00\x00\x00\x00\x00\x00\x00\x10" ABC, IMGA_E_LIMIT),
    ROW("content of 2^60 with a window", MAGIC "\xc0\x00\x00\x00\x00\x00\x00\x00\x00\x10" ABC, IMGA_E_FORMAT),
    ROW("dictionary 0x34", MAGIC "\x21\x34\x03" ABC, IMGA_E_UNSUPPORTED),
    ROW("dictionary of four bytes", MAGIC "\x23\x34\x12\x00\x00\x03" ABC, IMGA_E_UNSUPPORTED),
    ROW("dictionary 0 is none", MAGIC "\x21\x00\x03" ABC, IMGA_OK),
    ROW("reserved bit", MAGIC "\x28\x03" ABC, IMGA_E_FORMAT),
    ROW("reserved block type",
        MAGIC "\x20\x03"
              "\x1f\x00\x00"
              "abc",
        IMGA_E_FORMAT),
    ROW("block larger than 128 KiB",
        MAGIC "\x00\x88"
              "\x09\x00\x10"
              "abc",
        IMGA_E_FORMAT),
    ROW("wrong checksum", MAGIC "\x24\x03" ABC "\xde\xad\xbe\xef", IMGA_E_CHECKSUM),
    ROW("missing checksum", MAGIC "\x24\x03" ABC "\xde\xad", IMGA_E_TRUNCATED),
    ROW("garbage after", MAGIC "\x20\x03" ABC "GARBAGE", IMGA_E_FORMAT),
    ROW("one byte after", MAGIC "\x20\x03" ABC "x", IMGA_E_FORMAT),
    ROW("a zero after", MAGIC "\x20\x03" ABC "\x00", IMGA_E_FORMAT),
    ROW("half a magic number after", MAGIC "\x20\x03" ABC "\x28\xb5", IMGA_E_TRUNCATED),
    ROW("half a skippable magic number after", MAGIC "\x20\x03" ABC "\x5a\x2a\x4d", IMGA_E_TRUNCATED),
    ROW("a gzip member after", MAGIC "\x20\x03" ABC "\x1f\x8b\x08", IMGA_E_FORMAT),
    ROW("a legacy frame after (0.7)", MAGIC "\x20\x03" ABC "\x27\xb5\x2f\xfd\x00\x00\x00\x00", IMGA_E_FORMAT),
    ROW("a cut skippable frame",
        MAGIC "\x20\x03" ABC "\x50\x2a\x4d\x18\x04\x00\x00\x00"
              "abc",
        IMGA_E_TRUNCATED),
    ROW("a skippable frame of 4 GiB", MAGIC "\x20\x03" ABC "\x50\x2a\x4d\x18\xff\xff\xff\xff", IMGA_E_TRUNCATED),
    ROW("no blocks", MAGIC "\x20\x03", IMGA_E_TRUNCATED),
    ROW("no last block",
        MAGIC "\x20\x03"
              "\x18\x00\x00"
              "abc",
        IMGA_E_TRUNCATED),
    ROW("only the magic number", MAGIC, IMGA_E_TRUNCATED),
};

Test(zstd, reads_frame_headers)
{
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(frames); i++) {
        struct bytes stream = {0};
        bytes_add(&stream, frames[i].data, frames[i].size);
        expect(&t, frames[i].name, stream, frames[i].status, (struct bytes){"abc", 3, 0});
        bytes_free(&stream);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(zstd, the_window_has_a_limit)
{
    /* Windows of 1 KiB, 1 MiB, 1 MiB and an eighth; single segments of 3 bytes. */
    static const struct {
        const char *data;
        size_t size;
        uint64_t window;
    } rows[] = {
        {MAGIC "\x00\x00" ABC, 12, 1024},
        {MAGIC "\x00\x50" ABC, 12, 1 << 20},
        {MAGIC "\x00\x51" ABC, 12, (1 << 20) + (1 << 17)},
        {MAGIC "\x20\x03" ABC, 12, 3},
    };
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct bytes stream = {0}, data = {"abc", 3, 0};
        bytes_add(&stream, rows[i].data, rows[i].size);
        t.limits.zstd_window = rows[i].window;
        expect(&t, "as large as the limit", stream, IMGA_OK, data);
        t.limits.zstd_window = rows[i].window - 1;
        expect(&t, "one more than the limit", stream, IMGA_E_LIMIT, data);
        cr_assert_not_null(strstr(t.env.error.message, "zstd_window"));
        bytes_free(&stream);
    }
    test_env_close(&t);
}

/* A window that libzstd must really use: data whose matches reach back over 8 MiB. */
Test(zstd, a_large_window_is_used)
{
    struct test_env t;
    struct bytes data = {0}, stream = {0};
    bytes_text(&data, 1 << 20);
    bytes_fill(&data, 'z', 9 << 20);
    bytes_text(&data, 1 << 20);
    zstd_window_add(&stream, 24, data.p, data.n);
    test_env_open(&t);
    expect(&t, "16 MiB window", stream, IMGA_OK, data);
    t.limits.zstd_window = 8 << 20;
    expect(&t, "8 MiB allowed", stream, IMGA_E_LIMIT, data);
    bytes_free(&data);
    bytes_free(&stream);
    test_env_close(&t);
}

Test(zstd, run_length_blocks_expand_in_bounded_memory)
{
    struct test_env t;
    struct bytes stream = {0};
    struct ia_reader *reader;
    enum ia_compression kind;
    struct ia_cursor chunk;
    uint64_t total = 0;
    int status;
    bytes_add(&stream, MAGIC "\x00\x50", 6);
    for (int i = 0; i < 2048; i++)
        bytes_add(&stream, i < 2047 ? "\x02\x00\x10\x00" : "\x03\x00\x10\x00", 4); /* 128 KiB of zeros each */
    test_env_open(&t);
    cr_assert_eq(ia_decompress(&t.env, test_chunks(stream.p, stream.n, 4096), &kind, &reader), IMGA_OK);
    while ((status = ia_reader_next(reader, &t.env, &chunk)) > 0) {
        cr_assert_leq(chunk.n, IA_CHUNK);
        total += chunk.n;
    }
    cr_assert_eq(status, 0);
    cr_assert_eq(total, (uint64_t)2048 << 17);
    ia_reader_close(reader);
    bytes_free(&stream);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

static void small_stream(struct bytes *data, struct bytes *stream)
{
    bytes_text(data, 600);
    zstd_add(stream, data->p, 300);
    zstd_skippable(stream, 3, 5);
    zstd_add(stream, data->p + 300, 300);
}

Test(zstd, a_cut_anywhere_is_truncation)
{
    struct test_env t;
    struct bytes data = {0}, stream = {0};
    bytes_text(&data, 5000);
    zstd_add(&stream, data.p, data.n);
    test_env_open(&t);
    for (size_t n = 4; n < stream.n; n++)
        expect(&t, "cut", (struct bytes){stream.p, n, 0}, IMGA_E_TRUNCATED, data);
    bytes_free(&data);
    bytes_free(&stream);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(zstd, no_flipped_bit_gives_other_data)
{
    struct test_env t;
    struct bytes data = {0}, stream = {0};
    small_stream(&data, &stream);
    test_env_open(&t);
    for (size_t bit = 32; bit < 8 * stream.n; bit++) {
        struct outcome whole;
        stream.p[bit / 8] ^= (char)(1 << bit % 8);
        decompress(&t, stream, 0, &whole);
        for (const struct ia_zstd_engine *const *e = ia_zstd_engines; *e; e++) {
            struct outcome o;
            unzstd(&t, *e, stream, bit % 8 + 1, &o);
            if (o.status == IMGA_OK)
                cr_assert(o.out.n == data.n && memcmp(o.out.p, data.p, data.n) == 0, "bit %zu changed the data", bit);
            cr_assert_eq(o.status, whole.status, "%s, bit %zu: the cut or the engine changed the answer", (*e)->name,
                         bit);
            outcome_free(&o);
        }
        outcome_free(&whole);
        stream.p[bit / 8] ^= (char)(1 << bit % 8);
    }
    bytes_free(&data);
    bytes_free(&stream);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(zstd, every_failed_allocation_is_reported)
{
    struct bytes data = {0}, stream = {0};
    small_stream(&data, &stream);
    for (const struct ia_zstd_engine *const *e = ia_zstd_engines; *e; e++)
        for (size_t n = 1; n < 8; n++) {
            struct test_env t;
            struct outcome o;
            test_env_open(&t);
            t.fail_at = n;
            unzstd(&t, *e, stream, 10, &o);
            cr_assert_eq(o.status, n <= t.count ? IMGA_E_NOMEM : IMGA_OK, "%s, allocation %zu", (*e)->name, n);
            outcome_free(&o);
            test_env_close(&t);
            cr_assert_eq(t.live, 0);
        }
    bytes_free(&data);
    bytes_free(&stream);
}
