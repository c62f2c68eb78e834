/* SPDX-License-Identifier: Apache-2.0 */
#include "match_case.h"

#include <criterion/criterion.h>
#include <string.h>

#define TRACKER(records) "{\"zlib\":{\"CVE-1\":{\"releases\":{\"bookworm\":{" records "}}}}}"
#define RESOLVED(version) TRACKER("\"status\":\"resolved\",\"fixed_version\":\"" version "\",\"urgency\":\"high\"")
#define SECDB(fixes)                                                                                                   \
    "{\"distroversion\":\"v3.18\",\"reponame\":\"main\",\"packages\":[{\"pkg\":{\"name\":\"zlib\",\"secfixes\":"       \
    "{" fixes "}}}]}"

#define COMMUNITY "{\"distroversion\":\"v3.18\",\"reponame\":\"community\",\"packages\":[]}"

struct rule_row {
    const char *name, *feed, *version, *lines;
};

static void check(const struct rule_row *row, const char *distro, const char *release, const char *type)
{
    const char *const feeds[] = {row->feed, COMMUNITY, NULL};
    const struct match_package package = {type, "lib", "99", "zlib", row->version};
    struct match_case c;
    match_case_open(&c, distro, release, feeds);
    match_case_add(&c, &package);
    cr_expect_eq(match_case_run(&c), IMGA_OK, "%s: %s", row->name, c.t.env.error.message);
    cr_expect_str_eq(match_case_lines(&c), row->lines, "%s", row->name);
    cr_expect_eq(ia_findings_complete(&c.findings), strstr(row->lines, "note ") == NULL, "%s: complete", row->name);
    cr_expect_eq(ia_notes_count(&c.t.notes), 0, "%s: notes belong to the findings", row->name);
    match_case_close(&c);
}

static const struct rule_row deb_rules[] = {
    {"below", RESOLVED("2-1"), "1-9", "lib CVE-1 affected 2-1 high 0\n"},
    {"equal", RESOLVED("2-1"), "2-1", "lib CVE-1 fixed 2-1 high 0\n"},
    {"above", RESOLVED("2-1"), "2-2", "lib CVE-1 fixed 2-1 high 0\n"},
    {"a tilde is below", RESOLVED("2-1"), "2~rc1-1", "lib CVE-1 affected 2-1 high 0\n"},
    {"an epoch is above", RESOLVED("2-1"), "1:1-1", "lib CVE-1 fixed 2-1 high 0\n"},
    {"a missing epoch is 0", RESOLVED("0:2-1"), "2-1", "lib CVE-1 fixed 0:2-1 high 0\n"},
    {"never affected", RESOLVED("0"), "0.1", "lib CVE-1 not-affected - high 0\n"},
    {"never affected, whatever the version", RESOLVED("0"), "x y", "lib CVE-1 not-affected - high 0\n"},
    {"open", TRACKER("\"status\":\"open\""), "1", "lib CVE-1 affected - unknown 0\n"},
    {"open, whatever the version", TRACKER("\"status\":\"open\""), "x y", "lib CVE-1 affected - unknown 0\n"},
    {"ignored", TRACKER("\"status\":\"open\",\"nodsa_reason\":\"ignored\",\"nodsa\":\"\""), "1",
     "lib CVE-1 will-not-fix - unknown 0\n"},
    {"end of life", TRACKER("\"status\":\"open\",\"urgency\":\"end-of-life\""), "1",
     "lib CVE-1 will-not-fix - unknown 0\n"},
    {"undetermined", TRACKER("\"status\":\"undetermined\",\"urgency\":\"low*\""), "1",
     "lib CVE-1 undetermined - low 0\n"},
    {"an installed version that is none", RESOLVED("2-1"), "1 2",
     "lib CVE-1 cannot-tell 2-1 high 0\n"
     "note version var/lib/dpkg/status: lib: 1 2 cannot be compared with 2-1: the first version has an embedded "
     "blank\n"},
    {"a fixed version that is none", RESOLVED("a:1"), "1",
     "lib CVE-1 cannot-tell a:1 high 0\n"
     "note version var/lib/dpkg/status: lib: 1 cannot be compared with a:1: the epoch of the second version is not a "
     "number\n"},
    {"another release",
     "{\"zlib\":{\"CVE-1\":{\"releases\":{\"sid\":{\"status\":\"open\"},\"bookworm\":{\"status\":"
     "\"resolved\",\"fixed_version\":\"0\"}}}}}",
     "1", "lib CVE-1 not-affected - unknown 0\n"},
    {"another source", "{\"zlib2\":{\"CVE-1\":{\"releases\":{\"bookworm\":{\"status\":\"open\"}}}}}", "1", ""},
    {"a source with the binary's name", "{\"lib\":{\"CVE-1\":{\"releases\":{\"bookworm\":{\"status\":\"open\"}}}}}",
     "1", ""},
    {"sorted by identifier",
     "{\"zlib\":{\"CVE-2\":{\"releases\":{\"bookworm\":{\"status\":\"open\"}}},\"CVE-10\":{\"releases\":{\"bookworm\":{"
     "\"status\":\"undetermined\"}}},\"CVE-1\":{\"releases\":{\"bookworm\":{\"status\":\"open\"}}}}}",
     "1", "lib CVE-1 affected - unknown 0\nlib CVE-10 undetermined - unknown 0\nlib CVE-2 affected - unknown 0\n"},
};

