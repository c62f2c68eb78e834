/* SPDX-License-Identifier: Apache-2.0 */
/* Findings and verdicts as plain records. Strings are borrowed from database, inventory or the record's own arena. */
#ifndef IA_MODEL_FINDING_H
#define IA_MODEL_FINDING_H

#include "base/arena.h"
#include "base/notes.h"
#include "base/vec.h"
#include "model/inventory.h"

struct ia_finding {
    int32_t status;   /* IMGA_FINDING_* */
    int32_t severity; /* IMGA_SEVERITY_* */
    uint32_t feed;
    uint32_t package; /* index in the inventory */
    const char *id;
    const char *source;
    const char *version;
    const char *fixed_version;
    const char *urgency;
    const char *reason;
    const char *release;
    const char *repository;
};

/* A feed as a report names it. */
struct ia_feed {
    int32_t format;
    const char *name;
    const char *sha256;
    int64_t as_of;
    uint64_t size;
    uint64_t records;
    uint64_t skipped;
};

struct ia_findings {
    const struct ia_inventory *inventory; /* outlives the findings */
    const char *database_id;              /* borrowed from the database, which outlives the findings */
    const struct ia_feed *feeds;          /* array of feed_count, borrowed from the database */
    size_t feed_count;
    struct ia_arena arena;
    struct ia_vec rows; /* struct ia_finding, by package, then id */
    struct ia_notes notes;
};

void ia_findings_init(struct ia_env *env, struct ia_findings *findings);
void ia_findings_free(struct ia_findings *findings);                                       /* a zeroed one is fine */
const struct ia_finding *ia_findings_at(const struct ia_findings *findings, size_t index); /* NULL past the end */
bool ia_findings_complete(const struct ia_findings *findings);                             /* inventory and match */

struct ia_verdict_item {
    int32_t result;
    uint32_t line;
    const char *rule;
    int64_t finding;
    int64_t package;
    const char *item;
    const char *evidence;
    const char *remedy;
    const char *exception;
};

struct ia_verdict_exception {
    uint32_t line;
    const char *id;
    const char *rule;
    const char *owner;
    const char *reason;
    int64_t until;
    bool expired;
    uint64_t used;
};

struct ia_verdict {
    const struct ia_findings *findings; /* outlives the verdict */
    const char *policy_id;              /* borrowed from the policy, which outlives the verdict */
    const char *policy_name;
    int64_t now;
    int32_t result;
    struct ia_arena arena;
    struct ia_vec items;      /* struct ia_verdict_item */
    struct ia_vec exceptions; /* struct ia_verdict_exception */
};

void ia_verdict_init(struct ia_env *env, struct ia_verdict *verdict);
void ia_verdict_free(struct ia_verdict *verdict); /* a zeroed one is fine */
const struct ia_verdict_item *ia_verdict_at(const struct ia_verdict *verdict, size_t index);

#endif
