/* SPDX-License-Identifier: Apache-2.0 */
/* Classifiers: the text of rules, what fits where, which of several counts, and the built-in ones against themselves.
 */
#include "bytes.h"

#include "analysed.h"
#include "catalog/binary/binary.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { PATTERN = 128, ROUNDS = 300, FRAGMENTS = 60 };

static struct ia_classifiers *parse(struct test_env *t, const char *text)
{
    struct ia_classifiers *set = NULL;
    int status = ia_classifiers_parse(&t->env, ia_str_from(text), NULL, &set);
    cr_assert_eq(status, IMGA_OK, "%s: %s", text, t->env.error.message);
    return set;
}

/* "rule version" for each package, "note" for each note; the content lies in memory of its exact size. */
static void classify(struct test_env *t, const struct ia_classifiers *set, const char *path, struct ia_str content,
                     char *out, size_t room)
{
    char *exact = malloc(content.n + 1);
    memcpy(exact, content.p, content.n);
    exact = content.n ? realloc(exact, content.n) : exact;
    struct ia_analysed file = {ia_str_from(path), {exact, content.n}, 0755};
    struct ia_found found;
    struct ia_found_item item;
    size_t n = 0;
    ia_found_init(&found, &t->env);
    cr_assert_eq(ia_classify(set, &file, &t->env, &found), IMGA_OK, "%s", t->env.error.message);
    struct ia_cursor left = ia_cursor_from(found.packed.p, found.packed.n);
    out[0] = '\0';
    while (ia_found_next(&left, &item) > 0) {
        if (item.kind == IA_FOUND_NOTE)
            n += (size_t)snprintf(out + n, room - n, "note\n");
        else
            n += (size_t)snprintf(out + n, room - n, "%.*s %.*s\n", (int)item.fields[0].value.n, item.fields[0].value.p,
                                  (int)item.package.version.n, item.package.version.p);
        cr_assert(n < room);
    }
    ia_found_free(&found);
    free(exact);
}

/* ---- the text of rules ---- */

