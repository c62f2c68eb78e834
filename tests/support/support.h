/* SPDX-License-Identifier: Apache-2.0 */
/* What unit tests share: a ready environment, a counting and failing allocator, readers in small pieces, files. */
#ifndef TEST_SUPPORT_H
#define TEST_SUPPORT_H

#include "base/buf.h"
#include "base/env.h"
#include "base/reader.h"

#include <stdio.h>

/* An environment whose allocator counts. Use one per test; test_env_close() frees what it owns. */
struct test_env {
    struct ia_env env;
    imga_limits limits; /* defaults; change before use */
    struct ia_hooks hooks;
    struct ia_notes notes;
    struct ia_cancel cancel;
    size_t live;    /* allocations not yet freed */
    size_t count;   /* allocations and growths so far */
    size_t fail_at; /* the n-th of them fails; 0: none */
    int fail_on;    /* 1: all from fail_at on fail */
};

void test_env_open(struct test_env *t);   /* with crypto when the test links it: call test_env_crypto() */
void test_env_crypto(struct test_env *t); /* defined in crypto_support.c */
void test_env_close(struct test_env *t);
void test_env_reset(struct test_env *t); /* forgets error and notes */

/* Whether a note of this code was added. */
int test_has_note(const struct test_env *t, int32_t code);

/* A reader over memory in chunks of at most step bytes; cannot skip. Close it with ia_reader_close(). */
struct ia_reader *test_chunks(const void *data, size_t size, size_t step);
/* A stage that answers IA_AGAIN before everything its input says; takes input over. */
struct ia_reader *test_pausing(struct ia_reader *input);
/* A reader that hands out size bytes of memory and then fails with status (env->error is set). */
struct ia_reader *test_broken(const void *data, size_t size, int status);

/* Reads everything into a malloc'ed buffer; returns the final status (0 or < 0). */
int test_read_all(struct ia_env *env, struct ia_reader *reader, char **data, size_t *size);

/* A writer into a buffer. */
struct ia_writer test_writer(struct ia_buf *buf);

/* A whole file, malloc'ed; NULL when it cannot be read. */
char *test_file(const char *path, size_t *size);
/* The folder with real data (environment IMGASSURE_SHARED), or NULL: the test is then skipped. */
const char *test_shared(void);

#endif
