/* SPDX-License-Identifier: Apache-2.0 */
/*
 * os-release(5): assignments that a shell could read. A value is a row of parts, each unquoted, 'single' or "double";
 * in double quotes a backslash escapes only $ " \ and `. Differences from a shell, all on the side of reading what
 * people write: blanks inside an unquoted value are kept, nothing is expanded, and a value cannot span lines.
 */
#include "syntax/keyvalue.h"

#include <imgassure/status.h>

#include <string.h>

void ia_keyvalue_init(struct ia_keyvalue *reader, struct ia_str text)
{
    *reader = (struct ia_keyvalue){.text = text.n ? text : (struct ia_str){"", 0}};
}

static bool is_key(struct ia_str key)
{
    for (size_t i = 0; i < key.n; i++)
        if (!ia_is_alpha(key.p[i]) && key.p[i] != '_' && !(i > 0 && ia_is_digit(key.p[i])))
            return false;
    return key.n > 0;
}

static struct ia_str drop(struct ia_str text, size_t count)
{
    return ia_str_sub(text, count, text.n);
}

/* The parts take themselves off the front of *rest. */

static int single_quoted(struct ia_str *rest, struct ia_buf *value)
{
    struct ia_str inner = drop(*rest, 1);
    size_t n = ia_str_find(inner, '\'');
    if (n == inner.n)
        return IMGA_E_FORMAT;
    *rest = drop(inner, n + 1);
    return ia_buf_str(value, ia_str_sub(inner, 0, n));
}

static int double_quoted(struct ia_str *rest, struct ia_buf *value)
{
    struct ia_str inner = drop(*rest, 1);
    while (inner.n && inner.p[0] != '"') {
        if (inner.n > 1 && inner.p[0] == '\\' && strchr("$\"\\`", inner.p[1]))
            inner = drop(inner, 1);
        IA_TRY(ia_buf_char(value, inner.p[0]));
        inner = drop(inner, 1);
    }
    *rest = drop(inner, 1);
    return inner.n ? IMGA_OK : IMGA_E_FORMAT;
}

static int escaped(struct ia_str *rest, struct ia_buf *value)
{
    struct ia_str after = drop(*rest, 1);
    *rest = drop(after, 1);
    return after.n ? ia_buf_char(value, after.p[0]) : IMGA_E_FORMAT;
}

/* Blanks count only between parts; behind them '#' starts a comment. */
static int blanks(struct ia_str *rest, struct ia_buf *value)
{
    size_t n = 0;
    while (n < rest->n && (rest->p[n] == ' ' || rest->p[n] == '\t'))
        n++;
    struct ia_str run = ia_str_sub(*rest, 0, n);
    *rest = drop(*rest, n);
    if (rest->n && rest->p[0] == '#')
        *rest = drop(*rest, rest->n);
    return rest->n ? ia_buf_str(value, run) : IMGA_OK;
}

static int plain(struct ia_str *rest, struct ia_buf *value)
{
    size_t n = 0;
    while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t' && rest->p[n] != '\'' && rest->p[n] != '"' &&
           rest->p[n] != '\\')
        n++;
    struct ia_str run = ia_str_sub(*rest, 0, n);
    *rest = drop(*rest, n);
    return ia_buf_str(value, run);
}

static int read_part(struct ia_str *rest, struct ia_buf *value)
{
    switch (rest->p[0]) {
    case '\'':
        return single_quoted(rest, value);
    case '"':
        return double_quoted(rest, value);
    case '\\':
        return escaped(rest, value);
    case ' ':
    case '\t':
        return blanks(rest, value);
    default:
        return plain(rest, value);
    }
}

static int read_line(struct ia_str line, struct ia_str *key, struct ia_buf *value)
{
    size_t equals = ia_str_find(line, '=');
    struct ia_str name = ia_str_sub(line, 0, equals), rest = drop(line, equals + 1);
    if (equals == line.n || !is_key(name) || ia_str_find(line, '\0') < line.n)
        return IMGA_E_FORMAT;
    rest = ia_str_trim(rest);
    if (rest.n && rest.p[0] == '#' && line.p[equals + 1] != '#')
        rest.n = 0; /* "KEY= # comment" */
    ia_buf_clear(value);
    while (rest.n)
        IA_TRY(read_part(&rest, value));
    *key = name;
    return 1;
}

int ia_keyvalue_next(struct ia_keyvalue *reader, struct ia_str *key, struct ia_buf *value, size_t *offset)
{
    while (reader->at < reader->text.n) {
        struct ia_str rest = drop(reader->text, reader->at);
        size_t n = ia_str_find(rest, '\n');
        *offset = reader->at;
        reader->at += n + (n < rest.n);
        struct ia_str line = ia_str_trim(ia_str_sub(rest, 0, n));
        if (line.n && line.p[0] != '#')
            return read_line(line, key, value);
    }
    return 0;
}
