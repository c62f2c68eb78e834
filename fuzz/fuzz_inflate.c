/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as raw deflate data. An inflate engine, whatever pieces of input and room for output it gets, must find the
 * same end, use the same number of bytes and write the same data. What zlib accepts, every engine must accept alike;
 * what another engine accepts beyond that (gzip_inflate.h) must be something zlib calls malformed.
 */
#include "fuzz.h"

#include "io/gzip_inflate.h"

#include <stdlib.h>
#include <string.h>

enum { OUTPUT = 1 << 18 };

struct result {
    enum ia_inflate_result end; /* MORE: the data are cut, or the output is full */
    size_t used, produced;
    uint8_t *data;
};

static void run(const struct ia_inflate_engine *engine, struct ia_cursor data, size_t step, size_t room,
                struct result *r)
{
    void *state = engine->open(&ia_alloc_libc);
    struct ia_cursor in = {data.p, 0};
    size_t total = data.n;
    enum ia_inflate_result result = IA_INFLATE_MORE;
    *r = (struct result){.data = malloc(OUTPUT)};
    fuzz_check(state && r->data, "there is memory");
    while (result == IA_INFLATE_MORE && r->produced < OUTPUT) {
        size_t left = OUTPUT - r->produced, before = in.n;
        struct ia_inflate_step s = {.in = &in, .out = r->data + r->produced, .room = room < left ? room : left};
        result = engine->inflate(state, &s);
        fuzz_check(s.produced <= s.room && s.back_size <= sizeof(s.back), "no more than there is room for");
        r->produced += s.produced;
        r->end = result;
        r->used = total - data.n - in.n - s.back_size;
        if (result == IA_INFLATE_MORE && s.produced < s.room && in.n == 0) {
            struct ia_cursor next;
            if (!ia_cursor_take(&data, step < data.n ? step : data.n, &next) || next.n == 0)
                break;
            in = next;
        } else {
            fuzz_check(result != IA_INFLATE_MORE || s.produced || in.n < before, "the decoder moves");
        }
    }
    engine->close(state);
}

static void same(const struct result *a, const struct result *b)
{
    fuzz_check(a->used == b->used && a->produced == b->produced, "the same sizes");
    fuzz_check(memcmp(a->data, b->data, a->produced) == 0, "the same bytes");
}

/* Hands out the result of the first cut. */
static void run_all(const struct ia_inflate_engine *engine, struct ia_cursor data, struct result *first)
{
    static const size_t cuts[][2] = {{1, OUTPUT}, {3, 7}, {SIZE_MAX, 1000}};
    run(engine, data, SIZE_MAX, OUTPUT, first);
    for (size_t i = 0; i < IA_COUNT(cuts); i++) {
        struct result other;
        run(engine, data, cuts[i][0], cuts[i][1], &other);
        fuzz_check((first->end == IA_INFLATE_END) == (other.end == IA_INFLATE_END), "an engine agrees with itself");
        if (first->end == IA_INFLATE_END)
            same(first, &other);
        free(other.data);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct result zlib, other;
    run_all(&ia_inflate_zlib, ia_cursor_from(data, size), &zlib);
    for (const struct ia_inflate_engine *const *engine = ia_inflate_engines; *engine; engine++) {
        run_all(*engine, ia_cursor_from(data, size), &other);
        fuzz_check(zlib.end != IA_INFLATE_END || other.end == IA_INFLATE_END, "what zlib accepts is accepted");
        fuzz_check(zlib.end != IA_INFLATE_MORE || other.end != IA_INFLATE_END, "what is cut for zlib is cut");
        if (zlib.end == IA_INFLATE_END)
            same(&zlib, &other);
        free(other.data);
    }
    free(zlib.data);
    return 0;
}
