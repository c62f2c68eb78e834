/* SPDX-License-Identifier: Apache-2.0 */
/* Findings as the vulnerabilities of a CycloneDX document. */
#ifndef IA_REPORT_CYCLONEDX_FINDINGS_H
#define IA_REPORT_CYCLONEDX_FINDINGS_H

#include "model/finding.h"
#include "syntax/json_write.h"

/* Longer versions are not written as such: the schema allows 1,024 characters. */
enum { IA_CYCLONEDX_VERSION_MOST = 1024 };

/* The member "vulnerabilities", one a finding, of whatever status. */
void ia_cyclonedx_findings(struct ia_json_writer *w, const struct ia_findings *findings);

#endif
