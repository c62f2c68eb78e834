/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a directory of a root view by their names without suffix; the contents stay in the view. */
#ifndef IA_CATALOG_NAMED_FILES_H
#define IA_CATALOG_NAMED_FILES_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "rootfs/rootfs.h"

struct ia_named_files {
    struct ia_arena names;
    struct ia_map by_name;  /* index of the content */
    struct ia_vec contents; /* struct ia_str */
};

void ia_named_files_init(struct ia_named_files *files, const struct ia_env *env);
void ia_named_files_free(struct ia_named_files *files);
/* Adds those of a directory pattern that end in suffix. One that cannot be read whole is a note. */
int ia_named_files_load(struct ia_named_files *files, struct ia_env *env, struct ia_rootfs *fs,
                        const struct ia_want *want, const char *suffix);
bool ia_named_files_find(const struct ia_named_files *files, struct ia_str name, struct ia_str *content);

#endif
