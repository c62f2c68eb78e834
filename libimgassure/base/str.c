/* SPDX-License-Identifier: Apache-2.0 */
/* String views. ASCII rules only: the locale never matters. */
#include "base/str.h"

#include <string.h>

struct ia_str ia_str_from(const char *text)
{
    return (struct ia_str){text ? text : "", text ? strlen(text) : 0};
}

bool ia_str_eq(struct ia_str a, struct ia_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool ia_str_is(struct ia_str a, const char *text)
{
    return ia_str_eq(a, ia_str_from(text));
}

bool ia_str_eq_case(struct ia_str a, struct ia_str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (ia_lower(a.p[i]) != ia_lower(b.p[i]))
            return false;
    return true;
}

int ia_str_cmp(struct ia_str a, struct ia_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order == 0)
        return a.n < b.n ? -1 : a.n > b.n;
    return order < 0 ? -1 : 1;
}

bool ia_str_starts(struct ia_str a, struct ia_str prefix)
{
    return a.n >= prefix.n && ia_str_eq(ia_str_sub(a, 0, prefix.n), prefix);
}

bool ia_str_ends(struct ia_str a, struct ia_str suffix)
{
    return a.n >= suffix.n && ia_str_eq(ia_str_sub(a, a.n - suffix.n, suffix.n), suffix);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct ia_str ia_str_trim(struct ia_str a)
{
    while (a.n && is_blank(a.p[a.n - 1]))
        a.n--;
    while (a.n && is_blank(a.p[0]))
        a = ia_str_sub(a, 1, a.n);
    return a;
}

size_t ia_str_find(struct ia_str a, char c)
{
    const char *hit = a.n ? memchr(a.p, c, a.n) : NULL;
    return hit ? (size_t)(hit - a.p) : a.n;
}

size_t ia_str_find_last(struct ia_str a, char c)
{
    for (size_t i = a.n; i > 0; i--)
        if (a.p[i - 1] == c)
            return i - 1;
    return a.n;
}

bool ia_str_next(struct ia_str *rest, char separator, struct ia_str *out)
{
    if (rest->n == 0)
        return false;
    size_t at = ia_str_find(*rest, separator);
    *out = ia_str_sub(*rest, 0, at);
    *rest = ia_str_sub(*rest, at + 1, rest->n);
    return true;
}

bool ia_str_word(struct ia_str *rest, struct ia_str *out)
{
    size_t from = 0;
    while (from < rest->n && (rest->p[from] == ' ' || rest->p[from] == '\t'))
        from++;
    size_t to = from;
    while (to < rest->n && rest->p[to] != ' ' && rest->p[to] != '\t')
        to++;
    *out = ia_str_sub(*rest, from, to - from);
    *rest = ia_str_sub(*rest, to, rest->n);
    return out->n > 0;
}

bool ia_str_u64(struct ia_str a, uint64_t *out)
{
    uint64_t value = 0;
    if (a.n == 0)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        if (!ia_is_digit(a.p[i]))
            return false;
        uint64_t digit = (uint64_t)(a.p[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}
