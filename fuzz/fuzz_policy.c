/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policy documents over fixed findings: a verdict is the worst of its items and never a pass of what is incomplete;
 * twice the same bytes; the JSON report is JSON, the table has no control characters.
 */
#include "fuzz.h"

#include "base/utf8.h"
#include "policy/policy.h"
#include "report/report.h"
#include "syntax/json_read.h"

#include <imgassure/policy.h>

enum { NOW = 1750000000 };

static const char odd[] = "n\033[2J\xe2\x80\xae<b>\"\\";

static void make_inventory(struct fuzz_env *f, struct ia_inventory *inventory)
{
    static const char *const names[] = {"libssl3", "telnetd", odd};
    fuzz_check(ia_inventory_init(&f->env, inventory) == IMGA_OK, "memory");
    for (size_t i = 0; i < IA_COUNT(names); i++) {
        struct ia_package package = {.name = names[i], .version = "1.0-1", .layer = (int32_t)i - 1, .path = "status"};
        ia_package_defaults(&package);
        fuzz_check(ia_inventory_add_package(&f->env, inventory, &package) == IMGA_OK, "memory");
    }
}

/* Every state and every severity, with and without a fix. */
static void make_findings(struct fuzz_env *f, const struct ia_inventory *inventory, struct ia_findings *findings)
{
    static const char *const ids[] = {"CVE-2024-0001", "CVE-2024-0002", "DSA-1", odd};
    ia_findings_init(&f->env, findings);
    findings->inventory = inventory;
    for (uint32_t i = 0; i < 12; i++) {
        const struct ia_finding row = {
            .status = (int32_t)(i % 6 + 1),
            .severity = (int32_t)(i * 5 % 6),
            .feed = 0,
            .package = i % 3,
            .id = ids[i % 4],
            .source = "s",
            .version = "1.0-1",
            .fixed_version = i % 2 ? "1.0-2" : "",
            .urgency = "",
            .reason = "",
            .release = "",
            .repository = "",
        };
        fuzz_check(ia_vec_push(&findings->rows, &row) == IMGA_OK, "memory");
    }
}

static int put(void *user, const void *data, size_t size)
{
    return ia_buf_add(user, data, size);
}

static void write_report(struct ia_env *env, const struct ia_report *report, int32_t format, struct ia_buf *out)
{
    const struct ia_writer writer = {put, out};
    ia_buf_clear(out);
    fuzz_check(ia_report_format(format)->write(env, report, &writer) == IMGA_OK, "reports are written");
}

static void check_json(struct ia_env *env, struct ia_str text)
{
    struct ia_reader *input;
    struct ia_json *json;
    struct ia_str value;
    int event;
    fuzz_check(ia_reader_memory(env, text.p, text.n, &input) == IMGA_OK, "memory");
    fuzz_check(ia_json_new(env, input, &json) == IMGA_OK, "memory");
    while ((event = ia_json_next(json, env, &value)) > 0)
        continue;
    fuzz_check(event == IA_JSON_END, "the JSON report is JSON");
    ia_json_free(json);
    ia_reader_close(input);
}

static void check_table(struct ia_str text)
{
    uint32_t code;
    while (text.n) {
        size_t size = ia_utf8_char(text, &code);
        fuzz_check(size > 0 && (code == '\n' || !ia_utf8_is_control(code)), "the table is harmless");
        text = ia_str_sub(text, size, text.n);
    }
}

static void check_verdict(const struct ia_verdict *verdict)
{
    const struct ia_verdict_item *item;
    int32_t worst = IMGA_VERDICT_PASS;
    for (size_t i = 0; (item = ia_verdict_at(verdict, i)); i++) {
        fuzz_check(item->result >= IMGA_VERDICT_PASS && item->result <= IMGA_VERDICT_FAIL, "results are known");
        fuzz_check(item->result == IMGA_VERDICT_PASS || (*item->evidence && *item->remedy), "items say why");
        worst = item->result > worst ? item->result : worst;
    }
    fuzz_check(verdict->result == worst, "the worst of the items");
    fuzz_check(worst > IMGA_VERDICT_PASS || ia_findings_complete(verdict->findings), "incomplete is no pass");
}

static void judge(struct fuzz_env *f, const struct ia_policy *policy, const struct ia_findings *findings,
                  struct ia_buf *out)
{
    struct ia_verdict verdict;
    int status = ia_policy_evaluate(&f->env, policy, findings, NOW, &verdict);
    fuzz_check(status == IMGA_OK || status == IMGA_E_LIMIT, "a verdict, or a limit");
    if (status != IMGA_OK)
        return;
    const struct ia_report report = {
        .inventory = findings->inventory, .findings = findings, .verdict = &verdict, .version = "0"};
    check_verdict(&verdict);
    write_report(&f->env, &report, IMGA_REPORT_TABLE, out);
    check_table(ia_buf_view(out));
    write_report(&f->env, &report, IMGA_REPORT_JSON, out);
    check_json(&f->env, ia_buf_view(out));
    ia_verdict_free(&verdict);
}

static void judge_twice(struct fuzz_env *f, const struct ia_policy *policy)
{
    struct ia_inventory inventory;
    struct ia_findings findings;
    struct ia_buf first, second;
    ia_buf_init(&first, &ia_alloc_libc, 1 << 28);
    ia_buf_init(&second, &ia_alloc_libc, 1 << 28);
    make_inventory(f, &inventory);
    make_findings(f, &inventory, &findings);
    judge(f, policy, &findings, &first);
    f->env.seed[0] ^= 0x5555;
    ia_error_clear(&f->env);
    judge(f, policy, &findings, &second);
    fuzz_check(ia_str_eq(ia_buf_view(&first), ia_buf_view(&second)), "the same bytes again");
    fuzz_check(ia_notes_add(&findings.notes, IMGA_NOTE_NO_FEED, -1, IA_STR(odd), IA_STR("t")) == IMGA_OK, "memory");
    ia_error_clear(&f->env);
    judge(f, policy, &findings, &second);
    ia_buf_free(&first);
    ia_buf_free(&second);
    ia_findings_free(&findings);
    ia_inventory_free(&inventory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_env f;
    struct ia_policy *policy = NULL;
    fuzz_env_open(&f);
    int status = ia_policy_parse(&f.env, (struct ia_str){(const char *)data, size}, &policy);
    fuzz_check((status == IMGA_OK) == (policy != NULL), "a policy or an error");
    fuzz_check(status == f.env.error.status, "errors are described");
    if (policy)
        judge_twice(&f, policy);
    ia_policy_free(policy);
    fuzz_env_close(&f);
    return 0;
}
