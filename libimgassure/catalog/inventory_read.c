/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the inventory document "imgassure-inventory/1". A document may come from anywhere, so nothing is believed:
 * every member must be there once and no other, layers must exist, packages and files be in order, notes known and
 * printable, and "complete" be what the notes say. What is accepted is written again with the same bytes, members in
 * canonical order. Limits: document_bytes, string_bytes, layers, packages, package_files, notes.
 */
#include "catalog/inventory_json.h"

#include "base/utf8.h"
#include "catalog/cyclonedx_read.h"
#include "catalog/paths.h"
#include "catalog/properties.h"
#include "syntax/json_read.h"

#include <stddef.h>
#include <string.h>

struct document {
    struct ia_env *env;
    struct ia_json *json;
    struct ia_inventory *inventory;
    struct ia_paths paths;           /* of the package that is being read */
    struct ia_properties properties; /* of that package */
    int event;                       /* the last */
    struct ia_str text;              /* of the last event */
    int32_t last_layer;              /* the highest that is named */
    int32_t last_owner;
    bool complete;
};

/* A member of an object: how its value is read, and where it goes in the record. The event of the value has come. */
struct member {
    const char *name;
    int (*read)(struct document *d, void *record, const struct member *member);
    size_t at;
};

static int refuse(struct document *d, const struct member *member, const char *what)
{
    return ia_fail(d->env, IMGA_E_FORMAT, ia_json_offset(d->json), "the inventory member \"%s\" %s", member->name,
                   what);
}

static int next(struct document *d)
{
    d->event = ia_json_next(d->json, d->env, &d->text);
    if (d->event >= 0 && (uint64_t)ia_json_offset(d->json) > d->env->limits->document_bytes)
        d->event = ia_fail_limit(d->env, ia_json_offset(d->json), "document_bytes", d->env->limits->document_bytes,
                                 IA_STR("the inventory document"));
    return d->event;
}

static void *field(void *record, const struct member *member)
{
    return (char *)record + member->at;
}

static int read_string(struct document *d, void *record, const struct member *member)
{
    if (d->event != IA_JSON_STRING)
        return refuse(d, member, "is not a string");
    if (ia_str_find(d->text, '\0') < d->text.n)
        return refuse(d, member, "holds the character U+0000");
    const char *text = ia_inventory_str(d->env, d->inventory, d->text, NULL);
    memcpy(field(record, member), &text, sizeof(text));
    return text ? IMGA_OK : d->env->error.status;
}

/* Notes go to terminals as they are. */
static int read_printable(struct document *d, void *record, const struct member *member)
{
    uint32_t code;
    for (struct ia_str rest = d->text; d->event == IA_JSON_STRING && rest.n;) {
        size_t size = ia_utf8_char(rest, &code);
        if (size == 0 || ia_utf8_is_control(code))
            return refuse(d, member, "holds a control character");
        rest = ia_str_sub(rest, size, rest.n);
    }
    return read_string(d, record, member);
}

static int read_schema(struct document *d, void *record, const struct member *member)
{
    (void)record;
    if (d->event != IA_JSON_STRING)
        return refuse(d, member, "is not a string");
    if (!ia_str_is(d->text, IA_INVENTORY_SCHEMA))
        return ia_fail(d->env, IMGA_E_UNSUPPORTED, ia_json_offset(d->json),
                       "the inventory document is not of the schema %s", IA_INVENTORY_SCHEMA);
    return IMGA_OK;
}

/* A whole number from 0 to max, or -1 for "unknown". */
static int read_index(struct document *d, const struct member *member, uint64_t max, int64_t *out)
{
    uint64_t value;
    if (d->event == IA_JSON_NUMBER && ia_str_is(d->text, "-1")) {
        *out = -1;
        return IMGA_OK;
    }
    if (d->event != IA_JSON_NUMBER || !ia_json_u64(d->text, &value) || value > max)
        return refuse(d, member, "is neither -1 nor a whole number in its range");
    *out = (int64_t)value;
    return IMGA_OK;
}

static int read_layer_index(struct document *d, void *record, const struct member *member)
{
    int64_t value = -1;
    IA_TRY(read_index(d, member, INT32_MAX, &value));
    int32_t layer = (int32_t)value;
    memcpy(field(record, member), &layer, sizeof(layer));
    if (layer > d->last_layer)
        d->last_layer = layer;
    return IMGA_OK;
}

static int read_owner(struct document *d, void *record, const struct member *member)
{
    int64_t value = -1;
    IA_TRY(read_index(d, member, INT32_MAX, &value));
    int32_t owner = (int32_t)value;
    memcpy(field(record, member), &owner, sizeof(owner));
    if (owner > d->last_owner)
        d->last_owner = owner;
    return IMGA_OK;
}

