/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON after RFC 8259: the grammar of sections 2 to 7 exactly, UTF-8 without byte order mark (section 8.1). What the
 * RFC leaves open is refused: lone surrogates, data after the value. A string that lies in one chunk of the input
 * without escapes is handed out where it is; others are gathered in one buffer of at most limits->string_bytes. Open
 * containers are one bit each, at most DEPTH_CAP. Duplicate keys are the caller's business.
 */
#include "syntax/json_read.h"

#include "base/utf8.h"

#include <string.h>

enum { DEPTH_CAP = 4096 };

/* What the grammar allows at the next character that is not white space. */
enum place { AT_VALUE, AT_FIRST_VALUE, AT_KEY, AT_FIRST_KEY, AT_COLON, AT_NEXT, AT_DONE };

struct ia_json {
    struct ia_alloc alloc;
    struct ia_reader *input;
    struct ia_cursor chunk; /* not yet consumed */
    int64_t chunk_end;      /* offset of the byte after the chunk */
    int64_t event_at;
    struct ia_buf text;
    enum place place;
    bool ended; /* the input said so */
    int status; /* the first failure */
    size_t depth;
    size_t max_depth;
    uint64_t is_object[DEPTH_CAP / 64]; /* one bit per open container */
};

int ia_json_new(struct ia_env *env, struct ia_reader *input, struct ia_json **out)
{
    uint64_t depth = env->limits->json_depth, bytes = env->limits->string_bytes;
    struct ia_json *json = ia_new(&env->alloc, sizeof(*json));
    if (!json)
        return ia_fail_nomem(env);
    json->alloc = env->alloc;
    json->input = input;
    json->max_depth = depth < DEPTH_CAP ? (size_t)depth : DEPTH_CAP;
    ia_buf_init(&json->text, &env->alloc, bytes < SIZE_MAX ? (size_t)bytes : SIZE_MAX);
    *out = json;
    return IMGA_OK;
}

void ia_json_free(struct ia_json *json)
{
    if (!json)
        return;
    struct ia_alloc alloc = json->alloc;
    ia_buf_free(&json->text);
    ia_free(&alloc, json);
}

static int64_t position(const struct ia_json *json)
{
    return json->chunk_end - (int64_t)json->chunk.n;
}

static void consume(struct ia_json *json, size_t size)
{
    struct ia_cursor taken;
    (void)ia_cursor_take(&json->chunk, size, &taken);
}

/* 1: the chunk holds a byte; 0: the input is at its end. */
static int fill(struct ia_json *json, struct ia_env *env)
{
    if (json->chunk.n)
        return 1;
    if (json->ended)
        return 0;
    IA_TRY(ia_check_cancel(env));
    int more = ia_reader_next(json->input, env, &json->chunk);
    if (more <= 0) {
        json->chunk = (struct ia_cursor){0};
        json->ended = true;
        return more;
    }
    json->chunk_end += (int64_t)json->chunk.n;
    return 1;
}

static int truncated(struct ia_json *json, struct ia_env *env, const char *inside)
{
    return ia_fail(env, IMGA_E_TRUNCATED, position(json), "the JSON document ends inside %s", inside);
}

static int unexpected(struct ia_json *json, struct ia_env *env, const char *wanted)
{
    unsigned c = json->chunk.p[0];
    if (position(json) == 0 && (c == 0xef || c >= 0xfe || c == 0))
        return ia_fail(env, IMGA_E_FORMAT, 0, "JSON must be UTF-8 without a byte order mark");
    if (c > 0x20 && c < 0x7f)
        return ia_fail(env, IMGA_E_FORMAT, position(json), "malformed JSON: '%c' where %s belongs", (char)c, wanted);
    return ia_fail(env, IMGA_E_FORMAT, position(json), "malformed JSON: byte 0x%02x where %s belongs", c, wanted);
}

/* Takes one byte inside a string. */
static int string_byte(struct ia_json *json, struct ia_env *env, uint8_t *out)
{
    int more = fill(json, env);
    if (more <= 0)
        return more < 0 ? more : truncated(json, env, "a string");
    return ia_cursor_u8(&json->chunk, out) ? IMGA_OK : IMGA_E_INTERNAL;
}

