/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Composer versions: what composer/semver's VersionParser::normalize takes, in the order of PHP's version_compare.
 * "[v]N[.N[.N[.N]]]", dates ("2024-01-31"), a stability (dev < alpha < beta < RC < none < patch) with numbers, "-dev";
 * numeric branches ("1.x-dev") are 9999999 where a number is missing; named branches ("dev-main") are below every
 * number and have no order among themselves. Aliases ("1.x-dev as 1.0") are "cannot tell". Numbers have no upper bound;
 * PHP's stop at 2^63-1.
 */
#include "version/composer.h"

#include "version/runs.h"
#include "version/version.h"

static const char *const refusals[] = {"the first version is not one of Composer",
                                       "the second version is not one of Composer"};
static const char branches[] = "two named branches have no order";

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_WORD };

struct token {
    enum token_kind kind;
    struct ia_str digits;
    enum ia_composer_rank rank;
};

/* What is left of a version. */
struct scan {
    struct ia_composer version;
    int numbers; /* were passed */
};

static struct token number(struct ia_str digits)
{
    return (struct token){.kind = TOKEN_NUMBER, .digits = digits};
}

static struct token word(enum ia_composer_rank rank)
{
    return (struct token){.kind = TOKEN_WORD, .rank = rank};
}

/* Digits, or the "x" of a branch, and the separator behind them. */
static struct ia_str take_number(struct ia_str *rest, struct ia_str wild)
{
    struct ia_str digits = ia_run_digits(rest);
    if (digits.n == 0) {
        digits = wild;
        *rest = ia_str_sub(*rest, 1, rest->n);
    }
    *rest = ia_str_sub(*rest, 1, rest->n);
    return digits;
}

static struct ia_str skip_separators(struct ia_str text)
{
    while (text.n > 0 && !ia_is_digit(text.p[0]))
        text = ia_str_sub(text, 1, text.n);
    return text;
}

static struct token next(struct scan *scan)
{
    struct ia_composer *v = &scan->version;
    if (v->numbers.n > 0) {
        scan->numbers++;
        return number(take_number(&v->numbers, v->missing));
    }
    if (scan->numbers < v->least) {
        scan->numbers++;
        return number(v->missing);
    }
    if (v->rank != IA_COMPOSER_NONE) {
        enum ia_composer_rank rank = v->rank;
        v->rank = IA_COMPOSER_NONE;
        return word(rank);
    }
    v->counter = skip_separators(v->counter);
    if (v->counter.n > 0)
        return number(ia_run_digits(&v->counter));
    if (!v->dev)
        return (struct token){.kind = TOKEN_END};
    v->dev = false;
    return word(IA_COMPOSER_DEV);
}

/* Numbers and the end stand between the words; a number is above the end. */
static int compare_tokens(struct token a, struct token b)
{
    if (a.rank != b.rank)
        return a.rank < b.rank ? -1 : 1;
    if (a.kind != b.kind)
        return a.kind < b.kind ? -1 : 1;
    return ia_number_cmp(a.digits, b.digits);
}

static int compare(const struct ia_composer *a, const struct ia_composer *b)
{
    struct scan scan_a = {.version = *a}, scan_b = {.version = *b};
    for (;;) {
        struct token left = next(&scan_a), right = next(&scan_b);
        int order = compare_tokens(left, right);
        if (order != 0 || left.kind == TOKEN_END)
            return order;
    }
}

int ia_composer_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    struct ia_composer left, right;
    bool valid_a = ia_composer_parse(a, &left), valid_b = ia_composer_parse(b, &right);
    if (!ia_version_both(valid_a, valid_b, refusals, why))
        return IMGA_E_VERSION;
    bool named_a = left.branch.n > 0, named_b = right.branch.n > 0;
    if (named_a && named_b && !ia_str_eq(left.branch, right.branch)) {
        *why = branches;
        return IMGA_E_VERSION;
    }
    *order = named_a || named_b ? named_b - named_a : compare(&left, &right);
    return IMGA_OK;
}
