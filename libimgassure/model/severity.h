/* SPDX-License-Identifier: Apache-2.0 */
/* Severity and finding status words. Values: IMGA_SEVERITY_*, IMGA_FINDING_*, IMGA_VERDICT_* of the public headers. */
#ifndef IA_MODEL_SEVERITY_H
#define IA_MODEL_SEVERITY_H

#include "base/str.h"

#include <imgassure/policy.h>

const char *ia_severity_name(int32_t severity);     /* "unknown" ... "critical" */
int32_t ia_severity_from_name(struct ia_str name);  /* -1 when it is none of them */
const char *ia_finding_status_name(int32_t status); /* "affected", "fixed", "not-affected", "will-not-fix",
                                                       "undetermined", "cannot-tell"; "unknown" for others */
const char *ia_verdict_name(int32_t result);        /* "pass", "warn", "incomplete", "fail"; "unknown" */

/*
 * Whether a finding calls for action: affected, will not fix, undetermined, cannot tell. Fixed and not affected do not.
 */
bool ia_finding_is_open(int32_t status);

#endif
