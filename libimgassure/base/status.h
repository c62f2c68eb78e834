/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the status codes. The registry is <imgassure/status.h>. */
#ifndef IA_BASE_STATUS_H
#define IA_BASE_STATUS_H

#include <imgassure/status.h>

const char *ia_status_name(int status); /* "unknown" for others */

#endif
