/* SPDX-License-Identifier: Apache-2.0 */
/* The plain loops. ISA-L when the library was built with it, zlib otherwise, zstd for zstd, OpenSSL for SHA-256. */
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

enum { CHUNK = 256 * 1024 };

struct floor {
    int file;
    EVP_MD_CTX *blob, *layer;
    uint8_t *in, *out;
    size_t have; /* bytes in in */
    struct floor_work *work;
};

static int refill(struct floor *f)
{
    ssize_t n = read(f->file, f->in, CHUNK);
    f->have = n > 0 ? (size_t)n : 0;
    f->work->compressed += f->have;
    return f->have && EVP_DigestUpdate(f->blob, f->in, f->have);
}

static void emit(struct floor *f, const uint8_t *data, size_t size)
{
    f->work->uncompressed += size;
    EVP_DigestUpdate(f->layer, data, size);
}

#ifdef IA_HAVE_ISAL
const char *floor_inflater(void)
{
    return "ISA-L";
}

static int inflate_all(struct floor *f)
{
    static struct inflate_state state;
    isal_inflate_init(&state);
    state.crc_flag = ISAL_GZIP;
    do {
        state.next_in = f->in;
        state.avail_in = (uint32_t)f->have;
        do {
            state.next_out = f->out;
            state.avail_out = CHUNK;
            if (isal_inflate(&state) != ISAL_DECOMP_OK)
                return -1;
            emit(f, f->out, CHUNK - state.avail_out);
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
            z.avail_out = CHUNK;
            status = inflate(&z, Z_NO_FLUSH);
            emit(f, f->out, CHUNK - z.avail_out);
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
            ZSTD_outBuffer out = {f->out, CHUNK, 0};
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

int floor_blob(const char *path, struct floor_work *work)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct floor f = {.file = open(path, O_RDONLY),
                      .blob = EVP_MD_CTX_new(),
                      .layer = EVP_MD_CTX_new(),
                      .in = malloc(CHUNK),
                      .out = malloc(CHUNK),
                      .work = work};
    int status = -1;
    if (f.file >= 0 && EVP_DigestInit(f.blob, EVP_sha256()) && EVP_DigestInit(f.layer, EVP_sha256()) && refill(&f)) {
        if (f.have > 3 && memcmp(f.in, "\x1f\x8b", 2) == 0)
            status = inflate_all(&f);
        else if (f.have > 3 && memcmp(f.in, "\x28\xb5\x2f\xfd", 4) == 0)
            status = zstd_all(&f);
        else
            status = plain_all(&f);
        EVP_DigestFinal(f.blob, digest, NULL);
        EVP_DigestFinal(f.layer, digest, NULL);
    }
    close(f.file);
    EVP_MD_CTX_free(f.blob);
    EVP_MD_CTX_free(f.layer);
    free(f.in);
    free(f.out);
    return status;
}
