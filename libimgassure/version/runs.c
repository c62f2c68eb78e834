/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of digits and of ASCII letters. ASCII rules only; other bytes belong to no run. */
#include "version/runs.h"

char ia_run_first(struct ia_str text)
{
    return text.n > 0 ? text.p[0] : '\0';
}

struct ia_str ia_run_digits(struct ia_str *rest)
{
    size_t n = 0;
    while (n < rest->n && ia_is_digit(rest->p[n]))
        n++;
    struct ia_str run = ia_str_sub(*rest, 0, n);
    *rest = ia_str_sub(*rest, n, rest->n);
    return run;
}

struct ia_str ia_run_letters(struct ia_str *rest)
{
    size_t n = 0;
    while (n < rest->n && ia_is_alpha(rest->p[n]))
        n++;
    struct ia_str run = ia_str_sub(*rest, 0, n);
    *rest = ia_str_sub(*rest, n, rest->n);
    return run;
}

bool ia_run_skip(struct ia_str *rest, char c)
{
    if (rest->n == 0 || rest->p[0] != c)
        return false;
    *rest = ia_str_sub(*rest, 1, rest->n);
    return true;
}

bool ia_run_is_visible(struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((uint8_t)text.p[i] <= ' ' || text.p[i] == 0x7f)
            return false;
    return true;
}

static struct ia_str without_zeros(struct ia_str digits)
{
    size_t n = 0;
    while (n < digits.n && digits.p[n] == '0')
        n++;
    return ia_str_sub(digits, n, digits.n);
}

int ia_number_cmp(struct ia_str a, struct ia_str b)
{
    a = without_zeros(a);
    b = without_zeros(b);
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return ia_str_cmp(a, b);
}

bool ia_number_is_zero(struct ia_str digits)
{
    return without_zeros(digits).n == 0;
}

int ia_word_cmp(struct ia_str a, struct ia_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    for (size_t i = 0; i < n; i++) {
        uint8_t left = (uint8_t)ia_lower(a.p[i]), right = (uint8_t)ia_lower(b.p[i]);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return a.n < b.n ? -1 : a.n > b.n;
}

bool ia_word_is(struct ia_str word, const char *lower)
{
    return ia_str_eq_case(word, ia_str_from(lower));
}

int ia_run_compare(struct ia_str *a, struct ia_str *b)
{
    bool number_a = ia_is_digit(ia_run_first(*a)), number_b = ia_is_digit(ia_run_first(*b));
    if (number_a != number_b)
        return number_a ? 1 : -1;
    if (!number_a) {
        struct ia_str left = ia_run_letters(a), right = ia_run_letters(b);
        return ia_str_cmp(left, right);
    }
    struct ia_str left = ia_run_digits(a), right = ia_run_digits(b);
    return ia_number_cmp(left, right);
}
