/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inventory document, docs/schema/inventory-1.schema.json: canonical JSON, same inventory, same bytes. Reading is
 * strict about what is known (types, order does not matter) and refuses unknown members and other schema versions.
 */
#ifndef IA_CATALOG_INVENTORY_JSON_H
#define IA_CATALOG_INVENTORY_JSON_H

#include "base/reader.h"
#include "model/inventory.h"

#define IA_INVENTORY_SCHEMA "imgassure-inventory/1"

int ia_inventory_write(struct ia_env *env, const struct ia_inventory *inventory, const struct ia_writer *writer);
/*
 * An inventory document, or a CycloneDX document (catalog/cyclonedx_read.h).
 * inventory is initialised here; on failure it is freed. E_FORMAT with offset, E_UNSUPPORTED. id is not set.
 */
int ia_inventory_read(struct ia_env *env, struct ia_reader *input, struct ia_inventory *inventory);

#endif
