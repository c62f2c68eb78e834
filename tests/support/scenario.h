/* SPDX-License-Identifier: Apache-2.0 */
/* One small complete case through the public API: image, feeds, policy; and a counting, failing allocator for it. */
#ifndef TEST_SCENARIO_H
#define TEST_SCENARIO_H

#include <imgassure/imgassure.h>

#include "tarball.h"

#include <stddef.h>

/* An allocator that counts; the n-th allocation or growth after arming fails, or all from there on. */
struct failing {
    imga_allocator allocator;
    size_t live;
    size_t count;
    size_t fail_at; /* 0: never */
    int for_ever;
    size_t failed; /* how many were refused */
};

void failing_init(struct failing *f);
void failing_arm(struct failing *f, size_t fail_at, int for_ever); /* restarts the count */
void failing_disarm(struct failing *f);

/* Bytes of the case. */
struct scenario {
    struct tarball docker; /* docker save archive, two layers, Debian with three packages */
    struct tarball oci;    /* the same as OCI archive */
    char *folder;          /* the same as OCI layout folder */
    const char *tracker;   /* Debian tracker JSON that gives every status */
    const char *secdb;     /* Alpine secdb JSON */
    const char *policy;    /* YAML */
    int64_t now;
};

void scenario_make(struct scenario *s);
void scenario_free(struct scenario *s);

/* A growing buffer for imga_write_fn. */
struct sink {
    char *p;
    size_t n;
};
int sink_write(void *user, const void *data, size_t size);
void sink_free(struct sink *sink);

/* The database of the case, compiled; aborts when it cannot. */
void scenario_database(const struct scenario *s, imga_context *context, struct sink *out);

#endif
