/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPE names against vectors/cpe below IMGASSURE_SHARED; exit 77 without it. Every name of the list is read from its
 * formatted string and from its URI, both give the attributes that stand beside them, and each is written from the
 * other. Then the candidates: for how many names of an index is one of the listed pairs among them. The index was made
 * from reference links and holds vendors that no package names, so its figures have floors, not full marks.
 */
#include "model/cpe.h"
#include "vectors.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT = 1024 };

static const char *const attribute_names[IA_CPE_ATTRIBUTES] = {"Part",     "Vendor",   "Product",  "Version",
                                                               "Update",   "Edition",  "Language", "SwEdition",
                                                               "TargetSw", "TargetHw", "Other"};

struct name {
    char formatted[TEXT], uri[TEXT], attributes[IA_CPE_ATTRIBUTES][TEXT];
};

/* The list leaves quotes out, except those of "*" and of a backslash; ANY is "", NA is "-". */
static bool same_value(const struct ia_cpe_value *value, const char *expected)
{
    char plain[TEXT];
    size_t n = 0;
    if (value->kind != IA_CPE_VALUE)
        return strcmp(expected, value->kind == IA_CPE_NA ? "-" : "") == 0;
    for (size_t i = 0; i < value->text.n && n + 2 < TEXT; i++) {
        bool quotes = value->text.p[i] == '\\';
        i += quotes;
        if (quotes && strchr("*\\", value->text.p[i]))
            plain[n++] = '\\';
        plain[n++] = value->text.p[i];
    }
    plain[n] = '\0';
    return strcmp(plain, expected) == 0;
}

/* Reads one spelling and compares the attributes and both bindings with what is listed. */
static bool check(const char *text, const struct name *name)
{
    struct ia_buf storage, formatted, uri;
    struct ia_cpe cpe;
    const char *why;
    ia_buf_init(&storage, &ia_alloc_libc, 2 * TEXT);
    ia_buf_init(&formatted, &ia_alloc_libc, 4 * TEXT);
    ia_buf_init(&uri, &ia_alloc_libc, 4 * TEXT);
    bool good = ia_cpe_read(ia_str_from(text), &storage, &cpe, &why) == IMGA_OK;
    for (size_t i = 0; good && i < IA_CPE_ATTRIBUTES; i++)
        good = same_value(&cpe.attributes[i], name->attributes[i]);
    good = good && ia_cpe_write(&formatted, &cpe) == IMGA_OK && ia_cpe_write_uri(&uri, &cpe) == IMGA_OK;
    good = good && ia_str_is(ia_buf_view(&formatted), name->formatted) && ia_str_is(ia_buf_view(&uri), name->uri);
    if (!good)
        printf("# %s: %s, %.*s, %.*s\n", text, why, (int)formatted.n, formatted.n ? formatted.p : "", (int)uri.n,
               uri.n ? uri.p : "");
    ia_buf_free(&storage);
    ia_buf_free(&formatted);
    ia_buf_free(&uri);
    return good;
}

static void read_attributes(struct vectors *v, struct name *name)
{
    char key[64], skipped[8];
    vectors_next(v);
    while (vectors_key(v, key, sizeof(key))) {
        size_t i = 0;
        while (i < IA_CPE_ATTRIBUTES && strcmp(key, attribute_names[i]) != 0)
            i++;
        if (i < IA_CPE_ATTRIBUTES)
            vectors_text(v, name->attributes[i], TEXT);
        else
            vectors_text(v, skipped, sizeof(skipped));
    }
}

static void read_name(struct vectors *v, struct name *name)
{
    char key[64];
    memset(name, 0, sizeof(*name));
    while (vectors_key(v, key, sizeof(key))) {
        if (strcmp(key, "cpe-string") == 0)
            vectors_text(v, name->formatted, TEXT);
        else if (strcmp(key, "cpe-url") == 0)
            vectors_text(v, name->uri, TEXT);
        else
            read_attributes(v, name);
    }
}

static int run_bindings(void)
{
    static struct name name;
    struct vectors v;
    unsigned names = 0, failed = 0;
    if (!vectors_open(&v, "cpe/syft-cpe-string-url-wfn.json.xz"))
        return VECTORS_SKIPPED;
    vectors_next(&v);
    while (vectors_next(&v) == IA_JSON_OBJECT) {
        read_name(&v, &name);
        names++;
        failed += !check(name.formatted, &name) || !check(name.uri, &name);
    }
    vectors_close(&v);
    bool bad = failed > 0 || names < 990;
    printf("%s bindings: %u names, %u failed\n", bad ? "not ok" : "ok", names, failed);
    return bad;
}

