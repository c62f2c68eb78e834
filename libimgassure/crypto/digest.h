/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Message digests through OpenSSL's EVP, in a library context of our own: the embedding program's OpenSSL state is not
 * touched and its error queue is left clean.
 */
#ifndef IA_CRYPTO_DIGEST_H
#define IA_CRYPTO_DIGEST_H

#include "base/env.h"
#include "base/str.h"

enum ia_digest_algorithm { IA_DIGEST_SHA256 = 1, IA_DIGEST_SHA512 = 2 };

enum { IA_DIGEST_MAX = 64, IA_DIGEST_TEXT = 8 + 2 * IA_DIGEST_MAX }; /* "sha512:" + hex + NUL */

/* The fetched algorithms; one per context, read-only, shared between threads. */
struct ia_crypto;

int ia_crypto_new(const struct ia_alloc *alloc, struct ia_crypto **out); /* IMGA_E_NOMEM, IMGA_E_INTERNAL */
void ia_crypto_ref(struct ia_crypto *crypto);
void ia_crypto_unref(struct ia_crypto *crypto); /* NULL is fine */

/* A digest value with its algorithm: what a descriptor names and what a stream yields. */
struct ia_digest {
    enum ia_digest_algorithm algorithm; /* 0: none */
    uint8_t bytes[IA_DIGEST_MAX];
};

/* One running digest; used by one thread at a time. */
struct ia_hash;
int ia_hash_new(struct ia_env *env, enum ia_digest_algorithm algorithm, struct ia_hash **out);
int ia_hash_update(struct ia_hash *hash, struct ia_env *env, const void *data, size_t size);
int ia_hash_finish(struct ia_hash *hash, struct ia_env *env, struct ia_digest *out);
void ia_hash_free(struct ia_hash *hash); /* NULL is fine */

/* What one running digest is to be fed. */
struct ia_hash_piece {
    struct ia_hash *hash;
    const void *data;
    size_t size;
};

/*
 * Feeds several running digests, no one twice: SHA-256 in the lanes of one vector unit where this processor gains by
 * it, one after the other elsewhere. The digests are those of ia_hash_update().
 */
int ia_hash_update_many(struct ia_env *env, const struct ia_hash_piece *pieces, size_t count);
/* From how many SHA-256 digests at once ia_hash_update_many() is faster than one by one, and how many it takes. */
struct ia_hash_lanes {
    unsigned worth; /* UINT_MAX: never, one by one is fastest here */
    unsigned most;  /* lanes; 1: none */
};
struct ia_hash_lanes ia_crypto_lanes(const struct ia_crypto *crypto);
/*
 * For tests and benchmarks: "openssl", "shani", "avx512" or "avx2" for every number of lanes, from the next hash on,
 * while no other thread uses crypto. IMGA_E_UNSUPPORTED where this processor lacks it.
 */
int ia_crypto_force(struct ia_crypto *crypto, const char *kernel);

size_t ia_digest_size(enum ia_digest_algorithm algorithm); /* bytes */
bool ia_digest_equal(const struct ia_digest *a, const struct ia_digest *b);
/* "sha256:<64 lower-case hex>" or sha512, OCI image-spec descriptor.md; E_FORMAT, E_UNSUPPORTED for other algorithms.
 */
int ia_digest_parse(struct ia_env *env, struct ia_str text, struct ia_digest *out);
void ia_digest_text(const struct ia_digest *digest, char out[IA_DIGEST_TEXT]);
/* SHA-256 of memory in one call. */
int ia_digest_of(struct ia_env *env, const void *data, size_t size, struct ia_digest *out);

#endif
