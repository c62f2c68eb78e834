/* SPDX-License-Identifier: Apache-2.0 */
/* Labels divided by dots, as SemVer writes pre-releases and build metadata. */
#ifndef IA_VERSION_LABELS_H
#define IA_VERSION_LABELS_H

#include "base/str.h"

/* Cuts labels off the front, up to "+" or the end; false when there is none, one is empty or has another character. */
bool ia_labels_take(struct ia_str *rest, struct ia_str *out);

/* Whether a label is a number that starts with a needless zero. */
bool ia_labels_pad_numbers(struct ia_str labels);

/* Label by label: numbers by value and below words, words by byte, and what ends first is smaller. */
int ia_labels_cmp(struct ia_str a, struct ia_str b);
int ia_labels_cmp_case(struct ia_str a, struct ia_str b); /* ASCII letters in lower case */

#endif
