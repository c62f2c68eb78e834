/* SPDX-License-Identifier: Apache-2.0 */
/* Lower-case hexadecimal, as digests are written in OCI descriptors. */
#include "base/hex.h"

void ia_hex_encode(const uint8_t *data, size_t size, char *out)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = hex[data[i] >> 4];
        out[2 * i + 1] = hex[data[i] & 15];
    }
    out[2 * size] = '\0';
}

static int digit(char c)
{
    if (ia_is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool ia_hex_decode(struct ia_str text, uint8_t *out, size_t size)
{
    if (text.n / 2 != size || text.n % 2)
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = digit(text.p[2 * i]), low = digit(text.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
