/* SPDX-License-Identifier: Apache-2.0 */
/* What the evaluation of rules and the wording of their items share. */
#ifndef IA_POLICY_EVALUATE_H
#define IA_POLICY_EVALUATE_H

#include "base/buf.h"
#include "policy/document.h"

/* Bytes of one fact of an item (a longer one is cut) and of one text of it, which has room for all its facts. */
enum { IA_ITEM_FACT = 1024, IA_ITEM_TEXT = 16384 };

struct ia_evaluation {
    struct ia_env *env;
    const struct ia_policy *policy;
    const struct ia_findings *findings;
    struct ia_verdict *verdict;
    struct ia_buf text; /* scratch */
};

/* What a rule is about to say. */
struct ia_objection {
    const struct ia_finding *finding; /* NULL: the package itself */
    const struct ia_package *package;
    const char *undecided; /* why the rule cannot decide; "" when it can */
};

/* Texts in the verdict's arena: 0 or a status. E_LIMIT: document_bytes bounds all of them together. */
int ia_item_words(struct ia_evaluation *e, const struct ia_objection *objection, const char **out);
int ia_item_evidence(struct ia_evaluation *e, const struct ia_objection *objection, const char **out);
int ia_item_remedy(struct ia_evaluation *e, const struct ia_objection *objection, const char **out);
/* "the evidence; the exception ID of OWNER expired at DATE" */
int ia_item_expired(struct ia_evaluation *e, const struct ia_exception *exception, const char **evidence);
/* A note as evidence: "db-partial at var/lib/dpkg/status, byte 12: text". */
int ia_item_note(struct ia_evaluation *e, const struct ia_note *note, const char **out);

#endif
