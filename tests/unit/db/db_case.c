/* SPDX-License-Identifier: Apache-2.0 */
#include "db_case.h"

#include "crypto/digest.h"
#include "db/layout.h"

#include <imgassure/findings.h>

#include <stdlib.h>
#include <string.h>

const struct db_case_record db_case_debian[6] = {
    {{"debian", "bookworm", "", "zlib", "CVE-2", "1:1.3-1", "high", ""}, 4, IA_ADVISORY_AFFECTED},
    {{"debian", "bookworm", "", "zlib", "CVE-1", "", "low", "postponed"}, 2, IA_ADVISORY_AFFECTED},
    {{"debian", "trixie", "", "zlib", "CVE-1", "", "", ""}, 0, IA_ADVISORY_NOT_AFFECTED},
    {{"debian", "bookworm", "", "apt", "CVE-1", "", "end-of-life", "end-of-life"}, 0, IA_ADVISORY_WILL_NOT_FIX},
    {{"debian", "bookworm", "", "zlib", "CVE-1", "2", "", ""}, 5, IA_ADVISORY_AFFECTED},
    {{"debian", "sid", "", "b\xc3\xa4r", "TEMP-1", "", "unimportant", ""}, 1, IA_ADVISORY_UNDETERMINED},
};

const struct db_case_record db_case_alpine[3] = {
    {{"alpine", "v3.18", "main", "zlib", "CVE-1", "1.2-r0", "", ""}, 0, IA_ADVISORY_AFFECTED},
    {{"alpine", "v3.18", "community", "zlib", "CVE-1", "1.2-r1", "", ""}, 0, IA_ADVISORY_AFFECTED},
    {{"alpine", "edge", "main", "zlib", "CVE-1", "", "", ""}, 0, IA_ADVISORY_NOT_AFFECTED},
};

static const char sha256[] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

int db_case_add(struct test_env *t, struct ia_db_writer *writer, const struct db_case_record *record)
{
    struct ia_str text[DB_CASE_TEXTS];
    for (size_t i = 0; i < DB_CASE_TEXTS; i++)
        text[i] = ia_str_from(record->text[i]);
    const struct ia_advisory advisory = {text[0], text[1], text[2], text[3],          text[4],
                                         text[5], text[6], text[7], record->severity, record->status};
    struct ia_advisory_sink sink = ia_db_writer_sink(writer);
    return sink.record(sink.user, &t->env, &advisory);
}

int db_case_cover(struct test_env *t, struct ia_db_writer *writer, const char *distro, const char *release)
{
    const struct ia_advisory covered = {.distro = ia_str_from(distro), .release = ia_str_from(release)};
    struct ia_advisory_sink sink = ia_db_writer_sink(writer);
    return sink.covers(sink.user, &t->env, &covered);
}

int db_case_feed(struct test_env *t, struct ia_db_writer *writer, const char *name,
                 const struct db_case_record *records, size_t count)
{
    const struct ia_feed feed = {IMGA_FEED_DEBIAN_TRACKER, name, sha256, 1700000000, 1000 + count, 0, 2};
    int status = ia_db_writer_begin_feed(writer, &t->env);
    for (size_t i = 0; i < count && status == IMGA_OK; i++)
        status = db_case_add(t, writer, &records[i]);
    return status < 0 ? status : ia_db_writer_end_feed(writer, &t->env, &feed);
}

int db_case_finish(struct test_env *t, struct ia_db_writer *writer, struct ia_buf *buf)
{
    struct ia_writer out = test_writer(buf);
    return ia_db_writer_finish(writer, &t->env, &out);
}

int db_case_sample(struct test_env *t, struct ia_buf *buf)
{
    struct ia_db_writer *writer = NULL;
    int status;
    IA_GO(status, ia_db_writer_new(&t->env, &writer));
    IA_GO(status, db_case_feed(t, writer, "debian", db_case_debian, IA_COUNT(db_case_debian)));
    IA_GO(status, db_case_feed(t, writer, "alpine", db_case_alpine, IA_COUNT(db_case_alpine)));
    IA_GO(status, db_case_finish(t, writer, buf));
out:
    ia_db_writer_free(writer);
    return status;
}

static uint8_t *at(struct ia_buf *file, size_t offset)
{
    return (uint8_t *)file->p + offset;
}

void db_case_sign(struct test_env *t, struct ia_buf *file)
{
    struct ia_digest digest;
    uint8_t head[IA_DB_START];
    if (file->n < IA_DB_START)
        return;
    for (size_t i = 0; i < IA_DB_SECTIONS; i++) {
        uint8_t *entry = at(file, IA_DB_HEADER_SIZE + i * IA_DB_ENTRY_SIZE);
        uint64_t offset = ia_load_u64le(entry + 8), size = ia_load_u64le(entry + 16);
        if (offset > file->n || size > file->n - offset)
            continue;
        if (ia_digest_of(&t->env, at(file, offset), size, &digest) == IMGA_OK)
            memcpy(entry + IA_DB_ENTRY_DIGEST, digest.bytes, IA_DB_SHA256);
    }
    memcpy(head, at(file, 0), IA_DB_AT_DIGEST);
    memcpy(head + IA_DB_AT_DIGEST, at(file, IA_DB_HEADER_SIZE), IA_DB_START - IA_DB_HEADER_SIZE);
    if (ia_digest_of(&t->env, head, IA_DB_AT_DIGEST + IA_DB_START - IA_DB_HEADER_SIZE, &digest) == IMGA_OK)
        memcpy(at(file, IA_DB_AT_DIGEST), digest.bytes, IA_DB_SHA256);
}

int db_case_open(struct test_env *t, const struct ia_buf *file, struct ia_db **db, void **copy)
{
    *copy = malloc(file->n ? file->n : 1);
    *db = NULL;
    if (!*copy)
        abort();
    if (file->n)
        memcpy(*copy, file->p, file->n);
    return ia_db_open(&t->env, *copy, file->n, db);
}

static size_t length(const char *text)
{
    return text ? strlen(text) : 0;
}

size_t db_case_walk(const struct ia_db *db)
{
    size_t count, first, sum = length(ia_db_id(db));
    const struct ia_feed *feeds = ia_db_feeds(db, &count);
    struct ia_db_coverage coverage;
    struct ia_db_record record;
    for (size_t i = 0; i < count; i++)
        sum += length(feeds[i].name) + length(feeds[i].sha256);
    for (size_t i = 0; ia_db_coverage(db, i, &coverage); i++)
        sum += length(coverage.distro) + length(coverage.release) + length(coverage.repository);
    for (size_t i = 0; i < ia_db_record_count(db); i++) {
        ia_db_record(db, i, &record);
        sum += length(record.package) + length(record.id) + length(record.fixed_version) + length(record.urgency) +
               length(record.reason) + length(record.release) + length(record.repository);
    }
    for (size_t i = 0; ia_db_coverage(db, i, &coverage); i++)
        for (size_t j = 0; j < ia_db_record_count(db); j++) {
            ia_db_record(db, j, &record);
            sum += ia_db_find(db, ia_str_from(coverage.distro), ia_str_from(coverage.release),
                              ia_str_from(record.package), &first);
        }
    return sum;
}
