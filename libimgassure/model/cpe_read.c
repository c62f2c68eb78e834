/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unbinding of CPE names: NISTIR 7695 section 6.1.3 (URI) and 6.2.3 (formatted string). Strict: eleven attributes in a
 * formatted string and at most seven components in a URI, five in a packed edition; wildcards at the ends of a value
 * only; printable ASCII only. Letters become lower case, and a quote before a letter, digit or "_" is dropped.
 */
#include "model/cpe.h"

#include <imgassure/status.h>

#include <string.h>

struct reading {
    struct ia_buf *storage;
    struct ia_cpe cpe;
    const char *why;
};

static int refuse(struct reading *reading, const char *why)
{
    reading->why = why;
    return IMGA_E_FORMAT;
}

static bool is_word(char c)
{
    return ia_is_alpha(c) || ia_is_digit(c) || c == '_';
}

static bool is_printable(struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= 0x20 || text.p[i] >= 0x7f)
            return false;
    return true;
}

/* One literal character, quoted where it must be. */
static int put_literal(struct ia_buf *storage, char c)
{
    if (!is_word(c))
        IA_TRY(ia_buf_char(storage, '\\'));
    return ia_buf_char(storage, ia_lower(c));
}

/* Whether the wildcards of a quoted value are where they may be: one "*" or some "?" at each end. */
static bool wildcards_at_ends(struct ia_str text)
{
    size_t from = 0, to = text.n, slashes = 0;
    while (from < text.n && text.p[from] == '?')
        from++;
    if (from == 0 && text.n > 0 && text.p[0] == '*')
        from++;
    while (to > from && text.p[to - 1] == '?')
        to--;
    if (to == text.n && to > from && text.p[to - 1] == '*')
        to--;
    while (to > from + slashes && text.p[to - 1 - slashes] == '\\')
        slashes++;
    if (to < text.n && slashes % 2 == 1) /* the first of them is quoted */
        to++;
    if (from == to && ia_str_find(text, '*') < text.n) /* "?*" and the like stand for no value */
        return false;
    for (size_t i = from; i < to; i++) {
        if (text.p[i] == '*' || text.p[i] == '?')
            return false;
        i += text.p[i] == '\\';
    }
    return true;
}

/* Takes what storage holds from an offset on as a value. */
static int take_value(struct reading *reading, size_t from, struct ia_cpe_value *out)
{
    out->kind = IA_CPE_VALUE;
    out->text = ia_str_sub(ia_buf_view(reading->storage), from, SIZE_MAX);
    return wildcards_at_ends(out->text) ? 0 : refuse(reading, "a wildcard stands where none may");
}

static int read_value(struct reading *reading, struct ia_str text, struct ia_cpe_value *out)
{
    size_t from = reading->storage->n;
    if (text.n == 0)
        return refuse(reading, "an attribute is empty");
    if (ia_str_is(text, "*") || ia_str_is(text, "-")) {
        *out = (struct ia_cpe_value){.kind = text.p[0] == '*' ? IA_CPE_ANY : IA_CPE_NA, .text = IA_STR("")};
        return 0;
    }
    for (size_t i = 0; i < text.n; i++) {
        bool quotes = text.p[i] == '\\';
        i += quotes;
        if (i == text.n)
            return refuse(reading, "a backslash stands at the end of a value");
        bool wildcard = !quotes && (text.p[i] == '*' || text.p[i] == '?');
        IA_TRY(wildcard ? ia_buf_char(reading->storage, text.p[i]) : put_literal(reading->storage, text.p[i]));
    }
    return take_value(reading, from, out);
}

/* Up to the next colon that is not quoted. */
static struct ia_str next_field(struct ia_str *rest)
{
    size_t i = 0;
    while (i < rest->n && rest->p[i] != ':')
        i += rest->p[i] == '\\' && i + 1 < rest->n ? 2 : 1;
    struct ia_str field = ia_str_sub(*rest, 0, i);
    *rest = ia_str_sub(*rest, i, rest->n);
    return field;
}

static int read_formatted(struct reading *reading, struct ia_str rest)
{
    for (size_t i = 0; i < IA_CPE_ATTRIBUTES; i++) {
        if (rest.n == 0 || rest.p[0] != ':')
            return refuse(reading, "there are fewer than eleven attributes");
        rest = ia_str_sub(rest, 1, rest.n);
        IA_TRY(read_value(reading, next_field(&rest), &reading->cpe.attributes[i]));
    }
    return rest.n == 0 ? 0 : refuse(reading, "there are more than eleven attributes");
}

