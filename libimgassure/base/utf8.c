/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 after RFC 3629, table 3-7 of the Unicode standard for the well-formed ranges. */
#include "base/utf8.h"

#include <imgassure/status.h>

static bool continues(struct ia_str text, size_t at)
{
    return at < text.n && ((uint8_t)text.p[at] & 0xc0) == 0x80;
}

size_t ia_utf8_char(struct ia_str text, uint32_t *code)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t lead = text.n ? (uint8_t)text.p[0] : 0x80;
    size_t size = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : (lead & 0xf0) == 0xe0 ? 3 : 4;
    if (size == 1) {
        *code = lead;
        return 1;
    }
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    uint32_t value = lead & (0x7fU >> size);
    for (size_t i = 1; i < size; i++) {
        if (!continues(text, i))
            return 0;
        value = value << 6 | ((uint8_t)text.p[i] & 0x3f);
    }
    if (value < least[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *code = value;
    return size;
}

bool ia_utf8_valid(struct ia_str text)
{
    uint32_t code;
    while (text.n) {
        size_t size = ia_utf8_char(text, &code);
        if (size == 0)
            return false;
        text = ia_str_sub(text, size, text.n);
    }
    return true;
}

int ia_utf8_encode(struct ia_buf *out, uint32_t code)
{
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        code = 0xfffd;
    if (code < 0x80)
        return ia_buf_char(out, (char)code);
    unsigned rest = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint8_t lead[4] = {0, 0xc0, 0xe0, 0xf0};
    IA_TRY(ia_buf_char(out, (char)(lead[rest] | code >> (6 * rest))));
    while (rest-- > 0)
        IA_TRY(ia_buf_char(out, (char)(0x80 | (code >> (6 * rest) & 0x3f))));
    return IMGA_OK;
}

bool ia_utf8_is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb);
}

int ia_utf8_repair(struct ia_buf *out, struct ia_str text, bool *replaced)
{
    uint32_t code;
    while (text.n) {
        size_t size = ia_utf8_char(text, &code);
        if (size == 0) {
            *replaced = true;
            IA_TRY(ia_utf8_encode(out, 0xfffd));
            size = 1;
        } else {
            IA_TRY(ia_buf_add(out, text.p, size));
        }
        text = ia_str_sub(text, size, text.n);
    }
    return IMGA_OK;
}

static int escape_code(struct ia_buf *out, uint32_t code)
{
    static const char hex[] = "0123456789abcdef";
    char digits[8];
    size_t at = sizeof(digits);
    do {
        digits[--at] = hex[code & 15];
        code >>= 4;
    } while (code);
    IA_TRY(ia_buf_text(out, "\\u{"));
    IA_TRY(ia_buf_add(out, digits + at, sizeof(digits) - at));
    return ia_buf_char(out, '}');
}

int ia_utf8_escape(struct ia_buf *out, struct ia_str text)
{
    uint32_t code;
    while (text.n) {
        size_t size = ia_utf8_char(text, &code);
        if (size == 0)
            IA_TRY(ia_utf8_encode(out, 0xfffd));
        else if (ia_utf8_is_control(code))
            IA_TRY(escape_code(out, code));
        else
            IA_TRY(ia_buf_add(out, text.p, size));
        text = ia_str_sub(text, size ? size : 1, text.n);
    }
    return IMGA_OK;
}
