/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON report: valid, the same members in the same order in every shape, texts as they were. */
#include "reported.h"

#include "base/utf8.h"
#include "syntax/json_read.h"

#include <criterion/criterion.h>
#include <string.h>

static const char policy[] =
    "rules:\n- {id: r, check: vuln, severity: high}\n- {id: s, check: package, deny: [telnetd]}\n"
    "exceptions:\n- {id: x, vuln: CVE-1, owner: o, reason: why, until: 2025-01-01}\n";

/* Counts the strings equal to wanted; < 0 when the document is not JSON. */
static int count_texts(struct reported *r, const char *wanted)
{
    struct ia_reader *input;
    struct ia_json *json;
    struct ia_str text;
    int event, count = 0;
    cr_assert_eq(ia_reader_memory(&r->t.env, r->out.p, r->out.n, &input), IMGA_OK);
    cr_assert_eq(ia_json_new(&r->t.env, input, &json), IMGA_OK);
    while ((event = ia_json_next(json, &r->t.env, &text)) > 0)
        count += event == IA_JSON_STRING && ia_str_is(text, wanted);
    ia_json_free(json);
    ia_reader_close(input);
    return event < 0 ? event : count;
}

/* The keys of the outermost object, joined. */
static void list_members(struct reported *r, char *out, size_t size)
{
    size_t n = 0;
    out[0] = '\0';
    for (const char *line = r->out.p; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *colon = strchr(line, ':');
        if (strncmp(line, "  \"", 3) == 0 && colon)
            n += (size_t)snprintf(out + n, size - n, "%.*s ", (int)(colon - line - 4), line + 3);
    }
}

Test(json, shapes)
{
    static const char *const members[] = {
        "schema version complete image inventory database summary findings verdict notes ",
        "schema version complete image inventory database summary findings notes ",
        "schema version complete image inventory packages notes ",
    };
    struct reported r;
    reported_open(&r, policy);
    for (size_t shape = 0; shape < IA_COUNT(members); shape++) {
        char found[256];
        if (shape == 1)
            r.report.verdict = NULL;
        if (shape == 2)
            r.report.findings = NULL;
        cr_assert_eq(reported_write(&r, IMGA_REPORT_JSON), IMGA_OK);
        cr_expect_eq(count_texts(&r, "imgassure-report/1"), 1);
        list_members(&r, found, sizeof(found));
        cr_expect_str_eq(found, members[shape], "shape %zu: %s", shape, found);
        cr_expect_eq(r.out.p[r.out.n - 1], '\n');
    }
    reported_close(&r);
}

Test(json, verdict)
{
    static const char *const pieces[] = {
        "\n  \"version\": \"9.9\",\n  \"complete\": true,\n",
        "    \"reference\": \"shop/api:1\",\n    \"manifestDigest\": \"sha256:aa\",\n",
        "        \"name\": \"debian\",\n        \"sha256\": \"ff\",\n        \"asOf\": \"2023-11-14T22:13:20Z\",\n"
        "        \"size\": 10,\n        \"records\": 7,\n        \"skipped\": 0\n",
        "    \"openBySeverity\": {\n      \"unknown\": 1,\n      \"negligible\": 0,\n      \"low\": 1,\n",
        "        \"layer\": 1,\n        \"layerDiffId\": \"sha256:d1\",\n        \"createdBy\": \"RUN apt\"\n",
        "        \"layer\": null,\n        \"layerDiffId\": \"\",\n        \"createdBy\": \"\"\n",
        "    \"result\": \"fail\",\n    \"policy\": \"p\",\n    \"policyId\": \"sha256:cc\",\n"
        "    \"at\": \"2025-06-15T15:06:40Z\",\n",
        "        \"result\": \"fail\",\n        \"rule\": \"r\",\n        \"line\": 4,\n        \"finding\": 0,\n"
        "        \"package\": 0,\n        \"item\": \"CVE-1 in libssl3 3.0.8-1\",\n",
        "        \"rule\": \"s\",\n        \"line\": 5,\n        \"finding\": null,\n        \"package\": 1,\n"
        "        \"item\": \"telnetd 0.17\",\n",
        "        \"id\": \"x\",\n        \"line\": 7,\n        \"rule\": \"\",\n        \"owner\": \"o\",\n"
        "        \"reason\": \"why\",\n        \"until\": \"2025-01-01T00:00:00Z\",\n        \"expired\": true,\n"
        "        \"used\": 1\n",
        "  \"notes\": []\n}\n",
    };
    struct reported r;
    reported_open(&r, policy);
    cr_assert_eq(reported_write(&r, IMGA_REPORT_JSON), IMGA_OK);
    for (size_t i = 0; i < IA_COUNT(pieces); i++)
        cr_expect(strstr(r.out.p, pieces[i]), "%s\nin\n%s", pieces[i], r.out.p);
    reported_close(&r);
}

