/* SPDX-License-Identifier: Apache-2.0 */
/* Strings of the databases that enter the inventory, and the paths of a package. */
#ifndef IA_CATALOG_PATHS_H
#define IA_CATALOG_PATHS_H

#include "model/inventory.h"

/*
 * 1 and the interned text; 0 and "" when it is over the limit string_bytes: that is damage, not failure; < 0 a status.
 * *odd becomes true (never false) when the text holds invalid UTF-8 or control characters; may be NULL.
 */
int ia_keep_text(struct ia_env *env, struct ia_inventory *inventory, struct ia_str text, bool *odd, const char **out);

/* Paths of one package after the other. Limit: package_files, over all packages. */
struct ia_paths {
    struct ia_inventory *inventory; /* whose strings they are */
    struct ia_vec rows;             /* const char * */
    uint64_t used;                  /* by the packages before */
};

void ia_paths_init(struct ia_paths *paths, const struct ia_env *env, struct ia_inventory *inventory);
void ia_paths_free(struct ia_paths *paths);
/* An interned string of the inventory. */
int ia_paths_add(struct ia_paths *paths, struct ia_env *env, const char *path);
/* Moves the paths into package->files, sorted and unique, memory of the inventory; paths is empty again. */
int ia_paths_finish(struct ia_paths *paths, struct ia_env *env, struct ia_package *package);

#endif
