/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words for severities, finding statuses and verdicts, as reports, policies and the inventory document write them.
 * The scale is Debian's and Alpine's common one; a value outside it has the name "unknown".
 */
#include "model/severity.h"

#include "base/macros.h"

static const char *const severities[] = {"unknown", "negligible", "low", "medium", "high", "critical"};
static const char *const statuses[] = {"unknown",      "affected",     "fixed",      "not-affected",
                                       "will-not-fix", "undetermined", "cannot-tell"};
static const char *const verdicts[] = {"pass", "warn", "incomplete", "fail"};

static const char *name_of(const char *const *names, size_t count, int32_t value)
{
    return value >= 0 && (size_t)value < count ? names[value] : "unknown";
}

const char *ia_severity_name(int32_t severity)
{
    return name_of(severities, IA_COUNT(severities), severity);
}

int32_t ia_severity_from_name(struct ia_str name)
{
    for (size_t i = 0; i < IA_COUNT(severities); i++)
        if (ia_str_is(name, severities[i]))
            return (int32_t)i;
    return -1;
}

const char *ia_finding_status_name(int32_t status)
{
    return name_of(statuses, IA_COUNT(statuses), status);
}

const char *ia_verdict_name(int32_t result)
{
    return name_of(verdicts, IA_COUNT(verdicts), result);
}

/* Only the two statuses that mean "no" are closed: a status that is not known here must not hide a finding. */
bool ia_finding_is_open(int32_t status)
{
    return status != IMGA_FINDING_FIXED && status != IMGA_FINDING_NOT_AFFECTED;
}
