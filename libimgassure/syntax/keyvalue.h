/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KEY=value lines as in os-release(5): comments, blank lines, single and double quotes, backslash escapes; nothing is
 * expanded. A value ends with its line; blanks inside an unquoted value are kept, those around it are not. From memory.
 */
#ifndef IA_SYNTAX_KEYVALUE_H
#define IA_SYNTAX_KEYVALUE_H

#include "base/buf.h"

struct ia_keyvalue {
    struct ia_str text;
    size_t at;
};

void ia_keyvalue_init(struct ia_keyvalue *reader, struct ia_str text);
/*
 * 1: *key is set and *value holds the unquoted value of the line at *offset; 0: the end; IMGA_E_FORMAT: a malformed
 * line at *offset, call again to go on; IMGA_E_LIMIT (call again to go on), IMGA_E_NOMEM from value.
 */
int ia_keyvalue_next(struct ia_keyvalue *reader, struct ia_str *key, struct ia_buf *value, size_t *offset);

#endif
