/* SPDX-License-Identifier: Apache-2.0 */
/* Policy documents: what is accepted, and the words, line and column of each refusal. */
#include "judged.h"

#include <criterion/criterion.h>
#include <string.h>

#define HEAD "imgassure: 1\npolicy: p\n"
#define RULE "rules: [{id: r, check: vuln}]\n"
#define PLACE "{id: x, owner: o, reason: r, until: 2030-01-01, "

struct row {
    const char *name;
    const char *document;
    int status;
    const char *message; /* when it is refused */
};

static const struct row rows[] = {
    {"smallest", HEAD "rules: []\n", IMGA_OK, ""},
    {"json", "{\"imgassure\": 1, \"policy\": \"p\", \"rules\": [{\"id\": \"r\", \"check\": \"vuln\"}]}", IMGA_OK, ""},
    {"every member",
     HEAD
     "description: d\nowner: o\ndefault: {unknown: warn, severity: low}\nrules:\n"
     "  - {id: a, check: vuln, action: info, why: w, fix: f, severity: high, fixable: false, status: [affected]}\n"
     "  - {id: b, check: package, action: warn, why: w, fix: f, allow: ['*']}\n"
     "exceptions:\n  - {id: x, rule: a, vuln: CVE-*, package: z*, owner: o, reason: r, until: 2030-01-01T00:00:00Z}\n",
     IMGA_OK, ""},
    {"every severity",
     HEAD "rules: [{id: a, check: vuln, severity: negligible}, {id: b, check: vuln, severity: low}, "
          "{id: c, check: vuln, severity: medium}, {id: d, check: vuln, severity: critical}]\n",
     IMGA_OK, ""},
    {"every status",
     HEAD "rules: [{id: a, check: vuln, status: [affected, fixed, not-affected, will-not-fix, "
          "undetermined]}]\n",
     IMGA_OK, ""},
    {"exceptions before rules", HEAD "exceptions: [" PLACE "rule: r, vuln: V}]\n" RULE, IMGA_OK, ""},
    {"quoted null is a text", HEAD "owner: 'null'\n" RULE, IMGA_OK, ""},
    {"numbers and booleans are texts where texts are wanted", HEAD "owner: 17\ndescription: true\n" RULE, IMGA_OK, ""},
    {"no is a name, not false", HEAD "rules: [{id: no, check: package, deny: [no, off, 0o7, 1e3]}]\n", IMGA_OK, ""},
    {"empty list of exceptions", HEAD RULE "exceptions: []\n", IMGA_OK, ""},

    {"empty", "", IMGA_E_FORMAT, "line 1, column 1: the YAML document is empty"},
    {"comment only", "# nothing\n", IMGA_E_FORMAT, "line 1, column 1: the YAML document is empty"},
    {"a text", "policy\n", IMGA_E_FORMAT, "line 1, column 1: the policy must be a mapping"},
    {"a list", "- imgassure: 1\n", IMGA_E_FORMAT, "line 1, column 1: the policy must be a mapping"},
    {"no version", "policy: p\nrules: []\n", IMGA_E_FORMAT, "line 1, column 1: the policy lacks \"imgassure\""},
    {"no name", "imgassure: 1\nrules: []\n", IMGA_E_FORMAT, "line 1, column 1: the policy lacks \"policy\""},
    {"no rules", HEAD, IMGA_E_FORMAT, "line 1, column 1: the policy lacks \"rules\""},
    {"newer version", "imgassure: 2\npolicy: p\nrules: []\n", IMGA_E_UNSUPPORTED,
     "line 1, column 12: this library knows policy language version 1 only"},
    {"newer version with unknown members first", "scope: x\nimgassure: 2\n", IMGA_E_UNSUPPORTED,
     "line 2, column 12: this library knows policy language version 1 only"},
    {"version 1.0", "imgassure: 1.0\npolicy: p\nrules: []\n", IMGA_E_UNSUPPORTED,
     "line 1, column 12: this library knows policy language version 1 only"},
    {"version as a text", "imgassure: '1'\npolicy: p\nrules: []\n", IMGA_E_UNSUPPORTED,
     "line 1, column 12: this library knows policy language version 1 only"},
    {"version as a list", "imgassure: [1]\npolicy: p\nrules: []\n", IMGA_E_UNSUPPORTED,
     "line 1, column 12: this library knows policy language version 1 only"},
    {"unknown member", HEAD "ruels: []\n" RULE, IMGA_E_FORMAT,
     "line 3: the policy has no member \"ruels\"; it knows: imgassure, policy, description, owner, default, rules, "
     "exceptions"},
    {"key in capitals", HEAD "Rules: []\n" RULE, IMGA_E_FORMAT,
     "line 3: the policy has no member \"Rules\"; it knows: imgassure, policy, description, owner, default, rules, "
     "exceptions"},
    {"duplicate key", HEAD RULE RULE, IMGA_E_FORMAT, "line 4, column 1: the key 'rules' is already on line 3"},
    {"empty name", "imgassure: 1\npolicy: ''\nrules: []\n", IMGA_E_FORMAT,
     "line 2, column 9: expected text that is not empty"},
    {"blank name", "imgassure: 1\npolicy: '  '\nrules: []\n", IMGA_E_FORMAT,
     "line 2, column 9: expected text that is not empty"},
    {"no value", "imgassure: 1\npolicy:\nrules: []\n", IMGA_E_FORMAT,
     "line 2, column 8: expected text that is not empty"},
    {"name is a list", "imgassure: 1\npolicy: [p]\nrules: []\n", IMGA_E_FORMAT,
     "line 2, column 9: expected text that is not empty"},
    {"null owner", HEAD "owner: null\n" RULE, IMGA_E_FORMAT,
     "line 3, column 8: null is not a text; put it in quotes if it is one"},
    {"tilde owner", HEAD "owner: ~\n" RULE, IMGA_E_FORMAT,
     "line 3, column 8: null is not a text; put it in quotes if it is one"},

    {"default is a text", HEAD "default: deny\n" RULE, IMGA_E_FORMAT,
     "line 3, column 10: the default must be a mapping"},
    {"unknown pass", HEAD "default: {unknown: pass}\n" RULE, IMGA_E_FORMAT,
     "line 3, column 20: unknown must be deny or warn"},
    {"unknown of default", HEAD "default:\n  severe: low\n" RULE, IMGA_E_FORMAT,
     "line 4: the default has no member \"severe\"; it knows: unknown, severity"},
    {"default severity unknown", HEAD "default: {severity: unknown}\n" RULE, IMGA_E_FORMAT,
     "line 3, column 21: severity must be negligible, low, medium, high or critical"},

    {"rules is a mapping", HEAD "rules: {a: b}\n", IMGA_E_FORMAT, "line 3, column 8: expected a list"},
    {"rule is a text", HEAD "rules:\n  - vuln\n", IMGA_E_FORMAT,
     "line 4, column 5: a rule is a mapping with id and check"},
    {"rule without check", HEAD "rules:\n  - id: r\n", IMGA_E_FORMAT,
     "line 4, column 5: a rule is a mapping with id and check"},
    {"check is a list", HEAD "rules:\n  - {id: r, check: [vuln]}\n", IMGA_E_FORMAT,
     "line 4, column 5: a rule is a mapping with id and check"},
    {"unknown check", HEAD "rules:\n  - {id: r, check: secret}\n", IMGA_E_UNSUPPORTED,
     "line 4, column 20: this library knows the checks vuln and package"},
    {"rule without id", HEAD "rules:\n  - {check: vuln}\n", IMGA_E_FORMAT,
     "line 4, column 5: the vuln rule lacks \"id\""},
    {"reserved id", HEAD "rules:\n  - {id: default.unknown, check: vuln}\n", IMGA_E_FORMAT,
     "line 4, column 10: ids that start with \"default.\" belong to the library"},
    {"same id", HEAD "rules:\n  - {id: r, check: vuln}\n  - {id: r, check: vuln}\n", IMGA_E_FORMAT,
     "line 5, column 5: the id \"r\" is already on line 4"},
    {"unknown member of vuln", HEAD "rules:\n  - id: r\n    check: vuln\n    deny: [x]\n", IMGA_E_FORMAT,
     "line 6: the vuln rule has no member \"deny\"; it knows: id, check, action, why, fix, severity, fixable, status"},
    {"unknown member of package", HEAD "rules:\n  - {id: r, check: package, severity: low, deny: [x]}\n", IMGA_E_FORMAT,
     "line 4: the package rule has no member \"severity\"; it knows: id, check, action, why, fix, deny, allow"},
    {"unknown action", HEAD "rules:\n  - {id: r, check: vuln, action: fail}\n", IMGA_E_FORMAT,
     "line 4, column 34: action must be deny, warn or info"},
    {"unknown severity", HEAD "rules:\n  - {id: r, check: vuln, severity: HIGH}\n", IMGA_E_FORMAT,
     "line 4, column 36: severity must be negligible, low, medium, high or critical"},
    {"severity unknown", HEAD "rules:\n  - {id: r, check: vuln, severity: unknown}\n", IMGA_E_FORMAT,
     "line 4, column 36: severity must be negligible, low, medium, high or critical"},
    {"fixable yes", HEAD "rules:\n  - {id: r, check: vuln, fixable: yes}\n", IMGA_E_FORMAT,
     "line 4, column 35: expected true or false"},
    {"fixable quoted", HEAD "rules:\n  - {id: r, check: vuln, fixable: 'true'}\n", IMGA_E_FORMAT,
     "line 4, column 35: expected true or false"},
    {"status is a text", HEAD "rules:\n  - {id: r, check: vuln, status: affected}\n", IMGA_E_FORMAT,
     "line 4, column 34: expected a list that is not empty"},
    {"no status", HEAD "rules:\n  - {id: r, check: vuln, status: []}\n", IMGA_E_FORMAT,
     "line 4, column 34: expected a list that is not empty"},
    {"unknown status", HEAD "rules:\n  - {id: r, check: vuln, status: [fixed, open]}\n", IMGA_E_FORMAT,
     "line 4, column 42: status must be affected, fixed, not-affected, will-not-fix or undetermined"},
    {"cannot-tell is not a status to choose", HEAD "rules:\n  - {id: r, check: vuln, status: [cannot-tell]}\n",
     IMGA_E_FORMAT, "line 4, column 35: status must be affected, fixed, not-affected, will-not-fix or undetermined"},
    {"package rule without names", HEAD "rules:\n  - {id: r, check: package}\n", IMGA_E_FORMAT,
     "line 4, column 5: a package rule needs deny or allow"},
    {"deny and allow", HEAD "rules:\n  - {id: r, check: package, deny: [a], allow: [b]}\n", IMGA_E_FORMAT,
     "line 4, column 47: a package rule has either deny or allow"},
    {"empty deny", HEAD "rules:\n  - {id: r, check: package, deny: []}\n", IMGA_E_FORMAT,
     "line 4, column 35: expected a list that is not empty"},
    {"empty allow", HEAD "rules:\n  - {id: r, check: package, allow: []}\n", IMGA_E_FORMAT,
     "line 4, column 36: expected a list that is not empty"},
    {"deny is a text", HEAD "rules:\n  - {id: r, check: package, deny: telnet}\n", IMGA_E_FORMAT,
     "line 4, column 35: expected a list that is not empty"},
    {"null among the names", HEAD "rules:\n  - {id: r, check: package, deny: [a, null]}\n", IMGA_E_FORMAT,
     "line 4, column 39: null is not a text; put it in quotes if it is one"},

    {"exceptions is a mapping", HEAD RULE "exceptions: {id: x}\n", IMGA_E_FORMAT, "line 4, column 13: expected a list"},
    {"exception is a text", HEAD RULE "exceptions: [x]\n", IMGA_E_FORMAT,
     "line 4, column 14: the exception must be a mapping"},
    {"exception without owner", HEAD RULE "exceptions:\n  - {id: x, vuln: V, reason: r, until: 2030-01-01}\n",
     IMGA_E_FORMAT, "line 5, column 5: the exception lacks \"owner\""},
    {"exception without reason", HEAD RULE "exceptions:\n  - {id: x, vuln: V, owner: o, until: 2030-01-01}\n",
     IMGA_E_FORMAT, "line 5, column 5: the exception lacks \"reason\""},
    {"exception without until", HEAD RULE "exceptions:\n  - {id: x, vuln: V, owner: o, reason: r}\n", IMGA_E_FORMAT,
     "line 5, column 5: the exception lacks \"until\""},
    {"exception without id", HEAD RULE "exceptions:\n  - {vuln: V, owner: o, reason: r, until: 2030-01-01}\n",
     IMGA_E_FORMAT, "line 5, column 5: the exception lacks \"id\""},
    {"exception for everything", HEAD RULE "exceptions:\n  - " PLACE "rule: r}\n", IMGA_E_FORMAT,
     "line 5, column 5: an exception must name a vuln or a package"},
    {"exception for no rule", HEAD RULE "exceptions:\n  - " PLACE "rule: s, vuln: V}\n", IMGA_E_FORMAT,
     "line 5: the exception \"x\" is for a rule \"s\" that does not exist"},
    {"exception for the unknown", HEAD RULE "exceptions:\n  - " PLACE "rule: default.unknown, package: p}\n",
     IMGA_E_FORMAT, "line 5: the exception \"x\" is for a rule \"default.unknown\" that does not exist"},
    {"same exception", HEAD RULE "exceptions:\n  - " PLACE "vuln: V}\n  - " PLACE "vuln: W}\n", IMGA_E_FORMAT,
     "line 6, column 5: the id \"x\" is already on line 5"},
    {"unknown member of exception", HEAD RULE "exceptions:\n  - " PLACE "vuln: V, expires: never}\n", IMGA_E_FORMAT,
     "line 5: the exception has no member \"expires\"; it knows: id, rule, vuln, package, owner, reason, until"},
    {"until never", HEAD RULE "exceptions:\n  - {id: x, vuln: V, owner: o, reason: r, until: never}\n", IMGA_E_FORMAT,
     "line 5, column 50: expected a date, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"},
    {"until a day that is not", HEAD RULE "exceptions:\n  - {id: x, vuln: V, owner: o, reason: r, until: 2030-02-30}\n",
     IMGA_E_FORMAT, "line 5, column 50: expected a date, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"},
    {"until a list", HEAD RULE "exceptions:\n  - {id: x, vuln: V, owner: o, reason: r, until: [2030-01-01]}\n",
     IMGA_E_FORMAT, "line 5, column 50: expected a date, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ"},

    {"anchor", "imgassure: 1\npolicy: &a p\nrules: []\n", IMGA_E_FORMAT, "line 2, column 9: anchors are not supported"},
    {"alias", "imgassure: 1\npolicy: *a\nrules: []\n", IMGA_E_FORMAT, "line 2, column 9: aliases are not supported"},
    {"tag", "imgassure: !!int 1\npolicy: p\nrules: []\n", IMGA_E_FORMAT, "line 1, column 12: tags are not supported"},
    {"merge key", HEAD "<<: {a: b}\n" RULE, IMGA_E_FORMAT, "line 3, column 1: merge keys are not supported"},
    {"second document", HEAD RULE "---\n" HEAD RULE, IMGA_E_FORMAT, "line 4, column 1: a second document"},
    {"tab", HEAD "default:\n\tunknown: deny\n" RULE, IMGA_E_FORMAT,
     "line 4, column 1: not well-formed YAML: found character that cannot start any token"},
    {"not UTF-8", "imgassure: 1\npolicy: \xff\nrules: []\n", IMGA_E_FORMAT, "line 2, column 9: invalid UTF-8"},
    {"raw bidirectional override",
     "imgassure: 1\npolicy: \"a\xe2\x80\xae"
     "b\"\nrules: []\n",
     IMGA_E_FORMAT, "line 2, column 11: a control or bidirectional character; write it as an escape"},
    {"17 levels", HEAD "rules: [[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]\n", IMGA_E_LIMIT,
     "line 3, column 23: nested over 16 levels"},
};