/* Names the limit for what ia_buf answers. */
static int described(struct ia_json *json, struct ia_env *env, int status)
{
    if (status == IMGA_E_LIMIT)
        return ia_fail_limit(env, json->event_at, "string_bytes", json->text.max, IA_STR("a JSON string or number"));
    return status < 0 ? ia_fail_nomem(env) : status;
}

/* Moves size bytes from the chunk to the buffer. */
static int gather(struct ia_json *json, struct ia_env *env, size_t size)
{
    IA_TRY(described(json, env, ia_buf_add(&json->text, json->chunk.p, size)));
    consume(json, size);
    return IMGA_OK;
}

/* Hands out a string or number where it lies, at the start of the chunk. */
static int in_place(struct ia_json *json, struct ia_env *env, size_t size, struct ia_str *text)
{
    if (size > json->text.max)
        return described(json, env, IMGA_E_LIMIT);
    *text = ia_str_sub(ia_cursor_str(json->chunk), 0, size);
    return IMGA_OK;
}

/* Whether a byte of word is '"', '\\', a control character or not ASCII. */
static bool has_special(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones * 0x80;
    uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
    return ((word | (quote - ones) | (slash - ones) | (word - ones * 0x20)) & highs) != 0;
}

static size_t ascii_run(struct ia_cursor c, size_t from)
{
    uint64_t word;
    size_t i = from;
    for (; c.n - i >= sizeof(word); i += sizeof(word)) {
        memcpy(&word, c.p + i, sizeof(word));
        if (has_special(word))
            break;
    }
    while (i < c.n && c.p[i] >= 0x20 && c.p[i] < 0x80 && c.p[i] != '"' && c.p[i] != '\\')
        i++;
    return i;
}

/* Length of the text at the start of c that needs no attention: whole valid characters, nothing to decode. */
static size_t plain_run(struct ia_cursor c)
{
    uint32_t code;
    size_t i = ascii_run(c, 0), step;
    while (i < c.n && c.p[i] >= 0x80 && (step = ia_utf8_char(ia_str_sub(ia_cursor_str(c), i, 4), &code)) > 0)
        i = ascii_run(c, i + step);
    return i;
}

/* A character that is invalid or lies across chunks. */
static int split_character(struct ia_json *json, struct ia_env *env)
{
    char bytes[4];
    uint32_t code;
    int64_t at = position(json);
    uint8_t lead = json->chunk.p[0];
    size_t size = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    for (size_t i = 0; i < size; i++) {
        uint8_t byte;
        IA_TRY(string_byte(json, env, &byte));
        if (i > 0 && (byte & 0xc0) != 0x80)
            size = 0;
        bytes[i] = (char)byte;
    }
    if (size == 0 || ia_utf8_char((struct ia_str){bytes, size}, &code) != size)
        return ia_fail(env, IMGA_E_FORMAT, at, "invalid UTF-8 in a JSON string");
    return described(json, env, ia_buf_add(&json->text, bytes, size));
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    uint8_t lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static int hex_escape(struct ia_json *json, struct ia_env *env, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t c = 0;
        IA_TRY(string_byte(json, env, &c));
        int digit = hex_digit(c);
        if (digit < 0)
            return ia_fail(env, IMGA_E_FORMAT, position(json) - 1, "malformed JSON: \\u needs four hexadecimal digits");
        *code = *code << 4 | (uint32_t)digit;
    }
    return IMGA_OK;
}

/* The second half of a pair; 0 when there is none. */
static int low_surrogate(struct ia_json *json, struct ia_env *env, uint32_t *low)
{
    uint8_t c;
    *low = 0;
    IA_TRY(string_byte(json, env, &c));
    if (c != '\\')
        return IMGA_OK;
    IA_TRY(string_byte(json, env, &c));
    return c == 'u' ? hex_escape(json, env, low) : IMGA_OK;
}

