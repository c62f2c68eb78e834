/* SPDX-License-Identifier: Apache-2.0 */
/* A feed on its whole way: read into a database, which then must open and hold what was counted. */
#ifndef FUZZ_FEED_H
#define FUZZ_FEED_H

#include "fuzz.h"

#include "advisory/feed.h"
#include "base/buf.h"
#include "db/db.h"

#include <stdlib.h>
#include <string.h>

static inline int fuzz_feed_write(void *user, const void *data, size_t size)
{
    return ia_buf_add(user, data, size);
}

/* Opens the file and looks every record up. */
static inline void fuzz_feed_open(struct fuzz_env *f, const struct ia_buf *file, const struct ia_feed_reading *reading)
{
    struct ia_db *db = NULL;
    struct ia_db_record record;
    struct ia_db_coverage coverage;
    uint64_t covered = 0;
    fuzz_check(ia_db_open(&f->env, file->p, file->n, &db) == IMGA_OK, "what is written opens");
    fuzz_check(ia_db_record_count(db) == reading->records, "every record arrives");
    for (size_t i = 0; i < ia_db_record_count(db); i++) {
        ia_db_record(db, i, &record);
        fuzz_check(record.id[0] && record.package[0] && record.release[0], "records have names");
    }
    for (size_t i = 0; ia_db_coverage(db, i, &coverage); i++) {
        covered += coverage.records;
        fuzz_check(ia_db_covers(db, ia_str_from(coverage.distro), ia_str_from(coverage.release)), "coverage is found");
    }
    fuzz_check(covered == reading->records, "every record is covered");
    ia_db_close(db);
}

static inline int fuzz_feed(const uint8_t *data, size_t size, int32_t format)
{
    struct fuzz_env f;
    struct ia_db_writer *writer = NULL;
    struct ia_reader *reader = NULL;
    struct ia_feed_reading reading = {.format = format};
    struct ia_buf file;
    fuzz_env_open(&f);
    f.limits.db_records = 100000;
    ia_buf_init(&file, &f.env.alloc, SIZE_MAX);
    fuzz_check(ia_db_writer_new(&f.env, &writer) == IMGA_OK, "a writer");
    fuzz_check(ia_reader_memory(&f.env, data, size, &reader) == IMGA_OK, "a reader");
    fuzz_check(ia_db_writer_begin_feed(writer, &f.env) == IMGA_OK, "a feed begins");
    struct ia_advisory_sink sink = ia_db_writer_sink(writer);
    int status = ia_feed_read(&f.env, IA_STR("fuzz"), reader, &sink, &reading);
    const struct ia_feed feed = {reading.format, "fuzz", "", 0, size, reading.records, reading.skipped};
    ia_error_clear(&f.env);
    fuzz_check(ia_db_writer_end_feed(writer, &f.env, status < 0 ? NULL : &feed) == IMGA_OK, "a feed ends");
    if (status < 0)
        reading.records = 0;
    const struct ia_writer out = {fuzz_feed_write, &file};
    fuzz_check(ia_db_writer_finish(writer, &f.env, &out) == IMGA_OK, "the database is written");
    fuzz_check(reading.skipped == 0 || ia_notes_count(&f.notes) > 0, "skipped records are noted");
    fuzz_feed_open(&f, &file, &reading);
    ia_buf_free(&file);
    ia_db_writer_free(writer);
    ia_reader_close(reader);
    fuzz_env_close(&f);
    return 0;
}

#endif