Test(parse, documents)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        const struct row *row = &rows[i];
        struct ia_policy *policy = NULL;
        struct test_env t;
        test_env_open(&t);
        int status = ia_policy_parse(&t.env, ia_str_from(row->document), &policy);
        cr_expect_eq(status, row->status, "%s: %d, %s", row->name, status, t.env.error.message);
        cr_expect_str_eq(t.env.error.message, row->message, "%s: %s", row->name, t.env.error.message);
        cr_expect_eq(policy != NULL, row->status == IMGA_OK, "%s: a policy or an error", row->name);
        ia_policy_free(policy);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s: leaks", row->name);
    }
    cr_assert_geq(IA_COUNT(rows), 60);
}

/* A document with fill bytes of text in its middle; with fill 0 as many as make it size bytes. */
static int parse_long(struct test_env *t, size_t size, const char *before, size_t fill, const char *after)
{
    size_t n = strlen(before), m = strlen(after);
    struct ia_policy *policy = NULL;
    if (fill == 0)
        fill = size - n - m;
    char *document = malloc(n + fill + m);
    memcpy(document, before, n);
    memset(document + n, 'a', fill);
    memcpy(document + n + fill, after, m);
    int status = ia_policy_parse(&t->env, (struct ia_str){document, n + fill + m}, &policy);
    free(document);
    ia_policy_free(policy);
    return status;
}

