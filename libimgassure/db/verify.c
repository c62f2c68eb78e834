/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifies the content of a database whose digests are right: it may still be written by an enemy. Time is linear in
 * the size of the file, except for one binary search per key. After this no reader needs to check an offset again.
 */
#include "db/open.h"

#include "base/checked.h"
#include "base/utf8.h"

#include <imgassure/findings.h>

#include <string.h>

static int row_fails(const struct ia_db *db, struct ia_env *env, enum ia_db_section section, size_t row,
                     const char *what)
{
    uint64_t offset = db->at[section] + (uint64_t)row * ia_db_sections[section].row;
    return ia_fail(env, IMGA_E_FORMAT, (int64_t)offset, "database, section %s: %s", ia_db_sections[section].name, what);
}

/* As ia_utf8_valid(), with long runs of ASCII in a tight loop. */
static bool is_utf8(struct ia_str text)
{
    uint32_t code;
    while (text.n) {
        size_t step = 0;
        while (step < text.n && (uint8_t)text.p[step] < 0x80)
            step++;
        if (step == 0)
            step = ia_utf8_char(text, &code);
        if (step == 0)
            return false;
        text = ia_str_sub(text, step, text.n);
    }
    return true;
}

/* The empty text first, then each text above the one before it, each with its NUL. */
static int verify_strings(const struct ia_db *db, struct ia_env *env)
{
    struct ia_str rest = ia_cursor_str(db->section[IA_DB_STRINGS]), text, before = IA_STR("");
    if (rest.n == 0 || rest.p[0] != '\0')
        return row_fails(db, env, IA_DB_STRINGS, 0, "the first text is not empty");
    if (rest.p[rest.n - 1] != '\0')
        return row_fails(db, env, IA_DB_STRINGS, rest.n - 1, "the last text has no end");
    if (!is_utf8(rest))
        return row_fails(db, env, IA_DB_STRINGS, 0, "not UTF-8");
    size_t all = rest.n;
    rest = ia_str_sub(rest, 1, rest.n);
    while (rest.n) {
        text = ia_str_sub(rest, 0, ia_str_find(rest, '\0'));
        if (ia_str_cmp(before, text) >= 0)
            return row_fails(db, env, IA_DB_STRINGS, all - rest.n, "texts are not sorted or not unique");
        before = text;
        rest = ia_str_sub(rest, text.n + 1, rest.n);
    }
    return IMGA_OK;
}

/* Whether a text begins at this offset. */
static bool is_text(const struct ia_db *db, uint32_t offset)
{
    struct ia_cursor before;
    if (offset >= db->section[IA_DB_STRINGS].n)
        return false;
    return offset == 0 || (ia_cursor_sub(&db->section[IA_DB_STRINGS], offset - 1, 1, &before) && before.p[0] == '\0');
}

static bool is_name(const struct ia_db *db, uint32_t offset)
{
    return offset != 0 && is_text(db, offset);
}

/* Lower-case hexadecimal of the right length, or nothing. Looks no further than that, however long the text is. */
static bool is_sha256(const char *text)
{
    size_t n = 0;
    while (n < 2 * IA_DB_SHA256 && text[n] != '\0' && strchr("0123456789abcdef", text[n]))
        n++;
    return text[n] == '\0' && (n == 0 || n == 2 * IA_DB_SHA256);
}

static int verify_feeds(const struct ia_db *db, struct ia_env *env)
{
    uint64_t records = 0;
    for (size_t i = 0; i < db->count[IA_DB_FEEDS]; i++) {
        struct ia_cursor row = ia_db_row(db, IA_DB_FEEDS, i);
        uint32_t format = ia_db_u32(row, IA_FEED_FORMAT);
        if ((format != IMGA_FEED_DEBIAN_TRACKER && format != IMGA_FEED_ALPINE_SECDB) || ia_db_u32(row, IA_FEED_ZERO))
            return row_fails(db, env, IA_DB_FEEDS, i, "an unknown feed format");
        if (!is_text(db, ia_db_u32(row, IA_FEED_NAME)) || !is_text(db, ia_db_u32(row, IA_FEED_SHA256)))
            return row_fails(db, env, IA_DB_FEEDS, i, "a text that is not there");
        if (!is_sha256(ia_db_text(db, ia_db_u32(row, IA_FEED_SHA256))))
            return row_fails(db, env, IA_DB_FEEDS, i, "not a SHA-256");
        if (!ia_add_u64(records, ia_db_u64(row, IA_FEED_RECORDS), &records))
            return row_fails(db, env, IA_DB_FEEDS, i, "an impossible number of records");
    }
    if (records != db->count[IA_DB_RECORDS])
        return row_fails(db, env, IA_DB_FEEDS, 0, "the numbers of records do not add up");
    return IMGA_OK;
}

/* Compares the 32-bit fields of two rows at the given offsets; -1, 0, 1. */
static int compare_fields(struct ia_cursor a, struct ia_cursor b, const uint8_t *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t left = ia_db_u32(a, fields[i]), right = ia_db_u32(b, fields[i]);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}

