/* SPDX-License-Identifier: Apache-2.0 */
/* The files that packages own, as the lists beside dpkg's and opkg's databases and the records of others name them. */
#ifndef IA_CATALOG_FILE_LISTS_H
#define IA_CATALOG_FILE_LISTS_H

#include "catalog/databases.h"
#include "catalog/diversions.h"
#include "catalog/named_files.h"
#include "catalog/paths.h"

/* The lists of a root view; the contents stay in the view. */
struct ia_file_lists {
    struct ia_named_files dpkg;       /* info/NAME.list or NAME:ARCH.list */
    struct ia_named_files checksums;  /* info/NAME.md5sums or NAME:ARCH.md5sums */
    struct ia_named_files distroless; /* status.d/NAME.md5sums */
    struct ia_named_files opkg;       /* info/NAME.list */
    struct ia_diversions diversions;
    struct ia_buf scratch;
};

void ia_file_lists_init(struct ia_file_lists *lists, const struct ia_env *env);
void ia_file_lists_free(struct ia_file_lists *lists);
int ia_file_lists_load(struct ia_file_lists *lists, struct ia_env *env, struct ia_rootfs *fs);

/* Adds what the databases list for a package to paths. */
int ia_file_lists_collect(struct ia_file_lists *lists, struct ia_env *env, const struct ia_listed *listed,
                          struct ia_paths *paths);

#endif
