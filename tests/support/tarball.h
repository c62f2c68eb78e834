/* SPDX-License-Identifier: Apache-2.0 */
/* Writes tar archives into memory, right or wrong as the test wants. Never fails: the tests have memory. */
#ifndef TEST_TARBALL_H
#define TEST_TARBALL_H

#include <stddef.h>
#include <stdint.h>

struct tarball {
    char *p;
    size_t n;
};

struct tar_member {
    const char *name; /* cut at 100 bytes */
    char type;        /* '0' when 0 */
    const char *link;
    const void *data;
    size_t size;
    unsigned mode;        /* 0644 when 0 */
    const char *raw_size; /* 12 raw bytes for the size field, or NULL */
    int bad_checksum;
};

void tarball_add(struct tarball *t, const struct tar_member *member); /* header, data, padding */
void tarball_file(struct tarball *t, const char *name, const char *text);
void tarball_dir(struct tarball *t, const char *name);
void tarball_link(struct tarball *t, const char *name, const char *target); /* symbolic */
void tarball_hardlink(struct tarball *t, const char *name, const char *target);
void tarball_pax(struct tarball *t, const char *key, const char *value); /* a header for the next member */
void tarball_long_name(struct tarball *t, const char *name);             /* GNU 'L' */
void tarball_end(struct tarball *t);                                     /* two zero blocks */
void tarball_free(struct tarball *t);

#endif
