/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zstandard, RFC 8878: frames one after the other, skippable frames skipped; both count against gzip_members. The frame
 * header is read here first, because libzstd judges the window only when it needs one, which depends on how the input
 * is cut. The content size is never used for an allocation. Dictionaries and legacy formats are refused. libzstd's own
 * memory (at most the window) does not come from the caller's allocator: its stable interface has no way to ask for it.
 * Offsets in errors are those of the compressed bytes.
 */
#include "io/zstd.h"

#include "io/ring.h"

#include <zstd.h>
#include <zstd_errors.h>

/*
 * CHUNK: the largest block, section 3.1.1.2. Several layers are decoded in turn, each with its window and its ring of
 * buffers; with smaller rings all of them keep their place in the cache.
 */
enum { FRAME_HEADER_MAX = 18, SKIPPABLE_HEADER = 8, MAGIC_SIZE = 4, CHUNK = 128 * 1024 };
static const uint32_t FRAME_MAGIC = 0xfd2fb528, SKIPPABLE_MAGIC = 0x184d2a50, SKIPPABLE_MASK = 0xfffffff0;

enum zstd_place { AT_FRAME, IN_FRAME, AT_END };

struct zstd {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_input *input;
    ZSTD_DCtx *context;
    struct ia_ring ring;
    uint8_t *buffer; /* the one that is filled: CHUNK bytes */
    enum zstd_place place;
    bool hungry; /* the last step left room: it needs input */
    uint64_t frames;
    int status; /* < 0: the answer from now on */
};

static int64_t offset_of(const struct zstd *z)
{
    return (int64_t)ia_input_offset(z->input);
}

static int bad(const struct zstd *z, struct ia_env *env, int status, const char *text)
{
    return ia_error_at(env, ia_fail(env, status, offset_of(z), "%s", text), "zstd stream");
}

static int cut(const struct zstd *z, struct ia_env *env)
{
    return bad(z, env, IMGA_E_TRUNCATED, "the stream ends inside a frame");
}

static int over(const struct zstd *z, struct ia_env *env, const char *limit, uint64_t value, struct ia_str what)
{
    return ia_error_at(env, ia_fail_limit(env, offset_of(z), limit, value, what), "zstd stream");
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
        return cut(z, env);
    int status = ia_input_discard(z->input, env, (uint64_t)SKIPPABLE_HEADER + size);
    return status == IMGA_E_TRUNCATED ? cut(z, env) : status;
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
        return cut(z, env);
    if (window > env->limits->zstd_window)
        return over(z, env, "zstd_window", env->limits->zstd_window, IA_STR("the window of a frame"));
    z->place = IN_FRAME;
    z->hungry = true;
    return IMGA_OK;
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
        return cut(z, env);
    uint32_t magic = header.n < MAGIC_SIZE ? 0 : ia_load_u32le(header.p);
    bool skippable = (magic & SKIPPABLE_MASK) == SKIPPABLE_MAGIC;
    if (!skippable && magic != FRAME_MAGIC)
        return bad(z, env, IMGA_E_FORMAT, z->frames ? "bytes after the last frame" : "no zstd header");
    if (z->frames >= env->limits->gzip_members)
        return over(z, env, "gzip_members", env->limits->gzip_members, IA_STR("the frames of the stream"));
    z->frames++;
    return skippable ? skip_frame(z, env, header) : data_frame(z, env, header);
}

static int refused(struct zstd *z, struct ia_env *env, size_t result)
{
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_frameParameter_windowTooLarge:
        return over(z, env, "zstd_window", env->limits->zstd_window, IA_STR("the window of a frame"));
    case ZSTD_error_memory_allocation:
        return ia_fail_nomem(env);
    case ZSTD_error_checksum_wrong:
        return bad(z, env, IMGA_E_CHECKSUM, "the checksum of a frame is wrong");
    case ZSTD_error_dictionary_wrong:
    case ZSTD_error_dictionary_corrupted:
        return bad(z, env, IMGA_E_UNSUPPORTED, "a frame needs a dictionary");
    default:
        return bad(z, env, IMGA_E_FORMAT, "malformed compressed data");
    }
}

/* One step of the decoder into the rest of the buffer. */
static int decode_some(struct zstd *z, struct ia_env *env, size_t *filled)
{
    struct ia_cursor used;
    if (z->hungry) {
        int status = ia_input_fill(z->input, env);
        if (status <= 0)
            return status < 0 ? status : cut(z, env);
    }
    ZSTD_inBuffer in = {z->input->in.p, z->input->in.n, 0};
    ZSTD_outBuffer out = {z->buffer, CHUNK, *filled};
    size_t result = ZSTD_decompressStream(z->context, &out, &in);
    if (ZSTD_isError(result))
        return refused(z, env, result);
    ia_cursor_take(&z->input->in, in.pos, &used);
    z->hungry = out.pos < out.size;
    if (result == 0)
        z->place = AT_FRAME;
    else if (in.size && in.pos == 0 && out.pos == *filled)
        return bad(z, env, IMGA_E_INTERNAL, "the decoder does not move");
    *filled = out.pos;
    return IMGA_OK;
}

static int fill_buffer(struct zstd *z, struct ia_env *env, size_t *filled)
{
    IA_TRY(ia_check_cancel(env));
    while (*filled < CHUNK && z->place != AT_END) {
        if (z->place == AT_FRAME)
            IA_TRY(begin_frame(z, env));
        else
            IA_TRY(decode_some(z, env, filled));
    }
    return IMGA_OK;
}

static int zstd_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct zstd *z = (struct zstd *)self;
    size_t filled = 0;
    if (z->status == IMGA_OK) {
        z->buffer = ia_ring_next(&z->ring);
        z->status = fill_buffer(z, env, &filled);
    }
    if (z->status < 0)
        return z->status;
    *out = ia_cursor_from(z->buffer, filled);
    return filled > 0;
}

static void zstd_close(struct ia_reader *self)
{
    struct zstd *z = (struct zstd *)self;
    struct ia_alloc alloc = z->alloc;
    ia_input_free(z->input);
    ZSTD_freeDCtx(z->context);
    ia_ring_close(&z->ring);
    ia_free(&alloc, z);
}

/* The second lock behind data_frame(): the smallest power of two that holds the limit, within what libzstd takes. */
static int set_window(struct zstd *z, struct ia_env *env)
{
    ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
    int log = bounds.lowerBound;
    while (log < bounds.upperBound && (uint64_t)1 << log < env->limits->zstd_window)
        log++;
    if (ZSTD_isError(bounds.error) || ZSTD_isError(ZSTD_DCtx_setParameter(z->context, ZSTD_d_windowLogMax, log)))
        return bad(z, env, IMGA_E_INTERNAL, "the decoder refuses its settings");
    return IMGA_OK;
}

int ia_zstd_reader(struct ia_env *env, struct ia_input *input, struct ia_reader **out)
{
    struct zstd *z = ia_new(&env->alloc, sizeof(*z));
    int status;
    if (!z) {
        ia_input_free(input);
        return ia_fail_nomem(env);
    }
    z->reader = (struct ia_reader){zstd_next, NULL, zstd_close};
    z->alloc = env->alloc;
    z->input = input;
    z->context = ZSTD_createDCtx();
    status = z->context ? set_window(z, env) : ia_fail_nomem(env);
    if (status == IMGA_OK)
        status = ia_ring_open(&z->ring, env, CHUNK, UINT64_MAX);
    if (status < 0)
        zstd_close(&z->reader);
    else
        *out = &z->reader;
    return status;
}
