/* SPDX-License-Identifier: Apache-2.0 */
/* A zlib stream (RFC 1950) that lies in memory, inflated whole by the best engine there is. */
#ifndef IA_IO_ZLIB_INFLATE_H
#define IA_IO_ZLIB_INFLATE_H

#include "base/buf.h"
#include "base/cursor.h"
#include "base/env.h"

/*
 * Appends the text to out. IMGA_E_LIMIT when out's maximum is reached, IMGA_E_TRUNCATED, IMGA_E_FORMAT (also for a
 * preset dictionary and for data after the stream), IMGA_E_CHECKSUM, IMGA_E_NOMEM; all described.
 */
int ia_zlib_inflate(struct ia_env *env, struct ia_cursor in, struct ia_buf *out) IA_MUST_USE;

#endif
