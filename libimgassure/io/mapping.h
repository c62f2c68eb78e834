/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file mapped read-only. Only for files that are never changed in place (our own database): a mapped file that
 * shrinks is a signal. Everything else goes through io/source.h.
 */
#ifndef IA_IO_MAPPING_H
#define IA_IO_MAPPING_H

#include "base/env.h"

struct ia_mapping {
    const void *data; /* NULL: nothing is mapped */
    size_t size;
};

/* E_NOT_FOUND, E_IO, E_INVALID (no regular file), E_TRUNCATED (empty). */
int ia_mapping_open(struct ia_env *env, const char *path, struct ia_mapping *out);
void ia_mapping_close(struct ia_mapping *mapping); /* an empty one is fine */

#endif
