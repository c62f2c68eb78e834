/* SPDX-License-Identifier: Apache-2.0 */
/* The report for people: what was looked at, what was found, the verdict and why, and what was not looked at. */
#ifndef IA_REPORT_TABLE_H
#define IA_REPORT_TABLE_H

#include "report/report.h"

int ia_report_table(struct ia_env *env, const struct ia_report *report, const struct ia_writer *writer);

#endif
