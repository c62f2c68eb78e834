/* SPDX-License-Identifier: Apache-2.0 */
/* Packages of the Nix store, by the names of its directories. */
#ifndef IA_CATALOG_SYSTEM_NIX_H
#define IA_CATALOG_SYSTEM_NIX_H

#include "catalog/found.h"
#include "rootfs/rootfs.h"

/* Gets each store path: package is valid until it returns, file says where it lies. < 0 ends it. */
typedef int ia_nix_take_package(void *user, struct ia_env *env, const struct ia_found_package *package,
                                const struct ia_file *file);

/* 1, 0 when there is no store, or < 0. */
int ia_nix_take(struct ia_env *env, struct ia_rootfs *fs, ia_nix_take_package *take, void *user);
/* Whether the name of a store path is that of a package: name and version, and the output when it is not the usual one.
 */
bool ia_nix_name(struct ia_str entry, struct ia_found_package *package, struct ia_str *output);

#endif