static int read_flags(struct document *d, void *record, const struct member *member)
{
    uint64_t value;
    if (d->event != IA_JSON_NUMBER || !ia_json_u64(d->text, &value) || value > UINT32_MAX)
        return refuse(d, member, "is not a set of flags");
    uint32_t flags = (uint32_t)value;
    memcpy(field(record, member), &flags, sizeof(flags));
    return IMGA_OK;
}

static int read_offset(struct document *d, void *record, const struct member *member)
{
    int64_t value = -1;
    IA_TRY(read_index(d, member, INT64_MAX, &value));
    memcpy(field(record, member), &value, sizeof(value));
    return IMGA_OK;
}

static int read_size(struct document *d, void *record, const struct member *member)
{
    uint64_t value;
    if (d->event != IA_JSON_NUMBER || !ia_json_u64(d->text, &value))
        return refuse(d, member, "is not a whole number");
    memcpy(field(record, member), &value, sizeof(value));
    return IMGA_OK;
}

static int read_code(struct document *d, void *record, const struct member *member)
{
    int32_t code = d->event == IA_JSON_STRING ? ia_note_from_name(d->text) : 0;
    if (code == 0)
        return refuse(d, member, "is not the name of a note code");
    memcpy(field(record, member), &code, sizeof(code));
    return IMGA_OK;
}

static int read_complete(struct document *d, void *record, const struct member *member)
{
    (void)record;
    if (d->event != IA_JSON_TRUE && d->event != IA_JSON_FALSE)
        return refuse(d, member, "is not a boolean");
    d->complete = d->event == IA_JSON_TRUE;
    return IMGA_OK;
}

static int read_files(struct document *d, void *record, const struct member *member)
{
    const struct member file = {member->name, NULL, 0};
    const char *path = NULL, *before = NULL;
    if (d->event != IA_JSON_ARRAY)
        return refuse(d, member, "is not an array");
    while (next(d) >= 0 && d->event != IA_JSON_ARRAY_END) {
        IA_TRY(read_string(d, &path, &file));
        if (before && strcmp(before, path) >= 0)
            return refuse(d, member, "is not in order, or holds a file twice");
        IA_TRY(ia_paths_add(&d->paths, d->env, path));
        before = path;
    }
    IA_TRY(d->event);
    return ia_paths_finish(&d->paths, d->env, record);
}

/* Names in order and once, as they are written. */
static int read_properties(struct document *d, void *record, const struct member *member)
{
    const struct member value = {member->name, NULL, offsetof(struct ia_property, value)};
    struct ia_property property = {NULL, NULL};
    if (d->event != IA_JSON_OBJECT)
        return refuse(d, member, "is not an object");
    while (next(d) == IA_JSON_KEY) {
        const char *before = property.name;
        if (ia_str_find(d->text, '\0') < d->text.n)
            return refuse(d, member, "holds the character U+0000");
        property.name = ia_inventory_str(d->env, d->inventory, d->text, NULL);
        if (!property.name)
            return d->env->error.status;
        if (before && strcmp(before, property.name) >= 0)
            return refuse(d, member, "is not in order, or holds a name twice");
        IA_TRY(next(d));
        IA_TRY(read_string(d, &property, &value));
        IA_TRY(ia_properties_add(&d->properties, d->env, &property));
    }
    IA_TRY(d->event);
    return ia_properties_finish(&d->properties, d->env, record);
}

static int read_member(struct document *d, const struct member *members, size_t count, uint32_t *seen, void *record)
{
    size_t i = 0;
    while (i < count && !ia_str_is(d->text, members[i].name))
        i++;
    if (i == count)
        return ia_fail(d->env, IMGA_E_FORMAT, ia_json_offset(d->json), "an unknown member in the inventory document");
    if (*seen & (1U << i))
        return refuse(d, &members[i], "is given twice");
    *seen |= 1U << i;
    IA_TRY(next(d));
    return members[i].read(d, record, &members[i]);
}

/* The members of an object, of which the first event has come. */
static int read_members(struct document *d, const struct member *members, size_t count, void *record)
{
    uint32_t seen = 0;
    while (d->event == IA_JSON_KEY) {
        IA_TRY(read_member(d, members, count, &seen, record));
        IA_TRY(next(d));
    }
    for (size_t i = 0; i < count; i++)
        if (!(seen & (1U << i)))
            return refuse(d, &members[i], "is missing");
    return IMGA_OK;
}

static int begin_object(struct document *d)
{
    if (d->event != IA_JSON_OBJECT)
        return ia_fail(d->env, IMGA_E_FORMAT, ia_json_offset(d->json), "an object is expected here");
    return next(d);
}

