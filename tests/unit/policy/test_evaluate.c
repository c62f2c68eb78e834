/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts: which items, in which order, with which result, and what became of the exceptions. */
#include "judged.h"

#include "model/severity.h"
#include "policy/document.h"

#include <criterion/criterion.h>
#include <string.h>

enum { NOW = 1750000000 }; /* 2025-06-15T15:06:40Z */

#define FUTURE "owner: o, reason: r, until: 2025-07-01}"
#define PAST "owner: o, reason: r, until: 2025-06-01}"
#define PASSED(rule) "pass " rule "@4 nothing found\n"

struct row {
    const char *name;
    const char *policy; /* after the head: line 3 */
    unsigned findings;  /* bit n: CVE-n */
    int32_t note;       /* of the inventory; 0: none */
    const char *verdict;
};

static const struct row rows[] = {
    {"no rules", "rules: []\n", 0xfe, 0, "PASS\n"},
    {"no findings", "rules:\n- {id: r, check: vuln}\n", 0, 0, "PASS\n" PASSED("r")},
    {"open findings by default", "default: {severity: low}\nrules: [{id: r, check: vuln}]\n", 0xde, 0,
     "FAIL\nfail r@4 CVE-1 in libssl3 3.0.8-1\nfail r@4 CVE-2 in libssl3 3.0.8-1\nfail r@4 CVE-3 in zlib1g 1:1.2.13\n"
     "fail r@4 CVE-6 in zlib1g 1:1.2.13\n"},
    {"a rule without severity wants none known", "rules:\n- {id: r, check: vuln}\n", 0x04, 0,
     "FAIL\nfail r@4 CVE-2 in libssl3 3.0.8-1\n"},
    {"threshold", "rules:\n- {id: r, check: vuln, severity: medium}\n", 0x4a, 0,
     "FAIL\nfail r@4 CVE-1 in libssl3 3.0.8-1\nfail r@4 CVE-6 in zlib1g 1:1.2.13\n"},
    {"threshold above all", "rules:\n- {id: r, check: vuln, severity: critical}\n", 0x4a, 0, "PASS\n" PASSED("r")},
    {"fixable", "rules:\n- {id: r, check: vuln, fixable: true}\n", 0x4e, 0,
     "FAIL\nfail r@4 CVE-1 in libssl3 3.0.8-1\n"},
    {"fixed versions do not count", "rules:\n- {id: r, check: vuln}\n", 0x90, 0, "PASS\n" PASSED("r")},
    {"chosen states", "rules:\n- {id: r, check: vuln, status: [fixed, not-affected]}\n", 0xde, 0,
     "FAIL\nfail r@4 CVE-4 in zlib1g 1:1.2.13\nfail r@4 CVE-7 in telnetd 0.17\n"},
    {"warn", "rules:\n- {id: r, check: vuln, action: warn}\n", 0x02, 0, "WARN\nwarn r@4 CVE-1 in libssl3 3.0.8-1\n"},
    {"info", "rules:\n- {id: r, check: vuln, action: info}\n", 0x02, 0, "PASS\npass r@4 CVE-1 in libssl3 3.0.8-1\n"},

    {"unknown severity, nothing said", "rules:\n- {id: r, check: vuln, severity: critical}\n", 0x04, 0,
     "INCOMPLETE\nincomplete r@4 CVE-2 in libssl3 3.0.8-1\n"},
    {"unknown severity, deny", "default: {unknown: deny}\nrules: [{id: r, check: vuln, severity: low}]\n", 0x04, 0,
     "INCOMPLETE\nincomplete r@4 CVE-2 in libssl3 3.0.8-1\n"},
    {"unknown severity, warn", "default: {unknown: warn}\nrules: [{id: r, check: vuln, severity: low}]\n", 0x04, 0,
     "WARN\nwarn r@4 CVE-2 in libssl3 3.0.8-1\n"},
    {"unknown severity taken as medium",
     "default: {severity: medium}\nrules: [{id: r, check: vuln, severity: medium}]\n", 0x04, 0,
     "FAIL\nfail r@4 CVE-2 in libssl3 3.0.8-1\n"},
    {"unknown severity taken as low", "default: {severity: low}\nrules: [{id: r, check: vuln, severity: medium}]\n",
     0x04, 0, "PASS\n" PASSED("r")},
    {"unknown severity that no upgrade fixes", "rules:\n- {id: r, check: vuln, severity: low, fixable: true}\n", 0x04,
     0, "PASS\n" PASSED("r")},
    {"unknown severity under a warning", "rules:\n- {id: r, check: vuln, severity: low, action: warn}\n", 0x04, 0,
     "WARN\nwarn r@4 CVE-2 in libssl3 3.0.8-1\n"},
    {"unknown severity under info", "rules:\n- {id: r, check: vuln, severity: low, action: info}\n", 0x04, 0,
     "PASS\npass r@4 CVE-2 in libssl3 3.0.8-1\n"},
    {"cannot tell", "rules:\n- {id: r, check: vuln, severity: medium}\n", 0x20, 0,
     "INCOMPLETE\nincomplete r@4 CVE-5 in zlib1g 1:1.2.13\n"},
    {"cannot tell, whatever the states", "rules:\n- {id: r, check: vuln, status: [fixed]}\n", 0x20, 0,
     "INCOMPLETE\nincomplete r@4 CVE-5 in zlib1g 1:1.2.13\n"},
    {"cannot tell below the threshold", "rules:\n- {id: r, check: vuln, severity: high}\n", 0x20, 0,
     "PASS\n" PASSED("r")},
    {"cannot tell, warn", "default: {unknown: warn}\nrules: [{id: r, check: vuln}]\n", 0x20, 0,
     "WARN\nwarn r@4 CVE-5 in zlib1g 1:1.2.13\n"},
    {"cannot tell, excused", "rules:\n- {id: r, check: vuln}\nexceptions:\n- {id: x, vuln: CVE-5, " FUTURE "\n", 0x20,
     0, "PASS\npass r@4 CVE-5 in zlib1g 1:1.2.13 !x\nx until 1 used 1\n"},

    {"incomplete inventory without findings", "rules:\n- {id: r, check: vuln}\n", 0, IMGA_NOTE_DB_PARTIAL,
     "INCOMPLETE\n" PASSED("r") "incomplete default.unknown@0 something could not be looked at\n"},
    {"incomplete inventory without rules", "rules: []\n", 0, IMGA_NOTE_NO_PACKAGES,
     "INCOMPLETE\nincomplete default.unknown@0 something could not be looked at\n"},
    {"incomplete, deny", "default:\n  unknown: deny\nrules: []\n", 0, IMGA_NOTE_OS,
     "INCOMPLETE\nincomplete default.unknown@4 something could not be looked at\n"},
    {"incomplete, warn", "default:\n  unknown: warn\nrules: []\n", 0, IMGA_NOTE_SKIPPED,
     "WARN\nwarn default.unknown@4 something could not be looked at\n"},
    {"incomplete, and a violation", "rules:\n- {id: r, check: vuln}\n", 0x02, IMGA_NOTE_SKIPPED,
     "FAIL\nfail r@4 CVE-1 in libssl3 3.0.8-1\nincomplete default.unknown@0 something could not be looked at\n"},
    {"incomplete, and a warning", "rules:\n- {id: r, check: vuln, action: warn}\n", 0x02, IMGA_NOTE_SKIPPED,
     "INCOMPLETE\nwarn r@4 CVE-1 in libssl3 3.0.8-1\nincomplete default.unknown@0 something could not be looked at\n"},
    {"a remark is not an unknown", "rules: []\n", 0, IMGA_NOTE_DUPLICATE, "PASS\n"},

    {"denied package", "rules:\n- {id: r, check: package, deny: ['telnet*', rsh]}\n", 0, 0,
     "FAIL\nfail r@4 telnetd 0.17\n"},
    {"no denied package", "rules:\n- {id: r, check: package, deny: [rsh]}\n", 0, 0, "PASS\n" PASSED("r")},
    {"allowed packages", "rules:\n- {id: r, check: package, allow: ['lib*', zlib1g]}\n", 0, 0,
     "FAIL\nfail r@4 telnetd 0.17\n"},
    {"all allowed", "rules:\n- {id: r, check: package, allow: ['*']}\n", 0, 0, "PASS\n" PASSED("r")},
    {"package warning", "rules:\n- {id: r, check: package, deny: ['*'], action: warn}\n", 0, 0,
     "WARN\nwarn r@4 libssl3 3.0.8-1\nwarn r@4 telnetd 0.17\nwarn r@4 zlib1g 1:1.2.13\n"},

    {"rules in order, then findings",
     "rules:\n- {id: b, check: vuln, severity: high}\n"
     "- {id: a, check: vuln, action: warn, severity: medium}\n- {id: c, check: package, deny: [telnetd]}\n",
     0x4a, 0,
     "FAIL\nfail b@4 CVE-1 in libssl3 3.0.8-1\nwarn a@5 CVE-1 in libssl3 3.0.8-1\nwarn a@5 CVE-6 in zlib1g 1:1.2.13\n"
     "fail c@6 telnetd 0.17\n"},
    {"the worst result wins",
     "rules:\n- {id: a, check: vuln, severity: critical}\n"
     "- {id: b, check: vuln, severity: high, action: warn}\n",
     0x06, 0,
     "INCOMPLETE\nincomplete a@4 CVE-2 in libssl3 3.0.8-1\nwarn b@5 CVE-1 in libssl3 3.0.8-1\n"
     "warn b@5 CVE-2 in libssl3 3.0.8-1\n"},

    {"excused",
     "rules:\n- {id: r, check: vuln}\nexceptions:\n- {id: x, rule: r, vuln: CVE-1, package: libssl3, " FUTURE "\n",
     0x02, 0, "PASS\npass r@4 CVE-1 in libssl3 3.0.8-1 !x\nx until 1 used 1\n"},
    {"excused by pattern, in every rule",
     "rules:\n- {id: r, check: vuln}\n- {id: s, check: vuln}\n"
     "exceptions:\n- {id: x, vuln: CVE-*, " FUTURE "\n",
     0x42, 0,
     "PASS\npass r@4 CVE-1 in libssl3 3.0.8-1 !x\npass r@4 CVE-6 in zlib1g 1:1.2.13 !x\n"
     "pass s@5 CVE-1 in libssl3 3.0.8-1 !x\npass s@5 CVE-6 in zlib1g 1:1.2.13 !x\nx until 1 used 4\n"},
    {"excused in one rule only",
     "rules:\n- {id: r, check: vuln}\n- {id: s, check: vuln}\n"
     "exceptions:\n- {id: x, rule: s, package: lib*, " FUTURE "\n",
     0x02, 0, "FAIL\nfail r@4 CVE-1 in libssl3 3.0.8-1\npass s@5 CVE-1 in libssl3 3.0.8-1 !x\nx until 1 used 1\n"},
    {"both must fit",
     "rules:\n- {id: r, check: vuln}\nexceptions:\n- {id: x, vuln: CVE-1, package: zlib1g, " FUTURE "\n", 0x02, 0,
     "FAIL\nfail r@4 CVE-1 in libssl3 3.0.8-1\nx until 1 used 0\n"},
    {"expired", "rules:\n- {id: r, check: vuln}\nexceptions:\n- {id: x, vuln: CVE-1, " PAST "\n", 0x02, 0,
     "FAIL\nfail r@4 CVE-1 in libssl3 3.0.8-1 !x\nx expired 1 used 1\n"},
    {"expired, of a warning",
     "rules:\n- {id: r, check: vuln, action: warn}\nexceptions:\n- {id: x, vuln: CVE-1, " PAST "\n", 0x02, 0,
     "WARN\nwarn r@4 CVE-1 in libssl3 3.0.8-1 !x\nx expired 1 used 1\n"},
    {"a valid one wins over an expired one",
     "rules:\n- {id: r, check: vuln}\nexceptions:\n- {id: x, vuln: CVE-1, " PAST "\n- {id: y, vuln: CVE-*, " FUTURE
     "\n- {id: z, vuln: CVE-*, " FUTURE "\n",
     0x02, 0, "PASS\npass r@4 CVE-1 in libssl3 3.0.8-1 !y\nx expired 1 used 0\ny until 1 used 1\nz until 1 used 0\n"},
    {"the first expired one is named",
     "rules:\n- {id: r, check: vuln}\nexceptions:\n- {id: x, vuln: CVE-1, " PAST "\n- {id: y, vuln: CVE-*, " PAST "\n",
     0x02, 0, "FAIL\nfail r@4 CVE-1 in libssl3 3.0.8-1 !x\nx expired 1 used 1\ny expired 1 used 0\n"},
    {"used for nothing",
     "rules:\n- {id: r, check: vuln}\nexceptions:\n- {id: x, vuln: CVE-9, " FUTURE "\n- {id: y, package: nothere, " PAST
     "\n",
     0x02, 0, "FAIL\nfail r@4 CVE-1 in libssl3 3.0.8-1\nx until 1 used 0\ny expired 1 used 0\n"},
    {"a package that is excused",
     "rules:\n- {id: r, check: package, deny: [telnetd]}\n"
     "exceptions:\n- {id: x, package: telnetd, " FUTURE "\n",
     0, 0, "PASS\npass r@4 telnetd 0.17 !x\nx until 1 used 1\n"},
    {"a vulnerability does not excuse a package",
     "rules:\n- {id: r, check: package, deny: [telnetd]}\n"
     "exceptions:\n- {id: x, vuln: '*', " FUTURE "\n",
     0, 0, "FAIL\nfail r@4 telnetd 0.17\nx until 1 used 0\n"},
    {"the unknown cannot be excused", "rules: []\nexceptions:\n- {id: x, package: '*', " FUTURE "\n", 0,
     IMGA_NOTE_DB_PARTIAL,
     "INCOMPLETE\nincomplete default.unknown@0 something could not be looked at\nx until 1 used 0\n"},
};

