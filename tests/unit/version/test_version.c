/* SPDX-License-Identifier: Apache-2.0 */
/* Version schemes against tables of our own, their laws over all triples of a table, and hostile input. The tables of
   npm, go, pypi, maven, gem and composer were compared with the tools: where "E" is ours, docs/versions.md says so. */
#include "version/version.h"

#include "support.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 200, CANNOT_TELL = 2, LONG = 256 * 1024, LONGEST = 1024 * 1024, SCHEMES = IMGA_SCHEME_HACKAGE };

struct row {
    struct ia_str a, b;
    int want;
};

struct table {
    char *text;
    struct row rows[ROWS];
    size_t count;
};

static int compare(const struct ia_version_scheme *scheme, struct ia_str a, struct ia_str b)
{
    const char *why = NULL;
    int order = CANNOT_TELL;
    int status = scheme->compare(a, b, &order, &why);
    cr_assert_not_null(why);
    cr_assert_eq(status == IMGA_OK, *why == '\0');
    cr_assert(status == IMGA_OK || status == IMGA_E_VERSION);
    return status == IMGA_OK ? order : CANNOT_TELL;
}

static void read_table(struct table *table, const char *name)
{
    char path[4096];
    size_t size;
    struct ia_str rest, line, op;
    const char *source = getenv("IMGASSURE_SOURCE");
    cr_assert_not_null(source);
    snprintf(path, sizeof(path), "%s/tests/tables/version-%s.tsv", source, name);
    memset(table, 0, sizeof(*table));
    table->text = test_file(path, &size);
    cr_assert_not_null(table->text, "%s", path);
    rest = (struct ia_str){table->text, size};
    while (ia_str_next(&rest, '\n', &line)) {
        struct row *row = &table->rows[table->count];
        if (line.n == 0 || line.p[0] == '#')
            continue;
        cr_assert_lt(table->count, (size_t)ROWS);
        cr_assert(ia_str_next(&line, '\t', &row->a) && ia_str_next(&line, '\t', &op));
        row->b = line;
        row->want = ia_str_is(op, "<") ? -1 : ia_str_is(op, "=") ? 0 : ia_str_is(op, ">") ? 1 : CANNOT_TELL;
        table->count++;
    }
}

static void check_table(const char *name, size_t least)
{
    struct table table;
    const struct ia_version_scheme *scheme = ia_version_scheme_named(ia_str_from(name));
    read_table(&table, name);
    cr_assert_not_null(scheme);
    cr_assert_geq(table.count, least);
    for (size_t i = 0; i < table.count; i++) {
        struct row r = table.rows[i];
        int back = r.want == CANNOT_TELL ? CANNOT_TELL : -r.want;
        cr_expect_eq(compare(scheme, r.a, r.b), r.want, "%.*s and %.*s", (int)r.a.n, r.a.p, (int)r.b.n, r.b.p);
        cr_expect_eq(compare(scheme, r.b, r.a), back, "%.*s and %.*s", (int)r.b.n, r.b.p, (int)r.a.n, r.a.p);
    }
    free(table.text);
}

/* Each scheme has a table, with at least so many rows. */
Test(version, tables)
{
    static const struct {
        const char *name;
        size_t least;
    } tables[] = {
        {"deb", 60},  {"apk", 60},     {"rpm", 56}, {"semver", 52}, {"npm", 17},      {"cargo", 12}, {"go", 34},
        {"pypi", 62}, {"maven", 64},   {"gem", 41}, {"nuget", 29},  {"composer", 65}, {"alpm", 32},  {"gentoo", 49},
        {"pub", 15},  {"generic", 76}, {"hex", 9},  {"cran", 15},   {"hackage", 12},
    };
    cr_assert_eq(IA_COUNT(tables), (size_t)SCHEMES);
    for (size_t i = 0; i < IA_COUNT(tables); i++)
        check_table(tables[i].name, tables[i].least);
}

/* All versions of a table that can be compared, and are of one family where the scheme has several. */
static size_t collect(const struct table *table, const struct ia_version_scheme *scheme, int family, struct ia_str *out)
{
    size_t n = 0;
    for (size_t i = 0; i < 2 * table->count; i++) {
        struct row row = table->rows[i / 2];
        struct ia_str text = i % 2 ? row.b : row.a;
        if (row.want != CANNOT_TELL && (!scheme->family || scheme->family(text) == family))
            out[n++] = text;
    }
    return n;
}

static int8_t orders[2 * ROWS][2 * ROWS];
static struct ia_str all[2 * ROWS];

