/* SPDX-License-Identifier: Apache-2.0 */
/* How long views stay valid: env->chunks_alive calls, on every reader that has buffers of its own. */
#include "io/ring.h"

#include "io/gzip.h"
#include "io/source.h"
#include "io/zstd.h"
#include "stream_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 6 * IA_CHUNK + 17, ALIVE_MAX = 5 };

static int64_t read_at(void *user, uint64_t offset, void *buffer, size_t size)
{
    const struct bytes *data = user;
    size_t n = data->n - (size_t)offset < size ? data->n - (size_t)offset : size;
    memcpy(buffer, data->p + offset, n);
    return (int64_t)n;
}

static struct ia_reader *from_source(struct test_env *t, struct bytes *data)
{
    const imga_source_ops ops = {sizeof(ops), 0, data->n, read_at, NULL, data};
    struct ia_source *source;
    struct ia_reader *reader;
    cr_assert_eq(ia_source_ops(&t->env, &ops, &source), IMGA_OK);
    cr_assert_eq(ia_source_reader(source, &t->env, 0, data->n, &reader), IMGA_OK);
    ia_source_unref(source);
    return reader;
}

static struct ia_reader *from_stream(struct test_env *t, struct bytes *stream)
{
    struct ia_reader *reader;
    enum ia_compression kind;
    cr_assert_eq(ia_decompress(&t->env, from_source(t, stream), &kind, &reader), IMGA_OK);
    return reader;
}

/* The last calls' views against the data, after every call; how many places the views were at. */
static size_t compare(struct test_env *t, struct ia_reader *reader, struct bytes data, unsigned alive, const char *name)
{
    struct ia_cursor views[ALIVE_MAX] = {{0}};
    const uint8_t *places[16] = {NULL};
    size_t at[ALIVE_MAX] = {0}, end = 0, count = 0;
    int status;
    for (unsigned call = 0;; call++) {
        status = ia_reader_next(reader, &t->env, &views[call % alive]);
        if (status <= 0)
            break;
        at[call % alive] = end;
        end += views[call % alive].n;
        for (unsigned i = 0; i < alive; i++)
            cr_assert(views[i].n == 0 || memcmp(views[i].p, data.p + at[i], views[i].n) == 0, "%s, %u, call %u", name,
                      alive, call);
        size_t known = 0;
        while (known < count && places[known] != views[call % alive].p)
            known++;
        if (known == count && count < IA_COUNT(places))
            places[count++] = views[call % alive].p;
    }
    cr_assert_eq(status, 0, "%s: %s", name, t->env.error.message);
    cr_assert_eq(end, data.n, "%s", name);
    ia_reader_close(reader);
    return count;
}

Test(ring, views_live_as_long_as_asked_for)
{
    static const char *const names[] = {"gzip", "xz", "bzip2", "plain"};
    struct bytes data = {0}, streams[4] = {{0}};
    bytes_text(&data, SIZE);
    gzip_add(&streams[0], &(struct gzip_case){0}, data.p, data.n);
    xz_add(&streams[1], &(struct xz_case){.check = 4}, data.p, data.n);
    bzip2_add(&streams[2], 9, data.p, data.n);
    bytes_add(&streams[3], data.p, data.n);
    for (unsigned alive = 0; alive <= ALIVE_MAX; alive++) {
        struct test_env t;
        test_env_open(&t);
        t.env.chunks_alive = alive;
        unsigned want = alive ? alive : 1;
        for (size_t i = 0; i < IA_COUNT(streams); i++)
            cr_assert_eq(compare(&t, from_stream(&t, &streams[i]), data, want, names[i]), want,
                         "%s has other buffers than the %u asked for", names[i], want);
        cr_assert_eq(compare(&t, from_source(&t, &data), data, want, "source"), want);
        test_env_close(&t);
        cr_assert_eq(t.live, 0);
    }
    for (size_t i = 0; i < IA_COUNT(streams); i++)
        bytes_free(&streams[i]);
    bytes_free(&data);
}