/* The verdict in short. */
static void render(const struct ia_verdict *verdict, char *out, size_t size)
{
    static const char *const words[] = {"PASS", "WARN", "INCOMPLETE", "FAIL"};
    const struct ia_verdict_item *item;
    const struct ia_verdict_exception *x;
    size_t n = (size_t)snprintf(out, size, "%s\n", words[verdict->result]);
    for (size_t i = 0; (item = ia_verdict_at(verdict, i)); i++)
        n += (size_t)snprintf(out + n, size - n, "%s %s@%u %s%s%s\n", ia_verdict_name(item->result), item->rule,
                              (unsigned)item->line, item->item, *item->exception ? " !" : "", item->exception);
    for (size_t i = 0; (x = ia_vec_at(&verdict->exceptions, i)); i++)
        n += (size_t)snprintf(out + n, size - n, "%s %s 1 used %u\n", x->id, x->expired ? "expired" : "until",
                              (unsigned)x->used);
}

static void keep_findings(struct judged *j, unsigned bits)
{
    struct ia_finding *all = j->findings.rows.p;
    size_t n = 0;
    for (size_t i = 0; i < j->findings.rows.n; i++)
        if (bits >> (i + 1) & 1)
            all[n++] = all[i];
    j->findings.rows.n = n;
}

