/* SPDX-License-Identifier: Apache-2.0 */
/* The files that packages own, as dpkg's lists and apk's records name them. */
#ifndef IA_CATALOG_FILE_LISTS_H
#define IA_CATALOG_FILE_LISTS_H

#include "base/map.h"
#include "catalog/databases.h"
#include "catalog/paths.h"

/* dpkg's lists of a root view; the contents stay in the view. */
struct ia_file_lists {
    struct ia_arena names;
    struct ia_map by_name;
    struct ia_vec contents; /* struct ia_str */
    struct ia_buf key;
};

void ia_file_lists_init(struct ia_file_lists *lists, const struct ia_env *env);
void ia_file_lists_free(struct ia_file_lists *lists);
int ia_file_lists_load(struct ia_file_lists *lists, struct ia_env *env, struct ia_rootfs *fs);

/* Adds what the databases list for a package to paths. */
int ia_file_lists_collect(struct ia_file_lists *lists, struct ia_env *env, const struct ia_listed *listed,
                          struct ia_paths *paths);

#endif
