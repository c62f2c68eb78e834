/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plain loops. ISA-L when the library was built with it, zlib otherwise, zstd for zstd, OpenSSL for SHA-256. Both
 * decoders check what the format has to check (CRC-32, sizes), and write into one buffer that stays in the cache.
 */
#include "floor.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>
#ifdef IA_HAVE_ISAL
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif

struct floor {
    int file;
    EVP_MD_CTX *blob, *layer; /* NULL: nothing is hashed */
    uint8_t *in, *out;
    size_t have; /* bytes in in */
    struct floor_work *work;
};

static int refill(struct floor *f)
{
    ssize_t n = read(f->file, f->in, FLOOR_CHUNK);
    f->have = n > 0 ? (size_t)n : 0;
    f->work->compressed += f->have;
    if (f->blob)
        EVP_DigestUpdate(f->blob, f->in, f->have);
    return f->have > 0;
}

static void emit(struct floor *f, const uint8_t *data, size_t size)
{
    f->work->uncompressed += size;
    if (f->layer)
        EVP_DigestUpdate(f->layer, data, size);
}

#ifdef IA_HAVE_ISAL
const char *floor_inflater(void)
{
    return "ISA-L";
}

static int inflate_all(struct floor *f)
{
    struct inflate_state state; /* not static: threads inflate side by side */
    isal_inflate_init(&state);
    state.crc_flag = ISAL_GZIP;
    do {
        state.next_in = f->in;
        state.avail_in = (uint32_t)f->have;
        do {
            state.next_out = f->out;
            state.avail_out = FLOOR_CHUNK;
            if (isal_inflate(&state) != ISAL_DECOMP_OK)
                return -1;
            emit(f, f->out, FLOOR_CHUNK - state.avail_out);
        } while (state.avail_out == 0 && state.block_state != ISAL_BLOCK_FINISH);
    } while (refill(f));
    return 0;
}
#else
const char *floor_inflater(void)
{
    return "zlib";
}

static int inflate_all(struct floor *f)
{
    z_stream z = {0};
    int status = inflateInit2(&z, 15 + 16);
    do {
        z.next_in = f->in;
        z.avail_in = (unsigned)f->have;
        do {
            z.next_out = f->out;
            z.avail_out = FLOOR_CHUNK;
            status = inflate(&z, Z_NO_FLUSH);
            emit(f, f->out, FLOOR_CHUNK - z.avail_out);
        } while (z.avail_out == 0);
    } while (refill(f));
    inflateEnd(&z);
    return status == Z_STREAM_END ? 0 : -1;
}
#endif

static int zstd_all(struct floor *f)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();
    size_t left = 1;
    do {
        ZSTD_inBuffer in = {f->in, f->have, 0};
        while (in.pos < in.size) {
            ZSTD_outBuffer out = {f->out, FLOOR_CHUNK, 0};
            left = ZSTD_decompressStream(context, &out, &in);
            if (ZSTD_isError(left))
                return -1;
            emit(f, f->out, out.pos);
        }
    } while (refill(f));
    ZSTD_freeDCtx(context);
    return left == 0 ? 0 : -1;
}

static int plain_all(struct floor *f)
{
    do
        emit(f, f->in, f->have);
    while (refill(f));
    return 0;
}

static int decode(struct floor *f)
{
    if (!refill(f))
        return -1;
    if (f->have > 3 && memcmp(f->in, "\x1f\x8b", 2) == 0)
        return inflate_all(f);
    if (f->have > 3 && memcmp(f->in, "\x28\xb5\x2f\xfd", 4) == 0)
        return zstd_all(f);
    return plain_all(f);
}

static int run(struct floor *f, const char *path)
{
    int status = -1;
    f->file = open(path, O_RDONLY);
    f->in = malloc(FLOOR_CHUNK);
    f->out = malloc(FLOOR_CHUNK);
    if (f->file >= 0 && f->in && f->out)
        status = decode(f);
    if (f->file >= 0)
        close(f->file);
    free(f->in);
    free(f->out);
    return status;
}

int floor_decode(const char *path, struct floor_work *work)
{
    struct floor f = {.work = work};
    return run(&f, path);
}

int floor_blob(const char *path, struct floor_work *work)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct floor f = {.blob = EVP_MD_CTX_new(), .layer = EVP_MD_CTX_new(), .work = work};
    int status = -1;
    if (EVP_DigestInit(f.blob, EVP_sha256()) && EVP_DigestInit(f.layer, EVP_sha256()))
        status = run(&f, path);
    EVP_DigestFinal(f.blob, digest, NULL);
    EVP_DigestFinal(f.layer, digest, NULL);
    EVP_MD_CTX_free(f.blob);
    EVP_MD_CTX_free(f.layer);
    return status;
}
