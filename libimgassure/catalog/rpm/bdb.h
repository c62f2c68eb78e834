/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Berkeley DB files with the access method hash, as rpm wrote them until 4.16 (page layouts: db_page.h of Berkeley DB
 * 4 and 5). Own and bounded: every page is visited at most once as what it is, whatever the links between them say.
 * Not read: encrypted files, pages with checksums, other access methods.
 */
#ifndef IA_CATALOG_RPM_BDB_H
#define IA_CATALOG_RPM_BDB_H

#include "catalog/rpm/reader.h"

bool ia_rpm_is_bdb(struct ia_str database);
int ia_rpm_read_bdb(struct ia_rpm_reader *reader, struct ia_str database);

#endif
