/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables of an SQLite database that nobody trusts. sqlite.c is the only file that knows SQLite. The database is opened
 * from memory and for reading only; its schema is not trusted: stored columns of plain tables are read in each
 * table's own order, and nothing else of the schema may run. Rows, bytes and steps are bounded by the file's size. What
 * SQLite reports about the file is damage, never a failure.
 */
#ifndef IA_CATALOG_RPM_SQLITE_H
#define IA_CATALOG_RPM_SQLITE_H

#include "base/buf.h"
#include "catalog/rpm/database.h"

enum { IA_SQLITE_COLUMNS = 6 };

/* A table and what is read of it. Words of the code, never of the input. */
struct ia_sqlite_table {
    const char *name;
    const char *columns[IA_SQLITE_COLUMNS + 1]; /* NULL-ended */
};

enum ia_sqlite_type { IA_SQLITE_OTHER = 0, IA_SQLITE_NULL, IA_SQLITE_NUMBER, IA_SQLITE_TEXT, IA_SQLITE_BLOB };

struct ia_sqlite_value {
    enum ia_sqlite_type type;
    int64_t number;      /* IA_SQLITE_NUMBER */
    struct ia_str bytes; /* IA_SQLITE_TEXT in UTF-8, IA_SQLITE_BLOB */
};

/* Takes the columns of a row, which are valid during the call; a result < 0 ends the reading. */
typedef int ia_take_row(void *user, struct ia_env *env, const struct ia_sqlite_value *values);

struct sqlite3;

struct ia_sqlite {
    struct ia_env *env;
    struct ia_damage *damage;
    struct sqlite3 *connection;
    struct ia_buf image;                 /* the database with its log in place; empty: the source's own bytes */
    uint64_t size;                       /* of the database */
    uint64_t steps;                      /* left for the statement at hand */
    const struct ia_sqlite_table *table; /* that may be read; NULL: none but the schema */
    bool is_behind;                      /* the log changes the database */
};

/* By the first bytes of the database or of its log. */
bool ia_sqlite_is(const struct ia_db_source *source);
/*
 * The source with its log; it has to outlive db, which is to be closed whatever the result. A log that cannot be read
 * and a hot journal are damage. IMGA_OK or a described IMGA_E_NOMEM or _CANCELLED; so are those below.
 */
int ia_sqlite_open(struct ia_sqlite *db, struct ia_env *env, const struct ia_db_source *source,
                   struct ia_damage *damage);
void ia_sqlite_close(struct ia_sqlite *db);

/* 1 when there is a plain table of this name, else 0, or < 0. */
int ia_sqlite_has(struct ia_sqlite *db, const char *name);
/*
 * Hands over each row; a table that is not there, or no plain one, is damage, and so is a computed column. IMGA_OK, or
 * what take returned.
 */
int ia_sqlite_read(struct ia_sqlite *db, const struct ia_sqlite_table *table, ia_take_row *take, void *user);

#endif
