/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluation of a policy: rules in order, each over its items in order, exceptions applied, unknowns last. What cannot
 * be decided becomes what default.unknown says, never a pass. The clock is a parameter. Limits: the lines
 * of a verdict by findings, packages and notes together and one for each rule, their texts by document_bytes.
 */
#include "policy/evaluate.h"

#include "model/severity.h"

static int add_item(struct ia_evaluation *e, const struct ia_verdict_item *item)
{
    int status = ia_vec_push(&e->verdict->items, item);
    if (status == IMGA_E_LIMIT)
        return ia_fail_limit(e->env, -1, "findings", e->env->limits->findings, IA_STR("the lines of the verdict"));
    if (status < 0)
        return ia_fail_nomem(e->env);
    if (item->result > e->verdict->result)
        e->verdict->result = item->result;
    return IMGA_OK;
}

static bool matches(const char *wanted, const char *value)
{
    return !*wanted || ia_glob(ia_str_from(wanted), ia_str_from(value));
}

static bool excuses(const struct ia_exception *x, const struct ia_rule *rule, const struct ia_objection *objection)
{
    if (*x->rule && !ia_str_is(ia_str_from(x->rule), rule->id))
        return false;
    if (*x->vuln && !(objection->finding && matches(x->vuln, objection->finding->id)))
        return false;
    return matches(x->package, objection->package->name);
}

/* A valid exception wins over an expired one; the first of each kind counts. */
static const struct ia_exception *find_exception(struct ia_evaluation *e, const struct ia_rule *rule,
                                                 const struct ia_objection *objection)
{
    const struct ia_exception *found = NULL;
    size_t index = 0;
    for (size_t i = 0; i < e->policy->exception_count; i++) {
        const struct ia_exception *x = &e->policy->exceptions[i];
        if (!excuses(x, rule, objection) || (found && x->until <= e->verdict->now))
            continue;
        found = x;
        index = i;
        if (x->until > e->verdict->now)
            break;
    }
    if (found)
        ((struct ia_verdict_exception *)ia_vec_at(&e->verdict->exceptions, index))->used++;
    return found;
}

/* One item that a rule objects to, or cannot decide about. */
static int object_to(struct ia_evaluation *e, const struct ia_rule *rule, const struct ia_objection *objection,
                     struct ia_verdict_item item)
{
    const struct ia_exception *exception = find_exception(e, rule, objection);
    bool undecided = *objection->undecided && rule->result == IMGA_VERDICT_FAIL;
    item.rule = rule->id;
    item.line = rule->line;
    item.result = undecided ? e->policy->unknown : rule->result;
    item.exception = exception ? exception->id : "";
    IA_TRY(ia_item_words(e, objection, &item.item));
    IA_TRY(ia_item_evidence(e, objection, &item.evidence));
    item.remedy = rule->fix;
    if (!*rule->fix)
        IA_TRY(ia_item_remedy(e, objection, &item.remedy));
    if (exception && exception->until > e->verdict->now)
        item.result = IMGA_VERDICT_PASS;
    else if (exception)
        IA_TRY(ia_item_expired(e, exception, &item.evidence));
    return add_item(e, &item);
}

/* Whether the rule speaks of findings in this state. *undecided is set when the state itself is not certain. */
static bool has_status(const struct ia_rule *rule, int32_t status, const char **undecided)
{
    if (status >= IMGA_FINDING_AFFECTED && status <= IMGA_FINDING_UNDETERMINED)
        return rule->statuses >> status & 1;
    *undecided = "the versions cannot be compared";
    return true;
}

/* Whether the rule objects, or may have to: then *undecided says why that is not certain. */
static bool objects(const struct ia_policy *policy, const struct ia_rule *rule, const struct ia_finding *finding,
                    const char **undecided)
{
    int32_t severity = finding->severity ? finding->severity : policy->default_severity;
    if (!has_status(rule, finding->status, undecided) || (rule->fixable && !*finding->fixed_version))
        return false;
    if (severity != IMGA_SEVERITY_UNKNOWN || rule->severity == IMGA_SEVERITY_UNKNOWN)
        return severity >= rule->severity;
    if (!**undecided)
        *undecided = "the severity is not known";
    return true;
}

static int run_vuln(struct ia_evaluation *e, const struct ia_rule *rule)
{
    const struct ia_finding *finding;
    for (size_t i = 0; (finding = ia_findings_at(e->findings, i)); i++) {
        struct ia_objection objection = {finding, NULL, ""};
        const struct ia_verdict_item item = {.finding = (int64_t)i, .package = finding->package};
        IA_TRY(ia_check_cancel(e->env));
        if (!objects(e->policy, rule, finding, &objection.undecided))
            continue;
        objection.package = ia_inventory_package(e->findings->inventory, finding->package);
        IA_TRY(object_to(e, rule, &objection, item));
    }
    return IMGA_OK;
}

