/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zstandard by libzstd's streaming interface, which keeps the window itself. Its memory (at most the window) does not
 * come from the caller's allocator: there is no promised way to ask for that.
 */
#include "io/ring.h"
#include "io/zstd_frame.h"

#include <zstd.h>

struct stream {
    struct ia_alloc alloc;
    ZSTD_DCtx *context;
    struct ia_ring ring;
    uint8_t *buffer; /* the one that is filled; NULL before the first */
    size_t filled;
    bool hungry; /* the last step left room: it needs input */
};

static bool stream_is_there(void)
{
    return true;
}

static void stream_close(void *state)
{
    struct stream *s = state;
    if (!s)
        return;
    struct ia_alloc alloc = s->alloc;
    ZSTD_freeDCtx(s->context);
    ia_ring_close(&s->ring);
    ia_free(&alloc, s);
}

/* The second lock behind the reader's look at the window: the least power of two that holds the limit. */
static int set_window(struct stream *s, struct ia_env *env)
{
    ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
    int log = bounds.lowerBound;
    while (log < bounds.upperBound && (uint64_t)1 << log < env->limits->zstd_window)
        log++;
    if (ZSTD_isError(bounds.error) || ZSTD_isError(ZSTD_DCtx_setParameter(s->context, ZSTD_d_windowLogMax, log)))
        return ia_fail(env, IMGA_E_INTERNAL, -1, "the zstd decoder refuses its settings");
    return IMGA_OK;
}

static int stream_open(struct ia_env *env, void **state)
{
    struct stream *s = ia_new(&env->alloc, sizeof(*s));
    int status = IMGA_OK;
    *state = s;
    if (!s)
        return ia_fail_nomem(env);
    s->alloc = env->alloc;
    s->context = ZSTD_createDCtx();
    status = s->context ? set_window(s, env) : ia_fail_nomem(env);
    return status < 0 ? status : ia_ring_open(&s->ring, env, IA_ZSTD_CHUNK, UINT64_MAX);
}

static int stream_begin(void *state, struct ia_env *env, uint64_t window)
{
    struct stream *s = state;
    (void)env;
    (void)window;
    s->hungry = true;
    return IMGA_OK;
}

static int stream_decode(void *state, struct ia_env *env, struct ia_input *input, struct ia_cursor *chunk)
{
    struct stream *s = state;
    struct ia_cursor used;
    if (chunk->n == IA_ZSTD_CHUNK)
        return IA_ZSTD_FULL;
    if (s->hungry) {
        int status = ia_input_fill(input, env);
        if (status <= 0)
            return status < 0 ? status : ia_zstd_cut(input, env);
    }
    if (!s->buffer || (chunk->n == 0 && s->filled)) /* a step that made nothing needs no other buffer */
        s->buffer = ia_ring_next(&s->ring);
    ZSTD_inBuffer in = {input->in.p, input->in.n, 0};
    ZSTD_outBuffer out = {s->buffer, IA_ZSTD_CHUNK, chunk->n};
    size_t result = ZSTD_decompressStream(s->context, &out, &in);
    if (ZSTD_isError(result))
        return ia_zstd_refused(input, env, result);
    if (result && in.size && in.pos == 0 && out.pos == chunk->n)
        return ia_zstd_bad(input, env, IMGA_E_INTERNAL, "the decoder does not move");
    ia_cursor_take(&input->in, in.pos, &used);
    s->hungry = out.pos < out.size;
    s->filled = out.pos;
    *chunk = ia_cursor_from(s->buffer, out.pos);
    return result == 0 ? IA_ZSTD_END : IA_ZSTD_MORE;
}

const struct ia_zstd_engine ia_zstd_stream = {"stream",     stream_is_there, stream_open,
                                              stream_close, stream_begin,    stream_decode};