Test(classifiers, faults)
{
    static const char *const rows[][2] = {
        {"a\tprogram\t*\tlibrary {version}\tpkg:generic/a@{version}\n", "not six columns"},
        {"a\tprogram\t*\tlibrary {version}\tpkg:generic/a@{version}\t-\tx\n", "not six columns"},
        {"a\tother\t*\tlibrary {version}\tpkg:generic/a@{version}\t-\n", "the scope"},
        {"a\tprogram\t*\tlibrary\tpkg:generic/a@{version}\t-\n", "without a form"},
        {"a\tprogram\t*\tlibrary {what}\tpkg:generic/a@{version}\t-\n", "without a form"},
        {"a\tprogram\t*\tlibrary {version}{version}\tpkg:generic/a@{version}\t-\n", "more than one"},
        {"a\tprogram\t*\tlibra{version}\tpkg:generic/a@{version}\t-\n", "fewer than 6"},
        {"a\tprogram\t*\t{version}library\tpkg:generic/a@{version}\t-\n", NULL},
        {"a\tprogram\t*\t{version}librar\tpkg:generic/a@{version}\t-\n", "fewer than 6"},
        {"a\tprogram\t*\tlibrary\\q {version}\tpkg:generic/a@{version}\t-\n", "escape"},
        {"a\tprogram\t*\tlibrary\\d {version}\tpkg:generic/a@{version}\t-\n", "escape"},
        {"a\tprogram\t*\tlibrary\\x0{version}\tpkg:generic/a@{version}\t-\n", "escape"},
        {"a\tprogram\t*\tlibrary\\x01 {version}\tpkg:generic/a@{version}\t-\n", NULL},
        {"a\tprogram\t*\tlibrary {version}\\x01\tpkg:generic/a@{version}\t-\n", "escape"},
        {"a\tprogram\t*\tlib\x01rar\x02 {version}\tpkg:generic/a@{version}\t-\n", "too common"},
        {"a\tprogram\t*\t{version}libr\\da.y\tpkg:generic/a@{version}\t-\n", NULL},
        {"a\tprogram\t*\t{version}lib\\d\\drary\tpkg:generic/a@{version}\t-\n", "too common"},
        {"a\tprogram\t*\t\\0{version}\\0{near}library\tpkg:generic/a@{version}\t-\n", NULL},
        {"a\tprogram\t*\t\\0{version}\\0{near}librar\tpkg:generic/a@{version}\t-\n", "{near}"},
        {"a\tprogram\t*\t\\0{version}{near}library\tpkg:generic/a@{version}\t-\n", "{near}"},
        {"a\tprogram\t*\tlibrary {version}\\0{near}\tpkg:generic/a@{version}\t-\n", "{near}"},
        {"a\tprogram\t*\t\\0{version}\\0{near}\\0\\0\\0\\0\\0\\0\\0\tpkg:generic/a@{version}\t-\n", "too common"},
        {"a\tprogram\t*\tlibrary {near}x {version}\tpkg:generic/a@{version}\t-\n", "without a form"},
        {"a\tprogram\t*\tlibrary {version} {near}library{near}\tpkg:generic/a@{version}\t-\n", "more than one"},
        {"a\tprogram\t*\tlibrary \\\tpkg:generic/a@{version}\t-\n", "escape"},
        {"a\tprogram\t*\t\\0\\0\\0\\0\\0\\0\\0\\0{version}\tpkg:generic/a@{version}\t-\n", "too common"},
        {"a\tprogram\t*\t{version}\\d\\d\\d\\d\\d\\d\\d\\d\tpkg:generic/a@{version}\t-\n", "too common"},
        {"a\tprogram\t*\tlibrary {version}\tpkg:generic@{version}\t-\n", "purl"},
        {"a\tprogram\t*\tlibrary {version}\tgeneric/a@{version}\t-\n", "purl"},
        {"a\tprogram\t*\tlibrary {version}\tpkg:generic/a\t-\n", "purl"},
        {"a\tprogram\t*\tlibrary {version}\tpkg:generic/@{version}\t-\n", "purl"},
        {"a\tprogram\t*\tlibrary {version}\tpkg:generic/a@{version}\tvendor\n", "vendor:product"},
        {"a\tprogram\t*\tlibrary {version}\tpkg:generic/a@{version}\ta:b,:c\n", "vendor:product"},
        {"a\tprogram\t*\tlibrary {version}\tpkg:generic/a@{version}\ta:b:c\n", "vendor:product"},
        {"a\tprogram\t*\tlibrary {version}\tpkg:generic/a@{version}\ta:b,c:d\n", NULL},
        {"# a remark\r\n\n\na\t\tprogram\t*\t\tlibrary {version}\tpkg:generic/a@{version}\t-\r\n", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct test_env t;
        struct ia_classifiers *set = NULL;
        test_env_open(&t);
        int status = ia_classifiers_parse(&t.env, ia_str_from(rows[i][0]), NULL, &set);
        cr_expect_eq(status, rows[i][1] ? IMGA_E_FORMAT : IMGA_OK, "%s: %d %s", rows[i][0], status,
                     t.env.error.message);
        if (rows[i][1]) {
            cr_expect(strstr(t.env.error.message, rows[i][1]), "%s: %s", rows[i][0], t.env.error.message);
            cr_expect(strstr(t.env.error.message, "line 1"), "%s: %s", rows[i][0], t.env.error.message);
            cr_expect_null(set);
        }
        ia_classifiers_free(set);
        cr_expect_eq(t.live, 0, "%s: %zu live", rows[i][0], t.live);
        test_env_close(&t);
    }
}

static void put_rules(struct bytes *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char line[PATTERN];
        snprintf(line, sizeof(line), "id%zu\tembedded\t*\tlibrary%zu {number}\tpkg:generic/p%zu@{version}\tv:p\n", i, i,
                 i);
        put(b, line, strlen(line));
    }
}

Test(classifiers, limit)
{
    for (size_t more = 0; more < 2; more++) {
        struct test_env t;
        struct bytes text;
        struct ia_classifiers *set = NULL;
        test_env_open(&t);
        bytes_open(&text, 0);
        put_rules(&text, IA_CLASSIFIERS_MOST + more);
        int status = ia_classifiers_parse(&t.env, bytes_view(&text), NULL, &set);
        cr_expect_eq(status, more ? IMGA_E_LIMIT : IMGA_OK, "%zu more: %d", more, status);
        ia_classifiers_free(set);
        bytes_close(&text);
        test_env_close(&t);
    }
}

