/* SPDX-License-Identifier: Apache-2.0 */
/* A parsed policy. Strings live in its arena and are never NULL. */
#ifndef IA_POLICY_DOCUMENT_H
#define IA_POLICY_DOCUMENT_H

#include "base/arena.h"
#include "policy/policy.h"

enum ia_check { IA_CHECK_VULN = 1, IA_CHECK_PACKAGE };

struct ia_rule {
    const char *id;
    uint32_t line;
    enum ia_check check;
    int32_t result;           /* IMGA_VERDICT_FAIL for deny, WARN for warn, PASS for info */
    const char *fix;          /* the remedy in the policy's words; "" for ours */
    int32_t severity;         /* vuln: at least */
    bool fixable;             /* vuln: only findings with a fixed version */
    uint32_t statuses;        /* vuln: bits 1 << IMGA_FINDING_* */
    bool is_allow_list;       /* package: names are the allowed ones, not the denied ones */
    const char *const *names; /* package: patterns with '*' */
    size_t name_count;
};

struct ia_exception {
    const char *id;
    uint32_t line;
    const char *rule;    /* "" for every rule */
    const char *vuln;    /* "" for every identifier */
    const char *package; /* "" for every package */
    const char *owner;
    const char *reason;
    int64_t until;
};

struct ia_policy {
    struct ia_arena arena;
    const char *name;
    int32_t unknown;          /* IMGA_VERDICT_INCOMPLETE for deny, WARN for warn */
    uint32_t unknown_line;    /* 0 when the policy does not say */
    int32_t default_severity; /* of findings without one; IMGA_SEVERITY_UNKNOWN: they are unknown */
    struct ia_rule *rules;
    size_t rule_count;
    struct ia_exception *exceptions;
    size_t exception_count;
};

/*
 * Whether name matches a pattern in which '*' stands for any run of characters. At most pattern.n * name.n steps, and
 * the schema bounds a pattern by IA_SCHEMA_PATTERN bytes.
 */
bool ia_glob(struct ia_str pattern, struct ia_str name);

#endif
