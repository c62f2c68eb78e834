/* SPDX-License-Identifier: Apache-2.0 */
/* Rules: one schema for each check, docs/policy-language.md. */
#include "policy/rule.h"

#include "model/severity.h"

struct reading {
    struct ia_arena *arena;
    struct ia_rule *rule;
    bool has_names;
};

static int read_id(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    struct reading *r = object;
    IA_TRY(ia_schema_text(env, value, &r->rule->id));
    if (ia_str_starts(ia_str_from(r->rule->id), IA_STR("default.")))
        return ia_schema_fail(env, value, IMGA_E_FORMAT, "ids that start with \"default.\" belong to the library");
    return IMGA_OK;
}

/* Already known: it chose the schema. */
static int read_check(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    const char *text;
    (void)object;
    return ia_schema_text(env, value, &text);
}

static int read_action(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    static const struct {
        const char *word;
        int32_t result;
    } actions[] = {{"deny", IMGA_VERDICT_FAIL}, {"warn", IMGA_VERDICT_WARN}, {"info", IMGA_VERDICT_PASS}};
    struct reading *r = object;
    const char *text = "";
    IA_TRY(ia_schema_text(env, value, &text));
    for (size_t i = 0; i < IA_COUNT(actions); i++) {
        if (ia_str_is(ia_str_from(text), actions[i].word)) {
            r->rule->result = actions[i].result;
            return IMGA_OK;
        }
    }
    return ia_schema_fail(env, value, IMGA_E_FORMAT, "action must be deny, warn or info");
}

static int read_fix(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    struct reading *r = object;
    return ia_schema_text(env, value, &r->rule->fix);
}

static int read_why(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    const char *text;
    (void)object;
    return ia_schema_text(env, value, &text);
}

int ia_rule_severity(struct ia_env *env, const struct ia_yaml *value, int32_t *out)
{
    const char *text = "";
    IA_TRY(ia_schema_text(env, value, &text));
    int32_t severity = ia_severity_from_name(ia_str_from(text));
    if (severity <= IMGA_SEVERITY_UNKNOWN)
        return ia_schema_fail(env, value, IMGA_E_FORMAT, "severity must be negligible, low, medium, high or critical");
    *out = severity;
    return IMGA_OK;
}

static int read_severity(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    struct reading *r = object;
    return ia_rule_severity(env, value, &r->rule->severity);
}

static int read_fixable(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    struct reading *r = object;
    return ia_schema_bool(env, value, &r->rule->fixable);
}

static int read_statuses(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    struct reading *r = object;
    r->rule->statuses = 0;
    IA_TRY(ia_schema_is_filled(env, value));
    for (const struct ia_yaml *item = value->items; item; item = item->next) {
        const char *text = "";
        int32_t status = IMGA_FINDING_AFFECTED;
        IA_TRY(ia_schema_text(env, item, &text));
        while (status <= IMGA_FINDING_UNDETERMINED && !ia_str_is(ia_str_from(text), ia_finding_status_name(status)))
            status++;
        if (status > IMGA_FINDING_UNDETERMINED)
            return ia_schema_fail(env, item, IMGA_E_FORMAT,
                                  "status must be affected, fixed, not-affected, will-not-fix or undetermined");
        r->rule->statuses |= 1U << status;
    }
    return IMGA_OK;
}

static int read_names(struct ia_env *env, const struct ia_yaml *value, struct reading *r)
{
    IA_TRY(ia_schema_is_filled(env, value));
    if (r->has_names)
        return ia_schema_fail(env, value, IMGA_E_FORMAT, "a package rule has either deny or allow");
    const char **names = ia_arena_new_array(r->arena, value->count, sizeof(*names));
    if (!names)
        return ia_fail_nomem(env);
    size_t n = 0;
    for (const struct ia_yaml *item = value->items; item; item = item->next)
        IA_TRY(ia_schema_pattern(env, item, &names[n++]));
    r->has_names = true;
    r->rule->names = names;
    r->rule->name_count = n;
    return IMGA_OK;
}

static int read_deny(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    return read_names(env, value, object);
}

static int read_allow(struct ia_env *env, const struct ia_yaml *value, void *object)
{
    struct reading *r = object;
    r->rule->is_allow_list = true;
    return read_names(env, value, object);
}

static int read_vuln(struct ia_env *env, const struct ia_yaml *value, struct reading *r)
{
    static const struct ia_member members[] = {
        {"id", true, read_id},
        {"check", true, read_check},
        {"action", false, read_action},
        {"why", false, read_why},
        {"fix", false, read_fix},
        {"severity", false, read_severity},
        {"fixable", false, read_fixable},
        {"status", false, read_statuses},
    };
    static const struct ia_schema schema = {"vuln rule", members, IA_COUNT(members)};
    r->rule->check = IA_CHECK_VULN;
    r->rule->statuses = 1U << IMGA_FINDING_AFFECTED | 1U << IMGA_FINDING_WILL_NOT_FIX | 1U << IMGA_FINDING_UNDETERMINED;
    return ia_schema_read(env, &schema, value, r);
}

static int read_package(struct ia_env *env, const struct ia_yaml *value, struct reading *r)
{
    static const struct ia_member members[] = {
        {"id", true, read_id},    {"check", true, read_check}, {"action", false, read_action}, {"why", false, read_why},
        {"fix", false, read_fix}, {"deny", false, read_deny},  {"allow", false, read_allow},
    };
    static const struct ia_schema schema = {"package rule", members, IA_COUNT(members)};
    r->rule->check = IA_CHECK_PACKAGE;
    IA_TRY(ia_schema_read(env, &schema, value, r));
    if (!r->has_names)
        return ia_schema_fail(env, value, IMGA_E_FORMAT, "a package rule needs deny or allow");
    return IMGA_OK;
}

int ia_rule_read(struct ia_env *env, struct ia_arena *arena, const struct ia_yaml *value, struct ia_rule *rule)
{
    struct reading r = {.arena = arena, .rule = rule};
    const struct ia_yaml *check = value->kind == IA_YAML_MAPPING ? ia_yaml_get(value, "check") : NULL;
    *rule = (struct ia_rule){
        .id = "", .line = value->line, .result = IMGA_VERDICT_FAIL, .fix = "", .severity = IMGA_SEVERITY_UNKNOWN};
    if (!check || check->kind != IA_YAML_SCALAR)
        return ia_schema_fail(env, value, IMGA_E_FORMAT, "a rule is a mapping with id and check");
    if (ia_str_is(ia_str_from(check->text), "vuln"))
        return read_vuln(env, value, &r);
    if (ia_str_is(ia_str_from(check->text), "package"))
        return read_package(env, value, &r);
    return ia_schema_fail(env, check, IMGA_E_UNSUPPORTED, "this library knows the checks vuln and package");
}

bool ia_glob(struct ia_str pattern, struct ia_str name)
{
    size_t p = 0, n = 0, star = pattern.n, mark = 0;
    while (n < name.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            mark = n;
        } else if (p < pattern.n && pattern.p[p] == name.p[n]) {
            p++;
            n++;
        } else if (star < pattern.n) {
            p = star + 1;
            n = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*')
        p++;
    return p == pattern.n;
}
