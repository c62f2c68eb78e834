/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers side by side, used one after the other and round again. */
#include "io/ring.h"

#include "base/checked.h"

int ia_ring_open(struct ia_ring *ring, struct ia_env *env, size_t size, uint64_t most)
{
    size_t count = env->chunks_alive ? env->chunks_alive : 1, bytes;
    if (most < count)
        count = most ? (size_t)most : 1;
    *ring = (struct ia_ring){.alloc = env->alloc, .size = size, .count = count};
    if (ia_mul_size(size, count, &bytes))
        ring->bytes = ia_resize(&ring->alloc, NULL, bytes);
    return ring->bytes ? IMGA_OK : ia_fail_nomem(env);
}

void ia_ring_close(struct ia_ring *ring)
{
    if (ring->bytes)
        ia_free(&ring->alloc, ring->bytes);
    ring->bytes = NULL;
}

uint8_t *ia_ring_next(struct ia_ring *ring)
{
    size_t at = ring->turn;
    ring->turn = at + 1 < ring->count ? at + 1 : 0;
    return ring->bytes + at * ring->size;
}
