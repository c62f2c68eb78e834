/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens a database file, docs/db-format.md: header, directory and digests here, the content of the sections in
 * verify.c. The layout is canonical, sections follow each other with at most seven zero bytes between them, so nothing
 * can overlap or hide. Memory: one row per feed.
 */
#include "db/open.h"

#include <string.h>

static int format_fails(struct ia_env *env, uint64_t offset, const char *what)
{
    return ia_fail(env, IMGA_E_FORMAT, (int64_t)offset, "database: %s", what);
}

static int check_header(const struct ia_db *db, struct ia_env *env)
{
    struct ia_cursor magic;
    if (!ia_cursor_sub(&db->file, 0, IA_DB_MAGIC_SIZE, &magic))
        return ia_fail(env, IMGA_E_TRUNCATED, (int64_t)db->file.n, "database: the file ends in the header");
    if (memcmp(magic.p, ia_db_magic, IA_DB_MAGIC_SIZE) != 0)
        return format_fails(env, 0, "this is not an advisory database");
    if (db->file.n < IA_DB_START)
        return ia_fail(env, IMGA_E_TRUNCATED, (int64_t)db->file.n, "database: the file ends in header or directory");
    if (ia_db_u32(db->file, 8) != IA_DB_VERSION)
        return ia_fail(env, IMGA_E_UNSUPPORTED, 8, "database: format version %u is not supported, only %d is",
                       (unsigned)ia_db_u32(db->file, 8), IA_DB_VERSION);
    if (ia_db_u64(db->file, 16) > db->file.n)
        return ia_fail(env, IMGA_E_TRUNCATED, (int64_t)db->file.n, "database: the file ends early");
    if (ia_db_u64(db->file, 16) < db->file.n)
        return format_fails(env, ia_db_u64(db->file, 16), "bytes after the end");
    return IMGA_OK;
}

/* Hashes the header before its digest, and the directory. */
static int head_digest(const struct ia_db *db, struct ia_env *env, struct ia_digest *digest)
{
    struct ia_cursor header, directory;
    struct ia_hash *hash = NULL;
    int status;
    if (!ia_cursor_sub(&db->file, 0, IA_DB_AT_DIGEST, &header) ||
        !ia_cursor_sub(&db->file, IA_DB_HEADER_SIZE, IA_DB_START - IA_DB_HEADER_SIZE, &directory))
        return format_fails(env, 0, "too short");
    IA_GO(status, ia_hash_new(env, IA_DIGEST_SHA256, &hash));
    IA_GO(status, ia_hash_update(hash, env, header.p, header.n));
    IA_GO(status, ia_hash_update(hash, env, directory.p, directory.n));
    IA_GO(status, ia_hash_finish(hash, env, digest));
out:
    ia_hash_free(hash);
    return status;
}

static bool digest_is(const struct ia_digest *digest, struct ia_cursor from, uint64_t offset)
{
    struct ia_cursor stored;
    return ia_cursor_sub(&from, offset, IA_DB_SHA256, &stored) && memcmp(stored.p, digest->bytes, IA_DB_SHA256) == 0;
}

static int check_head(struct ia_db *db, struct ia_env *env)
{
    struct ia_digest digest = {IA_DIGEST_SHA256, {0}};
    IA_TRY(head_digest(db, env, &digest));
    if (!digest_is(&digest, db->file, IA_DB_AT_DIGEST))
        return ia_fail(env, IMGA_E_CHECKSUM, IA_DB_AT_DIGEST,
                       "database: the checksum of header and directory is wrong");
    ia_digest_text(&digest, db->id);
    if (ia_db_u32(db->file, 12) != IA_DB_SECTIONS || ia_db_u64(db->file, 24) != 0)
        return format_fails(env, 12, "unknown sections");
    return IMGA_OK;
}

static int section_fails(struct ia_env *env, int status, size_t section, uint64_t offset, const char *what)
{
    return ia_fail(env, status, (int64_t)offset, "database, section %s: %s", ia_db_sections[section].name, what);
}

