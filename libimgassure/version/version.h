/* SPDX-License-Identifier: Apache-2.0 */
/* Version schemes: one total order each, and a third answer, "cannot tell". */
#ifndef IA_VERSION_VERSION_H
#define IA_VERSION_VERSION_H

#include "base/str.h"

#include <imgassure/compare.h>

/*
 * compare: *order receives -1, 0, 1. IMGA_OK, or IMGA_E_VERSION when one of them cannot be parsed or the two have no
 * order; *why then says what is wrong with which ("" otherwise; static text). The other way round the answer is the
 * opposite one. Time is linear in the length of the two.
 *
 * family: the tools' own orders are not transitive everywhere. Among versions of one family they are; a negative family
 * promises nothing. NULL: all versions are one family.
 */
struct ia_version_scheme {
    int32_t id; /* IMGA_SCHEME_* */
    const char *name;
    int (*compare)(struct ia_str a, struct ia_str b, int *order, const char **why);
    int (*family)(struct ia_str version);
};

int ia_deb_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_apk_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_rpm_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_semver_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_npm_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_cargo_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_go_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_pypi_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_maven_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_gem_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_composer_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_nuget_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_alpm_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_gentoo_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_generic_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_pub_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_hex_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_cran_compare(struct ia_str a, struct ia_str b, int *order, const char **why);
int ia_hackage_compare(struct ia_str a, struct ia_str b, int *order, const char **why);

/*
 * For the schemes: whether both versions are well-formed; else *why is the first or the second of two texts, of which
 * the first speaks of the first version.
 */
bool ia_version_both(bool valid_a, bool valid_b, const char *const refusals[2], const char **why);

bool ia_apk_is_current(struct ia_str version); /* whether apk-tools 3 can parse it */
int ia_apk_family(struct ia_str version);
int ia_alpm_family(struct ia_str version);
int ia_maven_family(struct ia_str version);

const struct ia_version_scheme *ia_version_scheme(int32_t id);               /* NULL when unknown */
const struct ia_version_scheme *ia_version_scheme_named(struct ia_str name); /* NULL when unknown */

#endif
