/* SPDX-License-Identifier: Apache-2.0 */
#define ZLIB_CONST
#include "stream_case.h"

#include "io/gzip.h"
#include "io/zstd.h"

#include <bzlib.h>
#include <criterion/criterion.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

static void reserve(struct bytes *b, size_t more)
{
    if (b->p && b->n + more <= b->capacity)
        return;
    b->capacity = 2 * b->n + more + 1;
    b->p = realloc(b->p, b->capacity);
}

void bytes_add(struct bytes *b, const void *data, size_t size)
{
    reserve(b, size);
    if (size)
        memcpy(b->p + b->n, data, size);
    b->n += size;
}

void bytes_u32(struct bytes *b, uint32_t value)
{
    uint8_t raw[4];
    ia_store_u32le(raw, value);
    bytes_add(b, raw, 4);
}

void bytes_fill(struct bytes *b, char c, size_t count)
{
    reserve(b, count);
    memset(b->p + b->n, c, count);
    b->n += count;
}

void bytes_free(struct bytes *b)
{
    free(b->p);
    *b = (struct bytes){0};
}

void bytes_text(struct bytes *b, size_t size)
{
    static const char *const words[] = {"layer ", "digest ", "manifest ", "\n", "0123", "\xff\x00\x80", "opaque"};
    uint32_t state = 12345;
    size_t end = b->n + size;
    while (b->n < end) {
        state = state * 1664525 + 1013904223;
        const char *word = words[(state >> 24) % IA_COUNT(words)];
        bytes_add(b, word, strlen(word));
        bytes_add(b, &state, (state >> 20) % 3);
    }
    b->n = end;
}

static void deflate_add(struct bytes *b, int level, const void *data, size_t size)
{
    z_stream z = {0};
    size_t room = size + size / 100 + 1000;
    int levels = level == 0 ? Z_DEFAULT_COMPRESSION : level < 0 ? 0 : level;
    cr_assert_eq(deflateInit2(&z, levels, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    reserve(b, room);
    z.next_in = data;
    z.avail_in = (uInt)size;
    z.next_out = (Bytef *)b->p + b->n;
    z.avail_out = (uInt)room;
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    b->n += z.total_out;
    deflateEnd(&z);
}

void gzip_add(struct bytes *b, const struct gzip_case *c, const void *data, size_t size)
{
    size_t start = b->n;
    const uint8_t head[10] = {0x1f, 0x8b, (uint8_t)(8 ^ c->method_xor), c->flags, 1, 2, 3, 4, 0, 3};
    bytes_add(b, head, sizeof(head));
    if (c->flags & 4) {
        const uint8_t length[2] = {(uint8_t)c->extra, (uint8_t)(c->extra >> 8)};
        bytes_add(b, length, 2);
        bytes_fill(b, 'x', c->extra);
    }
    if (c->flags & 8) {
        bytes_fill(b, 'n', c->name);
        bytes_fill(b, '\0', 1);
    }
    if (c->flags & 16) {
        bytes_fill(b, 'c', c->comment);
        bytes_fill(b, '\0', 1);
    }
    if (c->flags & 2) {
        uint32_t crc = (uint32_t)crc32(0, (const Bytef *)b->p + start, (uInt)(b->n - start)) ^ c->header_crc_xor;
        const uint8_t raw[2] = {(uint8_t)crc, (uint8_t)(crc >> 8)};
        bytes_add(b, raw, 2);
    }
    deflate_add(b, c->level, data, size);
    bytes_u32(b, (uint32_t)crc32(0, size ? data : NULL, (uInt)size) ^ c->crc_xor);
    bytes_u32(b, (uint32_t)size ^ c->size_xor);
}

void zstd_add(struct bytes *b, const void *data, size_t size)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t room = ZSTD_compressBound(size);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    reserve(b, room);
    size_t made = ZSTD_compress2(context, b->p + b->n, room, data, size);
    cr_assert(!ZSTD_isError(made));
    b->n += made;
    ZSTD_freeCCtx(context);
}

void zstd_window_add(struct bytes *b, int log, const void *data, size_t size)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t bound = ZSTD_compressBound(size), at = b->n;
    ZSTD_CCtx_setParameter(context, ZSTD_c_enableLongDistanceMatching, log > 17);
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, log);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    bytes_fill(b, '\0', bound);
    size_t made = ZSTD_compress2(context, b->p + at, bound, data, size);
    cr_assert(!ZSTD_isError(made));
    b->n = at + made;
    ZSTD_freeCCtx(context);
}

void zstd_skippable(struct bytes *b, unsigned number, size_t size)
{
    bytes_u32(b, 0x184d2a50 + number);
    bytes_u32(b, (uint32_t)size);
    bytes_fill(b, 's', size);
}

static void xz_run(struct bytes *b, lzma_stream *s, const void *data, size_t size, lzma_action action)
{
    lzma_ret result;
    s->next_in = data;
    s->avail_in = size;
    do {
        reserve(b, 65536);
        s->next_out = (uint8_t *)b->p + b->n;
        s->avail_out = 65536;
        result = lzma_code(s, action);
        cr_assert(result == LZMA_OK || result == LZMA_STREAM_END, "liblzma: %d", result);
        b->n += 65536 - s->avail_out;
    } while (result != LZMA_STREAM_END);
}

