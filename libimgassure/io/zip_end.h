/* SPDX-License-Identifier: Apache-2.0 */
/* Where the central directory of a zip archive lies. */
#ifndef IA_IO_ZIP_END_H
#define IA_IO_ZIP_END_H

#include "base/cursor.h"

enum { IA_ZIP_END_SIZE = 22, IA_ZIP_CENTRAL_SIZE = 46, IA_ZIP_LOCAL_SIZE = 30 };

enum ia_zip_signature {
    IA_ZIP_LOCAL = 0x04034b50,
    IA_ZIP_CENTRAL = 0x02014b50,
    IA_ZIP_END = 0x06054b50,
    IA_ZIP_END64 = 0x06064b50,
    IA_ZIP_LOCATOR = 0x07064b50
};

struct ia_zip_end {
    uint64_t directory, size; /* place and length of the directory in the bytes */
    uint64_t base;            /* added to offsets of members: what was put in front of the archive */
    uint64_t count;           /* members, as the record says; without zip64 only the lower 16 bits are certain */
    unsigned flags;           /* IA_ZIP_TRAILING, _ENDS, _ODD_END */
};

bool ia_zip_is_at(struct ia_cursor bytes, uint64_t offset, enum ia_zip_signature signature);
/* False: there is none, or it leads nowhere. */
bool ia_zip_find_end(struct ia_cursor bytes, struct ia_zip_end *out);

#endif
