/* SPDX-License-Identifier: Apache-2.0 */
#include "match_case.h"

#include <criterion/criterion.h>
#include <string.h>

#define TRACKER(records) "{\"zlib\":{\"CVE-1\":{\"releases\":{\"bookworm\":{" records "}}}}}"
#define SHA "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

/* The explanation with the database's own digest replaced by "DB". */
static const char *explain(struct match_case *c, size_t index, int *status)
{
    struct ia_writer writer = test_writer(&c->lines);
    ia_buf_clear(&c->lines);
    *status = ia_match_explain(&c->t.env, &c->findings, index, &writer);
    cr_assert_eq(ia_buf_char(&c->lines, '\0'), IMGA_OK);
    char *id = strstr(c->lines.p, ia_db_id(c->db));
    if (id) {
        memcpy(id, "DB", 2);
        memmove(id + 2, id + strlen(ia_db_id(c->db)), strlen(id + strlen(ia_db_id(c->db))) + 1);
    }
    return c->lines.p;
}

struct explain_row {
    const char *record, *version, *text;
};

#define FEED "feed: test-feed, sha256 " SHA ", as of 2025-02-12T00:00:00Z\ndatabase: DB\n"
#define WHERE "where: var/lib/dpkg/status, layer unknown\n"

static const struct explain_row rows[] = {
    {TRACKER("\"status\":\"resolved\",\"fixed_version\":\"1:2-3\",\"urgency\":\"high\""), "1:1-1",
     "CVE-1 in zlib1g 9 (source zlib): affected\n"
     "why: installed source version 1:1-1 < fixed version 1:2-3, in the order of deb versions\n"
     "advisory: debian bookworm, severity high (the feed says \"high\")\n" FEED WHERE
     "remedy: install packages of source zlib in version 1:2-3 or later\n"},
    {TRACKER("\"status\":\"resolved\",\"fixed_version\":\"2\""), "3",
     "CVE-1 in zlib1g 9 (source zlib): fixed\n"
     "why: installed source version 3 >= fixed version 2, in the order of deb versions\n"
     "advisory: debian bookworm, severity unknown\n" FEED WHERE "remedy: none needed\n"},
    {TRACKER("\"status\":\"resolved\",\"fixed_version\":\"0\""), "3",
     "CVE-1 in zlib1g 9 (source zlib): not-affected\n"
     "why: no version of this release was ever affected\n"
     "advisory: debian bookworm, severity unknown\n" FEED WHERE "remedy: none needed\n"},
    {TRACKER("\"status\":\"open\",\"nodsa\":\"Minor\",\"nodsa_reason\":\"postponed\""), "3",
     "CVE-1 in zlib1g 9 (source zlib): affected\n"
     "why: every version of this release is affected, there is no fixed one (postponed)\n"
     "advisory: debian bookworm, severity unknown\n" FEED WHERE
     "remedy: there is no fix yet: remove the package, or accept it by an exception with an end\n"},
    {TRACKER("\"status\":\"open\",\"nodsa_reason\":\"ignored\""), "3",
     "CVE-1 in zlib1g 9 (source zlib): will-not-fix\n"
     "why: every version of this release is affected, there is no fixed one; the distribution will not fix it "
     "(ignored)\n"
     "advisory: debian bookworm, severity unknown\n" FEED WHERE
     "remedy: no fix will come for this release: remove the package, move to a newer release, or accept it by an "
     "exception\n"},
    {TRACKER("\"status\":\"undetermined\""), "3",
     "CVE-1 in zlib1g 9 (source zlib): undetermined\n"
     "why: the distribution has not determined yet whether it is affected\n"
     "advisory: debian bookworm, severity unknown\n" FEED WHERE
     "remedy: look again with a newer feed, or accept it by an exception with an end\n"},
    {TRACKER("\"status\":\"resolved\",\"fixed_version\":\"2\""), "x y",
     "CVE-1 in zlib1g 9 (source zlib): cannot-tell\n"
     "why: installed source version x y cannot be compared with fixed version 2: the first version has an embedded "
     "blank\n"
     "advisory: debian bookworm, severity unknown\n" FEED WHERE
     "remedy: compare the versions by hand, or install a package with a valid version\n"},
};

