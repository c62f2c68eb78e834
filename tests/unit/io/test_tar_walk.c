/* SPDX-License-Identifier: Apache-2.0 */
/* What the table of rules cannot show: numbers, offsets, limits at N and N + 1, cancelling, broken inputs. */
#include "tar_case.h"

#include "io/tar_header.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

Test(tar_number, octal_and_base_256)
{
    static const struct {
        const char *field;
        size_t n;
        bool ok;
        int64_t value;
    } rows[] = {
        {"0000644\0", 8, true, 0644},
        {"777777777777", 12, true, 0777777777777},
        {"12 \0x   ", 8, false, 0},
        {" 12 \0   ", 8, true, 012},
        {"\0\0\0\0\0\0\0\0", 8, true, 0},
        {"        ", 8, true, 0},
        {"12\0xx\0\0\0", 8, true, 012},
        {"12x\0\0\0\0\0", 8, false, 0},
        {"+1\0\0\0\0\0\0", 8, false, 0},
        {"\x80\0\0\0\0\0\0\x01", 8, true, 1},
        {"\xff\xff\xff\xff\xff\xff\xff\xff", 8, true, -1},
        {"\xff\xff\xff\xff\x80\0\0\0\0\0\0\0", 12, true, INT64_MIN},
        {"\xff\xff\xff\xff\x7f\xff\xff\xff\xff\xff\xff\xff", 12, false, 0},
        {"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12, true, INT64_MAX},
        {"\x80\0\0\0\x80\0\0\0\0\0\0\0", 12, false, 0},
        {"\xbf\xff\xff\xff\xff\xff\xff\xff", 8, true, 0x3fffffffffffffff},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        int64_t value = 0;
        bool ok = ia_tar_number(ia_cursor_from(rows[i].field, rows[i].n), &value);
        cr_expect_eq(ok, rows[i].ok, "row %zu", i);
        if (ok)
            cr_expect_eq(value, rows[i].value, "row %zu: %lld", i, (long long)value);
    }
}

struct walk {
    struct test_env t;
    struct tarball ball;
    struct ia_reader *reader;
    struct ia_tar *tar;
    struct ia_tar_entry entry;
};

static void walk_open(struct walk *w, size_t step)
{
    w->reader = test_chunks(w->ball.p, w->ball.n, step);
    cr_assert_eq(ia_tar_new(&w->t.env, w->reader, &w->tar), IMGA_OK);
}

static void walk_close(struct walk *w)
{
    ia_tar_free(w->tar);
    ia_reader_close(w->reader);
    cr_expect_eq(w->t.live, 0, "leaks");
    test_env_close(&w->t);
    tarball_free(&w->ball);
}

Test(tar, numbers_of_an_entry)
{
    struct walk w = {.tar = NULL};
    test_env_open(&w.t);
    tarball_pax(&w.ball, "gid", "70000");
    tarball_add(&w.ball, &(struct tar_member){.name = "a", .mode = 0104755});
    tarball_add(&w.ball, &(struct tar_member){.name = "b", .mode = 01777, .data = "x", .size = 1});
    tarball_end(&w.ball);
    walk_open(&w, 333);
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), 1);
    cr_expect_eq(w.entry.mode, 04755);
    cr_expect_eq(w.entry.uid, 0);
    cr_expect_eq(w.entry.gid, 70000);
    cr_expect_eq(w.entry.offset, 1024);
    cr_expect_eq(ia_tar_offset(w.tar), 1536);
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), 1);
    cr_expect_eq(w.entry.mode, 01777);
    cr_expect_eq(w.entry.gid, 0);
    cr_expect_eq(w.entry.offset, 1536);
    cr_expect_eq(ia_tar_offset(w.tar), 2048);
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), 0);
    cr_expect_eq(ia_tar_offset(w.tar), w.ball.n);
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), 0, "the end repeats");
    walk_close(&w);
}

