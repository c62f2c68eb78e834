/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xz, The .xz File Format 1.1.0: streams one after the other (2.1), stream padding between and after them (2.2), blocks
 * (3), index (4). The frame is walked here with liblzma's own functions for each part, because its stream decoder gives
 * one answer for malformed data and for a wrong check. Streams and blocks count against gzip_members; the dictionary of
 * a block against zstd_window. All memory comes from the caller's allocator. A stream without a check is read. Offsets
 * in errors are those of the compressed bytes.
 */
#include "io/xz.h"

#include "base/checked.h"
#include "io/ring.h"

#include <lzma.h>
#include <string.h>

enum { CRC_SIZE = 4, MAGIC_SIZE = 6, PADDING_UNIT = 4 };
static const uint8_t magic[MAGIC_SIZE] = {0xfd, '7', 'z', 'X', 'Z', 0};

enum xz_place { AT_STREAM, AT_BLOCK, IN_BLOCK, IN_INDEX, AT_FOOTER, AT_END };

struct xz {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_input *input;
    struct ia_ring ring;
    uint8_t *buffer; /* the one that is filled: IA_CHUNK bytes */
    lzma_allocator allocator;
    lzma_stream stream;      /* decodes the block */
    lzma_index_hash *blocks; /* what the index must say */
    lzma_stream_flags flags;
    lzma_block block;
    uint64_t block_in; /* bytes of the block after its header so far */
    enum xz_place place;
    uint64_t streams, members;
    int status; /* < 0: the answer from now on */
};

static void *xz_alloc(void *opaque, size_t items, size_t size)
{
    size_t bytes;
    return ia_mul_size(items, size, &bytes) ? ia_resize(opaque, NULL, bytes) : NULL;
}

static void xz_free(void *opaque, void *address)
{
    ia_free(opaque, address);
}

static int64_t offset_of(const struct xz *x)
{
    return (int64_t)ia_input_offset(x->input);
}

static int bad(const struct xz *x, struct ia_env *env, int status, const char *text)
{
    return ia_error_at(env, ia_fail(env, status, offset_of(x), "%s", text), "xz stream");
}

static int cut(const struct xz *x, struct ia_env *env)
{
    return bad(x, env, IMGA_E_TRUNCATED, "the stream ends early");
}

static int over(const struct xz *x, struct ia_env *env, const char *limit, uint64_t value, struct ia_str what)
{
    return ia_error_at(env, ia_fail_limit(env, offset_of(x), limit, value, what), "xz stream");
}

/* For answers of liblzma that are not about what the caller of this knows better. */
static int refused(const struct xz *x, struct ia_env *env, lzma_ret result, const char *malformed)
{
    switch (result) {
    case LZMA_MEM_ERROR:
        return ia_fail_nomem(env);
    case LZMA_OPTIONS_ERROR:
        return bad(x, env, IMGA_E_UNSUPPORTED, "filters or options that are not supported");
    case LZMA_FORMAT_ERROR:
    case LZMA_DATA_ERROR:
        return bad(x, env, IMGA_E_FORMAT, malformed);
    default:
        return bad(x, env, IMGA_E_INTERNAL, "the decoder refuses to work");
    }
}

static int count_member(struct xz *x, struct ia_env *env)
{
    if (x->members >= env->limits->gzip_members)
        return over(x, env, "gzip_members", env->limits->gzip_members, IA_STR("the streams and blocks"));
    x->members++;
    return IMGA_OK;
}

/* Copies the next size bytes and takes them. */
static int take_bytes(struct xz *x, struct ia_env *env, uint8_t *to, size_t size)
{
    struct ia_cursor part;
    for (size_t have = 0; have < size; have += part.n) {
        int status = ia_input_fill(x->input, env);
        if (status <= 0)
            return status < 0 ? status : cut(x, env);
        size_t step = size - have < x->input->in.n ? size - have : x->input->in.n;
        if (ia_cursor_take(&x->input->in, step, &part))
            memcpy(to + have, part.p, part.n);
    }
    return IMGA_OK;
}

/* Stream padding, 2.2: zero bytes, four at a time. */
static int skip_padding(struct xz *x, struct ia_env *env)
{
    struct ia_cursor view, part;
    size_t zeros = 0;
    int status;
    while ((status = ia_input_peek(x->input, env, 1, &view)) == IMGA_OK && view.n && view.p[0] == 0) {
        struct ia_cursor *in = &x->input->in;
        size_t run = 0;
        while (run < in->n && in->p[run] == 0)
            run++;
        ia_cursor_take(in, run, &part);
        zeros = (zeros + run) % PADDING_UNIT;
    }
    if (status < 0)
        return status;
    return zeros ? bad(x, env, IMGA_E_FORMAT, "the padding is not a multiple of four bytes") : IMGA_OK;
}

