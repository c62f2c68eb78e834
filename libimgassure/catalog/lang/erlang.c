/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/lang/erlang.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

static bool is_word(char c)
{
    return ia_is_alpha(c) || ia_is_digit(c) || c == '_' || c == '@' || c == '-' || (unsigned char)c >= 0x80;
}

static void skip_blanks(struct ia_str *rest)
{
    size_t i = 0;
    while (i < rest->n && (is_blank(rest->p[i]) || rest->p[i] == '%')) {
        if (rest->p[i] == '%')
            i += ia_str_find(ia_str_sub(*rest, i, rest->n), '\n');
        else
            i++;
    }
    *rest = ia_str_sub(*rest, i, rest->n);
}

static struct ia_erlang_word take(struct ia_str *rest, enum ia_erlang_kind kind, size_t length)
{
    struct ia_erlang_word word = {kind, ia_str_sub(*rest, 0, length)};
    *rest = ia_str_sub(*rest, length, rest->n);
    return word;
}

static struct ia_erlang_word take_quoted(struct ia_str *rest)
{
    char quote = rest->p[0];
    size_t i = 1;
    while (i < rest->n && rest->p[i] != quote)
        i += rest->p[i] == '\\' ? 2 : 1;
    if (i >= rest->n)
        return take(rest, IA_ERLANG_BAD, rest->n);
    struct ia_erlang_word word = {quote == '"' ? IA_ERLANG_STRING : IA_ERLANG_ATOM, ia_str_sub(*rest, 1, i - 1)};
    *rest = ia_str_sub(*rest, i + 1, rest->n);
    return word;
}

struct ia_erlang_word ia_erlang_next(struct ia_str *rest)
{
    size_t length = 0;
    skip_blanks(rest);
    if (rest->n == 0)
        return (struct ia_erlang_word){IA_ERLANG_END, {0}};
    char c = rest->p[0];
    if (c == '"' || c == '\'')
        return take_quoted(rest);
    if (c == '{' || c == '[' || c == '(')
        return take(rest, IA_ERLANG_OPEN, 1);
    if (c == '}' || c == ']' || c == ')')
        return take(rest, IA_ERLANG_CLOSE, 1);
    while (length < rest->n && is_word(rest->p[length]))
        length++;
    return length ? take(rest, IA_ERLANG_ATOM, length) : take(rest, IA_ERLANG_MARK, 1);
}
