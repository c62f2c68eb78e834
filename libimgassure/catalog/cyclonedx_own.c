/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Believed as little as the inventory document: a property of ours that is not known is refused, layers and notes come
 * in order, packages in theirs, layers and owners exist, notes can be printed, and "complete" is what they say.
 */
#include "catalog/cyclonedx_own.h"

#include "base/utf8.h"
#include "model/cyclonedx.h"

#include <string.h>

/* A property of ours: its name behind the prefix, which is cut from the front as it is understood. */
struct own_fact {
    int64_t offset;
    const char *whole; /* the name, to be shown */
    struct ia_str name;
    const char *value;
};

void ia_cyclonedx_own_init(struct ia_cyclonedx_own *own, const struct ia_env *env, struct ia_inventory *inventory)
{
    *own = (struct ia_cyclonedx_own){.inventory = inventory, .last_layer = -1, .last_owner = -1};
    ia_properties_init(&own->properties, env, inventory);
}

void ia_cyclonedx_own_free(struct ia_cyclonedx_own *own)
{
    ia_properties_free(&own->properties);
}

static int refuse(struct ia_env *env, const struct own_fact *fact, const char *what)
{
    return ia_fail(env, IMGA_E_FORMAT, fact->offset, "the property \"%.80s\" %s", fact->whole, what);
}

static bool cut(struct ia_str *text, struct ia_str prefix)
{
    bool starts = ia_str_starts(*text, prefix);
    if (starts)
        *text = ia_str_sub(*text, prefix.n, text->n);
    return starts;
}

static int read_number(struct ia_env *env, const struct own_fact *fact, uint64_t max, uint64_t *out)
{
    bool is_number = ia_str_u64(ia_str_from(fact->value), out) && *out <= max;
    return is_number ? IMGA_OK : refuse(env, fact, "is not a whole number in its range");
}

/* 1 when the name is in the table; the text is set then. */
static int take_text(struct ia_env *env, const struct own_fact *fact, const struct ia_cyclonedx_texts *texts,
                     void *record)
{
    const char *before;
    size_t i = 0;
    while (i < texts->n && !ia_str_is(fact->name, texts->rows[i].name))
        i++;
    if (i == texts->n)
        return 0;
    char *field = (char *)record + texts->rows[i].at;
    memcpy(&before, field, sizeof(before));
    if (before && *before)
        return refuse(env, fact, "is given twice");
    memcpy(field, &fact->value, sizeof(fact->value));
    return 1;
}

static int known(struct ia_env *env, const struct own_fact *fact, int taken)
{
    return taken == 0 ? refuse(env, fact, "is not known") : taken;
}

/* ---- of the document ---- */

/* Cuts "12:" off the name; the row is one of those that are there, or the next one: *index is count then. */
static int cut_index(struct ia_env *env, struct own_fact *fact, size_t count, size_t *index)
{
    uint64_t number;
    size_t colon = ia_str_find(fact->name, ':');
    if (colon == fact->name.n || !ia_str_u64(ia_str_sub(fact->name, 0, colon), &number) || number > count)
        return refuse(env, fact, "is out of order");
    *index = (size_t)number;
    fact->name = ia_str_sub(fact->name, colon + 1, fact->name.n);
    return IMGA_OK;
}

static int take_layer(struct ia_cyclonedx_own *own, struct ia_env *env, struct own_fact *fact)
{
    struct ia_vec *layers = &own->inventory->layers;
    size_t index;
    IA_TRY(cut_index(env, fact, layers->n, &index));
    bool is_first = ia_str_is(fact->name, "size");
    if (is_first != (index == layers->n))
        return refuse(env, fact, "is out of order");
    if (!is_first)
        return known(env, fact, take_text(env, fact, &ia_cyclonedx_layer, ia_vec_at(layers, index)));
    struct ia_layer layer = {.size = 0};
    IA_TRY(read_number(env, fact, UINT64_MAX, &layer.size));
    return ia_inventory_add_layer(env, own->inventory, &layer);
}

/* Notes go to terminals as they are. */
static bool is_printable(struct ia_str text)
{
    uint32_t code;
    while (text.n) {
        size_t size = ia_utf8_char(text, &code);
        if (size == 0 || ia_utf8_is_control(code))
            return false;
        text = ia_str_sub(text, size, text.n);
    }
    return true;
}

