/* SPDX-License-Identifier: Apache-2.0 */
/* gzip: every frame field, members, padding, limits, damage; with every inflate engine and every cut of the input. */
#include "io/gzip.h"
#include "stream_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const size_t steps[] = {0, 1, 2, 3, 4, 5, 6, 7, 4096};

#define EACH_ENGINE(e) for (const struct ia_inflate_engine *const *e = ia_inflate_engines; *e; e++)

/* Runs a stream with every engine and cut; all must agree with status and, on success, with the data. */
static void expect(struct test_env *t, const char *name, struct bytes stream, int status, struct bytes data)
{
    EACH_ENGINE(e)
    {
        for (size_t i = 0; i < IA_COUNT(steps); i++) {
            struct outcome o;
            if (stream.n > 20000 && steps[i] > 0 && steps[i] < 4096)
                continue; /* small pieces of long streams take long and show nothing new */
            gunzip(t, *e, stream, steps[i], &o);
            cr_assert_eq(o.status, status, "%s, %s, step %zu: %d %s", name, (*e)->name, steps[i], o.status, o.message);
            if (status == IMGA_OK)
                cr_assert(o.out.n == data.n && memcmp(o.out.p ? o.out.p : "", data.p, data.n) == 0,
                          "%s, %s, step %zu: other data", name, (*e)->name, steps[i]);
            outcome_free(&o);
        }
    }
}

static const struct {
    const char *name;
    struct gzip_case header;
    int status;
} headers[] = {
    {"plain", {0}, IMGA_OK},
    {"stored", {.level = -1}, IMGA_OK},
    {"best", {.level = 9}, IMGA_OK},
    {"text flag", {.flags = 1}, IMGA_OK},
    {"empty extra", {.flags = 4}, IMGA_OK},
    {"extra", {.flags = 4, .extra = 300}, IMGA_OK},
    {"longest extra", {.flags = 4, .extra = 65535}, IMGA_OK},
    {"empty name and comment", {.flags = 8 | 16}, IMGA_OK},
    {"name and comment", {.flags = 8 | 16, .name = 20, .comment = 9}, IMGA_OK},
    {"everything, long", {.flags = 31, .extra = 65535, .name = 1 << 20, .comment = 1 << 20}, IMGA_OK},
    {"header checksum", {.flags = 2}, IMGA_OK},
    {"header checksum over all fields", {.flags = 31, .extra = 5, .name = 5, .comment = 5}, IMGA_OK},
    {"wrong header checksum", {.flags = 2, .header_crc_xor = 1}, IMGA_E_CHECKSUM},
    {"wrong header checksum, high byte", {.flags = 31, .name = 4, .header_crc_xor = 0x8000}, IMGA_E_CHECKSUM},
    {"reserved flag 5", {.flags = 32}, IMGA_E_FORMAT},
    {"reserved flag 6", {.flags = 64}, IMGA_E_FORMAT},
    {"reserved flag 7", {.flags = 128}, IMGA_E_FORMAT},
    {"method 9", {.method_xor = 1}, IMGA_E_FORMAT},
    {"method 0", {.method_xor = 8}, IMGA_E_FORMAT},
    {"wrong CRC", {.crc_xor = 1}, IMGA_E_CHECKSUM},
    {"wrong CRC, high byte", {.crc_xor = 0x80000000}, IMGA_E_CHECKSUM},
    {"wrong size", {.size_xor = 7}, IMGA_E_CHECKSUM},
    {"wrong size, high byte", {.size_xor = 0x80000000}, IMGA_E_CHECKSUM},
};

