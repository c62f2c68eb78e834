/* SPDX-License-Identifier: Apache-2.0 */
/*
 * String views: a pointer and a length, not NUL-terminated, not owned. The only way the parsers hold text of the input.
 */
#ifndef IA_BASE_STR_H
#define IA_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ia_str {
    const char *p;
    size_t n;
};

#define IA_STR(literal) ((struct ia_str){(literal), sizeof(literal) - 1})

/* A part of a, clamped to a. */
static inline struct ia_str ia_str_sub(struct ia_str a, size_t from, size_t count)
{
    if (from > a.n)
        from = a.n;
    if (count > a.n - from)
        count = a.n - from;
    return (struct ia_str){from ? a.p + from : a.p, count};
}

struct ia_str ia_str_from(const char *text); /* NULL gives an empty view */
bool ia_str_eq(struct ia_str a, struct ia_str b);
bool ia_str_is(struct ia_str a, const char *text);
bool ia_str_eq_case(struct ia_str a, struct ia_str b); /* ASCII letters only */
int ia_str_cmp(struct ia_str a, struct ia_str b);      /* bytes, unsigned; -1, 0, 1 */
bool ia_str_starts(struct ia_str a, struct ia_str prefix);
bool ia_str_ends(struct ia_str a, struct ia_str suffix);
struct ia_str ia_str_trim(struct ia_str a);                           /* space, tab, CR, LF at both ends */
size_t ia_str_find(struct ia_str a, char c);                          /* index, or a.n */
size_t ia_str_find_last(struct ia_str a, char c);                     /* index, or a.n */

/* Cuts the text before the next separator off *rest; false when *rest is used up. "a,,b," gives "a", "", "b". */
bool ia_str_next(struct ia_str *rest, char separator, struct ia_str *out);

/* The next word between blanks (space, tab); false when there is none left. */
bool ia_str_word(struct ia_str *rest, struct ia_str *out);

/* Decimal digits only, whole view, no sign; false when empty, malformed or over 2^64-1. */
bool ia_str_u64(struct ia_str a, uint64_t *out);

static inline bool ia_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool ia_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline char ia_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

#endif