Test(tar, data_in_pieces_and_then_the_next_entry)
{
    char big[5000];
    struct walk w = {.tar = NULL};
    struct ia_cursor piece;
    test_env_open(&w.t);
    for (size_t i = 0; i < sizeof(big); i++)
        big[i] = (char)(i % 251);
    tarball_add(&w.ball, &(struct tar_member){.name = "big", .data = big, .size = sizeof(big)});
    tarball_file(&w.ball, "next", "1");
    tarball_end(&w.ball);
    walk_open(&w, 700);
    cr_expect_eq(ia_tar_data(w.tar, &w.t.env, &piece), 0, "no data before the first entry");
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), 1);
    size_t at = 0;
    while (at < 3000 && ia_tar_data(w.tar, &w.t.env, &piece) == 1) {
        cr_assert_leq(piece.n, sizeof(big) - at);
        cr_assert_eq(memcmp(piece.p, big + at, piece.n), 0, "at %zu", at);
        at += piece.n;
    }
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), 1, "the rest is skipped");
    cr_expect(ia_str_is(w.entry.name, "next"));
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), 0);
    cr_expect_eq(ia_tar_data(w.tar, &w.t.env, &piece), 0, "no data after the end");
    walk_close(&w);
}

Test(tar, names_live_until_the_next_entry)
{
    struct walk w = {.tar = NULL};
    struct ia_cursor piece;
    test_env_open(&w.t);
    tarball_add(&w.ball, &(struct tar_member){.name = "name", .data = "0123456789", .size = 10});
    tarball_pax(&w.ball, "linkpath", "target");
    tarball_long_name(&w.ball, "long");
    tarball_link(&w.ball, "short", "no");
    tarball_end(&w.ball);
    walk_open(&w, 1); /* each chunk is freed when the next one comes */
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), 1);
    while (ia_tar_data(w.tar, &w.t.env, &piece) == 1)
        cr_assert_eq(piece.n, 1);
    cr_expect(ia_str_is(w.entry.name, "name"));
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), 1);
    cr_expect(ia_str_is(w.entry.name, "long"));
    cr_expect(ia_str_is(w.entry.link, "target"));
    walk_close(&w);
}

/* The status of a walk over the archive under the limits of t. */
static int status_of(struct test_env *t, const struct tarball *ball)
{
    char text[CASE_TEXT];
    struct ia_reader *reader = test_chunks(ball->p, ball->n, SIZE_MAX);
    test_env_reset(t);
    int status = case_walk(&t->env, reader, WALK_JUMPING, text);
    ia_reader_close(reader);
    return status;
}

Test(tar, extension_headers_at_their_limit)
{
    static const char types[] = "xgLK";
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; types[i]; i++) {
        bool pax = types[i] == 'x' || types[i] == 'g';
        struct tarball ball = {NULL, 0};
        tarball_add(&ball, &(struct tar_member){.name = "x",
                                                .type = types[i],
                                                .size = 20,
                                                .data = pax ? "20 comment=23456789\n" : "0123456789012345678"});
        tarball_file(&ball, "a", "");
        tarball_end(&ball);
        t.limits.tar_header_bytes = 20;
        cr_expect_eq(status_of(&t, &ball), 0, "type %c at the limit", types[i]);
        t.limits.tar_header_bytes = 19;
        cr_expect_eq(status_of(&t, &ball), IMGA_E_LIMIT, "type %c over the limit", types[i]);
        cr_expect(strstr(t.env.error.message, "tar_header_bytes"), "type %c: the limit is named", types[i]);
        tarball_free(&ball);
    }
    test_env_close(&t);
}

Test(tar, sparse_map_at_its_limit)
{
    struct test_env t;
    struct tarball ball;
    static const struct tar_case row = {
        "map",
        "",
        0,
        {{.name = "s", .type = 'S', .patch = {PATCH(257, "ustar  \0"), PATCH(482, "\1")}},
         {.name = "map", .patch = {PATCH(504, "\1")}},
         {.kind = ZERO_BLOCK},
         {.kind = END_MARK}}};
    test_env_open(&t);
    case_build(&ball, &row);
    t.limits.tar_header_bytes = 1024;
    cr_expect_eq(status_of(&t, &ball), 0);
    t.limits.tar_header_bytes = 1023;
    cr_expect_eq(status_of(&t, &ball), IMGA_E_LIMIT);
    tarball_free(&ball);
    test_env_close(&t);
}

