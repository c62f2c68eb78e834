/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON out, RFC 8259, the same bytes for the same calls. Strings are ASCII-escaped only where a terminal or a browser
 * could be misled (controls, '<', '>', '&'), '/' is left as it is. Bytes gather up to FLUSH before they go to the sink,
 * so memory is bounded. Calls that would make a malformed document are a defect of ours: IMGA_E_INTERNAL.
 */
#include "syntax/json_write.h"

#include "base/utf8.h"

#include <string.h>

enum { FLUSH = 32 * 1024 };

void ia_json_begin(struct ia_json_writer *w, struct ia_env *env, const struct ia_writer *sink, bool indent)
{
    *w = (struct ia_json_writer){.env = env, .sink = sink, .indent = indent};
    ia_buf_init(&w->buf, &env->alloc, FLUSH);
}

static void flush(struct ia_json_writer *w)
{
    if (w->status < 0)
        return;
    w->status = ia_write(w->env, w->sink, w->buf.p, w->buf.n);
    ia_buf_clear(&w->buf);
}

static void put(struct ia_json_writer *w, const char *data, size_t size)
{
    if (size > FLUSH - w->buf.n)
        flush(w);
    if (w->status < 0)
        return;
    if (size > FLUSH)
        w->status = ia_write(w->env, w->sink, data, size);
    else if (ia_buf_add(&w->buf, data, size) < 0)
        w->status = ia_fail_nomem(w->env);
}

static void misuse(struct ia_json_writer *w, const char *what)
{
    if (w->status == IMGA_OK)
        w->status = ia_fail(w->env, IMGA_E_INTERNAL, -1, "JSON writer: %s", what);
}

static bool in_object(const struct ia_json_writer *w)
{
    return w->depth > 0 && w->is_object[w->depth - 1];
}

static void new_line(struct ia_json_writer *w)
{
    static const char blanks[2 * IA_JSON_WRITE_DEPTH + 1] =
        "                                                                ";
    if (!w->indent)
        return;
    put(w, "\n", 1);
    put(w, blanks, (size_t)2 * w->depth);
}

static void begin_item(struct ia_json_writer *w)
{
    if (w->has_items[w->depth - 1])
        put(w, ",", 1);
    w->has_items[w->depth - 1] = true;
    new_line(w);
}

/* What stands in front of a value. */
static void begin_value(struct ia_json_writer *w)
{
    if (w->depth == 0) {
        if (w->has_root)
            misuse(w, "a second value after the document");
        w->has_root = true;
    } else if (!in_object(w)) {
        begin_item(w);
    } else if (!w->after_key) {
        misuse(w, "a value without key in an object");
    }
    w->after_key = false;
}

static void open_container(struct ia_json_writer *w, bool object)
{
    begin_value(w);
    if (w->depth == IA_JSON_WRITE_DEPTH) {
        misuse(w, "nested too deeply");
        return;
    }
    put(w, object ? "{" : "[", 1);
    w->is_object[w->depth] = object;
    w->has_items[w->depth] = false;
    w->depth++;
}

static void close_container(struct ia_json_writer *w, bool object)
{
    if (w->depth == 0 || in_object(w) != object || w->after_key) {
        misuse(w, "an end that does not belong here");
        return;
    }
    w->depth--;
    if (w->has_items[w->depth])
        new_line(w);
    put(w, object ? "}" : "]", 1);
}

void ia_json_object(struct ia_json_writer *w)
{
    open_container(w, true);
}

void ia_json_object_end(struct ia_json_writer *w)
{
    close_container(w, true);
}

void ia_json_array(struct ia_json_writer *w)
{
    open_container(w, false);
}

void ia_json_array_end(struct ia_json_writer *w)
{
    close_container(w, false);
}

