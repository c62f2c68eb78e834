/* SPDX-License-Identifier: Apache-2.0 */
/* The properties of one package after the other. */
#ifndef IA_CATALOG_PROPERTIES_H
#define IA_CATALOG_PROPERTIES_H

#include "base/env.h"
#include "model/inventory.h"

struct ia_properties {
    struct ia_inventory *inventory; /* whose strings they are */
    struct ia_vec rows;             /* struct ia_property */
};

void ia_properties_init(struct ia_properties *properties, const struct ia_env *env, struct ia_inventory *inventory);
void ia_properties_free(struct ia_properties *properties); /* a zeroed one is fine */
/* Interned strings of the inventory. What comes first under a name stays; so do the first 64. */
int ia_properties_add(struct ia_properties *properties, struct ia_env *env, const struct ia_property *property);
/* Moves them into the package, sorted by name; memory of the inventory. properties is empty again. */
int ia_properties_finish(struct ia_properties *properties, struct ia_env *env, struct ia_package *package);

#endif
