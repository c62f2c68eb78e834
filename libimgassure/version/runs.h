/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of digits and of ASCII letters: what every scheme cuts versions into. Numbers are digit strings of any length.
 */
#ifndef IA_VERSION_RUNS_H
#define IA_VERSION_RUNS_H

#include "base/str.h"

char ia_run_first(struct ia_str text); /* its first character, or NUL when it is empty */

/* Cut the longest run off the front; it may be empty. */
struct ia_str ia_run_digits(struct ia_str *rest);
struct ia_str ia_run_letters(struct ia_str *rest);

/* Cuts one character off; false, and nothing cut, when the text starts with another one. */
bool ia_run_skip(struct ia_str *rest, char c);

bool ia_run_is_visible(struct ia_str text); /* no blank, no control character */

/* By value; no digits count as zero. -1, 0, 1. */
int ia_number_cmp(struct ia_str a, struct ia_str b);
bool ia_number_is_zero(struct ia_str digits);

/* ASCII letters in lower case; -1, 0, 1. */
int ia_word_cmp(struct ia_str a, struct ia_str b);
bool ia_word_is(struct ia_str word, const char *lower);

/*
 * Cuts a run of the same class off both texts, which start with a digit or a letter, and compares the runs: numbers by
 * value, letters by byte, and a number is above letters. rpm and alpm.
 */
int ia_run_compare(struct ia_str *a, struct ia_str *b);

#endif