Test(ring, every_inflate_engine_finds_its_window_in_other_buffers)
{
    struct bytes data = {0}, stream = {0};
    bytes_text(&data, SIZE);
    gzip_add(&stream, &(struct gzip_case){.level = 9}, data.p, data.n);
    for (const struct ia_inflate_engine *const *e = ia_inflate_engines; *e; e++) {
        struct test_env t;
        struct ia_reader *reader;
        struct ia_input *input;
        test_env_open(&t);
        t.env.chunks_alive = 4;
        cr_assert_eq(ia_input_new(&t.env, from_source(&t, &stream), &input), IMGA_OK);
        cr_assert_eq(ia_gzip_reader(&t.env, input, *e, &reader), IMGA_OK);
        cr_assert_eq(compare(&t, reader, data, 4, (*e)->name), 4);
        test_env_close(&t);
        cr_assert_eq(t.live, 0);
    }
    bytes_free(&data);
    bytes_free(&stream);
}

/* Noise that comes again and again. libzstd finds a match only in the window that ends with the block it is in. */
static void add_frame(struct bytes *stream, struct bytes *data, int log)
{
    size_t window = (size_t)1 << log, block = window < IA_ZSTD_CHUNK ? window : IA_ZSTD_CHUNK;
    size_t from = data->n, distance = window - block / 8, size = 8 * IA_ZSTD_CHUNK + 2 * distance, before = stream->n;
    uint32_t state = 1;
    bytes_fill(data, '\0', distance + size);
    for (size_t at = from; at < data->n; at++) {
        state = state * 1664525 + 1013904223;
        data->p[at] = at < from + distance ? (char)(state >> 24) : data->p[at - distance];
    }
    zstd_window_add(stream, log, data->p + from, data->n - from);
    cr_assert_lt(stream->n - before, distance + size * 19 / 20, "window 2^%d: the matches are not used", log);
}

static void compare_engines(struct bytes *stream, struct bytes data)
{
    for (const struct ia_zstd_engine *const *e = ia_zstd_engines; *e; e++)
        for (unsigned alive = 1; alive <= ALIVE_MAX; alive++) {
            struct test_env t;
            struct ia_reader *reader;
            struct ia_input *input;
            test_env_open(&t);
            t.env.chunks_alive = alive;
            cr_assert_eq(ia_input_new(&t.env, from_source(&t, stream), &input), IMGA_OK);
            cr_assert_eq(ia_zstd_reader(&t.env, input, *e, &reader), IMGA_OK);
            compare(&t, reader, data, alive, (*e)->name);
            test_env_close(&t);
            cr_assert_eq(t.live, 0);
        }
}

Test(ring, every_zstd_engine_keeps_windows_and_views)
{
    static const int logs[] = {20, 10, 21, 11, 17, 13, 22, 12};
    struct bytes data = {0}, stream = {0};
    for (size_t i = 0; i < IA_COUNT(logs); i++) {
        struct bytes one = {0}, alone = {0};
        add_frame(&alone, &one, logs[i]);
        /* The blocks of the second do not end where the memory does. */
        add_frame(&alone, &one, logs[i]);
        compare_engines(&alone, one);
        bytes_add(&stream, alone.p, alone.n);
        bytes_add(&data, one.p, one.n);
        zstd_skippable(&stream, 1, i);
        zstd_window_add(&stream, 10, "", 0);
        bytes_free(&one);
        bytes_free(&alone);
    }
    compare_engines(&stream, data);
    bytes_free(&data);
    bytes_free(&stream);
}

Test(ring, hands_out_its_buffers_in_turn_and_no_more_than_are_of_use)
{
    static const struct {
        unsigned alive;
        uint64_t most;
        size_t count;
    } rows[] = {{0, 9, 1}, {1, 9, 1}, {4, 9, 4}, {4, 4, 4}, {4, 3, 3}, {4, 1, 1}, {4, 0, 1}, {4, UINT64_MAX, 4}};
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_ring ring;
        t.env.chunks_alive = rows[i].alive;
        cr_assert_eq(ia_ring_open(&ring, &t.env, 10, rows[i].most), IMGA_OK);
        for (size_t turn = 0; turn < 10; turn++)
            cr_assert_eq(ia_ring_next(&ring), ring.bytes + 10 * (turn % rows[i].count), "row %zu, turn %zu", i, turn);
        ia_ring_close(&ring);
        ia_ring_close(&ring);
    }
    struct ia_ring none = {0};
    ia_ring_close(&none);
    cr_assert_eq(ia_ring_open(&none, &t.env, SIZE_MAX / 2, 9), IMGA_E_NOMEM, "a size that does not fit");
    ia_ring_close(&none);
    t.fail_at = t.count + 1;
    cr_assert_eq(ia_ring_open(&none, &t.env, 10, 9), IMGA_E_NOMEM);
    ia_ring_close(&none);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}
