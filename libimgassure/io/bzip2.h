/* SPDX-License-Identifier: Apache-2.0 */
/* The bzip2 decoder behind ia_decompress(). */
#ifndef IA_IO_BZIP2_H
#define IA_IO_BZIP2_H

#include "io/compress_input.h"

/* Takes input over on success and on failure. */
int ia_bzip2_reader(struct ia_env *env, struct ia_input *input, struct ia_reader **out);

#endif
