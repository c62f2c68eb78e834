/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Binding of CPE names: NISTIR 7695 section 6.1.2 (URI, the extended attributes packed into the edition) and 6.2.2
 * (formatted string). Beyond the letter: a value of one quoted hyphen, which the text forbids, keeps its quote, so that
 * it is not read as NA.
 */
#include "model/cpe.h"

#include <imgassure/status.h>

static bool is_word(char c)
{
    return ia_is_alpha(c) || ia_is_digit(c) || c == '_';
}

static bool is_lone_hyphen(struct ia_str text)
{
    return ia_str_is(text, "\\-");
}

/* A value of a formatted string: "." and "-" lose their quotes. */
static int write_value(struct ia_buf *out, const struct ia_cpe_value *value)
{
    struct ia_str text = value->text;
    if (value->kind != IA_CPE_VALUE)
        return ia_buf_char(out, value->kind == IA_CPE_NA ? '-' : '*');
    if (is_lone_hyphen(text))
        return ia_buf_str(out, text);
    for (size_t i = 0; i < text.n; i++) {
        bool quotes = text.p[i] == '\\' && i + 1 < text.n;
        if (quotes && text.p[i + 1] != '.' && text.p[i + 1] != '-')
            IA_TRY(ia_buf_char(out, text.p[i]));
        i += quotes;
        IA_TRY(ia_buf_char(out, text.p[i]));
    }
    return 0;
}

int ia_cpe_write(struct ia_buf *out, const struct ia_cpe *cpe)
{
    IA_TRY(ia_buf_text(out, "cpe:2.3"));
    for (size_t i = 0; i < IA_CPE_ATTRIBUTES; i++) {
        IA_TRY(ia_buf_char(out, ':'));
        IA_TRY(write_value(out, &cpe->attributes[i]));
    }
    return 0;
}

static int write_encoded(struct ia_buf *out, char c)
{
    static const char hex[] = "0123456789abcdef";
    const char code[3] = {'%', hex[(uint8_t)c >> 4], hex[(uint8_t)c & 15]};
    return ia_buf_add(out, code, sizeof(code));
}

/* A component of a URI: quoted punctuation in percent, wildcards as %01 and %02. */
static int write_component(struct ia_buf *out, const struct ia_cpe_value *value)
{
    struct ia_str text = value->text;
    if (value->kind != IA_CPE_VALUE)
        return value->kind == IA_CPE_NA ? ia_buf_char(out, '-') : 0;
    if (is_lone_hyphen(text))
        return write_encoded(out, '-');
    for (size_t i = 0; i < text.n; i++) {
        bool quotes = text.p[i] == '\\' && i + 1 < text.n;
        i += quotes;
        char c = text.p[i];
        if (is_word(c) || (quotes && (c == '.' || c == '-')))
            IA_TRY(ia_buf_char(out, c));
        else
            IA_TRY(write_encoded(out, quotes ? c : c == '?' ? 1 : 2));
    }
    return 0;
}

/* The edition, or the five attributes packed into it when CPE 2.2 has no place for one that is set. */
static int write_edition(struct ia_buf *out, const struct ia_cpe *cpe)
{
    static const enum ia_cpe_attribute packed[] = {IA_CPE_EDITION, IA_CPE_SW_EDITION, IA_CPE_TARGET_SW,
                                                   IA_CPE_TARGET_HW, IA_CPE_OTHER};
    bool extended = false;
    for (size_t i = 1; i < IA_COUNT(packed); i++)
        extended |= cpe->attributes[packed[i]].kind != IA_CPE_ANY;
    for (size_t i = 0; i < (extended ? IA_COUNT(packed) : 1); i++) {
        if (extended)
            IA_TRY(ia_buf_char(out, '~'));
        IA_TRY(write_component(out, &cpe->attributes[packed[i]]));
    }
    return 0;
}

int ia_cpe_write_uri(struct ia_buf *out, const struct ia_cpe *cpe)
{
    IA_TRY(ia_buf_text(out, "cpe:/"));
    for (size_t i = IA_CPE_PART; i <= IA_CPE_LANGUAGE; i++) {
        if (i > IA_CPE_PART)
            IA_TRY(ia_buf_char(out, ':'));
        IA_TRY(i == IA_CPE_EDITION ? write_edition(out, cpe) : write_component(out, &cpe->attributes[i]));
    }
    while (out->p[out->n - 1] == ':') /* ends at the slash of "cpe:/" */
        out->n--;
    return 0;
}

int ia_cpe_write_plain(struct ia_buf *out, struct ia_str plain)
{
    bool text = plain.n > 0;
    for (size_t i = 0; i < plain.n; i++)
        text = text && plain.p[i] >= 0x20 && plain.p[i] < 0x7f;
    IA_TRY(ia_buf_char(out, ':'));
    if (!text)
        return ia_buf_char(out, '*');
    for (size_t i = 0; i < plain.n; i++) {
        char c = plain.p[i] == ' ' ? '_' : ia_lower(plain.p[i]);
        if (!is_word(c) && (plain.n == 1 || (c != '.' && c != '-')))
            IA_TRY(ia_buf_char(out, '\\'));
        IA_TRY(ia_buf_char(out, c));
    }
    return 0;
}

static int quote_char(struct ia_buf *out, char c)
{
    if (c == ' ')
        return ia_buf_char(out, '_');
    if (!is_word(c))
        IA_TRY(ia_buf_char(out, '\\'));
    return ia_buf_char(out, ia_lower(c));
}

int ia_cpe_quote(struct ia_buf *out, struct ia_str plain)
{
    size_t before = out->n;
    for (size_t i = 0; i < plain.n; i++) {
        int status = plain.p[i] < 0x20 || plain.p[i] >= 0x7f ? IMGA_E_FORMAT : quote_char(out, plain.p[i]);
        if (status < 0) {
            out->n = before;
            return status == IMGA_E_FORMAT ? 0 : status;
        }
    }
    return plain.n > 0;
}
