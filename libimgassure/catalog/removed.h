/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages whose database a later layer removed: they are not installed any more, but their files may well be there.
 * Kept only when asked for (IMGA_LOOK_REMOVED), because it needs the records of two observations.
 */
#ifndef IA_CATALOG_REMOVED_H
#define IA_CATALOG_REMOVED_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "catalog/databases.h"
#include "catalog/origin.h"
#include "model/inventory.h"

/* What the databases of one state of the view list. */
struct ia_removed_state {
    struct ia_arena texts;
    struct ia_map paths; /* of the databases */
    struct ia_vec rows;  /* struct ia_removed_row */
};

struct ia_removed {
    bool keeps;
    struct ia_removed_state now, next;
    struct ia_arena texts; /* of gone */
    struct ia_vec gone;    /* struct ia_removed_row */
};

void ia_removed_init(struct ia_removed *removed, const struct ia_env *env, bool keeps);
void ia_removed_free(struct ia_removed *removed);

/* An observation, like that of an origin: begin, add each installed package, then commit. */
void ia_removed_begin(struct ia_removed *removed, const struct ia_env *env);
int ia_removed_add(struct ia_removed *removed, struct ia_env *env, const struct ia_listed *listed);
/* origin is the one before this observation's commit. */
int ia_removed_commit(struct ia_removed *removed, struct ia_env *env, struct ia_origin *origin, uint32_t layer);

/* Adds what is gone and not installed otherwise to the inventory, with the property "removed": the layer's number. */
int ia_removed_take(struct ia_removed *removed, struct ia_env *env, struct ia_origin *origin,
                    struct ia_inventory *inventory);

#endif
