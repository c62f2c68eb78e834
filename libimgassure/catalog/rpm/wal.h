/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite's write-ahead log (sqlite.org/fileformat2.html section 4): pages of transactions that are not yet in the
 * database. Those that were committed count, up to the first frame whose salt or checksum does not fit.
 */
#ifndef IA_CATALOG_RPM_WAL_H
#define IA_CATALOG_RPM_WAL_H

#include "base/buf.h"
#include "base/cursor.h"
#include "base/env.h"

struct ia_wal {
    struct ia_cursor frames; /* the committed ones */
    uint32_t page_size;
    uint32_t pages; /* of the database after the last commit */
};

/* False when there is no committed frame. */
bool ia_wal_open(struct ia_str wal, struct ia_wal *out);
/*
 * Makes the database as it is with the log in image. *changed: a page differs from the database's own. IMGA_OK,
 * IMGA_E_FORMAT without description when log and database do not fit, or a described IMGA_E_NOMEM or _CANCELLED.
 */
int ia_wal_apply(const struct ia_wal *wal, struct ia_env *env, struct ia_str database, struct ia_buf *image,
                 bool *changed);

#endif