/* After "\u": one code unit, or two that form a pair. */
static int unicode_escape(struct ia_json *json, struct ia_env *env)
{
    uint32_t code, low = 0;
    int64_t at = position(json) - 2;
    IA_TRY(hex_escape(json, env, &code));
    bool high = code >= 0xd800 && code <= 0xdbff;
    if (high)
        IA_TRY(low_surrogate(json, env, &low));
    bool paired = high && low >= 0xdc00 && low <= 0xdfff;
    if (code >= 0xd800 && code <= 0xdfff && !paired)
        return ia_fail(env, IMGA_E_FORMAT, at, "a lone surrogate in a JSON string");
    if (paired)
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    return described(json, env, ia_utf8_encode(&json->text, code));
}

static int escape(struct ia_json *json, struct ia_env *env)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint8_t c;
    consume(json, 1);
    IA_TRY(string_byte(json, env, &c));
    if (c == 'u')
        return unicode_escape(json, env);
    const char *found = c ? strchr(from, c) : NULL;
    if (!found)
        return ia_fail(env, IMGA_E_FORMAT, position(json) - 2, "an unknown escape in a JSON string");
    return described(json, env, ia_buf_char(&json->text, to[found - from]));
}

/* The byte that ended a plain run; 1 when it closed the string. */
static int string_special(struct ia_json *json, struct ia_env *env)
{
    uint8_t c = json->chunk.p[0];
    if (c == '"') {
        consume(json, 1);
        return 1;
    }
    if (c == '\\')
        return escape(json, env);
    if (c < 0x20)
        return ia_fail(env, IMGA_E_FORMAT, position(json), "a raw control character (0x%02x) in a JSON string", c);
    return split_character(json, env);
}

static int read_string(struct ia_json *json, struct ia_env *env, struct ia_str *text)
{
    int closed = 0;
    consume(json, 1);
    ia_buf_clear(&json->text);
    while (!closed) {
        int more = fill(json, env);
        if (more <= 0)
            return more < 0 ? more : truncated(json, env, "a string");
        size_t run = plain_run(json->chunk);
        if (json->text.n == 0 && run < json->chunk.n && json->chunk.p[run] == '"') {
            IA_TRY(in_place(json, env, run, text));
            consume(json, run + 1);
            return IMGA_OK;
        }
        IA_TRY(gather(json, env, run));
        if (json->chunk.n)
            IA_TRY(closed = string_special(json, env));
    }
    *text = ia_buf_view(&json->text);
    return IMGA_OK;
}

/* The grammar of numbers (RFC 8259, section 6) as a table: row by state, column by class of the byte. */
enum number_state { N_START, N_MINUS, N_ZERO, N_INT, N_POINT, N_FRAC, N_E, N_SIGN, N_EXP, N_STOP };

static enum number_state number_step(enum number_state state, uint8_t c)
{
    static const uint8_t steps[N_STOP][6] = {
        /*            0       1-9     .        e E     -        +      */
        [N_START] = {N_ZERO, N_INT, N_STOP, N_STOP, N_MINUS, N_STOP},
        [N_MINUS] = {N_ZERO, N_INT, N_STOP, N_STOP, N_STOP, N_STOP},
        [N_ZERO] = {N_STOP, N_STOP, N_POINT, N_E, N_STOP, N_STOP},
        [N_INT] = {N_INT, N_INT, N_POINT, N_E, N_STOP, N_STOP},
        [N_POINT] = {N_FRAC, N_FRAC, N_STOP, N_STOP, N_STOP, N_STOP},
        [N_FRAC] = {N_FRAC, N_FRAC, N_STOP, N_E, N_STOP, N_STOP},
        [N_E] = {N_EXP, N_EXP, N_STOP, N_STOP, N_SIGN, N_SIGN},
        [N_SIGN] = {N_EXP, N_EXP, N_STOP, N_STOP, N_STOP, N_STOP},
        [N_EXP] = {N_EXP, N_EXP, N_STOP, N_STOP, N_STOP, N_STOP},
    };
    if (c >= '0' && c <= '9')
        return (enum number_state)steps[state][c != '0'];
    switch (c) {
    case '.':
        return (enum number_state)steps[state][2];
    case 'e':
    case 'E':
        return (enum number_state)steps[state][3];
    case '-':
        return (enum number_state)steps[state][4];
    case '+':
        return (enum number_state)steps[state][5];
    default:
        return N_STOP;
    }
}

