/* SPDX-License-Identifier: Apache-2.0 */
/* The reader: what comes back is what went in, in order. */
#include "db_case.h"

#include "crypto/digest.h"

#include <imgassure/findings.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct opened {
    struct test_env t;
    struct ia_buf file;
    struct ia_db *db;
    void *copy;
};

static void open_sample(struct opened *o)
{
    test_env_open(&o->t);
    test_env_crypto(&o->t);
    ia_buf_init(&o->file, &ia_alloc_libc, SIZE_MAX);
    cr_assert_eq(db_case_sample(&o->t, &o->file), IMGA_OK, "%s", o->t.env.error.message);
    cr_assert_eq(db_case_open(&o->t, &o->file, &o->db, &o->copy), IMGA_OK, "%s", o->t.env.error.message);
}

static void close_sample(struct opened *o)
{
    ia_db_close(o->db);
    ia_buf_free(&o->file);
    free(o->copy);
    test_env_close(&o->t);
    cr_expect_eq(o->t.live, 0, "%zu allocations are left", o->t.live);
}

Test(open_db, records_come_back_in_order)
{
    static const struct {
        const char *distro, *release, *package;
        size_t count;
        const char *lines[3]; /* "id repository fixed urgency reason severity status feed" */
    } rows[] = {
        {"debian",
         "bookworm",
         "zlib",
         3,
         {"CVE-1|||low|postponed|2|1|0", "CVE-1||2|||5|1|0", "CVE-2||1:1.3-1|high||4|1|0"}},
        {"debian", "bookworm", "apt", 1, {"CVE-1|||end-of-life|end-of-life|0|3|0"}},
        {"debian", "trixie", "zlib", 1, {"CVE-1|||||0|2|0"}},
        {"debian", "sid", "b\xc3\xa4r", 1, {"TEMP-1|||unimportant||1|4|0"}},
        {"alpine", "v3.18", "zlib", 2, {"CVE-1|community|1.2-r1|||0|1|1", "CVE-1|main|1.2-r0|||0|1|1"}},
        {"alpine", "edge", "zlib", 1, {"CVE-1|main||||0|2|1"}},
    };
    struct opened o;
    open_sample(&o);
    cr_expect_eq(ia_db_record_count(o.db), 9);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        size_t first, count = ia_db_find(o.db, ia_str_from(rows[i].distro), ia_str_from(rows[i].release),
                                         ia_str_from(rows[i].package), &first);
        cr_assert_eq(count, rows[i].count, "%s %s: %zu", rows[i].release, rows[i].package, count);
        for (size_t j = 0; j < count; j++) {
            struct ia_db_record r;
            char line[300];
            ia_db_record(o.db, first + j, &r);
            snprintf(line, sizeof(line), "%s|%s|%s|%s|%s|%d|%d|%u", r.id, r.repository, r.fixed_version, r.urgency,
                     r.reason, (int)r.severity, (int)r.status, (unsigned)r.feed);
            cr_expect_str_eq(line, rows[i].lines[j], "%s %s %zu", rows[i].release, rows[i].package, j);
            cr_expect_str_eq(r.package, rows[i].package);
            cr_expect_str_eq(r.release, rows[i].release);
        }
    }
    close_sample(&o);
}

Test(open_db, names_that_are_not_there)
{
    static const struct ia_str rows[][3] = {
        {IA_STR("debian"), IA_STR("bookworm"), IA_STR("zli")},
        {IA_STR("debian"), IA_STR("bookworm"), IA_STR("zlib2")},
        {IA_STR("debian"), IA_STR("bookworm"), IA_STR("")},
        {IA_STR("debian"), IA_STR("sid"), IA_STR("zlib")},
        {IA_STR("debian"), IA_STR(""), IA_STR("zlib")},
        {IA_STR(""), IA_STR("bookworm"), IA_STR("zlib")},
        {IA_STR("debian"), IA_STR("bookworm"), IA_STR("zlib\0")},
        {IA_STR("debian"), IA_STR("bookworm\0"), IA_STR("zlib")},
        {IA_STR("ubuntu"), IA_STR("bookworm"), IA_STR("zlib")},
        {IA_STR("debian"), IA_STR("bookworm"), IA_STR("ZLIB")},
        {IA_STR("a"), IA_STR("a"), IA_STR("a")},
        {IA_STR("z"), IA_STR("z"), IA_STR("z")},
        {IA_STR("debian"), IA_STR("bookworm"), IA_STR("\xff")},
        {{NULL, 0}, {NULL, 0}, {NULL, 0}},
    };
    struct opened o;
    size_t first;
    open_sample(&o);
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        cr_expect_eq(ia_db_find(o.db, rows[i][0], rows[i][1], rows[i][2], &first), 0, "row %zu", i);
    close_sample(&o);
}