static const struct rule_row apk_rules[] = {
    {"below", SECDB("\"1.2.13-r1\":[\"CVE-1\"]"), "1.2.13-r0", "lib CVE-1 affected 1.2.13-r1 unknown 0\n"},
    {"equal", SECDB("\"1.2.13-r1\":[\"CVE-1\"]"), "1.2.13-r1", "lib CVE-1 fixed 1.2.13-r1 unknown 0\n"},
    {"above", SECDB("\"1.2.9-r1\":[\"CVE-1\"]"), "1.2.13-r0", "lib CVE-1 fixed 1.2.9-r1 unknown 0\n"},
    {"an alpha is below", SECDB("\"1.2-r0\":[\"CVE-1\"]"), "1.2_alpha1-r0", "lib CVE-1 affected 1.2-r0 unknown 0\n"},
    {"a key without revision", SECDB("\"1.2\":[\"CVE-1\"]"), "1.1-r9", "lib CVE-1 affected 1.2 unknown 0\n"},
    {"never affected", SECDB("\"0\":[\"CVE-1\"]"), "1-r0", "lib CVE-1 not-affected - unknown 0\n"},
    {"fixed twice, between", SECDB("\"1-r0\":[\"CVE-1\"],\"3-r0\":[\"CVE-1\"]"), "2-r0",
     "lib CVE-1 affected 3-r0 unknown 0\n"},
    {"fixed twice, below both", SECDB("\"3-r0\":[\"CVE-1\"],\"1-r0\":[\"CVE-1\"]"), "0.1-r0",
     "lib CVE-1 affected 3-r0 unknown 0\n"},
    {"fixed twice, above both", SECDB("\"1-r0\":[\"CVE-1\"],\"3-r0\":[\"CVE-1\"]"), "4-r0",
     "lib CVE-1 fixed 3-r0 unknown 0\n"},
    {"never affected, and fixed later", SECDB("\"0\":[\"CVE-1\"],\"3-r0\":[\"CVE-1\"]"), "2-r0",
     "lib CVE-1 affected 3-r0 unknown 0\n"},
    {"two in one text", SECDB("\"2-r0\":[\"CVE-1 XSA-2\"]"), "1-r0",
     "lib CVE-1 affected 2-r0 unknown 0\nlib XSA-2 affected 2-r0 unknown 0\n"},
};

Test(match, debian_rules)
{
    for (size_t i = 0; i < IA_COUNT(deb_rules); i++)
        check(&deb_rules[i], "debian", "bookworm", "deb");
}

