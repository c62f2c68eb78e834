/* SPDX-License-Identifier: Apache-2.0 */
/* An opened database: verified sections, read in place. */
#ifndef IA_DB_OPEN_H
#define IA_DB_OPEN_H

#include "base/cursor.h"
#include "crypto/digest.h"
#include "db/db.h"
#include "db/layout.h"

struct ia_db {
    struct ia_alloc alloc;
    struct ia_cursor file;
    struct ia_cursor section[IA_DB_SECTIONS];
    uint64_t at[IA_DB_SECTIONS];  /* offsets of the sections in the file */
    size_t count[IA_DB_SECTIONS]; /* rows */
    struct ia_feed *feeds;
    char id[IA_DIGEST_TEXT];
};

/* Row index of a section; an empty cursor past the end. */
static inline struct ia_cursor ia_db_row(const struct ia_db *db, enum ia_db_section section, size_t index)
{
    struct ia_cursor row = {NULL, 0};
    uint64_t size = ia_db_sections[section].row;
    if (index < db->count[section])
        ia_cursor_sub(&db->section[section], index * size, size, &row);
    return row;
}

/* Fields of a row; 0 outside of it. */
static inline uint32_t ia_db_u32(struct ia_cursor row, unsigned offset)
{
    struct ia_cursor part;
    return ia_cursor_sub(&row, offset, 4, &part) ? ia_load_u32le(part.p) : 0;
}

static inline uint64_t ia_db_u64(struct ia_cursor row, unsigned offset)
{
    struct ia_cursor part;
    return ia_cursor_sub(&row, offset, 8, &part) ? ia_load_u64le(part.p) : 0;
}

static inline uint8_t ia_db_u8(struct ia_cursor row, unsigned offset)
{
    struct ia_cursor part;
    return ia_cursor_sub(&row, offset, 1, &part) ? part.p[0] : 0;
}

/* The text at an offset of the section of strings; the offset and the NUL behind it were verified. */
static inline const char *ia_db_text(const struct ia_db *db, uint32_t offset)
{
    struct ia_cursor part;
    return ia_cursor_sub(&db->section[IA_DB_STRINGS], offset, 1, &part) ? (const char *)part.p : "";
}

/* Verifies what the sections say; the layout and the digests hold already. verify.c */
int ia_db_verify(const struct ia_db *db, struct ia_env *env);

/* Whether the feeds cover the release whose names stand at these offsets. */
bool ia_db_covers_at(const struct ia_db *db, uint32_t distro, uint32_t release);

#endif
