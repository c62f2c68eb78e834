/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every writer: formats by name, sinks that fail, memory that runs out, inputs that do not belong
 * together. */
#include "reported.h"

#include <criterion/criterion.h>
#include <string.h>

static const char policy[] = "rules: [{id: r, check: vuln}]\nexceptions: [{id: x, vuln: CVE-1, owner: o, reason: r, "
                             "until: 2025-01-01}]\n";
static const int32_t formats[] = {IMGA_REPORT_TABLE, IMGA_REPORT_JSON, IMGA_REPORT_CYCLONEDX};

Test(writers, names)
{
    cr_expect_eq(ia_report_format_named(IA_STR("table"))->id, IMGA_REPORT_TABLE);
    cr_expect_eq(ia_report_format_named(IA_STR("json"))->id, IMGA_REPORT_JSON);
    cr_expect_eq(ia_report_format_named(IA_STR("cyclonedx"))->id, IMGA_REPORT_CYCLONEDX);
    cr_expect_null(ia_report_format_named(IA_STR("JSON")));
    cr_expect_null(ia_report_format_named(IA_STR("")));
    cr_expect_null(ia_report_format_named(IA_STR("jso")));
    cr_expect_null(ia_report_format(0));
    cr_expect_null(ia_report_format(-1));
    cr_expect_null(ia_report_format(4));
}

/* Inventory, findings and verdict as bits. */
static void choose(struct reported *r, unsigned shape)
{
    r->report.findings = shape & 1 ? &r->j.findings : NULL;
    r->report.verdict = shape & 2 ? &r->verdict : NULL;
}

Test(writers, same_bytes)
{
    struct reported a, b;
    reported_open(&a, policy);
    reported_open(&b, policy);
    b.t.env.seed[0] = 77;
    for (size_t f = 0; f < IA_COUNT(formats); f++) {
        cr_assert_eq(reported_write(&a, formats[f]), IMGA_OK);
        cr_assert_eq(reported_write(&b, formats[f]), IMGA_OK);
        cr_expect_str_eq(a.out.p, b.out.p, "format %d", formats[f]);
    }
    reported_close(&a);
    reported_close(&b);
}

struct sink {
    size_t calls, fail_at;
};

static int failing_write(void *user, const void *data, size_t size)
{
    struct sink *sink = user;
    (void)data;
    (void)size;
    return ++sink->calls >= sink->fail_at;
}

Test(writers, sink_fails)
{
    struct reported r;
    reported_open(&r, policy);
    for (int i = 0; i < 2000; i++) /* several flushes */
        judged_finding(&r.j, (struct ia_finding){.id = "CVE-8", .status = IMGA_FINDING_AFFECTED});
    for (size_t f = 0; f < IA_COUNT(formats); f++) {
        size_t fail_at = 1;
        for (;; fail_at++) {
            struct sink sink = {0, fail_at};
            struct ia_writer writer = {failing_write, &sink};
            int status = ia_report_format(formats[f])->write(&r.t.env, &r.report, &writer);
            ia_error_clear(&r.t.env);
            cr_expect_eq(status, sink.calls < fail_at ? IMGA_OK : IMGA_E_IO, "format %d call %zu", formats[f], fail_at);
            cr_expect_leq(sink.calls, fail_at, "nothing more after the failure");
            if (sink.calls < fail_at)
                break;
        }
        cr_expect_gt(fail_at, formats[f] == IMGA_REPORT_TABLE ? 1 : 10);
    }
    reported_close(&r);
}

Test(writers, memory)
{
    for (size_t f = 0; f < IA_COUNT(formats); f++) {
        for (unsigned shape = 0; shape < 4; shape += shape ? 2 : 1) {
            struct reported r;
            reported_open(&r, policy);
            choose(&r, shape);
            size_t before = r.t.live, n = 1;
            for (;; n++) {
                r.t.count = 0;
                r.t.fail_at = n;
                int status = reported_write(&r, formats[f]);
                ia_error_clear(&r.t.env);
                cr_expect_eq(status, r.t.count < n ? IMGA_OK : IMGA_E_NOMEM, "format %d, allocation %zu: %d",
                             formats[f], n, status);
                cr_expect_eq(r.t.live, before, "format %d, allocation %zu leaks", formats[f], n);
                if (r.t.count < n)
                    break;
            }
            cr_expect_gt(n, 1);
            r.t.fail_at = 0;
            reported_close(&r);
        }
    }
}

Test(writers, strangers)
{
    struct reported a, b;
    reported_open(&a, policy);
    reported_open(&b, policy);
    const struct ia_report mixed[] = {
        {.inventory = &a.j.inventory, .findings = &b.j.findings},
        {.inventory = &a.j.inventory, .findings = &a.j.findings, .verdict = &b.verdict},
        {.inventory = &b.j.inventory, .findings = &a.j.findings, .verdict = &a.verdict},
        {.inventory = &a.j.inventory, .verdict = &a.verdict},
    };
    for (size_t f = 0; f < IA_COUNT(formats); f++) {
        for (size_t i = 0; i < IA_COUNT(mixed); i++) {
            a.report = mixed[i];
            cr_expect_eq(reported_write(&a, formats[f]), IMGA_E_INVALID, "format %d, %zu", formats[f], i);
            cr_expect_eq(a.out.n, 0, "format %d, %zu: nothing is written", formats[f], i);
            ia_error_clear(&a.t.env);
        }
    }
    reported_close(&a);
    reported_close(&b);
}
