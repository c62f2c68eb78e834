/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout of a database file, docs/db-format.md: header, directory, sections. All numbers are little-endian. Texts
 * are offsets into the section of strings, which is sorted by bytes: offsets order as the texts do.
 */
#ifndef IA_DB_LAYOUT_H
#define IA_DB_LAYOUT_H

#include <stdint.h>

enum { IA_DB_VERSION = 1, IA_DB_ALIGN = 8 };

/* The header: magic, version, number of sections, size of the file, 0, SHA-256. */
enum {
    IA_DB_MAGIC_SIZE = 8,
    IA_DB_SHA256 = 32,    /* bytes of a digest */
    IA_DB_AT_DIGEST = 32, /* of the header before it and of the directory */
    IA_DB_HEADER_SIZE = 64,
    IA_DB_ENTRY_SIZE = 56, /* id, row size, offset, size, SHA-256 */
    IA_DB_ENTRY_DIGEST = 24
};

/* In the order of the file; identifiers start at 1. */
enum ia_db_section { IA_DB_FEEDS, IA_DB_COVERAGE, IA_DB_KEYS, IA_DB_RECORDS, IA_DB_STRINGS, IA_DB_SECTIONS };

enum { IA_DB_START = IA_DB_HEADER_SIZE + IA_DB_SECTIONS * IA_DB_ENTRY_SIZE }; /* of the first section */

struct ia_db_section_kind {
    const char *name;
    uint32_t row; /* bytes */
};

extern const uint8_t ia_db_magic[IA_DB_MAGIC_SIZE];
extern const struct ia_db_section_kind ia_db_sections[IA_DB_SECTIONS];

/* Offsets of fields in the rows of each section. */
enum {
    IA_FEED_FORMAT = 0,
    IA_FEED_NAME = 4,
    IA_FEED_SHA256 = 8,
    IA_FEED_ZERO = 12,
    IA_FEED_AS_OF = 16,
    IA_FEED_SIZE = 24,
    IA_FEED_RECORDS = 32,
    IA_FEED_SKIPPED = 40,
    IA_FEED_ROW = 48
};
enum {
    IA_COVER_DISTRO = 0,
    IA_COVER_RELEASE = 4,
    IA_COVER_REPOSITORY = 8,
    IA_COVER_FEED = 12,
    IA_COVER_RECORDS = 16,
    IA_COVER_ROW = 24
};
enum {
    IA_KEY_DISTRO = 0,
    IA_KEY_RELEASE = 4,
    IA_KEY_PACKAGE = 8,
    IA_KEY_FIRST = 12,
    IA_KEY_COUNT = 16,
    IA_KEY_ROW = 20
};
enum {
    IA_RECORD_KEY = 0,
    IA_RECORD_ID = 4,
    IA_RECORD_REPOSITORY = 8,
    IA_RECORD_FEED = 12,
    IA_RECORD_FIXED = 16,
    IA_RECORD_URGENCY = 20,
    IA_RECORD_REASON = 24,
    IA_RECORD_STATUS = 28,
    IA_RECORD_SEVERITY = 29,
    IA_RECORD_ZERO = 30,
    IA_RECORD_ROW = 32
};

#endif