static int take_note_detail(struct ia_env *env, const struct own_fact *fact, struct ia_note *note)
{
    uint64_t offset;
    if (!ia_str_is(fact->name, "offset")) {
        if (!is_printable(ia_str_from(fact->value)))
            return refuse(env, fact, "holds a control character");
        return known(env, fact, take_text(env, fact, &ia_cyclonedx_note, note));
    }
    IA_TRY(read_number(env, fact, INT64_MAX, &offset));
    note->offset = (int64_t)offset;
    return IMGA_OK;
}

static int take_note(struct ia_cyclonedx_own *own, struct ia_env *env, struct own_fact *fact)
{
    struct ia_vec *rows = &own->inventory->notes.rows;
    size_t index;
    IA_TRY(cut_index(env, fact, rows->n, &index));
    bool is_first = ia_str_is(fact->name, "code");
    if (is_first != (index == rows->n))
        return refuse(env, fact, "is out of order");
    if (!is_first)
        return take_note_detail(env, fact, ia_vec_at(rows, index));
    struct ia_note note = {ia_note_from_name(ia_str_from(fact->value)), -1, "", ""};
    if (note.code == 0)
        return refuse(env, fact, "is not the name of a note code");
    return ia_described(env, ia_vec_push(rows, &note), "notes", env->limits->notes);
}

static int take_schema(struct ia_cyclonedx_own *own, struct ia_env *env, const struct own_fact *fact)
{
    if (strcmp(fact->value, IA_CYCLONEDX_SCHEMA) != 0)
        return ia_fail(env, IMGA_E_UNSUPPORTED, fact->offset, "the CycloneDX document is not of the schema %s",
                       IA_CYCLONEDX_SCHEMA);
    own->is_ours = true;
    return IMGA_OK;
}

static int take_complete(struct ia_cyclonedx_own *own, struct ia_env *env, const struct own_fact *fact)
{
    own->is_stated = true;
    own->complete = strcmp(fact->value, "true") == 0;
    return own->complete || strcmp(fact->value, "false") == 0 ? IMGA_OK : refuse(env, fact, "is not true or false");
}

int ia_cyclonedx_own_fact(struct ia_cyclonedx_own *own, struct ia_env *env, int64_t offset,
                          const struct ia_cyclonedx_fact *fact)
{
    struct own_fact it = {offset, fact->name, ia_str_from(fact->name), fact->value};
    uint64_t count;
    if (!cut(&it.name, IA_STR(IA_CYCLONEDX_PREFIX)))
        return IMGA_OK;
    own->any = true;
    if (ia_str_is(it.name, "schema"))
        return take_schema(own, env, &it);
    if (ia_str_is(it.name, "complete"))
        return take_complete(own, env, &it);
    if (cut(&it.name, IA_STR("image:")))
        return known(env, &it, take_text(env, &it, &ia_cyclonedx_image, &own->inventory->image));
    if (cut(&it.name, IA_STR("distro:")))
        return known(env, &it, take_text(env, &it, &ia_cyclonedx_distro, &own->inventory->distro));
    if (cut(&it.name, IA_STR("layer:")))
        return take_layer(own, env, &it);
    if (cut(&it.name, IA_STR("note:")))
        return take_note(own, env, &it);
    if (ia_str_is(it.name, "executables") || ia_str_is(it.name, "unowned-executables"))
        return read_number(env, &it, UINT64_MAX, &count);
    return cut(&it.name, IA_STR("match:")) ? IMGA_OK : refuse(env, &it, "is not known");
}

/* ---- of a package ---- */

bool ia_cyclonedx_is_own(const struct ia_cyclonedx_component *component)
{
    for (size_t i = 0; i < component->fact_count; i++)
        if (component->facts[i].kind == IA_CYCLONEDX_PROPERTY &&
            strcmp(component->facts[i].name, IA_CYCLONEDX_PREFIX "type") == 0)
            return true;
    return false;
}

static int take_layer_index(struct ia_cyclonedx_own *own, struct ia_env *env, const struct own_fact *fact,
                            struct ia_package *package)
{
    uint64_t layer;
    IA_TRY(read_number(env, fact, INT32_MAX, &layer));
    package->layer = (int32_t)layer;
    if (package->layer > own->last_layer)
        own->last_layer = package->layer;
    return IMGA_OK;
}

