/* SPDX-License-Identifier: Apache-2.0 */
/* Version schemes: one total order each, and a third answer, "cannot tell". */
#ifndef IA_VERSION_VERSION_H
#define IA_VERSION_VERSION_H

#include "base/str.h"

#include <imgassure/compare.h>

/* *order receives -1, 0, 1. IMGA_OK, or IMGA_E_VERSION when one of them cannot be parsed; *why then says what is wrong
   with which ("" otherwise; static text). */
struct ia_version_scheme {
    int32_t id; /* IMGA_SCHEME_* */
    const char *name;
    int (*compare)(struct ia_str a, struct ia_str b, int *order, const char **why);
};

int ia_deb_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_apk_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
/*
 * Whether apk-tools 3 can parse a version. The order of scheme apk is transitive among versions that it can parse, and
 * among those that it cannot; not across the two, where the older order decides.
 */
bool ia_apk_is_current(struct ia_str version);

const struct ia_version_scheme *ia_version_scheme(int32_t id);               /* NULL when unknown */
const struct ia_version_scheme *ia_version_scheme_named(struct ia_str name); /* NULL when unknown */

#endif
