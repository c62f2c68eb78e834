/* SPDX-License-Identifier: Apache-2.0 */
/* A Composer version in its parts. */
#ifndef IA_VERSION_COMPOSER_H
#define IA_VERSION_COMPOSER_H

#include "base/str.h"

/* In PHP's order. A stability word that PHP does not know ("STABLE" in capitals) is below all. */
enum ia_composer_rank {
    IA_COMPOSER_UNKNOWN = -5,
    IA_COMPOSER_DEV,
    IA_COMPOSER_ALPHA,
    IA_COMPOSER_BETA,
    IA_COMPOSER_RC,
    IA_COMPOSER_NONE, /* also the rank of numbers and of the end: 0 */
    IA_COMPOSER_PATCH
};

struct ia_composer {
    struct ia_str branch;  /* of "dev-NAME"; empty: a version with numbers */
    struct ia_str numbers; /* digits, or "x", with one separator between them */
    int least;             /* that many numbers, missing ones are: */
    struct ia_str missing; /* "0", or "9999999" in a branch */
    enum ia_composer_rank rank;
    struct ia_str counter; /* of the stability: digits and separators */
    bool dev;
};

bool ia_composer_parse(struct ia_str text, struct ia_composer *out);

#endif
