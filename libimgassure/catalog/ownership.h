/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which package of the system owns the file that a language package or an executable comes from. Databases write paths
 * as they were packed ("/bin/sh"), files are met where they really are ("usr/bin/sh"): directories are compared after
 * following the links of the image. Entries that are owned stay in the inventory; the relation is all that changes.
 */
#ifndef IA_CATALOG_OWNERSHIP_H
#define IA_CATALOG_OWNERSHIP_H

#include "model/inventory.h"
#include "rootfs/rootfs.h"

/* Packages of the system: those that own files. */
bool ia_is_system_package(const struct ia_package *package);
/* Sets owner of all packages and executables; the packages are sorted already. */
int ia_ownership_find(struct ia_env *env, struct ia_rootfs *fs, struct ia_inventory *inventory);

#endif
