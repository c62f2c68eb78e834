/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of a tar archive: POSIX.1-1988 ustar, PAX records of POSIX.1-2001 for what does not fit. */
#ifndef IA_IO_TAR_WRITE_H
#define IA_IO_TAR_WRITE_H

#include "base/buf.h"

struct ia_tar_member {
    char type; /* '0' file, '1' hard link, '2' symbolic link, '3' character, '4' block, '5' directory, '6' FIFO */
    struct ia_str name;
    struct ia_str link;
    uint64_t size;
    uint32_t mode; /* permission bits */
    uint32_t uid, gid;
    uint32_t device_major, device_minor;
    int64_t mtime;
};

/* Appends the headers of a member. IMGA_E_NOMEM, IMGA_E_LIMIT. */
int ia_tar_write_header(struct ia_buf *out, const struct ia_tar_member *member) IA_MUST_USE;
/* Appends the end of an archive. */
int ia_tar_write_end(struct ia_buf *out) IA_MUST_USE;

#endif