/* The lines that every verdict must keep, whatever the policy. */
static void check_invariants(const struct row *row, const struct judged *j, const struct ia_verdict *verdict)
{
    const struct ia_verdict_item *item;
    int32_t worst = IMGA_VERDICT_PASS;
    for (size_t i = 0; (item = ia_verdict_at(verdict, i)); i++) {
        worst = item->result > worst ? item->result : worst;
        cr_expect(item->rule && item->item && item->evidence && item->remedy && item->exception, "%s", row->name);
        cr_expect(item->finding < (int64_t)j->findings.rows.n && item->package < 3, "%s", row->name);
        if (item->result > IMGA_VERDICT_PASS)
            cr_expect(*item->evidence && *item->remedy, "%s: item %zu says why and what to do", row->name, i);
    }
    cr_expect_eq(verdict->result, worst, "%s: the worst of the items", row->name);
    cr_expect(verdict->result > IMGA_VERDICT_PASS || ia_findings_complete(&j->findings),
              "%s: what is incomplete does not pass", row->name);
}

static void evaluate_row(const struct row *row)
{
    char out[4096];
    struct ia_verdict verdict;
    struct judged j;
    struct test_env t;
    test_env_open(&t);
    judged_open(&j, &t);
    judged_fill(&j, &t);
    keep_findings(&j, row->findings);
    if (row->note)
        cr_assert_eq(ia_notes_add(&j.inventory.notes, row->note, 3, IA_STR("place"), IA_STR("text")), IMGA_OK);
    struct ia_policy *policy = judged_policy(&t, row->policy);
    cr_assert_eq(ia_policy_evaluate(&t.env, policy, &j.findings, NOW, &verdict), IMGA_OK, "%s", row->name);
    render(&verdict, out, sizeof(out));
    cr_expect_str_eq(out, row->verdict, "%s:\n%s", row->name, out);
    check_invariants(row, &j, &verdict);
    ia_verdict_free(&verdict);
    ia_policy_free(policy);
    judged_close(&j);
    test_env_close(&t);
    cr_expect_eq(t.live, 0, "%s: leaks", row->name);
}