/* The object whose start has come. Nesting goes as deep as the tables below and no deeper. */
static int read_object(struct document *d, const struct member *members, size_t count, void *record)
{
    IA_TRY(begin_object(d));
    return read_members(d, members, count, record);
}

static int read_image(struct document *d, void *record, const struct member *member)
{
    static const struct member members[] = {
        {"form", read_string, offsetof(struct ia_image_facts, form)},
        {"reference", read_string, offsetof(struct ia_image_facts, reference)},
        {"manifestDigest", read_string, offsetof(struct ia_image_facts, manifest_digest)},
        {"configDigest", read_string, offsetof(struct ia_image_facts, config_digest)},
        {"os", read_string, offsetof(struct ia_image_facts, os)},
        {"architecture", read_string, offsetof(struct ia_image_facts, architecture)},
        {"variant", read_string, offsetof(struct ia_image_facts, variant)},
        {"created", read_string, offsetof(struct ia_image_facts, created)},
        {"verified", read_string, offsetof(struct ia_image_facts, verified)},
    };
    return read_object(d, members, IA_COUNT(members), field(record, member));
}

static int read_distro(struct document *d, void *record, const struct member *member)
{
    static const struct member members[] = {
        {"id", read_string, offsetof(struct ia_distro, id)},
        {"idLike", read_string, offsetof(struct ia_distro, id_like)},
        {"versionId", read_string, offsetof(struct ia_distro, version_id)},
        {"codename", read_string, offsetof(struct ia_distro, codename)},
        {"release", read_string, offsetof(struct ia_distro, release)},
        {"prettyName", read_string, offsetof(struct ia_distro, pretty_name)},
        {"services", read_string, offsetof(struct ia_distro, services)},
    };
    return read_object(d, members, IA_COUNT(members), field(record, member));
}

static int read_layer(struct document *d)
{
    static const struct member members[] = {
        {"digest", read_string, offsetof(struct ia_layer, digest)},
        {"diffId", read_string, offsetof(struct ia_layer, diff_id)},
        {"mediaType", read_string, offsetof(struct ia_layer, media_type)},
        {"size", read_size, offsetof(struct ia_layer, size)},
        {"createdBy", read_string, offsetof(struct ia_layer, created_by)},
    };
    struct ia_layer layer = {0};
    IA_TRY(read_object(d, members, IA_COUNT(members), &layer));
    return ia_inventory_add_layer(d->env, d->inventory, &layer);
}

static int read_package(struct document *d)
{
    static const struct member members[] = {
        {"type", read_string, offsetof(struct ia_package, type)},
        {"name", read_string, offsetof(struct ia_package, name)},
        {"version", read_string, offsetof(struct ia_package, version)},
        {"architecture", read_string, offsetof(struct ia_package, architecture)},
        {"source", read_string, offsetof(struct ia_package, source)},
        {"sourceVersion", read_string, offsetof(struct ia_package, source_version)},
        {"license", read_string, offsetof(struct ia_package, license)},
        {"licenseExpression", read_string, offsetof(struct ia_package, expression)},
        {"maintainer", read_string, offsetof(struct ia_package, maintainer)},
        {"purl", read_string, offsetof(struct ia_package, purl)},
        {"how", read_string, offsetof(struct ia_package, how)},
        {"path", read_string, offsetof(struct ia_package, path)},
        {"inside", read_string, offsetof(struct ia_package, inside)},
        {"layer", read_layer_index, offsetof(struct ia_package, layer)},
        {"owner", read_owner, offsetof(struct ia_package, owner)},
        {"properties", read_properties, 0},
        {"files", read_files, 0},
    };
    struct ia_package package = {0};
    size_t count = d->inventory->packages.n;
    IA_TRY(read_object(d, members, IA_COUNT(members), &package));
    if (count > 0 && ia_package_order(ia_inventory_package(d->inventory, count - 1), &package) > 0)
        return ia_fail(d->env, IMGA_E_FORMAT, ia_json_offset(d->json), "the packages are not in order");
    return ia_inventory_add_package(d->env, d->inventory, &package);
}

