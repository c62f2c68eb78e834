/* SPDX-License-Identifier: Apache-2.0 */
/* Zip archives for tests: a writer that does what it is told, also when that is wrong. */
#ifndef TEST_ZIPPED_H
#define TEST_ZIPPED_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct zipped {
    char *p; /* malloc'ed */
    size_t n;
    char *directory;
    size_t directory_size;
    unsigned count;
    size_t last; /* where the last local header is */
};

struct zipped_member {
    const char *name; /* in the directory */
    size_t name_size; /* 0: its length */
    struct ia_str data;
    unsigned method;        /* 8 deflates; any other method stores */
    unsigned bits;          /* general purpose bits; 8: a data descriptor follows and the local sizes are 0 */
    const char *local_name; /* NULL: the same */
    uint32_t crc_plus;      /* added to the checksum in both headers */
    uint64_t size_plus;     /* added to the size in both headers */
    int wide;               /* numbers of the directory in a zip64 extra field */
    int unlisted;           /* not in the directory */
    int same_data;          /* the directory leads to the local header of the member before; nothing else is written */
};

void zipped_add(struct zipped *zip, const struct zipped_member *member);
/* A stored or deflated member. */
void zipped_file(struct zipped *zip, const char *name, struct ia_str data, unsigned method);
void zipped_raw(struct zipped *zip, const void *data, size_t size); /* bytes between the members */
/* The directory and its end record, with zip64 records when wide, and a comment. */
void zipped_end(struct zipped *zip, int wide, const char *comment);
void zipped_free(struct zipped *zip); /* usable again afterwards */
struct ia_str zipped_view(const struct zipped *zip);

/* Replaces size bytes (little-endian value) at a place behind the n-th (from 0) signature "PK\x"; 0 when it is there.
 */
int zipped_patch(struct zipped *zip, const char *signature, unsigned nth, size_t at, uint64_t value, size_t size);

#endif
