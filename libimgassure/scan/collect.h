/* SPDX-License-Identifier: Apache-2.0 */
/* image -> layers -> root view -> cataloguers -> inventory, in one pass over the layers. */
#ifndef IA_SCAN_COLLECT_H
#define IA_SCAN_COLLECT_H

#include "image/image.h"
#include "model/inventory.h"
#include "scan/taken.h"

/* inventory is initialised here and freed on failure. Its id is set. taken: what to look for, and the
   layers of an image that was read once; NULL: databases only. */
int ia_collect(struct ia_env *env, struct ia_image *image, const struct ia_taken *taken,
               struct ia_inventory *inventory);
/* Writes the canonical document through SHA-256 and sets inventory->id. */
int ia_inventory_identify(struct ia_env *env, struct ia_inventory *inventory);

#endif
