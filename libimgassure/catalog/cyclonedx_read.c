/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX 1.x, JSON, in one pass: a table says which members matter, where they are and what type they have; all
 * others are skipped, and null is as good as absent. Components lie in components, so open ones are kept on a stack,
 * with the facts that they list. Whether a document is ours is known at its end, for members come in any order.
 */
#include "catalog/cyclonedx_read.h"

#include "catalog/cyclonedx_foreign.h"
#include "catalog/cyclonedx_own.h"

#include <stddef.h>
#include <string.h>

/* Objects and arrays that are read. */
enum place {
    DOCUMENT,
    METADATA,
    DOCUMENT_FACTS,
    DOCUMENT_FACT,
    COMPONENTS,
    COMPONENT,
    FACTS,
    FACT,
    LICENSES,
    CHOICE,
    LICENSE,
    SUPPLIER,
    AUTHORS,
    AUTHOR,
    EVIDENCE,
    OCCURRENCES,
    OCCURRENCE,
    COMPOSITIONS,
    COMPOSITION,
    ASSEMBLIES,
};

/* Texts of the innermost object that is no component. */
struct texts {
    const char *name;
    const char *value;
    const char *id;
    const char *expression;
    const char *location;
    const char *context;
    const char *aggregate;
    bool assembles;
};

struct open_place {
    enum place place;
    bool is_array;
    uint64_t seen; /* steps that were taken, one bit each */
};

struct reader {
    struct ia_env *env;
    struct ia_json *json;
    struct ia_inventory *inventory;
    int event;
    struct ia_str text;
    struct ia_vec places;     /* open ones; their depth is bounded by json_depth */
    struct ia_vec components; /* open ones */
    struct ia_vec facts;      /* of the open components */
    struct texts texts;
    const char *format;
    const char *version;
    struct ia_cyclonedx_own own;
    struct ia_cyclonedx_foreign foreign;
};

/* One member, or the elements of an array, in a place. */
struct step {
    enum place in;
    const char *name; /* NULL: an element */
    int event;        /* IA_JSON_STRING, IA_JSON_OBJECT, IA_JSON_ARRAY */
    enum place to;    /* of a container */
    size_t at;        /* of a string: in the component, the texts, or the reader */
};

