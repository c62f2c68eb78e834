/* SPDX-License-Identifier: Apache-2.0 */
/* The table report: its exact text, its width, and that nothing of the image reaches the terminal raw. */
#include "reported.h"

#include "base/utf8.h"
#include "report/summary.h"

#include <criterion/criterion.h>
#include <string.h>

static const char policy[] = "rules:\n- {id: r, check: vuln, severity: high}\n- {id: s, check: package, deny: [nc]}\n"
                             "exceptions:\n- {id: x, vuln: CVE-1, owner: o, reason: why, until: 2025-01-01}\n"
                             "- {id: y, vuln: CVE-9, owner: o, reason: never, until: 2030-01-01}\n";

static const char head[] = "Image:     shop/api:1\nDigest:    sha256:aa\nSystem:    Debian GNU/Linux 12 (bookworm)\n"
                           "Packages:  3 in 2 layers\n";

static const char whole[] =
    "Feeds:     debian, as of 2023-11-14T22:13:20Z\n"
    "\n"
    "PACKAGE  INSTALLED  FIXED IN  VULNERABILITY  SEVERITY  STATUS        LAYER\n"
    "libssl3  3.0.8-1    3.0.9-1   CVE-1          high      affected      1\n"
    "libssl3  3.0.8-1    -         CVE-2          unknown   affected      1\n"
    "zlib1g   1:1.2.13   -         CVE-3          low       undetermined  -\n"
    "zlib1g   1:1.2.13   x y       CVE-5          medium    cannot-tell   -\n"
    "zlib1g   1:1.2.13   -         CVE-6          medium    will-not-fix  -\n"
    "\n"
    "Findings:  2 affected, 1 fixed, 1 not-affected, 1 will-not-fix, 1 undetermined, 1 cannot-tell\n"
    "Open:      0 critical, 1 high, 2 medium, 1 low, 0 negligible, 1 unknown; 1 can be fixed by an upgrade\n"
    "\n"
    "Verdict:   FAIL by policy p\n"
    "  fail: rule r (policy line 4): CVE-1 in libssl3 3.0.8-1\n"
    "      because: affected, severity high (high): source openssl 3.0.8-1, fixed in 3.0.9-1; debian for bookworm as "
    "of "
    "2023-11-14T22:13:20Z; listed in var/lib/dpkg/status, layer 1; the exception x of o expired at "
    "2025-01-01T00:00:00Z\n"
    "      exception: x\n"
    "      remedy: upgrade libssl3 to 3.0.9-1 or later\n"
    "  incomplete: rule r (policy line 4): CVE-2 in libssl3 3.0.8-1\n"
    "      because: affected, severity unknown: source openssl 3.0.8-1, no fixed version; debian for  as of "
    "2023-11-14T22:13:20Z; listed in var/lib/dpkg/status, layer 1; undecided: the severity is not known\n"
    "      remedy: no fix is published for openssl: remove libssl3, or record an exception with owner and date\n"
    "  pass: rule s (policy line 5): nothing found\n"
    "  exception x EXPIRED at 2025-01-01T00:00:00Z, owner o, used 1 time: why\n"
    "  exception y until 2030-01-01T00:00:00Z, owner o, used 0 times: never\n";

static void expect_text(struct reported *r, const char *first, const char *second)
{
    char expected[8192];
    snprintf(expected, sizeof(expected), "%s%s", first, second);
    cr_assert_eq(reported_write(r, IMGA_REPORT_TABLE), IMGA_OK);
    cr_expect_str_eq(r->out.p, expected, "%s", r->out.p);
}

Test(table, verdict)
{
    struct reported r;
    reported_open(&r, policy);
    expect_text(&r, head, whole);
    reported_close(&r);
}

Test(table, inventory)
{
    struct reported r;
    reported_open(&r, policy);
    r.report.findings = NULL;
    r.report.verdict = NULL;
    expect_text(&r, head,
                "\nTYPE  PACKAGE  VERSION   OWNER  LAYER  FOUND IN\n"
                "deb   libssl3  3.0.8-1   -      1      var/lib/dpkg/status\n"
                "deb   telnetd  0.17      -      0      var/lib/dpkg/status\n"
                "deb   zlib1g   1:1.2.13  -      -      var/lib/dpkg/status\n");
    reported_close(&r);
}

