/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file database.h
 * Advisory feeds compiled into one immutable file (docs/db-format.md).
 *
 * Same feeds in the same order, same bytes. Opening verifies the whole file once; it is then read in place.
 *
 * Threads: a database is immutable and may be shared between threads; a writer belongs to one thread.
 */
#ifndef IMGASSURE_DATABASE_H
#define IMGASSURE_DATABASE_H

#include <imgassure/source.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An opened database. Immutable, atomically reference counted. */
typedef struct imga_database imga_database;
/** Collects feeds for a new database. */
typedef struct imga_database_writer imga_database_writer;

/** Feed formats. */
enum {
    IMGA_FEED_DEBIAN_TRACKER = 1, /**< Debian security tracker, data/json */
    IMGA_FEED_ALPINE_SECDB = 2    /**< Alpine secdb, one branch and repository */
};

/** A feed to add. Set struct_size. */
typedef struct imga_feed_options {
    uint32_t struct_size;
    int32_t format;   /**< IMGA_FEED_*, or 0 to tell by content */
    const char *name; /**< how the feed is called in findings, for example "debian-tracker"; not NULL, not "" */
    int64_t as_of;    /**< when the feed was current, seconds since 1970-01-01 UTC; 0 when unknown */
} imga_feed_options;

/** One feed of a database. Strings are borrowed and never NULL. */
typedef struct imga_feed_row {
    uint32_t struct_size;
    int32_t format;     /**< IMGA_FEED_* */
    const char *name;
    const char *sha256; /**< hex SHA-256 of the feed's bytes */
    int64_t as_of;      /**< seconds since 1970-01-01 UTC; 0 when unknown */
    uint64_t size;      /**< bytes of the feed */
    uint64_t records;   /**< records taken from it */
    uint64_t skipped;   /**< malformed records that were skipped and noted */
} imga_feed_row;

/** One distribution release that a feed covers. Strings are borrowed and never NULL. */
typedef struct imga_coverage_row {
    uint32_t struct_size;
    uint32_t feed;        /**< index of the feed */
    const char *distro;   /**< "debian", "alpine" */
    const char *release;  /**< "bookworm", "v3.18" */
    const char *repository; /**< "main"; "" when the feed covers the whole release */
    uint64_t records;
} imga_coverage_row;

/**
 * Starts a new database.
 *
 * @param context the context; the writer takes a reference.
 * @param out receives the writer, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM.
 * Since: 0.1
 */
IMGA_API int imga_database_writer_new(imga_context *context, imga_database_writer **out, imga_error **error);

/**
 * Reads a feed. A malformed record is skipped, counted and noted; a malformed document fails the call and leaves the
 * writer as it was before.
 *
 * @param writer the writer.
 * @param options format, name and date of the feed.
 * @param source the feed's bytes, uncompressed.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM, IMGA_E_IO, IMGA_E_CANCELLED, IMGA_E_LIMIT, IMGA_E_FORMAT,
 *         IMGA_E_TRUNCATED, IMGA_E_UNSUPPORTED.
 * Since: 0.1
 */
IMGA_API int imga_database_writer_add(imga_database_writer *writer, const imga_feed_options *options,
                                      imga_source *source, imga_error **error);

/**
 * Writes the database. The writer can only be freed afterwards. Write to a temporary name and rename: the file of a
 * database that is open must never change in place.
 *
 * @param writer the writer.
 * @param write receives the bytes, in order.
 * @param user handed to write.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM, IMGA_E_IO, IMGA_E_CANCELLED, IMGA_E_LIMIT.
 * Since: 0.1
 */
IMGA_API int imga_database_writer_finish(imga_database_writer *writer, imga_write_fn write, void *user,
                                         imga_error **error);

/**
 * Number of notes on the feeds read so far.
 *
 * @param writer the writer; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_database_writer_note_count(const imga_database_writer *writer);

/**
 * Fills rows of notes on the feeds read so far. The strings live until the next call on the writer.
 *
 * @param writer the writer.
 * @param first index of the first note.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_database_writer_notes(const imga_database_writer *writer, size_t first, imga_note_row *rows,
                                            size_t count);

/**
 * Frees a writer, finished or not.
 *
 * @param writer the writer, or NULL.
 * @return NULL.
 * Since: 0.1
 */
IMGA_API imga_database_writer *imga_database_writer_free(imga_database_writer *writer);

/**
 * Opens a database file: maps it, verifies checksum and every offset.
 *
 * @param context the context.
 * @param path the file; it must not be changed in place while it is open.
 * @param out receives the database, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM, IMGA_E_IO, IMGA_E_NOT_FOUND, IMGA_E_FORMAT, IMGA_E_TRUNCATED,
 *         IMGA_E_CHECKSUM, IMGA_E_UNSUPPORTED (written by a newer format version).
 * Since: 0.1
 */
IMGA_API int imga_database_open(imga_context *context, const char *path, imga_database **out, imga_error **error);

/**
 * Opens a database that is in memory; nothing is copied.
 *
 * @param context the context.
 * @param data the bytes, aligned to 8; must stay valid and unchanged as long as the database.
 * @param size number of bytes.
 * @param out receives the database, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return as imga_database_open().
 * Since: 0.1
 */
IMGA_API int imga_database_open_memory(imga_context *context, const void *data, size_t size, imga_database **out,
                                       imga_error **error);

/**
 * Takes one more reference.
 *
 * @param database the database, or NULL.
 * @return the same database.
 * Since: 0.1
 */
IMGA_API imga_database *imga_database_ref(imga_database *database);

/**
 * Drops a reference.
 *
 * @param database the database, or NULL.
 * @return NULL.
 * Since: 0.1
 */
IMGA_API imga_database *imga_database_unref(imga_database *database);

/**
 * Identity: "sha256:" and the hex SHA-256 of the file's content as its header records it.
 *
 * @param database the database; NULL gives "".
 * @return borrowed, never NULL.
 * Since: 0.1
 */
IMGA_API const char *imga_database_id(const imga_database *database);

/**
 * Number of advisory records.
 *
 * @param database the database; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API uint64_t imga_database_record_count(const imga_database *database);

/**
 * Number of feeds.
 *
 * @param database the database; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_database_feed_count(const imga_database *database);

/**
 * Fills rows of feeds, in the order they were added.
 *
 * @param database the database.
 * @param first index of the first feed.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_database_feeds(const imga_database *database, size_t first, imga_feed_row *rows, size_t count);

/**
 * Number of covered releases.
 *
 * @param database the database; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_database_coverage_count(const imga_database *database);

/**
 * Fills rows of covered releases, ordered by distribution, release, repository, feed.
 *
 * @param database the database.
 * @param first index of the first row.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_database_coverage(const imga_database *database, size_t first, imga_coverage_row *rows,
                                        size_t count);

#ifdef __cplusplus
}
#endif
#endif
