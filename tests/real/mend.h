/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image archive whose bytes are damaged on purpose while every digest and tar checksum above the damage is right
 * again, so that it reaches the readers below. A digest is only ever a hexadecimal SHA-256 of the same length: it is
 * replaced wherever it stands, in documents and in the names of blobs.
 */
#ifndef REAL_MEND_H
#define REAL_MEND_H

#include <stddef.h>

enum { MEND_BLOCK = 512, MEND_HEX = 64 };

/* A regular member of the outer tar. */
struct mend_member {
    size_t header;
    size_t data;
    size_t size;
    char hex[MEND_HEX + 1]; /* of the data as it is now */
};

struct mend_archive {
    unsigned char *p;
    size_t n;
    struct mend_member *members;
    size_t count;
};

/* Finds the members of the archive in p; members is malloc'ed, empty when it is no tar. p stays the caller's. */
void mend_open(struct mend_archive *archive, unsigned char *p, size_t n);
void mend_close(struct mend_archive *archive);
/* The member whose data holds the byte at place; count when there is none. */
size_t mend_member_at(const struct mend_archive *archive, size_t place);
/* Whether a tar header begins at place, a multiple of MEND_BLOCK. */
int mend_is_header(const struct mend_archive *archive, size_t place);
/* Makes the checksum of the tar header at place right. */
void mend_checksum(struct mend_archive *archive, size_t place);
/* Makes every digest right that depends on the data of this member. */
void mend_digests(struct mend_archive *archive, size_t member);

#endif
