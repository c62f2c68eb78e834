/* SPDX-License-Identifier: Apache-2.0 */
/* Archives in archives: places, depth, budgets, damage inside. */
#include "analysed.h"
#include "support.h"
#include "zipped.h"

#include "catalog/java/java.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct ia_str POM = {"groupId=g\nartifactId=a\nversion=1\n", 33};
static const char POM_PATH[] = "META-INF/maven/g/a/pom.properties";

/* zip becomes a member of a new archive, which it is then. */
static void wrap(struct zipped *zip, const char *name, unsigned method)
{
    struct zipped outer = {.n = 0};
    zipped_file(&outer, name, zipped_view(zip), method);
    zipped_end(&outer, 0, "");
    zipped_free(zip);
    *zip = outer;
}

static void jar(struct zipped *zip)
{
    zipped_file(zip, POM_PATH, POM, 8);
    zipped_end(zip, 0, "");
}

static size_t count(const char *lines, const char *text)
{
    size_t n = 0;
    for (const char *at = lines; (at = strstr(at, text)); at++)
        n++;
    return n;
}

Test(nest, places)
{
    for (unsigned method = 0; method <= 8; method += 8) {
        struct test_env t;
        struct zipped zip = {.n = 0};
        test_env_open(&t);
        jar(&zip);
        wrap(&zip, "WEB-INF/lib/a-1.jar", method);
        wrap(&zip, "web.war", method);
        char *lines = test_analyse(&t, &ia_java_analyser, "opt/all.ear", zipped_view(&zip));
        cr_expect_str_eq(lines,
                         "package maven all - how=file-name unidentified=yes\n"
                         "package maven web - in=web.war how=file-name unidentified=yes\n"
                         "package maven g:a 1 in=web.war!WEB-INF/lib/a-1.jar!META-INF/maven/g/a/pom.properties "
                         "how=pom-properties\n",
                         "%s", lines);
        free(lines);
        cr_expect_eq(t.live, 0U);
        zipped_free(&zip);
        test_env_close(&t);
    }
}

Test(nest, depth_at_the_limit_and_beyond)
{
    for (unsigned depth = IA_JAVA_DEPTH - 1; depth <= IA_JAVA_DEPTH + 1; depth++) {
        struct test_env t;
        struct zipped zip = {.n = 0};
        test_env_open(&t);
        jar(&zip);
        for (unsigned i = 1; i < depth; i++)
            wrap(&zip, "x.jar", 0);
        char *lines = test_analyse(&t, &ia_java_analyser, "x.jar", zipped_view(&zip));
        bool fits = depth <= IA_JAVA_DEPTH;
        cr_expect_eq(count(lines, "package maven g:a 1"), fits ? 1U : 0U, "%u: %s", depth, lines);
        cr_expect_eq(count(lines, "note skipped"), fits ? 0U : 1U, "%u: %s", depth, lines);
        free(lines);
        zipped_free(&zip);
        test_env_close(&t);
    }
}

Test(nest, damage_inside)
{
    static const struct {
        const char *name;
        struct zipped_member member;
        const char *expected;
    } rows[] = {
        {"no archive", {.name = "lib/x-1.jar", .data = {"<html>", 6}}, "note archive -1\n"},
        {"cut",
         {.name = "lib/x-1.jar", .data = {"PK\3\4...", 7}},
         "note archive -1\npackage maven x 1 in=lib/x-1.jar how=file-name\n"},
        {"empty", {.name = "lib/x.jar", .data = {"", 0}}, "note archive -1\n"},
        {"checksum", {.name = "lib/x.kar", .data = {"", 0}, .crc_plus = 1}, "note archive -1\nnote archive -1\n"},
        {"locked", {.name = "lib/x.jar", .data = {"", 0}, .bits = 1}, "note skipped -1\n"},
        {"AppleDouble", {.name = "lib/._x.jar", .data = {"", 0}}, ""},
        {"directory", {.name = "x.jar/", .data = {"", 0}}, ""},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct test_env t;
        struct zipped zip = {.n = 0};
        char expected[512] = "";
        test_env_open(&t);
        zipped_add(&zip, &rows[i].member);
        zipped_end(&zip, 0, "");
        if (rows[i].member.bits)
            strcat(expected, "note skipped -1\n"); /* on the archive, and on the member */
        strcat(strcat(expected, "package maven y 1 how=file-name\n"), rows[i].expected);
        char *lines = test_analyse(&t, &ia_java_analyser, "y-1.jar", zipped_view(&zip));
        cr_expect_str_eq(lines, expected, "%s: %s", rows[i].name, lines);
        free(lines);
        zipped_free(&zip);
        test_env_close(&t);
    }
}

