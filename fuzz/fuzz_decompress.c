/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a compressed layer. How the input is cut must not change whether it is accepted, nor one byte of what it
 * holds; nor must the inflate engine, except as gzip_inflate.h says.
 */
#include "fuzz.h"

#include "crypto/digest.h"
#include "io/compress.h"
#include "io/gzip.h"

enum { CUT = 1 << 20 }; /* bytes of output that are looked at */

struct result {
    int status; /* 1: cut */
    uint64_t size;
    struct ia_digest digest;
};

/* Hands a few bytes at a time to the decoder. */
struct pieces {
    struct ia_reader reader;
    struct ia_cursor rest;
    size_t step;
};

static int pieces_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct pieces *p = (struct pieces *)self;
    (void)env;
    return ia_cursor_take(&p->rest, p->rest.n < p->step ? p->rest.n : p->step, out) && out->n > 0;
}

static void pieces_close(struct ia_reader *self)
{
    (void)self;
}

static void drain(struct ia_env *env, struct ia_reader *reader, struct result *result)
{
    struct ia_hash *hash = NULL;
    struct ia_cursor chunk;
    fuzz_check(ia_hash_new(env, IA_DIGEST_SHA256, &hash) == IMGA_OK, "a hash starts");
    do {
        result->status = ia_reader_next(reader, env, &chunk);
        if (result->status <= 0)
            break;
        fuzz_check(chunk.n > 0 && chunk.n <= IA_CHUNK, "chunks are neither empty nor large");
        result->size += chunk.n;
        ia_hash_update(hash, env, chunk.p, chunk.n);
    } while (result->size < CUT);
    ia_hash_finish(hash, env, &result->digest);
    ia_hash_free(hash);
}

/* engine NULL: ia_decompress() chooses. */
static void run(struct ia_env *env, struct ia_cursor data, size_t step, const struct ia_inflate_engine *engine,
                struct result *result)
{
    struct pieces pieces = {{pieces_next, NULL, pieces_close}, data, step};
    struct ia_reader *reader = NULL;
    struct ia_input *input;
    enum ia_compression kind;
    *result = (struct result){0};
    ia_error_clear(env);
    if (!engine)
        result->status = ia_decompress(env, &pieces.reader, &kind, &reader);
    else if ((result->status = ia_input_new(env, &pieces.reader, &input)) == IMGA_OK)
        result->status = ia_gzip_reader(env, input, engine, &reader);
    if (result->status == IMGA_OK)
        drain(env, reader, result);
    ia_reader_close(reader);
}

static void same(const struct result *a, const struct result *b)
{
    fuzz_check((a->status < 0) == (b->status < 0), "the same input is accepted");
    fuzz_check(a->status < 0 || (a->size == b->size && ia_digest_equal(&a->digest, &b->digest)), "the same bytes");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_cursor all = ia_cursor_from(data, size);
    struct result whole, other;
    struct fuzz_env f;
    fuzz_env_open(&f);
    run(&f.env, all, size + 1, NULL, &whole);
    run(&f.env, all, size % 7 + 1, NULL, &other);
    same(&whole, &other);
    for (size_t i = 0; ia_compression_of(all) == IA_COMPRESSION_GZIP && ia_inflate_engines[i]; i++) {
        run(&f.env, all, size + 1, ia_inflate_engines[i], &other);
        if (other.status >= 0) /* the first engine accepts whatever one of them does */
            same(&whole, &other);
    }
    fuzz_env_close(&f);
    return 0;
}
