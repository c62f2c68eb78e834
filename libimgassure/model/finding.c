/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings and verdicts as containers: who fills them decides what they say. Limits: findings, notes. The lines of a
 * verdict judge findings, packages and notes; exceptions come out of a document, at more than one byte each.
 */
#include "model/finding.h"

#include <imgassure/policy.h>

#include <string.h>

static size_t count_limit(uint64_t limit)
{
    return limit > SIZE_MAX ? SIZE_MAX : (size_t)limit;
}

static size_t line_limit(const imga_limits *limits)
{
    uint64_t sum = limits->findings;
    sum = sum + limits->packages < sum ? UINT64_MAX : sum + limits->packages;
    sum = sum + limits->notes < sum ? UINT64_MAX : sum + limits->notes;
    return count_limit(sum);
}

void ia_findings_init(struct ia_env *env, struct ia_findings *findings)
{
    memset(findings, 0, sizeof(*findings));
    findings->database_id = "";
    ia_arena_init(&findings->arena, &env->alloc);
    ia_vec_init(&findings->rows, &env->alloc, sizeof(struct ia_finding), count_limit(env->limits->findings));
    ia_notes_init(&findings->notes, &env->alloc, count_limit(env->limits->notes));
}

void ia_findings_free(struct ia_findings *findings)
{
    ia_vec_free(&findings->rows);
    ia_notes_free(&findings->notes);
    ia_arena_free(&findings->arena);
}

const struct ia_finding *ia_findings_at(const struct ia_findings *findings, size_t index)
{
    return ia_vec_at(&findings->rows, index);
}

/* Without an inventory nothing was looked at. */
bool ia_findings_complete(const struct ia_findings *findings)
{
    return findings->inventory && ia_notes_complete(&findings->inventory->notes) && ia_notes_complete(&findings->notes);
}

/* INCOMPLETE until the evaluation has come to an end and says otherwise. */
void ia_verdict_init(struct ia_env *env, struct ia_verdict *verdict)
{
    memset(verdict, 0, sizeof(*verdict));
    verdict->policy_id = "";
    verdict->policy_name = "";
    verdict->result = IMGA_VERDICT_INCOMPLETE;
    ia_arena_init(&verdict->arena, &env->alloc);
    ia_vec_init(&verdict->items, &env->alloc, sizeof(struct ia_verdict_item), line_limit(env->limits));
    ia_vec_init(&verdict->exceptions, &env->alloc, sizeof(struct ia_verdict_exception),
                count_limit(env->limits->document_bytes));
}

void ia_verdict_free(struct ia_verdict *verdict)
{
    ia_vec_free(&verdict->items);
    ia_vec_free(&verdict->exceptions);
    ia_arena_free(&verdict->arena);
}

const struct ia_verdict_item *ia_verdict_at(const struct ia_verdict *verdict, size_t index)
{
    return ia_vec_at(&verdict->items, index);
}
