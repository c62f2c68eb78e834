/* SPDX-License-Identifier: Apache-2.0 */
/* Which distribution an image is: os-release(5), completed by etc/debian_version. */
#ifndef IA_CATALOG_OSRELEASE_H
#define IA_CATALOG_OSRELEASE_H

#include "model/inventory.h"
#include "rootfs/rootfs.h"

/*
 * Reads one os-release text into *out: strings live in the inventory's pool. What is odd becomes a note at where.
 * release is not set.
 */
int ia_osrelease_parse(struct ia_env *env, struct ia_inventory *inventory, struct ia_str where, struct ia_str text,
                       struct ia_distro *out);

/* Fills inventory->distro from the root view, and notes what is missing or contradictory. */
int ia_osrelease_read(struct ia_env *env, struct ia_rootfs *fs, struct ia_inventory *inventory);

#endif
