/* SPDX-License-Identifier: Apache-2.0 */
/* Identifiers of the SPDX licence list. Case does not matter when they are looked for. */
#ifndef IA_MODEL_LICENSE_IDS_H
#define IA_MODEL_LICENSE_IDS_H

#include "base/str.h"

/* The identifier as the list spells it; NULL when it is none. */
const char *ia_license_id(struct ia_str text);
const char *ia_license_exception(struct ia_str text);
/* What an identifier that is deprecated became, maybe with an exception ("X WITH Y"); NULL when it is not. */
const char *ia_license_successor(struct ia_str id);

/* The whole lists, for tests. */
const char *const *ia_license_ids(size_t *count);
const char *const *ia_license_exceptions(size_t *count);

struct ia_license_pair {
    const char *key; /* in lower case */
    const char *value;
};

/* The value of a key in a table that is sorted by key; NULL when it is not there. */
const char *ia_license_pair(const struct ia_license_pair *table, size_t n, struct ia_str key);

#endif