Test(gzip, reads_every_header_field)
{
    struct test_env t;
    struct bytes data = {0};
    bytes_text(&data, 3000);
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(headers); i++) {
        struct bytes stream = {0};
        gzip_add(&stream, &headers[i].header, data.p, data.n);
        expect(&t, headers[i].name, stream, headers[i].status, data);
        cr_assert_eq(ia_notes_count(&t.notes), 0);
        bytes_free(&stream);
    }
    bytes_free(&data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

/* Sizes around the output buffer and the window, so that every border is met. */
Test(gzip, reads_data_of_every_size)
{
    static const size_t sizes[] = {
        0, 1, 2, 257, 258, 259, 32767, 32768, 32769, IA_CHUNK - 1, IA_CHUNK, IA_CHUNK + 1, 2 * IA_CHUNK, 1500000};
    static const int levels[] = {-1, 1, 6, 9};
    struct test_env t;
    struct bytes data = {0};
    bytes_text(&data, 1500000);
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(sizes); i++) {
        for (size_t l = 0; l < IA_COUNT(levels); l++) {
            struct bytes stream = {0}, part = {data.p, sizes[i], 0};
            gzip_add(&stream, &(struct gzip_case){.level = levels[l]}, part.p, part.n);
            expect(&t, "size", stream, IMGA_OK, part);
            bytes_free(&stream);
        }
    }
    bytes_free(&data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(gzip, reads_members_one_after_the_other)
{
    static const struct gzip_case plain = {0}, named = {.flags = 8 | 2, .name = 3}, broken = {.crc_xor = 1};
    struct test_env t;
    struct bytes data = {0}, stream = {0};
    bytes_text(&data, 400000);
    test_env_open(&t);
    for (size_t at = 0; at < data.n; at += 40000)
        gzip_add(&stream, at % 80000 ? &plain : &named, data.p + at, 40000);
    expect(&t, "ten members", stream, IMGA_OK, data);
    gzip_add(&stream, &plain, NULL, 0);
    expect(&t, "an empty member at the end", stream, IMGA_OK, data);
    gzip_add(&stream, &broken, "", 0);
    expect(&t, "a broken empty member", stream, IMGA_E_CHECKSUM, data);
    bytes_free(&stream);
    bytes_free(&data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(gzip, many_empty_members_need_no_stack)
{
    struct test_env t;
    struct bytes one = {0}, stream = {0}, data = {"x", 1, 0};
    gzip_add(&one, &(struct gzip_case){0}, "", 0);
    for (int i = 0; i < 100000; i++)
        bytes_add(&stream, one.p, one.n);
    gzip_add(&stream, &(struct gzip_case){0}, "x", 1);
    test_env_open(&t);
    expect(&t, "100000 empty members", stream, IMGA_OK, data);
    t.limits.gzip_members = 100001;
    expect(&t, "as many as the limit", stream, IMGA_OK, data);
    t.limits.gzip_members = 100000;
    expect(&t, "one more than the limit", stream, IMGA_E_LIMIT, data);
    cr_assert_not_null(strstr(t.env.error.message, "gzip_members"));
    t.limits.gzip_members = 0;
    expect(&t, "no members allowed", stream, IMGA_E_LIMIT, data);
    bytes_free(&one);
    bytes_free(&stream);
    test_env_close(&t);
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
    {"a member after zeros", "\0\x1f\x8b\x08", 4, IMGA_E_FORMAT, 0},
    {"half a magic number", "\x1f", 1, IMGA_E_TRUNCATED, 0},
    {"a magic number", "\x1f\x8b", 2, IMGA_E_TRUNCATED, 0},
    {"nearly a magic number", "\x1f\x8a", 2, IMGA_E_FORMAT, 0},
    {"a cut header", "\x1f\x8b\x08\0\0\0\0\0\0", 9, IMGA_E_TRUNCATED, 0},
    {"a zstd frame", "\x28\xb5\x2f\xfd\x04\x00\x01\x00\x00", 9, IMGA_E_FORMAT, 0},
};

Test(gzip, only_zeros_may_follow)
{
    struct test_env t;
    struct bytes data = {"data", 4, 0};
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(tails); i++) {
        struct bytes stream = {0};
        gzip_add(&stream, &(struct gzip_case){0}, data.p, data.n);
        bytes_add(&stream, tails[i].tail, tails[i].size);
        expect(&t, tails[i].name, stream, tails[i].status, data);
        cr_assert_eq(test_has_note(&t, IMGA_NOTE_TRAILING), tails[i].note, "%s", tails[i].name);
        bytes_free(&stream);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(gzip, a_cut_anywhere_is_truncation)
{
    struct test_env t;
    struct bytes data = {0}, stream = {0};
    bytes_text(&data, 2000);
    gzip_add(&stream, &(struct gzip_case){.flags = 31, .extra = 3, .name = 3, .comment = 3}, data.p, data.n);
    test_env_open(&t);
    for (size_t n = 1; n < stream.n; n++) {
        EACH_ENGINE(e)
        {
            struct outcome o;
            struct bytes part = {stream.p, n, 0};
            gunzip(&t, *e, part, n % 8, &o);
            expect_cut(&o, (*e)->name, n, stream.n);
        }
    }
    bytes_free(&data);
    bytes_free(&stream);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

static void check_flip(struct test_env *t, struct bytes stream, struct bytes data, size_t step, size_t at)
{
    int succeeded = -1;
    EACH_ENGINE(e)
    {
        struct outcome o;
        gunzip(t, *e, stream, step, &o);
        if (o.status == IMGA_OK)
            cr_assert(o.out.n == data.n && memcmp(o.out.p, data.p, data.n) == 0, "%s: bit %zu changed the data",
                      (*e)->name, at);
        cr_assert(succeeded < 0 || succeeded == (o.status == IMGA_OK), "engines differ at bit %zu", at);
        succeeded = o.status == IMGA_OK;
        outcome_free(&o);
    }
}

Test(gzip, no_flipped_bit_gives_other_data)
{
    static const struct gzip_case cases[] = {{0}, {.level = -1}, {.flags = 31, .extra = 3, .name = 3, .comment = 3}};
    struct test_env t;
    struct bytes data = {0};
    bytes_text(&data, 500);
    test_env_open(&t);
    for (size_t c = 0; c < IA_COUNT(cases); c++) {
        struct bytes stream = {0};
        gzip_add(&stream, &cases[c], data.p, 250);
        gzip_add(&stream, &cases[c], data.p + 250, 250);
        for (size_t bit = 0; bit < 8 * stream.n; bit++) {
            stream.p[bit / 8] ^= (char)(1 << bit % 8);
            check_flip(&t, stream, data, bit % 9, bit);
            stream.p[bit / 8] ^= (char)(1 << bit % 8);
        }
        bytes_free(&stream);
    }
    bytes_free(&data);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

/* The smallest ratio that lets a stream pass; both engines and every cut must find the same. */
static uint64_t smallest_ratio(struct test_env *t, const struct ia_inflate_engine *engine, struct bytes s, size_t step)
{
    uint64_t low = 0, high = 1100;
    while (low < high) {
        struct outcome o;
        t->limits.gzip_ratio = (low + high) / 2;
        gunzip(t, engine, s, step, &o);
        cr_assert(o.status == IMGA_OK || o.status == IMGA_E_LIMIT, "%s", o.message);
        cr_assert(o.status == IMGA_OK || strstr(o.message, "gzip_ratio"));
        if (o.status == IMGA_OK)
            high = t->limits.gzip_ratio;
        else
            low = t->limits.gzip_ratio + 1;
        outcome_free(&o);
    }
    t->limits.gzip_ratio = 1100;
    return low;
}

Test(gzip, the_ratio_counts_after_the_first_mebibyte)
{
    struct test_env t;
    struct bytes zeros = {0}, stream = {0};
    bytes_fill(&zeros, '\0', 4 << 20);
    gzip_add(&stream, &(struct gzip_case){.level = 9}, zeros.p, zeros.n);
    test_env_open(&t);
    uint64_t ratio = smallest_ratio(&t, &ia_inflate_zlib, stream, 0);
    cr_assert(ratio > 600 && ratio < 1100, "%d", (int)ratio);
    EACH_ENGINE(e)
    {
        cr_assert_eq(smallest_ratio(&t, *e, stream, 0), ratio, "%s", (*e)->name);
        cr_assert_eq(smallest_ratio(&t, *e, stream, 7), ratio, "%s in pieces", (*e)->name);
    }
    expect(&t, "default limit", stream, IMGA_OK, zeros);
    stream.n = 0;
    zeros.n = 1 << 20;
    t.limits.gzip_ratio = 0;
    gzip_add(&stream, &(struct gzip_case){.level = 9}, zeros.p, zeros.n);
    expect(&t, "one MiB at ratio 0", stream, IMGA_OK, zeros);
    stream.n = 0;
    zeros.n++;
    gzip_add(&stream, &(struct gzip_case){.level = 9}, zeros.p, zeros.n);
    expect(&t, "a byte more at ratio 0", stream, IMGA_E_LIMIT, zeros);
    t.limits.gzip_ratio = UINT64_MAX;
    expect(&t, "the greatest ratio", stream, IMGA_OK, zeros);
    bytes_free(&zeros);
    bytes_free(&stream);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

/* Deflate data by hand: malformed in ways that a decoder must see. Each has the right trailer for no data. */
static const struct {
    const char *name, *data;
    size_t size;
} malformed[] = {
    {"block type 3", "\x07", 1},
    {"stored block with a wrong complement", "\x01\x01\x00\x00\x00x", 6},
    {"distance before the start", "\x03\x02\x00", 3},
    {"a dynamic block with too many codes", "\xfd\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16},
    {"a dynamic block without codes", "\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 16},
};

Test(gzip, refuses_malformed_deflate_data)
{
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(malformed); i++) {
        struct bytes stream = {0};
        bytes_add(&stream, "\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
        bytes_add(&stream, malformed[i].data, malformed[i].size);
        bytes_fill(&stream, '\0', 400);
        expect(&t, malformed[i].name, stream, IMGA_E_FORMAT, (struct bytes){0});
        bytes_free(&stream);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(gzip, every_failed_allocation_is_reported)
{
    struct bytes data = {0}, stream = {0};
    bytes_text(&data, 100000);
    gzip_add(&stream, &(struct gzip_case){0}, data.p, data.n);
    bytes_fill(&stream, '\0', 5); /* the note needs memory too */
    EACH_ENGINE(e)
    {
        for (size_t n = 1, done = 0; !done; n++) {
            struct test_env t;
            struct outcome o;
            test_env_open(&t);
            t.fail_at = n;
            gunzip(&t, *e, stream, 1000, &o);
            done = n > t.count;
            cr_assert_eq(o.status, done ? IMGA_OK : IMGA_E_NOMEM, "%s, allocation %zu", (*e)->name, n);
            cr_assert(n < 100);
            outcome_free(&o);
            test_env_close(&t);
            cr_assert_eq(t.live, 0);
        }
    }
    bytes_free(&data);
    bytes_free(&stream);
}

/* A decoder that stops moving, or gives back more than there is room for, is a defect that must not hang or overflow.
 */
static enum ia_inflate_result stuck(void *state, struct ia_inflate_step *step)
{
    (void)state;
    step->produced = 0;
    return IA_INFLATE_MORE;
}

Test(gzip, a_decoder_that_does_not_move_is_a_defect)
{
    struct test_env t;
    struct bytes stream = {0};
    struct outcome o;
    struct ia_inflate_engine engine = ia_inflate_zlib;
    engine.inflate = stuck;
    gzip_add(&stream, &(struct gzip_case){0}, "data", 4);
    test_env_open(&t);
    gunzip(&t, &engine, stream, 3, &o);
    cr_assert_eq(o.status, IMGA_E_INTERNAL);
    outcome_free(&o);
    bytes_free(&stream);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}