Test(evaluate, rows)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        evaluate_row(&rows[i]);
}

/* The result of a one-rule policy over what the test made. */
static int judge(struct test_env *t, struct judged *j, const char *policy_text, int64_t now, int32_t *result)
{
    struct ia_verdict verdict;
    struct ia_policy *policy = judged_policy(t, policy_text);
    int status = ia_policy_evaluate(&t->env, policy, &j->findings, now, &verdict);
    if (status == IMGA_OK) {
        *result = verdict.result;
        ia_verdict_free(&verdict);
    }
    ia_policy_free(policy);
    return status;
}

/* Valid until the second before. */
Test(evaluate, clock)
{
    static const char policy[] = "rules: [{id: r, check: vuln}]\nexceptions: [{id: x, vuln: CVE-1, owner: o, "
                                 "reason: r, until: 2025-06-15T15:06:40Z}]\n";
    static const struct {
        int64_t now;
        int32_t result;
    } clocks[] = {{INT64_MIN, IMGA_VERDICT_PASS}, {0, IMGA_VERDICT_PASS},       {NOW - 1, IMGA_VERDICT_PASS},
                  {NOW, IMGA_VERDICT_FAIL},       {NOW + 1, IMGA_VERDICT_FAIL}, {INT64_MAX, IMGA_VERDICT_FAIL}};
    struct judged j;
    struct test_env t;
    test_env_open(&t);
    judged_open(&j, &t);
    judged_fill(&j, &t);
    keep_findings(&j, 2);
    for (size_t i = 0; i < IA_COUNT(clocks); i++) {
        int32_t result = -1;
        cr_expect_eq(judge(&t, &j, policy, clocks[i].now, &result), IMGA_OK);
        cr_expect_eq(result, clocks[i].result, "clock %lld", (long long)clocks[i].now);
    }
    judged_close(&j);
    test_env_close(&t);
}

