/* SPDX-License-Identifier: Apache-2.0 */
/* JSON files of test vectors below IMGASSURE_SHARED, packed with xz or not, event by event. */
#ifndef REAL_VECTORS_H
#define REAL_VECTORS_H

#include "support.h"
#include "syntax/json_read.h"

enum { VECTORS_SKIPPED = 77 };

struct vectors {
    struct test_env t;
    struct ia_buf content;
    struct ia_reader *reader;
    struct ia_json *json;
    struct ia_str text; /* of the last key, string or number */
};

/* A path below IMGASSURE_SHARED/vectors; false when there is no such file. */
bool vectors_open(struct vectors *v, const char *name);
void vectors_close(struct vectors *v);

/* The next event; ends the program when the file is not JSON. */
int vectors_next(struct vectors *v);
/* The next key of an object; false at its end. */
bool vectors_key(struct vectors *v, char *key, size_t size);
/* Takes a whole value: a string is copied, null and false are "", true is "true", anything else is skipped. */
void vectors_text(struct vectors *v, char *text, size_t size);
void vectors_copy(struct ia_str from, char *text, size_t size);

#endif