/* What three versions of a transitive order cannot say of each other; where one cannot tell, nothing is wrong. */
static bool is_broken(int ab, int bc, int ac)
{
    if (ab == CANNOT_TELL || bc == CANNOT_TELL || ac == CANNOT_TELL)
        return false;
    return ab <= 0 && bc <= 0 && ac != (ab < 0 || bc < 0 ? -1 : 0);
}

static void check_pairs(const char *name, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cr_expect_eq(orders[i][i], 0, "%s: %.*s is not itself", name, (int)all[i].n, all[i].p);
        for (size_t j = 0; j < n; j++)
            cr_expect_eq(orders[i][j], orders[j][i] == CANNOT_TELL ? CANNOT_TELL : -orders[j][i], "%s: %.*s %.*s", name,
                         (int)all[i].n, all[i].p, (int)all[j].n, all[j].p);
    }
}

static void check_triples(const char *name, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k < n; k++)
                if (is_broken(orders[i][j], orders[j][k], orders[i][k]))
                    cr_expect_fail("%s: %.*s %.*s %.*s", name, (int)all[i].n, all[i].p, (int)all[j].n, all[j].p,
                                   (int)all[k].n, all[k].p);
}

static void check_laws(const struct ia_version_scheme *scheme, int family)
{
    struct table table;
    read_table(&table, scheme->name);
    size_t n = collect(&table, scheme, family, all);
    cr_assert_gt(n, 7u, "%s", scheme->name);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            orders[i][j] = (int8_t)compare(scheme, all[i], all[j]);
    check_pairs(scheme->name, n);
    check_triples(scheme->name, n);
    free(table.text);
}

Test(version, laws)
{
    for (int32_t id = 1; id <= SCHEMES; id++)
        check_laws(ia_version_scheme(id), 0);
    check_laws(ia_version_scheme(IMGA_SCHEME_APK), 1);
    check_laws(ia_version_scheme(IMGA_SCHEME_ALPM), 1);
}

