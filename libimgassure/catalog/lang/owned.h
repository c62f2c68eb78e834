/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that a manifest says a package owns: paths that count from a directory, or from the root. Limits of one
 * manifest: package_files, 2^18 paths, 64 MiB of text.
 */
#ifndef IA_CATALOG_LANG_OWNED_H
#define IA_CATALOG_LANG_OWNED_H

#include "catalog/found.h"

struct ia_owned {
    struct ia_found *found;
    struct ia_str directory; /* relative paths count from here */
    bool attached;           /* they belong to the packages of the directory of the file at hand */
    struct ia_buf joined;
    size_t count, text; /* added so far */
    size_t outside;     /* paths that led out of the root */
    size_t dropped;     /* paths over a limit */
};

void ia_owned_init(struct ia_owned *owned, const struct ia_env *env, struct ia_found *found, struct ia_str directory);
void ia_owned_free(struct ia_owned *owned);
/* Paths over the limit path_bytes, and such as lead out of the root, are left out. */
int ia_owned_add(struct ia_owned *owned, struct ia_env *env, struct ia_str path);
/* Notes on paths that led out of the root, or were too many. */
int ia_owned_finish(struct ia_owned *owned, struct ia_env *env);

#endif
