/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Collects the records of feeds for a new database. A feed that is given up leaves no row behind; its texts stay in
 * memory until the writer is freed, and never reach the file. Limit: db_records, for records and for coverage.
 */
#include "db/db.h"

#include "db/rows.h"

#include <imgassure/findings.h>

#include <string.h>

static size_t row_limit(const struct ia_env *env)
{
    return env->limits->db_records > UINT32_MAX ? UINT32_MAX : (size_t)env->limits->db_records;
}

int ia_db_writer_new(struct ia_env *env, struct ia_db_writer **out)
{
    struct ia_db_writer *writer = ia_new(&env->alloc, sizeof(*writer));
    if (!writer)
        return ia_fail_nomem(env);
    writer->alloc = env->alloc;
    ia_vec_init(&writer->rows, &env->alloc, sizeof(struct ia_db_row), row_limit(env));
    ia_vec_init(&writer->coverage, &env->alloc, sizeof(struct ia_db_cover), row_limit(env));
    ia_vec_init(&writer->feeds, &env->alloc, sizeof(struct ia_db_feed_row), UINT32_MAX);
    ia_arena_init(&writer->feed_arena, &env->alloc);
    ia_map_init(&writer->feed_covers, &env->alloc, env->seed);
    int status = ia_db_texts_init(env, &writer->texts);
    if (status < 0)
        ia_db_writer_free(writer);
    else
        *out = writer;
    return status;
}

void ia_db_writer_free(struct ia_db_writer *writer)
{
    if (!writer)
        return;
    struct ia_alloc alloc = writer->alloc;
    ia_map_free(&writer->feed_covers);
    ia_arena_free(&writer->feed_arena);
    ia_vec_free(&writer->feeds);
    ia_vec_free(&writer->coverage);
    ia_vec_free(&writer->rows);
    ia_db_texts_free(&writer->texts);
    ia_free(&alloc, writer);
}

int ia_db_writer_begin_feed(struct ia_db_writer *writer, struct ia_env *env)
{
    if (writer->state != IA_DB_BETWEEN)
        return ia_fail(env, IMGA_E_INVALID, -1, "a feed is being read already, or the database is written");
    writer->state = IA_DB_IN_FEED;
    writer->first_row = writer->rows.n;
    writer->first_cover = writer->coverage.n;
    return IMGA_OK;
}

static int add_cover(struct ia_db_writer *writer, struct ia_env *env, const uint32_t text[3], uint64_t *index)
{
    struct ia_db_cover cover = {.feed = (uint32_t)writer->feeds.n};
    uint32_t *key = ia_arena_new_array(&writer->feed_arena, 3, sizeof(*key));
    if (!key)
        return ia_fail_nomem(env);
    memcpy(key, text, sizeof(cover.text));
    memcpy(cover.text, text, sizeof(cover.text));
    *index = writer->coverage.n;
    IA_TRY(ia_described(env, ia_vec_push(&writer->coverage, &cover), "db_records", env->limits->db_records));
    if (ia_map_put(&writer->feed_covers, (struct ia_str){(const char *)key, sizeof(cover.text)}, *index) < 0)
        return ia_fail_nomem(env);
    return IMGA_OK;
}

/* Finds or adds the coverage of a release by the feed being read, and counts records to it. */
static int cover(struct ia_db_writer *writer, struct ia_env *env, const uint32_t text[3], uint64_t records)
{
    uint64_t index;
    if (!ia_map_get(&writer->feed_covers, (struct ia_str){(const char *)text, 3 * sizeof(*text)}, &index))
        IA_TRY(add_cover(writer, env, text, &index));
    ((struct ia_db_cover *)ia_vec_at(&writer->coverage, (size_t)index))->records += records;
    return IMGA_OK;
}

static int check_record(struct ia_env *env, const struct ia_advisory *advisory)
{
    if (advisory->distro.n == 0 || advisory->release.n == 0 || advisory->package.n == 0 || advisory->id.n == 0)
        return ia_fail(env, IMGA_E_INVALID, -1, "a record without distribution, release, package or identifier");
    if (advisory->status < IA_ADVISORY_AFFECTED || advisory->status > IA_ADVISORY_UNDETERMINED ||
        advisory->severity < IMGA_SEVERITY_UNKNOWN || advisory->severity > IMGA_SEVERITY_CRITICAL)
        return ia_fail(env, IMGA_E_INVALID, -1, "a record with an unknown status or severity");
    return IMGA_OK;
}

