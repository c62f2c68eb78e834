/* SPDX-License-Identifier: Apache-2.0 */
/* From the records of databases to the packages of an inventory. */
#ifndef IA_CATALOG_PACKAGE_H
#define IA_CATALOG_PACKAGE_H

#include "catalog/file_lists.h"
#include "catalog/origin.h"

struct ia_package_builder {
    struct ia_inventory *inventory; /* its distro is known already */
    struct ia_origin *origin;
    struct ia_file_lists lists;
    struct ia_paths paths;
    struct ia_arena keys;
    struct ia_map seen;
    struct ia_buf scratch;
};

void ia_package_builder_init(struct ia_package_builder *builder, const struct ia_env *env,
                             struct ia_inventory *inventory, struct ia_origin *origin);
void ia_package_builder_free(struct ia_package_builder *builder);
/* Adds the record's package, unless it is not installed or there already; ia_take_listed with the builder as user. */
int ia_package_take(void *builder, struct ia_env *env, const struct ia_listed *listed);

#endif