Test(match, alpine_rules)
{
    for (size_t i = 0; i < IA_COUNT(apk_rules); i++)
        check(&apk_rules[i], "alpine", "v3.18", "apk");
}

#define OPEN TRACKER("\"status\":\"open\",\"urgency\":\"low\"")
#define IGNORED TRACKER("\"status\":\"open\",\"nodsa_reason\":\"ignored\"")
#define UNDETERMINED TRACKER("\"status\":\"undetermined\"")

/* Two feeds speak of one identifier; installed is 2. The worst counts, whatever comes first. */
Test(match, the_worst_record_counts)
{
    static const struct {
        const char *a, *b, *lines;
        int feed; /* the one that counts */
    } rows[] = {
        {OPEN, RESOLVED("3"), "lib CVE-1 affected - low ", 0},
        {OPEN, RESOLVED("1"), "lib CVE-1 affected - low ", 0},
        {RESOLVED("3"), RESOLVED("1"), "lib CVE-1 affected 3 high ", 0},
        {RESOLVED("3"), RESOLVED("4"), "lib CVE-1 affected 4 high ", 1},
        {RESOLVED("3"), RESOLVED("a:1"), "lib CVE-1 affected 3 high ", 0},
        {RESOLVED("a:1"), UNDETERMINED, "lib CVE-1 cannot-tell a:1 high ", 0},
        {UNDETERMINED, IGNORED, "lib CVE-1 undetermined - unknown ", 0},
        {IGNORED, RESOLVED("1"), "lib CVE-1 will-not-fix - unknown ", 0},
        {RESOLVED("1"), RESOLVED("0"), "lib CVE-1 fixed 1 high ", 0},
        {RESOLVED("1"), RESOLVED("1.5"), "lib CVE-1 fixed 1.5 high ", 1},
    };
    const struct match_package package = {"deb", "lib", "2", "zlib", "2"};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        for (int turned = 0; turned < 2; turned++) {
            const char *const feeds[] = {turned ? rows[i].b : rows[i].a, turned ? rows[i].a : rows[i].b, NULL};
            char expected[200];
            struct match_case c;
            match_case_open(&c, "debian", "bookworm", feeds);
            match_case_add(&c, &package);
            cr_assert_eq(match_case_run(&c), IMGA_OK);
            snprintf(expected, sizeof(expected), "%s%d\n", rows[i].lines, turned ? 1 - rows[i].feed : rows[i].feed);
            const char *lines = match_case_lines(&c);
            cr_expect(strncmp(lines, expected, strlen(expected)) == 0, "row %zu turned %d: %s", i, turned, lines);
            cr_expect_eq(c.findings.rows.n, 1, "row %zu: one finding", i);
            match_case_close(&c);
        }
    }
}

/* Binary packages of one source share what was found; another version of it is judged by itself. */
Test(match, packages_of_one_source)
{
    static const struct match_package packages[] = {
        {"deb", "a", "9", "zlib", "1"}, {"deb", "b", "9", "zlib", "1"}, {"deb", "c", "9", "zlib", "3"}};
    const char *const feeds[] = {RESOLVED("2"), NULL};
    struct match_case c;
    match_case_open(&c, "debian", "bookworm", feeds);
    for (size_t i = 0; i < IA_COUNT(packages); i++)
        match_case_add(&c, &packages[i]);
    cr_assert_eq(match_case_run(&c), IMGA_OK);
    cr_expect_str_eq(match_case_lines(&c), "a CVE-1 affected 2 high 0\nb CVE-1 affected 2 high 0\n"
                                           "c CVE-1 fixed 2 high 0\n");
    match_case_close(&c);
}

