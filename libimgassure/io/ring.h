/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The output buffers of one reader: env->chunks_alive of them, handed out in turn, so that a view stays valid until
 * that many further calls. One allocation.
 */
#ifndef IA_IO_RING_H
#define IA_IO_RING_H

#include "base/env.h"

struct ia_ring {
    struct ia_alloc alloc;
    uint8_t *bytes; /* NULL: nothing is open */
    size_t size;    /* of one buffer */
    size_t count, turn;
};

/* most: how many views the reader can hand out in its whole life; no more buffers are made. IMGA_E_NOMEM. */
int ia_ring_open(struct ia_ring *ring, struct ia_env *env, size_t size, uint64_t most);
void ia_ring_close(struct ia_ring *ring); /* a zeroed one is fine */
/* The buffer that was handed out longest ago. */
uint8_t *ia_ring_next(struct ia_ring *ring);

#endif