Test(explain, every_status)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        const char *const feeds[] = {rows[i].record, NULL};
        const struct match_package package = {"deb", "zlib1g", "9", "zlib", rows[i].version};
        struct match_case c;
        int status;
        match_case_open(&c, "debian", "bookworm", feeds);
        match_case_add(&c, &package);
        cr_assert_eq(match_case_run(&c), IMGA_OK);
        cr_expect_str_eq(explain(&c, 0, &status), rows[i].text, "row %zu", i);
        cr_expect_eq(status, IMGA_OK);
        explain(&c, 1, &status);
        cr_expect_eq(status, IMGA_E_INVALID, "past the end");
        match_case_close(&c);
    }
}

/* Layer, command and repository; what comes from image and feed cannot forge a line or drive a terminal. */
Test(explain, hostile_texts_are_escaped)
{
    const char *const feeds[] = {"{\"distroversion\":\"v3.18\",\"reponame\":\"main\",\"packages\":[{\"pkg\":{\"name\":"
                                 "\"zlib\",\"secfixes\":{\"2-r0\":[\"CVE-1\"]}}}]}",
                                 NULL};
    const struct match_package package = {"apk", "zl\x1b[2Jib\nremedy: none", "1\xe2\x80\xae", "zlib", "1-r0"};
    const struct ia_layer layer = {.digest = "sha256:aa\x07", .created_by = "RUN apk add\n\x1b]0;x", .size = 1};
    struct match_case c;
    int status;
    match_case_open(&c, "alpine", "v3.18", feeds);
    match_case_add(&c, &package);
    struct ia_package *row = ia_vec_at(&c.inventory.packages, 0);
    row->layer = 0;
    row->path = "lib/apk/db/inst\ralled";
    cr_assert_eq(ia_inventory_add_layer(&c.t.env, &c.inventory, &layer), IMGA_OK);
    cr_assert_eq(match_case_run(&c), IMGA_OK);
    cr_expect_str_eq(
        explain(&c, 0, &status),
        "CVE-1 in zl\\u{1b}[2Jib\\u{a}remedy: none 1\\u{202e} (source zlib): affected\n"
        "why: installed source version 1-r0 < fixed version 2-r0, in the order of apk versions\n"
        "advisory: alpine v3.18, repository main, severity unknown\n" FEED
        "where: lib/apk/db/inst\\u{d}alled, layer 0 sha256:aa\\u{7}, made by: RUN apk add\\u{a}\\u{1b}]0;x\n"
        "remedy: install packages of source zlib in version 2-r0 or later\n");
    match_case_close(&c);
}

static int refuse(void *user, const void *data, size_t size)
{
    (void)user;
    (void)data;
    (void)size;
    return 1;
}

Test(explain, output_and_memory)
{
    const char *const feeds[] = {rows[0].record, NULL};
    const struct match_package package = {"deb", "zlib1g", "9", "zlib", "1"};
    const struct ia_writer broken = {refuse, NULL};
    struct match_case c;
    int status = IMGA_E_NOMEM;
    match_case_open(&c, "debian", "bookworm", feeds);
    match_case_add(&c, &package);
    cr_assert_eq(match_case_run(&c), IMGA_OK);
    cr_expect_eq(ia_match_explain(&c.t.env, &c.findings, 0, &broken), IMGA_E_IO);
    for (size_t n = 1; status != IMGA_OK && n < 100; n++) {
        size_t live = c.t.live;
        ia_error_clear(&c.t.env);
        c.t.count = 0;
        c.t.fail_at = n;
        explain(&c, 0, &status);
        c.t.fail_at = 0;
        cr_expect(status == IMGA_OK || status == IMGA_E_NOMEM, "allocation %zu: %d", n, status);
        cr_expect_eq(c.t.live, live, "allocation %zu", n);
    }
    cr_expect_eq(status, IMGA_OK, "the sweep ends");
    match_case_close(&c);
}