Test(classifiers, memory)
{
    struct bytes text;
    bytes_open(&text, 0);
    put_rules(&text, 20);
    for (size_t at = 1;; at++) {
        struct test_env t;
        struct ia_classifiers *set = NULL;
        test_env_open(&t);
        t.fail_at = at;
        int status = ia_classifiers_parse(&t.env, bytes_view(&text), &ia_classifiers_builtin, &set);
        ia_classifiers_free(set);
        cr_assert_eq(t.live, 0, "allocation %zu: %zu live", at, t.live);
        test_env_close(&t);
        if (status == IMGA_OK)
            break;
        cr_assert_eq(status, IMGA_E_NOMEM, "allocation %zu: %d", at, status);
    }
    bytes_close(&text);
}

Test(classifiers, own_rules_come_first)
{
    struct test_env t;
    struct ia_classifiers *set = NULL;
    char out[PATTERN];
    test_env_open(&t);
    const char *text = "mine\tprogram\t*\tBusyBox v{number}\tpkg:generic/mybox@{version}\t-\n"
                       "bash/sccs\tprogram\t*\tmy own shell {number}\tpkg:generic/bash@{version}\t-\n";
    cr_assert_eq(ia_classifiers_parse(&t.env, ia_str_from(text), &ia_classifiers_builtin, &set), IMGA_OK);
    cr_expect_eq(set->rule_count, ia_classifiers_builtin.rule_count + 1);
    classify(&t, set, "bin/x", IA_STR("BusyBox v1.36.1"), out, sizeof(out));
    cr_expect_str_eq(out, "mine 1.36.1\n");
    classify(&t, set, "bin/x", IA_STR("@(#)Bash version 5.2.15(1) release GNU"), out, sizeof(out));
    cr_expect_str_eq(out, "", "the built-in rule of that id was replaced: %s", out);
    classify(&t, set, "usr/sbin/nginx", IA_STR("nginx version: nginx/1.22.1\n"), out, sizeof(out));
    cr_expect_str_eq(out, "nginx/banner 1.22.1\n");
    ia_classifiers_free(set);
    test_env_close(&t);
}

/* ---- what fits ---- */

static const struct {
    const char *name, *pattern, *text;
    size_t n;            /* 0: up to the NUL */
    const char *version; /* NULL: it does not fit */
} fits[] = {
    {"plain", "library {version}", "library 1.2.3", 0, "1.2.3"},
    {"tail", "library {version}", "library 1.2.3-rc1+x~y_z.", 0, "1.2.3-rc1+x~y_z."},
    {"no dot", "library {version}", "library 12", 0, NULL},
    {"no digit", "library {version}", "library v1.2", 0, NULL},
    {"number", "library {number}", "library 1.2.3-rc1", 0, "1.2.3"},
    {"number at a dot", "library {number}", "library 1.2.", 0, "1.2"},
    {"number and what follows", "library {number}.so", "library 1.2.so", 0, "1.2"},
    {"number and what does not", "library {number}\\0", "library 1.2-", 12, NULL},
    {"digits", "library {digits}", "library 254.1", 0, "254"},
    {"tagged", "library {tagged}", "library 9.2p1 ", 0, "9.2p1"},
    {"not tagged", "library {tagged}", "library 9.2 p1", 0, NULL},
    {"loose", "library {loose}", "library 21+35)", 0, "21+35"},
    {"end of the file", "library {number}\\0", "library 1.2", 11, NULL},
    {"NUL", "library {number}\\0", "library 1.2\0", 12, "1.2"},
    {"six bytes", "tool-v{number}", "tool-v1.2", 0, "1.2"},
    {"six bytes and a letter", "tool-v{number}", "tool-vx.2", 0, NULL},
    {"hex", "lib\\xe4ry {number}", "lib\xe4ry 1.2", 0, "1.2"},
    {"a digit", "library {number} \\d\\d Mar", "library 1.2 12 Mar", 0, "1.2"},
    {"no digit there", "library {number} \\d\\d Mar", "library 1.2 xx Mar", 0, NULL},
    {"any byte", "library {number} \\?\\? \\d", "library 1.2 ab 3", 0, "1.2"},
    {"before it", "{number}-library", "x 10.2.3-library", 0, "10.2.3"},
    {"before it, at the beginning", "{number}-library", "1.2-library", 0, "1.2"},
    {"before it, in a word", "{number}-library", "v1.2-library", 0, NULL},
    {"before it, after a mark", "\\0v{number}-library", "x\0v1.2-library", 14, "1.2"},
    {"before it, without the mark", "\\0v{number}-library", "xx v1.2-library", 0, NULL},
    {"before it, cut", "\\0v{number}-library", "v1.2-library", 0, NULL},
    {"before it, nothing", "{number}-library", "-library", 0, NULL},
    {"before it, dots", "{number}-library", "1..2-library", 0, NULL},
    {"bytes that stand for others", "library\\x01\\x02{number}", "library\1\0021.2", 0, "1.2"},
    {"other bytes there", "library\\x01\\x02{number}", "library1\0021.2", 0, NULL},
    {"before it and a digit", "{number}lib/\\d.x", "10.2.3lib/7.x", 0, "10.2.3"},
    {"before it and no digit", "{number}lib/\\d.x", "10.2.3lib/d.x", 0, NULL},
    {"near", "v{number};{near}library", "v1.2;library", 0, "1.2"},
    {"near, with more between", "v{number};{near}library", "v1.2; and then the library", 0, "1.2"},
    {"near, the last one", "v{number};{near}library", "v1.2; v2.3; v3; library", 0, "2.3"},
    {"near, not behind", "v{number};{near}library", "library v1.2;", 0, NULL},
    {"near, not one into the other", "v{number}; lib{near}library", "v1.2; library", 0, NULL},
    {"near, often", "v{number};{near}library", "v1.2; library library", 0, "1.2"},
    {"64 bytes", "library {number}", "library 1.23456789012345678901234567890123456789012345678901234567890123", 0,
     "1.23456789012345678901234567890123456789012345678901234567890123"},
    {"64 bytes, not 65", "library {number}",
     "library 1.234567890123456789012345678901234567890123456789012345678901234", 0, NULL},
};

