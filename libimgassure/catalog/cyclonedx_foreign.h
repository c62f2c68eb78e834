/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX documents of other tools: what their components are as packages of an inventory. Identity is the purl's:
 * type, name, version, architecture, and the source package where a tool tells it (the qualifier "upstream" of syft,
 * properties of trivy). What cannot be understood, or would mislead matching, is a note that makes the inventory
 * incomplete.
 */
#ifndef IA_CATALOG_CYCLONEDX_FOREIGN_H
#define IA_CATALOG_CYCLONEDX_FOREIGN_H

#include "base/buf.h"
#include "catalog/cyclonedx_component.h"
#include "catalog/properties.h"

struct ia_cyclonedx_foreign {
    struct ia_inventory *inventory;
    struct ia_properties properties; /* of the package that is being read */
    struct ia_buf storage;           /* of its purl */
    struct ia_buf text;              /* one that is made of others */
    struct ia_image_facts image;
    struct ia_distro distro;
    const char *named_by;    /* the "distro" of the first purl that has one; NULL: none yet */
    const char *named_space; /* its namespace */
    bool is_incomplete;      /* by the document's own words; set from outside */
    size_t components;       /* other than the system and the subject */
    size_t system_packages;  /* of types whose advisories speak of source packages */
    size_t sourced;          /* of these, with the name of their source */
};

void ia_cyclonedx_foreign_init(struct ia_cyclonedx_foreign *foreign, const struct ia_env *env,
                               struct ia_inventory *inventory);
void ia_cyclonedx_foreign_free(struct ia_cyclonedx_foreign *foreign);
/* A component at its end: the subject of the document, the system, a package, or nothing of an inventory. */
int ia_cyclonedx_foreign_take(struct ia_cyclonedx_foreign *foreign, struct ia_env *env,
                              const struct ia_cyclonedx_component *component);
/* At the end of a document of another tool. */
int ia_cyclonedx_foreign_finish(struct ia_cyclonedx_foreign *foreign, struct ia_env *env);

#endif
