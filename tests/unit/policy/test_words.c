/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a verdict's items, exactly. */
#include "judged.h"

#include "base/utf8.h"
#include "policy/evaluate.h"

#include <criterion/criterion.h>
#include <imgassure/findings.h>
#include <string.h>

enum { NOW = 1750000000 };

struct judgement {
    struct test_env t;
    struct judged j;
    struct ia_policy *policy;
    struct ia_verdict verdict;
};

static void open_case(struct judgement *c)
{
    test_env_open(&c->t);
    judged_open(&c->j, &c->t);
}

static void judge(struct judgement *c, const char *policy)
{
    c->policy = judged_policy(&c->t, policy);
    cr_assert_eq(ia_policy_evaluate(&c->t.env, c->policy, &c->j.findings, NOW, &c->verdict), IMGA_OK, "%s",
                 c->t.env.error.message);
}

static void close_case(struct judgement *c)
{
    ia_verdict_free(&c->verdict);
    ia_policy_free(c->policy);
    judged_close(&c->j);
    test_env_close(&c->t);
    cr_expect_eq(c->t.live, 0);
}

struct words {
    const char *rule, *item, *evidence, *remedy;
};

static void expect(const struct ia_verdict *verdict, const struct words *words, size_t count)
{
    cr_assert_eq(verdict->items.n, count, "%zu items", verdict->items.n);
    for (size_t i = 0; i < count; i++) {
        const struct ia_verdict_item *item = ia_verdict_at(verdict, i);
        cr_expect_str_eq(item->rule, words[i].rule, "%zu: %s", i, item->rule);
        cr_expect_str_eq(item->item, words[i].item, "%zu: %s", i, item->item);
        cr_expect_str_eq(item->evidence, words[i].evidence, "%zu: %s", i, item->evidence);
        cr_expect_str_eq(item->remedy, words[i].remedy, "%zu: %s", i, item->remedy);
    }
}

Test(words, findings)
{
    static const struct words words[] = {
        {"r", "CVE-1 in libssl3 3.0.8-1",
         "affected, severity high (high): source openssl 3.0.8-1, fixed in 3.0.9-1; debian for bookworm as of "
         "2023-11-14T22:13:20Z; listed in var/lib/dpkg/status, layer 1; the exception EX-9 of ops expired at "
         "2025-06-01T00:00:00Z",
         "upgrade libssl3 to 3.0.9-1 or later"},
        {"r", "CVE-2 in libssl3 3.0.8-1",
         "affected, severity unknown: source openssl 3.0.8-1, no fixed version; debian for  as of "
         "2023-11-14T22:13:20Z; listed in var/lib/dpkg/status, layer 1; undecided: the severity is not known",
         "no fix is published for openssl: remove libssl3, or record an exception with owner and date"},
        {"r", "CVE-5 in zlib1g 1:1.2.13",
         "cannot-tell, severity medium: source  , fixed in x y; debian for  as of 2023-11-14T22:13:20Z; listed in "
         "var/lib/dpkg/status; undecided: the versions cannot be compared",
         "check CVE-5 by hand: the versions cannot be compared"},
        {"r", "CVE-6 in zlib1g 1:1.2.13",
         "will-not-fix, severity medium: source zlib , no fixed version, ignored; listed in var/lib/dpkg/status",
         "no fix is published for zlib: remove zlib1g, or record an exception with owner and date"},
        {"s", "CVE-4 in zlib1g 1:1.2.13",
         "fixed, severity critical: source  , fixed in 1:1.0; debian for  as of 2023-11-14T22:13:20Z; listed in "
         "var/lib/dpkg/status",
         "nothing to do for zlib1g: it is fixed"},
        {"s", "CVE-5 in zlib1g 1:1.2.13",
         "cannot-tell, severity medium: source  , fixed in x y; debian for  as of 2023-11-14T22:13:20Z; listed in "
         "var/lib/dpkg/status; undecided: the versions cannot be compared",
         "check CVE-5 by hand: the versions cannot be compared"},
        {"t", "telnetd 0.17", "installed: pkg:deb/debian/telnetd@0.17; listed in var/lib/dpkg/status, layer 0",
         "use ssh"},
        {"default.unknown", "something could not be looked at", "db-partial at status, byte 12: record 3",
         "mend what the note names, or judge the image by hand"},
        {"default.unknown", "something could not be looked at", "no-feed: debian 99",
         "mend what the note names, or judge the image by hand"},
    };
    struct judgement c;
    open_case(&c);
    judged_fill(&c.j, &c.t);
    cr_assert_eq(ia_notes_add(&c.j.inventory.notes, IMGA_NOTE_DB_PARTIAL, 12, IA_STR("status"), IA_STR("record 3")), 0);
    cr_assert_eq(ia_notes_add(&c.j.findings.notes, IMGA_NOTE_NO_FEED, -1, IA_STR(""), IA_STR("debian 99")), 0);
    judge(&c, "rules:\n- {id: r, check: vuln, severity: medium}\n- {id: s, check: vuln, status: [fixed]}\n"
              "- {id: t, check: package, deny: [telnetd], fix: use ssh}\n"
              "exceptions: [{id: EX-9, vuln: CVE-1, owner: ops, reason: r, until: 2025-06-01}]\n");
    expect(&c.verdict, words, IA_COUNT(words));
    close_case(&c);
}

