/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: order, reproducibility, feeds that are given up, limits, misuse, memory. */
#include "db_case.h"

#include "db/layout.h"
#include "db/sort.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void open_case(struct test_env *t, struct ia_buf *buf)
{
    test_env_open(t);
    test_env_crypto(t);
    ia_buf_init(buf, &ia_alloc_libc, SIZE_MAX);
}

static void close_case(struct test_env *t, struct ia_buf *buf)
{
    ia_buf_free(buf);
    test_env_close(t);
    cr_expect_eq(t->live, 0, "%zu allocations are left", t->live);
}

static bool same(const struct ia_buf *a, const struct ia_buf *b)
{
    return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

Test(write_db, same_feeds_same_bytes)
{
    struct test_env t;
    struct ia_buf one, two;
    open_case(&t, &one);
    ia_buf_init(&two, &ia_alloc_libc, SIZE_MAX);
    cr_assert_eq(db_case_sample(&t, &one), IMGA_OK, "%s", t.env.error.message);
    t.env.seed[0] = 77; /* another order of the hash maps */
    cr_assert_eq(db_case_sample(&t, &two), IMGA_OK);
    cr_expect(same(&one, &two));
    ia_buf_free(&two);
    close_case(&t, &one);
}

/* The order of the records inside a feed does not show, except among records alike in place. */
Test(write_db, order_of_records_does_not_show)
{
    static const size_t orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}};
    struct test_env t;
    struct ia_buf first, next;
    open_case(&t, &first);
    ia_buf_init(&next, &ia_alloc_libc, SIZE_MAX);
    for (size_t i = 0; i < IA_COUNT(orders); i++) {
        struct ia_db_writer *writer;
        struct db_case_record records[4];
        for (size_t j = 0; j < 4; j++)
            records[j] = db_case_debian[orders[i][j]];
        cr_assert_eq(ia_db_writer_new(&t.env, &writer), IMGA_OK);
        cr_assert_eq(db_case_feed(&t, writer, "f", records, 4), IMGA_OK);
        ia_buf_clear(&next);
        cr_assert_eq(db_case_finish(&t, writer, i == 0 ? &first : &next), IMGA_OK);
        ia_db_writer_free(writer);
        cr_expect(i == 0 || same(&first, &next), "order %zu", i);
    }
    ia_buf_free(&next);
    close_case(&t, &first);
}

/* A feed is given up in the middle, in front of, between and behind others. */
Test(write_db, a_feed_given_up_was_never_there)
{
    for (int where = 0; where < 3; where++) {
        struct test_env t;
        struct ia_buf expected, buf;
        struct ia_db_writer *writer;
        open_case(&t, &expected);
        ia_buf_init(&buf, &ia_alloc_libc, SIZE_MAX);
        cr_assert_eq(db_case_sample(&t, &expected), IMGA_OK);
        cr_assert_eq(ia_db_writer_new(&t.env, &writer), IMGA_OK);
        for (int i = 0; i < 3; i++) {
            if (i == where) {
                const struct db_case_record lost = {{"debian", "lost", "", "gone", "CVE-9"}, 0, IA_ADVISORY_AFFECTED};
                cr_assert_eq(ia_db_writer_begin_feed(writer, &t.env), IMGA_OK);
                cr_assert_eq(db_case_add(&t, writer, &lost), IMGA_OK);
                cr_assert_eq(db_case_add(&t, writer, &db_case_debian[0]), IMGA_OK);
                cr_assert_eq(db_case_cover(&t, writer, "debian", "bookworm"), IMGA_OK);
                cr_assert_eq(ia_db_writer_end_feed(writer, &t.env, NULL), IMGA_OK);
            }
            if (i == 0)
                cr_assert_eq(db_case_feed(&t, writer, "debian", db_case_debian, IA_COUNT(db_case_debian)), IMGA_OK);
            if (i == 1)
                cr_assert_eq(db_case_feed(&t, writer, "alpine", db_case_alpine, IA_COUNT(db_case_alpine)), IMGA_OK);
        }
        cr_assert_eq(db_case_finish(&t, writer, &buf), IMGA_OK);
        cr_expect(same(&expected, &buf), "given up before feed %d", where);
        ia_db_writer_free(writer);
        ia_buf_free(&buf);
        close_case(&t, &expected);
    }
}

