/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The advisory database: one immutable little-endian file, docs/db-format.md. The reader verifies checksum, sections
 * and every offset once at opening, and then reads in place.
 */
#ifndef IA_DB_DB_H
#define IA_DB_DB_H

#include "base/reader.h"
#include "model/advisory.h"
#include "model/finding.h"

struct ia_db_writer;
struct ia_db;

int ia_db_writer_new(struct ia_env *env, struct ia_db_writer **out);
void ia_db_writer_free(struct ia_db_writer *writer); /* NULL is fine */
/* Starts a feed; records and coverage that follow belong to it until ia_db_writer_end_feed(). */
int ia_db_writer_begin_feed(struct ia_db_writer *writer, struct ia_env *env);
/* A sink for ia_feed_read(). */
struct ia_advisory_sink ia_db_writer_sink(struct ia_db_writer *writer);
/* Keeps the feed (strings are copied), or with NULL drops everything since begin_feed: as if it had never been. */
int ia_db_writer_end_feed(struct ia_db_writer *writer, struct ia_env *env, const struct ia_feed *feed);
int ia_db_writer_finish(struct ia_db_writer *writer, struct ia_env *env, const struct ia_writer *out);

/* data is aligned to 8 and outlives the database. E_FORMAT, E_TRUNCATED, E_CHECKSUM with section and offset. */
int ia_db_open(struct ia_env *env, const void *data, size_t size, struct ia_db **out);
void ia_db_close(struct ia_db *db); /* NULL is fine */

const char *ia_db_id(const struct ia_db *db);
uint64_t ia_db_record_count(const struct ia_db *db);
const struct ia_feed *ia_db_feeds(const struct ia_db *db, size_t *count);

struct ia_db_coverage {
    const char *distro, *release, *repository;
    uint32_t feed;
    uint64_t records;
};
size_t ia_db_coverage_count(const struct ia_db *db);
bool ia_db_coverage(const struct ia_db *db, size_t index, struct ia_db_coverage *out);
bool ia_db_covers(const struct ia_db *db, struct ia_str distro, struct ia_str release);

/* One record; strings are borrowed from the database. */
struct ia_db_record {
    const char *package, *id, *fixed_version, *urgency, *reason, *release, *repository;
    int32_t severity;
    enum ia_advisory_status status;
    uint32_t feed;
};
/* The records of (distro, release, package): count, and *first to be passed to ia_db_record(). Ordered by id. */
size_t ia_db_find(const struct ia_db *db, struct ia_str distro, struct ia_str release, struct ia_str package,
                  size_t *first);
void ia_db_record(const struct ia_db *db, size_t index, struct ia_db_record *out); /* index must be valid */

#endif
