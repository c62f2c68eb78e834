/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm versions, [epoch:]version[-release], in the order of rpm's labelCompare (rpm-version(7)): runs of digits and of
 * letters; "~" is below the end, "^" above the end and below all else. A missing epoch is 0; no release is below any
 * release (in dependencies rpm lets it match any: that is not an order). Bytes outside ASCII are separators.
 */
#include "version/evr.h"
#include "version/runs.h"
#include "version/version.h"

static const char *const refusals[] = {"the first version has no version part, or a blank or control character",
                                       "the second version has no version part, or a blank or control character"};

static void skip_separators(struct ia_str *rest)
{
    size_t n = 0;
    while (n < rest->n && !ia_is_digit(rest->p[n]) && !ia_is_alpha(rest->p[n]) && rest->p[n] != '~' &&
           rest->p[n] != '^')
        n++;
    *rest = ia_str_sub(*rest, n, rest->n);
}

enum weight { WEIGHT_TILDE, WEIGHT_END, WEIGHT_CARET, WEIGHT_RUN };

static enum weight weight(struct ia_str rest)
{
    switch (ia_run_first(rest)) {
    case '~':
        return WEIGHT_TILDE;
    case '\0':
        return WEIGHT_END;
    case '^':
        return WEIGHT_CARET;
    default:
        return WEIGHT_RUN;
    }
}

/* Both are at a mark ("~", "^") or at a run, of one kind. */
static int compare_step(struct ia_str *a, struct ia_str *b)
{
    if (weight(*a) == WEIGHT_RUN)
        return ia_run_compare(a, b);
    *a = ia_str_sub(*a, 1, a->n);
    *b = ia_str_sub(*b, 1, b->n);
    return 0;
}

static int compare_part(struct ia_str a, struct ia_str b)
{
    for (;;) {
        skip_separators(&a);
        skip_separators(&b);
        enum weight left = weight(a), right = weight(b);
        if (left != right)
            return left < right ? -1 : 1;
        if (left == WEIGHT_END)
            return 0;
        int order = compare_step(&a, &b);
        if (order != 0)
            return order;
    }
}

int ia_rpm_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    struct ia_evr left, right;
    bool valid_a = ia_evr_parse(a, &left), valid_b = ia_evr_parse(b, &right);
    valid_a = valid_a && left.version.n > 0;
    valid_b = valid_b && right.version.n > 0;
    if (!ia_version_both(valid_a, valid_b, refusals, why))
        return IMGA_E_VERSION;
    *order = ia_number_cmp(left.epoch, right.epoch);
    if (*order == 0)
        *order = compare_part(left.version, right.version);
    if (*order == 0 && left.has_release != right.has_release)
        *order = left.has_release ? 1 : -1;
    if (*order == 0)
        *order = compare_part(left.release, right.release);
    return IMGA_OK;
}