/* Who owns a package, or why it is here although it is not installed. */
Test(table, owners)
{
    static const struct ia_property removed = {"removed", "layer 1"}, locked = {"lock-file", "1"}, other = {"url", "x"};
    struct reported r;
    reported_open(&r, policy);
    r.report.findings = NULL;
    r.report.verdict = NULL;
    const struct ia_property *properties[] = {&removed, &locked, &other};
    for (size_t i = 0; i < 3; i++) {
        struct ia_package *package = ia_vec_at(&r.j.inventory.packages, i);
        package->properties = properties[i];
        package->property_count = 1;
        package->owner = i == 2 ? 0 : -1;
        package->version = i == 2 ? "" : package->version;
    }
    expect_text(&r, head,
                "\nTYPE  PACKAGE  VERSION  OWNER        LAYER  FOUND IN\n"
                "deb   libssl3  3.0.8-1  (removed)    1      var/lib/dpkg/status\n"
                "deb   telnetd  0.17     (lock file)  0      var/lib/dpkg/status\n"
                "deb   zlib1g   -        libssl3      -      var/lib/dpkg/status\n");
    reported_close(&r);
}

Test(table, incomplete)
{
    struct reported r;
    reported_open(&r, policy);
    r.report.findings = NULL;
    r.report.verdict = NULL;
    cr_assert_eq(ia_notes_add(&r.j.inventory.notes, IMGA_NOTE_OS, -1, IA_STR("etc"), IA_STR("no os-release")), 0);
    cr_assert_eq(ia_notes_add(&r.j.inventory.notes, IMGA_NOTE_PATH, -1, IA_STR(""), IA_STR("odd")), 0);
    cr_assert_eq(reported_write(&r, IMGA_REPORT_TABLE), IMGA_OK);
    cr_expect(strstr(r.out.p, "\nComplete:  NO: something could not be looked at, see the end\n"), "%s", r.out.p);
    cr_expect(strstr(r.out.p, "\n\nNot examined: etc: no os-release [os]\nNote: odd [path]\n"), "%s", r.out.p);
    reported_close(&r);
}

Test(table, results_and_colours)
{
    static const char *const words[] = {"PASS", "WARN", "INCOMPLETE", "FAIL"};
    static const char *const coloured[] = {"\033[32mPASS\033[0m", "\033[33mWARN\033[0m", "\033[33mINCOMPLETE\033[0m",
                                           "\033[31mFAIL\033[0m"};
    struct reported r;
    reported_open(&r, policy);
    for (int32_t result = IMGA_VERDICT_PASS; result <= IMGA_VERDICT_FAIL; result++) {
        r.verdict.result = result;
        for (int colour = 0; colour < 2; colour++) {
            char line[64];
            snprintf(line, sizeof(line), "\nVerdict:   %s by policy p\n", colour ? coloured[result] : words[result]);
            r.report.colour = colour;
            cr_assert_eq(reported_write(&r, IMGA_REPORT_TABLE), IMGA_OK);
            cr_expect(strstr(r.out.p, line), "%s", line);
            cr_expect_eq(strchr(r.out.p, '\033') != NULL, colour);
        }
    }
    reported_close(&r);
}

Test(table, all)
{
    struct reported r;
    reported_open(&r, policy);
    r.report.all = true;
    cr_assert_eq(reported_write(&r, IMGA_REPORT_TABLE), IMGA_OK);
    cr_expect(strstr(r.out.p, "CVE-4"), "fixed findings are listed");
    cr_expect(strstr(r.out.p, "CVE-7"), "findings that do not apply are listed");
    reported_close(&r);
}

