/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gentoo versions: N(.N)*[letter](_suffix[N])*[-rN], Package Manager Specification chapter 3.2 and 3.3. Parts after the
 * first are fractions where one of the two starts with a zero ("1.01" before "1.1"); a missing part is below any; the
 * suffix "_p" is above none, the others below; a missing revision is 0. Numbers have no upper bound.
 */
#include "version/runs.h"
#include "version/version.h"

#include "base/macros.h"

struct gentoo {
    struct ia_str parts;    /* "1.2.3" */
    char letter;            /* NUL: none, which is below any */
    struct ia_str suffixes; /* "_rc1_p2" */
    struct ia_str revision; /* digits; empty is 0 */
};

struct suffix {
    int rank;
    struct ia_str number;
};

static const char *const refusals[] = {"the first version is not one of Gentoo's",
                                       "the second version is not one of Gentoo's"};

static const struct {
    const char *name;
    int rank;
} suffixes[] = {
    {"alpha", -4}, {"beta", -3}, {"pre", -2}, {"rc", -1}, {"p", 1},
};

static bool take_suffix(struct ia_str *rest, struct suffix *out)
{
    if (!ia_run_skip(rest, '_'))
        return false;
    struct ia_str name = ia_run_letters(rest);
    for (size_t i = 0; i < IA_COUNT(suffixes); i++) {
        if (!ia_str_is(name, suffixes[i].name))
            continue;
        *out = (struct suffix){suffixes[i].rank, ia_run_digits(rest)};
        return true;
    }
    return false;
}

static bool take_parts(struct ia_str *rest, struct ia_str *out)
{
    struct ia_str start = *rest;
    do {
        if (ia_run_digits(rest).n == 0)
            return false;
    } while (ia_run_skip(rest, '.'));
    *out = ia_str_sub(start, 0, start.n - rest->n);
    return true;
}

static bool take_suffixes(struct ia_str *rest, struct ia_str *out)
{
    struct ia_str start = *rest;
    struct suffix suffix;
    while (ia_run_first(*rest) == '_')
        if (!take_suffix(rest, &suffix))
            return false;
    *out = ia_str_sub(start, 0, start.n - rest->n);
    return true;
}

static bool parse(struct ia_str rest, struct gentoo *out)
{
    *out = (struct gentoo){0};
    if (!take_parts(&rest, &out->parts))
        return false;
    char c = ia_run_first(rest);
    if (c >= 'a' && c <= 'z') {
        out->letter = c;
        rest = ia_str_sub(rest, 1, rest.n);
    }
    if (!take_suffixes(&rest, &out->suffixes))
        return false;
    if (rest.n == 0)
        return true;
    if (!ia_str_starts(rest, IA_STR("-r")))
        return false;
    rest = ia_str_sub(rest, 2, rest.n);
    out->revision = ia_run_digits(&rest);
    return out->revision.n > 0 && rest.n == 0;
}

static struct ia_str without_end_zeros(struct ia_str digits)
{
    while (digits.n > 0 && digits.p[digits.n - 1] == '0')
        digits.n--;
    return digits;
}

static int compare_part(struct ia_str a, struct ia_str b)
{
    if (a.p[0] != '0' && b.p[0] != '0')
        return ia_number_cmp(a, b);
    return ia_str_cmp(without_end_zeros(a), without_end_zeros(b));
}

static int compare_parts(struct ia_str a, struct ia_str b)
{
    struct ia_str left = ia_run_digits(&a), right = ia_run_digits(&b);
    int order = ia_number_cmp(left, right);
    while (order == 0 && ia_run_skip(&a, '.') && ia_run_skip(&b, '.')) {
        left = ia_run_digits(&a);
        right = ia_run_digits(&b);
        order = compare_part(left, right);
    }
    return order != 0 ? order : (a.n > 0) - (b.n > 0);
}

/* No suffix is below "_p" and above the others. */
static int compare_suffixes(struct ia_str a, struct ia_str b)
{
    while (a.n > 0 || b.n > 0) {
        struct suffix left = {0}, right = {0};
        take_suffix(&a, &left);
        take_suffix(&b, &right);
        if (left.rank != right.rank)
            return left.rank < right.rank ? -1 : 1;
        int order = ia_number_cmp(left.number, right.number);
        if (order != 0)
            return order;
    }
    return 0;
}

int ia_gentoo_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    struct gentoo left, right;
    bool valid_a = parse(a, &left), valid_b = parse(b, &right);
    if (!ia_version_both(valid_a, valid_b, refusals, why))
        return IMGA_E_VERSION;
    *order = compare_parts(left.parts, right.parts);
    if (*order == 0)
        *order = (left.letter > right.letter) - (left.letter < right.letter);
    if (*order == 0)
        *order = compare_suffixes(left.suffixes, right.suffixes);
    if (*order == 0)
        *order = ia_number_cmp(left.revision, right.revision);
    return IMGA_OK;
}
