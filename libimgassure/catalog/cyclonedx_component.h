/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a component of a CycloneDX document while it is read. Strings are of the inventory's pool. */
#ifndef IA_CATALOG_CYCLONEDX_COMPONENT_H
#define IA_CATALOG_CYCLONEDX_COMPONENT_H

#include "model/inventory.h"

enum ia_cyclonedx_kind { IA_CYCLONEDX_PROPERTY, IA_CYCLONEDX_LICENSE, IA_CYCLONEDX_EXPRESSION };

/* One of a list. */
struct ia_cyclonedx_fact {
    enum ia_cyclonedx_kind kind;
    const char *name;  /* of a property; "" otherwise */
    const char *value; /* id or name of a licence */
};

struct ia_cyclonedx_component {
    int64_t offset; /* in the document */
    bool is_subject;
    /* NULL when absent */
    const char *ref;
    const char *type;
    const char *group;
    const char *name;
    const char *version;
    const char *purl;
    const char *cpe;
    const char *publisher;
    const char *supplier;
    const char *author;
    const char *location; /* the first occurrence */
    const char *inside;   /* additional context there */
    size_t first_fact;
    const struct ia_cyclonedx_fact *facts; /* set at its end */
    size_t fact_count;
};

#endif