/* Blocks with their sizes can only be written in one call. */
static void xz_at_once(struct bytes *b, lzma_filter *filters, int check, const void *data, size_t size)
{
    size_t room = lzma_stream_buffer_bound(size);
    reserve(b, room);
    cr_assert_eq(
        lzma_stream_buffer_encode(filters, (lzma_check)check, NULL, data, size, (uint8_t *)b->p, &b->n, b->n + room),
        LZMA_OK);
}

void xz_add(struct bytes *b, const struct xz_case *c, const void *data, size_t size)
{
    lzma_stream s = LZMA_STREAM_INIT;
    lzma_options_lzma lzma2;
    lzma_options_delta delta = {.type = LZMA_DELTA_TYPE_BYTE, .dist = 4};
    lzma_filter chain[] = {
        {LZMA_FILTER_DELTA, &delta}, {LZMA_FILTER_X86, NULL}, {LZMA_FILTER_LZMA2, &lzma2}, {LZMA_VLI_UNKNOWN, NULL}};
    lzma_filter *filters = c->filters ? chain : chain + 2;
    size_t step = c->block ? c->block : size;
    cr_assert_eq(lzma_lzma_preset(&lzma2, 0), false);
    lzma2.dict_size = c->dict ? c->dict : 1 << 20;
    if (c->sizes) {
        xz_at_once(b, filters, c->check, data, size);
        return;
    }
    cr_assert_eq(lzma_stream_encoder(&s, filters, (lzma_check)c->check), LZMA_OK);
    for (size_t at = 0; at < size; at += step)
        xz_run(b, &s, (const char *)data + at, size - at < step ? size - at : step, LZMA_FULL_FLUSH);
    xz_run(b, &s, NULL, 0, LZMA_FINISH);
    lzma_end(&s);
}

void bzip2_add(struct bytes *b, int level, const void *data, size_t size)
{
    unsigned room = (unsigned)(size + size / 100 + 700);
    reserve(b, room);
    cr_assert_eq(BZ2_bzBuffToBuffCompress(b->p + b->n, &room, size ? (char *)data : "", (unsigned)size, level, 0, 0),
                 BZ_OK);
    b->n += room;
}

static void run(struct test_env *t, struct ia_reader *reader, int status, struct outcome *outcome)
{
    struct ia_cursor chunk;
    if (status == IMGA_OK)
        status = test_read_all(&t->env, reader, &outcome->out.p, &outcome->out.n);
    if (reader)
        cr_assert_eq(ia_reader_next(reader, &t->env, &chunk), status, "the answer must repeat");
    outcome->status = status;
    cr_assert_eq(t->env.error.status, status);
    memcpy(outcome->message, t->env.error.message, sizeof(outcome->message));
    ia_reader_close(reader);
}

void decompress(struct test_env *t, struct bytes input, size_t step, struct outcome *outcome)
{
    struct ia_reader *reader = NULL;
    *outcome = (struct outcome){0};
    test_env_reset(t);
    int status =
        ia_decompress(&t->env, test_chunks(input.p, input.n, step ? step : input.n + 1), &outcome->kind, &reader);
    run(t, reader, status, outcome);
}

/* NULL: no memory. */
static struct ia_input *begin(struct test_env *t, enum ia_compression kind, struct bytes input, size_t step,
                              struct outcome *outcome)
{
    struct ia_input *front = NULL;
    *outcome = (struct outcome){.kind = kind};
    test_env_reset(t);
    int status = ia_input_new(&t->env, test_chunks(input.p, input.n, step ? step : input.n + 1), &front);
    return status == IMGA_OK ? front : NULL;
}

void gunzip(struct test_env *t, const struct ia_inflate_engine *engine, struct bytes input, size_t step,
            struct outcome *outcome)
{
    struct ia_reader *reader = NULL;
    struct ia_input *front = begin(t, IA_COMPRESSION_GZIP, input, step, outcome);
    int status = front ? ia_gzip_reader(&t->env, front, engine, &reader) : IMGA_E_NOMEM;
    run(t, reader, status, outcome);
}

void unzstd(struct test_env *t, const struct ia_zstd_engine *engine, struct bytes input, size_t step,
            struct outcome *outcome)
{
    struct ia_reader *reader = NULL;
    struct ia_input *front = begin(t, IA_COMPRESSION_ZSTD, input, step, outcome);
    int status = front ? ia_zstd_reader(&t->env, front, engine, &reader) : IMGA_E_NOMEM;
    run(t, reader, status, outcome);
}

void outcome_free(struct outcome *outcome)
{
    bytes_free(&outcome->out);
}

void expect_cut(struct outcome *outcome, const char *name, size_t n, size_t size)
{
    cr_assert_eq(outcome->status, IMGA_E_TRUNCATED, "%s, %zu of %zu: %s", name, n, size, outcome->message);
    outcome_free(outcome);
}
