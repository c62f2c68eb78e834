/* SPDX-License-Identifier: Apache-2.0 */
/* Compressed streams for the tests: built field by field, right or wrong; and one run of a decoder over them. */
#ifndef STREAM_CASE_H
#define STREAM_CASE_H

#include "io/compress.h"
#include "io/gzip_inflate.h"
#include "io/zstd_frame.h"
#include "support.h"

struct bytes {
    char *p;
    size_t n, capacity;
};

void bytes_add(struct bytes *b, const void *data, size_t size);
void bytes_u32(struct bytes *b, uint32_t value); /* little-endian */
void bytes_fill(struct bytes *b, char c, size_t count);
void bytes_free(struct bytes *b);
/* Text that compresses, but not to nothing. */
void bytes_text(struct bytes *b, size_t size);

/* A gzip member; zeroed fields give a correct plain one. */
struct gzip_case {
    int level; /* 0: deflate's default, -1: stored */
    uint8_t flags;
    uint8_t method_xor;          /* of the number 8 */
    size_t extra, name, comment; /* lengths, when the flags say so */
    uint16_t header_crc_xor;
    uint32_t crc_xor, size_xor;
};

void gzip_add(struct bytes *b, const struct gzip_case *c, const void *data, size_t size);

/* A zstd frame of libzstd with a content checksum and a content size. */
void zstd_add(struct bytes *b, const void *data, size_t size);
/* One without either, whose matches reach back up to 2^log bytes; the window is that large. */
void zstd_window_add(struct bytes *b, int log, const void *data, size_t size);
void zstd_skippable(struct bytes *b, unsigned number, size_t size);

/* An xz stream of liblzma; zeroed fields give a plain one without a check. */
struct xz_case {
    int check;     /* a number of the format: 0 none, 1 CRC-32, 4 CRC-64, 10 SHA-256 */
    unsigned dict; /* bytes; 0: 1 MiB */
    size_t block;  /* bytes of a block; 0: all in one */
    bool sizes;    /* the block header tells the sizes */
    bool filters;  /* delta and x86 before LZMA2 */
};

void xz_add(struct bytes *b, const struct xz_case *c, const void *data, size_t size);

/* A bzip2 stream of libbz2 with blocks of level times 100 000 bytes. */
void bzip2_add(struct bytes *b, int level, const void *data, size_t size);

/* What one run gave. */
struct outcome {
    int status; /* the final one */
    enum ia_compression kind;
    struct bytes out;
    char message[IA_ERROR_TEXT];
};

/* ia_decompress() over chunks of step bytes (0: one chunk). */
void decompress(struct test_env *t, struct bytes input, size_t step, struct outcome *outcome);
/* The gzip decoder over a given engine. */
void gunzip(struct test_env *t, const struct ia_inflate_engine *engine, struct bytes input, size_t step,
            struct outcome *outcome);
/* The zstd decoder over a given engine. */
void unzstd(struct test_env *t, const struct ia_zstd_engine *engine, struct bytes input, size_t step,
            struct outcome *outcome);
void outcome_free(struct outcome *outcome);
/* The first n of size bytes of a stream must have ended as a truncated one. Frees the outcome. */
void expect_cut(struct outcome *outcome, const char *name, size_t n, size_t size);

#endif
