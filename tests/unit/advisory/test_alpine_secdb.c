/* SPDX-License-Identifier: Apache-2.0 */
#include "feed_case.h"

#include "io/compress.h"
#include "io/tar.h"

#include <criterion/criterion.h>
#include <string.h>

#define SECDB(packages) DOCUMENT("{\"distroversion\":\"v3.18\",\"reponame\":\"main\",\"packages\":[" packages "]}")
#define FIXES(text) SECDB("{\"pkg\":{\"name\":\"curl\",\"secfixes\":{" text "}}}")
#define COVERS "covers alpine v3.18 main\n"
#define LINE "alpine v3.18 main curl "

static const struct feed_row rows[] = {
    {"one", FIXES("\"8.1-r0\":[\"CVE-1\"]"), 1, 0, COVERS LINE "CVE-1 affected 8.1-r0 - 0 -\n"},
    {"never affected", FIXES("\"0\":[\"CVE-1\"]"), 1, 0, COVERS LINE "CVE-1 not-affected - - 0 -\n"},
    {"several in one text", FIXES("\"2\":[\" CVE-1  XSA-2\\tZBX-3 \"]"), 3, 0,
     COVERS LINE "CVE-1 affected 2 - 0 -\n" LINE "XSA-2 affected 2 - 0 -\n" LINE "ZBX-3 affected 2 - 0 -\n"},
    {"one identifier fixed twice", FIXES("\"1\":[\"CVE-1\"],\"2\":[\"CVE-1\"]"), 2, 0,
     COVERS LINE "CVE-1 affected 1 - 0 -\n" LINE "CVE-1 affected 2 - 0 -\n"},
    {"one version twice", FIXES("\"1\":[\"CVE-1\"],\"1\":[\"CVE-2\"]"), 2, 0,
     COVERS LINE "CVE-1 affected 1 - 0 -\n" LINE "CVE-2 affected 1 - 0 -\n"},
    {"words that are no identifiers", FIXES("\"1\":[\"CVE N/A\",\"CVE-1 (not applicable)\"]"), 1, 4,
     COVERS LINE "CVE-1 affected 1 - 0 -\n"},
    {"an empty identifier", FIXES("\"1\":[\"\",\" \",\"CVE-1\"]"), 1, 2, COVERS LINE "CVE-1 affected 1 - 0 -\n"},
    {"NUL in an identifier", FIXES("\"1\":[\"CVE-1\\u0000\"]"), 0, 1, COVERS},
    {"identifiers of other types", FIXES("\"1\":[null,5,{\"CVE-9\":[\"CVE-8\"]},[\"CVE-7\"],\"CVE-1\"]"), 1, 4,
     COVERS LINE "CVE-1 affected 1 - 0 -\n"},
    {"fixes are null", FIXES("\"1\":null,\"2\":[\"CVE-1\"]"), 1, 1, COVERS LINE "CVE-1 affected 2 - 0 -\n"},
    {"fixes are a text", FIXES("\"1\":\"CVE-1\""), 0, 1, COVERS},
    {"an empty version", FIXES("\"\":[\"CVE-1\"]"), 0, 1, COVERS},
    {"an escape in a version", FIXES("\"1\\u001b\":[\"CVE-1\"]"), 0, 1, COVERS},
    {"no fixes", FIXES(""), 0, 0, COVERS},
    {"no packages", SECDB(""), 0, 0, COVERS},
    {"pkg is null", SECDB("{\"pkg\":null},{}"), 0, 2, COVERS},
    {"an entry is a text", SECDB("\"pkg\",[\"pkg\"],{\"other\":{}}"), 0, 3, COVERS},
    {"no name", SECDB("{\"pkg\":{\"secfixes\":{\"1\":[\"CVE-1\"]}}}"), 0, 1, COVERS},
    {"name is null", SECDB("{\"pkg\":{\"name\":null,\"secfixes\":{\"1\":[\"CVE-1\"]}}}"), 0, 1, COVERS},
    {"two names", SECDB("{\"pkg\":{\"name\":\"a\",\"secfixes\":{\"1\":[\"CVE-1\"]},\"name\":\"b\"}}"), 0, 1, COVERS},
    {"no secfixes", SECDB("{\"pkg\":{\"name\":\"a\"}}"), 0, 1, COVERS},
    {"secfixes are a list", SECDB("{\"pkg\":{\"name\":\"a\",\"secfixes\":[\"1\"]}}"), 0, 1, COVERS},
    {"the name after the fixes, and a nameless one before",
     SECDB(
         "{\"pkg\":{\"secfixes\":{\"1\":[\"CVE-9\"]}}},{\"pkg\":{\"secfixes\":{\"1\":[\"CVE-1\"]},\"name\":\"curl\"}}"),
     1, 1, COVERS LINE "CVE-1 affected 1 - 0 -\n"},
    {"the release after the packages",
     DOCUMENT("{\"packages\":[{\"pkg\":{\"secfixes\":{\"1\":[\"CVE-1\"]},\"name\":\"curl\"}}],\"archs\":[\"x86\"],"
              "\"reponame\":\"community\",\"distroversion\":\"edge\"}"),
     1, 0, "covers alpine edge community\nalpine edge community curl CVE-1 affected 1 - 0 -\n"},
    {"no repository", DOCUMENT("{\"distroversion\":\"v3.2\",\"packages\":[]}"), 0, 0, "covers alpine v3.2 -\n"},
    {"odd ones among good", /* null list, null package, a word without digits */
     SECDB(
         "{\"pkg\":{\"name\":\"openssl\",\"secfixes\":{\"3.1.0-r1\":[\"CVE-2023-0464 GHSA-x\"],\"0\":[\"CVE-2020-1\"],"
         "\"\":null,\"1-r0\":[null,5]}}},{\"pkg\":null},{}"),
     2, 6,
     COVERS "alpine v3.18 main openssl CVE-2023-0464 affected 3.1.0-r1 - 0 -\n"
            "alpine v3.18 main openssl CVE-2020-1 not-affected - - 0 -\n"},
};

