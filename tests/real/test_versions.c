/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version comparison against labels of the native tools: random pairs labelled by each tool, and real neighbouring
 * versions. Reads vectors/version below IMGASSURE_SHARED; exit 77 without it. Every pair is also compared the other way
 * round. Nothing may be wrong and nothing rejected, but for the pairs that version_exceptions.h names with a reason.
 *
 * Labels: "<", "=", ">"; "E..." for a version that the tool refuses: the answer must be "cannot tell"; "warn" for one
 * that it takes with a warning: must be compared; "inv2" for a second version outside the tool's grammar, with the sign
 * its compare routine gives all the same. Outside the grammar of apk-tools 3 the sign of apk-tools 2 counts, and
 * outside both grammars the answer must be "cannot tell". The order of Maven is that of 4.x: maven3 is not read.
 */
#include "version/version.h"
#include "version_exceptions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 4096, SKIPPED = 77 };

struct score {
    unsigned long pairs, wrong, rejected, refused; /* refused: cannot tell, as it must be */
};

struct pair {
    char line[LINE];
    char *a, *label, *b;
};

/* A file, its scheme, how many pairs it has at least. */
struct list {
    const char *name;
    int32_t scheme;
    unsigned long least;
};

static const struct list lists[] = {
    {"deb", IMGA_SCHEME_DEB, 30000},
    {"rpm", IMGA_SCHEME_RPM, 30000},
    {"pep440", IMGA_SCHEME_PYPI, 30000},
    {"gem", IMGA_SCHEME_GEM, 30000},
    {"maven4", IMGA_SCHEME_MAVEN, 30000},
    {"npm", IMGA_SCHEME_NPM, 30000},
    {"semver2-rust", IMGA_SCHEME_CARGO, 30000},
    {"semver2-rust", IMGA_SCHEME_SEMVER, 30000},
    {"semver2-rust", IMGA_SCHEME_HEX, 30000},
    {"go", IMGA_SCHEME_GO, 30000},
    {"composer", IMGA_SCHEME_COMPOSER, 30000},
    {"alpm", IMGA_SCHEME_ALPM, 30000},
    {"gentoo", IMGA_SCHEME_GENTOO, 30000},
    {"real-pairs/debian-versions-generated", IMGA_SCHEME_DEB, 14442},
    {"real-pairs/debian-versions", IMGA_SCHEME_DEB, 30},
    {"real-pairs/alpine-versions-generated", IMGA_SCHEME_APK, 13979},
    {"real-pairs/redhat-versions", IMGA_SCHEME_RPM, 165},
    {"real-pairs/semver-versions", IMGA_SCHEME_SEMVER, 86},
    {"real-pairs/pub-versions", IMGA_SCHEME_PUB, 100},
    {"real-pairs/pypi-versions-generated", IMGA_SCHEME_PYPI, 12375},
    {"real-pairs/pypi-versions", IMGA_SCHEME_PYPI, 37},
    {"real-pairs/maven-versions-generated", IMGA_SCHEME_MAVEN, 14752},
    {"real-pairs/maven-versions", IMGA_SCHEME_MAVEN, 102},
    {"real-pairs/rubygems-versions-generated", IMGA_SCHEME_GEM, 4098},
    {"real-pairs/rubygems-versions", IMGA_SCHEME_GEM, 25},
    {"real-pairs/packagist-versions-generated", IMGA_SCHEME_COMPOSER, 10630},
    {"real-pairs/packagist-versions", IMGA_SCHEME_COMPOSER, 95},
    {"real-pairs/nuget-versions", IMGA_SCHEME_NUGET, 35},
    {"real-pairs/cran-versions-generated", IMGA_SCHEME_CRAN, 57},
    {"real-pairs/cran-versions", IMGA_SCHEME_CRAN, 21},
    {"real-pairs/hackage-versions", IMGA_SCHEME_HACKAGE, 11},
};

static FILE *open_vectors(const char *name)
{
    char command[LINE];
    const char *shared = getenv("IMGASSURE_SHARED");
    if (strchr(shared, '\''))
        return NULL;
    snprintf(command, sizeof(command), "xz -dc '%s/vectors/version/%s.tsv.xz'", shared, name);
    return popen(command, "r");
}

static int next_pair(FILE *file, struct pair *pair)
{
    do {
        if (!fgets(pair->line, sizeof(pair->line), file))
            return 0;
    } while (pair->line[0] == '#');
    pair->line[strcspn(pair->line, "\n")] = '\0';
    pair->a = pair->line;
    pair->label = strchr(pair->a, '\t');
    pair->b = pair->label ? strchr(pair->label + 1, '\t') : NULL;
    if (!pair->b)
        return 0;
    *pair->label++ = '\0';
    *pair->b++ = '\0';
    return 1;
}

/* -1, 0, 1, or 2 for "cannot tell"; 3 when the two directions contradict each other. */
static int answer(int32_t scheme, const char *a, const char *b)
{
    const struct ia_version_scheme *s = ia_version_scheme(scheme);
    struct ia_str left = ia_str_from(a), right = ia_str_from(b);
    const char *why;
    int there = 2, back = 2;
    if (s->compare(left, right, &there, &why) != IMGA_OK)
        there = 2;
    if (s->compare(right, left, &back, &why) != IMGA_OK)
        back = 2;
    return there == 2 && back == 2 ? 2 : there == -back ? there : 3;
}

static int expected(const char *label)
{
    return label[0] == '<' ? -1 : label[0] == '=' ? 0 : label[0] == '>' ? 1 : 2;
}

