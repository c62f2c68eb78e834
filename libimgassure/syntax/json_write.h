/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON writer with stable bytes: compact or indented by two blanks, keys in the order of the calls, text escaped so
 * that no control, bidirectional or zero-width character, and no <, > or &, leaves it raw (\uXXXX), invalid UTF-8
 * replaced by U+FFFD. The first failure sticks; later calls do nothing; ia_json_finish() returns it.
 */
#ifndef IA_SYNTAX_JSON_WRITE_H
#define IA_SYNTAX_JSON_WRITE_H

#include "base/buf.h"
#include "base/reader.h"

enum { IA_JSON_WRITE_DEPTH = 32 };

struct ia_json_writer {
    struct ia_env *env;
    const struct ia_writer *sink;
    struct ia_buf buf; /* flushed to sink from time to time */
    int status;        /* the first failure */
    unsigned depth;
    bool indent;
    bool after_key;
    bool has_root;
    bool is_object[IA_JSON_WRITE_DEPTH];
    bool has_items[IA_JSON_WRITE_DEPTH];
};

void ia_json_begin(struct ia_json_writer *w, struct ia_env *env, const struct ia_writer *sink, bool indent);
void ia_json_object(struct ia_json_writer *w);
void ia_json_object_end(struct ia_json_writer *w);
void ia_json_array(struct ia_json_writer *w);
void ia_json_array_end(struct ia_json_writer *w);
void ia_json_key(struct ia_json_writer *w, const char *key);
void ia_json_str(struct ia_json_writer *w, struct ia_str text);
void ia_json_text(struct ia_json_writer *w, const char *text); /* NULL writes "" */
void ia_json_uint(struct ia_json_writer *w, uint64_t value);
void ia_json_int(struct ia_json_writer *w, int64_t value);
void ia_json_bool(struct ia_json_writer *w, bool value);
void ia_json_null(struct ia_json_writer *w);
/* key and value in one call */
void ia_json_member(struct ia_json_writer *w, const char *key, const char *text);
void ia_json_member_uint(struct ia_json_writer *w, const char *key, uint64_t value);
void ia_json_member_int(struct ia_json_writer *w, const char *key, int64_t value);
void ia_json_member_bool(struct ia_json_writer *w, const char *key, bool value);
/* Hundredths, at most 100, as the shortest number: 0, 0.5, 0.05, 1. */
void ia_json_member_percent(struct ia_json_writer *w, const char *key, unsigned percent);
/* Ends with a newline, flushes, frees; the first failure or IMGA_OK. Always call it. */
int ia_json_finish(struct ia_json_writer *w);

#endif