static int add_record(void *user, struct ia_env *env, const struct ia_advisory *advisory)
{
    struct ia_db_writer *writer = user;
    const struct ia_str texts[IA_TEXTS] = {
        [IA_TEXT_DISTRO] = advisory->distro,         [IA_TEXT_RELEASE] = advisory->release,
        [IA_TEXT_PACKAGE] = advisory->package,       [IA_TEXT_ID] = advisory->id,
        [IA_TEXT_REPOSITORY] = advisory->repository, [IA_TEXT_FIXED] = advisory->fixed_version,
        [IA_TEXT_URGENCY] = advisory->urgency,       [IA_TEXT_REASON] = advisory->reason,
    };
    struct ia_db_row row = {.feed = (uint32_t)writer->feeds.n};
    if (writer->state != IA_DB_IN_FEED)
        return ia_fail(env, IMGA_E_INVALID, -1, "a record outside of a feed");
    IA_TRY(check_record(env, advisory));
    row.status = (uint8_t)advisory->status;
    row.severity = (uint8_t)advisory->severity;
    for (size_t i = 0; i < IA_TEXTS; i++)
        IA_TRY(ia_db_texts_add(&writer->texts, env, texts[i], &row.text[i]));
    IA_TRY(ia_described(env, ia_vec_push(&writer->rows, &row), "db_records", env->limits->db_records));
    const uint32_t where[3] = {row.text[IA_TEXT_DISTRO], row.text[IA_TEXT_RELEASE], row.text[IA_TEXT_REPOSITORY]};
    return cover(writer, env, where, 1);
}

static int add_coverage(void *user, struct ia_env *env, const struct ia_advisory *release)
{
    struct ia_db_writer *writer = user;
    uint32_t where[3];
    if (writer->state != IA_DB_IN_FEED)
        return ia_fail(env, IMGA_E_INVALID, -1, "coverage outside of a feed");
    if (release->distro.n == 0 || release->release.n == 0)
        return ia_fail(env, IMGA_E_INVALID, -1, "coverage without distribution or release");
    IA_TRY(ia_db_texts_add(&writer->texts, env, release->distro, &where[0]));
    IA_TRY(ia_db_texts_add(&writer->texts, env, release->release, &where[1]));
    IA_TRY(ia_db_texts_add(&writer->texts, env, release->repository, &where[2]));
    return cover(writer, env, where, 0);
}

struct ia_advisory_sink ia_db_writer_sink(struct ia_db_writer *writer)
{
    return (struct ia_advisory_sink){add_record, add_coverage, writer};
}

/* records is what the writer took, whatever the caller counted. */
static int keep_feed(struct ia_db_writer *writer, struct ia_env *env, const struct ia_feed *feed)
{
    struct ia_db_feed_row row = {.facts = *feed};
    IA_TRY(ia_db_texts_add(&writer->texts, env, ia_str_from(feed->name), &row.name));
    IA_TRY(ia_db_texts_add(&writer->texts, env, ia_str_from(feed->sha256), &row.sha256));
    row.facts.records = writer->rows.n - writer->first_row;
    return ia_described(env, ia_vec_push(&writer->feeds, &row), "feeds of a database", UINT32_MAX);
}

int ia_db_writer_end_feed(struct ia_db_writer *writer, struct ia_env *env, const struct ia_feed *feed)
{
    if (writer->state != IA_DB_IN_FEED)
        return ia_fail(env, IMGA_E_INVALID, -1, "no feed is being read");
    if (feed) {
        IA_TRY(keep_feed(writer, env, feed));
    } else {
        writer->rows.n = writer->first_row;
        writer->coverage.n = writer->first_cover;
    }
    ia_map_free(&writer->feed_covers);
    ia_arena_free(&writer->feed_arena);
    writer->state = IA_DB_BETWEEN;
    return IMGA_OK;
}
