/* SPDX-License-Identifier: Apache-2.0 */
/* The xz decoder behind ia_decompress(). */
#ifndef IA_IO_XZ_H
#define IA_IO_XZ_H

#include "io/compress_input.h"

/* Takes input over on success and on failure. */
int ia_xz_reader(struct ia_env *env, struct ia_input *input, struct ia_reader **out);

#endif
