/* SPDX-License-Identifier: Apache-2.0 */
/* Reading one rule of a policy. */
#ifndef IA_POLICY_RULE_H
#define IA_POLICY_RULE_H

#include "policy/document.h"
#include "policy/schema.h"

int ia_rule_read(struct ia_env *env, struct ia_arena *arena, const struct ia_yaml *value, struct ia_rule *rule);
/* A severity word other than "unknown". */
int ia_rule_severity(struct ia_env *env, const struct ia_yaml *value, int32_t *out);

#endif
