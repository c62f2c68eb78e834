/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which findings belong to a source package: binary packages of one source and version share them, so that each is
 * judged once. Texts are those of the inventory, where equal texts have one address.
 */
#ifndef IA_MATCH_SOURCES_H
#define IA_MATCH_SOURCES_H

#include "base/arena.h"
#include "base/env.h"
#include "base/map.h"

struct ia_source_findings {
    const char *name;
    const char *version;
    size_t first; /* of its findings */
    size_t count;
};

struct ia_sources {
    struct ia_arena arena;
    struct ia_map map; /* name and version, by address -> struct ia_source_findings */
};

void ia_sources_init(struct ia_sources *sources, const struct ia_env *env);
void ia_sources_free(struct ia_sources *sources);
/* By name and version; fills first and count when it is there, and leaves *source alone otherwise. */
bool ia_sources_find(const struct ia_sources *sources, struct ia_source_findings *source);
int ia_sources_add(struct ia_sources *sources, struct ia_env *env, const struct ia_source_findings *source);

#endif
