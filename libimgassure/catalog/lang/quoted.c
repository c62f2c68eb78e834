/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/lang/quoted.h"

#include "base/utf8.h"

#include <imgassure/status.h>

/* Where a quoted text begins, and the character that ends it. */
static size_t opening(struct ia_str text, size_t *length, char *end)
{
    for (size_t i = 0; i < text.n; i++) {
        *length = 1;
        *end = text.p[i];
        if (*end == '"' || *end == '\'')
            return i;
        *length = 3;
        *end = '}';
        if (ia_str_starts(ia_str_sub(text, i, 3), IA_STR("%q{")) ||
            ia_str_starts(ia_str_sub(text, i, 3), IA_STR("%Q{")))
            return i;
    }
    return text.n;
}

bool ia_quoted_next(struct ia_str *rest, struct ia_str *out)
{
    size_t length;
    char end;
    size_t from = opening(*rest, &length, &end);
    if (from == rest->n)
        return false;
    for (size_t i = from + length; i < rest->n; i++) {
        if (rest->p[i] == '\\') {
            i++;
        } else if (rest->p[i] == end) {
            *out = ia_str_sub(*rest, from + length, i - from - length);
            *rest = ia_str_sub(*rest, i + 1, rest->n);
            return true;
        }
    }
    return false;
}

/* Four hexadecimal digits. */
static bool take_code(struct ia_str text, uint32_t *code)
{
    *code = 0;
    for (size_t i = 0; i < 4; i++) {
        char c = i < text.n ? ia_lower(text.p[i]) : '?';
        if (!ia_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
        *code = *code << 4 | (uint32_t)(ia_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    return true;
}

int ia_quoted_plain(struct ia_buf *out, struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        uint32_t code;
        bool escaped = text.p[i] == '\\' && i + 1 < text.n;
        i += escaped;
        if (escaped && text.p[i] == 'u' && take_code(ia_str_sub(text, i + 1, 4), &code)) {
            IA_TRY(ia_utf8_encode(out, code));
            i += 4;
        } else {
            IA_TRY(ia_buf_char(out, text.p[i]));
        }
    }
    return IMGA_OK;
}

bool ia_assigned(struct ia_str line, const char *name, struct ia_str *value)
{
    const struct ia_str key = ia_str_from(name);
    line = ia_str_trim(line);
    if (!ia_str_starts(line, key))
        return false;
    line = ia_str_trim(ia_str_sub(line, key.n, line.n));
    if (line.n == 0 || line.p[0] != '=')
        return false;
    *value = ia_str_trim(ia_str_sub(line, 1, line.n));
    return true;
}