/* A repository without a feed would look like packages without advisories. */
Test(match, alpine_needs_every_repository)
{
    static const struct {
        const char *feeds[3], *lines;
    } rows[] = {
        {{SECDB(""), COMMUNITY}, ""},
        {{SECDB("")},
         "note no-feed alpine v3.18: no advisory feed of the database covers its repository \"community\"\n"},
        {{COMMUNITY}, "note no-feed alpine v3.18: no advisory feed of the database covers its repository \"main\"\n"},
    };
    const struct match_package package = {"apk", "lib", "2-r0", "zlib", "2-r0"};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct match_case c;
        match_case_open(&c, "alpine", "v3.18", rows[i].feeds);
        match_case_add(&c, &package);
        cr_assert_eq(match_case_run(&c), IMGA_OK);
        cr_expect_str_eq(match_case_lines(&c), rows[i].lines, "row %zu", i);
        cr_expect_eq(ia_findings_complete(&c.findings), rows[i].lines[0] == '\0', "row %zu", i);
        match_case_close(&c);
    }
}

/* Two repositories of one release. */
Test(match, repositories_of_alpine)
{
    const char *const feeds[] = {SECDB("\"1-r0\":[\"CVE-1\"]"),
                                 "{\"distroversion\":\"v3.18\",\"reponame\":\"community\",\"packages\":[{\"pkg\":{"
                                 "\"name\":\"zlib\",\"secfixes\":{"
                                 "\"3-r0\":[\"CVE-1\"]}}}]}",
                                 NULL};
    const struct match_package package = {"apk", "lib", "2-r0", "zlib", "2-r0"};
    struct match_case c;
    match_case_open(&c, "alpine", "v3.18", feeds);
    match_case_add(&c, &package);
    cr_assert_eq(match_case_run(&c), IMGA_OK);
    cr_expect_str_eq(match_case_lines(&c), "lib CVE-1 affected 3-r0 unknown 1\n");
    cr_expect_str_eq(ia_findings_at(&c.findings, 0)->repository, "community");
    match_case_close(&c);
}

Test(match, what_is_compared_is_the_source)
{
    static const struct {
        struct match_package package;
        const char *lines;
    } rows[] = {
        {{"deb", "zlib1g", "9", "zlib", "1"}, "zlib1g CVE-1 affected 2 high 0\n"},
        {{"deb", "zlib1g", "1", "zlib", "9"}, "zlib1g CVE-1 fixed 2 high 0\n"},
        {{"deb", "zlib", "1", "other", "1"}, ""}, /* the binary has the name of another source */
        {{"deb", "zlib", "1", "", ""}, "zlib CVE-1 affected 2 high 0\n"}, /* no source given: its own */
        {{"deb", "zlib1g", "1", "zlib", ""}, "zlib1g CVE-1 affected 2 high 0\n"},
    };
    const char *const feeds[] = {RESOLVED("2"), NULL};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct match_case c;
        match_case_open(&c, "debian", "bookworm", feeds);
        match_case_add(&c, &rows[i].package);
        cr_assert_eq(match_case_run(&c), IMGA_OK);
        cr_expect_str_eq(match_case_lines(&c), rows[i].lines, "row %zu", i);
        match_case_close(&c);
    }
}

/* Unknown is not clean: whatever no feed covers is said. */
Test(match, no_feed)
{
    static const struct {
        const char *distro, *release, *version_id, *type, *lines;
    } rows[] = {
        {"debian", "bookworm", "", "deb", ""},
        {"debian", "trixie", "", "deb", "note no-feed debian trixie: no advisory feed of the database covers it\n"},
        {"debian", "", "99", "deb", "note no-feed debian 99: no advisory feed of the database covers it\n"},
        {"debian", "", "", "deb", "note no-feed debian: no advisory feed of the database covers it\n"},
        {"ubuntu", "", "22.04", "deb", "note no-feed ubuntu 22.04: no advisory feed of the database covers it\n"},
        {"alpine", "bookworm", "", "apk", "note no-feed alpine bookworm: no advisory feed of the database covers it\n"},
        {"fedora", "", "40", "rpm", "note no-feed fedora 40: no advisory feed of the database covers it\n"},
        {"", "", "", "deb", "note no-feed unknown distribution: no advisory feed of the database covers it\n"},
        {"", "bookworm", "", "",
         "note no-feed unknown distribution bookworm: no advisory feed of the database covers it\n"},
        {"debian", "bookworm", "", "apk",
         "note no-feed apk: no advisory feed of the database covers packages of this type\n"},
        {"debian", "bookworm", "", "npm",
         "note no-feed npm: no advisory feed of the database covers packages of this type\n"},
        {"debian", "bookworm", "", "rpm-key", ""},
    };
    const char *const feeds[] = {RESOLVED("0"), NULL};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        const struct match_package package = {rows[i].type, "other", "1", "other", "1"};
        struct match_case c;
        match_case_open(&c, rows[i].distro, rows[i].release, feeds);
        c.inventory.distro.version_id = rows[i].version_id;
        for (int n = 0; n < 3; n++)
            match_case_add(&c, &package);
        cr_assert_eq(match_case_run(&c), IMGA_OK);
        cr_expect_str_eq(match_case_lines(&c), rows[i].lines, "row %zu", i);
        cr_expect_eq(ia_findings_complete(&c.findings), rows[i].lines[0] == '\0', "row %zu", i);
        match_case_close(&c);
    }
}

