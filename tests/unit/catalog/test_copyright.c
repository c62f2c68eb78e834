/* SPDX-License-Identifier: Apache-2.0 */
/* Licences of Debian copyright files, and the analyser that attaches them. */
#include "analysed.h"
#include "catalog/copyright.h"
#include "support.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
#define FILE_PATH "usr/share/doc/x/copyright"

static const struct {
    const char *name, *text, *licenses; /* NULL: not machine-readable */
} rows[] = {
    {"nothing", "", NULL},
    {"free text", "This package was debianized by X.\n\nLicense: GPL\n\nOn Debian systems see common-licenses.\n",
     NULL},
    {"no format", "Upstream-Name: x\n\nFiles: *\nLicense: MIT\n", NULL},
    {"format alone", FORMAT, NULL},
    {"one", FORMAT "\nFiles: *\nCopyright: 2020 X\nLicense: MIT\n", "MIT"},
    {"with its text", FORMAT "\nFiles: *\nLicense: MIT\n Permission is\n .\n granted\n", "MIT"},
    {"sorted, each once",
     FORMAT
     "\nFiles: *\nLicense: MIT\n\nFiles: b\nLicense: Apache-2.0\n\nFiles: c\nLicense: MIT\n\nFiles: d\nLicense: BSD\n",
     "Apache-2.0 AND BSD AND MIT"},
    {"a choice", FORMAT "\nFiles: *\nLicense: GPL-2+ or Artistic\n\nFiles: b\nLicense: MIT\n",
     "(GPL-2+ or Artistic) AND MIT"},
    {"a choice with bars", FORMAT "\nFiles: *\nLicense: GPL-2+ | MIT\n\nFiles: b\nLicense: ISC\n",
     "(GPL-2+ | MIT) AND ISC"},
    {"a choice alone", FORMAT "\nFiles: *\nLicense: GPL-2+ OR Artistic\n", "GPL-2+ OR Artistic"},
    {"no choice", FORMAT "\nFiles: *\nLicense: oracle\n\nFiles: b\nLicense: MIT and Zlib\n", "MIT and Zlib AND oracle"},
    {"texts of licences declare nothing", FORMAT "\nFiles: *\nLicense: MIT\n\nLicense: GPL-3\n text\n", "MIT"},
    {"of the package as a whole", FORMAT "License: GPL-3+\n\nLicense: GPL-3+\n text\n", "GPL-3+"},
    {"files before the whole", FORMAT "License: GPL-3+\n\nFiles: *\nLicense: MIT\n", "MIT"},
    {"a paragraph that is both", FORMAT "Files: *\nLicense: MIT\n", "MIT"},
    {"in any case", "FORMAT: x\n\nfiles: *\nLICENSE: mit\n", "mit"},
    {"of a draft",
     "Format-Specification: http://svn.debian.org/wsvn/dep/web/deps/dep5.mdwn\n\nFiles: *\nLicense: MIT\n", "MIT"},
    {"the first of two", FORMAT "\nFiles: *\nLicense: MIT\nLicense: GPL\n", "MIT"},
    {"empty short name", FORMAT "\nFiles: *\nLicense:\n text\n\nFiles: b\nLicense:\n", "text"},
    {"CRLF", "Format: x\r\n\r\nFiles: *\r\nLicense: MIT\r\n text\r\n", "MIT"},
    {"comments and stray lines", "# comment\n" FORMAT "# more\n\nFiles: *\nLicense: MIT\nstray\n", "MIT"},
    {"blank lines first", "\n\n" FORMAT "\nFiles: *\nLicense: MIT", "MIT"},
};

Test(copyright, texts)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct test_env t;
        struct ia_buf out;
        size_t size = strlen(rows[i].text);
        char *exact = malloc(size ? size : 1);
        memcpy(exact, rows[i].text, size);
        test_env_open(&t);
        ia_buf_init(&out, &t.env.alloc, 1000);
        int status = ia_copyright_read(&t.env, (struct ia_str){exact, size}, &out);
        cr_expect_eq(status, rows[i].licenses != NULL, "%s: %d", rows[i].name, status);
        cr_expect(ia_str_is(ia_buf_view(&out), rows[i].licenses ? rows[i].licenses : ""), "%s: %.*s", rows[i].name,
                  (int)out.n, out.p);
        ia_buf_free(&out);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s leaks", rows[i].name);
        free(exact);
    }
}

/* A thousand names are kept; with one more the licences cannot be told. */
Test(copyright, many)
{
    for (int count = 1000; count <= 1001; count++) {
        struct test_env t;
        struct ia_buf text, out;
        test_env_open(&t);
        ia_buf_init(&text, &t.env.alloc, SIZE_MAX);
        ia_buf_init(&out, &t.env.alloc, SIZE_MAX);
        cr_assert_eq(ia_buf_text(&text, FORMAT), 0);
        for (int i = count; i > 0; i--)
            cr_assert(ia_buf_text(&text, "\nFiles: *\nLicense: L") == 0 && ia_buf_u64(&text, (uint64_t)i + 1000) == 0 &&
                      ia_buf_char(&text, '\n') == 0);
        cr_expect_eq(ia_copyright_read(&t.env, ia_buf_view(&text), &out), count == 1000, "%d", count);
        cr_expect_eq(out.n, count == 1000 ? 1000 * 5 + 999 * 5 : 0, "%zu", out.n);
        cr_expect(count > 1000 || ia_str_starts(ia_buf_view(&out), IA_STR("L1001 AND L1002 AND ")));
        ia_buf_free(&text);
        ia_buf_free(&out);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}

Test(copyright, analyser)
{
    static const struct {
        const char *text, *expected;
    } files[] = {
        {FORMAT "\nFiles: *\nLicense: MIT\n", "attach 0 license=MIT\n"},
        {"free text\n", "attach 0 copyright=free-text\n"},
    };
    static const char *const others[] = {"usr/share/doc/copyright",       "usr/share/doc/x/y/copyright",
                                         "opt/usr/share/doc/x/copyright", "usr/share/doc//copyright",
                                         "usr/share/doc/x/Copyright",     "copyright"};
    for (size_t i = 0; i < IA_COUNT(files); i++) {
        struct test_env t;
        test_env_open(&t);
        char *found = test_analyse(&t, &ia_copyright_analyser, FILE_PATH, ia_str_from(files[i].text));
        cr_expect(found && strcmp(found, files[i].expected) == 0, "%zu: %s", i, found);
        free(found);
        cr_expect_eq(test_analyse_hostile(&ia_copyright_analyser, FILE_PATH, ia_str_from(files[i].text)), 0);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
    cr_expect(test_wants(&ia_copyright_analyser, FILE_PATH));
    for (size_t i = 0; i < IA_COUNT(others); i++)
        cr_expect_not(test_wants(&ia_copyright_analyser, others[i]), "%s", others[i]);
}

/* A text over string_bytes is as good as none. */
Test(copyright, limit)
{
    for (uint64_t limit = 2; limit <= 3; limit++) {
        struct test_env t;
        test_env_open(&t);
        t.limits.string_bytes = limit;
        char *found = test_analyse(&t, &ia_copyright_analyser, FILE_PATH, IA_STR(FORMAT "\nFiles: *\nLicense: MIT\n"));
        cr_expect(found && strcmp(found, limit == 3 ? "attach 0 license=MIT\n" : "attach 0 copyright=free-text\n") == 0,
                  "%s", found);
        free(found);
        test_env_close(&t);
    }
}
