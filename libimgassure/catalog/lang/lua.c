/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/lang/lua.h"

static bool is_word(char c)
{
    return ia_is_alpha(c) || ia_is_digit(c) || c == '_';
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct ia_str behind(struct ia_str text, size_t n)
{
    return ia_str_sub(text, n, text.n);
}

static struct ia_lua_word take(struct ia_str *rest, enum ia_lua_kind kind, struct ia_str text, size_t length)
{
    *rest = behind(*rest, length);
    return (struct ia_lua_word){kind, text};
}

/* How many characters open a long bracket, "[[" or "[==[", here; 0: none does. */
static size_t long_opening(struct ia_str text)
{
    size_t n = 1;
    if (text.n == 0 || text.p[0] != '[')
        return 0;
    while (n < text.n && text.p[n] == '=')
        n++;
    return n < text.n && text.p[n] == '[' ? n + 1 : 0;
}

/* Whether the bracket that closes one of this length is here. */
static bool closes(struct ia_str text, size_t length)
{
    if (text.n < length || text.p[0] != ']' || text.p[length - 1] != ']')
        return false;
    for (size_t i = 1; i + 1 < length; i++)
        if (text.p[i] != '=')
            return false;
    return true;
}

/* What is between long brackets; the first line break does not count. */
static struct ia_lua_word take_long(struct ia_str *rest, size_t length)
{
    size_t i = length, from = length + (length < rest->n && rest->p[length] == '\n');
    while (i < rest->n && !closes(behind(*rest, i), length))
        i++;
    if (i >= rest->n)
        return take(rest, IA_LUA_END, (struct ia_str){0}, rest->n);
    return take(rest, IA_LUA_TEXT, ia_str_sub(*rest, from, i > from ? i - from : 0), i + length);
}

static struct ia_lua_word take_quoted(struct ia_str *rest)
{
    size_t i = 1;
    while (i < rest->n && rest->p[i] != rest->p[0])
        i += rest->p[i] == '\\' ? 2 : 1;
    if (i >= rest->n)
        return take(rest, IA_LUA_END, (struct ia_str){0}, rest->n);
    return take(rest, IA_LUA_TEXT, ia_str_sub(*rest, 1, i - 1), i + 1);
}

static void skip_comment(struct ia_str *rest)
{
    *rest = behind(*rest, 2);
    size_t length = long_opening(*rest);
    if (length)
        (void)take_long(rest, length);
    else
        *rest = behind(*rest, ia_str_find(*rest, '\n'));
}

static void skip_blanks(struct ia_str *rest)
{
    while (rest->n) {
        if (ia_str_starts(*rest, IA_STR("--")))
            skip_comment(rest);
        else if (is_blank(rest->p[0]))
            *rest = behind(*rest, 1);
        else
            return;
    }
}

struct ia_lua_word ia_lua_next(struct ia_str *rest)
{
    size_t length = 0;
    skip_blanks(rest);
    if (rest->n == 0)
        return (struct ia_lua_word){IA_LUA_END, {0}};
    if (rest->p[0] == '"' || rest->p[0] == '\'')
        return take_quoted(rest);
    if (long_opening(*rest))
        return take_long(rest, long_opening(*rest));
    while (length < rest->n && is_word(rest->p[length]))
        length++;
    if (length)
        return take(rest, IA_LUA_WORD, ia_str_sub(*rest, 0, length), length);
    return take(rest, IA_LUA_MARK, ia_str_sub(*rest, 0, 1), 1);
}
