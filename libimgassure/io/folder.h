/* SPDX-License-Identifier: Apache-2.0 */
/* The names in a folder, in one order everywhere: by their bytes. */
#ifndef IA_IO_FOLDER_H
#define IA_IO_FOLDER_H

#include "base/arena.h"
#include "base/env.h"

struct ia_folder_names {
    struct ia_arena arena;
    const char **p; /* without "." and ".." */
    size_t n;
};

/*
 * Reads the names of an open folder, which stays open. IMGA_OK with *number 0, or with *number the errno of a folder
 * that cannot be read; E_LIMIT (layer_entries), E_NOMEM. *out may be freed also after a failure.
 */
int ia_folder_names_read(struct ia_env *env, int folder, struct ia_folder_names *out, int *number);
void ia_folder_names_free(struct ia_folder_names *names); /* a zeroed one is fine */

#endif
