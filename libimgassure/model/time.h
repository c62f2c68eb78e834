/* SPDX-License-Identifier: Apache-2.0 */
/* Instants as seconds since 1970-01-01 UTC, proleptic Gregorian, without the C library's time zone code. */
#ifndef IA_MODEL_TIME_H
#define IA_MODEL_TIME_H

#include "base/str.h"

enum { IA_TIME_TEXT = 32 };

/* "YYYY-MM-DD" (midnight UTC) or RFC 3339 "YYYY-MM-DDThh:mm:ss[.frac](Z|+hh:mm)", years 1 to 9999. */
bool ia_time_parse(struct ia_str text, int64_t *seconds);
/* "YYYY-MM-DDThh:mm:ssZ"; "" outside years 1 to 9999. */
void ia_time_text(int64_t seconds, char out[IA_TIME_TEXT]);

#endif
