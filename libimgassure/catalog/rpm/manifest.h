/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text that images without rpm carry in place of its database (CBL-Mariner, "container-manifest-2"): a line a
 * package, its values parted by tabs; "(none)" for what is absent.
 */
#ifndef IA_CATALOG_RPM_MANIFEST_H
#define IA_CATALOG_RPM_MANIFEST_H

#include "catalog/rpm/reader.h"

bool ia_rpm_is_manifest(struct ia_str text);
int ia_rpm_read_manifest(struct ia_rpm_reader *reader, struct ia_str text);

#endif
