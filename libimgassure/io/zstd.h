/* SPDX-License-Identifier: Apache-2.0 */
/* The zstd decoder behind ia_decompress(). */
#ifndef IA_IO_ZSTD_H
#define IA_IO_ZSTD_H

#include "io/compress_input.h"
#include "io/zstd_frame.h"

/* Takes input over on success and on failure. */
int ia_zstd_reader(struct ia_env *env, struct ia_input *input, const struct ia_zstd_engine *engine,
                   struct ia_reader **out);

#endif