/* Notes that were only counted, also when not one of them was kept. */
Test(evaluate, dropped_notes)
{
    for (size_t most = 0; most < 4; most++) {
        struct judged j;
        struct test_env t;
        int32_t result = -1;
        test_env_open(&t);
        t.limits.notes = most;
        judged_open(&j, &t);
        for (int i = 0; i < 5; i++) {
            char text[2] = {(char)('a' + i), 0};
            cr_assert_eq(ia_notes_add(&j.findings.notes, IMGA_NOTE_DUPLICATE, -1, IA_STR(""), ia_str_from(text)), 0);
        }
        cr_expect_eq(judge(&t, &j, "rules: []\n", NOW, &result), IMGA_OK);
        cr_expect_eq(result, IMGA_VERDICT_INCOMPLETE, "%zu notes", most);
        judged_close(&j);
        test_env_close(&t);
    }
}

Test(evaluate, cancelled)
{
    static const char *const policies[] = {"rules: [{id: r, check: vuln}]\n",
                                           "rules: [{id: r, check: package, deny: [a]}]\n"};
    for (size_t i = 0; i < IA_COUNT(policies); i++) {
        struct judged j;
        struct test_env t;
        int32_t result = -1;
        test_env_open(&t);
        judged_open(&j, &t);
        judged_fill(&j, &t);
        atomic_store(&t.cancel.flag, 1);
        cr_expect_eq(judge(&t, &j, policies[i], NOW, &result), IMGA_E_CANCELLED, "%s", policies[i]);
        judged_close(&j);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}

/* Lines: findings, packages, notes, rules, and two for dropped notes. */
Test(evaluate, line_limit)
{
    for (size_t packages = 5; packages <= 6; packages++) {
        struct judged j;
        struct test_env t;
        int32_t result = -1;
        test_env_open(&t);
        judged_open(&j, &t);
        for (size_t i = 0; i < packages; i++)
            judged_package(&j, &t, (struct ia_package){.name = "n"});
        t.limits.findings = 1;
        t.limits.packages = 1;
        t.limits.notes = 0;
        int status = judge(&t, &j, "rules: [{id: r, check: package, deny: [n]}]\n", NOW, &result);
        cr_expect_eq(status, packages == 5 ? IMGA_OK : IMGA_E_LIMIT, "%zu packages: %d", packages, status);
        if (status < 0)
            cr_expect_str_eq(t.env.error.message, "the limit findings (1) is exceeded by the lines of the verdict");
        judged_close(&j);
        test_env_close(&t);
    }
}

Test(evaluate, text_limit)
{
    for (uint64_t more = 0; more < 2; more++) {
        struct judged j;
        struct test_env t;
        struct ia_verdict verdict;
        test_env_open(&t);
        judged_open(&j, &t);
        judged_fill(&j, &t);
        struct ia_policy *policy = judged_policy(&t, "rules: [{id: r, check: vuln}]\n");
        cr_assert_eq(ia_policy_evaluate(&t.env, policy, &j.findings, NOW, &verdict), IMGA_OK);
        t.limits.document_bytes = verdict.arena.bytes - more;
        ia_verdict_free(&verdict);
        int status = ia_policy_evaluate(&t.env, policy, &j.findings, NOW, &verdict);
        cr_expect_eq(status, more ? IMGA_E_LIMIT : IMGA_OK, "%s", t.env.error.message);
        if (status == IMGA_OK)
            ia_verdict_free(&verdict);
        ia_policy_free(policy);
        judged_close(&j);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}

static const char everything[] =
    "rules:\n- {id: r, check: vuln, severity: low}\n- {id: s, check: package, deny: [telnetd]}\n"
    "exceptions:\n- {id: x, vuln: CVE-1, " PAST "\n- {id: y, vuln: CVE-6, " FUTURE "\n";

/* 1 while there is an allocation number n. */
static int fails_at(size_t n)
{
    struct judged j;
    struct test_env t;
    struct ia_verdict verdict;
    test_env_open(&t);
    judged_open(&j, &t);
    judged_fill(&j, &t);
    struct ia_policy *policy = judged_policy(&t, everything);
    size_t before = t.live;
    t.count = 0;
    t.fail_at = n;
    int status = ia_policy_evaluate(&t.env, policy, &j.findings, NOW, &verdict);
    int reached = t.count >= n;
    cr_expect_eq(status, reached ? IMGA_E_NOMEM : IMGA_OK, "allocation %zu: %d", n, status);
    if (status == IMGA_OK)
        ia_verdict_free(&verdict);
    cr_expect_eq(t.live, before, "allocation %zu leaks", n);
    ia_policy_free(policy);
    judged_close(&j);
    test_env_close(&t);
    return reached;
}

Test(evaluate, memory)
{
    size_t n = 1;
    while (fails_at(n))
        n++;
    cr_expect_gt(n, 4);
}
