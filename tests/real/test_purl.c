/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The purl specification's own test suite: vectors/purl below IMGASSURE_SHARED; exit 77 without it. Three kinds: parse
 * (text to components, strict), build (components to text) and validate (any spelling to the canonical text, which
 * takes what a reader without the types' demands takes). No case is left out.
 */
#include "model/purl.h"
#include "vectors.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 1024 };
enum kind { PARSE, BUILD, VALIDATE, KINDS };

static const char *const kind_names[KINDS] = {"parse", "build", "validate"};

struct components {
    char type[64], namespace[TEXT], name[TEXT], version[TEXT], subpath[TEXT];
    char keys[IA_PURL_QUALIFIERS][64], values[IA_PURL_QUALIFIERS][TEXT];
    size_t n;
};

struct side {
    char text[TEXT];
    struct components parts;
};

struct test_case {
    char description[TEXT], kind[16], failure[8];
    struct side input, expected;
};

struct score {
    unsigned run[KINDS], failed;
};

static void read_qualifiers(struct vectors *v, struct components *parts)
{
    char skipped[8];
    int event = vectors_next(v);
    if (event != IA_JSON_OBJECT)
        return;
    while (parts->n < IA_PURL_QUALIFIERS && vectors_key(v, parts->keys[parts->n], sizeof(parts->keys[0])))
        vectors_text(v, parts->values[parts->n], TEXT), parts->n++;
    if (parts->n == IA_PURL_QUALIFIERS)
        vectors_text(v, skipped, sizeof(skipped));
}

/* A purl, as text or as an object of its components. */
static void read_side(struct vectors *v, struct side *side)
{
    struct components *parts = &side->parts;
    const struct {
        const char *key;
        char *text;
        size_t size;
    } fields[] = {{"type", parts->type, sizeof(parts->type)},
                  {"namespace", parts->namespace, TEXT},
                  {"name", parts->name, TEXT},
                  {"version", parts->version, TEXT},
                  {"subpath", parts->subpath, TEXT}};
    char key[64], skipped[8];
    int event = vectors_next(v);
    if (event == IA_JSON_STRING)
        vectors_copy(v->text, side->text, TEXT);
    while (event == IA_JSON_OBJECT && vectors_key(v, key, sizeof(key))) {
        size_t i = 0;
        while (i < IA_COUNT(fields) && strcmp(fields[i].key, key) != 0)
            i++;
        if (strcmp(key, "qualifiers") == 0)
            read_qualifiers(v, parts);
        else if (i < IA_COUNT(fields))
            vectors_text(v, fields[i].text, fields[i].size);
        else
            vectors_text(v, skipped, sizeof(skipped));
    }
}

static struct ia_purl purl_of(const struct components *parts)
{
    struct ia_purl purl = {.type = ia_str_from(parts->type),
                           .namespace = ia_str_from(parts->namespace),
                           .name = ia_str_from(parts->name),
                           .version = ia_str_from(parts->version),
                           .subpath = ia_str_from(parts->subpath)};
    for (size_t i = 0; i < parts->n; i++)
        ia_purl_qualify(&purl, parts->keys[i], ia_str_from(parts->values[i]));
    return purl;
}

static bool same(const struct ia_purl *a, const struct ia_purl *b)
{
    bool all = ia_str_eq(a->type, b->type) && ia_str_eq(a->namespace, b->namespace) && ia_str_eq(a->name, b->name) &&
               ia_str_eq(a->version, b->version) && ia_str_eq(a->subpath, b->subpath) &&
               a->n_qualifiers == b->n_qualifiers;
    for (size_t i = 0; all && i < a->n_qualifiers; i++) {
        char key[64];
        vectors_copy(a->qualifiers[i].key, key, sizeof(key));
        all = ia_str_eq(ia_purl_qualifier(b, key), a->qualifiers[i].value);
    }
    return all;
}

/* Whether the case ends as it should. */
static bool parse(const struct test_case *test, struct ia_buf *storage)
{
    struct ia_purl purl, expected = purl_of(&test->expected.parts);
    const char *why;
    int status = ia_purl_read(ia_str_from(test->input.text), storage, &purl, &why);
    return test->failure[0] ? status == IMGA_E_FORMAT && *why : status == IMGA_OK && same(&purl, &expected);
}

static bool written(struct ia_buf *out, const struct ia_purl *purl, const char *expected)
{
    return ia_purl_write(out, purl) == IMGA_OK && ia_str_is(ia_buf_view(out), expected);
}

static bool build(const struct test_case *test, struct ia_buf *out)
{
    struct ia_purl purl = purl_of(&test->input.parts);
    return test->failure[0] ? ia_purl_write(out, &purl) == IMGA_E_INVALID : written(out, &purl, test->expected.text);
}

static bool validate(const struct test_case *test, struct ia_buf *storage, struct ia_buf *out)
{
    struct ia_purl purl;
    const char *why;
    return !test->failure[0] && ia_purl_read_any(ia_str_from(test->input.text), storage, &purl, &why) == IMGA_OK &&
           written(out, &purl, test->expected.text);
}

static void run_case(const struct test_case *test, struct score *score)
{
    struct ia_buf storage, out;
    enum kind kind = PARSE;
    while (kind < KINDS && strcmp(test->kind, kind_names[kind]) != 0)
        kind++;
    ia_buf_init(&storage, &ia_alloc_libc, 4096);
    ia_buf_init(&out, &ia_alloc_libc, 4096);
    bool good = kind == PARSE      ? parse(test, &storage)
                : kind == BUILD    ? build(test, &out)
                : kind == VALIDATE ? validate(test, &storage, &out)
                                   : false;
    if (kind < KINDS)
        score->run[kind]++;
    score->failed += !good;
    if (!good)
        printf("# %s: %s %s: %.*s\n", test->description, test->kind, test->input.text, (int)out.n, out.n ? out.p : "");
    ia_buf_free(&storage);
    ia_buf_free(&out);
}

static void read_case(struct vectors *v, struct test_case *test)
{
    char key[64], skipped[8];
    memset(test, 0, sizeof(*test));
    while (vectors_key(v, key, sizeof(key))) {
        if (strcmp(key, "input") == 0)
            read_side(v, &test->input);
        else if (strcmp(key, "expected_output") == 0)
            read_side(v, &test->expected);
        else if (strcmp(key, "description") == 0)
            vectors_text(v, test->description, TEXT);
        else if (strcmp(key, "test_type") == 0)
            vectors_text(v, test->kind, sizeof(test->kind));
        else if (strcmp(key, "expected_failure") == 0)
            vectors_text(v, test->failure, sizeof(test->failure));
        else
            vectors_text(v, skipped, sizeof(skipped));
    }
}

static void run_file(const char *name, struct score *total)
{
    static struct test_case test;
    struct vectors v;
    struct score score = {{0}, 0};
    char key[64], skipped[8];
    if (!vectors_open(&v, name))
        return;
    vectors_next(&v);
    while (vectors_key(&v, key, sizeof(key))) {
        if (strcmp(key, "tests") != 0) {
            vectors_text(&v, skipped, sizeof(skipped));
            continue;
        }
        vectors_next(&v);
        while (vectors_next(&v) == IA_JSON_OBJECT) {
            read_case(&v, &test);
            run_case(&test, &score);
        }
    }
    vectors_close(&v);
    printf("%s %s: %u parse, %u build, %u validate, %u failed\n", score.failed ? "not ok" : "ok", name,
           score.run[PARSE], score.run[BUILD], score.run[VALIDATE], score.failed);
    for (int i = 0; i < KINDS; i++)
        total->run[i] += score.run[i];
    total->failed += score.failed;
}

static void run_folder(const char *folder, struct score *total)
{
    char path[4096], name[512];
    snprintf(path, sizeof(path), "%s/vectors/%s", getenv("IMGASSURE_SHARED"), folder);
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        snprintf(name, sizeof(name), "%s/%s", folder, entry->d_name);
        if (ia_str_ends(ia_str_from(name), IA_STR(".json")))
            run_file(name, total);
    }
    if (dir)
        closedir(dir);
}

int main(void)
{
    struct score total = {{0}, 0};
    if (getenv("IMGASSURE_SHARED")) {
        run_folder("purl/spec", &total);
        run_folder("purl/types", &total);
    }
    if (total.run[PARSE] == 0) {
        puts("no vectors: skipped");
        return VECTORS_SKIPPED;
    }
    bool bad = total.failed > 0 || total.run[PARSE] < 200 || total.run[BUILD] < 170 || total.run[VALIDATE] < 200;
    printf("%s purl: %u parse, %u build, %u validate, %u failed\n", bad ? "not ok" : "ok", total.run[PARSE],
           total.run[BUILD], total.run[VALIDATE], total.failed);
    return bad;
}
