/* SPDX-License-Identifier: Apache-2.0 */
/* Our own properties in a CycloneDX document, model/cyclonedx.h: what they say, and that they say all of it. */
#ifndef IA_CATALOG_CYCLONEDX_OWN_H
#define IA_CATALOG_CYCLONEDX_OWN_H

#include "catalog/cyclonedx_component.h"
#include "catalog/properties.h"

struct ia_cyclonedx_own {
    struct ia_inventory *inventory;
    struct ia_properties properties; /* of the package that is being read */
    bool is_ours;                    /* the document says that it is of our schema */
    bool any;                        /* a property of the document that is ours */
    bool misplaced;                  /* a package is not where it should be */
    bool is_stated;                  /* the document says whether it is complete */
    bool complete;
    int32_t last_layer; /* the highest that is named */
    int32_t last_owner;
};

void ia_cyclonedx_own_init(struct ia_cyclonedx_own *own, const struct ia_env *env, struct ia_inventory *inventory);
void ia_cyclonedx_own_free(struct ia_cyclonedx_own *own);

/* A property of the document; other tools' are passed over. E_FORMAT, E_UNSUPPORTED at offset, E_LIMIT. */
int ia_cyclonedx_own_fact(struct ia_cyclonedx_own *own, struct ia_env *env, int64_t offset,
                          const struct ia_cyclonedx_fact *fact);
bool ia_cyclonedx_is_own(const struct ia_cyclonedx_component *component);
/* Adds the package of a component of ours. */
int ia_cyclonedx_own_package(struct ia_cyclonedx_own *own, struct ia_env *env,
                             const struct ia_cyclonedx_component *component);
/* At the end of a document of ours. */
int ia_cyclonedx_own_finish(const struct ia_cyclonedx_own *own, struct ia_env *env);

#endif