static const struct step steps[] = {
    {DOCUMENT, "bomFormat", IA_JSON_STRING, DOCUMENT, offsetof(struct reader, format)},
    {DOCUMENT, "specVersion", IA_JSON_STRING, DOCUMENT, offsetof(struct reader, version)},
    {DOCUMENT, "metadata", IA_JSON_OBJECT, METADATA, 0},
    {DOCUMENT, "components", IA_JSON_ARRAY, COMPONENTS, 0},
    {DOCUMENT, "compositions", IA_JSON_ARRAY, COMPOSITIONS, 0},
    {METADATA, "component", IA_JSON_OBJECT, COMPONENT, 0},
    {METADATA, "properties", IA_JSON_ARRAY, DOCUMENT_FACTS, 0},
    {DOCUMENT_FACTS, NULL, IA_JSON_OBJECT, DOCUMENT_FACT, 0},
    {DOCUMENT_FACT, "name", IA_JSON_STRING, DOCUMENT_FACT, offsetof(struct texts, name)},
    {DOCUMENT_FACT, "value", IA_JSON_STRING, DOCUMENT_FACT, offsetof(struct texts, value)},
    {COMPONENTS, NULL, IA_JSON_OBJECT, COMPONENT, 0},
    {COMPONENT, "type", IA_JSON_STRING, COMPONENT, offsetof(struct ia_cyclonedx_component, type)},
    {COMPONENT, "bom-ref", IA_JSON_STRING, COMPONENT, offsetof(struct ia_cyclonedx_component, ref)},
    {COMPONENT, "group", IA_JSON_STRING, COMPONENT, offsetof(struct ia_cyclonedx_component, group)},
    {COMPONENT, "name", IA_JSON_STRING, COMPONENT, offsetof(struct ia_cyclonedx_component, name)},
    {COMPONENT, "version", IA_JSON_STRING, COMPONENT, offsetof(struct ia_cyclonedx_component, version)},
    {COMPONENT, "purl", IA_JSON_STRING, COMPONENT, offsetof(struct ia_cyclonedx_component, purl)},
    {COMPONENT, "cpe", IA_JSON_STRING, COMPONENT, offsetof(struct ia_cyclonedx_component, cpe)},
    {COMPONENT, "publisher", IA_JSON_STRING, COMPONENT, offsetof(struct ia_cyclonedx_component, publisher)},
    {COMPONENT, "author", IA_JSON_STRING, COMPONENT, offsetof(struct ia_cyclonedx_component, author)},
    {COMPONENT, "supplier", IA_JSON_OBJECT, SUPPLIER, 0},
    {COMPONENT, "authors", IA_JSON_ARRAY, AUTHORS, 0},
    {COMPONENT, "properties", IA_JSON_ARRAY, FACTS, 0},
    {COMPONENT, "licenses", IA_JSON_ARRAY, LICENSES, 0},
    {COMPONENT, "evidence", IA_JSON_OBJECT, EVIDENCE, 0},
    {COMPONENT, "components", IA_JSON_ARRAY, COMPONENTS, 0},
    {FACTS, NULL, IA_JSON_OBJECT, FACT, 0},
    {FACT, "name", IA_JSON_STRING, FACT, offsetof(struct texts, name)},
    {FACT, "value", IA_JSON_STRING, FACT, offsetof(struct texts, value)},
    {LICENSES, NULL, IA_JSON_OBJECT, CHOICE, 0},
    {CHOICE, "expression", IA_JSON_STRING, CHOICE, offsetof(struct texts, expression)},
    {CHOICE, "license", IA_JSON_OBJECT, LICENSE, 0},
    {LICENSE, "id", IA_JSON_STRING, LICENSE, offsetof(struct texts, id)},
    {LICENSE, "name", IA_JSON_STRING, LICENSE, offsetof(struct texts, name)},
    {SUPPLIER, "name", IA_JSON_STRING, SUPPLIER, offsetof(struct texts, name)},
    {AUTHORS, NULL, IA_JSON_OBJECT, AUTHOR, 0},
    {AUTHOR, "name", IA_JSON_STRING, AUTHOR, offsetof(struct texts, name)},
    {EVIDENCE, "occurrences", IA_JSON_ARRAY, OCCURRENCES, 0},
    {OCCURRENCES, NULL, IA_JSON_OBJECT, OCCURRENCE, 0},
    {OCCURRENCE, "location", IA_JSON_STRING, OCCURRENCE, offsetof(struct texts, location)},
    {OCCURRENCE, "additionalContext", IA_JSON_STRING, OCCURRENCE, offsetof(struct texts, context)},
    {COMPOSITIONS, NULL, IA_JSON_OBJECT, COMPOSITION, 0},
    {COMPOSITION, "aggregate", IA_JSON_STRING, COMPOSITION, offsetof(struct texts, aggregate)},
    {COMPOSITION, "assemblies", IA_JSON_ARRAY, ASSEMBLIES, 0},
};
_Static_assert(IA_COUNT(steps) <= 64, "one bit a step");

/* ---- events ---- */

static int next(struct reader *r)
{
    const uint64_t most = r->env->limits->document_bytes;
    r->event = ia_json_next(r->json, r->env, &r->text);
    if (r->event >= 0 && (uint64_t)ia_json_offset(r->json) > most)
        r->event =
            ia_fail_limit(r->env, ia_json_offset(r->json), "document_bytes", most, IA_STR("the CycloneDX document"));
    return r->event;
}

static int skip(struct reader *r, int event)
{
    return ia_json_skip(r->json, r->env, event);
}

static int refuse(struct reader *r, const struct step *step, const char *what)
{
    return ia_fail(r->env, IMGA_E_FORMAT, ia_json_offset(r->json), "the CycloneDX member \"%s\" %s",
                   step->name ? step->name : "[]", what);
}

static int described(struct reader *r, int status)
{
    return ia_described(r->env, status, "package_files", r->env->limits->package_files);
}

static struct open_place *innermost(struct reader *r)
{
    return r->places.n ? ia_vec_at(&r->places, r->places.n - 1) : NULL;
}

