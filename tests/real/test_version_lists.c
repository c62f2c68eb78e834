/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version comparison against hand-made JSON lists: the vers specification's comparison tests, node-semver's fixtures
 * and the lists of pypa/packaging, all below IMGASSURE_SHARED/vectors; exit 77 without them. OpenSSL's versions go
 * through the generic scheme. What a loose reader alone takes ("= 1.2.3") must be refused.
 */
#include "vectors.h"
#include "version/version.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT = 512, MOST = 128, CANNOT_TELL = 2 };

struct score {
    unsigned long run, wrong, excepted;
};

static const struct {
    const char *file, *a, *b, *reason;
} exceptions[] = {
    {"vers/maven_version_cmp_test.json", "2-1", "2.0.a", "from before Maven 4, which drops the zero before a word"},
    {"vers/maven_version_cmp_test.json", "2-1", "2.0.0.a", "from before Maven 4, which drops the zero before a word"},
    {"vers/openssl_version_cmp_test.json", "0.9.8lt", "0.9.8ztl", "letters that OpenSSL never had"},
};

static bool is_excepted(const char *file, const char *a, const char *b)
{
    for (size_t i = 0; i < IA_COUNT(exceptions); i++)
        if (strcmp(exceptions[i].file, file) == 0 && strcmp(exceptions[i].a, a) == 0 && strcmp(exceptions[i].b, b) == 0)
            return true;
    return false;
}

static int compare(const char *scheme, const char *a, const char *b)
{
    const char *why;
    int order = CANNOT_TELL;
    ia_version_scheme_named(ia_str_from(scheme))->compare(ia_str_from(a), ia_str_from(b), &order, &why);
    return order;
}

static void judge(struct score *score, const char *file, const char *a, const char *b, bool right)
{
    score->run++;
    if (is_excepted(file, a, b)) {
        score->excepted++;
        right = !right;
    }
    score->wrong += !right;
    if (!right)
        printf("# %s: %s and %s\n", file, a, b);
}

static int report(const char *file, const struct score *score, unsigned long least)
{
    int bad = score->wrong > 0 || score->run < least;
    printf("%s %s: %lu cases, %lu wrong, %lu exceptions\n", bad ? "not ok" : "ok", file, score->run, score->wrong,
           score->excepted);
    return bad;
}

/* The strings of an array that comes next; returns how many. Other values are "". */
static size_t read_strings(struct vectors *v, char (*out)[TEXT])
{
    size_t n = 0;
    for (int event = vectors_next(v); event != IA_JSON_ARRAY_END; event = vectors_next(v)) {
        char *text = out[n < MOST ? n : MOST - 1];
        text[0] = '\0';
        if (event == IA_JSON_STRING)
            vectors_copy(v->text, text, TEXT);
        else if (ia_json_skip(v->json, &v->t.env, event) < 0)
            exit(1);
        n++;
    }
    return n < MOST ? n : MOST;
}

/* One test of the vers specification. */
struct vers_case {
    char kind[16], versions[MOST][TEXT], sorted[MOST][TEXT];
    size_t count, sorted_count;
    bool equal;
};

static void read_input(struct vectors *v, struct vers_case *c)
{
    char key[64], skipped[8];
    if (vectors_next(v) != IA_JSON_OBJECT)
        exit(1);
    while (vectors_key(v, key, sizeof(key))) {
        if (strcmp(key, "versions") == 0 && vectors_next(v) == IA_JSON_ARRAY)
            c->count = read_strings(v, c->versions);
        else
            vectors_text(v, skipped, sizeof(skipped));
    }
}

static void read_case(struct vectors *v, struct vers_case *c)
{
    char key[64], skipped[8];
    c->count = c->sorted_count = 0;
    while (vectors_key(v, key, sizeof(key))) {
        if (strcmp(key, "test_type") == 0) {
            vectors_text(v, c->kind, sizeof(c->kind));
        } else if (strcmp(key, "input") == 0) {
            read_input(v, c);
        } else if (strcmp(key, "expected_output") == 0) {
            int event = vectors_next(v);
            c->equal = event == IA_JSON_TRUE;
            c->sorted_count = event == IA_JSON_ARRAY ? read_strings(v, c->sorted) : 0;
        } else {
            vectors_text(v, skipped, sizeof(skipped));
        }
    }
}

static void judge_case(struct score *score, const char *file, const char *scheme, const struct vers_case *c)
{
    if (strcmp(c->kind, "equality") == 0 && c->count == 2) {
        int order = compare(scheme, c->versions[0], c->versions[1]);
        judge(score, file, c->versions[0], c->versions[1], c->equal ? order == 0 : order == -1 || order == 1);
        return;
    }
    if (strcmp(c->kind, "comparison") != 0 || c->sorted_count < 2)
        exit(1);
    for (size_t i = 1; i < c->sorted_count; i++)
        judge(score, file, c->sorted[i - 1], c->sorted[i],
              compare(scheme, c->sorted[i - 1], c->sorted[i]) <= 0 &&
                  compare(scheme, c->sorted[i], c->sorted[i - 1]) <= 1 &&
                  compare(scheme, c->sorted[i], c->sorted[i - 1]) >= 0);
}