Test(write_db, limit_of_records)
{
    for (uint64_t limit = 0; limit < 8; limit++) {
        struct test_env t;
        struct ia_buf buf;
        struct ia_db_writer *writer;
        open_case(&t, &buf);
        t.limits.db_records = limit;
        cr_assert_eq(ia_db_writer_new(&t.env, &writer), IMGA_OK);
        int status = db_case_feed(&t, writer, "f", db_case_debian, IA_COUNT(db_case_debian));
        cr_expect_eq(status, limit < IA_COUNT(db_case_debian) ? IMGA_E_LIMIT : IMGA_OK, "limit %d", (int)limit);
        cr_expect(status == IMGA_OK || strstr(t.env.error.message, "db_records"), "%s", t.env.error.message);
        ia_db_writer_free(writer);
        close_case(&t, &buf);
    }
}

Test(write_db, limit_counts_coverage)
{
    struct test_env t;
    struct ia_buf buf;
    struct ia_db_writer *writer;
    open_case(&t, &buf);
    t.limits.db_records = 2;
    cr_assert_eq(ia_db_writer_new(&t.env, &writer), IMGA_OK);
    cr_assert_eq(ia_db_writer_begin_feed(writer, &t.env), IMGA_OK);
    cr_expect_eq(db_case_cover(&t, writer, "debian", "a"), IMGA_OK);
    cr_expect_eq(db_case_cover(&t, writer, "debian", "b"), IMGA_OK);
    cr_expect_eq(db_case_cover(&t, writer, "debian", "a"), IMGA_OK, "known already");
    cr_expect_eq(db_case_cover(&t, writer, "debian", "c"), IMGA_E_LIMIT);
    ia_db_writer_free(writer);
    close_case(&t, &buf);
}

Test(write_db, records_that_are_refused)
{
    static const struct {
        const char *name;
        struct db_case_record record;
    } rows[] = {
        {"no distribution", {{"", "r", "", "p", "i"}, 0, IA_ADVISORY_AFFECTED}},
        {"no release", {{"d", "", "", "p", "i"}, 0, IA_ADVISORY_AFFECTED}},
        {"no package", {{"d", "r", "", "", "i"}, 0, IA_ADVISORY_AFFECTED}},
        {"no identifier", {{"d", "r", "", "p", ""}, 0, IA_ADVISORY_AFFECTED}},
        {"no status", {{"d", "r", "", "p", "i"}, 0, 0}},
        {"another status", {{"d", "r", "", "p", "i"}, 0, 5}},
        {"another severity", {{"d", "r", "", "p", "i"}, 6, IA_ADVISORY_AFFECTED}},
        {"a negative severity", {{"d", "r", "", "p", "i"}, -1, IA_ADVISORY_AFFECTED}},
        {"not UTF-8", {{"d", "r", "", "p", "i\xff"}, 0, IA_ADVISORY_AFFECTED}},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct test_env t;
        struct ia_buf buf;
        struct ia_db_writer *writer;
        open_case(&t, &buf);
        cr_assert_eq(ia_db_writer_new(&t.env, &writer), IMGA_OK);
        cr_assert_eq(ia_db_writer_begin_feed(writer, &t.env), IMGA_OK);
        cr_expect_eq(db_case_add(&t, writer, &rows[i].record), IMGA_E_INVALID, "%s", rows[i].name);
        ia_db_writer_free(writer);
        close_case(&t, &buf);
    }
}

