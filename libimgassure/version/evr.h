/* SPDX-License-Identifier: Apache-2.0 */
/* [epoch:]version[-release], as rpm and libalpm cut it. */
#ifndef IA_VERSION_EVR_H
#define IA_VERSION_EVR_H

#include "base/str.h"

struct ia_evr {
    struct ia_str epoch; /* digits; may be empty, which is 0 */
    struct ia_str version;
    struct ia_str release; /* may be empty */
    bool has_release;      /* there is a hyphen */
};

/*
 * False for an empty text and for blanks and control characters. An epoch is the digits before a colon, the release
 * what comes after the last hyphen; the version part may be empty.
 */
bool ia_evr_parse(struct ia_str text, struct ia_evr *out);

#endif
