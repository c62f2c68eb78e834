/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One flat object of strings. Of a key that is there twice the first counts, and that is noted. Other keys, and values
 * that are no strings, are passed over.
 */
#include "catalog/binary/package_note.h"

#include "syntax/json_read.h"

enum { TEXT_MOST = 64 * 1024, PARTS = 9, FIRST_FIELD = 4 };

/* The first four are the package; the rest become fields of these names. */
static const char *const keys[PARTS] = {"type",  "name",   "version", "architecture", "purl",
                                        "osCpe", "appCpe", "os",      "osVersion"};
static const char *const fields[PARTS] = {NULL, NULL, NULL, NULL, "purl", "os-cpe", "app-cpe", "os", "os-version"};

struct package_note {
    struct ia_examined *x;
    struct ia_extent json;
    struct ia_buf text; /* the values, one after the other */
    size_t from[PARTS], size[PARTS];
    bool there[PARTS];
};

static struct ia_str part_of(const struct package_note *note, size_t part)
{
    return ia_str_sub(ia_buf_view(&note->text), note->from[part], note->size[part]);
}

static size_t part_named(struct ia_str key)
{
    size_t part = 0;
    while (part < PARTS && !ia_str_is(key, keys[part]))
        part++;
    return part;
}

static int keep(struct package_note *note, size_t part, struct ia_str value)
{
    if (note->there[part])
        return ia_binary_fault(note->x, note->json.offset, "a package note says the same twice");
    note->there[part] = true;
    note->from[part] = note->text.n;
    note->size[part] = value.n;
    return ia_described(note->x->env, ia_buf_str(&note->text, value), "package note", TEXT_MOST);
}

static int read_members(struct package_note *note, struct ia_json *json)
{
    struct ia_str text;
    for (;;) {
        int event = ia_json_next(json, note->x->env, &text);
        if (event != IA_JSON_KEY)
            return event;
        size_t part = part_named(text);
        IA_TRY(event = ia_json_next(json, note->x->env, &text));
        if (event == IA_JSON_STRING && part < PARTS)
            IA_TRY(keep(note, part, text));
        else
            IA_TRY(ia_json_skip(json, note->x->env, event));
    }
}

static int read_document(struct package_note *note, struct ia_json *json)
{
    struct ia_str text;
    int event = ia_json_next(json, note->x->env, &text);
    IA_TRY(event);
    if (event != IA_JSON_OBJECT)
        return ia_fail(note->x->env, IMGA_E_FORMAT, 0, "a package note is not an object");
    IA_TRY(read_members(note, json));
    return ia_json_next(json, note->x->env, &text);
}

static int read_json(struct package_note *note)
{
    struct ia_cursor bytes = ia_examined_bytes(note->x, note->json);
    struct ia_reader *reader = NULL;
    struct ia_json *json = NULL;
    int status;
    while (bytes.n && bytes.p[bytes.n - 1] == 0)
        bytes.n--;
    IA_GO(status, ia_reader_memory(note->x->env, bytes.p, bytes.n, &reader));
    IA_GO(status, ia_json_new(note->x->env, reader, &json));
    status = read_document(note, json);
out:
    ia_json_free(json);
    ia_reader_close(reader);
    return status;
}

static int report(struct package_note *note)
{
    struct ia_field list[PARTS];
    struct ia_found_package package = {
        .type = note->size[0] ? part_of(note, 0) : IA_STR("generic"),
        .name = part_of(note, 1),
        .version = part_of(note, 2),
        .architecture = part_of(note, 3),
        .how = IA_STR("note-package"),
        .fields = list,
    };
    if (package.name.n == 0)
        return ia_binary_fault(note->x, note->json.offset, "a package note without a name");
    for (size_t i = FIRST_FIELD; i < PARTS; i++)
        if (note->size[i])
            list[package.field_count++] = (struct ia_field){ia_str_from(fields[i]), part_of(note, i)};
    return ia_found_package(note->x->found, note->x->env, &package);
}

int ia_package_note(struct ia_examined *x, struct ia_extent json)
{
    struct package_note note = {.x = x, .json = json};
    ia_buf_init(&note.text, &x->env->alloc, TEXT_MOST);
    int status = ia_binary_forgive(x, read_json(&note), json.offset, "a package note is malformed");
    if (status >= 0)
        status = report(&note);
    ia_buf_free(&note.text);
    return status;
}