static int run_vers(const char *file, const char *scheme, unsigned long least)
{
    static struct vers_case c;
    struct score score = {0};
    struct vectors v;
    char key[64], skipped[8];
    if (!vectors_open(&v, file))
        return VECTORS_SKIPPED;
    if (vectors_next(&v) != IA_JSON_OBJECT)
        exit(1);
    while (vectors_key(&v, key, sizeof(key))) {
        if (strcmp(key, "tests") != 0) {
            vectors_text(&v, skipped, sizeof(skipped));
            continue;
        }
        vectors_next(&v);
        while (vectors_next(&v) == IA_JSON_OBJECT) {
            read_case(&v, &c);
            judge_case(&score, file, scheme, &c);
        }
    }
    vectors_close(&v);
    return report(file, &score, least);
}

/* Strict spelling: what is left without blanks around starts with "v" or a digit, and has no blank in it. */
static bool is_strict(const char *text)
{
    text += strspn(text, " ");
    return text[0] != '=' && strchr(text, ' ') == NULL;
}

/* Rows of a list of node-semver: two strings, and more that does not matter. want: -1, 0, 1, 2. */
static int run_npm(const char *file, int want, unsigned long least)
{
    static char row[MOST][TEXT];
    struct score score = {0};
    struct vectors v;
    if (!vectors_open(&v, file))
        return VECTORS_SKIPPED;
    vectors_next(&v);
    while (vectors_next(&v) == IA_JSON_ARRAY) {
        read_strings(&v, row);
        const char *a = row[0], *b = want == CANNOT_TELL ? "1.2.3" : row[1];
        int expected = is_strict(a) && is_strict(b) ? want : CANNOT_TELL;
        judge(&score, file, a, b, compare("npm", a, b) == expected);
    }
    vectors_close(&v);
    return report(file, &score, least);
}

/* Each of them is a version. */
static int run_npm_valid(const char *file, unsigned long least)
{
    static char row[MOST][TEXT];
    struct score score = {0};
    struct vectors v;
    if (!vectors_open(&v, file))
        return VECTORS_SKIPPED;
    vectors_next(&v);
    while (vectors_next(&v) == IA_JSON_ARRAY) {
        read_strings(&v, row);
        judge(&score, file, row[0], row[0], compare("npm", row[0], row[0]) == 0);
    }
    vectors_close(&v);
    return report(file, &score, least);
}

static void judge_sorted(struct score *score, const char *key, char (*list)[TEXT], size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            judge(score, key, list[i], list[j], compare("pypi", list[i], list[j]) == (i > j) - (i < j));
}

/* Two spellings each; Unicode's blanks around a version are not taken. */
static void judge_spellings(struct vectors *v, struct score *score, const char *key)
{
    static char row[MOST][TEXT];
    while (vectors_next(v) == IA_JSON_ARRAY) {
        read_strings(v, row);
        bool ascii = (unsigned char)row[0][0] < 0x80;
        judge(score, key, row[0], row[1], compare("pypi", row[0], row[1]) == (ascii ? 0 : CANNOT_TELL));
    }
}

static int run_pypi(const char *file)
{
    static char list[MOST][TEXT];
    char key[256], skipped[8];
    struct score sorted = {0}, invalid = {0}, spellings = {0};
    struct vectors v;
    if (!vectors_open(&v, file))
        return VECTORS_SKIPPED;
    vectors_next(&v);
    while (vectors_key(&v, key, sizeof(key))) {
        if (strcmp(key, "test_version.py:VERSIONS") == 0 && vectors_next(&v) == IA_JSON_ARRAY) {
            judge_sorted(&sorted, key, list, read_strings(&v, list));
        } else if (strstr(key, ":test_invalid_versions:") && vectors_next(&v) == IA_JSON_ARRAY) {
            for (size_t i = 0, n = read_strings(&v, list); i < n; i++)
                judge(&invalid, key, list[i], "1.0", compare("pypi", list[i], "1.0") == CANNOT_TELL);
        } else if (strstr(key, "test_version.py:test_normalized_versions:") && vectors_next(&v) == IA_JSON_ARRAY) {
            judge_spellings(&v, &spellings, key);
        } else {
            vectors_text(&v, skipped, sizeof(skipped));
        }
    }
    vectors_close(&v);
    return report("pep440, sorted", &sorted, 8464) | report("pep440, invalid", &invalid, 20) |
           report("pep440, spellings", &spellings, 100);
}

int main(void)
{
    int status = run_vers("vers/alpine_version_cmp_test.json", "apk", 716);
    if (status == VECTORS_SKIPPED) {
        puts("no vectors: skipped");
        return VECTORS_SKIPPED;
    }
    status |= run_vers("vers/alpm_version_cmp_test.json", "alpm", 42);
    status |= run_vers("vers/gentoo_version_cmp_test.json", "gentoo", 48);
    status |= run_vers("vers/maven_version_cmp_test.json", "maven", 977);
    status |= run_vers("vers/nuget_version_cmp_test.json", "nuget", 33);
    status |= run_vers("vers/openssl_version_cmp_test.json", "generic", 44);
    status |= run_npm("version/npm/comparisons.json", 1, 31);
    status |= run_npm("version/npm/equality.json", 0, 37);
    status |= run_npm("version/npm/invalid-versions.json", CANNOT_TELL, 10);
    status |= run_npm_valid("version/npm/valid-versions.json", 22);
    status |= run_pypi("version/pep440/packaging-test-lists.json");
    return status != 0;
}
