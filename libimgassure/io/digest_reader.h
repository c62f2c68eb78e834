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
};

/* Takes input over on success and on failure. At the end E_DIGEST when digest or size differ. */
int ia_digest_reader(struct ia_env *env, struct ia_reader *input, const struct ia_expected *expected,
                     struct ia_reader **out);

#endif
