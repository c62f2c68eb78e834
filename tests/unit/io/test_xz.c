/* SPDX-License-Identifier: Apache-2.0 */
/* xz: streams, blocks, padding, dictionaries, every field of the frame damaged; with every cut of the input. */
#include "stream_case.h"

#include <criterion/criterion.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>

static const size_t steps[] = {0, 1, 2, 3, 4, 5, 6, 7, 4096};
static const int checks[] = {LZMA_CHECK_NONE, LZMA_CHECK_CRC32, LZMA_CHECK_CRC64, LZMA_CHECK_SHA256};

static void expect(struct test_env *t, const char *name, struct bytes stream, int status, struct bytes data)
{
    for (size_t i = 0; i < IA_COUNT(steps); i++) {
        struct outcome o;
        if (stream.n > 20000 && steps[i] > 0 && steps[i] < 4096)
            continue;
        decompress(t, stream, steps[i], &o);
        cr_assert_eq(o.status, status, "%s, step %zu: %d %s", name, steps[i], o.status, o.message);
        cr_assert_eq(o.kind, IA_COMPRESSION_XZ, "%s", name);
        cr_assert_eq(ia_notes_count(&t->notes), 0, "%s", name);
        if (status == IMGA_OK)
            cr_assert(o.out.n == data.n && memcmp(o.out.p ? o.out.p : "", data.p ? data.p : "", data.n) == 0,
                      "%s, step %zu: other data", name, steps[i]);
        outcome_free(&o);
    }
}