/* Wherever it lies: no word of a file is special. */
Test(classify, fits)
{
    for (size_t i = 0; i < sizeof(fits) / sizeof(*fits); i++) {
        struct test_env t;
        char rule[PATTERN], expected[PATTERN] = "", out[PATTERN];
        size_t n = fits[i].n ? fits[i].n : strlen(fits[i].text);
        test_env_open(&t);
        snprintf(rule, sizeof(rule), "r\tprogram\t*\t%s\tpkg:generic/a@{version}\t-\n", fits[i].pattern);
        if (fits[i].version)
            snprintf(expected, sizeof(expected), "r %s\n", fits[i].version);
        struct ia_classifiers *set = parse(&t, rule);
        for (size_t shift = 0; shift < 8; shift++) {
            char content[256];
            memset(content, ' ', sizeof(content));
            memcpy(content + shift, fits[i].text, n);
            classify(&t, set, "bin/x", (struct ia_str){content, shift + n}, out, sizeof(out));
            cr_expect_str_eq(out, expected, "%s, at %zu: got %s", fits[i].name, shift, out);
        }
        ia_classifiers_free(set);
        cr_expect_eq(t.live, 0);
        test_env_close(&t);
    }
}

Test(classify, paths)
{
    static const struct {
        const char *globs, *path;
        int fits;
    } rows[] = {
        {"x", "usr/bin/x", 1},
        {"x", "x", 1},
        {"x", "usr/x/y", 0},
        {"x", "usr/bin/xx", 0},
        {"x*", "usr/bin/x", 1},
        {"x*", "usr/bin/xyz", 1},
        {"*x", "a/yx", 1},
        {"*x", "a/xy", 0},
        {"lib*.so*", "lib/libz.so.1.2", 1},
        {"lib*.so", "lib/libz.so.1", 0},
        {"a,b*,c", "x/bee", 1},
        {"a,b*,c", "x/d", 0},
        {"*a*a*a", "x/aaaaaaaaab", 0},
        {"*a*a*a", "x/abaca", 1},
        {"**", "x/", 1},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct test_env t;
        char rule[PATTERN], out[PATTERN];
        test_env_open(&t);
        snprintf(rule, sizeof(rule), "r\tprogram\t%s\tlibrary {number}\tpkg:generic/a@{version}\t-\n", rows[i].globs);
        struct ia_classifiers *set = parse(&t, rule);
        classify(&t, set, rows[i].path, IA_STR("library 1.2"), out, sizeof(out));
        cr_expect_str_eq(out, rows[i].fits ? "r 1.2\n" : "", "%s %s", rows[i].globs, rows[i].path);
        ia_classifiers_free(set);
        test_env_close(&t);
    }
}

