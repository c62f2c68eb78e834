/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script of pieces for eight running digests: byte 0 chooses the kernel, then each step is a byte of what to do and
 * its operands. Every digest must be that of OpenSSL's EVP over the same bytes, whatever the cut and the company.
 */
#include "fuzz.h"

#include "crypto/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { HASHES = 8, MOST_PIECE = 3 * 64 * 64, STEPS = 300 };

static const char *const kernels[] = {"", "openssl", "shani", "avx512", "avx2"};

struct running {
    struct ia_hash *hash;
    EVP_MD_CTX *reference;
    uint8_t next; /* byte of its message */
};

struct script {
    struct ia_env *env;
    struct ia_cursor rest;
    struct running all[HASHES];
};

/* Started once, as fuzz_env.c does it. One that this processor cannot run is the library's own choice. */
static struct ia_crypto *choice(unsigned number)
{
    static struct ia_crypto *choices[IA_COUNT(kernels)];
    struct ia_crypto **crypto = &choices[number % IA_COUNT(kernels)];
    if (!*crypto) {
        fuzz_check(ia_crypto_new(&ia_alloc_libc, crypto) == IMGA_OK, "crypto starts");
        ia_crypto_force(*crypto, kernels[number % IA_COUNT(kernels)]);
    }
    return *crypto;
}

static void begin(struct script *s, struct running *r, unsigned kind)
{
    enum ia_digest_algorithm algorithm = kind == 0 ? IA_DIGEST_SHA512 : IA_DIGEST_SHA256;
    fuzz_check(ia_hash_new(s->env, algorithm, &r->hash) == IMGA_OK, "a hash starts");
    r->reference = EVP_MD_CTX_new();
    fuzz_check(EVP_DigestInit_ex(r->reference, kind == 0 ? EVP_sha512() : EVP_sha256(), NULL) == 1, "EVP starts");
}

static void end(struct script *s, struct running *r)
{
    struct ia_digest digest, expected;
    fuzz_check(ia_hash_finish(r->hash, s->env, &digest) == IMGA_OK, "a hash ends");
    expected.algorithm = digest.algorithm;
    EVP_DigestFinal_ex(r->reference, expected.bytes, NULL);
    fuzz_check(ia_digest_equal(&digest, &expected), "the digest is EVP's");
    EVP_MD_CTX_free(r->reference);
    ia_hash_free(r->hash);
}

/* In an allocation of its size: a byte too many that is read is a find. */
static struct ia_hash_piece next_piece(struct script *s, struct running *r)
{
    uint16_t size = 0;
    ia_cursor_u16le(&s->rest, &size);
    struct ia_hash_piece piece = {r->hash, NULL, size % (MOST_PIECE + 1)};
    uint8_t *bytes = malloc(piece.size ? piece.size : 1);
    fuzz_check(bytes != NULL, "memory");
    for (size_t i = 0; i < piece.size; i++)
        bytes[i] = r->next = (uint8_t)(r->next * 37 + 11);
    piece.data = bytes;
    EVP_DigestUpdate(r->reference, bytes, piece.size);
    return piece;
}

static void feed_one(struct script *s, struct running *r)
{
    struct ia_hash_piece piece = next_piece(s, r);
    fuzz_check(ia_hash_update(piece.hash, s->env, piece.data, piece.size) == IMGA_OK, "a hash is fed");
    free((void *)piece.data);
}

static void feed_many(struct script *s, unsigned mask)
{
    struct ia_hash_piece pieces[HASHES];
    size_t n = 0;
    for (size_t i = 0; i < HASHES; i++)
        if (mask >> i & 1)
            pieces[n++] = next_piece(s, &s->all[i]);
    fuzz_check(ia_hash_update_many(s->env, pieces, n) == IMGA_OK, "hashes are fed");
    for (size_t i = 0; i < n; i++)
        free((void *)pieces[i].data);
}

static void step(struct script *s, uint8_t what)
{
    struct running *r = &s->all[what % HASHES];
    uint8_t mask = 0;
    if (what < 64) {
        feed_one(s, r);
    } else if (what < 224) {
        ia_cursor_u8(&s->rest, &mask);
        feed_many(s, mask);
    } else {
        end(s, r);
        begin(s, r, what & 8);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script s = {.rest = ia_cursor_from(data, size)};
    struct fuzz_env f;
    uint8_t what = 0;
    fuzz_env_open(&f);
    s.env = &f.env;
    ia_cursor_u8(&s.rest, &what);
    f.env.crypto = choice(what);
    for (size_t i = 0; i < HASHES; i++)
        begin(&s, &s.all[i], 1);
    for (int steps = 0; steps < STEPS && ia_cursor_u8(&s.rest, &what); steps++)
        step(&s, what);
    for (size_t i = 0; i < HASHES; i++)
        end(&s, &s.all[i]);
    fuzz_env_close(&f);
    return 0;
}