static int hex_digit(char c)
{
    char lower = ia_lower(c);
    if (ia_is_digit(c))
        return c - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* "%xx": a character, or a wildcard as %01 or %02. */
static int put_encoded(struct reading *reading, struct ia_str digits)
{
    int high = digits.n == 2 ? hex_digit(digits.p[0]) : -1, low = digits.n == 2 ? hex_digit(digits.p[1]) : -1;
    int code = high * 16 + low;
    if (high < 0 || low < 0)
        return refuse(reading, "a percent sign is not followed by two hexadecimal digits");
    if (code == 1 || code == 2)
        return ia_buf_char(reading->storage, code == 1 ? '?' : '*');
    if (code <= 0x20 || code >= 0x7f)
        return refuse(reading, "an encoded character is not printable");
    return put_literal(reading->storage, (char)code);
}

static int read_component(struct reading *reading, struct ia_str text, struct ia_cpe_value *out)
{
    size_t from = reading->storage->n;
    if (text.n == 0 || ia_str_is(text, "-")) {
        *out = (struct ia_cpe_value){.kind = text.n ? IA_CPE_NA : IA_CPE_ANY, .text = IA_STR("")};
        return 0;
    }
    for (size_t i = 0; i < text.n; i++) {
        bool encoded = text.p[i] == '%';
        IA_TRY(encoded ? put_encoded(reading, ia_str_sub(text, i + 1, 2)) : put_literal(reading->storage, text.p[i]));
        i += encoded ? 2 : 0;
    }
    return take_value(reading, from, out);
}

/* "~edition~sw_edition~target_sw~target_hw~other", or the edition alone. */
static int read_edition(struct reading *reading, struct ia_str text)
{
    static const enum ia_cpe_attribute packed[] = {IA_CPE_EDITION, IA_CPE_SW_EDITION, IA_CPE_TARGET_SW,
                                                   IA_CPE_TARGET_HW, IA_CPE_OTHER};
    if (text.n == 0 || text.p[0] != '~')
        return read_component(reading, text, &reading->cpe.attributes[IA_CPE_EDITION]);
    for (size_t i = 0; i < IA_COUNT(packed); i++) {
        if (text.n == 0)
            return refuse(reading, "a packed edition has fewer than five attributes");
        struct ia_str rest = ia_str_sub(text, 1, text.n);
        size_t end = ia_str_find(rest, '~');
        IA_TRY(read_component(reading, ia_str_sub(rest, 0, end), &reading->cpe.attributes[packed[i]]));
        text = ia_str_sub(rest, end, rest.n);
    }
    return text.n == 0 ? 0 : refuse(reading, "a packed edition has more than five attributes");
}

static int read_uri(struct reading *reading, struct ia_str rest)
{
    struct ia_str component;
    for (size_t i = IA_CPE_PART; i <= IA_CPE_LANGUAGE && ia_str_next(&rest, ':', &component); i++)
        IA_TRY(i == IA_CPE_EDITION ? read_edition(reading, component)
                                   : read_component(reading, component, &reading->cpe.attributes[i]));
    return rest.n == 0 ? 0 : refuse(reading, "there are more than seven components");
}

static int read_name(struct reading *reading, struct ia_str text)
{
    static const struct ia_str formatted = {"cpe:2.3", 7}, uri = {"cpe:/", 5};
    const struct ia_cpe_value *part = &reading->cpe.attributes[IA_CPE_PART];
    if (!is_printable(text))
        return refuse(reading, "there is a blank, a control character or a byte outside ASCII");
    if (text.n > SIZE_MAX / 2)
        return IMGA_E_LIMIT;
    IA_TRY(ia_buf_reserve(reading->storage, 2 * text.n));
    if (ia_str_eq_case(ia_str_sub(text, 0, formatted.n), formatted))
        IA_TRY(read_formatted(reading, ia_str_sub(text, formatted.n, text.n)));
    else if (ia_str_eq_case(ia_str_sub(text, 0, uri.n), uri))
        IA_TRY(read_uri(reading, ia_str_sub(text, uri.n, text.n)));
    else
        return refuse(reading, "it begins neither with \"cpe:2.3:\" nor with \"cpe:/\"");
    if (part->kind == IA_CPE_VALUE && (part->text.n != 1 || !memchr("aoh", part->text.p[0], 3)))
        return refuse(reading, "the part is none of a, o and h");
    return 0;
}

int ia_cpe_read(struct ia_str text, struct ia_buf *storage, struct ia_cpe *out, const char **why)
{
    struct reading reading = {.storage = storage, .why = ""};
    size_t before = storage->n;
    int status = read_name(&reading, text);
    *why = reading.why;
    if (status < 0)
        storage->n = before;
    else
        *out = reading.cpe;
    return status;
}
