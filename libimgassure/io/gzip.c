/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gzip frame, RFC 1952, over raw inflate: header fields of any length in fixed memory, header CRC, CRC-32 and ISIZE
 * of every member, members one after the other. After the last member only zero padding may follow, and it is noted.
 * Limits: gzip_members; gzip_ratio after the first MiB, judged at every full buffer, so that the answer does not depend
 * on how the input is cut. Offsets in errors are those of the compressed bytes.
 */
#include "io/gzip.h"

#include "base/checked.h"
#include "io/ring.h"

#include <inttypes.h>

enum { FIXED_HEADER = 10, TRAILER = 8, RATIO_GRACE = 1 << 20 };
enum { FLAG_HCRC = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, FLAGS_RESERVED = 0xe0 };

enum gzip_place { AT_MEMBER, IN_DATA, AT_END };

struct gzip {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_input *input;
    const struct ia_inflate_engine *engine;
    void *inflate;
    struct ia_ring ring;
    uint8_t *buffer; /* the one that is filled: IA_CHUNK bytes */
    enum gzip_place place;
    bool hungry;         /* the last step left room: it needs input */
    uint32_t header_crc; /* of the member's header so far */
    uint32_t crc;        /* of the member's data so far */
    uint64_t size;       /* of the member's data so far */
    uint64_t members, total;
    int status; /* < 0: the answer from now on */
};

static int64_t offset_of(const struct gzip *g)
{
    return (int64_t)ia_input_offset(g->input);
}

static int bad(const struct gzip *g, struct ia_env *env, int status, const char *text)
{
    return ia_error_at(env, ia_fail(env, status, offset_of(g), "%s", text), "gzip stream");
}

static int cut(const struct gzip *g, struct ia_env *env)
{
    return bad(g, env, IMGA_E_TRUNCATED, "the stream ends inside a member");
}

/* Takes size bytes that are in view; they count for the header CRC. */
static void take_header(struct gzip *g, size_t size)
{
    struct ia_cursor part;
    if (ia_cursor_take(&g->input->in, size, &part))
        g->header_crc = g->engine->crc32(g->header_crc, part.p, part.n);
}

static int peek_all(struct gzip *g, struct ia_env *env, size_t want, struct ia_cursor *out)
{
    IA_TRY(ia_input_peek(g->input, env, want, out));
    return out->n < want ? cut(g, env) : IMGA_OK;
}

static int skip_extra(struct gzip *g, struct ia_env *env)
{
    struct ia_cursor field;
    uint16_t left = 0;
    IA_TRY(peek_all(g, env, 2, &field));
    ia_cursor_u16le(&field, &left);
    take_header(g, 2);
    while (left) {
        int status = ia_input_fill(g->input, env);
        if (status <= 0)
            return status < 0 ? status : cut(g, env);
        size_t step = left < g->input->in.n ? left : g->input->in.n;
        take_header(g, step);
        left = (uint16_t)(left - step);
    }
    return IMGA_OK;
}

/* A text field ends with a zero byte; its length is bounded only by the input. */
static int skip_text(struct gzip *g, struct ia_env *env)
{
    for (;;) {
        int status = ia_input_fill(g->input, env);
        if (status <= 0)
            return status < 0 ? status : cut(g, env);
        size_t chunk = g->input->in.n;
        size_t end = ia_str_find(ia_cursor_str(g->input->in), '\0');
        take_header(g, end < chunk ? end + 1 : chunk);
        if (end < chunk)
            return IMGA_OK;
    }
}

static int check_header_crc(struct gzip *g, struct ia_env *env)
{
    struct ia_cursor field;
    uint16_t crc = 0;
    IA_TRY(peek_all(g, env, 2, &field));
    ia_cursor_u16le(&field, &crc);
    if (crc != (uint16_t)g->header_crc)
        return bad(g, env, IMGA_E_CHECKSUM, "the header checksum is wrong");
    take_header(g, 2);
    return IMGA_OK;
}

