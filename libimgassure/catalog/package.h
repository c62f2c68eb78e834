/* SPDX-License-Identifier: Apache-2.0 */
/* From the records of databases, and from what analysers found, to the packages of an inventory. */
#ifndef IA_CATALOG_PACKAGE_H
#define IA_CATALOG_PACKAGE_H

#include "catalog/attachments.h"
#include "catalog/file_lists.h"
#include "catalog/origin.h"
#include "catalog/properties.h"

/* rpm lists the keys that it trusts among its packages. */
#define IA_KEY_TYPE "rpm-key"

struct ia_package_builder {
    struct ia_inventory *inventory; /* its distro is known already */
    struct ia_origin *origin;
    struct ia_rootfs *fs;
    const struct ia_attachments *attachments;
    struct ia_file_lists lists;
    struct ia_paths paths;
    struct ia_properties properties;
    struct ia_arena keys;
    struct ia_map seen;
    struct ia_buf scratch;
};

void ia_package_builder_init(struct ia_package_builder *builder, const struct ia_env *env,
                             struct ia_inventory *inventory, struct ia_origin *origin);
void ia_package_builder_free(struct ia_package_builder *builder);
/* Adds the record's package, unless it is not installed or there already; ia_take_listed with the builder as user. */
int ia_package_take(void *builder, struct ia_env *env, const struct ia_listed *listed);

/* A package that a file of the image tells of. */
struct ia_package_evidence {
    const struct ia_found_package *package;
    struct ia_str path;       /* of that file */
    uint32_t layer;           /* that the file comes from */
    struct ia_damage *damage; /* of that file: names and texts may add to it */
};

/* Its paths have been added to builder->paths. */
int ia_package_take_found(struct ia_package_builder *builder, struct ia_env *env,
                          const struct ia_package_evidence *evidence);
/* Where a text stands, and what is wrong in that place. */
struct ia_text_place {
    struct ia_damage *damage;
    size_t offset;
};

/* An interned text of the inventory: 1; 0 when it is too long, < 0. */
int ia_package_keep(struct ia_package_builder *builder, struct ia_env *env, const struct ia_text_place *place,
                    struct ia_str text, const char **out);

#endif
