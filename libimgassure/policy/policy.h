/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies: a strict YAML document (docs/policy-language.md) typed by our schema, and its evaluation: findings and a
 * clock in, verdict out.
 */
#ifndef IA_POLICY_POLICY_H
#define IA_POLICY_POLICY_H

#include "base/env.h"
#include "model/finding.h"

struct ia_policy;

/* The document is not kept. E_FORMAT with "line L" and most often "column C", E_UNSUPPORTED, E_LIMIT. */
int ia_policy_parse(struct ia_env *env, struct ia_str document, struct ia_policy **out);
void ia_policy_free(struct ia_policy *policy); /* NULL is fine */
const char *ia_policy_name(const struct ia_policy *policy);
/*
 * verdict is initialised here and freed on failure; policy and findings outlive it. policy_id is left "". E_LIMIT
 * (findings, document_bytes), E_CANCELLED.
 */
int ia_policy_evaluate(struct ia_env *env, const struct ia_policy *policy, const struct ia_findings *findings,
                       int64_t now, struct ia_verdict *verdict);

#endif
