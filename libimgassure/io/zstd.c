/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zstandard, RFC 8878: frames one after the other, skippable frames skipped; both count against gzip_members. The frame
 * header is read here first, because libzstd judges the window only when it needs one, which depends on how the input
 * is cut. The content size is never used for an allocation. Dictionaries and legacy formats are refused. Offsets in
 * errors are those of the compressed bytes.
 */
#include "io/zstd.h"

enum { FRAME_HEADER_MAX = 18, SKIPPABLE_HEADER = 8, MAGIC_SIZE = 4 };
static const uint32_t FRAME_MAGIC = 0xfd2fb528, SKIPPABLE_MAGIC = 0x184d2a50, SKIPPABLE_MASK = 0xfffffff0;

enum zstd_place { AT_FRAME, IN_FRAME, AT_END };

struct zstd {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_input *input;
    const struct ia_zstd_engine *engine;
    void *decoder;
    enum zstd_place place;
    uint64_t frames;
    int status;         /* < 0: the answer from now on */
    uint8_t nothing[1]; /* where a view of no bytes is */
};

static int over(const struct zstd *z, struct ia_env *env, const char *limit, uint64_t value, struct ia_str what)
{
    return ia_error_at(env, ia_fail_limit(env, (int64_t)ia_input_offset(z->input), limit, value, what), "zstd stream");
}

/* The window a frame asks for, RFC 8878 3.1.1.1; false when the header is cut. */
static bool frame_window(struct ia_cursor header, uint64_t *window)
{
    static const size_t id_sizes[4] = {0, 1, 2, 4}, content_sizes[4] = {1, 2, 4, 8};
    struct ia_cursor part;
    uint8_t flags, byte;
    if (!ia_cursor_take(&header, MAGIC_SIZE, &part) || !ia_cursor_u8(&header, &flags))
        return false;
    if (!(flags & 0x20)) {
        if (!ia_cursor_u8(&header, &byte))
            return false;
        uint64_t base = (uint64_t)1 << (10 + (byte >> 3));
        *window = base + base / 8 * (byte & 7);
        return true;
    }
    /* A single segment: the window is the whole content. */
    if (!ia_cursor_take(&header, id_sizes[flags & 3], &part) ||
        !ia_cursor_take(&header, content_sizes[flags >> 6], &part))
        return false;
    *window = flags >> 6 == 1 ? 256 : 0;
    for (size_t i = part.n; i > 0; i--)
        *window += (uint64_t)part.p[i - 1] << (8 * (i - 1));
    return true;
}

static int skip_frame(struct zstd *z, struct ia_env *env, struct ia_cursor header)
{
    struct ia_cursor part;
    uint32_t size;
    if (!ia_cursor_take(&header, MAGIC_SIZE, &part) || !ia_cursor_u32le(&header, &size))
        return ia_zstd_cut(z->input, env);
    int status = ia_input_discard(z->input, env, (uint64_t)SKIPPABLE_HEADER + size);
    return status == IMGA_E_TRUNCATED ? ia_zstd_cut(z->input, env) : status;
}

/* Whether fewer than four bytes could be the start of a frame. */
static bool is_magic_prefix(struct ia_cursor head)
{
    uint32_t value = 0, mask = 0;
    uint8_t byte;
    for (unsigned i = 0; ia_cursor_u8(&head, &byte); i++) {
        value |= (uint32_t)byte << (8 * i);
        mask |= (uint32_t)0xff << (8 * i);
    }
    return value == (FRAME_MAGIC & mask) ||
           (value & SKIPPABLE_MASK & mask) == (SKIPPABLE_MAGIC & SKIPPABLE_MASK & mask);
}

static int data_frame(struct zstd *z, struct ia_env *env, struct ia_cursor header)
{
    uint64_t window;
    if (!frame_window(header, &window))
        return ia_zstd_cut(z->input, env);
    if (window > env->limits->zstd_window)
        return over(z, env, "zstd_window", env->limits->zstd_window, IA_STR("the window of a frame"));
    z->place = IN_FRAME;
    return z->engine->begin(z->decoder, env, window);
}

static int begin_frame(struct zstd *z, struct ia_env *env)
{
    struct ia_cursor header;
    IA_TRY(ia_input_peek(z->input, env, FRAME_HEADER_MAX, &header));
    if (header.n == 0) {
        z->place = AT_END;
        return IMGA_OK;
    }
    if (header.n < MAGIC_SIZE && is_magic_prefix(header))
        return ia_zstd_cut(z->input, env);
    uint32_t magic = header.n < MAGIC_SIZE ? 0 : ia_load_u32le(header.p);
    bool skippable = (magic & SKIPPABLE_MASK) == SKIPPABLE_MAGIC;
    if (!skippable && magic != FRAME_MAGIC)
        return ia_zstd_bad(z->input, env, IMGA_E_FORMAT, z->frames ? "bytes after the last frame" : "no zstd header");
    if (z->frames >= env->limits->gzip_members)
        return over(z, env, "gzip_members", env->limits->gzip_members, IA_STR("the frames of the stream"));
    z->frames++;
    return skippable ? skip_frame(z, env, header) : data_frame(z, env, header);
}

static int fill_chunk(struct zstd *z, struct ia_env *env, struct ia_cursor *chunk)
{
    int result = IA_ZSTD_MORE;
    IA_TRY(ia_check_cancel(env));
    while (result != IA_ZSTD_FULL && z->place != AT_END) {
        if (z->place == AT_FRAME) {
            IA_TRY(begin_frame(z, env));
            continue;
        }
        result = z->engine->decode(z->decoder, env, z->input, chunk);
        if (result < 0)
            return result;
        if (result == IA_ZSTD_END)
            z->place = AT_FRAME;
    }
    return IMGA_OK;
}

static int zstd_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct zstd *z = (struct zstd *)self;
    struct ia_cursor chunk = ia_cursor_from(z->nothing, 0);
    if (z->status == IMGA_OK)
        z->status = fill_chunk(z, env, &chunk);
    if (z->status < 0)
        return z->status;
    *out = chunk;
    return chunk.n > 0;
}

static void zstd_close(struct ia_reader *self)
{
    struct zstd *z = (struct zstd *)self;
    struct ia_alloc alloc = z->alloc;
    ia_input_free(z->input);
    z->engine->close(z->decoder);
    ia_free(&alloc, z);
}

int ia_zstd_reader(struct ia_env *env, struct ia_input *input, const struct ia_zstd_engine *engine,
                   struct ia_reader **out)
{
    struct zstd *z = ia_new(&env->alloc, sizeof(*z));
    if (!z) {
        ia_input_free(input);
        return ia_fail_nomem(env);
    }
    z->reader = (struct ia_reader){zstd_next, NULL, zstd_close};
    z->alloc = env->alloc;
    z->input = input;
    z->engine = engine;
    int status = engine->open(env, &z->decoder);
    if (status < 0)
        zstd_close(&z->reader);
    else
        *out = &z->reader;
    return status;
}
