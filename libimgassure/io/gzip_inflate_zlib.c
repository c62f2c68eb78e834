/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raw inflate by zlib (windowBits -15: the gzip frame is ours). Its memory comes from the caller's allocator. zlib
 * counts input and output in 32 bits, so a step takes at most 1 GiB.
 */
#define ZLIB_CONST
#include "io/gzip_inflate.h"

#include "base/checked.h"

#include <zlib.h>

enum { STEP_MAX = 1 << 30 };

struct zlib_state {
    struct ia_alloc alloc;
    z_stream stream;
};

static voidpf zlib_alloc(voidpf opaque, uInt items, uInt size)
{
    const struct zlib_state *state = opaque;
    size_t bytes;
    if (!ia_mul_size(items, size, &bytes))
        return Z_NULL;
    return ia_resize(&state->alloc, NULL, bytes);
}

static void zlib_free(voidpf opaque, voidpf address)
{
    const struct zlib_state *state = opaque;
    ia_free(&state->alloc, address);
}

static void *zlib_open(const struct ia_alloc *alloc)
{
    struct zlib_state *state = ia_new(alloc, sizeof(*state));
    if (!state)
        return NULL;
    state->alloc = *alloc;
    state->stream.zalloc = zlib_alloc;
    state->stream.zfree = zlib_free;
    state->stream.opaque = state;
    if (inflateInit2(&state->stream, -MAX_WBITS) == Z_OK)
        return state;
    ia_free(alloc, state);
    return NULL;
}

static void zlib_close(void *opaque)
{
    struct zlib_state *state = opaque;
    struct ia_alloc alloc = state->alloc;
    inflateEnd(&state->stream);
    ia_free(&alloc, state);
}

static void zlib_reset(void *opaque)
{
    struct zlib_state *state = opaque;
    inflateReset(&state->stream);
}

static enum ia_inflate_result zlib_inflate(void *opaque, struct ia_inflate_step *step)
{
    z_stream *z = &((struct zlib_state *)opaque)->stream;
    struct ia_cursor used;
    uInt input = step->in->n < STEP_MAX ? (uInt)step->in->n : STEP_MAX;
    uInt room = step->room < STEP_MAX ? (uInt)step->room : STEP_MAX;
    z->next_in = step->in->p;
    z->avail_in = input;
    z->next_out = step->out;
    z->avail_out = room;
    int result = inflate(z, Z_NO_FLUSH);
    ia_cursor_take(step->in, input - z->avail_in, &used);
    step->produced = room - z->avail_out;
    step->back_size = 0;
    switch (result) {
    case Z_OK:
    case Z_BUF_ERROR:
        return IA_INFLATE_MORE;
    case Z_STREAM_END:
        return IA_INFLATE_END;
    case Z_MEM_ERROR:
        return IA_INFLATE_NOMEM;
    default:
        return IA_INFLATE_BAD;
    }
}

static size_t zlib_held(const void *opaque)
{
    (void)opaque;
    return 0;
}

static uint32_t zlib_crc32(uint32_t crc, const uint8_t *data, size_t size)
{
    return (uint32_t)crc32_z(crc, data, size);
}

const struct ia_inflate_engine ia_inflate_zlib = {
    .name = "zlib",
    .open = zlib_open,
    .close = zlib_close,
    .reset = zlib_reset,
    .inflate = zlib_inflate,
    .held = zlib_held,
    .crc32 = zlib_crc32,
};
