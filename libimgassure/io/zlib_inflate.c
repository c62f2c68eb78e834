/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 1950: two bytes of header, deflate, Adler-32. Dictionaries are refused. The output grows by steps of at most 64
 * KiB, so that memory follows what is really there and not what a header claims.
 */
#include "io/zlib_inflate.h"

#include "io/gzip_inflate.h"

#include <zlib.h>

#include <string.h>

enum { STEP = 64 * 1024, METHOD_DEFLATE = 8, DICTIONARY = 0x20, HEADER_CHECK = 31, TRAILER = 4 };

static int read_header(struct ia_env *env, struct ia_cursor *in)
{
    uint8_t method, flags;
    if (!ia_cursor_u8(in, &method) || !ia_cursor_u8(in, &flags))
        return ia_fail(env, IMGA_E_TRUNCATED, 0, "the zlib header is truncated");
    if ((method & 15) != METHOD_DEFLATE || method >> 4 > 7 || (method << 8 | flags) % HEADER_CHECK != 0)
        return ia_fail(env, IMGA_E_FORMAT, 0, "this is not a zlib stream");
    if (flags & DICTIONARY)
        return ia_fail(env, IMGA_E_FORMAT, 0, "a zlib stream with a preset dictionary");
    return IMGA_OK;
}

/* Room for one step at the end of out; never past its maximum. */
static int make_room(struct ia_env *env, struct ia_buf *out, size_t *room)
{
    *room = out->max - out->n < STEP ? out->max - out->n : STEP;
    if (*room == 0)
        return ia_fail(env, IMGA_E_LIMIT, -1, "a zlib stream inflates to more than %zu bytes", out->max);
    return ia_described(env, ia_buf_reserve(out, *room), "inflated bytes", out->max);
}

/* What follows the deflate data: bytes the engine gave back, then the rest of the input. */
static int check_trailer(struct ia_env *env, const struct ia_inflate_step *step, struct ia_str text)
{
    uint8_t trailer[TRAILER + 8];
    size_t rest = step->in->n, n = step->back_size;
    if (n + rest < TRAILER)
        return ia_fail(env, IMGA_E_TRUNCATED, -1, "the check sum of a zlib stream is truncated");
    if (n + rest > TRAILER)
        return ia_fail(env, IMGA_E_FORMAT, -1, "data after a zlib stream");
    memcpy(trailer, step->back, n);
    if (rest)
        memcpy(&trailer[n], step->in->p, rest);
    uint32_t said = (uint32_t)trailer[0] << 24 | (uint32_t)trailer[1] << 16 | (uint32_t)trailer[2] << 8 | trailer[3];
    if (adler32_z(adler32_z(0, NULL, 0), (const Bytef *)text.p, text.n) != said)
        return ia_fail(env, IMGA_E_CHECKSUM, -1, "the check sum of a zlib stream is wrong");
    return IMGA_OK;
}

static int inflate_steps(struct ia_env *env, void *state, struct ia_inflate_step *step, struct ia_buf *out)
{
    const struct ia_inflate_engine *engine = ia_inflate_engines[0];
    enum ia_inflate_result result;
    do {
        size_t before = step->in->n;
        IA_TRY(make_room(env, out, &step->room));
        step->out = (uint8_t *)&out->p[out->n];
        step->produced = 0;
        result = engine->inflate(state, step);
        out->n += step->produced;
        if (result == IA_INFLATE_MORE && step->produced == 0 && step->in->n == before)
            return ia_fail(env, IMGA_E_TRUNCATED, -1, "a zlib stream is truncated");
    } while (result == IA_INFLATE_MORE);
    if (result == IA_INFLATE_NOMEM)
        return ia_fail_nomem(env);
    return result == IA_INFLATE_END ? IMGA_OK : ia_fail(env, IMGA_E_FORMAT, -1, "a zlib stream is malformed");
}

int ia_zlib_inflate(struct ia_env *env, struct ia_cursor in, struct ia_buf *out)
{
    struct ia_inflate_step step = {.in = &in};
    size_t before = out->n;
    IA_TRY(read_header(env, &in));
    void *state = ia_inflate_engines[0]->open(&env->alloc);
    if (!state)
        return ia_fail_nomem(env);
    int status = inflate_steps(env, state, &step, out);
    ia_inflate_engines[0]->close(state);
    if (status >= 0)
        status = check_trailer(env, &step, ia_str_sub(ia_buf_view(out), before, out->n - before));
    return status;
}
