/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stage that passes bytes on, hashes them, and at the end compares digest and size with what they must be.
 */
#ifndef IA_IO_DIGEST_READER_H
#define IA_IO_DIGEST_READER_H

#include "base/reader.h"
#include "crypto/digest.h"

struct ia_expected {
    struct ia_digest digest; /* algorithm 0: not checked */
    uint64_t size;           /* UINT64_MAX: not checked */
    uint64_t max;            /* more bytes are E_LIMIT */
    const char *limit;       /* the limit's name for that error */
    const char *what;        /* "blob", "layer": for E_DIGEST messages */
    bool pauses;             /* the outermost stage of a layer: obeys env->chunks_left */
};

/* Ends hash and compares; E_DIGEST. */
int ia_expected_verify(struct ia_env *env, const struct ia_expected *expected, struct ia_hash *hash);

/*
 * Takes input over on success and on failure. At the end E_DIGEST when digest or size differ. With env->hashing
 * (io/hashing.h) the chunks are left there to be hashed, and the end says nothing about the digest yet. Skips when the
 * input does and no digest is expected.
 */
int ia_digest_reader(struct ia_env *env, struct ia_reader *input, const struct ia_expected *expected,
                     struct ia_reader **out);

#endif
