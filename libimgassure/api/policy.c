/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/policy.h>. */
#include "policy/policy.h"

#include "api/object.h"
#include "model/severity.h"
#include "model/time.h"
#include "syntax/yaml_read.h"

#include <string.h>

static int parse(struct ia_env *env, imga_policy *policy, struct ia_source *source)
{
    struct ia_buf document;
    struct ia_digest digest;
    char text[IA_DIGEST_TEXT];
    int status;
    ia_buf_init(&document, &env->alloc, IA_YAML_BYTES);
    IA_GO(status, ia_source_slurp(source, env, "policy bytes", IA_YAML_BYTES, &document));
    IA_GO(status, ia_digest_of(env, document.p, document.n, &digest));
    ia_digest_text(&digest, text);
    memcpy(policy->id, text, sizeof(policy->id) - 1);
    status = ia_policy_parse(env, ia_buf_view(&document), &policy->policy);
out:
    ia_buf_free(&document);
    return status;
}

IMGA_API int imga_policy_read(imga_context *context, imga_source *source, imga_policy **out, imga_error **error)
{
    struct ia_env env;
    if (!context || !source || !out)
        return ia_api_invalid(error, "context, source or out is NULL");
    ia_api_begin(&env, context);
    imga_policy *policy = ia_api_object(&env, sizeof(*policy));
    if (!policy)
        return ia_api_end(&env, IMGA_E_NOMEM, error);
    int status = parse(&env, policy, source->source);
    if (status < 0) {
        ia_free(&env.alloc, policy);
        return ia_api_end(&env, status, error);
    }
    policy->context = imga_context_ref(context);
    *out = policy;
    return IMGA_OK;
}

imga_policy *ia_api_policy_ref(imga_policy *policy)
{
    ia_ref_take(&policy->ref);
    return policy;
}

IMGA_API imga_policy *imga_policy_unref(imga_policy *policy)
{
    if (policy && ia_ref_drop(&policy->ref)) {
        imga_context *context = policy->context;
        ia_policy_free(policy->policy);
        ia_free(&context->alloc, policy);
        imga_context_unref(context);
    }
    return NULL;
}

IMGA_API const char *imga_policy_id(const imga_policy *policy)
{
    return policy ? policy->id : "";
}

IMGA_API const char *imga_policy_name(const imga_policy *policy)
{
    return policy ? ia_policy_name(policy->policy) : "";
}

IMGA_API int imga_policy_evaluate(imga_policy *policy, imga_findings *findings, int64_t now, imga_verdict **out,
                                  imga_error **error)
{
    struct ia_env env;
    if (!policy || !findings || !out)
        return ia_api_invalid(error, "policy, findings or out is NULL");
    ia_api_begin(&env, policy->context);
    imga_verdict *verdict = ia_api_object(&env, sizeof(*verdict));
    if (!verdict)
        return ia_api_end(&env, IMGA_E_NOMEM, error);
    int status = ia_policy_evaluate(&env, policy->policy, &findings->findings, now, &verdict->verdict);
    if (status < 0) {
        ia_free(&env.alloc, verdict);
        return ia_api_end(&env, status, error);
    }
    verdict->verdict.policy_id = policy->id;
    verdict->context = imga_context_ref(policy->context);
    verdict->policy = ia_api_policy_ref(policy);
    verdict->findings = imga_findings_ref(findings);
    *out = verdict;
    return IMGA_OK;
}

IMGA_API imga_verdict *imga_verdict_unref(imga_verdict *verdict)
{
    if (verdict && ia_ref_drop(&verdict->ref)) {
        imga_context *context = verdict->context;
        ia_verdict_free(&verdict->verdict);
        imga_policy_unref(verdict->policy);
        imga_findings_unref(verdict->findings);
        ia_free(&context->alloc, verdict);
        imga_context_unref(context);
    }
    return NULL;
}

IMGA_API int32_t imga_verdict_result(const imga_verdict *verdict)
{
    return verdict ? verdict->verdict.result : IMGA_VERDICT_INCOMPLETE;
}

IMGA_API size_t imga_verdict_count(const imga_verdict *verdict)
{
    return verdict ? verdict->verdict.items.n : 0;
}

static void fill_item(const void *object, size_t index, void *out)
{
    const struct ia_verdict *verdict = object;
    const struct ia_verdict_item *item = ia_vec_at(&verdict->items, index);
    imga_verdict_row *row = out;
    row->result = item->result;
    row->rule = item->rule;
    row->line = item->line;
    row->finding = item->finding;
    row->package = item->package;
    row->item = item->item;
    row->evidence = item->evidence;
    row->remedy = item->remedy;
    row->exception = item->exception;
}

IMGA_API int64_t imga_verdict_rows(const imga_verdict *verdict, size_t first, imga_verdict_row *out, size_t count)
{
    struct ia_api_rows rows = {verdict ? &verdict->verdict : NULL, imga_verdict_count(verdict), sizeof(*out),
                               fill_item};
    return ia_api_fill(&rows, first, out, count);
}

IMGA_API size_t imga_verdict_exception_count(const imga_verdict *verdict)
{
    return verdict ? verdict->verdict.exceptions.n : 0;
}

static void fill_exception(const void *object, size_t index, void *out)
{
    const struct ia_verdict *verdict = object;
    const struct ia_verdict_exception *exception = ia_vec_at(&verdict->exceptions, index);
    imga_exception_row *row = out;
    row->line = exception->line;
    row->id = exception->id;
    row->rule = exception->rule;
    row->owner = exception->owner;
    row->reason = exception->reason;
    row->until = exception->until;
    row->expired = exception->expired;
    row->used = exception->used;
}

IMGA_API int64_t imga_verdict_exceptions(const imga_verdict *verdict, size_t first, imga_exception_row *out,
                                         size_t count)
{
    struct ia_api_rows rows = {verdict ? &verdict->verdict : NULL, imga_verdict_exception_count(verdict), sizeof(*out),
                               fill_exception};
    return ia_api_fill(&rows, first, out, count);
}

IMGA_API const char *imga_verdict_name(int32_t result)
{
    return ia_verdict_name(result);
}

IMGA_API int imga_time_parse(const char *text, int64_t *seconds)
{
    if (!text || !seconds)
        return IMGA_E_INVALID;
    return ia_time_parse(ia_str_from(text), seconds) ? IMGA_OK : IMGA_E_FORMAT;
}
