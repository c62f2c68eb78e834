/* SPDX-License-Identifier: Apache-2.0 */
/* [epoch:]version[-release]. What stands before a colon and is not all digits is part of the version. */
#include "version/evr.h"

#include "version/runs.h"

bool ia_evr_parse(struct ia_str text, struct ia_evr *out)
{
    struct ia_str rest = text;
    *out = (struct ia_evr){.epoch = ia_run_digits(&rest)};
    if (!ia_run_skip(&rest, ':')) {
        out->epoch = ia_str_sub(text, 0, 0);
        rest = text;
    }
    size_t hyphen = ia_str_find_last(rest, '-');
    out->has_release = hyphen < rest.n;
    out->version = ia_str_sub(rest, 0, hyphen);
    out->release = ia_str_sub(rest, hyphen + 1, rest.n);
    return text.n > 0 && ia_run_is_visible(text);
}