struct ecosystem {
    const char *key, *type;
    unsigned floor; /* percent */
};

/* What is measured, less two. */
static const struct ecosystem ecosystems[] = {
    {"go_modules", "golang", 71},
    {"jenkins_plugins", "jenkins-plugin", 64},
    {"npm", "npm", 66},
    {"php_composer", "composer", 60},
    {"php_pear", "pear", 98},
    {"php_pecl", "pecl", 98},
    {"pypi", "pypi", 43},
    {"rubygems", "gem", 66},
    {"rust_crates", "cargo", 68},
    {"wordpress_plugins", "wordpress-plugin", 15},
    {"wordpress_themes", "wordpress-theme", 1},
};

/* Whether a listed name has a candidate's vendor and product. */
static bool is_candidate(const struct ia_cpe_candidates *candidates, struct ia_str listed)
{
    struct ia_buf storage, part;
    struct ia_cpe cpe;
    const char *why;
    bool found = false;
    ia_buf_init(&storage, &ia_alloc_libc, 4 * TEXT);
    ia_buf_init(&part, &ia_alloc_libc, 4 * TEXT);
    for (size_t i = 0; !found && ia_cpe_read(listed, &storage, &cpe, &why) == IMGA_OK && i < candidates->n; i++) {
        ia_buf_clear(&part);
        if (ia_cpe_quote(&part, candidates->rows[i].vendor) <= 0 ||
            !ia_str_eq(ia_buf_view(&part), cpe.attributes[IA_CPE_VENDOR].text))
            continue;
        ia_buf_clear(&part);
        found = ia_cpe_quote(&part, candidates->rows[i].product) > 0 &&
                ia_str_eq(ia_buf_view(&part), cpe.attributes[IA_CPE_PRODUCT].text);
    }
    ia_buf_free(&storage);
    ia_buf_free(&part);
    return found;
}

/* Namespace and name of a listed package, as its purl would have them. */
static void find_candidates(struct ia_cpe_candidates *candidates, const char *type, const char *listed)
{
    struct ia_cpe_facts facts = {.type = ia_str_from(type), .name = ia_str_from(listed)};
    facts.name = ia_str_sub(facts.name, 0, ia_str_find(facts.name, '#'));
    size_t slash = ia_str_find_last(facts.name, '/');
    if (slash < facts.name.n) {
        facts.namespace = ia_str_sub(facts.name, 0, slash);
        facts.name = ia_str_sub(facts.name, slash + 1, facts.name.n);
    }
    if (ia_cpe_candidates_find(candidates, &facts) < 0)
        abort();
}

static int run_ecosystem(struct vectors *v, const char *key)
{
    struct ia_cpe_candidates candidates;
    const struct ecosystem *ecosystem = ecosystems;
    unsigned names = 0, hits = 0, rows = 0;
    char listed[TEXT];
    while (ecosystem < ecosystems + IA_COUNT(ecosystems) && strcmp(ecosystem->key, key) != 0)
        ecosystem++;
    bool known = ecosystem < ecosystems + IA_COUNT(ecosystems);
    ia_cpe_candidates_init(&candidates, &ia_alloc_libc);
    vectors_next(v);
    while (vectors_key(v, listed, sizeof(listed))) {
        bool hit = false;
        find_candidates(&candidates, known ? ecosystem->type : "", listed);
        vectors_next(v);
        while (vectors_next(v) == IA_JSON_STRING)
            hit |= is_candidate(&candidates, v->text);
        names++;
        hits += hit;
        rows += (unsigned)candidates.n;
    }
    ia_cpe_candidates_free(&candidates);
    bool bad = !known || hits * 100 < names * ecosystem->floor;
    printf("%s candidates %s: %u names, %u found (%u %%), %u candidates\n", bad ? "not ok" : "ok", key, names, hits,
           names ? hits * 100 / names : 0, rows);
    return bad;
}

static int run_candidates(const char *file)
{
    struct vectors v;
    char key[64];
    int bad = 0;
    if (!vectors_open(&v, file))
        return 1;
    vectors_next(&v);
    vectors_key(&v, key, sizeof(key));
    vectors_next(&v);
    while (vectors_key(&v, key, sizeof(key)))
        bad |= run_ecosystem(&v, key);
    vectors_close(&v);
    return bad;
}

int main(void)
{
    int status = run_bindings();
    return status == VECTORS_SKIPPED ? puts("no vectors: skipped"),
           status                    : status | run_candidates("cpe/syft-cpe-index.json.xz");
}