/* The ten bytes every member begins with. */
static int fixed_header(struct gzip *g, struct ia_env *env, uint8_t *flags)
{
    struct ia_cursor head;
    uint8_t byte[4] = {0};
    IA_TRY(ia_input_peek(g->input, env, FIXED_HEADER, &head));
    size_t have = head.n;
    for (size_t i = 0; i < IA_COUNT(byte); i++)
        ia_cursor_u8(&head, &byte[i]);
    if (byte[0] != 0x1f || (have > 1 && byte[1] != 0x8b))
        return bad(g, env, IMGA_E_FORMAT, g->members > 1 ? "bytes after the last member" : "no gzip header");
    if (have < FIXED_HEADER)
        return cut(g, env);
    if (byte[2] != 8)
        return bad(g, env, IMGA_E_FORMAT, "an unknown compression method");
    if (byte[3] & FLAGS_RESERVED)
        return bad(g, env, IMGA_E_FORMAT, "reserved header flags are set");
    *flags = byte[3];
    g->header_crc = 0;
    take_header(g, FIXED_HEADER);
    return IMGA_OK;
}

static int begin_member(struct gzip *g, struct ia_env *env)
{
    uint8_t flags = 0;
    if (g->members >= env->limits->gzip_members)
        return ia_error_at(env,
                           ia_fail_limit(env, offset_of(g), "gzip_members", env->limits->gzip_members,
                                         IA_STR("the members of the stream")),
                           "gzip stream");
    g->members++;
    IA_TRY(fixed_header(g, env, &flags));
    if (flags & FLAG_EXTRA)
        IA_TRY(skip_extra(g, env));
    if (flags & FLAG_NAME)
        IA_TRY(skip_text(g, env));
    if (flags & FLAG_COMMENT)
        IA_TRY(skip_text(g, env));
    if (flags & FLAG_HCRC)
        IA_TRY(check_header_crc(g, env));
    g->engine->reset(g->inflate);
    g->crc = 0;
    g->size = 0;
    g->hungry = true;
    g->place = IN_DATA;
    return IMGA_OK;
}

/* Zero bytes up to the end are what tapes and block devices add; they hide nothing. */
static int skip_padding(struct gzip *g, struct ia_env *env)
{
    int64_t start = offset_of(g);
    int status;
    while ((status = ia_input_fill(g->input, env)) > 0) {
        uint8_t byte, any = 0;
        while (ia_cursor_u8(&g->input->in, &byte))
            any |= byte;
        if (any)
            return bad(g, env, IMGA_E_FORMAT, "bytes after the last member");
    }
    if (status < 0)
        return status;
    g->place = AT_END;
    return ia_note(env, IMGA_NOTE_TRAILING, start, IA_STR("gzip stream"), "zero bytes after the last member");
}

static int end_member(struct gzip *g, struct ia_env *env)
{
    struct ia_cursor view, next;
    uint32_t crc = 0, size = 0;
    IA_TRY(peek_all(g, env, TRAILER, &view));
    next = view;
    ia_cursor_u32le(&view, &crc);
    ia_cursor_u32le(&view, &size);
    if (crc != g->crc)
        return bad(g, env, IMGA_E_CHECKSUM, "the CRC-32 of the data is wrong");
    if (size != (uint32_t)g->size)
        return bad(g, env, IMGA_E_CHECKSUM, "the size of the data is wrong");
    ia_cursor_take(&g->input->in, TRAILER, &next);
    IA_TRY(ia_input_peek(g->input, env, 1, &next));
    g->place = next.n ? AT_MEMBER : AT_END;
    return next.n && next.p[0] == 0 ? skip_padding(g, env) : IMGA_OK;
}

