/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a feed from memory and writes down what the sink was told, one line each. */
#ifndef FEED_CASE_H
#define FEED_CASE_H

#include "advisory/feed.h"
#include "support.h"

struct feed_case {
    struct test_env t;
    struct ia_buf lines; /* "distro release repository package id status fixed urgency severity reason\n", "-" if empty;
                            "covers distro release repository\n" */
    struct ia_feed_reading counts;
    int sink_status; /* what the sink answers */
};

void feed_case_open(struct feed_case *c, int32_t format);
int feed_case_read(struct feed_case *c, struct ia_str document, size_t step);
const char *feed_case_lines(struct feed_case *c);
void feed_case_close(struct feed_case *c);

/* Records, skipped, and the lines that a document must give, in one chunk and byte by byte. */
struct feed_row {
    const char *name;
    struct ia_str document;
    uint64_t records, skipped;
    const char *lines;
};
void feed_check_rows(const struct feed_row *rows, size_t count, int32_t format);

#define DOCUMENT(text)                                                                                                 \
    {                                                                                                                  \
        (text), sizeof(text) - 1                                                                                       \
    }

#endif
