/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads an opened database in place. Keys are found by binary search; a comparison looks at no more bytes than the name
 * that is looked for has, however long the texts of the database are.
 */
#include "db/open.h"

#include <string.h>

const char *ia_db_id(const struct ia_db *db)
{
    return db->id;
}

uint64_t ia_db_record_count(const struct ia_db *db)
{
    return db->count[IA_DB_RECORDS];
}

const struct ia_feed *ia_db_feeds(const struct ia_db *db, size_t *count)
{
    *count = db->count[IA_DB_FEEDS];
    return db->feeds;
}

size_t ia_db_coverage_count(const struct ia_db *db)
{
    return db->count[IA_DB_COVERAGE];
}

bool ia_db_coverage(const struct ia_db *db, size_t index, struct ia_db_coverage *out)
{
    struct ia_cursor row = ia_db_row(db, IA_DB_COVERAGE, index);
    if (row.n == 0)
        return false;
    *out = (struct ia_db_coverage){
        .distro = ia_db_text(db, ia_db_u32(row, IA_COVER_DISTRO)),
        .release = ia_db_text(db, ia_db_u32(row, IA_COVER_RELEASE)),
        .repository = ia_db_text(db, ia_db_u32(row, IA_COVER_REPOSITORY)),
        .feed = ia_db_u32(row, IA_COVER_FEED),
        .records = ia_db_u64(row, IA_COVER_RECORDS),
    };
    return true;
}

/* A text of the database against a name without NUL; -1, 0, 1. */
static int compare_text(const char *text, struct ia_str name)
{
    int order = name.n ? strncmp(text, name.p, name.n) : 0;
    if (order == 0)
        return text[name.n] != '\0';
    return order < 0 ? -1 : 1;
}

/* The names at the start of the rows of a section: distribution, release, and for keys the package. */
struct wanted {
    struct ia_str names[3];
    size_t count;
};

static int compare_row(const struct ia_db *db, struct ia_cursor row, const struct wanted *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        int order = compare_text(ia_db_text(db, ia_db_u32(row, (unsigned)i * 4)), wanted->names[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

/* The first row that is not below the names; *found tells whether it bears them. */
static size_t search(const struct ia_db *db, enum ia_db_section section, const struct wanted *wanted, bool *found)
{
    size_t low = 0, high = db->count[section];
    *found = false;
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->names[i].n && memchr(wanted->names[i].p, '\0', wanted->names[i].n))
            return 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_row(db, ia_db_row(db, section, middle), wanted);
        *found = *found || order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool ia_db_covers(const struct ia_db *db, struct ia_str distro, struct ia_str release)
{
    const struct wanted wanted = {{distro, release}, 2};
    bool found;
    search(db, IA_DB_COVERAGE, &wanted, &found);
    return found;
}

bool ia_db_covers_at(const struct ia_db *db, uint32_t distro, uint32_t release)
{
    size_t low = 0, high = db->count[IA_DB_COVERAGE];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct ia_cursor row = ia_db_row(db, IA_DB_COVERAGE, middle);
        uint32_t left = ia_db_u32(row, IA_COVER_DISTRO), right = ia_db_u32(row, IA_COVER_RELEASE);
        if (left == distro && right == release)
            return true;
        if (left < distro || (left == distro && right < release))
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

size_t ia_db_find(const struct ia_db *db, struct ia_str distro, struct ia_str release, struct ia_str package,
                  size_t *first)
{
    const struct wanted wanted = {{distro, release, package}, 3};
    bool found;
    struct ia_cursor row = ia_db_row(db, IA_DB_KEYS, search(db, IA_DB_KEYS, &wanted, &found));
    *first = found ? ia_db_u32(row, IA_KEY_FIRST) : 0;
    return found ? ia_db_u32(row, IA_KEY_COUNT) : 0;
}

void ia_db_record(const struct ia_db *db, size_t index, struct ia_db_record *out)
{
    struct ia_cursor row = ia_db_row(db, IA_DB_RECORDS, index);
    struct ia_cursor key = ia_db_row(db, IA_DB_KEYS, ia_db_u32(row, IA_RECORD_KEY));
    *out = (struct ia_db_record){
        .package = ia_db_text(db, ia_db_u32(key, IA_KEY_PACKAGE)),
        .id = ia_db_text(db, ia_db_u32(row, IA_RECORD_ID)),
        .fixed_version = ia_db_text(db, ia_db_u32(row, IA_RECORD_FIXED)),
        .urgency = ia_db_text(db, ia_db_u32(row, IA_RECORD_URGENCY)),
        .reason = ia_db_text(db, ia_db_u32(row, IA_RECORD_REASON)),
        .release = ia_db_text(db, ia_db_u32(key, IA_KEY_RELEASE)),
        .repository = ia_db_text(db, ia_db_u32(row, IA_RECORD_REPOSITORY)),
        .severity = ia_db_u8(row, IA_RECORD_SEVERITY),
        .status = (enum ia_advisory_status)ia_db_u8(row, IA_RECORD_STATUS),
        .feed = ia_db_u32(row, IA_RECORD_FEED),
    };
}
