/* SPDX-License-Identifier: Apache-2.0 */
/* Databases that SQLite writes for the tests: in memory, or in a folder of their own with a log beside them. */
#ifndef MADE_SQLITE_H
#define MADE_SQLITE_H

#include "base/str.h"

struct sqlite3;

void made_run(struct sqlite3 *db, const char *statements); /* NULL: none */

struct sqlite3 *made_in_memory(int page_size);
struct ia_str made_closed(struct sqlite3 *db); /* what it is then, malloc'ed */

/* What is written stays in the log until it is checkpointed. */
struct made_logged {
    struct sqlite3 *db;
    char folder[32], path[64], wal[64], shared[64];
};

void made_logged_open(struct made_logged *logged, int page_size);
/* Database and log as they are, malloc'ed; closes and removes them. */
void made_logged_take(struct made_logged *logged, struct ia_str *database, struct ia_str *wal);

#endif
