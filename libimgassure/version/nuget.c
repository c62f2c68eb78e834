/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NuGet versions, N[.N[.N[.N]]][-labels][+metadata] (learn.microsoft.com/nuget/concepts/package-versioning): SemVer
 * with one to four numbers, of which missing ones are 0 and leading zeros do not count, and with labels compared
 * without regard to case. Metadata has no order. Numbers have no upper bound; NuGet itself stops at 2^31-1.
 */
#include "version/labels.h"
#include "version/runs.h"
#include "version/version.h"

enum { PARTS = 4 };

struct nuget {
    struct ia_str parts[PARTS];
    struct ia_str labels; /* empty: none */
};

static const char *const refusals[] = {"the first version is not one of NuGet",
                                       "the second version is not one of NuGet"};

static bool parse(struct ia_str text, struct nuget *out)
{
    struct ia_str rest = ia_str_trim(text), metadata;
    *out = (struct nuget){0};
    for (int i = 0; i == 0 || (i < PARTS && ia_run_skip(&rest, '.')); i++) {
        out->parts[i] = ia_run_digits(&rest);
        if (out->parts[i].n == 0)
            return false;
    }
    if (ia_run_skip(&rest, '-') && !ia_labels_take(&rest, &out->labels))
        return false;
    if (ia_run_skip(&rest, '+') && !ia_labels_take(&rest, &metadata))
        return false;
    return rest.n == 0;
}

int ia_nuget_compare(struct ia_str a, struct ia_str b, int *order, const char **why)
{
    struct nuget left, right;
    bool valid_a = parse(a, &left), valid_b = parse(b, &right);
    if (!ia_version_both(valid_a, valid_b, refusals, why))
        return IMGA_E_VERSION;
    *order = 0;
    for (int i = 0; i < PARTS && *order == 0; i++)
        *order = ia_number_cmp(left.parts[i], right.parts[i]);
    if (*order == 0 && (left.labels.n == 0 || right.labels.n == 0))
        *order = (left.labels.n == 0) - (right.labels.n == 0);
    else if (*order == 0)
        *order = ia_labels_cmp_case(left.labels, right.labels);
    return IMGA_OK;
}
