/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arch Linux package versions, [epoch:]version[-pkgrel], in the order of libalpm's alpm_pkg_vercmp (vercmp(8)): an
 * older form of rpm's order without "~" and "^". Letters right after a number are below the end ("1.0a" before "1.0");
 * more separators between two runs are above fewer. A pkgrel that one side lacks is not compared, and some versions
 * with odd separators form rings: the order is not transitive there.
 */
#include "version/evr.h"
#include "version/runs.h"
#include "version/version.h"

static const char *const refusals[] = {"the first version is empty or has a blank or control character",
                                       "the second version is empty or has a blank or control character"};

/* Returns how many there were. */
static size_t skip_separators(struct ia_str *rest)
{
    size_t n = 0;
    while (n < rest->n && !ia_is_digit(rest->p[n]) && !ia_is_alpha(rest->p[n]))
        n++;
    *rest = ia_str_sub(*rest, n, rest->n);
    return n;
}

/* Single separators between runs, and a pkgrel in all versions or in none. */
int ia_alpm_family(struct ia_str version)
{
    bool boundary = true;
    for (size_t i = 0; i < version.n; i++) {
        bool plain = ia_is_digit(version.p[i]) || ia_is_alpha(version.p[i]);
        if (boundary && !plain)
            return -1;
        boundary = !plain;
    }
    return boundary ? -1 : ia_str_find(version, '-') < version.n;
}

/* One of the two is used up, or both are: letters left over are below nothing, anything else is above it. */
static int compare_rest(struct ia_str a, struct ia_str b)
{
    if (a.n == 0 && b.n == 0)
        return 0;
    if (a.n == 0)
        return ia_is_alpha(b.p[0]) ? 1 : -1;
    return ia_is_alpha(a.p[0]) ? -1 : 1;
}

static int compare_part(struct ia_str a, struct ia_str b)
{
    while (a.n > 0 && b.n > 0) {
        size_t gap_a = skip_separators(&a), gap_b = skip_separators(&b);
        if (a.n == 0 || b.n == 0)
            break;
        if (gap_a != gap_b)
            return gap_a < gap_b ? -1 : 1;
        int order = ia_run_compare(&a, &b);
        if (order != 0)
            return order;
    }
    return compare_rest(a, b);
}

int ia_alpm_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    struct ia_evr left, right;
    bool valid_a = ia_evr_parse(a, &left), valid_b = ia_evr_parse(b, &right);
    if (!ia_version_both(valid_a, valid_b, refusals, why))
        return IMGA_E_VERSION;
    *order = ia_number_cmp(left.epoch, right.epoch);
    if (*order == 0)
        *order = compare_part(left.version, right.version);
    if (*order == 0 && left.has_release && right.has_release)
        *order = compare_part(left.release, right.release);
    return IMGA_OK;
}
