/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policy documents, docs/policy-language.md: the whole document, its defaults and exceptions. Limits: document_bytes,
 * and what syntax/yaml_read.h and policy/schema.h bound.
 */
#include "policy/document.h"
#include "policy/rule.h"
#include "policy/schema.h"

#include "base/map.h"
#include "model/severity.h"
#include "model/time.h"

struct reading {
    struct ia_policy *policy;
    struct ia_map rules;      /* id -> its line */
    struct ia_map exceptions; /* the same */
};

static int read_version(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    (void)object;
    if (value->kind != IA_YAML_SCALAR || !value->plain || !ia_str_is(ia_str_from(value->text), "1"))
        return ia_schema_fail(env, value, IMGA_E_UNSUPPORTED, "this library knows policy language version 1 only");
    return IMGA_OK;
}

static int read_name(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    struct reading *r = object;
    return ia_schema_text(env, value, &r->policy->name);
}

/* For people: checked to be text, and otherwise not used. */
static int read_comment(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    const char *text;
    (void)object;
    return ia_schema_text(env, value, &text);
}

static int read_unknown(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    struct reading *r = object;
    const char *text = "";
    IA_TRY(ia_schema_text(env, value, &text));
    bool deny = ia_str_is(ia_str_from(text), "deny");
    if (!deny && !ia_str_is(ia_str_from(text), "warn"))
        return ia_schema_fail(env, value, IMGA_E_FORMAT, "unknown must be deny or warn");
    r->policy->unknown = deny ? IMGA_VERDICT_INCOMPLETE : IMGA_VERDICT_WARN;
    r->policy->unknown_line = value->line;
    return IMGA_OK;
}

static int read_default_severity(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    struct reading *r = object;
    return ia_rule_severity(env, value, &r->policy->default_severity);
}

static int read_default(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    static const struct ia_member members[] = {
        {"unknown", false, read_unknown},
        {"severity", false, read_default_severity},
    };
    static const struct ia_schema schema = {"default", members, IA_COUNT(members)};
    return ia_schema_read(env, &schema, value, object);
}

/* Reports and exceptions name rules by id, so an id stands for one thing only. */
static int take_id(struct ia_env *env, struct ia_map *ids, const char *id, const struct ia_yaml *at)
{
    uint64_t line;
    if (ia_map_get(ids, ia_str_from(id), &line))
        return ia_fail(env, IMGA_E_FORMAT, -1, "line %u, column %u: the id \"%.80s\" is already on line %u",
                       (unsigned)at->line, (unsigned)at->column, id, (unsigned)line);
    return ia_map_put(ids, ia_str_from(id), at->line) < 0 ? ia_fail_nomem(env) : IMGA_OK;
}

static int read_rules(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    struct reading *r = object;
    struct ia_policy *policy = r->policy;
    IA_TRY(ia_schema_is_sequence(env, value));
    policy->rules = ia_arena_new_array(&policy->arena, value->count, sizeof(*policy->rules));
    if (!policy->rules)
        return ia_fail_nomem(env);
    for (const struct ia_yaml *item = value->items; item; item = item->next) {
        struct ia_rule *rule = &policy->rules[policy->rule_count++];
        IA_TRY(ia_rule_read(env, &policy->arena, item, rule));
        IA_TRY(take_id(env, &r->rules, rule->id, item));
    }
    return IMGA_OK;
}

#define EXCEPTION_TEXT(member, kind)                                                                                   \
    static int read_exception_##member(struct ia_env *env, const struct ia_yaml *value, void *object)                  \
    {                                                                                                                  \
        struct ia_exception *exception = object;                                                                       \
        return ia_schema_##kind(env, value, &exception->member);                                                       \
    }
EXCEPTION_TEXT(id, text)
EXCEPTION_TEXT(rule, text)
EXCEPTION_TEXT(vuln, pattern)
EXCEPTION_TEXT(package, pattern)
EXCEPTION_TEXT(owner, text)
EXCEPTION_TEXT(reason, text)
#undef EXCEPTION_TEXT

static int read_until(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    struct ia_exception *exception = object;
    if (value->kind != IA_YAML_SCALAR || !ia_time_parse(ia_str_from(value->text), &exception->until))
        return ia_schema_fail(env, value, IMGA_E_FORMAT, "expected a date, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ");
    return IMGA_OK;
}

