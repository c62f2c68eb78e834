/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The strict tar walker: the memory-safe core loop of this library. Reads ustar and v7 headers, PAX (POSIX.1-2001
 * extended headers), GNU long names and links, base-256 numbers; sparse members are skipped as data. Rules where
 * readers differ: docs/tar-rules.md. Bad checksum, negative or absurd size, lone zero block, malformed PAX: an error.
 */
#ifndef IA_IO_TAR_H
#define IA_IO_TAR_H

#include "base/buf.h"
#include "base/reader.h"

enum ia_tar_type {
    IA_TAR_FILE = 1,
    IA_TAR_DIRECTORY,
    IA_TAR_SYMLINK,
    IA_TAR_HARDLINK,
    IA_TAR_CHARACTER,
    IA_TAR_BLOCK,
    IA_TAR_FIFO
};

/* Remarks on one entry, for the caller to turn into notes. */
enum {
    IA_TAR_ODD_TYPE = 1,   /* type '7', unknown types: read as a file; data on a type that has none; sparse */
    IA_TAR_ODD_PAX = 2,    /* PAX and GNU headers contradict each other, or PAX changes the ustar size */
    IA_TAR_ODD_NUMBER = 4, /* uid, gid, mode, mtime or device out of range: replaced by 0 */
    IA_TAR_OVERLAY = 8,    /* trusted.overlay.* or user.overlay.* extended attribute, or character device 0:0 */
    IA_TAR_SPARSE = 16     /* GNU or PAX sparse: size is the stored size, content must not be used */
};

struct ia_tar_entry {
    enum ia_tar_type type;
    struct ia_str name; /* raw bytes, at least one; valid until the next ia_tar_next() */
    struct ia_str link; /* target of a symbolic or hard link, raw bytes */
    uint64_t size;      /* bytes of data that follow */
    uint32_t mode;      /* permission bits and setuid, setgid, sticky */
    uint32_t uid, gid;
    uint32_t device_major, device_minor;
    unsigned flags;  /* IA_TAR_* */
    uint64_t offset; /* of the entry's own header in the stream */
};

struct ia_tar;

/* The input is borrowed. */
int ia_tar_new(struct ia_env *env, struct ia_reader *input, struct ia_tar **out);
void ia_tar_free(struct ia_tar *tar); /* NULL is fine */
/*
 * 1: *entry is the next entry (what was left of the previous data is skipped); 0: the end: the stream has been drained,
 * so digests have been checked; IA_AGAIN: the input has nothing now, call again; < 0: E_FORMAT, E_TRUNCATED,
 * E_CHECKSUM, E_LIMIT, or what the input returned.
 */
int ia_tar_next(struct ia_tar *tar, struct ia_env *env, struct ia_tar_entry *entry);
/* A piece of the current entry's data: 1, IA_AGAIN, or 0 when there is none left. Valid until the next call. */
int ia_tar_data(struct ia_tar *tar, struct ia_env *env, struct ia_cursor *out);
/* Stream offset of the next byte; during an entry, before any ia_tar_data(): where its data begins. */
uint64_t ia_tar_offset(const struct ia_tar *tar);
/* After the end: bytes that are not zero followed the end mark; there was no end mark. */
bool ia_tar_has_trailing(const struct ia_tar *tar);
bool ia_tar_lacks_end(const struct ia_tar *tar);

#endif