/* 1024 bytes from the end of the version to the text, and none more. */
Test(classify, near)
{
    struct test_env t;
    test_env_open(&t);
    struct ia_classifiers *set = parse(&t, "r\tprogram\t*\tv{number};{near}library\tpkg:generic/a@{version}\t-\n");
    for (size_t more = 0; more < 2; more++) {
        char content[2 * IA_CLASSIFIER_NEAR], out[PATTERN];
        memset(content, ' ', sizeof(content));
        memcpy(content, "v1.2;", 5);
        memcpy(content + 4 + IA_CLASSIFIER_NEAR + more, "library", 7);
        classify(&t, set, "x", (struct ia_str){content, sizeof(content)}, out, sizeof(out));
        cr_expect_str_eq(out, more ? "" : "r 1.2\n", "%zu more: %s", more, out);
    }
    ia_classifiers_free(set);
    test_env_close(&t);
}

/* A file of nothing but such texts is looked through so many times, and that is said. */
Test(classify, near_often)
{
    struct test_env t;
    struct bytes text;
    char out[PATTERN];
    test_env_open(&t);
    struct ia_classifiers *set = parse(&t, "r\tprogram\t*\tv{number};{near}library\tpkg:generic/a@{version}\t-\n");
    bytes_open(&text, 0);
    for (size_t i = 0; i < 65537; i++)
        put(&text, "library ", 8);
    classify(&t, set, "x", bytes_view(&text), out, sizeof(out));
    cr_expect_str_eq(out, "note\n", "%s", out);
    bytes_close(&text);
    ia_classifiers_free(set);
    test_env_close(&t);
}

/* ---- which counts ---- */

static const char rules[] = "a/any\tprogram\t*\tproduct-a {number}\tpkg:generic/a@{version}\t-\n"
                            "a/path\tprogram\ta*\talso-a {number}\tpkg:generic/a@{version}\t-\n"
                            "a/late\tprogram\t*\tlate-a {number}\tpkg:generic/a@{version}\t-\n"
                            "b/any\tprogram\t*\tproduct-b {number}\tpkg:generic/b@{version}\t-\n"
                            "b/path\tprogram\tb*\talso-b {number}\tpkg:generic/b@{version}\t-\n"
                            "z/any\tembedded\t*\tlibrary-z {number}\tpkg:generic/z@{version}\t-\n"
                            "z/other\tembedded\t*\tother-z {number}\tpkg:generic/z@{version}\t-\n"
                            "a/in\tembedded\t*\tinside-a {number}\tpkg:generic/a@{version}\t-\n";

Test(classify, counts)
{
    static const char *const rows[][4] = {
        {"one", "x", "product-a 1.0", "a/any 1.0\n"},
        {"twice the same", "x", "product-a 1.0 product-a 1.0", "a/any 1.0\n"},
        {"two versions", "x", "product-a 1.0 product-a 2.0", "a/any 1.0\na/any 2.0\n"},
        {"two rules of a family", "x", "late-a 2.0 product-a 1.0", "a/any 1.0\n"},
        {"a path counts more", "a1", "product-a 1.0 also-a 3.0", "a/path 3.0\n"},
        {"of another name", "x", "product-a 1.0 also-a 3.0", "a/any 1.0\n"},
        {"two programs", "x", "product-b 2.0 product-a 1.0", "a/any 1.0\n"},
        {"the path says which", "b", "also-b 2.0 product-a 1.0", "b/path 2.0\n"},
        {"a library beside", "x", "library-z 5.1 product-b 2.0", "z/any 5.1\nb/any 2.0\n"},
        {"a library alone", "x", "library-z 5.1", "z/any 5.1\n"},
        {"two rules of a library", "x", "other-z 5.2 library-z 5.1", "z/any 5.1\n"},
        {"a family of both", "x", "inside-a 4.0 product-a 1.0 library-z 5.1", "a/any 1.0\nz/any 5.1\n"},
        {"a family of both, under another program", "b", "inside-a 4.0 also-b 1.0", "a/in 4.0\nb/path 1.0\n"},
    };
    struct test_env t;
    test_env_open(&t);
    struct ia_classifiers *set = parse(&t, rules);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char out[PATTERN];
        classify(&t, set, rows[i][1], ia_str_from(rows[i][2]), out, sizeof(out));
        cr_expect_str_eq(out, rows[i][3], "%s: got\n%sexpected\n%s", rows[i][0], out, rows[i][3]);
    }
    ia_classifiers_free(set);
    test_env_close(&t);
}