Test(open_db, coverage_and_feeds)
{
    static const char *const lines[] = {"alpine edge main 1 1",  "alpine v3.18 community 1 1",
                                        "alpine v3.18 main 1 1", "debian bookworm  0 4",
                                        "debian sid  0 1",       "debian trixie  0 1"};
    struct opened o;
    struct ia_db_coverage c;
    size_t count;
    open_sample(&o);
    cr_assert_eq(ia_db_coverage_count(o.db), IA_COUNT(lines));
    for (size_t i = 0; i < IA_COUNT(lines); i++) {
        char line[200];
        cr_assert(ia_db_coverage(o.db, i, &c));
        snprintf(line, sizeof(line), "%s %s %s %u %d", c.distro, c.release, c.repository, (unsigned)c.feed,
                 (int)c.records);
        cr_expect_str_eq(line, lines[i]);
    }
    cr_expect_not(ia_db_coverage(o.db, IA_COUNT(lines), &c));
    cr_expect(ia_db_covers(o.db, IA_STR("debian"), IA_STR("sid")));
    cr_expect_not(ia_db_covers(o.db, IA_STR("debian"), IA_STR("buster")));
    cr_expect_not(ia_db_covers(o.db, IA_STR("debian"), IA_STR("")));
    cr_expect_not(ia_db_covers(o.db, IA_STR("alpine"), IA_STR("v3.1")));
    const struct ia_feed *feeds = ia_db_feeds(o.db, &count);
    cr_assert_eq(count, 2);
    cr_expect_str_eq(feeds[0].name, "debian");
    cr_expect_str_eq(feeds[1].name, "alpine");
    cr_expect_eq(strlen(feeds[0].sha256), 64);
    cr_expect_eq(feeds[0].format, IMGA_FEED_DEBIAN_TRACKER);
    cr_expect_eq(feeds[0].as_of, 1700000000);
    cr_expect_eq(feeds[0].size, 1006);
    cr_expect_eq(feeds[0].records, 6, "what the writer took");
    cr_expect_eq(feeds[0].skipped, 2);
    close_sample(&o);
}

/* A release that a feed names without any usable record is covered all the same. */
Test(open_db, coverage_without_records)
{
    struct test_env t;
    struct ia_buf file;
    struct ia_db_writer *writer;
    struct ia_db *db;
    void *copy;
    const struct ia_feed feed = {IMGA_FEED_ALPINE_SECDB, "f", "", -5, UINT64_MAX, 9, 0};
    struct ia_db_coverage coverage;
    size_t count;
    test_env_open(&t);
    test_env_crypto(&t);
    ia_buf_init(&file, &ia_alloc_libc, SIZE_MAX);
    cr_assert_eq(ia_db_writer_new(&t.env, &writer), IMGA_OK);
    cr_assert_eq(ia_db_writer_begin_feed(writer, &t.env), IMGA_OK);
    cr_assert_eq(db_case_cover(&t, writer, "alpine", "edge"), IMGA_OK);
    cr_assert_eq(ia_db_writer_end_feed(writer, &t.env, &feed), IMGA_OK);
    cr_assert_eq(db_case_finish(&t, writer, &file), IMGA_OK);
    cr_assert_eq(db_case_open(&t, &file, &db, &copy), IMGA_OK, "%s", t.env.error.message);
    cr_expect(ia_db_covers(db, IA_STR("alpine"), IA_STR("edge")));
    cr_expect(ia_db_coverage(db, 0, &coverage));
    cr_expect_eq(coverage.records, 0);
    cr_expect_eq(ia_db_feeds(db, &count)[0].as_of, -5);
    cr_expect_eq(ia_db_feeds(db, &count)[0].size, UINT64_MAX);
    cr_expect_eq(ia_db_feeds(db, &count)[0].records, 0);
    ia_db_close(db);
    ia_db_writer_free(writer);
    ia_buf_free(&file);
    free(copy);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

Test(open_db, an_empty_database)
{
    struct test_env t;
    struct ia_buf file;
    struct ia_db_writer *writer;
    struct ia_db *db;
    void *copy;
    size_t count;
    test_env_open(&t);
    test_env_crypto(&t);
    ia_buf_init(&file, &ia_alloc_libc, SIZE_MAX);
    cr_assert_eq(ia_db_writer_new(&t.env, &writer), IMGA_OK);
    cr_assert_eq(db_case_finish(&t, writer, &file), IMGA_OK);
    cr_expect_eq(file.n, 345, "header, directory, and the empty text");
    cr_assert_eq(db_case_open(&t, &file, &db, &copy), IMGA_OK, "%s", t.env.error.message);
    ia_db_feeds(db, &count);
    cr_expect_eq(count + ia_db_coverage_count(db) + ia_db_record_count(db), 0);
    cr_expect_not(ia_db_covers(db, IA_STR("debian"), IA_STR("sid")));
    ia_db_close(db);
    ia_db_close(NULL);
    ia_db_writer_free(writer);
    ia_buf_free(&file);
    free(copy);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

/* The identity is what docs/db-format.md says: anyone can compute it. */
Test(open_db, identity)
{
    struct opened o;
    struct ia_digest digest;
    char bytes[32 + 280], text[IA_DIGEST_TEXT];
    open_sample(&o);
    memcpy(bytes, o.file.p, 32);
    memcpy(bytes + 32, o.file.p + 64, 280);
    cr_assert_eq(ia_digest_of(&o.t.env, bytes, sizeof(bytes), &digest), IMGA_OK);
    ia_digest_text(&digest, text);
    cr_expect_str_eq(ia_db_id(o.db), text);
    cr_expect_eq(strlen(text), strlen("sha256:") + 64);
    close_sample(&o);
}

Test(open_db, every_failing_allocation)
{
    struct opened o;
    int status = IMGA_E_NOMEM;
    open_sample(&o);
    for (size_t n = 1; status != IMGA_OK && n < 100; n++) {
        struct ia_db *db = NULL;
        size_t live = o.t.live;
        test_env_reset(&o.t);
        o.t.count = 0;
        o.t.fail_at = n;
        status = ia_db_open(&o.t.env, o.copy, o.file.n, &db);
        o.t.fail_at = 0;
        cr_expect(status == IMGA_OK || status == IMGA_E_NOMEM, "allocation %zu: %d", n, status);
        cr_expect_eq(db != NULL, status == IMGA_OK);
        ia_db_close(db);
        cr_expect_eq(o.t.live, live, "allocation %zu", n);
    }
    cr_expect_eq(status, IMGA_OK, "the sweep ends");
    close_sample(&o);
}