/* Outside the families the tools themselves go round in circles, and we with them. */
Test(version, rings)
{
    static const struct {
        int32_t scheme;
        const char *a, *b, *c;
    } rows[] = {
        {IMGA_SCHEME_ALPM, "1.0.", "1.0.1", "1.0..a"},
        {IMGA_SCHEME_MAVEN, "1-alpha", "1", "1.foo.1"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        const struct ia_version_scheme *scheme = ia_version_scheme(rows[i].scheme);
        struct ia_str a = ia_str_from(rows[i].a), b = ia_str_from(rows[i].b), c = ia_str_from(rows[i].c);
        cr_expect_eq(compare(scheme, a, b), -1, "row %zu", i);
        cr_expect_eq(compare(scheme, b, c), -1, "row %zu", i);
        cr_expect_eq(compare(scheme, c, a), -1, "row %zu", i);
        cr_expect_lt(scheme->family(c), 0, "row %zu", i);
    }
}

/* Numbers never change; names are how the bindings and files say them. */
Test(version, schemes)
{
    static const struct {
        const char *name;
        int32_t id;
    } rows[] = {
        {"deb", 1},      {"apk", 2},   {"rpm", 3},  {"semver", 4},    {"npm", 5},      {"cargo", 6}, {"go", 7},
        {"pypi", 8},     {"maven", 9}, {"gem", 10}, {"composer", 11}, {"nuget", 12},   {"alpm", 13}, {"gentoo", 14},
        {"generic", 15}, {"pub", 16},  {"hex", 17}, {"cran", 18},     {"hackage", 19},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        cr_assert_not_null(ia_version_scheme(rows[i].id), "%s", rows[i].name);
        cr_expect_str_eq(ia_version_scheme(rows[i].id)->name, rows[i].name);
        cr_expect_eq(ia_version_scheme_named(ia_str_from(rows[i].name))->id, rows[i].id, "%s", rows[i].name);
    }
    cr_expect_eq(IA_COUNT(rows), (size_t)SCHEMES);
    cr_expect_null(ia_version_scheme(0));
    cr_expect_null(ia_version_scheme(-1));
    cr_expect_null(ia_version_scheme(SCHEMES + 1));
    cr_expect_null(ia_version_scheme_named(IA_STR("")));
    cr_expect_null(ia_version_scheme_named(IA_STR("DEB")));
    cr_expect_null(ia_version_scheme_named(IA_STR("debian")));
}

/* Which side is wrong, and with what: the words that a note shows. */
Test(version, why)
{
    static const struct {
        const char *a, *b, *why;
    } rows[] = {
        {"", "1", "the first version is empty"},
        {"1", "", "the second version is empty"},
        {"1", " \t ", "the second version is empty"},
        {"", "", "the first version is empty"},
        {"1 1", "1", "the first version has an embedded blank"},
        {"1\t1", "1", "the first version has an embedded blank"},
        {":1", "1", "the first version has an empty epoch"},
        {"1", "x:1", "the epoch of the second version is not a number"},
        {"1", "\n:1", "the epoch of the second version is not a number"},
        {"-1:1", "1", "the epoch of the first version is negative"},
        {"1", "2147483648:1", "the epoch of the second version is too big"},
        {"1:", "1", "the first version has nothing after its epoch"},
        {"1:-1", "1", "the first version has no upstream part"},
        {"1", "1-", "the second version has an empty revision"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        const char *why = NULL;
        int order = 7;
        cr_expect_eq(ia_deb_compare(ia_str_from(rows[i].a), ia_str_from(rows[i].b), &order, &why), IMGA_E_VERSION);
        cr_expect_str_eq(why, rows[i].why, "row %zu: %s", i, why);
        cr_expect_eq(order, 7, "row %zu: the order is left alone", i);
    }
}

/* The same of the other schemes. */
Test(version, why_elsewhere)
{
    static const struct {
        const char *scheme, *a, *b, *why;
    } rows[] = {
        {"rpm", "", "1", "the first version has no version part, or a blank or control character"},
        {"rpm", "1", "1:-1", "the second version has no version part, or a blank or control character"},
        {"alpm", "1", "1 1", "the second version is empty or has a blank or control character"},
        {"semver", "1.2", "1.2.3", "the first version is not of the form of SemVer"},
        {"semver", "1.2.3", "1.2.03", "a number of the second version starts with a zero"},
        {"npm", "9007199254740992.0.0", "1.2.3", "a number of the first version is too big"},
        {"go", "v1.2.3", "(devel)", "the second version is not of the form of SemVer"},
        {"pypi", "2004d", "1", "the first version is not one of PEP 440"},
        {"maven", "1", "${revision}", "the second version is not one that Maven can order"},
        {"gem", "a", "1", "the first version is not one of RubyGems"},
        {"composer", "1", "x", "the second version is not one of Composer"},
        {"composer", "dev-a", "dev-b", "two named branches have no order"},
        {"nuget", "1", "1.", "the second version is not one of NuGet"},
        {"gentoo", "1.", "1", "the first version is not one of Gentoo's"},
        {"generic", "-", "1", "the first version is not a number with dots and words"},
        {"generic", "1.0-foo", "1.0", "the two versions differ in a part that has no known order"},
        {"cran", "1", "1a", "the second version is not one of R"},
        {"hackage", "1-1", "1", "the first version is not one of Hackage"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        const struct ia_version_scheme *scheme = ia_version_scheme_named(ia_str_from(rows[i].scheme));
        const char *why = NULL;
        int order = 7;
        cr_expect_eq(scheme->compare(ia_str_from(rows[i].a), ia_str_from(rows[i].b), &order, &why), IMGA_E_VERSION);
        cr_expect_str_eq(why, rows[i].why, "row %zu: %s", i, why);
        cr_expect_eq(order, 7, "row %zu: the order is left alone", i);
    }
}

/* node-semver stops at 256 characters. */
Test(version, npm_length)
{
    char text[258];
    memset(text, '1', sizeof(text));
    memcpy(text, "1.2.3-a", 7);
    cr_expect_eq(compare(ia_version_scheme(IMGA_SCHEME_NPM), (struct ia_str){text, 256}, IA_STR("1.2.3")), -1);
    cr_expect_eq(compare(ia_version_scheme(IMGA_SCHEME_NPM), (struct ia_str){text, 257}, IA_STR("1.2.3")), CANNOT_TELL);
    cr_expect_eq(compare(ia_version_scheme(IMGA_SCHEME_CARGO), (struct ia_str){text, 257}, IA_STR("1.2.3")), -1);
}

/* Where the tool drops blanks around a version, so do we. */
Test(version, blanks_around)
{
    static const char *const dropping[] = {"deb", "npm", "pypi", "gem", "composer", "nuget"};
    for (int32_t id = 1; id <= SCHEMES; id++) {
        const struct ia_version_scheme *scheme = ia_version_scheme(id);
        int want = CANNOT_TELL;
        for (size_t i = 0; i < IA_COUNT(dropping); i++)
            if (strcmp(dropping[i], scheme->name) == 0)
                want = 0;
        cr_expect_eq(compare(scheme, IA_STR(" 1.2.3\t"), IA_STR("1.2.3")), want, "%s", scheme->name);
    }
}

Test(version, blanks_as_dpkg)
{
    const struct ia_version_scheme *deb = ia_version_scheme(IMGA_SCHEME_DEB);
    cr_expect_eq(compare(deb, IA_STR(" 1.0\t "), IA_STR("1.0")), 0);
    cr_expect_eq(compare(deb, IA_STR("\n1:1"), IA_STR("1:1")), 0, "strtol skips a newline");
    cr_expect_eq(compare(deb, IA_STR("1.0\n"), IA_STR("1.0")), 1, "not a blank for libdpkg");
    cr_expect_eq(compare(deb, IA_STR("1: "), IA_STR("1:1")), CANNOT_TELL);
}

Test(version, hostile)
{
    static const struct ia_str bad[] = {
        {"", 0}, {"\0", 1}, {"1\0", 2}, {"1\0002", 3}, {"\0001", 2}, {" ", 1}, {"1 2", 3}, {"1:\0", 3},
    };
    for (size_t i = 0; i < IA_COUNT(bad); i++)
        for (int32_t id = 1; id <= SCHEMES; id++) {
            const struct ia_version_scheme *scheme = ia_version_scheme(id);
            struct ia_str good = IA_STR("1.2.3");
            cr_expect_eq(compare(scheme, bad[i], good), CANNOT_TELL, "row %zu %s", i, scheme->name);
            cr_expect_eq(compare(scheme, good, bad[i]), CANNOT_TELL, "row %zu %s", i, scheme->name);
            cr_expect_eq(compare(scheme, bad[i], bad[i]), CANNOT_TELL, "row %zu %s", i, scheme->name);
        }
}

/* Bytes outside ASCII, UTF-8 or not, are characters for dpkg, separators for rpm and libalpm, and nothing elsewhere. */
Test(version, outside_ascii)
{
    static const struct ia_str rows[] = {
        {"1.2.3\xff", 6},   {"1.2.3\xc3\xa9", 7},           {"1.2.3-\xed\xa0\x80", 9},
        {"1.2.3\x80-1", 8}, {"1.2.3.\xf4\x90\x80\x80", 10},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        for (int32_t id = 1; id <= SCHEMES; id++) {
            const struct ia_version_scheme *scheme = ia_version_scheme(id);
            bool taken = id == IMGA_SCHEME_DEB || id == IMGA_SCHEME_RPM || id == IMGA_SCHEME_ALPM;
            cr_expect_eq(compare(scheme, rows[i], rows[i]), taken ? 0 : CANNOT_TELL, "row %zu %s", i, scheme->name);
        }
}

/* Long runs of one piece, all but the last byte alike. That this ends within the time of a test is the proof that the
   walk is linear: a square of the length would take hours. */
static void check_long(const char *const *pieces, size_t count, size_t size)
{
    static char a[LONGEST], b[LONGEST];
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(pieces[i]);
        memcpy(a, "1.0.0-", 6);
        for (size_t at = pieces[i][0] == '!' ? 6 : 0; at < size; at++)
            a[at] = pieces[i][1 + at % (n - 1)];
        memcpy(b, a, size);
        b[size - 1] = '7';
        for (int32_t id = 1; id <= SCHEMES; id++) {
            const struct ia_version_scheme *scheme = ia_version_scheme(id);
            int there = compare(scheme, (struct ia_str){a, size}, (struct ia_str){b, size});
            int back = compare(scheme, (struct ia_str){b, size}, (struct ia_str){a, size});
            cr_expect_eq(there, there == CANNOT_TELL ? back : -back, "piece %s %s", pieces[i], scheme->name);
        }
    }
}

/* A piece after "!" stands behind "1.0.0-", one after "=" alone. */
Test(version, long_numbers)
{
    static const char *const pieces[] = {"=0", "=9", "=1.", "=.0", "=0.", "=.", "=10-", "=2024-", "=0-", "=1_"};
    check_long(pieces, IA_COUNT(pieces), LONG);
}

Test(version, long_words)
{
    static const char *const pieces[] = {"=a", "=a1", "=1a", "=0.a", "=1.0x", "=_p1", "=_alpha", "!a.", "!0.", "!rc"};
    check_long(pieces, IA_COUNT(pieces), LONG);
}

Test(version, long_signs)
{
    static const char *const pieces[] = {"=-", "=+", "=~", "=^", "=~^", "=1.0-", "=-r1", "!-", "!final", "!0-a"};
    check_long(pieces, IA_COUNT(pieces), LONG);
}

Test(version, longest)
{
    static const char *const pieces[] = {"=9", "=.", "=0."};
    check_long(pieces, IA_COUNT(pieces), LONGEST);
}