/* Stream header, 2.1.1. */
static int read_header(struct xz *x, struct ia_env *env)
{
    uint8_t header[LZMA_STREAM_HEADER_SIZE];
    IA_TRY(take_bytes(x, env, header, sizeof(header)));
    lzma_ret result = lzma_stream_header_decode(&x->flags, header);
    if (result == LZMA_DATA_ERROR)
        return bad(x, env, IMGA_E_CHECKSUM, "the checksum of the stream header is wrong");
    if (result != LZMA_OK)
        return refused(x, env, result, "malformed stream header");
    if (!lzma_check_is_supported(x->flags.check))
        return bad(x, env, IMGA_E_UNSUPPORTED, "an unknown kind of check");
    lzma_index_hash *blocks = lzma_index_hash_init(x->blocks, &x->allocator);
    if (!blocks)
        return ia_fail_nomem(env);
    x->blocks = blocks;
    x->place = AT_BLOCK;
    return IMGA_OK;
}

static int begin_stream(struct xz *x, struct ia_env *env)
{
    struct ia_cursor head;
    if (x->streams)
        IA_TRY(skip_padding(x, env));
    IA_TRY(ia_input_peek(x->input, env, MAGIC_SIZE, &head));
    if (head.n == 0) {
        x->place = AT_END;
        return IMGA_OK;
    }
    if (memcmp(head.p, magic, head.n) != 0)
        return bad(x, env, IMGA_E_FORMAT, x->streams ? "bytes after the last stream" : "no xz header");
    IA_TRY(count_member(x, env));
    x->streams++;
    return read_header(x, env);
}

/* The bytes of a block header, 3.1, whose own checksum holds. */
static int take_block_header(struct xz *x, struct ia_env *env, uint8_t header[LZMA_BLOCK_HEADER_SIZE_MAX])
{
    IA_TRY(take_bytes(x, env, header, 1));
    size_t size = lzma_block_header_size_decode(header[0]);
    IA_TRY(take_bytes(x, env, header + 1, size - 1));
    if (lzma_crc32(header, size - CRC_SIZE, 0) != ia_load_u32le(header + size - CRC_SIZE))
        return bad(x, env, IMGA_E_CHECKSUM, "the checksum of a block header is wrong");
    x->block.header_size = (uint32_t)size;
    return IMGA_OK;
}

/* Only LZMA2 has a dictionary among the filters of an .xz file, 5.3.1. */
static int check_dictionary(struct xz *x, struct ia_env *env, const lzma_filter *filters)
{
    for (size_t i = 0; filters[i].id != LZMA_VLI_UNKNOWN; i++) {
        const lzma_options_lzma *options = filters[i].options;
        if (filters[i].id == LZMA_FILTER_LZMA2 && options->dict_size > env->limits->zstd_window)
            return over(x, env, "zstd_window", env->limits->zstd_window, IA_STR("the dictionary of a block"));
    }
    return IMGA_OK;
}

static int start_block(struct xz *x, struct ia_env *env, const uint8_t *header)
{
    lzma_filter filters[LZMA_FILTERS_MAX + 1];
    filters[0].id = LZMA_VLI_UNKNOWN;
    x->block.version = 1;
    x->block.check = x->flags.check;
    x->block.filters = filters;
    lzma_ret result = lzma_block_header_decode(&x->block, &x->allocator, header);
    int status = result == LZMA_OK ? check_dictionary(x, env, filters) : IMGA_OK;
    if (result == LZMA_OK && status == IMGA_OK)
        result = lzma_block_decoder(&x->stream, &x->block);
    for (size_t i = 0; filters[i].id != LZMA_VLI_UNKNOWN; i++)
        ia_free(&x->alloc, filters[i].options);
    x->block.filters = NULL; /* they are needed for the start only */
    if (status == IMGA_OK && result != LZMA_OK)
        return refused(x, env, result, "malformed block header");
    return status;
}

/* A block, or the index, whose first byte is zero. */
static int begin_block(struct xz *x, struct ia_env *env)
{
    uint8_t header[LZMA_BLOCK_HEADER_SIZE_MAX];
    struct ia_cursor first;
    IA_TRY(ia_input_peek(x->input, env, 1, &first));
    if (first.n == 0)
        return cut(x, env);
    if (first.p[0] == 0) {
        x->place = IN_INDEX;
        return IMGA_OK;
    }
    IA_TRY(count_member(x, env));
    memset(&x->block, 0, sizeof(x->block));
    IA_TRY(take_block_header(x, env, header));
    IA_TRY(start_block(x, env, header));
    x->place = IN_BLOCK;
    x->block_in = 0;
    return IMGA_OK;
}

/* The check is compared when everything before it was right and all of it was read. */
static int block_refused(const struct xz *x, struct ia_env *env, lzma_ret result)
{
    lzma_vli total = lzma_block_total_size(&x->block);
    if (result == LZMA_DATA_ERROR && x->flags.check != LZMA_CHECK_NONE && total != LZMA_VLI_UNKNOWN &&
        x->block.header_size + x->block_in == total)
        return bad(x, env, IMGA_E_CHECKSUM, "the check of a block is wrong");
    return refused(x, env, result, "malformed compressed data");
}

static int end_block(struct xz *x, struct ia_env *env)
{
    lzma_ret result =
        lzma_index_hash_append(x->blocks, lzma_block_unpadded_size(&x->block), x->block.uncompressed_size);
    if (result != LZMA_OK)
        return refused(x, env, result, "impossible sizes of blocks");
    x->place = AT_BLOCK;
    return IMGA_OK;
}

