/* SPDX-License-Identifier: Apache-2.0 */
/* Findings made by hand, for the tests of policies and reports: the inventory, the feeds and the rows are the test's.
 */
#ifndef TEST_JUDGED_H
#define TEST_JUDGED_H

#include "model/finding.h"
#include "policy/policy.h"
#include "support.h"

struct judged {
    struct ia_inventory inventory;
    struct ia_findings findings;
    struct ia_feed feed;
};

/* An empty Debian inventory of two layers, and findings of one feed without rows. */
void judged_open(struct judged *j, struct test_env *t);
void judged_close(struct judged *j);
/* NULL strings become "". */
void judged_package(struct judged *j, struct test_env *t, struct ia_package package);
void judged_finding(struct judged *j, struct ia_finding finding);
/* Three packages, libssl3 telnetd zlib1g, and one finding of each state, CVE-1 to CVE-7. */
void judged_fill(struct judged *j, struct test_env *t);

/* "imgassure: 1\npolicy: p\n" and the rest, parsed; the test fails when it does not parse. */
struct ia_policy *judged_policy(struct test_env *t, const char *rest);

#endif
