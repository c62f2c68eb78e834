/* SPDX-License-Identifier: Apache-2.0 */
#include "reported.h"

#include <criterion/criterion.h>

static void judge(struct reported *r, const char *policy)
{
    r->policy = judged_policy(&r->t, policy);
    cr_assert_eq(ia_policy_evaluate(&r->t.env, r->policy, &r->j.findings, 1750000000, &r->verdict), IMGA_OK);
    r->verdict.policy_id = "sha256:cc";
    r->report = (struct ia_report){
        .inventory = &r->j.inventory, .findings = &r->j.findings, .verdict = &r->verdict, .version = "9.9"};
    ia_buf_init(&r->out, &ia_alloc_libc, (size_t)1 << 26);
}

void reported_open(struct reported *r, const char *policy)
{
    test_env_open(&r->t);
    judged_open(&r->j, &r->t);
    judged_fill(&r->j, &r->t);
    judge(r, policy);
}

static void hostile_inventory(struct ia_inventory *inventory)
{
    const char *h = HOSTILE;
    inventory->image = (struct ia_image_facts){h, h, h, h, h, h, h, h, h};
    inventory->distro = (struct ia_distro){h, h, h, h, h, h, h};
    for (size_t i = 0; i < inventory->layers.n; i++)
        *(struct ia_layer *)ia_vec_at(&inventory->layers, i) = (struct ia_layer){h, h, h, h, 1, h, h, h, 1, 1};
}

void reported_open_hostile(struct reported *r)
{
    static const struct ia_property property = {HOSTILE, HOSTILE};
    const char *h = HOSTILE;
    test_env_open(&r->t);
    judged_open(&r->j, &r->t);
    hostile_inventory(&r->j.inventory);
    judged_package(&r->j, &r->t,
                   (struct ia_package){1, -1, h, h, h, h, h, h, h, h, h, h, h, h, h, NULL, 0, &property, 1});
    for (int32_t status = IMGA_FINDING_AFFECTED; status <= IMGA_FINDING_CANNOT_TELL; status++)
        judged_finding(&r->j, (struct ia_finding){status, IMGA_SEVERITY_HIGH, 0, 0, h, h, h, h, h, h, h, h});
    r->j.feed = (struct ia_feed){.name = h, .sha256 = h, .skipped = 3};
    r->j.findings.database_id = h;
    cr_assert_eq(ia_notes_add(&r->j.inventory.notes, IMGA_NOTE_OS, 1, ia_str_from(h), ia_str_from(h)), IMGA_OK);
    cr_assert_eq(ia_notes_add(&r->j.findings.notes, IMGA_NOTE_DUPLICATE, -1, ia_str_from(h), ia_str_from(h)), IMGA_OK);
    judge(r,
          "rules:\n- {id: \"\\e[31mr\\u202e\", check: vuln, severity: low, fix: \"\\x9b\\a\"}\n"
          "- {id: \"\\es\", check: package, deny: ['*']}\n"
          "exceptions:\n- {id: \"\\ex\", vuln: '*', owner: \"\\eo\\n\", reason: \"\\er\\N\", until: 2020-01-01}\n"
          "- {id: \"\\ey\", package: '*', rule: \"\\es\", owner: \"\\u2066\", reason: \"\\L\", until: 2030-01-01}\n");
    r->verdict.policy_name = h;
    r->verdict.policy_id = h;
}

void reported_close(struct reported *r)
{
    ia_buf_free(&r->out);
    ia_verdict_free(&r->verdict);
    ia_policy_free(r->policy);
    judged_close(&r->j);
    test_env_close(&r->t);
    cr_expect_eq(r->t.live, 0, "leaks");
}

int reported_write(struct reported *r, int32_t format)
{
    struct ia_writer writer = test_writer(&r->out);
    ia_buf_clear(&r->out);
    int status = ia_report_format(format)->write(&r->t.env, &r->report, &writer);
    cr_assert_eq(ia_buf_char(&r->out, '\0'), IMGA_OK);
    r->out.n--;
    return status;
}