static struct ia_cyclonedx_component *component(struct reader *r)
{
    return ia_vec_at(&r->components, r->components.n - 1);
}

/* ---- going in ---- */

static int enter(struct reader *r, enum place from, const struct step *step)
{
    const struct open_place open = {step->to, step->event == IA_JSON_ARRAY, 0};
    struct ia_cyclonedx_component begun = {
        .offset = ia_json_offset(r->json), .is_subject = from == METADATA, .first_fact = r->facts.n};
    if (step->to == COMPONENT)
        IA_TRY(described(r, ia_vec_push(&r->components, &begun)));
    else if (step->to == ASSEMBLIES)
        r->texts.assembles = true;
    else if (step->to != LICENSE)
        r->texts = (struct texts){.name = NULL};
    return described(r, ia_vec_push(&r->places, &open));
}

static int take_text(struct reader *r, const struct step *step)
{
    void *record = step->in == DOCUMENT ? (void *)r : (void *)&r->texts;
    if (step->in == COMPONENT)
        record = component(r);
    if (ia_str_find(r->text, '\0') < r->text.n)
        return refuse(r, step, "holds the character U+0000");
    const char *text = ia_inventory_str(r->env, r->inventory, r->text, NULL);
    memcpy((char *)record + step->at, &text, sizeof(text));
    return text ? IMGA_OK : r->env->error.status;
}

/* The value, or element, whose event has come. */
static int take_value(struct reader *r, const struct step *step)
{
    struct open_place *in = innermost(r);
    uint64_t bit = UINT64_C(1) << (step - steps);
    if (r->event == IA_JSON_NULL)
        return IMGA_OK;
    if (r->event != step->event)
        return refuse(r, step, "is of another type");
    if (step->name && (in->seen & bit))
        return refuse(r, step, "is given twice");
    in->seen |= bit;
    return step->event == IA_JSON_STRING ? take_text(r, step) : enter(r, in->place, step);
}

static const struct step *step_of(const struct open_place *in, struct ia_str name)
{
    for (size_t i = 0; i < IA_COUNT(steps); i++)
        if (steps[i].in == in->place && (in->is_array || ia_str_is(name, steps[i].name)))
            return &steps[i];
    return NULL;
}

static int take_member(struct reader *r, struct ia_str name)
{
    const struct step *step = step_of(innermost(r), name);
    if (!step)
        return skip(r, IA_JSON_KEY);
    IA_TRY(next(r));
    return take_value(r, step);
}

/* ---- coming out ---- */

static int add_fact(struct reader *r, enum ia_cyclonedx_kind kind, const char *name, const char *value)
{
    const struct ia_cyclonedx_fact fact = {kind, name ? name : "", value ? value : ""};
    return described(r, ia_vec_push(&r->facts, &fact));
}

static int end_choice(struct reader *r)
{
    const struct texts *t = &r->texts;
    if (t->expression)
        return add_fact(r, IA_CYCLONEDX_EXPRESSION, NULL, t->expression);
    return t->id || t->name ? add_fact(r, IA_CYCLONEDX_LICENSE, NULL, t->id ? t->id : t->name) : IMGA_OK;
}

static int end_component(struct reader *r)
{
    struct ia_cyclonedx_component it = *component(r);
    int status;
    it.facts = it.first_fact < r->facts.n ? ia_vec_at(&r->facts, it.first_fact) : NULL;
    it.fact_count = r->facts.n - it.first_fact;
    if (!it.is_subject && ia_cyclonedx_is_own(&it))
        status = ia_cyclonedx_own_package(&r->own, r->env, &it);
    else
        status = ia_cyclonedx_foreign_take(&r->foreign, r->env, &it);
    r->facts.n = it.first_fact;
    r->components.n--;
    return status;
}

/* What holds the image together is not all there, by the document's own words. */
static void end_composition(struct reader *r)
{
    if (r->texts.assembles && ia_str_starts(ia_str_from(r->texts.aggregate), IA_STR("incomplete")))
        r->foreign.is_incomplete = true;
}

