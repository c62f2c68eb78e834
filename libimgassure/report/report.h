/* SPDX-License-Identifier: Apache-2.0 */
/* Report writers: a const table by name. Records in, bytes out; nothing of the image reaches a terminal raw. */
#ifndef IA_REPORT_REPORT_H
#define IA_REPORT_REPORT_H

#include "base/reader.h"
#include "model/finding.h"

#include <imgassure/report.h>

struct ia_report {
    const struct ia_inventory *inventory; /* never NULL */
    const struct ia_findings *findings;   /* may be NULL */
    const struct ia_verdict *verdict;     /* may be NULL */
    bool all;                             /* table: findings of every status */
    bool colour;                          /* table */
    int32_t width;                        /* table: columns; 0 for 120 */
    const char *version;                  /* of the library */
};

struct ia_report_format {
    int32_t id; /* IMGA_REPORT_* */
    const char *name;
    int (*write)(struct ia_env *env, const struct ia_report *report, const struct ia_writer *writer);
};

/* E_INVALID unless inventory, findings and verdict belong together: rows of one name rows of the other by index. */
int ia_report_check(struct ia_env *env, const struct ia_report *report);
const struct ia_report_format *ia_report_format(int32_t id);               /* NULL when unknown */
const struct ia_report_format *ia_report_format_named(struct ia_str name); /* NULL when unknown */

#endif