/* One step into the rest of the buffer. A stream never ends with its data, so there is always more to ask for. */
static int decode_some(struct xz *x, struct ia_env *env, size_t *filled)
{
    struct ia_cursor used;
    lzma_stream *s = &x->stream;
    int status = ia_input_fill(x->input, env);
    if (status <= 0)
        return status < 0 ? status : cut(x, env);
    size_t before = x->input->in.n, room = IA_CHUNK - *filled;
    s->next_in = x->input->in.p;
    s->avail_in = before;
    s->next_out = x->buffer + *filled;
    s->avail_out = room;
    lzma_ret result = lzma_code(s, LZMA_RUN);
    ia_cursor_take(&x->input->in, before - s->avail_in, &used);
    x->block_in += before - s->avail_in;
    *filled += room - s->avail_out;
    if (result == LZMA_STREAM_END)
        return end_block(x, env);
    if (result != LZMA_OK)
        return block_refused(x, env, result);
    if (s->avail_in == before && s->avail_out == room)
        return bad(x, env, IMGA_E_INTERNAL, "the decoder does not move");
    return IMGA_OK;
}

/* The index, 4, against the blocks that were read. */
static int read_index(struct xz *x, struct ia_env *env)
{
    struct ia_cursor part;
    lzma_ret result = LZMA_OK;
    while (result == LZMA_OK) {
        int status = ia_input_fill(x->input, env);
        if (status <= 0)
            return status < 0 ? status : cut(x, env);
        size_t used = 0;
        result = lzma_index_hash_decode(x->blocks, x->input->in.p, &used, x->input->in.n);
        ia_cursor_take(&x->input->in, used, &part);
    }
    if (result != LZMA_STREAM_END)
        return refused(x, env, result, "the index is damaged or does not fit the blocks");
    x->place = AT_FOOTER;
    return IMGA_OK;
}

/* Stream footer, 2.1.2. */
static int read_footer(struct xz *x, struct ia_env *env)
{
    uint8_t bytes[LZMA_STREAM_HEADER_SIZE];
    lzma_stream_flags footer;
    IA_TRY(take_bytes(x, env, bytes, sizeof(bytes)));
    lzma_ret result = lzma_stream_footer_decode(&footer, bytes);
    if (result == LZMA_DATA_ERROR)
        return bad(x, env, IMGA_E_CHECKSUM, "the checksum of the stream footer is wrong");
    if (result != LZMA_OK)
        return refused(x, env, result, "malformed stream footer");
    if (footer.backward_size != lzma_index_hash_size(x->blocks) ||
        lzma_stream_flags_compare(&x->flags, &footer) != LZMA_OK)
        return bad(x, env, IMGA_E_FORMAT, "the stream footer does not fit the stream");
    x->place = AT_STREAM;
    return IMGA_OK;
}

static int step(struct xz *x, struct ia_env *env, size_t *filled)
{
    switch (x->place) {
    case AT_STREAM:
        return begin_stream(x, env);
    case AT_BLOCK:
        return begin_block(x, env);
    case IN_BLOCK:
        return decode_some(x, env, filled);
    case IN_INDEX:
        return read_index(x, env);
    default:
        return read_footer(x, env);
    }
}

static int fill_buffer(struct xz *x, struct ia_env *env, size_t *filled)
{
    IA_TRY(ia_check_cancel(env));
    while (*filled < IA_CHUNK && x->place != AT_END)
        IA_TRY(step(x, env, filled));
    return IMGA_OK;
}

static int xz_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct xz *x = (struct xz *)self;
    size_t filled = 0;
    if (x->status == IMGA_OK) {
        x->buffer = ia_ring_next(&x->ring);
        x->status = fill_buffer(x, env, &filled);
    }
    if (x->status < 0)
        return x->status;
    *out = ia_cursor_from(x->buffer, filled);
    return filled > 0;
}

static void xz_close(struct ia_reader *self)
{
    struct xz *x = (struct xz *)self;
    struct ia_alloc alloc = x->alloc;
    ia_input_free(x->input);
    lzma_end(&x->stream);
    lzma_index_hash_end(x->blocks, &x->allocator);
    ia_ring_close(&x->ring);
    ia_free(&alloc, x);
}

int ia_xz_reader(struct ia_env *env, struct ia_input *input, struct ia_reader **out)
{
    struct xz *x = ia_new(&env->alloc, sizeof(*x));
    if (!x) {
        ia_input_free(input);
        return ia_fail_nomem(env);
    }
    x->reader = (struct ia_reader){xz_next, NULL, xz_close};
    x->alloc = env->alloc;
    x->input = input;
    x->allocator = (lzma_allocator){xz_alloc, xz_free, &x->alloc};
    x->stream.allocator = &x->allocator;
    int status = ia_ring_open(&x->ring, env, IA_CHUNK, UINT64_MAX);
    if (status < 0)
        xz_close(&x->reader);
    else
        *out = &x->reader;
    return status;
}