static bool is_whole(enum number_state state)
{
    return state == N_ZERO || state == N_INT || state == N_FRAC || state == N_EXP;
}

/* Bytes of the chunk that go on with the number. */
static size_t number_run(struct ia_cursor c, enum number_state *state)
{
    size_t i = 0;
    for (; i < c.n; i++) {
        enum number_state next = number_step(*state, c.p[i]);
        if (next == N_STOP)
            break;
        *state = next;
    }
    return i;
}

static int read_number(struct ia_json *json, struct ia_env *env, struct ia_str *text)
{
    enum number_state state = N_START;
    int more = 1;
    ia_buf_clear(&json->text);
    while (more > 0) {
        size_t run = number_run(json->chunk, &state);
        bool stopped = run < json->chunk.n;
        if (stopped && json->text.n == 0 && is_whole(state)) {
            IA_TRY(in_place(json, env, run, text));
            consume(json, run);
            return IMGA_OK;
        }
        IA_TRY(gather(json, env, run));
        if (stopped)
            break;
        IA_TRY(more = fill(json, env));
    }
    if (!is_whole(state))
        return more > 0 ? unexpected(json, env, "a digit") : truncated(json, env, "a number");
    *text = ia_buf_view(&json->text);
    return IMGA_OK;
}

static int read_word(struct ia_json *json, struct ia_env *env, const char *word)
{
    for (size_t i = 0; word[i]; i++) {
        int more = fill(json, env);
        if (more <= 0)
            return more < 0 ? more : truncated(json, env, "a literal");
        if (json->chunk.p[0] != (uint8_t)word[i])
            return unexpected(json, env, "the rest of true, false or null");
        consume(json, 1);
    }
    return IMGA_OK;
}

static bool in_object(const struct ia_json *json)
{
    size_t top = json->depth - 1;
    return (json->is_object[top / 64] >> (top % 64) & 1) != 0;
}

static int open_container(struct ia_json *json, struct ia_env *env, bool object)
{
    if (json->depth >= json->max_depth)
        return ia_fail_limit(env, json->event_at, "json_depth", json->max_depth, IA_STR("nested JSON values"));
    uint64_t bit = UINT64_C(1) << (json->depth % 64);
    if (object)
        json->is_object[json->depth / 64] |= bit;
    else
        json->is_object[json->depth / 64] &= ~bit;
    json->depth++;
    consume(json, 1);
    json->place = object ? AT_FIRST_KEY : AT_FIRST_VALUE;
    return object ? IA_JSON_OBJECT : IA_JSON_ARRAY;
}

static int close_container(struct ia_json *json)
{
    bool object = in_object(json);
    consume(json, 1);
    json->depth--;
    json->place = json->depth ? AT_NEXT : AT_DONE;
    return object ? IA_JSON_OBJECT_END : IA_JSON_ARRAY_END;
}

static int read_scalar(struct ia_json *json, struct ia_env *env, struct ia_str *text)
{
    uint8_t c = json->chunk.p[0];
    json->place = json->depth ? AT_NEXT : AT_DONE;
    switch (c) {
    case '"':
        IA_TRY(read_string(json, env, text));
        return IA_JSON_STRING;
    case 't':
        IA_TRY(read_word(json, env, "true"));
        return IA_JSON_TRUE;
    case 'f':
        IA_TRY(read_word(json, env, "false"));
        return IA_JSON_FALSE;
    case 'n':
        IA_TRY(read_word(json, env, "null"));
        return IA_JSON_NULL;
    default:
        if (c != '-' && !ia_is_digit((char)c))
            return unexpected(json, env, "a value");
        IA_TRY(read_number(json, env, text));
        return IA_JSON_NUMBER;
    }
}