Test(classify, many_versions)
{
    struct test_env t;
    test_env_open(&t);
    struct ia_classifiers *set = parse(&t, rules);
    for (size_t count = 64; count < 66; count++) {
        struct bytes text;
        char out[4096];
        size_t lines = 0;
        bytes_open(&text, 0);
        for (size_t i = 0; i < count; i++) {
            char one[32];
            snprintf(one, sizeof(one), "product-a 1.%zu ", i);
            put(&text, one, strlen(one));
        }
        classify(&t, set, "x", bytes_view(&text), out, sizeof(out));
        for (const char *p = out; (p = strchr(p, '\n')); p++)
            lines++;
        cr_expect_eq(lines, count, "%zu lines: each of 64, and a note for more", lines);
        cr_expect_eq(strstr(out, "note") != NULL, count == 65);
        bytes_close(&text);
    }
    ia_classifiers_free(set);
    test_env_close(&t);
}

/* A file of nothing but such texts: they are counted, and then the rest is left and that is said. */
Test(classify, many_texts)
{
    struct test_env t;
    test_env_open(&t);
    struct ia_classifiers *set = parse(&t, rules);
    for (size_t more = 0; more < 2; more++) {
        struct bytes text;
        char out[PATTERN];
        bytes_open(&text, 0);
        for (size_t i = 0; i < 65536 + more; i++)
            put(&text, "product-a 1.0 ", 14);
        classify(&t, set, "x", bytes_view(&text), out, sizeof(out));
        cr_expect_str_eq(out, more ? "a/any 1.0\nnote\n" : "a/any 1.0\n", "%zu more: %s", more, out);
        bytes_close(&text);
    }
    ia_classifiers_free(set);
    test_env_close(&t);
}

Test(classify, fields)
{
    struct test_env t;
    struct elf_file elf = {
        .type = 2,
        .machine = 62,
        .sections = {{.name = ".rodata", .type = 1, .data = "nginx version: nginx/1.22.1~A+b\n", .size = 32}}};
    struct bytes out;
    test_env_open(&t);
    elf_write(&elf, &out);
    char *lines = test_analyse(&t, &ia_executable_analyser, "usr/sbin/nginx", bytes_view(&out));
    cr_expect_str_eq(
        lines,
        "executable elf amd64 flags=514\npackage generic nginx 1.22.1~A+b how=classifier classifier=nginx/banner "
        "cpe=cpe:2.3:a:f5:nginx:1.22.1\\~a\\+b:*:*:*:*:*:*:* cpe=cpe:2.3:a:nginx:nginx:1.22.1\\~a\\+b:*:*:*:*:*:*:*\n",
        "%s", lines);
    free(lines);
    bytes_close(&out);
    test_env_close(&t);
}

/* ---- the built-in rules ---- */

static size_t put_literal(char *out, struct ia_str literal)
{
    for (size_t i = 0; i < literal.n; i++) {
        char c = literal.p[i];
        out[i] = c == IA_CLASSIFIER_ANY_DIGIT ? '2' : c == IA_CLASSIFIER_ANY ? 'x' : c;
    }
    return literal.n;
}

static size_t put_sample(char *out, const struct ia_classifier *rule)
{
    static const char *const versions[] = {"12.34.5", "12.34.5", "254", "9.2p1", "21.0.1+12"};
    size_t n = 0;
    memcpy(out + n, rule->before.p, rule->before.n);
    n += rule->before.n;
    memcpy(out + n, versions[rule->form], strlen(versions[rule->form]));
    n += strlen(versions[rule->form]);
    n += put_literal(out + n, rule->after);
    return n + put_literal(out + n, rule->near);
}

/* The first glob without its stars. */
static void put_path(char *out, struct ia_str globs)
{
    struct ia_str glob = {"", 0};
    size_t n = 0;
    ia_str_next(&globs, ',', &glob);
    for (size_t i = 0; i < glob.n; i++)
        if (glob.p[i] != '*')
            out[n++] = glob.p[i];
    out[n] = '\0';
}

