/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's database in SQLite, "rpmdb.sqlite" since 4.16: a table Packages with a header in each row. The only file that
 * knows SQLite. The database is opened from memory and for reading only; its schema is not trusted: one plain table is
 * read in its own order, and nothing else of the schema may run. Rows, bytes and steps are bounded by the file's size.
 */
#ifndef IA_CATALOG_RPM_SQLITE_H
#define IA_CATALOG_RPM_SQLITE_H

#include "catalog/rpm/database.h"
#include "catalog/rpm/reader.h"

bool ia_rpm_is_sqlite(const struct ia_db_source *source);
int ia_rpm_read_sqlite(struct ia_rpm_reader *reader, const struct ia_db_source *source);

#endif
