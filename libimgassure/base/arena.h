/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arena: many small allocations, freed whole. Result objects own one. Pointers stay valid until it is freed.
 * Single-threaded while it grows; read-only afterwards.
 */
#ifndef IA_BASE_ARENA_H
#define IA_BASE_ARENA_H

#include "base/alloc.h"
#include "base/str.h"

struct ia_arena_chunk;

struct ia_arena {
    struct ia_alloc alloc;
    struct ia_arena_chunk *chunks;
    size_t bytes; /* allocated in all */
};

void ia_arena_init(struct ia_arena *arena, const struct ia_alloc *alloc);
void ia_arena_free(struct ia_arena *arena); /* the arena is empty and usable afterwards; a zeroed arena is fine */

void *ia_arena_new(struct ia_arena *arena, size_t size);                     /* zeroed, aligned; NULL: no memory */
void *ia_arena_new_array(struct ia_arena *arena, size_t count, size_t size); /* zeroed; NULL also on overflow */
const char *ia_arena_str(struct ia_arena *arena, struct ia_str text); /* a NUL-terminated copy; NULL: no memory */

#endif