Test(parse, limits)
{
    static const struct {
        const char *name, *before, *after;
        size_t size, fill;
        int status;
        const char *message;
    } limits[] = {
        {"1 MiB", HEAD RULE "# ", "\n", 1 << 20, 0, IMGA_OK, ""},
        {"1 MiB and a byte", HEAD RULE "# ", "\n", (1 << 20) + 1, 0, IMGA_E_LIMIT,
         "line 1, column 1: a YAML document over 1 MiB"},
        {"text", HEAD RULE "owner: ", "\n", 0, 4096, IMGA_OK, ""},
        {"text and a byte", HEAD RULE "owner: ", "\n", 0, 4097, IMGA_E_LIMIT,
         "line 4, column 8: a text over 4096 bytes"},
        {"pattern", HEAD "rules: [{id: r, check: package, deny: [", "]}]\n", 0, 256, IMGA_OK, ""},
        {"pattern and a byte", HEAD "rules: [{id: r, check: package, deny: [", "]}]\n", 0, 257, IMGA_E_LIMIT,
         "line 3, column 40: a pattern over 256 bytes"},
        {"vuln and a byte", HEAD RULE "exceptions: [" PLACE "vuln: ", "}]\n", 0, 257, IMGA_E_LIMIT,
         "line 4, column 68: a pattern over 256 bytes"},
        {"long key", HEAD RULE, ": x\n", 0, 1000, IMGA_E_FORMAT, NULL},
    };
    for (size_t i = 0; i < IA_COUNT(limits); i++) {
        struct test_env t;
        test_env_open(&t);
        int status = parse_long(&t, limits[i].size, limits[i].before, limits[i].fill, limits[i].after);
        cr_expect_eq(status, limits[i].status, "%s: %d %s", limits[i].name, status, t.env.error.message);
        if (limits[i].message)
            cr_expect_str_eq(t.env.error.message, limits[i].message, "%s: %s", limits[i].name, t.env.error.message);
        else
            cr_expect(strstr(t.env.error.message, "it knows: imgassure"), "%s: %s", limits[i].name,
                      t.env.error.message);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s: leaks", limits[i].name);
    }
}