Test(alpine_secdb, rows)
{
    feed_check_rows(rows, IA_COUNT(rows), IMGA_FEED_ALPINE_SECDB);
}

/* Without its release or its packages the document says nothing: that must not read as "no vulnerabilities". */
Test(alpine_secdb, documents_that_are_refused)
{
    static const struct {
        const char *name, *document, *message;
    } refused[] = {
        {"empty", "{}", "secdb: distroversion is missing"},
        {"no release", "{\"packages\":[]}", "secdb: distroversion is missing"},
        {"no packages", "{\"distroversion\":\"v3.18\"}", "secdb: packages is missing"},
        {"packages is an object", "{\"distroversion\":\"v3.18\",\"packages\":{}}", "secdb: packages is not a list"},
        {"packages is null", "{\"packages\":null}", "secdb: packages is not a list"},
        {"packages twice", "{\"packages\":[],\"packages\":[]}", "secdb: packages is there twice"},
        {"release is a number", "{\"distroversion\":3}", "secdb: distroversion is not a name"},
        {"release is empty", "{\"distroversion\":\"\"}", "secdb: distroversion is not a name"},
        {"release with a NUL", "{\"distroversion\":\"v3\\u0000\"}", "secdb: distroversion is not a name"},
        {"two releases", "{\"distroversion\":\"a\",\"distroversion\":\"b\"}", "secdb: distroversion is there twice"},
        {"repository is null", "{\"reponame\":null}", "secdb: reponame is not a name"},
        {"a tracker", "{\"zlib\":{\"CVE-1\":{}}}", "secdb: distroversion is missing"},
    };
    for (size_t i = 0; i < IA_COUNT(refused); i++) {
        struct feed_case c;
        feed_case_open(&c, IMGA_FEED_ALPINE_SECDB);
        cr_expect_eq(feed_case_read(&c, ia_str_from(refused[i].document), 1000), IMGA_E_FORMAT, "%s", refused[i].name);
        cr_expect_str_eq(c.t.env.error.message, refused[i].message, "%s", refused[i].name);
        cr_expect_str_eq(c.t.env.error.where, "feed test-feed", "%s", refused[i].name);
        cr_expect_eq(c.counts.records, 0, "%s", refused[i].name);
        feed_case_close(&c);
    }
}

