/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_hash [ROUNDS]: SHA-256 of 1 to 8 messages side by side, each kernel of this processor beside OpenSSL's EVP one
 * message at a time, in pieces of 256 KiB; benchmarks/README.md. A kernel is worth it from the number of messages where
 * its ratio exceeds 1. OPENSSL_ia32cap=:~0x20000000 takes the SHA extensions from OpenSSL, not from the library.
 */
#include "base/env.h"
#include "crypto/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PIECE = 256 * 1024, DOCUMENT = 1024, DOCUMENTS = 100 };
enum { MOST_LANES = 8, MOST_ROUNDS = 1001, KERNELS = 5, COUNTS = 5 };

/* "": as the library chooses. */
static const char *const kernels[KERNELS] = {"", "openssl", "shani", "avx512", "avx2"};
static const size_t counts[COUNTS] = {1, 2, 3, 5, 8};

static uint8_t data[MOST_LANES][PIECE];

/* What one kernel took: CPU seconds of each round. */
struct kernel_times {
    struct ia_crypto *crypto; /* NULL: this processor lacks the kernel */
    double seconds[COUNTS][MOST_ROUNDS];
    double documents[MOST_ROUNDS]; /* a small message from beginning to end */
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "bench_hash: %s\n", what);
    exit(1);
}

static double evp_seconds(EVP_MD_CTX *context, uint8_t digest[32])
{
    must(EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1, "EVP does not start");
    double start = now();
    for (size_t i = 0; i < MOST_LANES; i++)
        EVP_DigestUpdate(context, data[i], PIECE);
    double seconds = now() - start;
    EVP_DigestFinal_ex(context, digest, NULL);
    return seconds / MOST_LANES;
}

/* Seconds of one piece for each of count messages; the digests are checked, outside the time. */
static double lane_seconds(struct ia_env *env, size_t count)
{
    struct ia_hash_piece pieces[MOST_LANES];
    for (size_t i = 0; i < count; i++) {
        pieces[i] = (struct ia_hash_piece){NULL, data[i], PIECE};
        must(ia_hash_new(env, IA_DIGEST_SHA256, &pieces[i].hash) == IMGA_OK, "no memory");
    }
    double start = now();
    must(ia_hash_update_many(env, pieces, count) == IMGA_OK, "update fails");
    double seconds = now() - start;
    for (size_t i = 0; i < count; i++) {
        struct ia_digest digest;
        uint8_t expected[32];
        ia_hash_finish(pieces[i].hash, env, &digest);
        ia_hash_free(pieces[i].hash);
        EVP_Digest(data[i], PIECE, expected, NULL, EVP_sha256(), NULL);
        must(memcmp(expected, digest.bytes, sizeof(expected)) == 0, "a digest is wrong");
    }
    return seconds;
}

static double document_seconds(struct ia_env *env)
{
    struct ia_digest digest;
    double start = now();
    for (size_t i = 0; i < DOCUMENTS; i++)
        must(ia_digest_of(env, data[0] + i, DOCUMENT, &digest) == IMGA_OK, "a digest fails");
    return (now() - start) / DOCUMENTS;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double rate(size_t bytes, double seconds)
{
    return (double)bytes / seconds / 1e6;
}

static void print_row(const char *name, struct kernel_times *row, size_t rounds, double evp)
{
    for (size_t c = 0; c < COUNTS; c++) {
        double *seconds = row->seconds[c], bytes = (double)(counts[c] * PIECE);
        qsort(seconds, rounds, sizeof(*seconds), by_value);
        printf("  %-8s %zu   %7.0f %7.0f   %5.2f\n", *name ? name : "chosen", counts[c],
               rate(counts[c] * PIECE, seconds[0]), rate(counts[c] * PIECE, seconds[rounds / 2]),
               bytes / seconds[rounds / 2] / evp);
    }
    qsort(row->documents, rounds, sizeof(double), by_value);
    printf("  %-8s a document of 1 KiB: %.0f ns\n", *name ? name : "chosen", row->documents[rounds / 2] * 1e9);
}

static void open_rows(struct kernel_times rows[KERNELS])
{
    for (size_t k = 0; k < KERNELS; k++) {
        must(ia_crypto_new(&ia_alloc_libc, &rows[k].crypto) == IMGA_OK, "no crypto");
        if (!*kernels[k] || ia_crypto_force(rows[k].crypto, kernels[k]) == IMGA_OK)
            continue;
        ia_crypto_unref(rows[k].crypto);
        rows[k].crypto = NULL;
    }
}

static void print_table(struct kernel_times rows[KERNELS], double *evp, size_t rounds)
{
    struct ia_hash_lanes lanes = ia_crypto_lanes(rows[0].crypto);
    qsort(evp, rounds, sizeof(*evp), by_value);
    printf("MB per CPU second in all, best and median of %zu interleaved rounds, and median / median of EVP\n", rounds);
    printf("  EVP      1   %7.0f %7.0f\n", rate(PIECE, evp[0]), rate(PIECE, evp[rounds / 2]));
    for (size_t k = 0; k < KERNELS; k++)
        if (rows[k].crypto)
            print_row(kernels[k], &rows[k], rounds, PIECE / evp[rounds / 2]);
    printf("chosen: %u lanes", lanes.most);
    printf(lanes.most > 1 ? ", from %u messages on\n" : "\n", lanes.worth);
}

int main(int argc, char **argv)
{
    static struct kernel_times rows[KERNELS];
    static double evp[MOST_ROUNDS];
    static imga_limits limits;
    static const struct ia_hooks hooks;
    struct ia_env env = {.alloc = ia_alloc_libc, .limits = &limits, .hooks = &hooks};
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t rounds = argc > 1 ? (size_t)atol(argv[1]) : 101;
    uint8_t digest[32];
    if (rounds < 1 || rounds > MOST_ROUNDS)
        return 64;
    for (size_t i = 0; i < sizeof(data); i++)
        data[i / PIECE][i % PIECE] = (uint8_t)((i * 2654435761U) >> 13);
    open_rows(rows);
    for (size_t round = 0; round < rounds; round++) {
        evp[round] = evp_seconds(context, digest);
        for (size_t k = 0; k < KERNELS; k++) {
            env.crypto = rows[k].crypto;
            for (size_t c = 0; env.crypto && c < COUNTS; c++)
                rows[k].seconds[c][round] = lane_seconds(&env, counts[c]);
            if (env.crypto)
                rows[k].documents[round] = document_seconds(&env);
        }
    }
    print_table(rows, evp, rounds);
    for (size_t k = 0; k < KERNELS; k++)
        ia_crypto_unref(rows[k].crypto);
    EVP_MD_CTX_free(context);
    return 0;
}
