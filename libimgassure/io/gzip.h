/* SPDX-License-Identifier: Apache-2.0 */
/* The gzip decoder behind ia_decompress(). */
#ifndef IA_IO_GZIP_H
#define IA_IO_GZIP_H

#include "io/compress_input.h"
#include "io/gzip_inflate.h"

/* Takes input over on success and on failure. */
int ia_gzip_reader(struct ia_env *env, struct ia_input *input, const struct ia_inflate_engine *engine,
                   struct ia_reader **out);

#endif