Test(json, incomplete)
{
    struct reported r;
    reported_open(&r, policy);
    cr_assert_eq(ia_notes_add(&r.j.findings.notes, IMGA_NOTE_NO_FEED, 3, IA_STR("a"), IA_STR("b")), 0);
    cr_assert_eq(reported_write(&r, IMGA_REPORT_JSON), IMGA_OK);
    cr_expect(strstr(r.out.p, "\n  \"complete\": false,\n"));
    cr_expect(strstr(r.out.p, "      \"of\": \"match\",\n      \"code\": \"no-feed\",\n      \"incomplete\": true,\n"
                              "      \"where\": \"a\",\n      \"offset\": 3,\n      \"text\": \"b\"\n"));
    reported_close(&r);
}

/* Where a package was found, and whose file that is. */
Test(json, evidence)
{
    struct reported r;
    reported_open(&r, policy);
    struct ia_package *package = ia_vec_at(&r.j.inventory.packages, 2);
    package->expression = "Zlib";
    package->how = "manifest";
    package->inside = "inner.jar";
    package->owner = 0;
    cr_assert_eq(reported_write(&r, IMGA_REPORT_JSON), IMGA_OK);
    cr_expect(strstr(r.out.p, "        \"licenseExpression\": \"Zlib\",\n"
                              "        \"purl\": \"pkg:deb/debian/zlib1g@1:1.2.13\",\n"
                              "        \"how\": \"manifest\",\n        \"path\": \"var/lib/dpkg/status\",\n"
                              "        \"inside\": \"inner.jar\",\n"
                              "        \"owner\": \"pkg:deb/debian/libssl3@3.0.8-1\",\n"));
    cr_expect(strstr(r.out.p, "        \"owner\": \"\",\n"));
    reported_close(&r);
}

/* An instant without a text is null, not a guess. */
Test(json, times)
{
    struct reported r;
    reported_open(&r, policy);
    r.verdict.now = INT64_MAX;
    r.j.feed.as_of = 0;
    cr_assert_eq(reported_write(&r, IMGA_REPORT_JSON), IMGA_OK);
    cr_expect(strstr(r.out.p, "    \"at\": null,\n"));
    cr_expect(strstr(r.out.p, "        \"asOf\": null,\n"));
    reported_close(&r);
}

/* Hostile texts come back as they were, and the bytes of the report are harmless by themselves. */
Test(json, hostile)
{
    struct reported r;
    reported_open_hostile(&r);
    for (int shape = 0; shape < 3; shape++) {
        uint32_t code;
        if (shape == 1)
            r.report.verdict = NULL;
        if (shape == 2)
            r.report.findings = NULL;
        cr_assert_eq(reported_write(&r, IMGA_REPORT_JSON), IMGA_OK);
        cr_expect_gt(count_texts(&r, HOSTILE), 20, "shape %d: %s", shape, r.t.env.error.message);
        for (struct ia_str rest = {r.out.p, r.out.n}; rest.n;) {
            size_t size = ia_utf8_char(rest, &code);
            cr_assert_gt(size, 0, "shape %d: invalid UTF-8", shape);
            cr_assert(code == '\n' || !ia_utf8_is_control(code), "shape %d: raw U+%04x", shape, (unsigned)code);
            rest = ia_str_sub(rest, size, rest.n);
        }
        cr_expect_null(strstr(r.out.p, "<b>"), "no markup");
    }
    reported_close(&r);
}
