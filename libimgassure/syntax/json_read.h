/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streaming pull reader for JSON (RFC 8259), in bounded memory: a feed of any size is read event by event. Strict:
 * UTF-8 only (invalid bytes and lone surrogates are an error), no BOM, no comments, no trailing data, depth and string
 * limits. Recursion-free. Errors carry the byte offset.
 */
#ifndef IA_SYNTAX_JSON_READ_H
#define IA_SYNTAX_JSON_READ_H

#include "base/buf.h"
#include "base/reader.h"

enum ia_json_event {
    IA_JSON_END = 0, /* the document is complete; the input has been read to its end */
    IA_JSON_OBJECT,  /* { */
    IA_JSON_OBJECT_END,
    IA_JSON_ARRAY, /* [ */
    IA_JSON_ARRAY_END,
    IA_JSON_KEY,    /* text: the key */
    IA_JSON_STRING, /* text: the decoded string, which may hold U+0000 */
    IA_JSON_NUMBER, /* text: the number as written */
    IA_JSON_TRUE,
    IA_JSON_FALSE,
    IA_JSON_NULL
};

struct ia_json;

/* The input is borrowed, not closed. Depth and string bytes are bounded by env->limits. */
int ia_json_new(struct ia_env *env, struct ia_reader *input, struct ia_json **out);
void ia_json_free(struct ia_json *json); /* NULL is fine */

/*
 * The next event (>= 0, enum ia_json_event) or a status: IMGA_E_FORMAT, IMGA_E_TRUNCATED, IMGA_E_LIMIT, or what the
 * input returned. *text is set for KEY, STRING and NUMBER, and valid until the next call.
 */
int ia_json_next(struct ia_json *json, struct ia_env *env, struct ia_str *text);
/* Skips the value that has just begun (after OBJECT or ARRAY: up to its end), or after KEY the value that follows. */
int ia_json_skip(struct ia_json *json, struct ia_env *env, int event);
/* Byte offset of the last event's first byte. */
int64_t ia_json_offset(const struct ia_json *json);
/* A number as written -> non-negative integer; false for fractions, exponents, signs and overflow. */
bool ia_json_u64(struct ia_str number, uint64_t *out);

#endif
