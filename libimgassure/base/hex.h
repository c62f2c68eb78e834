/* SPDX-License-Identifier: Apache-2.0 */
/* Lower-case hexadecimal. */
#ifndef IA_BASE_HEX_H
#define IA_BASE_HEX_H

#include "base/str.h"

void ia_hex_encode(const uint8_t *data, size_t size, char *out);   /* writes 2 * size digits and a NUL */
bool ia_hex_decode(struct ia_str text, uint8_t *out, size_t size); /* exactly 2 * size lower-case digits */

#endif
