/* SPDX-License-Identifier: Apache-2.0 */
/* A complete report input: findings made by hand, and the verdict of a policy over them. */
#ifndef TEST_REPORTED_H
#define TEST_REPORTED_H

#include "../policy/judged.h"
#include "report/report.h"

/* Escape, C1, bell, bidirectional override, isolate, zero width, BOM, line breaks, tab, DEL: all that steers a
 * terminal. */
#define HOSTILE "a\033[2J\xc2\x9b\a\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf\xe2\x80\xa8\n\r\t\x7f<b>\"\\"

struct reported {
    struct test_env t;
    struct judged j;
    struct ia_policy *policy;
    struct ia_verdict verdict;
    struct ia_report report;
    struct ia_buf out; /* what was written */
};

/* The findings of judged_fill(), judged by the rest of a policy (judged_policy()). */
void reported_open(struct reported *r, const char *policy);
/* Every text hostile. */
void reported_open_hostile(struct reported *r);
void reported_close(struct reported *r);
/* Writes as IMGA_REPORT_*; out is NUL-terminated. */
int reported_write(struct reported *r, int32_t format);

#endif