static void judge(struct score *score, int32_t scheme, const struct pair *pair, int want)
{
    int got = answer(scheme, pair->a, pair->b);
    score->pairs++;
    if (got == want) {
        score->refused += want == 2;
        return;
    }
    if (got == 2)
        score->rejected++;
    else
        score->wrong++;
    if (score->wrong + score->rejected <= 20)
        printf("# %s %s %s: answer %d, not %d\n", pair->a, pair->label, pair->b, got, want);
}

static int report(const struct list *list, const struct score *score, unsigned long used)
{
    int bad = score->wrong > 0 || score->rejected > 0 || score->pairs < list->least;
    printf("%s %s as %s: %lu pairs, %lu wrong, %lu rejected, %lu rightly refused, %lu exceptions\n",
           bad ? "not ok" : "ok", list->name, ia_version_scheme(list->scheme)->name, score->pairs, score->wrong,
           score->rejected, score->refused, used);
    return bad;
}

/* How many pairs of a list an exception is for: named ones, or all that are refused. */
static unsigned long excepted(const char *file)
{
    unsigned long n = 0;
    for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
        n += strcmp(exceptions[i].file, file) == 0 ? exceptions[i].count : 0;
    return n;
}

/* The answer that stands against the label of a pair; false when the label counts. */
static int find_exception(const struct list *list, const struct pair *pair, int *want)
{
    int refused = answer(list->scheme, pair->a, pair->b) == 2;
    for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
        const struct exception *e = &exceptions[i];
        if (strcmp(e->file, list->name) != 0)
            continue;
        if (e->a ? strcmp(e->a, pair->a) != 0 || strcmp(e->b, pair->b) != 0 : !refused)
            continue;
        *want = e->answer;
        return 1;
    }
    return 0;
}

/* One file whose labels hold as they stand, but for its exceptions, all of which must occur. */
static int run_plain(const struct list *list)
{
    struct score score = {0};
    struct pair pair;
    unsigned long used = 0;
    FILE *file = open_vectors(list->name);
    while (file && next_pair(file, &pair)) {
        int want = expected(pair.label);
        used += (unsigned long)find_exception(list, &pair, &want);
        judge(&score, list->scheme, &pair, want);
    }
    if (file)
        pclose(file);
    if (used != excepted(list->name))
        printf("not ok %s: %lu exceptions, not %lu\n", list->name, used, excepted(list->name));
    return report(list, &score, used) | (used != excepted(list->name));
}

/* The files of the two generations hold the same pairs in the same order. */
static int run_apk(void)
{
    struct score valid = {0}, old = {0};
    struct pair p3, p2;
    int grammar = 0;
    FILE *f3 = open_vectors("apk3"), *f2 = open_vectors("apk2");
    while (f3 && f2 && next_pair(f3, &p3) && next_pair(f2, &p2)) {
        int current = strstr(p3.label, "inv2") == NULL;
        if (strcmp(p3.a, p2.a) != 0 || strcmp(p3.b, p2.b) != 0)
            break;
        grammar += !ia_apk_is_current(ia_str_from(p3.a)) || ia_apk_is_current(ia_str_from(p3.b)) != (bool)current;
        if (current)
            judge(&valid, IMGA_SCHEME_APK, &p3, expected(p3.label));
        else
            judge(&old, IMGA_SCHEME_APK, &p2, strstr(p2.label, "inv2") ? 2 : expected(p2.label));
    }
    if (f3)
        pclose(f3);
    if (f2)
        pclose(f2);
    printf("%s apk3 grammar: %d wrong\n", grammar ? "not ok" : "ok", grammar);
    return (grammar != 0) | report(&(struct list){"apk3, well-formed", IMGA_SCHEME_APK, 17014}, &valid, 0) |
           report(&(struct list){"apk2, outside apk3", IMGA_SCHEME_APK, 12986}, &old, 0);
}

/*
 * A hand-made list whose signs outside the grammar of apk-tools 3 are what its routine answers for malformed versions.
 * There we go by apk-tools 2, so those pairs are only counted.
 */
static int run_apk_list(void)
{
    struct score score = {0};
    struct pair pair;
    unsigned long outside = 0, refused = 0;
    FILE *file = open_vectors("real-pairs/alpine-versions");
    while (file && next_pair(file, &pair)) {
        if (ia_apk_is_current(ia_str_from(pair.a)) && ia_apk_is_current(ia_str_from(pair.b))) {
            judge(&score, IMGA_SCHEME_APK, &pair, expected(pair.label));
            continue;
        }
        outside++;
        refused += answer(IMGA_SCHEME_APK, pair.a, pair.b) == 2;
    }
    if (file)
        pclose(file);
    printf("# %lu pairs outside the grammar of apk-tools 3, %lu of them refused\n", outside, refused);
    return report(&(struct list){"real-pairs/alpine-versions", IMGA_SCHEME_APK, 741}, &score, 0);
}

int main(void)
{
    const char *shared = getenv("IMGASSURE_SHARED");
    FILE *probe = NULL;
    char path[LINE];
    int bad = 0;
    if (shared && *shared) {
        snprintf(path, sizeof(path), "%s/vectors/version/deb.tsv.xz", shared);
        probe = fopen(path, "rb");
    }
    if (!probe) {
        puts("no vectors: skipped");
        return SKIPPED;
    }
    fclose(probe);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        bad |= run_plain(&lists[i]);
    return bad | run_apk() | run_apk_list();
}
