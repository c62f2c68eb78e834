/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX 1.6 as JSON; docs/cyclonedx.md. */
#ifndef IA_REPORT_CYCLONEDX_H
#define IA_REPORT_CYCLONEDX_H

#include "report/report.h"

int ia_report_cyclonedx(struct ia_env *env, const struct ia_report *report, const struct ia_writer *writer);

#endif