Test(xz, reads_data_of_every_size)
{
    static const size_t sizes[] = {0, 1, 3, 255, 65535, 65537, IA_CHUNK - 1, IA_CHUNK, IA_CHUNK + 1, 1500000};
    struct test_env t;
    struct bytes data = {0};
    bytes_text(&data, 1500000);
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(sizes); i++) {
        for (int sizes_told = 0; sizes_told < 2; sizes_told++) {
            struct bytes stream = {0}, part = {data.p, sizes[i], 0};
            xz_add(&stream, &(struct xz_case){.check = 4, .sizes = sizes_told}, part.p, part.n);
            expect(&t, "size", stream, IMGA_OK, part);
            bytes_free(&stream);
        }
    }
    bytes_free(&data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(xz, reads_every_check_blocks_and_filters)
{
    struct test_env t;
    struct bytes data = {0};
    bytes_text(&data, 300000);
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(checks); i++) {
        const struct xz_case rows[] = {
            {.check = checks[i]},
            {.check = checks[i], .block = 1000, .dict = 4096},
            {.check = checks[i], .block = IA_CHUNK},
            {.check = checks[i], .filters = true, .block = 77777},
            {.check = checks[i], .filters = true, .sizes = true},
        };
        for (size_t j = 0; j < IA_COUNT(rows); j++) {
            struct bytes stream = {0};
            xz_add(&stream, &rows[j], data.p, data.n);
            expect(&t, "check and blocks", stream, IMGA_OK, data);
            bytes_free(&stream);
        }
    }
    bytes_free(&data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(xz, reads_streams_one_after_the_other_and_counts_them)
{
    struct test_env t;
    struct bytes data = {0}, stream = {0};
    bytes_text(&data, 6000);
    test_env_open(&t);
    for (size_t at = 0; at < data.n; at += 2000) { /* a stream with two blocks, padding, a stream without any */
        xz_add(&stream, &(struct xz_case){.check = checks[at / 2000], .block = 1000}, data.p + at, 2000);
        bytes_fill(&stream, '\0', at / 250);
        xz_add(&stream, &(struct xz_case){0}, "", 0);
    }
    expect(&t, "everything", stream, IMGA_OK, data);
    t.limits.gzip_members = 12;
    expect(&t, "as many streams and blocks as the limit", stream, IMGA_OK, data);
    t.limits.gzip_members = 11;
    expect(&t, "one stream more than the limit", stream, IMGA_E_LIMIT, data);
    cr_assert_not_null(strstr(t.env.error.message, "gzip_members"));
    t.limits.gzip_members = 10;
    expect(&t, "a block more than the limit", stream, IMGA_E_LIMIT, data);
    t.limits.gzip_members = 0;
    expect(&t, "nothing allowed", stream, IMGA_E_LIMIT, data);
    bytes_free(&stream);
    bytes_free(&data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

/*
 * A stream by hand: header (12 bytes), block header (12), LZMA2 data (7) and padding (1), CRC-32 (4), index (8), footer
 * (12). The four checksums of the frame are filled in.
 */
enum { AT_BLOCK = 12, AT_DATA = 24, AT_CHECK = 32, AT_INDEX = 36, AT_FOOTER = 44, ABC_SIZE = 56 };

static const char abc[ABC_SIZE + 1] = "\xfd"
                                      "7zXZ\0"
                                      "\0\1"
                                      "...."
                                      "\2\0\x21\1\x08\0\0\0"
                                      "...."
                                      "\1\0\2"
                                      "abc\0"
                                      "\0"
                                      "...."
                                      "\0\1\x17\3"
                                      "...."
                                      "...."
                                      "\1\0\0\0"
                                      "\0\1"
                                      "YZ";

static void put_crc(char *bytes, size_t from, size_t size, size_t to)
{
    ia_store_u32le((uint8_t *)bytes + to, lzma_crc32((const uint8_t *)bytes + from, size, 0));
}

static void make_abc(char stream[ABC_SIZE])
{
    memcpy(stream, abc, ABC_SIZE);
    put_crc(stream, AT_DATA + 3, 3, AT_CHECK);
}

static void put_checksums(char stream[ABC_SIZE])
{
    put_crc(stream, 6, 2, 8);
    put_crc(stream, AT_BLOCK, 8, AT_BLOCK + 8);
    put_crc(stream, AT_INDEX, 4, AT_INDEX + 4);
    put_crc(stream, AT_FOOTER + 4, 6, AT_FOOTER);
}

enum { KEPT, RIGHT }; /* the checksums of the frame: as without the change, or for it */

static const struct {
    const char *name;
    size_t at;
    int value; /* of the byte there */
    int checksums;
    int status;
} fields[] = {
    {"as it is", 0, 0xfd, RIGHT, IMGA_OK},
    {"reserved stream flag", 6, 1, RIGHT, IMGA_E_UNSUPPORTED},
    {"reserved bit of the check", 7, 0x11, RIGHT, IMGA_E_UNSUPPORTED},
    {"a check that is not defined", 7, 2, RIGHT, IMGA_E_UNSUPPORTED},
    {"stream header changed", 7, 4, KEPT, IMGA_E_CHECKSUM},
    {"block header changed", AT_BLOCK + 4, 9, KEPT, IMGA_E_CHECKSUM},
    {"block header longer", AT_BLOCK, 3, KEPT, IMGA_E_CHECKSUM},
    {"block header longer than the stream", AT_BLOCK, 255, KEPT, IMGA_E_TRUNCATED},
    {"reserved block flag", AT_BLOCK + 1, 4, RIGHT, IMGA_E_UNSUPPORTED},
    {"a second filter that is none", AT_BLOCK + 1, 1, RIGHT, IMGA_E_UNSUPPORTED},
    {"an unknown filter", AT_BLOCK + 2, 0x22, RIGHT, IMGA_E_UNSUPPORTED},
    {"delta alone", AT_BLOCK + 2, 3, RIGHT, IMGA_E_UNSUPPORTED},
    {"LZMA2 with two bytes of properties", AT_BLOCK + 3, 2, RIGHT, IMGA_E_UNSUPPORTED},
    {"dictionary of 128 MiB", AT_BLOCK + 4, 30, RIGHT, IMGA_OK},
    {"dictionary of 192 MiB", AT_BLOCK + 4, 31, RIGHT, IMGA_E_LIMIT},
    {"dictionary of 4 GiB", AT_BLOCK + 4, 40, RIGHT, IMGA_E_LIMIT},
    {"impossible dictionary", AT_BLOCK + 4, 41, RIGHT, IMGA_E_UNSUPPORTED},
    {"padding of the block header", AT_BLOCK + 7, 1, RIGHT, IMGA_E_UNSUPPORTED},
    {"reserved LZMA2 chunk", AT_DATA, 3, RIGHT, IMGA_E_FORMAT},
    {"a dictionary that is not reset", AT_DATA, 2, RIGHT, IMGA_E_FORMAT},
    {"one byte of data more", AT_DATA + 2, 3, RIGHT, IMGA_E_CHECKSUM},
    {"other data", AT_DATA + 3, 'x', RIGHT, IMGA_E_CHECKSUM},
    {"no end of the data", AT_DATA + 6, 1, RIGHT, IMGA_E_TRUNCATED},
    {"padding of the block", AT_DATA + 7, 1, RIGHT, IMGA_E_FORMAT},
    {"other check, first byte", AT_CHECK, 0x11, RIGHT, IMGA_E_CHECKSUM},
    {"other check, last byte", AT_CHECK + 3, 0x11, RIGHT, IMGA_E_CHECKSUM},
    {"no records in the index", AT_INDEX + 1, 0, RIGHT, IMGA_E_FORMAT},
    {"a record too many in the index", AT_INDEX + 1, 2, RIGHT, IMGA_E_FORMAT},
    {"other size of the block in the index", AT_INDEX + 2, 0x18, RIGHT, IMGA_E_FORMAT},
    {"other size of the data in the index", AT_INDEX + 3, 4, RIGHT, IMGA_E_FORMAT},
    {"other checksum of the index", AT_INDEX + 4, 0x11, KEPT, IMGA_E_FORMAT},
    {"other checksum of the footer", AT_FOOTER, 0x11, KEPT, IMGA_E_CHECKSUM},
    {"other size of the index in the footer", AT_FOOTER + 4, 2, RIGHT, IMGA_E_FORMAT},
    {"reserved flag in the footer", AT_FOOTER + 8, 1, RIGHT, IMGA_E_UNSUPPORTED},
    {"other check in the footer", AT_FOOTER + 9, 4, RIGHT, IMGA_E_FORMAT},
    {"other magic of the footer", AT_FOOTER + 10, 'y', RIGHT, IMGA_E_FORMAT},
};

Test(xz, judges_every_field_of_the_frame)
{
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(fields); i++) {
        char stream[ABC_SIZE];
        make_abc(stream);
        put_checksums(stream);
        stream[fields[i].at] = (char)fields[i].value;
        if (fields[i].checksums == RIGHT)
            put_checksums(stream);
        expect(&t, fields[i].name, (struct bytes){stream, ABC_SIZE, 0}, fields[i].status, (struct bytes){"abc", 3, 0});
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(xz, the_dictionary_has_a_limit)
{
    /* 4 KiB, 6 KiB, 1 MiB, 128 MiB. */
    static const struct {
        char value;
        uint64_t size;
    } rows[] = {{0, 4096}, {1, 6144}, {16, 1 << 20}, {30, 128 << 20}};
    struct test_env t;
    struct bytes data = {"abc", 3, 0};
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        char bytes[ABC_SIZE];
        struct bytes stream = {bytes, ABC_SIZE, 0};
        make_abc(bytes);
        bytes[AT_BLOCK + 4] = rows[i].value;
        put_checksums(bytes);
        t.limits.zstd_window = rows[i].size;
        expect(&t, "as large as the limit", stream, IMGA_OK, data);
        t.limits.zstd_window = rows[i].size - 1;
        expect(&t, "one more than the limit", stream, IMGA_E_LIMIT, data);
        cr_assert_not_null(strstr(t.env.error.message, "zstd_window"));
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

static const struct {
    const char *name, *tail;
    size_t size;
    int status;
} tails[] = {
    {"one zero byte", "\0", 1, IMGA_E_FORMAT},
    {"two", "\0\0", 2, IMGA_E_FORMAT},
    {"three", "\0\0\0", 3, IMGA_E_FORMAT},
    {"four are padding", "\0\0\0\0", 4, IMGA_OK},
    {"five", "\0\0\0\0\0", 5, IMGA_E_FORMAT},
    {"sixteen", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, IMGA_OK},
    {"garbage", "GARBAGE", 7, IMGA_E_FORMAT},
    {"one byte", "x", 1, IMGA_E_FORMAT},
    {"garbage after padding", "\0\0\0\0x", 5, IMGA_E_FORMAT},
    {"half a magic number",
     "\xfd"
     "7z",
     3, IMGA_E_TRUNCATED},
    {"a magic number after padding",
     "\0\0\0\0\xfd"
     "7zXZ\0",
     10, IMGA_E_TRUNCATED},
    {"a magic number after three zeros",
     "\0\0\0\xfd"
     "7zXZ\0",
     9, IMGA_E_FORMAT},
    {"nearly a magic number",
     "\xfd"
     "7zXZx",
     6, IMGA_E_FORMAT},
    {"a gzip member", "\x1f\x8b\x08\0\0\0\0\0\0\3", 10, IMGA_E_FORMAT},
    {"the footer once more", "\0\1YZ", 4, IMGA_E_FORMAT},
};

Test(xz, only_padding_and_streams_may_follow)
{
    struct test_env t;
    char bytes[ABC_SIZE];
    test_env_open(&t);
    make_abc(bytes);
    put_checksums(bytes);
    for (size_t i = 0; i < IA_COUNT(tails); i++) {
        struct bytes stream = {0};
        bytes_add(&stream, bytes, ABC_SIZE);
        bytes_add(&stream, tails[i].tail, tails[i].size);
        expect(&t, tails[i].name, stream, tails[i].status, (struct bytes){"abc", 3, 0});
        bytes_free(&stream);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

/* A dictionary that liblzma must really use: data whose matches reach back over 8 MiB. */
Test(xz, a_large_dictionary_is_used)
{
    struct test_env t;
    struct bytes data = {0}, stream = {0};
    bytes_text(&data, 1 << 20);
    bytes_fill(&data, 'z', 9 << 20);
    bytes_text(&data, 1 << 20);
    xz_add(&stream, &(struct xz_case){.check = 1, .dict = 16 << 20}, data.p, data.n);
    test_env_open(&t);
    expect(&t, "16 MiB dictionary", stream, IMGA_OK, data);
    t.limits.zstd_window = 8 << 20;
    expect(&t, "8 MiB allowed", stream, IMGA_E_LIMIT, data);
    bytes_free(&data);
    bytes_free(&stream);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}
