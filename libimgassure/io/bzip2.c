/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bzip2: streams one after the other, each "BZh" and a digit, blocks with a CRC each, and a CRC over all. After the
 * last stream only zero padding may follow, and it is noted. libbz2 gives one answer for malformed data and for a wrong
 * CRC; it is therefore never given input and room at the same time: without input it can only write the block it has
 * and compare its CRC, and without room it can only read. Streams count against gzip_members. The format bounds the
 * memory (under 4 MiB); all of it comes from the caller's allocator. Offsets in errors are those of the compressed
 * bytes.
 */
#include "io/bzip2.h"

#include "base/checked.h"
#include "io/ring.h"

#include <bzlib.h>

/* The mark of a stream's end, six bytes, and the CRC over all: read together, they always take ten whole bytes. */
enum { HEADER = 4, TRAILER = 10, STEP_MAX = 1 << 30 };

enum bzip2_place { AT_STREAM, IN_STREAM, AT_END };

struct bzip2 {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_input *input;
    struct ia_ring ring;
    uint8_t *buffer; /* the one that is filled: IA_CHUNK bytes */
    bz_stream stream;
    bool open; /* the stream was started */
    enum bzip2_place place;
    bool hungry;     /* no block is ready: it needs input */
    bool writing;    /* a part of the block was written */
    uint64_t border; /* the offset where the block before ended */
    uint64_t streams;
    int status; /* < 0: the answer from now on */
};

static void *bzip2_alloc(void *opaque, int items, int size)
{
    size_t bytes;
    if (items < 0 || size < 0 || !ia_mul_size((size_t)items, (size_t)size, &bytes))
        return NULL;
    return ia_resize(opaque, NULL, bytes);
}

static void bzip2_free(void *opaque, void *address)
{
    ia_free(opaque, address);
}

static uint64_t offset_of(const struct bzip2 *b)
{
    return ia_input_offset(b->input);
}

static int bad(const struct bzip2 *b, struct ia_env *env, int status, const char *text)
{
    return ia_error_at(env, ia_fail(env, status, (int64_t)offset_of(b), "%s", text), "bzip2 stream");
}

static int cut(const struct bzip2 *b, struct ia_env *env)
{
    return bad(b, env, IMGA_E_TRUNCATED, "the stream ends early");
}

static int refused(const struct bzip2 *b, struct ia_env *env, int result)
{
    switch (result) {
    case BZ_MEM_ERROR:
        return ia_fail_nomem(env);
    case BZ_DATA_ERROR:
    case BZ_DATA_ERROR_MAGIC:
        return bad(b, env, IMGA_E_FORMAT, "malformed compressed data");
    default:
        return bad(b, env, IMGA_E_INTERNAL, "the decoder refuses to work");
    }
}

/* As gzip: zero bytes up to the end are what tapes and block devices add. */
static int skip_padding(struct bzip2 *b, struct ia_env *env)
{
    int64_t start = (int64_t)offset_of(b);
    int status;
    while ((status = ia_input_fill(b->input, env)) > 0) {
        uint8_t byte, any = 0;
        while (ia_cursor_u8(&b->input->in, &byte))
            any |= byte;
        if (any)
            return bad(b, env, IMGA_E_FORMAT, "bytes after the last stream");
    }
    if (status < 0)
        return status;
    b->place = AT_END;
    return ia_note(env, IMGA_NOTE_TRAILING, start, IA_STR("bzip2 stream"), "zero bytes after the last stream");
}

static bool is_header(struct ia_cursor head)
{
    struct ia_str text = ia_cursor_str(head), letters = IA_STR("BZh");
    if (text.n < letters.n)
        return ia_str_starts(letters, text);
    return ia_str_starts(text, letters) && (text.n < HEADER || (text.p[3] >= '1' && text.p[3] <= '9'));
}

static int open_stream(struct bzip2 *b, struct ia_env *env)
{
    b->stream = (bz_stream){.bzalloc = bzip2_alloc, .bzfree = bzip2_free, .opaque = &b->alloc};
    int result = BZ2_bzDecompressInit(&b->stream, 0, 0);
    if (result != BZ_OK)
        return refused(b, env, result);
    b->open = true;
    b->place = IN_STREAM;
    b->hungry = true;
    b->writing = false;
    b->border = offset_of(b) + HEADER;
    return IMGA_OK;
}

static void close_stream(struct bzip2 *b)
{
    if (b->open)
        BZ2_bzDecompressEnd(&b->stream);
    b->open = false;
}

