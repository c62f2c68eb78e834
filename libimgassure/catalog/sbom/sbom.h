/* SPDX-License-Identifier: Apache-2.0 */
/* Documents in an image that list what is in it. They are believed as far as they go: each package says "sbom". */
#ifndef IA_CATALOG_SBOM_SBOM_H
#define IA_CATALOG_SBOM_SBOM_H

#include "catalog/analyser.h"

extern const struct ia_analyser ia_sbom_analyser;

/* What a document says of one package; empty when absent. */
struct ia_sbom_entry {
    struct ia_str purl, cpe;
    struct ia_str group, name, version;
    struct ia_str license, supplier;
    const char *how; /* "cyclonedx", "spdx" */
};

/* Type, name and version are those of the purl, if it is one; else the entry's. A note when there is no name. */
int ia_sbom_add(const struct ia_sbom_entry *entry, int64_t offset, struct ia_env *env, struct ia_found *found);

/* Each reads a whole document; damage is a note. */
int ia_cyclonedx_read(struct ia_str document, struct ia_env *env, struct ia_found *found);
int ia_spdx_read(struct ia_str document, struct ia_env *env, struct ia_found *found);
int ia_spdx_graph_read(struct ia_str document, struct ia_env *env, struct ia_found *found);
int ia_spdx_tags_read(struct ia_str document, struct ia_env *env, struct ia_found *found);

#endif
