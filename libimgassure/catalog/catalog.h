/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cataloguers: what is installed, from the files of the root view. A const table; each names the files it wants and
 * reads them. One damaged record is a note (IMGA_NOTE_DB_PARTIAL) and reading goes on.
 */
#ifndef IA_CATALOG_CATALOG_H
#define IA_CATALOG_CATALOG_H

#include "base/env.h"
#include "model/inventory.h"
#include "rootfs/rootfs.h"

/* All files that any cataloguer wants. */
const struct ia_want *ia_catalog_wants(size_t *count);

/*
 * Which layer introduced each package: call ia_catalog_observe() after each layer, then ia_catalog_finish() once.
 * A package belongs to the first layer from which on it is listed without a gap, same name, version, architecture.
 */
struct ia_catalog;
int ia_catalog_new(struct ia_env *env, bool removed, struct ia_catalog **out); /* removed: keeps those, too */
void ia_catalog_free(struct ia_catalog *catalog);                              /* NULL is fine */
int ia_catalog_observe(struct ia_catalog *catalog, struct ia_env *env, struct ia_rootfs *fs, uint32_t layer);
/* Fills distro and packages (sorted, with purl, files and layer) of the inventory, and notes to env->notes. */
int ia_catalog_finish(struct ia_catalog *catalog, struct ia_env *env, struct ia_rootfs *fs,
                      struct ia_inventory *inventory);

#endif