static void put_unit(struct ia_json_writer *w, uint32_t unit)
{
    static const char hex[] = "0123456789abcdef";
    char text[6] = {'\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15], hex[unit & 15]};
    put(w, text, sizeof(text));
}

static void put_escaped(struct ia_json_writer *w, uint32_t code)
{
    static const char shorts[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
    const char *found = code && code < 0x80 ? strchr(shorts, (int)code) : NULL;
    if (found) {
        put(w, "\\", 1);
        put(w, &letters[found - shorts], 1);
    } else if (code < 0x10000) {
        put_unit(w, code);
    } else {
        put_unit(w, 0xd800 + ((code - 0x10000) >> 10));
        put_unit(w, 0xdc00 + ((code - 0x10000) & 0x3ff));
    }
}

/* What ends a plain run: quote and backslash for JSON, and what would open markup where a report lands in a web page.
 */
static bool is_special(uint32_t code)
{
    return code == '"' || code == '\\' || code == '<' || code == '>' || code == '&';
}

static bool is_plain_ascii(char c)
{
    return c >= 0x20 && c < 0x7f && !is_special((uint32_t)c);
}

/* Length of the text at the start that is written as it is. */
static size_t plain_run(struct ia_str text)
{
    uint32_t code;
    size_t i = 0;
    while (i < text.n) {
        size_t step = 1;
        if (!is_plain_ascii(text.p[i])) {
            step = ia_utf8_char(ia_str_sub(text, i, 4), &code);
            if (step == 0 || ia_utf8_is_control(code) || is_special(code))
                break;
        }
        i += step;
    }
    return i;
}

static void put_string(struct ia_json_writer *w, struct ia_str text)
{
    uint32_t code;
    put(w, "\"", 1);
    while (text.n && w->status == IMGA_OK) {
        size_t run = plain_run(text);
        put(w, text.p, run);
        text = ia_str_sub(text, run, text.n);
        if (text.n == 0)
            break;
        size_t step = ia_utf8_char(text, &code);
        if (step == 0)
            put(w, "\xef\xbf\xbd", 3);
        else
            put_escaped(w, code);
        text = ia_str_sub(text, step ? step : 1, text.n);
    }
    put(w, "\"", 1);
}

void ia_json_key(struct ia_json_writer *w, const char *key)
{
    if (!in_object(w) || w->after_key) {
        misuse(w, "a key that does not belong here");
        return;
    }
    begin_item(w);
    put_string(w, ia_str_from(key));
    put(w, ": ", w->indent ? 2 : 1);
    w->after_key = true;
}

void ia_json_str(struct ia_json_writer *w, struct ia_str text)
{
    begin_value(w);
    put_string(w, text);
}

void ia_json_text(struct ia_json_writer *w, const char *text)
{
    ia_json_str(w, ia_str_from(text));
}

/* Digits of value, with a sign when it is negative. */
static void put_number(struct ia_json_writer *w, bool negative, uint64_t value)
{
    char digits[21];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    if (negative)
        digits[--at] = '-';
    begin_value(w);
    put(w, digits + at, sizeof(digits) - at);
}

void ia_json_uint(struct ia_json_writer *w, uint64_t value)
{
    put_number(w, false, value);
}

void ia_json_int(struct ia_json_writer *w, int64_t value)
{
    put_number(w, value < 0, value < 0 ? (uint64_t)(-(value + 1)) + 1 : (uint64_t)value);
}

void ia_json_bool(struct ia_json_writer *w, bool value)
{
    begin_value(w);
    put(w, value ? "true" : "false", value ? 4 : 5);
}

void ia_json_null(struct ia_json_writer *w)
{
    begin_value(w);
    put(w, "null", 4);
}

void ia_json_member(struct ia_json_writer *w, const char *key, const char *text)
{
    ia_json_key(w, key);
    ia_json_text(w, text);
}

void ia_json_member_uint(struct ia_json_writer *w, const char *key, uint64_t value)
{
    ia_json_key(w, key);
    ia_json_uint(w, value);
}

void ia_json_member_int(struct ia_json_writer *w, const char *key, int64_t value)
{
    ia_json_key(w, key);
    ia_json_int(w, value);
}

void ia_json_member_bool(struct ia_json_writer *w, const char *key, bool value)
{
    ia_json_key(w, key);
    ia_json_bool(w, value);
}

void ia_json_member_percent(struct ia_json_writer *w, const char *key, unsigned percent)
{
    const char digits[] = {'0', '.', (char)('0' + percent / 10 % 10), (char)('0' + percent % 10)};
    ia_json_key(w, key);
    if (percent == 0 || percent >= 100) {
        ia_json_uint(w, percent >= 100);
        return;
    }
    begin_value(w);
    put(w, digits, percent % 10 ? sizeof(digits) : sizeof(digits) - 1);
}

int ia_json_finish(struct ia_json_writer *w)
{
    if (w->depth > 0 || !w->has_root)
        misuse(w, "the document is not complete");
    put(w, "\n", 1);
    flush(w);
    ia_buf_free(&w->buf);
    return w->status;
}