/* What belongs to another package, is gone, or is another system's, is not matched by itself. */
Test(match, evidence)
{
    static const struct ia_property removed = {"removed", "2"};
    static const struct {
        struct ia_package package;
        const char *lines;
    } rows[] = {
        {{.type = "npm", .how = "package-json", .owner = 0}, ""},
        {{.type = "npm", .how = "package-json", .owner = -1},
         "note no-feed npm: no advisory feed of the database covers packages of this type\n"},
        {{.type = "deb", .how = "note-package", .owner = 0}, ""},
        {{.type = "deb", .how = "note-package", .owner = -1}, "zlib CVE-1 affected - unknown 0\n"},
        {{.type = "deb", .how = "removed-database", .owner = -1, .properties = &removed, .property_count = 1}, ""},
        {{.type = "deb", .how = "nested-database", .owner = -1},
         "note no-feed deb: packages of another root in the image: their release is not known\n"},
    };
    const char *const feeds[] = {TRACKER("\"status\":\"open\""), NULL};
    const struct match_package owner = {"deb", "other", "1", "other", "1"};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_package package = rows[i].package;
        struct match_case c;
        package.name = "zlib";
        package.version = "1";
        ia_package_defaults(&package);
        match_case_open(&c, "debian", "bookworm", feeds);
        match_case_add(&c, &owner);
        cr_assert_eq(ia_inventory_add_package(&c.t.env, &c.inventory, &package), IMGA_OK);
        cr_assert_eq(match_case_run(&c), IMGA_OK);
        cr_expect_str_eq(match_case_lines(&c), rows[i].lines, "row %zu", i);
        match_case_close(&c);
    }
}

Test(match, an_incomplete_inventory_stays_incomplete)
{
    const char *const feeds[] = {RESOLVED("0"), NULL};
    struct match_case c;
    match_case_open(&c, "debian", "bookworm", feeds);
    cr_assert_eq(match_case_run(&c), IMGA_OK);
    cr_expect(ia_findings_complete(&c.findings), "nothing to match, nothing to say");
    cr_assert_eq(ia_notes_add(&c.inventory.notes, IMGA_NOTE_NO_PACKAGES, -1, IA_STR(""), IA_STR("none")), IMGA_OK);
    cr_expect_not(ia_findings_complete(&c.findings));
    match_case_close(&c);
}

static const char *const two_ids[] = {
    "{\"zlib\":{\"CVE-2\":{\"releases\":{\"bookworm\":{\"status\":\"resolved\",\"fixed_version\":\"2\"}}},"
    "\"CVE-1\":{\"releases\":{\"bookworm\":{\"status\":\"resolved\",\"fixed_version\":\"3\"}}}}}",
    NULL};