static int read_executable(struct document *d)
{
    static const struct member members[] = {
        {"path", read_string, offsetof(struct ia_executable, path)},
        {"format", read_string, offsetof(struct ia_executable, format)},
        {"architecture", read_string, offsetof(struct ia_executable, architecture)},
        {"buildId", read_string, offsetof(struct ia_executable, build_id)},
        {"interpreter", read_string, offsetof(struct ia_executable, interpreter)},
        {"flags", read_flags, offsetof(struct ia_executable, flags)},
        {"layer", read_layer_index, offsetof(struct ia_executable, layer)},
        {"owner", read_owner, offsetof(struct ia_executable, owner)},
    };
    struct ia_executable executable = {0};
    size_t count = d->inventory->executables.n;
    IA_TRY(read_object(d, members, IA_COUNT(members), &executable));
    if (count > 0 && strcmp(ia_inventory_executable(d->inventory, count - 1)->path, executable.path) > 0)
        return ia_fail(d->env, IMGA_E_FORMAT, ia_json_offset(d->json), "the executables are not in order");
    return ia_inventory_add_executable(d->env, d->inventory, &executable);
}

/* The rows are kept as they are: the strings are printable already, and every row was worth one. */
static int read_note(struct document *d)
{
    static const struct member members[] = {
        {"code", read_code, offsetof(struct ia_note, code)},
        {"offset", read_offset, offsetof(struct ia_note, offset)},
        {"where", read_printable, offsetof(struct ia_note, where)},
        {"text", read_printable, offsetof(struct ia_note, text)},
    };
    struct ia_note note = {0};
    IA_TRY(read_object(d, members, IA_COUNT(members), &note));
    return ia_described(d->env, ia_vec_push(&d->inventory->notes.rows, &note), "notes", d->env->limits->notes);
}

static int read_rows(struct document *d, const struct member *member, int (*read_row)(struct document *))
{
    if (d->event != IA_JSON_ARRAY)
        return refuse(d, member, "is not an array");
    for (size_t i = 0; next(d) >= 0 && d->event != IA_JSON_ARRAY_END; i++)
        IA_TRY(ia_error_at(d->env, read_row(d), "%s[%zu]", member->name, i));
    return d->event < 0 ? d->event : IMGA_OK;
}

static int read_layers(struct document *d, void *record, const struct member *member)
{
    (void)record;
    return read_rows(d, member, read_layer);
}

static int read_packages(struct document *d, void *record, const struct member *member)
{
    (void)record;
    return read_rows(d, member, read_package);
}

static int read_executables(struct document *d, void *record, const struct member *member)
{
    (void)record;
    return read_rows(d, member, read_executable);
}

static int read_notes(struct document *d, void *record, const struct member *member)
{
    (void)record;
    return read_rows(d, member, read_note);
}

static bool is_member(struct ia_str name, const struct member *members, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ia_str_is(name, members[i].name))
            return true;
    return false;
}

/* No member of one kind of document is one of the other's, so the first tells which it is. */
static int read_document(struct document *d)
{
    static const struct member members[] = {
        {"schema", read_schema, 0},
        {"image", read_image, offsetof(struct ia_inventory, image)},
        {"distro", read_distro, offsetof(struct ia_inventory, distro)},
        {"layers", read_layers, 0},
        {"packages", read_packages, 0},
        {"executables", read_executables, 0},
        {"notes", read_notes, 0},
        {"complete", read_complete, 0},
    };
    IA_TRY(next(d));
    IA_TRY(begin_object(d));
    if (d->event == IA_JSON_KEY && !is_member(d->text, members, IA_COUNT(members)))
        return ia_cyclonedx_inventory(d->env, d->json, d->text, d->inventory);
    IA_TRY(read_members(d, members, IA_COUNT(members), d->inventory));
    IA_TRY(next(d)); /* the end: nothing may follow */
    if (d->last_layer >= 0 && (size_t)d->last_layer >= d->inventory->layers.n)
        return ia_fail(d->env, IMGA_E_FORMAT, -1, "layer %d is named, which does not exist", (int)d->last_layer);
    if (d->last_owner >= 0 && (size_t)d->last_owner >= d->inventory->packages.n)
        return ia_fail(d->env, IMGA_E_FORMAT, -1, "package %d is named as an owner, which does not exist",
                       (int)d->last_owner);
    if (d->complete != ia_notes_complete(&d->inventory->notes))
        return ia_fail(d->env, IMGA_E_FORMAT, -1, "\"complete\" is not what the notes say");
    return IMGA_OK;
}

int ia_inventory_read(struct ia_env *env, struct ia_reader *input, struct ia_inventory *inventory)
{
    struct document d = {.env = env, .inventory = inventory, .last_layer = -1, .last_owner = -1};
    int status;
    IA_TRY(ia_inventory_init(env, inventory));
    ia_paths_init(&d.paths, env, inventory);
    ia_properties_init(&d.properties, env, inventory);
    IA_GO(status, ia_json_new(env, input, &d.json));
    IA_GO(status, read_document(&d));
out:
    ia_json_free(d.json);
    ia_paths_free(&d.paths);
    ia_properties_free(&d.properties);
    if (status < 0)
        ia_inventory_free(inventory);
    return status;
}
