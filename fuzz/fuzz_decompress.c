/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a compressed layer. How the input is cut must not change whether it is accepted, nor one byte of what it
 * holds; nor must the inflate engine, except as gzip_inflate.h says, nor how many views are kept alive. Two zstd
 * engines find the same size (libzstd does not refuse matches beyond the window, and what is there is then chance). For
 * xz and bzip2 the answer is the one that liblzma's and libbz2's own way through a whole stream gives.
 */
#include "fuzz.h"

#include "crypto/digest.h"
#include "io/compress.h"
#include "io/gzip.h"
#include "io/zstd.h"

#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>

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

/* NULL and NULL: ia_decompress() chooses. */
static void run(struct ia_env *env, struct ia_cursor data, size_t step, const struct ia_inflate_engine *inflate,
                const struct ia_zstd_engine *zstd, struct result *result)
{
    struct pieces pieces = {{pieces_next, NULL, pieces_close}, data, step};
    struct ia_reader *reader = NULL;
    struct ia_input *input;
    enum ia_compression kind;
    *result = (struct result){0};
    ia_error_clear(env);
    if (!inflate && !zstd)
        result->status = ia_decompress(env, &pieces.reader, &kind, &reader);
    else if ((result->status = ia_input_new(env, &pieces.reader, &input)) == IMGA_OK)
        result->status =
            inflate ? ia_gzip_reader(env, input, inflate, &reader) : ia_zstd_reader(env, input, zstd, &reader);
    if (result->status == IMGA_OK)
        drain(env, reader, result);
    ia_reader_close(reader);
}

/* What liblzma makes of the whole, padding and streams included: its size, or -1. */
static int64_t plain_xz(struct ia_cursor data, uint8_t *room)
{
    size_t in = 0, out = 0;
    uint64_t memory = (uint64_t)9 << 20; /* the window of fuzz_env.c and what a decoder needs besides */
    lzma_ret result = lzma_stream_buffer_decode(&memory, LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK, NULL, data.p,
                                                &in, data.n, room, &out, CUT);
    return result == LZMA_OK ? (int64_t)out : -1;
}

/* What libbz2 makes of the first stream: the size of the data, or -1; *rest is what follows. */
static int64_t plain_bzip2(struct ia_cursor data, uint8_t *room, size_t *rest)
{
    bz_stream s = {.next_in = (char *)(uintptr_t)data.p, .avail_in = (unsigned)data.n};
    fuzz_check(BZ2_bzDecompressInit(&s, 0, 0) == BZ_OK, "libbz2 starts");
    s.next_out = (char *)room;
    s.avail_out = CUT;
    int result = BZ2_bzDecompress(&s);
    *rest = s.avail_in;
    BZ2_bzDecompressEnd(&s);
    return result == BZ_STREAM_END ? (int64_t)(CUT - s.avail_out) : -1;
}

static void as_the_libraries_do(struct ia_env *env, struct ia_cursor data, const struct result *whole)
{
    enum ia_compression kind = ia_compression_of(data);
    struct ia_digest digest;
    size_t rest = 0;
    if ((kind != IA_COMPRESSION_XZ && kind != IA_COMPRESSION_BZIP2) || whole->status > 0)
        return;
    uint8_t *room = malloc(CUT);
    fuzz_check(room != NULL, "there is memory");
    int64_t size = kind == IA_COMPRESSION_XZ ? plain_xz(data, room) : plain_bzip2(data, room, &rest);
    if (whole->status == IMGA_OK && kind == IA_COMPRESSION_BZIP2)
        fuzz_check(size >= 0 && (rest || (uint64_t)size == whole->size), "libbz2 accepts it, too");
    else if (whole->status == IMGA_OK)
        fuzz_check(size >= 0 && (uint64_t)size == whole->size, "liblzma accepts it, too");
    else if (whole->status != IMGA_E_LIMIT)
        fuzz_check(size < 0 || rest, "what the library accepts is not refused");
    if (whole->status == IMGA_OK && rest == 0) {
        ia_digest_of(env, room, (size_t)size, &digest);
        fuzz_check(ia_digest_equal(&digest, &whole->digest), "the same bytes");
    }
    free(room);
}

static void same(const struct result *a, const struct result *b)
{
    fuzz_check((a->status < 0) == (b->status < 0), "the same input is accepted");
    fuzz_check(a->status < 0 || (a->size == b->size && ia_digest_equal(&a->digest, &b->digest)), "the same bytes");
}

static void engines(struct ia_env *env, struct ia_cursor all, const struct result *whole)
{
    enum ia_compression kind = ia_compression_of(all);
    struct result other;
    for (size_t i = 0; kind == IA_COMPRESSION_GZIP && ia_inflate_engines[i]; i++) {
        run(env, all, all.n + 1, ia_inflate_engines[i], NULL, &other);
        if (other.status >= 0) /* the first engine accepts whatever one of them does */
            same(whole, &other);
    }
    for (size_t i = 0; kind == IA_COMPRESSION_ZSTD && ia_zstd_engines[i]; i++) {
        run(env, all, all.n + 1, NULL, ia_zstd_engines[i], &other);
        fuzz_check(other.status < 0 || whole->status < 0 || other.size == whole->size, "the same size");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_cursor all = ia_cursor_from(data, size);
    struct result whole, other;
    struct fuzz_env f;
    fuzz_env_open(&f);
    run(&f.env, all, size + 1, NULL, NULL, &whole);
    f.env.chunks_alive = 3;
    run(&f.env, all, size % 7 + 1, NULL, NULL, &other);
    same(&whole, &other);
    f.env.chunks_alive = 0;
    as_the_libraries_do(&f.env, all, &whole);
    engines(&f.env, all, &whole);
    fuzz_env_close(&f);
    return 0;
}