Test(match, findings_by_package_then_identifier)
{
    static const struct match_package packages[] = {
        {"deb", "a", "1", "zlib", "1"}, {"deb", "b", "1", "none", "1"}, {"deb", "c", "1", "zlib", "x y"}};
    struct match_case c;
    match_case_open(&c, "debian", "bookworm", two_ids);
    for (size_t i = 0; i < IA_COUNT(packages); i++)
        match_case_add(&c, &packages[i]);
    cr_assert_eq(match_case_run(&c), IMGA_OK);
    cr_expect_str_eq(
        match_case_lines(&c),
        "a CVE-1 affected 3 unknown 0\na CVE-2 affected 2 unknown 0\n"
        "c CVE-1 cannot-tell 3 unknown 0\nc CVE-2 cannot-tell 2 unknown 0\n"
        "note version var/lib/dpkg/status: c: x y cannot be compared with 3: the first version has an embedded "
        "blank\n");
    cr_expect_str_eq(c.findings.database_id, ia_db_id(c.db));
    cr_expect_eq(c.findings.feed_count, 1);
    cr_expect_str_eq(ia_findings_at(&c.findings, 0)->release, "bookworm");
    match_case_close(&c);
}

Test(match, limit_of_findings)
{
    const struct match_package package = {"deb", "a", "1", "zlib", "1"};
    for (uint64_t limit = 0; limit <= 4; limit++) {
        struct match_case c;
        match_case_open(&c, "debian", "bookworm", two_ids);
        match_case_add(&c, &package);
        c.t.limits.findings = limit;
        cr_expect_eq(match_case_run(&c), limit < 2 ? IMGA_E_LIMIT : IMGA_OK, "limit %d", (int)limit);
        cr_expect(limit >= 2 || strstr(c.t.env.error.message, "findings"), "%s", c.t.env.error.message);
        match_case_close(&c);
    }
}

struct progress {
    uint64_t calls, last;
    uint64_t stop_at;
};

static int progress(void *user, int32_t stage, uint64_t done, uint64_t total)
{
    struct progress *p = user;
    cr_expect_eq(stage, IMGA_STAGE_MATCH);
    cr_expect_eq(total, 200);
    p->calls++;
    p->last = done;
    return done >= p->stop_at;
}

Test(match, progress_and_cancel)
{
    struct progress p = {0, 0, UINT64_MAX};
    struct match_case c;
    const struct match_package package = {"deb", "a", "1", "zlib", "1"};
    match_case_open(&c, "debian", "bookworm", two_ids);
    for (int i = 0; i < 200; i++)
        match_case_add(&c, &package);
    c.t.hooks.progress = progress;
    c.t.hooks.progress_user = &p;
    cr_expect_eq(match_case_run(&c), IMGA_OK);
    cr_expect_gt(p.calls, 2);
    cr_expect_eq(p.last, 200);
    p.stop_at = 64;
    cr_expect_eq(match_case_run(&c), IMGA_E_CANCELLED);
    c.t.hooks.progress = NULL;
    test_env_reset(&c.t);
    atomic_store(&c.t.cancel.flag, 1);
    cr_expect_eq(match_case_run(&c), IMGA_E_CANCELLED);
    match_case_close(&c);
}

Test(match, every_failing_allocation)
{
    static const struct match_package packages[] = {{"deb", "a", "1", "zlib", "x y"}, {"rpm", "b", "1", "zlib", "1"}};
    int status = IMGA_E_NOMEM;
    for (size_t n = 1; status != IMGA_OK && n < 100; n++) {
        struct match_case c;
        match_case_open(&c, "debian", "bookworm", two_ids);
        match_case_add(&c, &packages[0]);
        match_case_add(&c, &packages[1]);
        c.t.count = 0;
        c.t.fail_at = n;
        status = match_case_run(&c);
        c.t.fail_at = 0;
        cr_expect(status == IMGA_OK || status == IMGA_E_NOMEM, "allocation %zu: %d", n, status);
        cr_expect_eq(c.t.env.notes, &c.t.notes, "the notes are the caller's again");
        match_case_close(&c);
    }
    cr_expect_eq(status, IMGA_OK, "the sweep ends");
}
