/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content of a zip member. Like Java's InflaterInputStream it goes on until the deflated data end, whatever the
 * directory says about their size: a jar in a jar whose size or checksum was falsified would run, so it is looked at.
 * Data that lack only their end are handed out, too: who reads no more than the size never notices.
 */
#include "io/zip.h"

#include "io/gzip_inflate.h"

enum { STORED = 0, RATIO_MOST = 1032, GROWTH_LEAST = 4096, STEP = 1 << 22 };

struct unpacking {
    struct ia_env *env;
    const struct ia_inflate_engine *engine;
    void *state;
    struct ia_cursor in;
    struct ia_buf *out;
    size_t most;
    uint64_t read;
    bool padded;
};

static int too_long(const struct unpacking *u)
{
    return ia_fail(u->env, IMGA_E_LIMIT, -1, "unpacks to more than %zu bytes", u->most);
}

/* Half as much again; one byte more than allowed tells whether the data end there. */
static int make_room(struct unpacking *u)
{
    size_t left = u->out->max - u->out->n, more = u->out->n / 2;
    if (left == 0)
        return too_long(u);
    if (more < GROWTH_LEAST)
        more = GROWTH_LEAST;
    return ia_described(u->env, ia_buf_reserve(u->out, more < left ? more : left), "", 0);
}

/* As Java does, one byte is added to data that end early: what was packed in the last byte comes out. */
static bool add_byte(struct unpacking *u)
{
    static const uint8_t zero = 0;
    bool first = !u->padded;
    if (first)
        u->in = ia_cursor_from(&zero, 1);
    u->padded = true;
    return first;
}

static int inflate_step(struct unpacking *u, bool *end)
{
    size_t room = u->out->capacity < u->out->max ? u->out->capacity : u->out->max, before = u->in.n;
    if (room == u->out->n) {
        IA_TRY(make_room(u));
        room = u->out->capacity < u->out->max ? u->out->capacity : u->out->max;
    }
    struct ia_inflate_step step = {.in = &u->in, .out = (uint8_t *)u->out->p + u->out->n, .room = room - u->out->n};
    if (step.room > STEP)
        step.room = STEP;
    enum ia_inflate_result result = u->engine->inflate(u->state, &step);
    u->out->n += step.produced;
    u->read += before - u->in.n;
    if (result == IA_INFLATE_NOMEM)
        return ia_fail_nomem(u->env);
    if (result == IA_INFLATE_BAD)
        return ia_fail(u->env, IMGA_E_FORMAT, -1, "malformed deflated data");
    bool stuck = result == IA_INFLATE_MORE && step.produced == 0 && u->in.n == before;
    *end = result == IA_INFLATE_END || (stuck && !add_byte(u));
    if (*end && (u->padded || u->in.n + step.back_size > 0))
        return IA_ZIP_ODD_SIZE;
    return ia_check_cancel(u->env);
}

/* 0, or IA_ZIP_ODD_SIZE when something follows the deflated data, or their end is missing. */
static int inflate_all(struct unpacking *u)
{
    bool end = false;
    int status = IMGA_OK;
    while (status == IMGA_OK && !end)
        status = inflate_step(u, &end);
    if (status >= 0 && u->out->n > u->most)
        return too_long(u);
    return status;
}

static int inflate_member(struct ia_env *env, const struct ia_zip_member *member, size_t most,
                          struct ia_zip_content *out)
{
    struct unpacking u = {.env = env, .engine = ia_inflate_engines[0], .in = member->packed, .out = &out->owned};
    u.most = most;
    uint64_t likely = member->size, possible = (uint64_t)member->packed.n * RATIO_MOST;
    if (likely > possible)
        likely = possible;
    if (likely > most)
        likely = most;
    ia_buf_init(&out->owned, &env->alloc, most < SIZE_MAX ? most + 1 : most);
    if (likely < out->owned.max) /* room for one more byte: the end shows without growing */
        likely++;
    IA_TRY(ia_described(env, ia_buf_reserve(&out->owned, (size_t)likely), "", 0));
    u.state = u.engine->open(&env->alloc);
    if (!u.state)
        return ia_fail_nomem(env);
    int status = inflate_all(&u);
    u.engine->close(u.state);
    out->work = u.read + out->owned.n;
    IA_TRY(status);
    out->flags |= (unsigned)status;
    out->data = ia_cursor_from(out->owned.p, out->owned.n);
    return IMGA_OK;
}

static int read_stored(struct ia_env *env, const struct ia_zip_member *member, size_t most, struct ia_zip_content *out)
{
    if (member->packed.n > most)
        return ia_fail(env, IMGA_E_LIMIT, -1, "holds more than %zu bytes", most);
    out->data = member->packed;
    out->work = member->packed.n;
    return IMGA_OK;
}

int ia_zip_read(struct ia_env *env, const struct ia_zip_member *member, size_t most, struct ia_zip_content *out)
{
    *out = (struct ia_zip_content){.flags = 0};
    if (member->flags & IA_ZIP_UNREADABLE)
        return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "encrypted, or packed by method %u", (unsigned)member->method);
    if (member->flags & IA_ZIP_LOST)
        return ia_fail(env, IMGA_E_FORMAT, -1, "has no data in the archive");
    int status =
        member->method == STORED ? read_stored(env, member, most, out) : inflate_member(env, member, most, out);
    if (status < 0) {
        ia_zip_content_free(out);
        return status;
    }
    out->flags |= out->data.n == member->size ? 0 : IA_ZIP_ODD_SIZE;
    if (ia_inflate_engines[0]->crc32(0, out->data.p, out->data.n) != member->crc)
        out->flags |= IA_ZIP_ODD_CRC;
    return IMGA_OK;
}

void ia_zip_content_free(struct ia_zip_content *content)
{
    ia_buf_free(&content->owned);
    content->data = ia_cursor_from(NULL, 0);
}
