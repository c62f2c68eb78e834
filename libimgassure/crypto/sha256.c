/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 of one stream: FIPS 180-4 sections 4.1.2, 4.2.2, 5.1.1 (padding), 5.3.3 (initial value) and 6.2.2. The blocks
 * go through OpenSSL's SHA256_Update(): deprecated, but the one way to its code for this processor that lets the state
 * in and out; only the field h of its context is touched. It cannot fail and leaves no error. An OpenSSL built without
 * deprecated functions gets plain C here.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/sha256.h"

#include <openssl/sha.h>

#include <string.h>

_Alignas(64) const uint32_t ia_sha256_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#ifndef OPENSSL_NO_DEPRECATED_3_0

static void run_blocks(uint32_t state[8], const uint8_t *data, size_t size)
{
    SHA256_CTX context;
    SHA256_Init(&context);
    memcpy(context.h, state, sizeof(context.h));
    SHA256_Update(&context, data, size);
    memcpy(state, context.h, sizeof(context.h));
}

#else

static uint32_t rotated(uint32_t x, unsigned n)
{
    return x >> n | x << (32 - n);
}

static void load_schedule(uint32_t w[64], const uint8_t *block)
{
    for (unsigned t = 0; t < 16; t++) {
        uint32_t word = ia_load_u32le(block + (size_t)4 * t);
        w[t] = word << 24 | (word & 0xff00) << 8 | (word >> 8 & 0xff00) | word >> 24;
    }
    for (unsigned t = 16; t < 64; t++) {
        uint32_t s0 = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ w[t - 15] >> 3;
        uint32_t s1 = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = s1 + w[t - 7] + s0 + w[t - 16];
    }
}

static void run_block(uint32_t state[8], const uint8_t *block)
{
    uint32_t w[64], v[8]; /* a to h */
    memcpy(v, state, sizeof(v));
    load_schedule(w, block);
    for (unsigned t = 0; t < 64; t++) {
        uint32_t sum1 = rotated(v[4], 6) ^ rotated(v[4], 11) ^ rotated(v[4], 25);
        uint32_t sum0 = rotated(v[0], 2) ^ rotated(v[0], 13) ^ rotated(v[0], 22);
        uint32_t t1 = v[7] + sum1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + ia_sha256_k[t] + w[t];
        uint32_t t2 = sum0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof(v[0]));
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; i++)
        state[i] += v[i];
}

static void run_blocks(uint32_t state[8], const uint8_t *data, size_t size)
{
    for (size_t done = 0; done < size; done += IA_SHA256_BLOCK)
        run_block(state, data + done);
}

#endif

void ia_sha256_init(struct ia_sha256 *hash)
{
    static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memset(hash, 0, sizeof(*hash));
    memcpy(hash->state, initial, sizeof(initial));
}

/* Moves bytes to the end of the block that is not full yet; there is room for them. */
static void keep(struct ia_sha256 *hash, struct ia_cursor part)
{
    if (part.n) /* the empty cursor may be NULL */
        memcpy(hash->block + hash->bytes % IA_SHA256_BLOCK, part.p, part.n);
    hash->bytes += part.n;
}

void ia_sha256_offer(struct ia_sha256 *hash, const void *data, size_t size)
{
    struct ia_cursor rest = ia_cursor_from(data, size), part = {0};
    size_t room = IA_SHA256_BLOCK - hash->bytes % IA_SHA256_BLOCK;
    if (room < IA_SHA256_BLOCK) {
        ia_cursor_take(&rest, rest.n < room ? rest.n : room, &part);
        keep(hash, part);
        if (part.n < room)
            return;
        run_blocks(hash->state, hash->block, IA_SHA256_BLOCK);
    }
    ia_cursor_take(&rest, rest.n - rest.n % IA_SHA256_BLOCK, &hash->waiting);
    hash->bytes += hash->waiting.n;
    keep(hash, rest);
}

void ia_sha256_run(struct ia_sha256 *hash)
{
    if (hash->waiting.n)
        run_blocks(hash->state, hash->waiting.p, hash->waiting.n);
    hash->waiting.n = 0;
}

void ia_sha256_finish(struct ia_sha256 *hash, uint8_t out[IA_SHA256_SIZE])
{
    uint8_t tail[2 * IA_SHA256_BLOCK] = {0};
    size_t kept = hash->bytes % IA_SHA256_BLOCK;
    size_t size = kept + 1 + 8 <= IA_SHA256_BLOCK ? IA_SHA256_BLOCK : 2 * IA_SHA256_BLOCK;
    uint64_t bits = hash->bytes * 8;
    memcpy(tail, hash->block, kept);
    tail[kept] = 0x80;
    for (unsigned i = 0; i < 8; i++)
        tail[size - 1 - i] = (uint8_t)(bits >> (8 * i));
    run_blocks(hash->state, tail, size);
    for (unsigned i = 0; i < IA_SHA256_SIZE; i++)
        out[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}
