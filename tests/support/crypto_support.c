/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests for tests that need them. The context is made with the C library's allocator: allocation-failure sweeps count
 * what the code under test does, not this.
 */
#include "support.h"

#include "crypto/digest.h"

#include <stdlib.h>

void test_env_crypto(struct test_env *t)
{
    if (ia_crypto_new(&ia_alloc_libc, &t->env.crypto) != IMGA_OK)
        abort();
}
