/* SPDX-License-Identifier: Apache-2.0 */
/* rpm headers and databases as tests want them: sound, and with every number that can be a lie within reach. */
#ifndef MADE_H
#define MADE_H

#include "base/buf.h"
#include "catalog/rpm/database.h"
#include "catalog/rpm/header.h"

enum {
    TAG_NAME = 1000,
    TAG_VERSION = 1001,
    TAG_RELEASE = 1002,
    TAG_EPOCH = 1003,
    TAG_INSTALL_TIME = 1008,
    TAG_VENDOR = 1011,
    TAG_LICENSE = 1014,
    TAG_PACKAGER = 1015,
    TAG_ARCH = 1022,
    TAG_OLD_FILENAMES = 1027,
    TAG_SOURCE = 1044,
    TAG_DIRECTORY_INDEXES = 1116,
    TAG_BASENAMES = 1117,
    TAG_DIRECTORIES = 1118,
    TAG_MODULARITY = 5096,
    TAG_RSA = 268
};

/* A header that is being made. Put its values in, then made_header(). */
struct made {
    struct ia_buf index, data, blob;
    uint32_t count;
    uint32_t region; /* entries of the region; 0: none */
};

void made_open(struct made *m);
void made_close(struct made *m);
/* An entry as it is, for values already in the data or nowhere. */
void made_entry(struct made *m, uint32_t tag, uint32_t type, uint32_t offset, uint32_t count);
void made_string(struct made *m, uint32_t tag, const char *text);
/* Each text with its NUL behind the other. */
void made_strings(struct made *m, uint32_t tag, uint32_t type, const char *texts, uint32_t count);
void made_numbers(struct made *m, uint32_t tag, const uint32_t *numbers, uint32_t count);
void made_bytes(struct made *m, uint32_t tag, const void *data, uint32_t size);
/* What was put in so far is the region that is signed. */
void made_region(struct made *m);
/* name 1-2 noarch, source "name-1-2.src.rpm". */
void made_package(struct made *m, const char *name);
/* The header, valid until the next call. */
struct ia_str made_header(struct made *m);

/* Databases of these headers, malloc'ed. */
struct ia_str made_bdb(const struct ia_str *headers, size_t count, bool big, uint32_t page_size);
struct ia_str made_ndb(const struct ia_str *headers, size_t count);
/* With more statements before it is closed; NULL: none. */
struct ia_str made_sqlite(const struct ia_str *headers, size_t count, const char *statements);

#endif
