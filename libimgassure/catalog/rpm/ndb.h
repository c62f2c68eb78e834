/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's own database format ndb, "Packages.db" (rpm's lib/backend/ndb/rpmpkg.c): pages of slots, each of which says
 * where the blob of one package lies, in blocks of 16 bytes. A blob has its package's number at its beginning, and
 * length and Adler-32 at its end.
 */
#ifndef IA_CATALOG_RPM_NDB_H
#define IA_CATALOG_RPM_NDB_H

#include "catalog/rpm/reader.h"

bool ia_rpm_is_ndb(struct ia_str database);
int ia_rpm_read_ndb(struct ia_rpm_reader *reader, struct ia_str database);

#endif
