/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every crate that the list names, also those that only the build needed: they are marked, not left out. The parts of
 * an entry may come in any order; unknown ones are passed over.
 */
#include "catalog/binary/rust.h"

#include "io/zlib_inflate.h"
#include "syntax/json_read.h"

enum { JSON_MOST = 8 * 1024 * 1024, TEXT_MOST = 64 * 1024 };

enum part { PART_NAME, PART_VERSION, PART_SOURCE, PART_KIND, PARTS };
static const char *const keys[PARTS] = {"name", "version", "source", "kind"};

struct crate_list {
    struct ia_examined *x;
    struct ia_extent section;
    struct ia_json *json;
    struct ia_buf text; /* the values of one entry */
    size_t from[PARTS], size[PARTS];
    bool root;
};

static struct ia_str part_of(const struct crate_list *list, enum part part)
{
    return ia_str_sub(ia_buf_view(&list->text), list->from[part], list->size[part]);
}

static int keep(struct crate_list *list, size_t part, struct ia_str value)
{
    list->from[part] = list->text.n;
    list->size[part] = value.n;
    return ia_described(list->x->env, ia_buf_str(&list->text, value), "crate", TEXT_MOST);
}

static int report(struct crate_list *list)
{
    struct ia_field fields[3];
    struct ia_found_package package = {
        .type = IA_STR("cargo"),
        .name = part_of(list, PART_NAME),
        .version = part_of(list, PART_VERSION),
        .how = IA_STR("cargo-auditable"),
        .fields = fields,
    };
    if (package.name.n == 0)
        return ia_binary_fault(list->x, list->section.offset, "a crate without a name in .dep-v0");
    if (list->root)
        fields[package.field_count++] = (struct ia_field){IA_STR("cargo-root"), IA_STR("1")};
    if (list->size[PART_KIND])
        fields[package.field_count++] = (struct ia_field){IA_STR("cargo-kind"), part_of(list, PART_KIND)};
    if (list->size[PART_SOURCE])
        fields[package.field_count++] = (struct ia_field){IA_STR("cargo-source"), part_of(list, PART_SOURCE)};
    return ia_found_package(list->x->found, list->x->env, &package);
}

static int read_member(struct crate_list *list, struct ia_str key)
{
    struct ia_str text;
    size_t part = 0;
    bool root = ia_str_is(key, "root");
    while (part < PARTS && !ia_str_is(key, keys[part]))
        part++;
    int event = ia_json_next(list->json, list->x->env, &text);
    IA_TRY(event);
    if (root)
        list->root = event == IA_JSON_TRUE;
    if (part < PARTS && event == IA_JSON_STRING)
        return keep(list, part, text);
    return ia_json_skip(list->json, list->x->env, event);
}

/* After the brace that opens an entry. */
static int read_crate(struct crate_list *list)
{
    struct ia_str text;
    int event;
    ia_buf_clear(&list->text);
    for (size_t i = 0; i < PARTS; i++)
        list->size[i] = 0;
    list->root = false;
    while ((event = ia_json_next(list->json, list->x->env, &text)) == IA_JSON_KEY)
        IA_TRY(read_member(list, text));
    IA_TRY(event);
    return report(list);
}

/* After the key "packages". */
static int read_crates(struct crate_list *list)
{
    struct ia_str text;
    int event = ia_json_next(list->json, list->x->env, &text);
    IA_TRY(event);
    if (event != IA_JSON_ARRAY)
        return ia_fail(list->x->env, IMGA_E_FORMAT, 0, "the packages of .dep-v0 are not a list");
    while ((event = ia_json_next(list->json, list->x->env, &text)) == IA_JSON_OBJECT)
        IA_TRY(read_crate(list));
    IA_TRY(event);
    if (event != IA_JSON_ARRAY_END)
        return ia_fail(list->x->env, IMGA_E_FORMAT, 0, "a package of .dep-v0 is not an object");
    return IMGA_OK;
}

static int read_document(struct crate_list *list)
{
    struct ia_env *env = list->x->env;
    struct ia_str text;
    bool there = false;
    int event = ia_json_next(list->json, env, &text);
    IA_TRY(event);
    if (event != IA_JSON_OBJECT)
        return ia_fail(env, IMGA_E_FORMAT, 0, ".dep-v0 is not an object");
    while ((event = ia_json_next(list->json, env, &text)) == IA_JSON_KEY) {
        bool packages = ia_str_is(text, "packages");
        there |= packages;
        IA_TRY(packages ? read_crates(list) : ia_json_skip(list->json, env, event));
    }
    IA_TRY(event);
    IA_TRY(ia_json_next(list->json, env, &text));
    return there ? IMGA_OK : ia_fail(env, IMGA_E_FORMAT, 0, ".dep-v0 lists no packages");
}

static int read_text(struct crate_list *list, struct ia_str text)
{
    struct ia_reader *reader = NULL;
    int status;
    IA_GO(status, ia_reader_memory(list->x->env, text.p, text.n, &reader));
    IA_GO(status, ia_json_new(list->x->env, reader, &list->json));
    status = read_document(list);
out:
    ia_json_free(list->json);
    ia_reader_close(reader);
    return status;
}

int ia_rust_packages(struct ia_examined *x, struct ia_extent section)
{
    struct crate_list list = {.x = x, .section = section};
    struct ia_buf json;
    if (!ia_examined_has(x, section))
        return ia_binary_fault(x, section.offset, ".dep-v0 lies outside of the file");
    ia_buf_init(&json, &x->env->alloc, JSON_MOST);
    ia_buf_init(&list.text, &x->env->alloc, TEXT_MOST);
    int status = ia_zlib_inflate(x->env, ia_examined_bytes(x, section), &json);
    if (status >= 0)
        status = read_text(&list, ia_buf_view(&json));
    status = ia_binary_forgive(x, status, section.offset, "the dependency list of .dep-v0 is malformed");
    ia_buf_free(&list.text);
    ia_buf_free(&json);
    return status;
}
