/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of findings. */
#include "report/summary.h"

#include "model/severity.h"

struct ia_summary ia_summarise(const struct ia_findings *findings)
{
    struct ia_summary summary = {.fixable = 0};
    const struct ia_finding *f;
    for (size_t i = 0; (f = ia_findings_at(findings, i)); i++) {
        if (f->status > 0 && f->status < IA_STATUSES)
            summary.status[f->status]++;
        if (ia_finding_is_open(f->status) && f->severity >= 0 && f->severity < IA_SEVERITIES)
            summary.severity[f->severity]++;
        if (f->status == IMGA_FINDING_AFFECTED && *f->fixed_version)
            summary.fixable++;
    }
    return summary;
}
