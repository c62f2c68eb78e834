/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON report, docs/schema/report-1.schema.json: same inputs, same bytes; findings of every status. */
#ifndef IA_REPORT_JSON_H
#define IA_REPORT_JSON_H

#include "report/report.h"

int ia_report_json(struct ia_env *env, const struct ia_report *report, const struct ia_writer *writer);

#endif
