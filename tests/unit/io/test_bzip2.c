/* SPDX-License-Identifier: Apache-2.0 */
/* bzip2: streams, blocks, what follows, both kinds of CRC, damage; with every cut of the input. */
#include "stream_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const size_t steps[] = {0, 1, 2, 3, 4, 5, 6, 7, 4096};

static void expect(struct test_env *t, const char *name, struct bytes stream, int status, struct bytes data)
{
    for (size_t i = 0; i < IA_COUNT(steps); i++) {
        struct outcome o;
        if (stream.n > 20000 && steps[i] > 0 && steps[i] < 4096)
            continue;
        decompress(t, stream, steps[i], &o);
        cr_assert_eq(o.status, status, "%s, step %zu: %d %s", name, steps[i], o.status, o.message);
        cr_assert_eq(o.kind, IA_COMPRESSION_BZIP2, "%s", name);
        if (status == IMGA_OK)
            cr_assert(o.out.n == data.n && memcmp(o.out.p ? o.out.p : "", data.p ? data.p : "", data.n) == 0,
                      "%s, step %zu: other data", name, steps[i]);
        outcome_free(&o);
    }
}

Test(bzip2, reads_data_of_every_size)
{
    static const size_t sizes[] = {
        0, 1, 2, 255, 256, 99980, 100000, 100001, IA_CHUNK - 1, IA_CHUNK, IA_CHUNK + 1, 2 * IA_CHUNK, 1500000};
    static const int levels[] = {1, 9};
    struct test_env t;
    struct bytes data = {0};
    bytes_text(&data, 1500000);
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(sizes); i++) {
        for (size_t l = 0; l < IA_COUNT(levels); l++) {
            struct bytes stream = {0}, part = {data.p, sizes[i], 0};
            bzip2_add(&stream, levels[l], part.p, part.n);
            expect(&t, "size", stream, IMGA_OK, part);
            cr_assert_eq(ia_notes_count(&t.notes), 0);
            bytes_free(&stream);
        }
    }
    bytes_free(&data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

/* Blocks that end where the output buffer does, and runs that the first stage of the format packs. */
Test(bzip2, reads_runs)
{
    static const size_t sizes[] = {3, 4, 5, 255, 258, 259, 260, IA_CHUNK - 1, IA_CHUNK, IA_CHUNK + 1, 3 * IA_CHUNK};
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(sizes); i++) {
        struct bytes stream = {0}, data = {0};
        bytes_fill(&data, 'r', sizes[i]);
        bzip2_add(&stream, 1, data.p, data.n);
        bzip2_add(&stream, 1, data.p, data.n);
        bytes_fill(&data, 'r', sizes[i]);
        expect(&t, "run", stream, IMGA_OK, data);
        bytes_free(&stream);
        bytes_free(&data);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(bzip2, reads_streams_one_after_the_other_and_counts_them)
{
    struct test_env t;
    struct bytes data = {0}, stream = {0};
    bytes_text(&data, 6000);
    test_env_open(&t);
    for (size_t at = 0; at < data.n; at += 2000) {
        bzip2_add(&stream, 1 + (int)at / 1000, data.p + at, 2000);
        bzip2_add(&stream, 9, "", 0);
    }
    expect(&t, "everything", stream, IMGA_OK, data);
    t.limits.gzip_members = 6;
    expect(&t, "as many streams as the limit", stream, IMGA_OK, data);
    t.limits.gzip_members = 5;
    expect(&t, "one stream more than the limit", stream, IMGA_E_LIMIT, data);
    cr_assert_not_null(strstr(t.env.error.message, "gzip_members"));
    t.limits.gzip_members = 0;
    expect(&t, "nothing allowed", stream, IMGA_E_LIMIT, data);
    bytes_free(&stream);
    bytes_free(&data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

#define END "\x17\x72\x45\x38\x50\x90" /* the mark of a stream's end */
#define BLOCK "1AY&SY"                 /* the mark of a block */
#define ROW(name, bytes, status)                                                                                       \
    {                                                                                                                  \
        name, bytes, sizeof(bytes) - 1, status                                                                         \
    }

static const struct {
    const char *name, *data;
    size_t size;
    int status;
} rows[] = {
    ROW("an empty stream", "BZh9" END "\0\0\0\0", IMGA_OK),
    ROW("the smallest blocks", "BZh1" END "\0\0\0\0", IMGA_OK),
    ROW("a CRC of nothing that is wrong", "BZh9" END "\0\0\0\1", IMGA_E_CHECKSUM),
    ROW("the same in its first byte", "BZh9" END "\x80\0\0\0", IMGA_E_CHECKSUM),
    ROW("no mark",
        "BZh9"
        "\0\0\0\0\0\0\0\0\0\0",
        IMGA_E_FORMAT),
    ROW("half a mark",
        "BZh9"
        "1AY&SX"
        "\0\0\0\0",
        IMGA_E_FORMAT),
    ROW("a mark of another end",
        "BZh9"
        "\x17\x72\x45\x38\x50\x91"
        "\0\0\0\0",
        IMGA_E_FORMAT),
    ROW("a block that begins behind itself",
        "BZh1" BLOCK "\0\0\0\0"
        "\x7f\xff\xff\xff\xff\xff\xff",
        IMGA_E_FORMAT),
    ROW("a block without symbols",
        "BZh1" BLOCK "\0\0\0\0"
        "\0\0\0\0\0\0\0\0\0\0\0",
        IMGA_E_FORMAT),
    ROW("only a header", "BZh9", IMGA_E_TRUNCATED),
    ROW("only the mark of the end", "BZh9" END, IMGA_E_TRUNCATED),
};

Test(bzip2, judges_streams_by_hand)
{
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        expect(&t, rows[i].name, (struct bytes){(char *)rows[i].data, rows[i].size, 0}, rows[i].status,
               (struct bytes){0});
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

/* The last 32 bits begin anywhere in a byte: many lengths of data move them. The byte before the last holds only them.
 */
Test(bzip2, tells_a_wrong_crc_from_malformed_data)
{
    struct test_env t;
    struct bytes data = {0};
    bytes_text(&data, 250000);
    test_env_open(&t);
    for (size_t size = 1; size < 60; size++) {
        struct bytes stream = {0};
        bzip2_add(&stream, 1, data.p, size);
        for (size_t at = 10; at < 14; at++) {
            stream.p[at] ^= 0x10;
            expect(&t, "the CRC of a block", stream, IMGA_E_CHECKSUM, data);
            cr_assert_not_null(strstr(t.env.error.message, "CRC of a block"));
            stream.p[at] ^= 0x10;
        }
        for (size_t back = 2; back <= 4; back++) {
            stream.p[stream.n - back] ^= 0x10;
            expect(&t, "the CRC of a stream", stream, IMGA_E_CHECKSUM, data);
            cr_assert_not_null(strstr(t.env.error.message, "CRC of the stream"), "%s", t.env.error.message);
            stream.p[stream.n - back] ^= 0x10;
        }
        bytes_free(&stream);
    }
    struct bytes blocks = {0};
    bzip2_add(&blocks, 1, data.p, data.n);
    blocks.p[blocks.n - 3] ^= 1;
    expect(&t, "the CRC of three blocks", blocks, IMGA_E_CHECKSUM, data);
    cr_assert_not_null(strstr(t.env.error.message, "CRC of the stream"), "%s", t.env.error.message);
    bytes_free(&blocks);
    bytes_free(&data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

static const struct {
    const char *name, *tail;
    size_t size;
    int status;
    int note;
} tails[] = {
    {"one zero byte", "\0", 1, IMGA_OK, 1},
    {"zero padding", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, IMGA_OK, 1},
    {"garbage", "GARBAGE", 7, IMGA_E_FORMAT, 0},
    {"one byte", "x", 1, IMGA_E_FORMAT, 0},
    {"garbage after zeros", "\0\0\0x", 4, IMGA_E_FORMAT, 0},
    {"a stream after zeros", "\0BZh9" END "\0\0\0\0", 15, IMGA_E_FORMAT, 0},
    {"a letter", "B", 1, IMGA_E_TRUNCATED, 0},
    {"two letters", "BZ", 2, IMGA_E_TRUNCATED, 0},
    {"three letters", "BZh", 3, IMGA_E_TRUNCATED, 0},
    {"a header", "BZh5", 4, IMGA_E_TRUNCATED, 0},
    {"nearly a header", "BZh0", 4, IMGA_E_FORMAT, 0},
    {"an older format", "BZ09", 4, IMGA_E_FORMAT, 0},
    {"a gzip member", "\x1f\x8b\x08\0\0\0\0\0\0\3", 10, IMGA_E_FORMAT, 0},
};

Test(bzip2, only_zeros_and_streams_may_follow)
{
    struct test_env t;
    struct bytes data = {"data", 4, 0};
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(tails); i++) {
        struct bytes stream = {0};
        bzip2_add(&stream, 9, data.p, data.n);
        bytes_add(&stream, tails[i].tail, tails[i].size);
        expect(&t, tails[i].name, stream, tails[i].status, data);
        cr_assert_eq(test_has_note(&t, IMGA_NOTE_TRAILING), tails[i].note, "%s", tails[i].name);
        bytes_free(&stream);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}