Test(write_db, misuse_is_refused)
{
    struct test_env t;
    struct ia_buf buf;
    struct ia_db_writer *writer;
    open_case(&t, &buf);
    cr_assert_eq(ia_db_writer_new(&t.env, &writer), IMGA_OK);
    cr_expect_eq(db_case_add(&t, writer, &db_case_debian[0]), IMGA_E_INVALID, "outside of a feed");
    cr_expect_eq(db_case_cover(&t, writer, "d", "r"), IMGA_E_INVALID, "outside of a feed");
    cr_expect_eq(ia_db_writer_end_feed(writer, &t.env, NULL), IMGA_E_INVALID, "no feed");
    test_env_reset(&t);
    cr_expect_eq(ia_db_writer_begin_feed(writer, &t.env), IMGA_OK);
    cr_expect_eq(db_case_cover(&t, writer, "", "r"), IMGA_E_INVALID, "no distribution");
    cr_expect_eq(ia_db_writer_begin_feed(writer, &t.env), IMGA_E_INVALID, "a second feed");
    cr_expect_eq(db_case_finish(&t, writer, &buf), IMGA_E_INVALID, "in a feed");
    test_env_reset(&t);
    cr_expect_eq(ia_db_writer_end_feed(writer, &t.env, NULL), IMGA_OK);
    cr_expect_eq(db_case_finish(&t, writer, &buf), IMGA_OK);
    cr_expect_eq(db_case_finish(&t, writer, &buf), IMGA_E_INVALID, "twice");
    cr_expect_eq(ia_db_writer_begin_feed(writer, &t.env), IMGA_E_INVALID, "after the end");
    ia_db_writer_free(writer);
    ia_db_writer_free(NULL);
    close_case(&t, &buf);
}

static int refuse(void *user, const void *data, size_t size)
{
    (void)user;
    (void)data;
    (void)size;
    return 1;
}

Test(write_db, output_and_cancel_go_up)
{
    for (int cancel = 0; cancel < 2; cancel++) {
        struct test_env t;
        struct ia_buf buf;
        struct ia_db_writer *writer;
        const struct ia_writer out = {refuse, NULL};
        open_case(&t, &buf);
        cr_assert_eq(ia_db_writer_new(&t.env, &writer), IMGA_OK);
        cr_assert_eq(db_case_feed(&t, writer, "f", db_case_debian, 2), IMGA_OK);
        atomic_store(&t.cancel.flag, cancel);
        cr_expect_eq(ia_db_writer_finish(writer, &t.env, &out), cancel ? IMGA_E_CANCELLED : IMGA_E_IO);
        ia_db_writer_free(writer);
        close_case(&t, &buf);
    }
}

Test(write_db, every_failing_allocation)
{
    struct test_env t;
    struct ia_buf buf, expected;
    int status = IMGA_E_NOMEM;
    open_case(&t, &expected);
    cr_assert_eq(db_case_sample(&t, &expected), IMGA_OK);
    test_env_close(&t);
    for (size_t n = 1; status != IMGA_OK && n < 1000; n++) {
        open_case(&t, &buf);
        t.fail_at = n;
        t.fail_on = n % 2 == 0;
        status = db_case_sample(&t, &buf);
        cr_expect(status == IMGA_OK || status == IMGA_E_NOMEM, "allocation %zu: %d", n, status);
        cr_expect(status != IMGA_OK || same(&expected, &buf), "allocation %zu", n);
        close_case(&t, &buf);
    }
    cr_expect_eq(status, IMGA_OK, "the sweep ends");
    ia_buf_free(&expected);
}

static int by_value(const void *rows, uint32_t a, uint32_t b)
{
    const uint8_t *values = rows;
    return values[a] < values[b] ? -1 : values[a] > values[b];
}

/* Against insertion one by one, for many lengths: in order, and equal ones as they came. */
Test(write_db, sort_is_stable)
{
    struct test_env t;
    uint8_t values[600];
    uint32_t x = 1, *sorted;
    test_env_open(&t);
    for (size_t i = 0; i < sizeof(values); i++) {
        x = x * 1664525 + 1013904223;
        values[i] = (uint8_t)(x >> 24) % 50;
    }
    for (size_t n = 0; n < sizeof(values); n++) {
        cr_assert_eq(ia_db_sort(&t.env, n, (struct ia_db_order){by_value, values}, &sorted), IMGA_OK);
        uint64_t sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += sorted[i];
        cr_expect_eq(sum, n ? (uint64_t)n * (n - 1) / 2 : 0, "%zu: every index once", n);
        for (size_t i = 1; i < n; i++) {
            uint8_t a = values[sorted[i - 1]], b = values[sorted[i]];
            cr_assert(a < b || (a == b && sorted[i - 1] < sorted[i]), "%zu at %zu", n, i);
        }
        ia_free(&t.env.alloc, sorted);
    }
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}
