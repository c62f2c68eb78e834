/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads an inventory from a CycloneDX document, JSON, version 1.x. A document of report/cyclonedx.h gives back all but
 * files and executables; what is not exactly as written there is refused. Documents of other tools give the packages
 * that they list, and notes on what is missing in them. docs/cyclonedx.md.
 */
#ifndef IA_CATALOG_CYCLONEDX_READ_H
#define IA_CATALOG_CYCLONEDX_READ_H

#include "model/inventory.h"
#include "syntax/json_read.h"

/*
 * The rest of the document whose brace and first key, a view of json, have been read; up to its end. inventory is
 * empty. E_FORMAT with offset, E_UNSUPPORTED, E_LIMIT: document_bytes, string_bytes, packages, layers, notes,
 * package_files for what one component and those around it list.
 */
int ia_cyclonedx_inventory(struct ia_env *env, struct ia_json *json, struct ia_str first_key,
                           struct ia_inventory *inventory);

#endif