/* Beyond fifty items of one result the rest is counted, unless all are wanted. */
Test(table, many_items)
{
    struct reported r;
    reported_open(&r, policy);
    const struct ia_verdict_item item = *ia_verdict_at(&r.verdict, 0);
    for (int i = 1; i < 60; i++)
        cr_assert_eq(ia_vec_push(&r.verdict.items, &item), IMGA_OK);
    cr_assert_eq(reported_write(&r, IMGA_REPORT_TABLE), IMGA_OK);
    cr_expect(strstr(r.out.p, "  ... and 10 more of this result (the JSON report lists them all)\n"), "%s", r.out.p);
    r.report.all = true;
    cr_assert_eq(reported_write(&r, IMGA_REPORT_TABLE), IMGA_OK);
    cr_expect_null(strstr(r.out.p, "more of this result"));
    reported_close(&r);
}

/* No raw control character but our own line breaks, whatever the image, the feed and the policy say. */
Test(table, hostile)
{
    static const char *const forbidden[] = {"\n\r", "\033", "\xc2\x9b", "\a"};
    struct reported r;
    reported_open_hostile(&r);
    r.report.all = true;
    for (int shape = 0; shape < 3; shape++) {
        uint32_t code;
        if (shape == 1)
            r.report.verdict = NULL;
        if (shape == 2)
            r.report.findings = NULL;
        cr_assert_eq(reported_write(&r, IMGA_REPORT_TABLE), IMGA_OK);
        for (struct ia_str rest = {r.out.p, r.out.n}; rest.n;) {
            size_t size = ia_utf8_char(rest, &code);
            cr_assert_gt(size, 0, "shape %d: invalid UTF-8", shape);
            cr_assert(code == '\n' || !ia_utf8_is_control(code), "shape %d: raw U+%04x at %zu", shape, (unsigned)code,
                      r.out.n - rest.n);
            rest = ia_str_sub(rest, size, rest.n);
        }
        for (size_t i = 0; i < IA_COUNT(forbidden); i++)
            cr_expect_null(strstr(r.out.p, forbidden[i]));
        cr_expect(strstr(r.out.p, "a\\u{1b}[2J\\u{9b}\\u{7}\\u{202e}\\u{2066}"), "shape %d: it is shown", shape);
    }
    reported_close(&r);
}

static size_t characters(const char *from, const char *to)
{
    size_t n = 0;
    for (; from < to; from++)
        n += ((unsigned char)*from & 0xc0) != 0x80;
    return n;
}

/* The table of findings fits the terminal down to what its columns need at least. */
Test(table, widths)
{
    struct reported r;
    reported_open(&r, policy);
    for (size_t i = 0; i < r.j.inventory.packages.n; i++) {
        struct ia_package *package = ia_vec_at(&r.j.inventory.packages, i);
        package->name = "a-package-with-a-name-that-is-much-longer-than-names-usually-are-in-a-distribution";
        package->version = "1:2.36-9+deb12u3.with.a.very.long.\xc3\xa4\xc3\xb6\xc3\xbc.version.of.the.thing.itself";
    }
    for (int32_t width = 20; width < 260; width++) {
        size_t longest = 0, at_least = 72;
        r.report.width = width;
        cr_assert_eq(reported_write(&r, IMGA_REPORT_TABLE), IMGA_OK);
        const char *line = strstr(r.out.p, "PACKAGE"), *end = strstr(line, "\n\n");
        while (line < end) {
            const char *stop = strchr(line, '\n');
            size_t n = characters(line, stop);
            longest = n > longest ? n : longest;
            line = stop + 1;
        }
        cr_expect_leq(longest, (size_t)width > at_least ? (size_t)width : at_least, "width %d: %zu", width, longest);
        cr_expect(width < 250 || strstr(r.out.p, "version.of.the.thing.itself"), "all of it at width %d", width);
    }
    reported_close(&r);
}

Test(table, summary)
{
    struct reported r;
    reported_open(&r, policy);
    struct ia_summary s = ia_summarise(&r.j.findings);
    static const uint64_t status[IA_STATUSES] = {0, 2, 1, 1, 1, 1, 1}, severity[IA_SEVERITIES] = {1, 0, 1, 2, 1, 0};
    cr_expect_arr_eq(s.status, status, sizeof(status));
    cr_expect_arr_eq(s.severity, severity, sizeof(severity));
    cr_expect_eq(s.fixable, 1);
    reported_close(&r);
}
