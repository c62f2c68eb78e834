/* SPDX-License-Identifier: Apache-2.0 */
/* Databases in memory: made from rows, read back, damaged and signed again. */
#ifndef DB_CASE_H
#define DB_CASE_H

#include "db/db.h"
#include "support.h"

enum { DB_CASE_TEXTS = 8 };

/* distribution, release, repository, package, identifier, fixed version, urgency, reason; NULL: empty */
struct db_case_record {
    const char *text[DB_CASE_TEXTS];
    int32_t severity;
    enum ia_advisory_status status;
};

/* Adds one record to the feed being read; a status. */
int db_case_add(struct test_env *t, struct ia_db_writer *writer, const struct db_case_record *record);
int db_case_cover(struct test_env *t, struct ia_db_writer *writer, const char *distro, const char *release);
/* Adds a whole feed named name. */
int db_case_feed(struct test_env *t, struct ia_db_writer *writer, const char *name,
                 const struct db_case_record *records, size_t count);
/* Writes the database into buf; a status. */
int db_case_finish(struct test_env *t, struct ia_db_writer *writer, struct ia_buf *buf);

/* A database of two feeds that has every kind of row. */
int db_case_sample(struct test_env *t, struct ia_buf *buf);
extern const struct db_case_record db_case_debian[6];
extern const struct db_case_record db_case_alpine[3];

/* Makes all digests right again. */
void db_case_sign(struct test_env *t, struct ia_buf *file);
/* Opens a copy of exact size, aligned; *copy is freed by the caller after the database is closed. */
int db_case_open(struct test_env *t, const struct ia_buf *file, struct ia_db **db, void **copy);
/* Touches every byte that a reader can reach. */
size_t db_case_walk(const struct ia_db *db);

#endif
