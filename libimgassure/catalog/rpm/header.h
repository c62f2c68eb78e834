/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of an installed rpm package, as it lies in the database: counts, index, data (rpm file format v3 and v4,
 * "Header Structure"; rpm's lib/header.c for the region that signatures cover). Every entry of the index is checked;
 * one that is wrong is damage and left out, the rest is read. Limits, rpm's own: 65,535 entries, 256 MiB of data,
 * 1,048,575 values an entry.
 */
#ifndef IA_CATALOG_RPM_HEADER_H
#define IA_CATALOG_RPM_HEADER_H

#include "base/cursor.h"
#include "catalog/record.h"

/* More bytes than a header can have. */
#define IA_RPM_HEADER_MAX (((size_t)256 << 20) + ((size_t)1 << 20))

/* The values that are looked for; the rest of a header is only checked. */
enum ia_rpm_value_name {
    IA_RPM_NAME,
    IA_RPM_VERSION,
    IA_RPM_RELEASE,
    IA_RPM_EPOCH,
    IA_RPM_ARCHITECTURE,
    IA_RPM_LICENSE,
    IA_RPM_VENDOR,
    IA_RPM_PACKAGER,
    IA_RPM_SOURCE,
    IA_RPM_MODULARITY,
    IA_RPM_INSTALL_TIME,
    IA_RPM_MD5, /* over header and payload */
    IA_RPM_SIGNATURE_RSA,
    IA_RPM_SIGNATURE_DSA,
    IA_RPM_SIGNATURE_PGP,
    IA_RPM_SIGNATURE_GPG,
    IA_RPM_BASENAMES,
    IA_RPM_DIRECTORY_INDEXES,
    IA_RPM_DIRECTORIES,
    IA_RPM_OLD_FILENAMES,
    IA_RPM_VALUES
};

enum ia_rpm_type { IA_RPM_INT32 = 4, IA_RPM_STRING = 6, IA_RPM_BIN = 7, IA_RPM_STRING_ARRAY = 8, IA_RPM_I18N = 9 };

struct ia_rpm_value {
    uint32_t type, count;   /* 0: absent */
    bool later;             /* behind the region: put there at installation */
    struct ia_cursor bytes; /* exact for numbers and bytes; strings end somewhere in it */
};

struct ia_rpm_header {
    struct ia_rpm_value values[IA_RPM_VALUES];
    struct ia_damage *damage;
    size_t offset; /* of the header in the database, for damage */
};

/* False when it is no header at all; that is damage, too. */
bool ia_rpm_header_open(struct ia_str blob, size_t offset, struct ia_damage *damage, struct ia_rpm_header *out);

/* The first string of a value; "" when it is absent or no string. */
struct ia_str ia_rpm_header_string(const struct ia_rpm_header *header, enum ia_rpm_value_name name);
/* The first number; false when it is absent or no number. */
bool ia_rpm_header_number(const struct ia_rpm_header *header, enum ia_rpm_value_name name, uint64_t *out);
/* The bytes of a value; none when it is absent or of another type. */
struct ia_cursor ia_rpm_header_bytes(const struct ia_rpm_header *header, enum ia_rpm_value_name name);
/*
 * Whole strings of an array, each with its NUL, and how many there are; fewer than the index says is damage. False when
 * it is absent.
 */
bool ia_rpm_header_strings(const struct ia_rpm_header *header, enum ia_rpm_value_name name, struct ia_str *strings,
                           size_t *count);

/* Cuts the first string and its NUL off; false at the end. */
bool ia_rpm_next_string(struct ia_str *rest, struct ia_str *out);

#endif
