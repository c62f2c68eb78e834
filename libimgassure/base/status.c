/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the status codes. */
#include "base/status.h"

#include "base/macros.h"

static const char *const names[] = {
    [-IMGA_OK] = "ok",
    [-IMGA_E_INVALID] = "invalid",
    [-IMGA_E_NOMEM] = "nomem",
    [-IMGA_E_IO] = "io",
    [-IMGA_E_CANCELLED] = "cancelled",
    [-IMGA_E_LIMIT] = "limit",
    [-IMGA_E_FORMAT] = "format",
    [-IMGA_E_TRUNCATED] = "truncated",
    [-IMGA_E_CHECKSUM] = "checksum",
    [-IMGA_E_DIGEST] = "digest",
    [-IMGA_E_UNSUPPORTED] = "unsupported",
    [-IMGA_E_AMBIGUOUS] = "ambiguous",
    [-IMGA_E_PATH] = "path",
    [-IMGA_E_NOT_FOUND] = "not-found",
    [-IMGA_E_VERSION] = "version",
    [-IMGA_E_INTERNAL] = "internal",
};

const char *ia_status_name(int status)
{
    return status > 0 || status <= -(int)IA_COUNT(names) ? "unknown" : names[-status];
}