/* The directory entry of a section; *end is the end of the one before it and is moved behind this one. */
static int place_section(struct ia_db *db, struct ia_env *env, size_t section, uint64_t *end)
{
    uint64_t entry_at = IA_DB_HEADER_SIZE + section * IA_DB_ENTRY_SIZE, gap = (IA_DB_ALIGN - *end % IA_DB_ALIGN) % 8;
    uint32_t row = ia_db_sections[section].row;
    struct ia_cursor entry, padding;
    if (!ia_cursor_sub(&db->file, entry_at, IA_DB_ENTRY_SIZE, &entry))
        return section_fails(env, IMGA_E_TRUNCATED, section, entry_at, "no entry in the directory");
    uint64_t offset = ia_db_u64(entry, 8), size = ia_db_u64(entry, 16);
    if (ia_db_u32(entry, 0) != section + 1 || ia_db_u32(entry, 4) != row || size % row != 0)
        return section_fails(env, IMGA_E_FORMAT, section, entry_at, "wrong identifier or row size");
    if (offset != *end + gap)
        return section_fails(env, IMGA_E_FORMAT, section, entry_at, "not behind the section before it, or not aligned");
    if (!ia_cursor_sub(&db->file, offset, size, &db->section[section]) ||
        !ia_cursor_sub(&db->file, *end, gap, &padding))
        return section_fails(env, IMGA_E_FORMAT, section, entry_at, "outside of the file");
    for (size_t i = 0; i < padding.n; i++)
        if (padding.p[i] != 0)
            return section_fails(env, IMGA_E_FORMAT, section, *end, "bytes before the section");
    if (size / row > UINT32_MAX)
        return section_fails(env, IMGA_E_FORMAT, section, entry_at, "too many rows");
    db->at[section] = offset;
    db->count[section] = (size_t)(size / row);
    *end = offset + size;
    return IMGA_OK;
}

static int check_sections(struct ia_db *db, struct ia_env *env)
{
    uint64_t end = IA_DB_START;
    for (size_t i = 0; i < IA_DB_SECTIONS; i++)
        IA_TRY(place_section(db, env, i, &end));
    if (end != db->file.n)
        return format_fails(env, end, "bytes after the last section");
    for (size_t i = 0; i < IA_DB_SECTIONS; i++) {
        uint64_t stored_at = IA_DB_HEADER_SIZE + i * IA_DB_ENTRY_SIZE + IA_DB_ENTRY_DIGEST;
        struct ia_digest digest;
        IA_TRY(ia_digest_of(env, db->section[i].p, db->section[i].n, &digest));
        if (!digest_is(&digest, db->file, stored_at))
            return section_fails(env, IMGA_E_CHECKSUM, i, db->at[i], "the checksum is wrong");
    }
    return IMGA_OK;
}

static int read_feeds(struct ia_db *db, struct ia_env *env)
{
    db->feeds = ia_new_array(&env->alloc, db->count[IA_DB_FEEDS], sizeof(*db->feeds));
    if (!db->feeds)
        return ia_fail_nomem(env);
    for (size_t i = 0; i < db->count[IA_DB_FEEDS]; i++) {
        struct ia_cursor row = ia_db_row(db, IA_DB_FEEDS, i);
        db->feeds[i] = (struct ia_feed){
            .format = (int32_t)ia_db_u32(row, IA_FEED_FORMAT),
            .name = ia_db_text(db, ia_db_u32(row, IA_FEED_NAME)),
            .sha256 = ia_db_text(db, ia_db_u32(row, IA_FEED_SHA256)),
            .as_of = (int64_t)ia_db_u64(row, IA_FEED_AS_OF),
            .size = ia_db_u64(row, IA_FEED_SIZE),
            .records = ia_db_u64(row, IA_FEED_RECORDS),
            .skipped = ia_db_u64(row, IA_FEED_SKIPPED),
        };
    }
    return IMGA_OK;
}

int ia_db_open(struct ia_env *env, const void *data, size_t size, struct ia_db **out)
{
    struct ia_db *db = ia_new(&env->alloc, sizeof(*db));
    int status;
    if (!db)
        return ia_fail_nomem(env);
    db->alloc = env->alloc;
    db->file = ia_cursor_from(data, size);
    IA_GO(status, check_header(db, env));
    IA_GO(status, check_head(db, env));
    IA_GO(status, check_sections(db, env));
    IA_GO(status, ia_db_verify(db, env));
    IA_GO(status, read_feeds(db, env));
    *out = db;
    return IMGA_OK;
out:
    ia_db_close(db);
    return status;
}

void ia_db_close(struct ia_db *db)
{
    if (!db)
        return;
    struct ia_alloc alloc = db->alloc;
    ia_free(&alloc, db->feeds);
    ia_free(&alloc, db);
}
