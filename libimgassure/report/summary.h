/* SPDX-License-Identifier: Apache-2.0 */
/* Counts that every report shows: findings by status, and open ones by severity. */
#ifndef IA_REPORT_SUMMARY_H
#define IA_REPORT_SUMMARY_H

#include "model/finding.h"

enum { IA_STATUSES = 7, IA_SEVERITIES = 6 };

struct ia_summary {
    uint64_t status[IA_STATUSES];     /* index IMGA_FINDING_* */
    uint64_t severity[IA_SEVERITIES]; /* of open findings, index IMGA_SEVERITY_* */
    uint64_t fixable;                 /* affected, with a fixed version */
};

struct ia_summary ia_summarise(const struct ia_findings *findings);

#endif
