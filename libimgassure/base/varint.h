/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers in as few bytes as they need: seven bits a byte, low first, the top bit says that more follow (LEB128). */
#ifndef IA_BASE_VARINT_H
#define IA_BASE_VARINT_H

#include "base/buf.h"
#include "base/cursor.h"

/* IMGA_E_NOMEM, IMGA_E_LIMIT of the buffer. */
int ia_varint_put(struct ia_buf *out, uint64_t value) IA_MUST_USE;
/* False when the bytes end early or the number is over 2^64-1 or max. */
bool ia_varint_take(struct ia_cursor *from, uint64_t max, uint64_t *out);

#endif
