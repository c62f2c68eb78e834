/* SPDX-License-Identifier: Apache-2.0 */
/* Packages whose names in NVD are known. */
#ifndef IA_MODEL_CPE_KNOWN_H
#define IA_MODEL_CPE_KNOWN_H

#include "base/macros.h"
#include "base/str.h"

struct ia_cpe_known {
    const char *type, *name; /* "" for packages of distributions and binaries */
    const char *vendor, *product;
};

/* Sorted by type and name; a name may have several rows. */
struct ia_cpe_known_table {
    const struct ia_cpe_known *rows;
    size_t n;
};

extern const struct ia_cpe_known_table ia_cpe_known_systems;
extern const struct ia_cpe_known_table ia_cpe_known_languages;

/* The rows of a package, *count of them one after the other; NULL when there are none. name in lower case. */
const struct ia_cpe_known *ia_cpe_known(struct ia_str type, struct ia_str name, size_t *count);

#endif