static int verify_coverage(const struct ia_db *db, struct ia_env *env)
{
    static const uint8_t order[] = {IA_COVER_DISTRO, IA_COVER_RELEASE, IA_COVER_REPOSITORY, IA_COVER_FEED};
    struct ia_cursor before = {NULL, 0};
    uint64_t records = 0;
    for (size_t i = 0; i < db->count[IA_DB_COVERAGE]; i++) {
        struct ia_cursor row = ia_db_row(db, IA_DB_COVERAGE, i);
        if (!is_name(db, ia_db_u32(row, IA_COVER_DISTRO)) || !is_name(db, ia_db_u32(row, IA_COVER_RELEASE)) ||
            !is_text(db, ia_db_u32(row, IA_COVER_REPOSITORY)))
            return row_fails(db, env, IA_DB_COVERAGE, i, "a text that is not there");
        if (ia_db_u32(row, IA_COVER_FEED) >= db->count[IA_DB_FEEDS])
            return row_fails(db, env, IA_DB_COVERAGE, i, "a feed that is not there");
        if (i > 0 && compare_fields(before, row, order, IA_COUNT(order)) >= 0)
            return row_fails(db, env, IA_DB_COVERAGE, i, "rows are not sorted or not unique");
        if (!ia_add_u64(records, ia_db_u64(row, IA_COVER_RECORDS), &records))
            return row_fails(db, env, IA_DB_COVERAGE, i, "an impossible number of records");
        before = row;
    }
    if (records != db->count[IA_DB_RECORDS])
        return row_fails(db, env, IA_DB_COVERAGE, 0, "the numbers of records do not add up");
    return IMGA_OK;
}

static int verify_keys(const struct ia_db *db, struct ia_env *env)
{
    static const uint8_t order[] = {IA_KEY_DISTRO, IA_KEY_RELEASE, IA_KEY_PACKAGE};
    struct ia_cursor before = {NULL, 0};
    uint64_t next = 0;
    for (size_t i = 0; i < db->count[IA_DB_KEYS]; i++) {
        struct ia_cursor row = ia_db_row(db, IA_DB_KEYS, i);
        uint32_t distro = ia_db_u32(row, IA_KEY_DISTRO), release = ia_db_u32(row, IA_KEY_RELEASE);
        if (!is_name(db, distro) || !is_name(db, release) || !is_name(db, ia_db_u32(row, IA_KEY_PACKAGE)))
            return row_fails(db, env, IA_DB_KEYS, i, "a text that is not there");
        if (i > 0 && compare_fields(before, row, order, IA_COUNT(order)) >= 0)
            return row_fails(db, env, IA_DB_KEYS, i, "rows are not sorted or not unique");
        if (ia_db_u32(row, IA_KEY_FIRST) != next || ia_db_u32(row, IA_KEY_COUNT) == 0)
            return row_fails(db, env, IA_DB_KEYS, i, "records are left out or shared");
        if (!ia_db_covers_at(db, distro, release))
            return row_fails(db, env, IA_DB_KEYS, i, "a release without coverage");
        next += ia_db_u32(row, IA_KEY_COUNT);
        before = row;
    }
    if (next != db->count[IA_DB_RECORDS])
        return row_fails(db, env, IA_DB_KEYS, db->count[IA_DB_KEYS], "the numbers of records do not add up");
    return IMGA_OK;
}

static const char *record_problem(const struct ia_db *db, struct ia_cursor row)
{
    static const uint8_t texts[] = {IA_RECORD_REPOSITORY, IA_RECORD_FIXED, IA_RECORD_URGENCY, IA_RECORD_REASON};
    uint8_t status = ia_db_u8(row, IA_RECORD_STATUS), severity = ia_db_u8(row, IA_RECORD_SEVERITY);
    if (!is_name(db, ia_db_u32(row, IA_RECORD_ID)))
        return "a text that is not there";
    for (size_t i = 0; i < IA_COUNT(texts); i++)
        if (!is_text(db, ia_db_u32(row, texts[i])))
            return "a text that is not there";
    if (ia_db_u32(row, IA_RECORD_FEED) >= db->count[IA_DB_FEEDS])
        return "a feed that is not there";
    if (status < IA_ADVISORY_AFFECTED || status > IA_ADVISORY_UNDETERMINED || severity > IMGA_SEVERITY_CRITICAL ||
        ia_db_u8(row, IA_RECORD_ZERO) || ia_db_u8(row, IA_RECORD_ZERO + 1))
        return "an unknown status or severity";
    return NULL;
}

/* Rows of one key carry its index and are sorted; equal places may repeat, in the order of the feed. */
static int verify_key_records(const struct ia_db *db, struct ia_env *env, size_t key)
{
    static const uint8_t order[] = {IA_RECORD_ID, IA_RECORD_REPOSITORY, IA_RECORD_FEED};
    struct ia_cursor key_row = ia_db_row(db, IA_DB_KEYS, key), before = {NULL, 0};
    size_t first = ia_db_u32(key_row, IA_KEY_FIRST), count = ia_db_u32(key_row, IA_KEY_COUNT);
    for (size_t i = first; i < first + count; i++) {
        struct ia_cursor row = ia_db_row(db, IA_DB_RECORDS, i);
        const char *problem = record_problem(db, row);
        if (!problem && ia_db_u32(row, IA_RECORD_KEY) != key)
            problem = "a record of another key";
        if (!problem && i > first && compare_fields(before, row, order, IA_COUNT(order)) > 0)
            problem = "rows are not sorted";
        if (problem)
            return row_fails(db, env, IA_DB_RECORDS, i, problem);
        before = row;
    }
    return IMGA_OK;
}

int ia_db_verify(const struct ia_db *db, struct ia_env *env)
{
    IA_TRY(verify_strings(db, env));
    IA_TRY(verify_feeds(db, env));
    IA_TRY(verify_coverage(db, env));
    IA_TRY(verify_keys(db, env));
    for (size_t i = 0; i < db->count[IA_DB_KEYS]; i++)
        IA_TRY(verify_key_records(db, env, i));
    return IMGA_OK;
}