static int begin_stream(struct bzip2 *b, struct ia_env *env)
{
    struct ia_cursor head;
    IA_TRY(ia_input_peek(b->input, env, HEADER, &head));
    if (head.n == 0) {
        b->place = AT_END;
        return IMGA_OK;
    }
    if (b->streams && head.p[0] == 0)
        return skip_padding(b, env);
    if (!is_header(head))
        return bad(b, env, IMGA_E_FORMAT, b->streams ? "bytes after the last stream" : "no bzip2 header");
    if (head.n < HEADER)
        return cut(b, env);
    if (b->streams >= env->limits->gzip_members) {
        ia_fail_limit(env, (int64_t)offset_of(b), "gzip_members", env->limits->gzip_members, IA_STR("the streams"));
        return ia_error_at(env, IMGA_E_LIMIT, "bzip2 stream");
    }
    b->streams++;
    return open_stream(b, env);
}

/* Writes what the decoder has of a block; no input. */
static int write_some(struct bzip2 *b, struct ia_env *env, size_t *filled)
{
    size_t room = IA_CHUNK - *filled;
    b->stream.next_in = (char *)b->buffer;
    b->stream.avail_in = 0;
    b->stream.next_out = (char *)b->buffer + *filled;
    b->stream.avail_out = (unsigned)room;
    int result = BZ2_bzDecompress(&b->stream);
    if (result == BZ_DATA_ERROR)
        return bad(b, env, IMGA_E_CHECKSUM, "the CRC of a block is wrong");
    if (result != BZ_OK)
        return refused(b, env, result);
    b->writing |= b->stream.avail_out < room;
    *filled += room - b->stream.avail_out;
    b->hungry = b->stream.avail_out > 0;
    if (b->hungry && b->writing) {
        b->writing = false;
        b->border = offset_of(b);
    }
    return IMGA_OK;
}

/* Reads up to the end of a block, of the stream or of the chunk; no room. */
static int read_some(struct bzip2 *b, struct ia_env *env)
{
    struct ia_cursor used = {0};
    int status = ia_input_fill(b->input, env);
    if (status <= 0)
        return status < 0 ? status : cut(b, env);
    struct ia_cursor *in = &b->input->in;
    unsigned size = in->n < STEP_MAX ? (unsigned)in->n : STEP_MAX;
    b->stream.next_in = (char *)(uintptr_t)in->p;
    b->stream.avail_in = size;
    b->stream.next_out = (char *)b->buffer;
    b->stream.avail_out = 0;
    int result = BZ2_bzDecompress(&b->stream);
    ia_cursor_take(in, size - b->stream.avail_in, &used);
    b->hungry = false;
    if (result == BZ_STREAM_END) {
        close_stream(b);
        b->place = AT_STREAM;
        return IMGA_OK;
    }
    if (result == BZ_DATA_ERROR && offset_of(b) - b->border == TRAILER)
        return bad(b, env, IMGA_E_CHECKSUM, "the CRC of the stream is wrong");
    if (result != BZ_OK)
        return refused(b, env, result);
    return used.n ? IMGA_OK : bad(b, env, IMGA_E_INTERNAL, "the decoder does not move");
}

static int fill_buffer(struct bzip2 *b, struct ia_env *env, size_t *filled)
{
    IA_TRY(ia_check_cancel(env));
    while (*filled < IA_CHUNK && b->place != AT_END) {
        if (b->place == AT_STREAM)
            IA_TRY(begin_stream(b, env));
        else if (b->hungry)
            IA_TRY(read_some(b, env));
        else
            IA_TRY(write_some(b, env, filled));
    }
    return IMGA_OK;
}

static int bzip2_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct bzip2 *b = (struct bzip2 *)self;
    size_t filled = 0;
    if (b->status == IMGA_OK) {
        b->buffer = ia_ring_next(&b->ring);
        b->status = fill_buffer(b, env, &filled);
    }
    if (b->status < 0)
        return b->status;
    *out = ia_cursor_from(b->buffer, filled);
    return filled > 0;
}

static void bzip2_close(struct ia_reader *self)
{
    struct bzip2 *b = (struct bzip2 *)self;
    struct ia_alloc alloc = b->alloc;
    ia_input_free(b->input);
    close_stream(b);
    ia_ring_close(&b->ring);
    ia_free(&alloc, b);
}

int ia_bzip2_reader(struct ia_env *env, struct ia_input *input, struct ia_reader **out)
{
    struct bzip2 *b = ia_new(&env->alloc, sizeof(*b));
    if (!b) {
        ia_input_free(input);
        return ia_fail_nomem(env);
    }
    b->reader = (struct ia_reader){bzip2_next, NULL, bzip2_close};
    b->alloc = env->alloc;
    b->input = input;
    int status = ia_ring_open(&b->ring, env, IA_CHUNK, UINT64_MAX);
    if (status < 0)
        bzip2_close(&b->reader);
    else
        *out = &b->reader;
    return status;
}
