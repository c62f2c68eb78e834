/* SPDX-License-Identifier: Apache-2.0 */
/* Version schemes against tables of our own, their laws over all triples of a table, and hostile input. */
#include "version/version.h"

#include "support.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROWS = 200, CANNOT_TELL = 2, LONG = 64 * 1024 };

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

Test(version, deb_table)
{
    check_table("deb", 60);
}

Test(version, apk_table)
{
    check_table("apk", 60);
}

/* All versions of the rows that can be compared; for apk those of one generation. */
static size_t collect(const struct table *table, int generation, struct ia_str *out)
{
    size_t n = 0;
    for (size_t i = 0; i < 2 * table->count; i++) {
        struct row row = table->rows[i / 2];
        struct ia_str text = i % 2 ? row.b : row.a;
        if (row.want != CANNOT_TELL && (generation < 0 || ia_apk_is_current(text) == (generation == 1)))
            out[n++] = text;
    }
    return n;
}

static void check_laws(const char *name, int generation)
{
    static int8_t m[2 * ROWS][2 * ROWS];
    static struct ia_str all[2 * ROWS];
    struct table table;
    const struct ia_version_scheme *scheme = ia_version_scheme_named(ia_str_from(name));
    read_table(&table, name);
    size_t n = collect(&table, generation, all);
    cr_assert_gt(n, 10u);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            m[i][j] = (int8_t)compare(scheme, all[i], all[j]);
    for (size_t i = 0; i < n; i++) {
        cr_expect_eq(m[i][i], 0, "%.*s is not itself", (int)all[i].n, all[i].p);
        for (size_t j = 0; j < n; j++) {
            cr_expect_eq(m[i][j], -m[j][i], "%.*s %.*s", (int)all[i].n, all[i].p, (int)all[j].n, all[j].p);
            for (size_t k = 0; k < n; k++)
                if (m[i][j] <= 0 && m[j][k] <= 0 && m[i][k] != (m[i][j] < 0 || m[j][k] < 0 ? -1 : 0))
                    cr_expect_fail("%.*s %.*s %.*s", (int)all[i].n, all[i].p, (int)all[j].n, all[j].p, (int)all[k].n,
                                   all[k].p);
        }
    }
    free(table.text);
}

Test(version, deb_laws)
{
    check_laws("deb", -1);
}

Test(version, apk_laws)
{
    check_laws("apk", 1);
    check_laws("apk", 0);
}

Test(version, schemes)
{
    cr_expect_eq(ia_version_scheme_named(IA_STR("deb"))->id, IMGA_SCHEME_DEB);
    cr_expect_eq(ia_version_scheme_named(IA_STR("apk"))->id, IMGA_SCHEME_APK);
    cr_expect_str_eq(ia_version_scheme(IMGA_SCHEME_DEB)->name, "deb");
    cr_expect_str_eq(ia_version_scheme(IMGA_SCHEME_APK)->name, "apk");
    cr_expect_null(ia_version_scheme(0));
    cr_expect_null(ia_version_scheme(-1));
    cr_expect_null(ia_version_scheme(1000));
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
    const struct ia_version_scheme *const schemes[] = {ia_version_scheme(IMGA_SCHEME_DEB),
                                                       ia_version_scheme(IMGA_SCHEME_APK)};
    for (size_t i = 0; i < IA_COUNT(bad); i++)
        for (size_t s = 0; s < IA_COUNT(schemes); s++) {
            cr_expect_eq(compare(schemes[s], bad[i], IA_STR("1")), CANNOT_TELL, "row %zu %s", i, schemes[s]->name);
            cr_expect_eq(compare(schemes[s], IA_STR("1"), bad[i]), CANNOT_TELL, "row %zu %s", i, schemes[s]->name);
            cr_expect_eq(compare(schemes[s], bad[i], bad[i]), CANNOT_TELL, "row %zu %s", i, schemes[s]->name);
        }
}

/* Long runs of one piece, all but the last byte alike: the walk must stay linear. */
Test(version, long_input)
{
    static const char *const pieces[] = {"0",  "9", "1.", ".0",   "_p1",    "~",  "a",
                                         "a1", "-", "+",  "1.0-", "_alpha", "-r1"};
    static char a[LONG + 1], b[LONG + 1];
    for (int32_t id = IMGA_SCHEME_DEB; id <= IMGA_SCHEME_APK; id++)
        for (size_t i = 0; i < IA_COUNT(pieces); i++) {
            size_t n = strlen(pieces[i]);
            for (size_t at = 0; at < LONG; at++)
                a[at] = b[at] = pieces[i][at % n];
            b[LONG - 1] = '7';
            clock_t before = clock();
            int there = compare(ia_version_scheme(id), (struct ia_str){a, LONG}, (struct ia_str){b, LONG});
            int back = compare(ia_version_scheme(id), (struct ia_str){b, LONG}, (struct ia_str){a, LONG});
            cr_expect_eq(there, there == CANNOT_TELL ? back : -back, "piece %s", pieces[i]);
            cr_expect_lt((double)(clock() - before) / CLOCKS_PER_SEC, 0.5, "piece %s", pieces[i]);
        }
}