Test(alpine_secdb, notes_tell_package_and_version)
{
    struct feed_case c;
    struct ia_str document = FIXES("\"1-r0\":[\"none\"]");
    feed_case_open(&c, 0);
    cr_assert_eq(feed_case_read(&c, document, 7), IMGA_OK);
    cr_assert_eq(ia_notes_count(&c.t.notes), 1);
    const struct ia_note *note = ia_notes_at(&c.t.notes, 0);
    cr_expect_str_eq(note->where, "test-feed");
    cr_expect_str_eq(note->text, "curl, fixed in 1-r0: \"none\" is not an identifier");
    cr_expect_eq(note->offset, (int64_t)(strstr(document.p, "\"none") - document.p));
    feed_case_close(&c);
}

Test(alpine_secdb, limit_of_records)
{
    for (uint64_t limit = 0; limit <= 3; limit++) {
        struct feed_case c;
        struct ia_str document = FIXES("\"1\":[\"CVE-1 CVE-2\"]");
        feed_case_open(&c, 0);
        c.t.limits.db_records = limit;
        cr_expect_eq(feed_case_read(&c, document, 1000), limit < 2 ? IMGA_E_LIMIT : IMGA_OK, "limit %d", (int)limit);
        feed_case_close(&c);
    }
}

struct members {
    struct ia_reader reader;
    struct ia_tar *tar;
};

static int member_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    return ia_tar_data(((struct members *)self)->tar, env, out);
}

struct tally {
    uint64_t records, covered, skipped, feeds;
};

static int count_record(void *user, struct ia_env *env, const struct ia_advisory *advisory)
{
    (void)env;
    (void)advisory;
    ((struct tally *)user)->records++;
    return IMGA_OK;
}

static int count_release(void *user, struct ia_env *env, const struct ia_advisory *advisory)
{
    (void)env;
    (void)advisory;
    ((struct tally *)user)->covered++;
    return IMGA_OK;
}

static void read_one(struct test_env *t, struct ia_str name, struct ia_reader *reader, struct tally *tally)
{
    const struct ia_advisory_sink sink = {count_record, count_release, tally};
    struct ia_feed_reading counts = {.format = 0};
    cr_assert_eq(ia_feed_read(&t->env, name, reader, &sink, &counts), IMGA_OK, "%s: %s", t->env.error.where,
                 t->env.error.message);
    cr_expect_eq(counts.format, IMGA_FEED_ALPINE_SECDB);
    tally->skipped += counts.skipped;
    tally->feeds++;
}

/* All 41 real documents: 89,170 words, 61 of them without a digit. */
Test(alpine_secdb, real_feeds, .timeout = 120)
{
    struct test_env t;
    char path[4096];
    size_t size;
    if (!test_shared())
        cr_skip_test("no real feeds here");
    test_env_open(&t);
    snprintf(path, sizeof(path), "%s/data/secdb/alpine-secdb.tar.zst", test_shared());
    char *data = test_file(path, &size);
    if (!data)
        cr_skip_test("the real feeds are not here");
    struct tally tally = {0, 0, 0, 0};
    struct ia_reader *reader = NULL;
    struct members members = {{member_next, NULL, NULL}, NULL};
    struct ia_tar_entry entry;
    enum ia_compression kind;
    cr_assert_eq(ia_decompress(&t.env, test_chunks(data, size, 65536), &kind, &reader), IMGA_OK);
    cr_assert_eq(ia_tar_new(&t.env, reader, &members.tar), IMGA_OK);
    while (ia_tar_next(members.tar, &t.env, &entry) > 0)
        if (entry.type == IA_TAR_FILE)
            read_one(&t, entry.name, &members.reader, &tally);
    cr_expect_eq(t.env.error.status, IMGA_OK, "%s", t.env.error.message);
    cr_expect_eq(tally.feeds, 41);
    cr_expect_eq(tally.covered, 41);
    cr_expect_eq(tally.records, 89109);
    cr_expect_eq(tally.skipped, 61);
    ia_tar_free(members.tar);
    ia_reader_close(reader);
    free(data);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}
