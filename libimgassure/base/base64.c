/* SPDX-License-Identifier: Apache-2.0 */
/* Base64, RFC 4648 section 4. Strict, so that two readers cannot see two contents in one text (section 12). */
#include "base/base64.h"

enum { GROUP = 4, BYTES = 3 };

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The value of a character and one more, so that 0 is none. */
static const uint8_t values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

/* The first count characters of a group as one number of 6 bits each; false when one is none of the alphabet. */
static bool group_bits(const char *text, size_t count, uint32_t *bits)
{
    bool valid = true;
    *bits = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t value = values[(unsigned char)text[i]];
        valid = valid && value;
        *bits = *bits << 6 | (value - 1U);
    }
    return valid;
}

/* A last group with one or two '=': count characters stand for count - 1 bytes, and the bits left over are 0. */
static bool decode_short(const char *text, size_t count, uint8_t *out)
{
    uint32_t bits;
    unsigned over = count == 3 ? 2 : 4;
    if (!group_bits(text, count, &bits) || bits & ((1U << over) - 1))
        return false;
    bits >>= over;
    for (size_t i = count - 1; i > 0; i--, bits >>= 8)
        out[i - 1] = (uint8_t)bits;
    return true;
}

bool ia_base64_decode(struct ia_str text, uint8_t *out, size_t *size)
{
    size_t padding = 0, at = 0;
    uint32_t bits;
    if (text.n % GROUP)
        return false;
    while (padding < 2 && padding < text.n && text.p[text.n - 1 - padding] == '=')
        padding++;
    size_t whole = padding ? text.n - GROUP : text.n;
    for (size_t i = 0; i < whole; i += GROUP, at += BYTES) {
        if (!group_bits(text.p + i, GROUP, &bits))
            return false;
        out[at] = (uint8_t)(bits >> 16);
        out[at + 1] = (uint8_t)(bits >> 8);
        out[at + 2] = (uint8_t)bits;
    }
    *size = at + (padding ? BYTES - padding : 0);
    return !padding || decode_short(text.p + whole, GROUP - padding, out + at);
}

void ia_base64_encode(const uint8_t *data, size_t size, char *out)
{
    for (size_t at = 0; at < size; at += BYTES, out += GROUP) {
        size_t count = size - at < BYTES ? size - at : BYTES;
        uint32_t bits = (uint32_t)data[at] << 16;
        bits |= count > 1 ? (uint32_t)data[at + 1] << 8 : 0;
        bits |= count > 2 ? (uint32_t)data[at + 2] : 0;
        for (size_t i = 0; i < GROUP; i++)
            out[i] = i <= count ? letters[bits >> (18 - 6 * i) & 63] : '=';
    }
    *out = '\0';
}
