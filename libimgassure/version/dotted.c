/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers and separators, nothing else: CRAN ("1.2-3": R's package_version, dots and hyphens are alike) and Hackage
 * ("1.2.3": Cabal's Version). Compared number by number; what ends first is smaller, so "1.0" is before "1.0.0".
 * Numbers have no upper bound.
 */
#include "version/runs.h"
#include "version/version.h"

static const char *const cran_refusals[] = {"the first version is not one of R", "the second version is not one of R"};
static const char *const hackage_refusals[] = {"the first version is not one of Hackage",
                                               "the second version is not one of Hackage"};

static bool skip_separator(struct ia_str *rest, bool hyphens)
{
    return ia_run_skip(rest, '.') || (hyphens && ia_run_skip(rest, '-'));
}

static bool is_valid(struct ia_str rest, bool hyphens)
{
    do {
        if (ia_run_digits(&rest).n == 0)
            return false;
    } while (skip_separator(&rest, hyphens));
    return rest.n == 0;
}

static int compare_numbers(struct ia_str a, struct ia_str b)
{
    int order;
    do {
        struct ia_str left = ia_run_digits(&a), right = ia_run_digits(&b);
        order = ia_number_cmp(left, right);
    } while (order == 0 && skip_separator(&a, true) && skip_separator(&b, true));
    return order != 0 ? order : (a.n > 0) - (b.n > 0);
}

int ia_cran_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    if (!ia_version_both(is_valid(a, true), is_valid(b, true), cran_refusals, why))
        return IMGA_E_VERSION;
    *order = compare_numbers(a, b);
    return IMGA_OK;
}

int ia_hackage_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    if (!ia_version_both(is_valid(a, false), is_valid(b, false), hackage_refusals, why))
        return IMGA_E_VERSION;
    *order = compare_numbers(a, b);
    return IMGA_OK;
}
