/* SPDX-License-Identifier: Apache-2.0 */
/* The table of report writers. */
#include "report/cyclonedx.h"
#include "report/json.h"
#include "report/table.h"

static const struct ia_report_format formats[] = {
    {IMGA_REPORT_TABLE, "table", ia_report_table},
    {IMGA_REPORT_JSON, "json", ia_report_json},
    {IMGA_REPORT_CYCLONEDX, "cyclonedx", ia_report_cyclonedx},
};

int ia_report_check(struct ia_env *env, const struct ia_report *report)
{
    const struct ia_findings *findings = report->findings;
    if ((!findings || findings->inventory == report->inventory) &&
        (!report->verdict || report->verdict->findings == findings))
        return IMGA_OK;
    return ia_fail(env, IMGA_E_INVALID, -1, "the inventory, findings and verdict do not belong together");
}

const struct ia_report_format *ia_report_format(int32_t id)
{
    for (size_t i = 0; i < IA_COUNT(formats); i++)
        if (formats[i].id == id)
            return &formats[i];
    return NULL;
}

const struct ia_report_format *ia_report_format_named(struct ia_str name)
{
    for (size_t i = 0; i < IA_COUNT(formats); i++)
        if (ia_str_is(name, formats[i].name))
            return &formats[i];
    return NULL;
}
