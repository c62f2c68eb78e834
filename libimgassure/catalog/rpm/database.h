/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's database of installed packages, whichever of its formats: Berkeley DB hash ("Packages"), ndb ("Packages.db"),
 * SQLite ("rpmdb.sqlite") and the text that distroless images carry ("container-manifest-2").
 */
#ifndef IA_CATALOG_RPM_DATABASE_H
#define IA_CATALOG_RPM_DATABASE_H

#include "catalog/record.h"

enum { IA_RPM_WAL = 0, IA_RPM_JOURNAL = 1 }; /* beside an SQLite database: "-wal" counts, "-journal" is only noted */

/*
 * Hands over every package, and keys with the mark kept_apart. What cannot be read is damage, and the rest is read;
 * nothing read and no damage means that the database is empty.
 */
ia_db_read ia_rpm_read;

#endif