static bool is_reference(const char *text, uint64_t *index)
{
    struct ia_str rest = ia_str_from(text);
    return cut(&rest, IA_STR(IA_CYCLONEDX_REF)) && ia_str_u64(rest, index) && *index <= INT32_MAX;
}

static int take_owner(struct ia_cyclonedx_own *own, struct ia_env *env, const struct own_fact *fact,
                      struct ia_package *package)
{
    uint64_t owner;
    if (!is_reference(fact->value, &owner))
        return refuse(env, fact, "does not name a package");
    package->owner = (int32_t)owner;
    if (package->owner > own->last_owner)
        own->last_owner = package->owner;
    return IMGA_OK;
}

static int take_package_fact(struct ia_cyclonedx_own *own, struct ia_env *env, struct own_fact *fact,
                             struct ia_package *package)
{
    if (!cut(&fact->name, IA_STR(IA_CYCLONEDX_PREFIX)))
        return IMGA_OK;
    if (ia_str_is(fact->name, "layer"))
        return take_layer_index(own, env, fact, package);
    if (ia_str_is(fact->name, "owner"))
        return take_owner(own, env, fact, package);
    if (cut(&fact->name, IA_STR("property:")))
        return ia_properties_add(&own->properties, env, &(struct ia_property){fact->name.p, fact->value});
    return known(env, fact, take_text(env, fact, &ia_cyclonedx_package, package));
}

static int take_facts(struct ia_cyclonedx_own *own, struct ia_env *env, const struct ia_cyclonedx_component *component,
                      struct ia_package *package)
{
    for (size_t i = 0; i < component->fact_count; i++) {
        const struct ia_cyclonedx_fact *fact = &component->facts[i];
        struct own_fact it = {component->offset, fact->name, ia_str_from(fact->name), fact->value};
        if (fact->kind == IA_CYCLONEDX_EXPRESSION)
            package->expression = fact->value;
        else if (fact->kind == IA_CYCLONEDX_PROPERTY)
            IA_TRY(take_package_fact(own, env, &it, package));
    }
    return ia_properties_finish(&own->properties, env, package);
}

/* A reference by index is good only when nobody has moved, added or removed a component. */
static bool is_in_place(const struct ia_inventory *inventory, const struct ia_cyclonedx_component *component,
                        const struct ia_package *package)
{
    size_t count = inventory->packages.n;
    uint64_t index;
    if (!component->ref || !is_reference(component->ref, &index) || index != count)
        return false;
    return count == 0 || ia_package_order(ia_inventory_package(inventory, count - 1), package) <= 0;
}

int ia_cyclonedx_own_package(struct ia_cyclonedx_own *own, struct ia_env *env,
                             const struct ia_cyclonedx_component *component)
{
    struct ia_package package = {.layer = -1, .owner = -1, .maintainer = component->publisher};
    package.purl = component->purl;
    package.path = component->location;
    package.inside = component->inside;
    IA_TRY(take_facts(own, env, component, &package));
    if (!package.name)
        package.name = component->name;
    if (!package.version)
        package.version = component->version;
    ia_package_defaults(&package);
    if (!is_in_place(own->inventory, component, &package))
        own->misplaced = true;
    return ia_inventory_add_package(env, own->inventory, &package);
}

/* ---- the end ---- */

int ia_cyclonedx_own_finish(const struct ia_cyclonedx_own *own, struct ia_env *env)
{
    const struct ia_inventory *inventory = own->inventory;
    if (own->misplaced)
        return ia_fail(env, IMGA_E_FORMAT, -1, "the packages are not in order, or their bom-refs are not theirs");
    if (own->last_layer >= 0 && (size_t)own->last_layer >= inventory->layers.n)
        return ia_fail(env, IMGA_E_FORMAT, -1, "layer %d is named, which does not exist", (int)own->last_layer);
    if (own->last_owner >= 0 && (size_t)own->last_owner >= inventory->packages.n)
        return ia_fail(env, IMGA_E_FORMAT, -1, "package %d is named as an owner, which does not exist",
                       (int)own->last_owner);
    if (!own->is_stated || own->complete != ia_notes_complete(&inventory->notes))
        return ia_fail(env, IMGA_E_FORMAT, -1, "\"" IA_CYCLONEDX_PREFIX "complete\" is not what the notes say");
    return IMGA_OK;
}