/* What is held at one time is bounded by file_bytes: the second of two that are both too big alone would fit. */
Test(nest, bytes_held_at_the_limit_and_beyond)
{
    enum { SIZE = 100000 };
    static char zeros[SIZE];
    struct zipped inner = {.n = 0};
    zipped_file(&inner, "zeros", (struct ia_str){zeros, SIZE}, 0);
    zipped_end(&inner, 0, "");
    for (size_t less = 0; less < 2; less++) {
        struct test_env t;
        struct zipped zip = {.n = 0};
        test_env_open(&t);
        t.limits.file_bytes = inner.n - less;
        zipped_file(&zip, "a.jar", zipped_view(&inner), 8);
        zipped_file(&zip, "b.jar", zipped_view(&inner), 8);
        zipped_end(&zip, 0, "");
        char *lines = test_analyse(&t, &ia_java_analyser, "x.jar", zipped_view(&zip));
        cr_expect_eq(count(lines, "package "), less ? 1U : 3U, "%s", lines);
        cr_expect_eq(count(lines, "note skipped"), less ? 2U : 0U, "%s", lines);
        free(lines);
        zipped_free(&zip);
        test_env_close(&t);
    }
    zipped_free(&inner);
}

/* 2,000 members share 10 MB of zeros: the budget ends, and says so once. */
Test(nest, overlapping_bomb, .timeout = 60)
{
    enum { SIZE = 10 << 20, MEMBERS = 2000 };
    struct test_env t;
    struct zipped zip = {.n = 0};
    char *zeros = calloc(1, SIZE);
    struct zipped_member member = {.name = "0.jar", .data = {zeros, SIZE}, .method = 8};
    test_env_open(&t);
    zipped_add(&zip, &member);
    member.same_data = 1;
    member.method = 0; /* nothing is packed again; the directory is mended below */
    member.data = IA_STR("");
    for (unsigned i = 1; i < MEMBERS; i++) {
        member.name = "1.jar";
        zipped_add(&zip, &member);
    }
    for (unsigned i = 1; i < MEMBERS; i++)
        memcpy(zip.directory + 51 * i + 10, zip.directory + 10, 18); /* method to sizes */
    zipped_end(&zip, 0, "");
    char *lines = test_analyse(&t, &ia_java_analyser, "x.jar", zipped_view(&zip));
    cr_expect_eq(count(lines, "note skipped"), 1U, "%s", lines);
    cr_expect_geq(count(lines, "note archive"), 5U); /* 64 MiB are six of them */
    cr_expect_leq(count(lines, "note "), (size_t)IA_JAVA_NOTES + 1);
    free(lines);
    free(zeros);
    zipped_free(&zip);
    test_env_close(&t);
}

Test(nest, long_places)
{
    struct test_env t;
    struct zipped zip = {.n = 0};
    char name[3001];
    test_env_open(&t);
    memset(name, 'a', sizeof(name));
    strcpy(name + sizeof(name) - 5, ".jar");
    jar(&zip);
    wrap(&zip, name, 0);
    wrap(&zip, name, 0);
    char *lines = test_analyse(&t, &ia_java_analyser, "x.jar", zipped_view(&zip));
    cr_expect_eq(count(lines, "note skipped"), 1U, "%s", lines);
    cr_expect_eq(count(lines, "package "), 2U, "%s", lines);
    free(lines);
    zipped_free(&zip);
    test_env_close(&t);
}

Test(nest, cancelled)
{
    struct test_env t;
    struct zipped zip = {.n = 0};
    test_env_open(&t);
    jar(&zip);
    t.cancel.flag = 1;
    cr_expect_null(test_analyse(&t, &ia_java_analyser, "x.jar", zipped_view(&zip)));
    cr_expect_eq(t.env.error.status, IMGA_E_CANCELLED);
    cr_expect_eq(t.live, 0U);
    zipped_free(&zip);
    test_env_close(&t);
}

Test(nest, hostile)
{
    struct zipped zip = {.n = 0};
    jar(&zip);
    wrap(&zip, "WEB-INF/lib/a-1.jar", 8);
    wrap(&zip, "web.war", 0);
    size_t failed = test_analyse_hostile(&ia_java_analyser, "opt/all-1.ear", zipped_view(&zip));
    cr_expect_eq(failed, 0U, "step %zu", failed);
    zipped_free(&zip);
}
