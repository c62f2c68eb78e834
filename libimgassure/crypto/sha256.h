/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 (FIPS 180-4) whose state is in the open: the eight words H of section 6.2.2, a count of bytes and the block
 * that is not full yet. A message may therefore move between OpenSSL's code for one stream and the lanes of a kernel at
 * every block. Kernels exist for x86-64 only; without one digest.c uses EVP and nothing of this.
 */
#ifndef IA_CRYPTO_SHA256_H
#define IA_CRYPTO_SHA256_H

#include "base/cursor.h"
#include "base/macros.h"

enum { IA_SHA256_BLOCK = 64, IA_SHA256_SIZE = 32, IA_SHA256_LANES = 8 };

struct ia_sha256 {
    uint32_t state[8];
    uint64_t bytes;                 /* in all, those that wait included */
    uint8_t block[IA_SHA256_BLOCK]; /* the last bytes % 64 bytes */
    struct ia_cursor waiting;       /* whole blocks before those, borrowed until they are run */
    struct ia_sha256 *next;         /* in a list of those that wait */
};

void ia_sha256_init(struct ia_sha256 *hash);
/* Takes data in; its whole blocks wait until they are run, which must be before the next call on this hash. */
void ia_sha256_offer(struct ia_sha256 *hash, const void *data, size_t size);
/* Runs what waits as one stream. */
void ia_sha256_run(struct ia_sha256 *hash);
void ia_sha256_finish(struct ia_sha256 *hash, uint8_t out[IA_SHA256_SIZE]);

/* What a kernel is given. Every pointer is set; lanes from `busy` on are idle: their state is nobody's. */
struct ia_sha256_lanes {
    uint32_t *state[IA_SHA256_LANES];
    const uint8_t *data[IA_SHA256_LANES]; /* at any alignment */
    unsigned busy;                        /* at least 1 */
};

struct ia_sha256_kernel {
    const char *name;
    void (*run)(const struct ia_sha256_lanes *lanes, size_t blocks);
    void (*prepare)(void); /* before OpenSSL runs one stream; may be NULL */
    unsigned needs;        /* IA_CPU_* */
    unsigned worth;        /* busy lanes from which it beats one stream at a time */
    unsigned lanes;
};

#if defined(__x86_64__) && defined(__GNUC__)
#define IA_HAVE_KERNELS 1
extern const struct ia_sha256_kernel ia_sha256_shani, ia_sha256_avx512, ia_sha256_avx2;
#else
#define IA_HAVE_KERNELS 0
#endif

extern const uint32_t ia_sha256_k[64]; /* section 4.2.2; aligned for vectors */

/* Of the kernels for a processor with these features the best, or the one with this name; NULL: none. */
const struct ia_sha256_kernel *ia_sha256_best(unsigned cpu);
const struct ia_sha256_kernel *ia_sha256_named(unsigned cpu, const char *name);

/* Runs what waits in a list, `worth` and more hashes at a time in lanes. kernel NULL: one after the other. */
void ia_sha256_run_list(struct ia_sha256 *list, const struct ia_sha256_kernel *kernel, unsigned worth);

#endif