static int read_value(struct ia_json *json, struct ia_env *env, struct ia_str *text)
{
    uint8_t c = json->chunk.p[0];
    if (c == '{' || c == '[')
        return open_container(json, env, c == '{');
    return read_scalar(json, env, text);
}

static int read_key(struct ia_json *json, struct ia_env *env, struct ia_str *text)
{
    if (json->chunk.p[0] != '"')
        return unexpected(json, env, json->place == AT_FIRST_KEY ? "a key or '}'" : "a key");
    IA_TRY(read_string(json, env, text));
    json->place = AT_COLON;
    return IA_JSON_KEY;
}

/* To the next character that is not white space. 1, 0 at the end of the input, or a status. */
static int skip_space(struct ia_json *json, struct ia_env *env)
{
    int more;
    while ((more = fill(json, env)) > 0) {
        size_t i = 0;
        while (i < json->chunk.n && (json->chunk.p[i] == ' ' || json->chunk.p[i] == '\n' || json->chunk.p[i] == '\r' ||
                                     json->chunk.p[i] == '\t'))
            i++;
        consume(json, i);
        if (json->chunk.n)
            return 1;
    }
    return more;
}

static int at_end(struct ia_json *json, struct ia_env *env)
{
    json->event_at = position(json);
    if (json->place == AT_DONE)
        return IA_JSON_END;
    if (json->depth == 0)
        return ia_fail(env, IMGA_E_TRUNCATED, position(json), "the JSON document is empty");
    return truncated(json, env, in_object(json) ? "an object" : "an array");
}

/* Steps over one ':' or ','; 0 when another character is there. */
static int separator(struct ia_json *json)
{
    char c = (char)json->chunk.p[0];
    if (json->place == AT_COLON && c == ':')
        json->place = AT_VALUE;
    else if (json->place == AT_NEXT && c == ',')
        json->place = in_object(json) ? AT_KEY : AT_VALUE;
    else
        return 0;
    consume(json, 1);
    return 1;
}

/* The event at a character that is not white space. */
static int read_event(struct ia_json *json, struct ia_env *env, struct ia_str *text)
{
    char c = (char)json->chunk.p[0];
    json->event_at = position(json);
    switch (json->place) {
    case AT_FIRST_VALUE:
        return c == ']' ? close_container(json) : read_value(json, env, text);
    case AT_VALUE:
        return read_value(json, env, text);
    case AT_FIRST_KEY:
        return c == '}' ? close_container(json) : read_key(json, env, text);
    case AT_KEY:
        return read_key(json, env, text);
    case AT_NEXT:
        if (c == (in_object(json) ? '}' : ']'))
            return close_container(json);
        return unexpected(json, env, in_object(json) ? "',' or '}'" : "',' or ']'");
    case AT_COLON:
        return unexpected(json, env, "':'");
    case AT_DONE:
        break;
    }
    return ia_fail(env, IMGA_E_FORMAT, json->event_at, "data after the end of the JSON document");
}

int ia_json_next(struct ia_json *json, struct ia_env *env, struct ia_str *text)
{
    int status;
    *text = (struct ia_str){"", 0};
    if (json->status < 0)
        return ia_fail(env, json->status, json->event_at, "the JSON document was refused before");
    do
        status = skip_space(json, env);
    while (status > 0 && separator(json));
    if (status == 0)
        status = at_end(json, env);
    else if (status > 0)
        status = read_event(json, env, text);
    if (status < 0)
        json->status = status;
    return status;
}

int ia_json_skip(struct ia_json *json, struct ia_env *env, int event)
{
    struct ia_str text;
    if (event == IA_JSON_KEY)
        IA_TRY(event = ia_json_next(json, env, &text));
    if (event != IA_JSON_OBJECT && event != IA_JSON_ARRAY)
        return IMGA_OK;
    for (size_t outside = json->depth - 1; json->depth > outside;)
        IA_TRY(ia_json_next(json, env, &text));
    return IMGA_OK;
}

int64_t ia_json_offset(const struct ia_json *json)
{
    return json->event_at;
}

bool ia_json_u64(struct ia_str number, uint64_t *out)
{
    return ia_str_u64(number, out);
}
