/* SPDX-License-Identifier: Apache-2.0 */
/* Ten bytes at most, the last of which is 0 or 1. */
#include "base/varint.h"

enum { BITS = 7, MORE = 0x80, LAST_SHIFT = 63, BYTES = 10 };

int ia_varint_put(struct ia_buf *out, uint64_t value)
{
    char bytes[BYTES];
    size_t n = 0;
    do {
        bytes[n++] = (char)((value & (MORE - 1)) | (value >= MORE ? MORE : 0));
        value >>= BITS;
    } while (value);
    return ia_buf_add(out, bytes, n);
}

bool ia_varint_take(struct ia_cursor *from, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    uint8_t byte;
    for (unsigned shift = 0; shift <= LAST_SHIFT; shift += BITS) {
        if (!ia_cursor_u8(from, &byte) || (shift == LAST_SHIFT && byte > 1))
            return false;
        value |= (uint64_t)(byte & (MORE - 1)) << shift;
        if (!(byte & MORE)) {
            *out = value;
            return value <= max;
        }
    }
    return false;
}
