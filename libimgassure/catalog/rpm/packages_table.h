/* SPDX-License-Identifier: Apache-2.0 */
/* rpm's database in SQLite, "rpmdb.sqlite" since 4.16: a table Packages with a header in each row. */
#ifndef IA_CATALOG_RPM_PACKAGES_TABLE_H
#define IA_CATALOG_RPM_PACKAGES_TABLE_H

#include "catalog/rpm/reader.h"

int ia_rpm_read_sqlite(struct ia_rpm_reader *reader, const struct ia_db_source *source);

#endif
