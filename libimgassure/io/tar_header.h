/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One 512-byte tar block: what kind it is, and the fields of a header. Layouts: POSIX.1-1988 ustar, Seventh Edition,
 * star (prefix of 131 bytes), old GNU (no prefix; sparse map). Numbers are octal or base-256 (GNU). Only for tar.c.
 */
#ifndef IA_IO_TAR_HEADER_H
#define IA_IO_TAR_HEADER_H

#include "base/cursor.h"

enum { IA_TAR_BLOCK_SIZE = 512, IA_TAR_NAME = 155 + 1 + 100, IA_TAR_LINK = 100 };

enum ia_tar_block_kind {
    IA_TAR_IS_ZERO,
    IA_TAR_IS_HEADER, /* the checksum is right */
    IA_TAR_IS_BAD
};

enum ia_tar_format { IA_TAR_V7, IA_TAR_USTAR, IA_TAR_STAR, IA_TAR_GNU };

struct ia_tar_header {
    enum ia_tar_format format;
    char type;
    bool extended;  /* old GNU sparse: another part of the map follows the header */
    unsigned flags; /* IA_TAR_ODD_NUMBER, IA_TAR_ODD_PAX */
    uint64_t size;  /* at most 2^63-1 */
    uint32_t mode, uid, gid, device_major, device_minor;
    size_t name_size, link_size;
    char name[IA_TAR_NAME]; /* prefix and name joined */
    char link[IA_TAR_LINK];
};

/* The block holds IA_TAR_BLOCK_SIZE bytes. */
enum ia_tar_block_kind ia_tar_block_kind(struct ia_cursor block);
/* False when the size is malformed, negative or over 2^63-1. */
bool ia_tar_header_read(struct ia_cursor block, struct ia_tar_header *out);
/* Whether a part of an old GNU sparse map that follows a header says that one more part follows. */
bool ia_tar_sparse_goes_on(struct ia_cursor block);
/* Octal within blanks and NULs, or base-256; an empty field is 0. False when malformed or outside 64 bits. */
bool ia_tar_number(struct ia_cursor field, int64_t *out);

#endif