Test(classify, builtin)
{
    const struct ia_classifiers *set = &ia_classifiers_builtin;
    struct test_env t;
    test_env_open(&t);
    cr_expect(set->rule_count >= 150, "%zu rules", set->rule_count);
    for (size_t i = 0; i < set->rule_count; i++) {
        const struct ia_classifier *rule = &set->rules[i];
        for (size_t shift = 1; shift < 5; shift++) {
            char content[700] = {0}, path[PATTERN], out[1024], expected[PATTERN];
            size_t n = shift + put_sample(content + shift, rule);
            put_path(path, rule->path);
            classify(&t, set, path, (struct ia_str){content, n}, out, sizeof(out));
            snprintf(expected, sizeof(expected), "%.*s ", (int)rule->id.n, rule->id.p);
            cr_expect(strstr(out, expected) == out, "%sat %zu of %s: got %s", expected, shift, path, out);
        }
    }
    test_env_close(&t);
}

/* ---- against the simple way ---- */

static uint32_t state = 7;

static uint32_t chance(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

/* Every place is tried with every rule; only rules with a literal before their version, of the form {number}. */
static void naive(const struct ia_classifiers *set, struct ia_str content, char *out)
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t at = 0; at < content.n; at++)
        for (size_t i = 0; i < set->rule_count; i++) {
            struct ia_str before = set->rules[i].before, rest = ia_str_sub(content, at, SIZE_MAX);
            size_t size = 0, dots = 0;
            char line[PATTERN];
            if (!ia_str_starts(rest, before))
                continue;
            rest = ia_str_sub(rest, before.n, SIZE_MAX);
            while (size < rest.n && (ia_is_digit(rest.p[size]) || (size && rest.p[size] == '.' && size + 1 < rest.n &&
                                                                   ia_is_digit(rest.p[size + 1]))))
                dots += rest.p[size++] == '.';
            if (dots == 0 || size > 64)
                continue;
            snprintf(line, sizeof(line), "%.*s %.*s\n", (int)set->rules[i].id.n, set->rules[i].id.p, (int)size, rest.p);
            if (!strstr(out, line))
                n += (size_t)snprintf(out + n, 8192 - n, "%s", line);
        }
}

static int by_line(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_lines(char *text)
{
    char *lines[256], copy[8192];
    size_t n = 0;
    snprintf(copy, sizeof(copy), "%s", text);
    for (char *p = strtok(copy, "\n"); p; p = strtok(NULL, "\n"))
        lines[n++] = p;
    qsort(lines, n, sizeof(*lines), by_line);
    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        strcat(strcat(text, lines[i]), "\n");
}

Test(classify, as_the_simple_way)
{
    static const char text[] = "one\tembedded\t*\tabcabc{number}\tpkg:generic/1@{version}\t-\n"
                               "two\tembedded\t*\tabcabcd{number}\tpkg:generic/2@{version}\t-\n"
                               "three\tembedded\t*\tbcabcab-{number}\tpkg:generic/3@{version}\t-\n"
                               "four\tembedded\t*\tabcabcabcabc-{number}\tpkg:generic/4@{version}\t-\n";
    static const char *const fragments[] = {"abc", "abc",   "abc", "bc", "a",   "d",  "-",
                                            "1.2", "3.4.5", "6",   ".",  "xyz", "ab-"};
    struct test_env t;
    test_env_open(&t);
    struct ia_classifiers *set = parse(&t, text);
    size_t found = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        struct bytes content;
        char out[8192], expected[8192];
        bytes_open(&content, 0);
        for (size_t i = 0; i < FRAGMENTS; i++) {
            const char *fragment = fragments[chance(sizeof(fragments) / sizeof(*fragments))];
            put(&content, fragment, strlen(fragment));
        }
        classify(&t, set, "x", bytes_view(&content), out, sizeof(out));
        naive(set, bytes_view(&content), expected);
        found += expected[0] != '\0';
        sort_lines(out);
        sort_lines(expected);
        cr_expect_str_eq(out, expected, "%.*s: got\n%sexpected\n%s", (int)content.buf.n, content.buf.p, out, expected);
        bytes_close(&content);
    }
    cr_expect(found > ROUNDS / 4, "only %zu of %d had a match", found, ROUNDS);
    ia_classifiers_free(set);
    test_env_close(&t);
}