static int read_exception(struct ia_env *env, const struct ia_yaml *value, struct ia_exception *exception)
{
    static const struct ia_member members[] = {
        {"id", true, read_exception_id},       {"rule", false, read_exception_rule},
        {"vuln", false, read_exception_vuln},  {"package", false, read_exception_package},
        {"owner", true, read_exception_owner}, {"reason", true, read_exception_reason},
        {"until", true, read_until},
    };
    static const struct ia_schema schema = {"exception", members, IA_COUNT(members)};
    *exception = (struct ia_exception){.id = "", .line = value->line, .rule = "", .vuln = "", .package = ""};
    IA_TRY(ia_schema_read(env, &schema, value, exception));
    if (!*exception->vuln && !*exception->package)
        return ia_schema_fail(env, value, IMGA_E_FORMAT, "an exception must name a vuln or a package");
    return IMGA_OK;
}

static int read_exceptions(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    struct reading *r = object;
    struct ia_policy *policy = r->policy;
    IA_TRY(ia_schema_is_sequence(env, value));
    policy->exceptions = ia_arena_new_array(&policy->arena, value->count, sizeof(*policy->exceptions));
    if (!policy->exceptions)
        return ia_fail_nomem(env);
    for (const struct ia_yaml *item = value->items; item; item = item->next) {
        struct ia_exception *exception = &policy->exceptions[policy->exception_count++];
        IA_TRY(read_exception(env, item, exception));
        IA_TRY(take_id(env, &r->exceptions, exception->id, item));
    }
    return IMGA_OK;
}

/* An exception for a rule that does not exist is a spelling mistake that would silently excuse nothing. */
static int check_exceptions(struct ia_env *env, const struct reading *r)
{
    for (size_t i = 0; i < r->policy->exception_count; i++) {
        const struct ia_exception *exception = &r->policy->exceptions[i];
        uint64_t line;
        if (*exception->rule && !ia_map_get(&r->rules, ia_str_from(exception->rule), &line))
            return ia_fail(env, IMGA_E_FORMAT, -1,
                           "line %u: the exception \"%.80s\" is for a rule \"%.80s\" that does not exist",
                           (unsigned)exception->line, exception->id, exception->rule);
    }
    return IMGA_OK;
}

static int read_root(struct ia_env *env, const struct ia_yaml *root, struct reading *r)
{
    static const struct ia_member members[] = {
        {"imgassure", true, read_version},      {"policy", true, read_name},      {"description", false, read_comment},
        {"owner", false, read_comment},         {"default", false, read_default}, {"rules", true, read_rules},
        {"exceptions", false, read_exceptions},
    };
    static const struct ia_schema schema = {"policy", members, IA_COUNT(members)};
    const struct ia_yaml *version = ia_yaml_get(root, "imgassure");
    if (version) /* a newer version may have members that are not known here: the version is the better answer */
        IA_TRY(read_version(env, version, r));
    IA_TRY(ia_schema_read(env, &schema, root, r));
    return check_exceptions(env, r);
}

static int read_document(struct ia_env *env, struct ia_str document, struct ia_policy *policy)
{
    struct reading r = {.policy = policy};
    const struct ia_yaml *root = NULL;
    if (document.n > env->limits->document_bytes)
        return ia_fail_limit(env, -1, "document_bytes", env->limits->document_bytes, IA_STR("the policy"));
    ia_map_init(&r.rules, &env->alloc, env->seed);
    ia_map_init(&r.exceptions, &env->alloc, env->seed);
    int status = ia_yaml_read(env, &policy->arena, document, &root);
    if (status == IMGA_OK)
        status = read_root(env, root, &r);
    ia_map_free(&r.rules);
    ia_map_free(&r.exceptions);
    return status;
}

int ia_policy_parse(struct ia_env *env, struct ia_str document, struct ia_policy **out)
{
    struct ia_policy *policy = ia_new(&env->alloc, sizeof(*policy));
    if (!policy)
        return ia_fail_nomem(env);
    ia_arena_init(&policy->arena, &env->alloc);
    policy->name = "";
    policy->unknown = IMGA_VERDICT_INCOMPLETE;
    policy->default_severity = IMGA_SEVERITY_UNKNOWN;
    int status = read_document(env, document, policy);
    if (status < 0) {
        ia_policy_free(policy);
        return status;
    }
    *out = policy;
    return IMGA_OK;
}

void ia_policy_free(struct ia_policy *policy)
{
    if (!policy)
        return;
    struct ia_alloc alloc = policy->arena.alloc;
    ia_arena_free(&policy->arena);
    ia_free(&alloc, policy);
}

const char *ia_policy_name(const struct ia_policy *policy)
{
    return policy->name;
}