static int leave(struct reader *r)
{
    enum place place = innermost(r)->place;
    const struct ia_cyclonedx_fact fact = {IA_CYCLONEDX_PROPERTY, r->texts.name ? r->texts.name : "",
                                           r->texts.value ? r->texts.value : ""};
    r->places.n--;
    switch (place) {
    case DOCUMENT_FACT:
        return ia_cyclonedx_own_fact(&r->own, r->env, ia_json_offset(r->json), &fact);
    case FACT:
        return add_fact(r, IA_CYCLONEDX_PROPERTY, fact.name, fact.value);
    case CHOICE:
        return end_choice(r);
    case SUPPLIER:
        component(r)->supplier = r->texts.name;
        return IMGA_OK;
    case AUTHOR:
        component(r)->author = component(r)->author ? component(r)->author : r->texts.name;
        return IMGA_OK;
    case OCCURRENCE:
        if (!component(r)->location) {
            component(r)->location = r->texts.location;
            component(r)->inside = r->texts.context;
        }
        return IMGA_OK;
    case COMPOSITION:
        end_composition(r);
        return IMGA_OK;
    case COMPONENT:
        return end_component(r);
    default:
        return IMGA_OK;
    }
}

/* ---- the document ---- */

static int take_event(struct reader *r)
{
    const struct open_place *in = innermost(r);
    if (r->event == IA_JSON_OBJECT_END || r->event == IA_JSON_ARRAY_END)
        return leave(r);
    if (!in->is_array)
        return take_member(r, r->text);
    const struct step *step = step_of(in, r->text);
    return step ? take_value(r, step) : skip(r, r->event);
}

static int check_format(struct reader *r)
{
    if (!r->format || strcmp(r->format, "CycloneDX") != 0)
        return ia_fail(r->env, IMGA_E_FORMAT, -1, "it is neither an inventory document nor CycloneDX");
    if (!r->version || !ia_str_starts(ia_str_from(r->version), IA_STR("1.")))
        return ia_fail(r->env, IMGA_E_UNSUPPORTED, -1, "the version of CycloneDX is not 1.x");
    return IMGA_OK;
}

static int finish(struct reader *r)
{
    IA_TRY(check_format(r));
    if (!r->own.is_ours && r->own.any)
        return ia_fail(r->env, IMGA_E_FORMAT, -1, "properties of an inventory without their schema");
    if (!r->own.is_ours)
        return ia_cyclonedx_foreign_finish(&r->foreign, r->env);
    if (r->foreign.components)
        return ia_fail(r->env, IMGA_E_FORMAT, -1, "a component is not of the inventory");
    return ia_cyclonedx_own_finish(&r->own, r->env);
}

static int read_document(struct reader *r, struct ia_str first_key)
{
    const struct open_place document = {DOCUMENT, false, 0};
    IA_TRY(described(r, ia_vec_push(&r->places, &document)));
    IA_TRY(take_member(r, first_key));
    while (r->places.n) {
        IA_TRY(next(r));
        IA_TRY(take_event(r));
    }
    IA_TRY(next(r)); /* the end: nothing may follow */
    return finish(r);
}

static size_t count_limit(uint64_t limit)
{
    return limit > SIZE_MAX ? SIZE_MAX : (size_t)limit;
}

int ia_cyclonedx_inventory(struct ia_env *env, struct ia_json *json, struct ia_str first_key,
                           struct ia_inventory *inventory)
{
    struct reader r = {.env = env, .json = json, .inventory = inventory};
    struct ia_notes *notes = env->notes;
    ia_vec_init(&r.places, &env->alloc, sizeof(struct open_place), SIZE_MAX);
    ia_vec_init(&r.components, &env->alloc, sizeof(struct ia_cyclonedx_component), SIZE_MAX);
    ia_vec_init(&r.facts, &env->alloc, sizeof(struct ia_cyclonedx_fact), count_limit(env->limits->package_files));
    ia_cyclonedx_own_init(&r.own, env, inventory);
    ia_cyclonedx_foreign_init(&r.foreign, env, inventory);
    env->notes = &inventory->notes;
    int status = read_document(&r, first_key);
    env->notes = notes;
    ia_cyclonedx_foreign_free(&r.foreign);
    ia_cyclonedx_own_free(&r.own);
    ia_vec_free(&r.facts);
    ia_vec_free(&r.components);
    ia_vec_free(&r.places);
    return status;
}
