/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which layer introduced a package: the first of the unbroken run of observations that list it with the same type,
 * name, version and architecture. Memory is bounded by two observations.
 */
#ifndef IA_CATALOG_ORIGIN_H
#define IA_CATALOG_ORIGIN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/env.h"
#include "base/map.h"
#include "catalog/record.h"

struct ia_observation {
    struct ia_arena keys;
    struct ia_map layers; /* key -> first layer */
};

struct ia_origin {
    struct ia_observation now;
    struct ia_observation next; /* while an observation is under way */
    struct ia_buf key;
};

void ia_origin_init(struct ia_origin *origin, const struct ia_env *env);
void ia_origin_free(struct ia_origin *origin);

/* An observation: begin, add each package that is listed, then commit. Without commit nothing has changed. */
void ia_origin_begin(struct ia_origin *origin, const struct ia_env *env);
int ia_origin_add(struct ia_origin *origin, struct ia_env *env, const char *type, const struct ia_record *record,
                  uint32_t layer);
void ia_origin_commit(struct ia_origin *origin);

/* *layer is -1 for a package that the last observation did not list. */
int ia_origin_find(struct ia_origin *origin, struct ia_env *env, const char *type, const struct ia_record *record,
                   int32_t *layer);

#endif
