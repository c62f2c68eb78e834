/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Until when the releases of distributions are supported: a table of announced dates, as known on IA_LIFECYCLE_DATE.
 * What is not in it is unknown, not unsupported.
 */
#ifndef IA_MODEL_LIFECYCLE_H
#define IA_MODEL_LIFECYCLE_H

#include "model/inventory.h"

#include <stdbool.h>

#define IA_LIFECYCLE_DATE "2026-11-22" /* of the table */

struct ia_lifecycle {
    const char *release;      /* "12", "3.18", "22.04"; "" when rolling */
    const char *codename;     /* Debian; "" elsewhere */
    const char *support_end;  /* YYYY-MM-DD, the last day of security fixes for everybody; "" when there is none */
    const char *extended_end; /* the same with a longer offer of limited range or price: LTS, ESM, ELS, LTSS; or "" */
    bool rolling;             /* no releases: what is old is not supported, and nothing else ends */
};

/* NULL when the release is not in the table. Looks at id, version_id, codename, and for CentOS at pretty_name. */
const struct ia_lifecycle *ia_lifecycle_find(const struct ia_distro *distro);

#endif