Test(words, default_severity)
{
    struct judgement c;
    open_case(&c);
    judged_fill(&c.j, &c.t);
    judge(&c, "default: {severity: high}\nrules: [{id: r, check: vuln, severity: high}]\n");
    const struct ia_verdict_item *item = ia_verdict_at(&c.verdict, 1);
    cr_assert_not_null(item);
    cr_expect(strstr(item->evidence, "affected, severity unknown, taken as high by default.severity: source"), "%s",
              item->evidence);
    close_case(&c);
}

/* A text of size bytes that begins with one plain byte, so that no even place is between two characters. */
static char *long_text(size_t size)
{
    char *text = malloc(size + 1);
    memset(text, 'x', size + 1);
    for (size_t i = 1; i + 2 <= size; i += 2)
        memcpy(text + i, "\xc3\xa4", 2);
    text[size] = '\0';
    return text;
}

/* Every text of an image or a feed may be long: it is cut between characters, and the other facts stay. */
Test(words, long_facts)
{
    char *text = long_text(100000);
    struct judgement c;
    open_case(&c);
    judged_package(&c.j, &c.t,
                   (struct ia_package){.name = text, .version = text, .path = text, .purl = text, .layer = 7});
    judged_finding(&c.j, (struct ia_finding){.id = text,
                                             .status = IMGA_FINDING_AFFECTED,
                                             .source = text,
                                             .version = text,
                                             .fixed_version = text,
                                             .urgency = text,
                                             .reason = text,
                                             .release = text});
    c.j.feed.name = text;
    cr_assert_eq(ia_notes_add(&c.j.findings.notes, IMGA_NOTE_OS, 5, ia_str_from(text), ia_str_from(text)), 0);
    judge(
        &c,
        "rules: [{id: r, check: vuln}]\nexceptions: [{id: EX, vuln: '*', owner: own, reason: r, until: 2000-01-01}]\n");
    for (size_t i = 0; i < c.verdict.items.n; i++) {
        const struct ia_verdict_item *item = ia_verdict_at(&c.verdict, i);
        const char *texts[] = {item->item, item->evidence, item->remedy};
        for (size_t k = 0; k < IA_COUNT(texts); k++) {
            cr_expect(ia_utf8_valid(ia_str_from(texts[k])), "item %zu text %zu", i, k);
            cr_expect_lt(strlen(texts[k]), IA_ITEM_TEXT, "item %zu text %zu", i, k);
        }
    }
    const struct ia_verdict_item *item = ia_verdict_at(&c.verdict, 0);
    cr_expect(strstr(item->evidence, "..., layer 7; the exception EX of own expired at 2000-01-01T00:00:00Z"));
    cr_expect(strstr(item->item, "... in x"));
    close_case(&c);
    free(text);
}

/* At the size itself nothing is cut. */
Test(words, fact_size)
{
    for (size_t size = IA_ITEM_FACT; size <= IA_ITEM_FACT + 1; size++) {
        char *text = long_text(size);
        struct judgement c;
        open_case(&c);
        judged_package(&c.j, &c.t, (struct ia_package){.name = text, .version = "1", .layer = -1});
        judge(&c, "rules: [{id: r, check: package, deny: ['*']}]\n");
        const struct ia_verdict_item *item = ia_verdict_at(&c.verdict, 0);
        bool is_cut = strstr(item->item, "... 1") != NULL;
        cr_expect_eq(is_cut, size > IA_ITEM_FACT, "%zu bytes", size);
        cr_expect(ia_utf8_valid(ia_str_from(item->item)), "%zu bytes", size);
        close_case(&c);
        free(text);
    }
}

/* The verdict hands texts on as they are: reports escape them. */
Test(words, raw)
{
    struct judgement c;
    open_case(&c);
    judged_package(&c.j, &c.t, (struct ia_package){.name = "a\033[2J", .version = "1", .layer = -1});
    judge(&c, "rules: [{id: r, check: package, deny: ['a*']}]\n");
    cr_expect_str_eq(((const struct ia_verdict_item *)ia_verdict_at(&c.verdict, 0))->item, "a\033[2J 1");
    close_case(&c);
}
