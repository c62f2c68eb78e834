/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The strict reader of zip archives that lie in memory (APPNOTE.TXT 6.3.10). It lists what Java lists, because jars are
 * what it is for: the central directory decides, found as java.util.zip.ZipFile of OpenJDK 17 finds it. Where the local
 * headers, the bytes between the members or the end record tell another story, flags say so: docs/zip-differences.md.
 * Stored and deflated members can be read. Nothing is recursive, and time is linear in the size of the archive but for
 * sorting the members by their place.
 */
#ifndef IA_IO_ZIP_H
#define IA_IO_ZIP_H

#include "base/buf.h"
#include "base/cursor.h"
#include "base/env.h"

/* Of the archive; those of its members are added. */
enum ia_zip_flags {
    IA_ZIP_PREFIX = 1,        /* bytes before the first member: a shell script, a launcher; not odd */
    IA_ZIP_TRAILING = 2,      /* bytes after the end record and its comment, or fewer than the comment has */
    IA_ZIP_ENDS = 4,          /* a second end record in the directory or behind it */
    IA_ZIP_ODD_END = 8,       /* the end record contradicts itself or the directory: place, counts, disks, zip64 */
    IA_ZIP_CUT = 16,          /* the directory is damaged: what comes before is listed */
    IA_ZIP_MORE = 32,         /* more members than asked for: the rest is not listed */
    IA_ZIP_HIDDEN = 64,       /* headers between the members that the directory does not lead to */
    IA_ZIP_OVERLAP = 128,     /* members share bytes with each other or with the directory, or leave the archive */
    IA_ZIP_DUPLICATE = 256,   /* of a member: one before it has the same name */
    IA_ZIP_ODD_LOCAL = 512,   /* name, method, encryption, sizes or checksum differ in the local header */
    IA_ZIP_LOST = 1024,       /* there is no local header at the place */
    IA_ZIP_ODD_NAME = 2048,   /* "..", absolute, backslash, drive letter, NUL, or empty */
    IA_ZIP_UNREADABLE = 4096, /* encrypted, or neither stored nor deflated */
    /* Of the content that was read, not of the archive. */
    IA_ZIP_ODD_SIZE = 8192, /* longer or shorter than the directory says; more or less than one deflated stream */
    IA_ZIP_ODD_CRC = 16384
};

struct ia_zip_member {
    struct ia_str name;      /* raw bytes of the directory */
    struct ia_cursor packed; /* the data; nothing when lost */
    uint64_t packed_size;    /* as the directory says */
    uint64_t size;           /* unpacked, as the directory says */
    uint64_t offset;         /* of the local header, from the first byte of the archive */
    uint32_t crc;
    uint16_t method; /* 0 stored, 8 deflated */
    unsigned flags;  /* IA_ZIP_DUPLICATE and what follows */
};

struct ia_zip;

/*
 * bytes outlive the zip and its members. At most most members are listed. IMGA_E_FORMAT: there is no end record, or no
 * directory where it points to; IMGA_E_NOMEM, IMGA_E_CANCELLED.
 */
int ia_zip_open(struct ia_env *env, struct ia_cursor bytes, size_t most, struct ia_zip **out);
void ia_zip_free(struct ia_zip *zip); /* NULL is fine */
unsigned ia_zip_flags(const struct ia_zip *zip);
size_t ia_zip_count(const struct ia_zip *zip);
/* In the order of the directory; NULL past the end. Valid as long as the zip. */
const struct ia_zip_member *ia_zip_at(const struct ia_zip *zip, size_t index);

struct ia_zip_content {
    struct ia_cursor data; /* in the archive itself when stored */
    struct ia_buf owned;
    uint64_t work;  /* bytes that were read and made: for the caller's budget, set on failure, too */
    unsigned flags; /* IA_ZIP_ODD_SIZE, IA_ZIP_ODD_CRC: as Java does, the data are handed out all the same */
};

/*
 * Unpacks a member: as many bytes as its data hold, whatever its size says, but at most most. IMGA_E_UNSUPPORTED:
 * unreadable; IMGA_E_FORMAT: lost or malformed; IMGA_E_LIMIT: more than most; IMGA_E_NOMEM, IMGA_E_CANCELLED.
 */
int ia_zip_read(struct ia_env *env, const struct ia_zip_member *member, size_t most, struct ia_zip_content *out);
void ia_zip_content_free(struct ia_zip_content *content); /* a zeroed one is fine */

#endif
