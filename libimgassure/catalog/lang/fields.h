/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of a package while they are gathered. */
#ifndef IA_CATALOG_LANG_FIELDS_H
#define IA_CATALOG_LANG_FIELDS_H

#include "catalog/found.h"

struct ia_fields {
    struct ia_field rows[IA_FOUND_PROPERTIES];
    size_t n;
};

/* An empty value is none; one over the number of rows is dropped. */
static inline void ia_fields_add(struct ia_fields *fields, const char *name, struct ia_str value)
{
    if (value.n && fields->n < IA_FOUND_PROPERTIES)
        fields->rows[fields->n++] = (struct ia_field){ia_str_from(name), value};
}

static inline void ia_fields_flag(struct ia_fields *fields, const char *name, bool is_set)
{
    if (is_set)
        ia_fields_add(fields, name, IA_STR("true"));
}

#endif
