/* SPDX-License-Identifier: Apache-2.0 */
/* The seeded map. SipHash-1-3 after Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), c=1, d=3. */
#include "base/map.h"

#include "base/checked.h"
#include "base/cursor.h"

#include <imgassure/status.h>

enum { FIRST_CAPACITY = 64 };

struct ia_map_slot {
    struct ia_str key; /* p NULL: empty */
    uint64_t hash;
    uint64_t value;
};

static uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
}

uint64_t ia_siphash(const uint64_t seed[2], struct ia_str key)
{
    uint64_t v[4] = {seed[0] ^ 0x736f6d6570736575U, seed[1] ^ 0x646f72616e646f6dU, seed[0] ^ 0x6c7967656e657261U,
                     seed[1] ^ 0x7465646279746573U};
    struct ia_cursor rest = ia_cursor_from(key.p, key.n);
    uint64_t word;
    while (ia_cursor_u64le(&rest, &word))
        sip_word(v, word);
    word = (uint64_t)(key.n & 0xff) << 56;
    for (size_t i = 0; i < rest.n; i++)
        word |= (uint64_t)rest.p[i] << (8 * i);
    sip_word(v, word);
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void ia_map_init(struct ia_map *map, const struct ia_alloc *alloc, const uint64_t seed[2])
{
    *map = (struct ia_map){.alloc = *alloc, .seed = {seed[0], seed[1]}};
}

void ia_map_free(struct ia_map *map)
{
    if (map->slots)
        ia_free(&map->alloc, map->slots);
    map->slots = NULL;
    map->capacity = 0;
    map->used = 0;
}

/* The slot of the key, or the empty slot where it belongs. capacity > used, so it ends. */
static struct ia_map_slot *find(const struct ia_map *map, struct ia_str key, uint64_t hash)
{
    size_t at = (size_t)hash & (map->capacity - 1);
    while (map->slots[at].key.p && !(map->slots[at].hash == hash && ia_str_eq(map->slots[at].key, key)))
        at = (at + 1) & (map->capacity - 1);
    return &map->slots[at];
}

bool ia_map_get(const struct ia_map *map, struct ia_str key, uint64_t *value)
{
    if (map->capacity == 0)
        return false;
    const struct ia_map_slot *slot = find(map, key, ia_siphash(map->seed, key));
    if (!slot->key.p)
        return false;
    *value = slot->value;
    return true;
}

static int grow(struct ia_map *map)
{
    struct ia_map bigger = *map;
    size_t capacity;
    if (!ia_mul_size(map->capacity, 2, &capacity))
        return IMGA_E_NOMEM;
    bigger.capacity = capacity ? capacity : FIRST_CAPACITY;
    bigger.slots = ia_new_array(&map->alloc, bigger.capacity, sizeof(*bigger.slots));
    if (!bigger.slots)
        return IMGA_E_NOMEM;
    for (size_t i = 0; i < map->capacity; i++)
        if (map->slots[i].key.p)
            *find(&bigger, map->slots[i].key, map->slots[i].hash) = map->slots[i];
    ia_free(&map->alloc, map->slots);
    *map = bigger;
    return IMGA_OK;
}

int ia_map_put(struct ia_map *map, struct ia_str key, uint64_t value)
{
    if (map->used >= map->capacity / 4 * 3)
        IA_TRY(grow(map));
    uint64_t hash = ia_siphash(map->seed, key);
    struct ia_map_slot *slot = find(map, key, hash);
    if (!slot->key.p) {
        map->used++;
        *slot = (struct ia_map_slot){.key = {key.p ? key.p : "", key.n}, .hash = hash};
    }
    slot->value = value;
    return IMGA_OK;
}
