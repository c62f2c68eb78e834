/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64, RFC 4648 section 4: the alphabet with '+' and '/', padded. Exactly one text for each content: line breaks,
 * missing padding and bits that stand for nothing are refused.
 */
#ifndef IA_BASE_BASE64_H
#define IA_BASE_BASE64_H

#include "base/str.h"

/* The bytes that n characters stand for, at most. */
static inline size_t ia_base64_room(size_t n)
{
    return n / 4 * 3;
}

/* out has ia_base64_room(text.n) bytes; *size receives how many it holds then. false: malformed. */
bool ia_base64_decode(struct ia_str text, uint8_t *out, size_t *size);
/* Writes four characters for every three bytes begun, and a NUL. */
void ia_base64_encode(const uint8_t *data, size_t size, char *out);

#endif