static int run_package(struct ia_evaluation *e, const struct ia_rule *rule)
{
    struct ia_objection objection = {NULL, NULL, ""};
    for (size_t i = 0; (objection.package = ia_inventory_package(e->findings->inventory, i)); i++) {
        bool named = false;
        const struct ia_verdict_item item = {.finding = -1, .package = (int64_t)i};
        IA_TRY(ia_check_cancel(e->env));
        for (size_t k = 0; k < rule->name_count && !named; k++)
            named = ia_glob(ia_str_from(rule->names[k]), ia_str_from(objection.package->name));
        if (named != rule->is_allow_list)
            IA_TRY(object_to(e, rule, &objection, item));
    }
    return IMGA_OK;
}

/* A rule that found nothing is said to have been looked at. */
static int run_rule(struct ia_evaluation *e, const struct ia_rule *rule)
{
    size_t before = e->verdict->items.n;
    IA_TRY(rule->check == IA_CHECK_VULN ? run_vuln(e, rule) : run_package(e, rule));
    const struct ia_verdict_item satisfied = {
        .result = IMGA_VERDICT_PASS,
        .line = rule->line,
        .rule = rule->id,
        .finding = -1,
        .package = -1,
        .item = "nothing found",
        .evidence = "",
        .remedy = "",
        .exception = "",
    };
    return e->verdict->items.n == before ? add_item(e, &satisfied) : IMGA_OK;
}

static int add_unknown(struct ia_evaluation *e, const struct ia_note *note)
{
    struct ia_verdict_item item = {
        .result = e->policy->unknown,
        .line = e->policy->unknown_line,
        .rule = "default.unknown",
        .finding = -1,
        .package = -1,
        .item = "something could not be looked at",
        .exception = "",
        .remedy = "mend what the note names, or judge the image by hand",
    };
    IA_TRY(ia_item_note(e, note, &item.evidence));
    return add_item(e, &item);
}

/* Notes over their limit are only counted: then there is a remark without a row. */
static int run_notes(struct ia_evaluation *e, const struct ia_notes *notes)
{
    static const struct ia_note dropped = {IMGA_NOTE_DROPPED, -1, "", "there were notes, but none was kept"};
    const struct ia_note *note;
    size_t before = e->verdict->items.n;
    for (size_t i = 0; (note = ia_notes_at(notes, i)); i++)
        if (ia_note_is_incomplete(note->code))
            IA_TRY(add_unknown(e, note));
    return e->verdict->items.n == before && !ia_notes_complete(notes) ? add_unknown(e, &dropped) : IMGA_OK;
}

static int list_exceptions(struct ia_evaluation *e)
{
    for (size_t i = 0; i < e->policy->exception_count; i++) {
        const struct ia_exception *x = &e->policy->exceptions[i];
        const struct ia_verdict_exception row = {
            x->line, x->id, x->rule, x->owner, x->reason, x->until, x->until <= e->verdict->now, 0};
        IA_TRY(ia_described(e->env, ia_vec_push(&e->verdict->exceptions, &row), "document_bytes",
                            e->env->limits->document_bytes));
    }
    return IMGA_OK;
}

static int evaluate(struct ia_evaluation *e)
{
    IA_TRY(list_exceptions(e));
    for (size_t i = 0; i < e->policy->rule_count; i++)
        IA_TRY(run_rule(e, &e->policy->rules[i]));
    IA_TRY(run_notes(e, &e->findings->inventory->notes));
    return run_notes(e, &e->findings->notes);
}

static size_t more(size_t max, size_t count)
{
    return max > SIZE_MAX - count ? SIZE_MAX : max + count;
}

/* A rule that found nothing has a line too, and so have notes that were dropped. */
int ia_policy_evaluate(struct ia_env *env, const struct ia_policy *policy, const struct ia_findings *findings,
                       int64_t now, struct ia_verdict *verdict)
{
    struct ia_evaluation e = {env, policy, findings, verdict, {.p = NULL}};
    ia_buf_init(&e.text, &env->alloc, IA_ITEM_TEXT);
    ia_verdict_init(env, verdict);
    verdict->findings = findings;
    verdict->policy_id = "";
    verdict->policy_name = policy->name;
    verdict->now = now;
    verdict->result = IMGA_VERDICT_PASS;
    verdict->items.max = more(verdict->items.max, policy->rule_count + 2);
    int status = evaluate(&e);
    ia_buf_free(&e.text);
    if (status < 0)
        ia_verdict_free(verdict);
    return status;
}
