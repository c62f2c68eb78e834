/* SPDX-License-Identifier: Apache-2.0 */
/* What the forms of SPDX have in common. */
#ifndef IA_CATALOG_SBOM_SPDX_H
#define IA_CATALOG_SBOM_SPDX_H

#include "catalog/sbom/sbom.h"

/* Empty for "NOASSERTION" and "NONE". */
struct ia_str ia_spdx_value(struct ia_str value);
/* The name of "Organization: NAME (MAIL)". */
struct ia_str ia_spdx_agent(struct ia_str value);
bool ia_spdx_is_package(struct ia_str purpose);
/* Takes a reference into the entry when it is a purl or a CPE. */
void ia_spdx_refer(struct ia_sbom_entry *entry, struct ia_str locator);

#endif
