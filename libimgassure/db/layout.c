/* SPDX-License-Identifier: Apache-2.0 */
/* The constants of the layout that reader and writer share. */
#include "db/layout.h"

const uint8_t ia_db_magic[IA_DB_MAGIC_SIZE] = {'I', 'M', 'G', 'A', 'D', 'B', 0, 0x1a};

const struct ia_db_section_kind ia_db_sections[IA_DB_SECTIONS] = {
    [IA_DB_FEEDS] = {"feeds", IA_FEED_ROW}, [IA_DB_COVERAGE] = {"coverage", IA_COVER_ROW},
    [IA_DB_KEYS] = {"keys", IA_KEY_ROW},    [IA_DB_RECORDS] = {"records", IA_RECORD_ROW},
    [IA_DB_STRINGS] = {"strings", 1},
};
