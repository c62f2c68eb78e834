/* SPDX-License-Identifier: Apache-2.0 */
#include "model/severity.h"

#include "base/macros.h"

#include <criterion/criterion.h>

Test(severity, names_go_round)
{
    static const char *const names[] = {"unknown", "negligible", "low", "medium", "high", "critical"};
    for (int32_t i = 0; i < (int32_t)IA_COUNT(names); i++) {
        cr_expect_str_eq(ia_severity_name(i), names[i]);
        cr_expect_eq(ia_severity_from_name(ia_str_from(names[i])), i);
    }
    cr_expect_eq(IMGA_SEVERITY_CRITICAL, 5);
}

Test(severity, others_are_unknown)
{
    static const int32_t odd[] = {-1, 100, INT32_MIN, INT32_MAX};
    static const char *const words[] = {"", "Critical", "high ", "hig", "none", "important"};
    for (size_t i = 0; i < IA_COUNT(odd); i++) {
        cr_expect_str_eq(ia_severity_name(odd[i]), "unknown");
        cr_expect_str_eq(ia_finding_status_name(odd[i]), "unknown");
        cr_expect_str_eq(ia_verdict_name(odd[i]), "unknown");
        cr_expect(ia_finding_is_open(odd[i]), "an unknown status hides nothing");
    }
    for (size_t i = 0; i < IA_COUNT(words); i++)
        cr_expect_eq(ia_severity_from_name(ia_str_from(words[i])), -1, "%s", words[i]);
    cr_expect_str_eq(ia_severity_name(6), "unknown");
    cr_expect_str_eq(ia_finding_status_name(0), "unknown");
    cr_expect_str_eq(ia_finding_status_name(7), "unknown");
    cr_expect_str_eq(ia_verdict_name(4), "unknown");
}

Test(severity, statuses)
{
    static const struct {
        int32_t status;
        const char *name;
        bool open;
    } rows[] = {
        {IMGA_FINDING_AFFECTED, "affected", true},          {IMGA_FINDING_FIXED, "fixed", false},
        {IMGA_FINDING_NOT_AFFECTED, "not-affected", false}, {IMGA_FINDING_WILL_NOT_FIX, "will-not-fix", true},
        {IMGA_FINDING_UNDETERMINED, "undetermined", true},  {IMGA_FINDING_CANNOT_TELL, "cannot-tell", true},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        cr_expect_str_eq(ia_finding_status_name(rows[i].status), rows[i].name);
        cr_expect_eq(ia_finding_is_open(rows[i].status), rows[i].open, "%s", rows[i].name);
    }
}

Test(severity, verdicts)
{
    cr_expect_str_eq(ia_verdict_name(IMGA_VERDICT_PASS), "pass");
    cr_expect_str_eq(ia_verdict_name(IMGA_VERDICT_WARN), "warn");
    cr_expect_str_eq(ia_verdict_name(IMGA_VERDICT_INCOMPLETE), "incomplete");
    cr_expect_str_eq(ia_verdict_name(IMGA_VERDICT_FAIL), "fail");
}
