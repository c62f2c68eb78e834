/* SPDX-License-Identifier: Apache-2.0 */
/*
 * .note.package: the JSON by which a distribution says of which package an ELF file is a part ("Package Metadata for
 * Executable Files", uapi-group.org and systemd.io/ELF_PACKAGE_METADATA).
 */
#ifndef IA_CATALOG_BINARY_PACKAGE_NOTE_H
#define IA_CATALOG_BINARY_PACKAGE_NOTE_H

#include "catalog/binary/examined.h"

/* Reports the package; what is malformed is noted. */
int ia_package_note(struct ia_examined *x, struct ia_extent json);

#endif