Test(parse, document_bytes)
{
    static const char document[] = HEAD RULE;
    for (size_t less = 0; less < 2; less++) {
        struct ia_policy *policy = NULL;
        struct test_env t;
        test_env_open(&t);
        t.limits.document_bytes = sizeof(document) - 1 - less;
        int status = ia_policy_parse(&t.env, ia_str_from(document), &policy);
        cr_expect_eq(status, less ? IMGA_E_LIMIT : IMGA_OK);
        if (less)
            cr_expect_str_eq(t.env.error.message, "the limit document_bytes (52) is exceeded by the policy");
        ia_policy_free(policy);
        test_env_close(&t);
    }
}

/* Forty thousand ids in 1 MiB must not take quadratic time. */
Test(parse, many_rules)
{
    char *document = malloc(1 << 20);
    size_t n = (size_t)sprintf(document, HEAD "rules:\n"), count = 0;
    struct ia_policy *policy = NULL;
    struct test_env t;
    for (; n < (1 << 20) - 40; count++)
        n += (size_t)sprintf(document + n, "- {id: %zu,check: vuln}\n", count);
    test_env_open(&t);
    cr_assert_gt(count, 40000);
    cr_assert_eq(ia_policy_parse(&t.env, (struct ia_str){document, n}, &policy), IMGA_OK, "%s", t.env.error.message);
    ia_policy_free(policy);
    test_env_close(&t);
    free(document);
}

/* Every allocation of ours fails once; libyaml's own come from the C library. */
Test(parse, memory)
{
    const struct row *document = &rows[2];
    for (size_t n = 1;; n++) {
        struct ia_policy *policy = NULL;
        struct test_env t;
        test_env_open(&t);
        t.fail_at = n;
        int status = ia_policy_parse(&t.env, ia_str_from(document->document), &policy);
        size_t reached = t.count;
        cr_expect_eq(status, reached < n ? IMGA_OK : IMGA_E_NOMEM, "allocation %zu: %d", n, status);
        cr_expect_eq(policy == NULL, status < 0);
        ia_policy_free(policy);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
        if (reached < n) {
            cr_expect_gt(n, 5);
            return;
        }
    }
}