Test(tar, many_long_names_for_one_entry)
{
    enum { COUNT = 20000 };
    struct test_env t;
    struct tarball one = {NULL, 0}, ball = {NULL, 0};
    test_env_open(&t);
    tarball_long_name(&one, "x");
    ball.n = COUNT * one.n;
    ball.p = malloc(ball.n);
    for (size_t i = 0; i < COUNT; i++)
        memcpy(ball.p + i * one.n, one.p, one.n);
    tarball_file(&ball, "a", "");
    tarball_end(&ball);
    cr_expect_eq(status_of(&t, &ball), 0);
    t.limits.layer_entries = COUNT;
    cr_expect_eq(status_of(&t, &ball), 0);
    t.limits.layer_entries = COUNT - 1;
    cr_expect_eq(status_of(&t, &ball), IMGA_E_LIMIT);
    tarball_free(&one);
    tarball_free(&ball);
    test_env_close(&t);
}

Test(tar, a_size_over_the_ustar_field_is_not_odd)
{
    struct walk w = {.tar = NULL};
    test_env_open(&w.t);
    tarball_pax(&w.ball, "size", "8589934592");
    tarball_file(&w.ball, "a", "");
    tarball_pax(&w.ball, "size", "8589934591");
    walk_open(&w, 512);
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), 1);
    cr_expect_eq(w.entry.flags, 0);
    cr_expect_eq(w.entry.size, 8589934592);
    walk_close(&w);
}

Test(tar, statuses_of_the_input_pass)
{
    static const int statuses[] = {IMGA_E_DIGEST, IMGA_E_IO, IMGA_E_CHECKSUM};
    struct tarball ball = {NULL, 0};
    char text[CASE_TEXT];
    tarball_file(&ball, "a", "0123456789");
    tarball_end(&ball);
    for (size_t i = 0; i < IA_COUNT(statuses); i++)
        for (size_t n = 0; n <= ball.n; n++) {
            struct test_env t;
            struct ia_reader *reader = test_broken(ball.p, n, statuses[i]);
            test_env_open(&t);
            cr_assert_eq(case_walk(&t.env, reader, n & 1 ? WALK_READING : WALK_JUMPING, text), statuses[i],
                         "cut at %zu", n);
            ia_reader_close(reader);
            test_env_close(&t);
        }
    tarball_free(&ball);
}

Test(tar, every_cut_is_noticed)
{
    struct tarball ball = {NULL, 0};
    struct test_env t;
    test_env_open(&t);
    tarball_pax(&ball, "path", "b");
    tarball_file(&ball, "a", "0123456789");
    size_t whole = ball.n; /* one entry without end mark is an archive */
    tarball_end(&ball);
    for (size_t n = 0; n < ball.n; n++) {
        struct tarball part = {ball.p, n};
        int expected = n == 1024 ? IMGA_E_FORMAT : n >= whole && n % 512 == 0 ? 0 : IMGA_E_TRUNCATED;
        cr_assert_eq(status_of(&t, &part), expected, "cut at %zu", n);
    }
    tarball_free(&ball);
    test_env_close(&t);
}

Test(tar, cancelling)
{
    struct walk w = {.tar = NULL};
    struct ia_cursor piece;
    test_env_open(&w.t);
    tarball_file(&w.ball, "a", "0123456789");
    tarball_end(&w.ball);
    walk_open(&w, 512);
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), 1);
    w.t.cancel.flag = 1;
    cr_assert_eq(ia_tar_data(w.tar, &w.t.env, &piece), IMGA_E_CANCELLED);
    w.t.cancel.flag = 0;
    cr_assert_eq(ia_tar_data(w.tar, &w.t.env, &piece), IMGA_E_CANCELLED, "a failed walk stays failed");
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), IMGA_E_CANCELLED);
    walk_close(&w);
}

Test(tar, cancelling_a_jump)
{
    struct walk w = {.tar = NULL};
    char *big = calloc(1, 2 * IA_CHUNK);
    test_env_open(&w.t);
    tarball_add(&w.ball, &(struct tar_member){.name = "a", .data = big, .size = 2 * IA_CHUNK});
    tarball_end(&w.ball);
    cr_assert_eq(ia_reader_memory(&w.t.env, w.ball.p, w.ball.n, &w.reader), IMGA_OK);
    cr_assert_eq(ia_tar_new(&w.t.env, w.reader, &w.tar), IMGA_OK);
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), 1);
    w.t.cancel.flag = 1;
    cr_assert_eq(ia_tar_next(w.tar, &w.t.env, &w.entry), IMGA_E_CANCELLED);
    walk_close(&w);
    free(big);
}
