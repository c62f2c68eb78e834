/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version comparison against labels of the native tools: random pairs labelled by libdpkg, apk-tools 2 and apk-tools 3,
 * and real neighbouring versions. Reads vectors/version below IMGASSURE_SHARED; exit 77 without it. Every pair is also
 * compared the other way round.
 *
 * Labels: "<", "=", ">"; "E..." for a version that the tool refuses: the answer must be "cannot tell"; "warn" for one
 * that it takes with a warning: must be compared; "inv2" for a second version outside the tool's grammar, with the sign
 * its compare routine gives all the same. Outside the grammar of apk-tools 3 the sign of apk-tools 2 counts, and
 * outside both grammars the answer must be "cannot tell".
 */
#include "version/version.h"

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

static int report(const char *name, const struct score *score, unsigned long least)
{
    int bad = score->wrong > 0 || score->rejected > 0 || score->pairs < least;
    printf("%s %s: %lu pairs, %lu wrong, %lu rejected, %lu rightly refused\n", bad ? "not ok" : "ok", name,
           score->pairs, score->wrong, score->rejected, score->refused);
    return bad;
}

/* One file whose labels hold as they stand. */
static int run_plain(const char *name, int32_t scheme, unsigned long least)
{
    struct score score = {0};
    struct pair pair;
    FILE *file = open_vectors(name);
    while (file && next_pair(file, &pair))
        judge(&score, scheme, &pair, expected(pair.label));
    if (file)
        pclose(file);
    return report(name, &score, least);
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
    return (grammar != 0) | report("apk3, well-formed", &valid, 17000) | report("apk2, outside apk3", &old, 12000);
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
    return report("real-pairs/alpine-versions", &score, 700);
}

int main(void)
{
    const char *shared = getenv("IMGASSURE_SHARED");
    FILE *probe = NULL;
    char path[LINE];
    if (shared && *shared) {
        snprintf(path, sizeof(path), "%s/vectors/version/deb.tsv.xz", shared);
        probe = fopen(path, "rb");
    }
    if (!probe) {
        puts("no vectors: skipped");
        return SKIPPED;
    }
    fclose(probe);
    int bad = run_plain("deb", IMGA_SCHEME_DEB, 29000);
    bad |= run_apk();
    bad |= run_plain("real-pairs/debian-versions-generated", IMGA_SCHEME_DEB, 14000);
    bad |= run_plain("real-pairs/debian-versions", IMGA_SCHEME_DEB, 30);
    bad |= run_plain("real-pairs/alpine-versions-generated", IMGA_SCHEME_APK, 13000);
    bad |= run_apk_list();
    return bad;
}
