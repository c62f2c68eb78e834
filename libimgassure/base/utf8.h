/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#ifndef IA_BASE_UTF8_H
#define IA_BASE_UTF8_H

#include "base/buf.h"

#include <stdbool.h>

/* Length in bytes of the valid character at the start of text (n > 0) and its code point; 0 when it is invalid. */
size_t ia_utf8_char(struct ia_str text, uint32_t *code);
bool ia_utf8_valid(struct ia_str text);
int ia_utf8_encode(struct ia_buf *out, uint32_t code) IA_MUST_USE; /* an invalid code point gives U+FFFD */
/* Appends text with each invalid byte replaced by U+FFFD; *replaced becomes true then, and is never set to false. */
int ia_utf8_repair(struct ia_buf *out, struct ia_str text, bool *replaced) IA_MUST_USE;
/* C0, DEL, C1, bidirectional overrides and isolates, zero-width characters, line and paragraph separators, BOM. */
bool ia_utf8_is_control(uint32_t code);
/* Repairs, and writes every control character as \u{hex}: for people and terminals. */
int ia_utf8_escape(struct ia_buf *out, struct ia_str text) IA_MUST_USE;

#endif
