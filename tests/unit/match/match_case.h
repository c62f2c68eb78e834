/* SPDX-License-Identifier: Apache-2.0 */
/* A database made from feed documents, an inventory of a few packages, and the findings as lines. */
#ifndef MATCH_CASE_H
#define MATCH_CASE_H

#include "match/match.h"
#include "support.h"

struct match_case {
    struct test_env t;
    struct ia_inventory inventory;
    struct ia_buf file, lines;
    struct ia_db *db;
    struct ia_findings findings;
};

struct match_package {
    const char *type, *name, *version, *source, *source_version;
};

/* Starts with an empty inventory of a distribution and a database of the feeds (NULL-terminated list of documents). */
void match_case_open(struct match_case *c, const char *distro, const char *release, const char *const *feeds);
void match_case_add(struct match_case *c, const struct match_package *package);
/* Runs the match; the findings are kept on success. */
int match_case_run(struct match_case *c);
/* "package id status fixed severity feed\n" for each finding, then "note code where: text\n". */
const char *match_case_lines(struct match_case *c);
void match_case_close(struct match_case *c);

#endif