/* One step of the decoder into the rest of the buffer. */
static int inflate_some(struct gzip *g, struct ia_env *env, size_t *filled)
{
    struct ia_inflate_step step = {.in = &g->input->in, .out = g->buffer + *filled, .room = IA_CHUNK - *filled};
    if (g->hungry) {
        int status = ia_input_fill(g->input, env);
        if (status <= 0)
            return status < 0 ? status : cut(g, env);
    }
    size_t before = g->input->in.n;
    enum ia_inflate_result result = g->engine->inflate(g->inflate, &step);
    if (result == IA_INFLATE_NOMEM)
        return ia_fail_nomem(env);
    if (result == IA_INFLATE_BAD)
        return bad(g, env, IMGA_E_FORMAT, "malformed compressed data");
    g->crc = g->engine->crc32(g->crc, step.out, step.produced);
    g->size += step.produced;
    *filled += step.produced;
    g->hungry = step.produced < step.room;
    if (result == IA_INFLATE_END) {
        if (!ia_input_unread(g->input, step.back, step.back_size))
            return bad(g, env, IMGA_E_INTERNAL, "the decoder gave back too much");
        return end_member(g, env);
    }
    if (before && g->input->in.n == before && step.produced == 0)
        return bad(g, env, IMGA_E_INTERNAL, "the decoder does not move");
    return IMGA_OK;
}

static int check_ratio(struct gzip *g, struct ia_env *env)
{
    uint64_t used = ia_input_offset(g->input), allowed;
    if (g->place == IN_DATA)
        used -= g->engine->held(g->inflate);
    if (!ia_mul_u64(used, env->limits->gzip_ratio, &allowed) || !ia_add_u64(allowed, RATIO_GRACE, &allowed) ||
        g->total <= allowed)
        return IMGA_OK;
    ia_fail_limit(env, (int64_t)used, "gzip_ratio", env->limits->gzip_ratio, IA_STR("the data of the stream"));
    return ia_error_at(env, IMGA_E_LIMIT, "gzip stream");
}

static int fill_buffer(struct gzip *g, struct ia_env *env, size_t *filled)
{
    IA_TRY(ia_check_cancel(env));
    while (*filled < IA_CHUNK && g->place != AT_END) {
        if (g->place == AT_MEMBER)
            IA_TRY(begin_member(g, env));
        else
            IA_TRY(inflate_some(g, env, filled));
    }
    g->total += *filled;
    return *filled ? check_ratio(g, env) : IMGA_OK;
}

static int gzip_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct gzip *g = (struct gzip *)self;
    size_t filled = 0;
    if (g->status == IMGA_OK) {
        g->buffer = ia_ring_next(&g->ring);
        g->status = fill_buffer(g, env, &filled);
    }
    if (g->status < 0)
        return g->status;
    *out = ia_cursor_from(g->buffer, filled);
    return filled > 0;
}

static void gzip_close(struct ia_reader *self)
{
    struct gzip *g = (struct gzip *)self;
    struct ia_alloc alloc = g->alloc;
    ia_input_free(g->input);
    if (g->inflate)
        g->engine->close(g->inflate);
    ia_ring_close(&g->ring);
    ia_free(&alloc, g);
}

int ia_gzip_reader(struct ia_env *env, struct ia_input *input, const struct ia_inflate_engine *engine,
                   struct ia_reader **out)
{
    struct gzip *g = ia_new(&env->alloc, sizeof(*g));
    if (!g) {
        ia_input_free(input);
        return ia_fail_nomem(env);
    }
    g->reader = (struct ia_reader){gzip_next, NULL, gzip_close};
    g->alloc = env->alloc;
    g->input = input;
    g->engine = engine;
    g->inflate = engine->open(&g->alloc);
    int status = g->inflate ? ia_ring_open(&g->ring, env, IA_CHUNK, UINT64_MAX) : ia_fail_nomem(env);
    if (status < 0)
        gzip_close(&g->reader);
    else
        *out = &g->reader;
    return status;
}
