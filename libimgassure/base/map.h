/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A map from byte strings to 64-bit values: open addressing, SipHash-1-3 under the seed of the context, because the
 * keys are hostile. Keys are not copied. It cannot be iterated: no output may depend on hash order.
 */
#ifndef IA_BASE_MAP_H
#define IA_BASE_MAP_H

#include "base/alloc.h"
#include "base/macros.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct ia_map_slot;

struct ia_map {
    struct ia_alloc alloc;
    struct ia_map_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t used;
    uint64_t seed[2];
};

uint64_t ia_siphash(const uint64_t seed[2], struct ia_str key);

void ia_map_init(struct ia_map *map, const struct ia_alloc *alloc, const uint64_t seed[2]);
void ia_map_free(struct ia_map *map); /* a zeroed map is fine */
bool ia_map_get(const struct ia_map *map, struct ia_str key, uint64_t *value);
/* Sets or replaces; key must live as long as the map. IMGA_E_NOMEM. */
int ia_map_put(struct ia_map *map, struct ia_str key, uint64_t value) IA_MUST_USE;

#endif
