/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg's diversions (dpkg-divert(1)): a file that one package has under another name, because a second package or the
 * administrator put a file of its own there. var/lib/dpkg/diversions: three lines each, the path, where it really is,
 * and the package that keeps the path, ":" when it is nobody.
 */
#ifndef IA_CATALOG_DIVERSIONS_H
#define IA_CATALOG_DIVERSIONS_H

#include "base/env.h"
#include "base/map.h"
#include "base/vec.h"

struct ia_diversions {
    struct ia_map by_path; /* index of the row; of several for one path the first, as dpkg takes one only */
    struct ia_vec rows;    /* struct ia_diversion */
};

void ia_diversions_init(struct ia_diversions *diversions, const struct ia_env *env);
void ia_diversions_free(struct ia_diversions *diversions);
/* The views live as long as text. 1; 0 when the text does not end with a whole diversion; E_NOMEM. */
int ia_diversions_read(struct ia_diversions *diversions, struct ia_env *env, struct ia_str text);
/* Where a path that a package lists really is. Paths are relative to the root. */
struct ia_str ia_diversions_real(const struct ia_diversions *diversions, struct ia_str path, struct ia_str package);

#endif
