/* SPDX-License-Identifier: Apache-2.0 */
#include "model/license.h"

#include "model/license_names.h"
#include "support.h"

#include <criterion/criterion.h>

/* The expression, "?" when it is not known. */
static void normalise(struct ia_str declared, enum ia_license_form form, struct ia_buf *out)
{
    bool known = false;
    ia_buf_clear(out);
    cr_assert_eq(ia_license_normalise(declared, form, out, &known), IMGA_OK);
    if (!known) {
        cr_expect_eq(out->n, 0u, "%.40s: %.*s", declared.p, (int)out->n, out->p);
        cr_assert_eq(ia_buf_char(out, '?'), IMGA_OK);
    }
}

struct row {
    const char *declared, *expected;
};

/* What is known is an expression that stays as it is. */
static void expect_rows(const struct row *rows, size_t n, enum ia_license_form form)
{
    for (size_t i = 0; i < n; i++) {
        struct ia_buf first, second;
        ia_buf_init(&first, &ia_alloc_libc, 16384);
        ia_buf_init(&second, &ia_alloc_libc, 16384);
        normalise(ia_str_from(rows[i].declared), form, &first);
        cr_expect(ia_str_is(ia_buf_view(&first), rows[i].expected), "%s: %.*s", rows[i].declared, (int)first.n,
                  first.p);
        if (first.p[0] != '?') {
            normalise(ia_buf_view(&first), IA_LICENSE_SPDX, &second);
            cr_expect(ia_str_eq(ia_buf_view(&first), ia_buf_view(&second)), "%s: %.*s", rows[i].declared, (int)second.n,
                      second.p);
        }
        ia_buf_free(&first);
        ia_buf_free(&second);
    }
}

Test(license, spdx)
{
    static const struct row rows[] = {
        {"MIT", "MIT"},
        {" mit ", "MIT"},
        {"apache-2.0", "Apache-2.0"},
        {"mit or  APACHE-2.0", "MIT OR Apache-2.0"},
        {"MIT\tAND\nISC", "MIT AND ISC"},
        {"(MIT)", "MIT"},
        {"((MIT AND ISC))", "MIT AND ISC"},
        {"(MIT)AND(ISC)", "MIT AND ISC"},
        {"MIT AND (ISC OR (Zlib))", "MIT AND (ISC OR Zlib)"},
        {"((MIT OR ISC)) AND Zlib", "(MIT OR ISC) AND Zlib"},
        {"(MIT AND ISC) AND (Zlib)", "(MIT AND ISC) AND Zlib"},
        {"GPL-2.0", "GPL-2.0-only"},
        {"gpl-2.0+", "GPL-2.0-or-later"},
        {"GPL-2.0-only+", "GPL-2.0-or-later"},
        {"GPL-2.0-or-later+", "GPL-2.0-or-later"},
        {"AGPL-3.0+", "AGPL-3.0-or-later"},
        {"GFDL-1.3", "GFDL-1.3-only"},
        {"Apache-2.0+", "Apache-2.0+"},
        {"LGPL-2.1 WITH classpath-exception-2.0", "LGPL-2.1-only WITH Classpath-exception-2.0"},
        {"GPL-2.0-with-classpath-exception OR MIT", "GPL-2.0-only WITH Classpath-exception-2.0 OR MIT"},
        {"Apache-2.0 with LLVM-exception", "Apache-2.0 WITH LLVM-exception"},
        {"wxWindows", "LGPL-2.0-or-later WITH WxWindows-exception-3.1"},
        {"StandardML-NJ", "SMLNJ"},
        {"LicenseRef-My.Own-1", "LicenseRef-My.Own-1"},
        {"documentref-a.b:licenseref-C OR MIT", "DocumentRef-a.b:LicenseRef-C OR MIT"},
        {"LicenseRef-x WITH Bison-exception-2.2", "LicenseRef-x WITH Bison-exception-2.2"},
        {"", "?"},
        {"  ", "?"},
        {"NONE", "?"},
        {"NOASSERTION", "?"},
        {"BSD", "?"},
        {"MIT AND", "?"},
        {"AND MIT", "?"},
        {"MIT ISC", "?"},
        {"MIT OR AND ISC", "?"},
        {"MIT WITH", "?"},
        {"WITH MIT", "?"},
        {"MIT WITH MIT", "?"},
        {"MIT WITH Bison-exception-2.2 WITH LLVM-exception", "?"},
        {"GPL-2.0-with-GCC-exception WITH LLVM-exception", "?"},
        {"GPL-2.0-with-GCC-exception+", "?"},
        {"LLVM-exception", "?"},
        {"(MIT", "?"},
        {"MIT)", "?"},
        {"()", "?"},
        {"MIT (ISC)", "?"},
        {"(MIT) ISC", "?"},
        {"MIT, ISC", "?"},
        {"MIT/ISC", "?"},
        {"+", "?"},
        {"MIT++", "?"},
        {"LicenseRef-", "?"},
        {"LicenseRef-a b", "?"},
        {"LicenseRef-a_b", "?"},
        {"DocumentRef-a", "?"},
        {"DocumentRef-:LicenseRef-a", "?"},
        {"GPL-2+", "?"},
    };
    expect_rows(rows, IA_COUNT(rows), IA_LICENSE_SPDX);
}

Test(license, debian)
{
    static const struct row rows[] = {
        {"GPL-2+", "GPL-2.0-or-later"},
        {"Expat", "MIT"},
        {"GPL-2+ or Artistic", "GPL-2.0-or-later OR Artistic-1.0-Perl"},
        {"GPL-2+ and LGPL-2.1+", "GPL-2.0-or-later AND LGPL-2.1-or-later"},
        {"BSD-3-clause", "BSD-3-Clause"},
        {"GPL-1+ or Artistic, and Expat", "(GPL-1.0-or-later OR Artistic-1.0-Perl) AND MIT"},
        {"Expat or ISC, and Zlib or MPL-1.1, or GPL-2", "((MIT OR ISC) AND Zlib OR MPL-1.1) OR GPL-2.0-only"},
        {"Expat, and ISC", "MIT AND ISC"},
        {"(Expat or ISC, and Zlib) or GPL-3", "((MIT OR ISC) AND Zlib) OR GPL-3.0-only"},
        {"Perl", "Artistic-1.0-Perl OR GPL-1.0-or-later"},
        {"Perl and Expat", "(Artistic-1.0-Perl OR GPL-1.0-or-later) AND MIT"},
        {"(Perl)", "Artistic-1.0-Perl OR GPL-1.0-or-later"},
        {"GPL-2+ with Classpath exception", "GPL-2.0-or-later WITH Classpath-exception-2.0"},
        {"GPL-3+ with Bison-exception-2.2", "GPL-3.0-or-later WITH Bison-exception-2.2"},
        {"GPL-2.0+ with Font exception or OFL-1.1", "GPL-2.0-or-later WITH Font-exception-2.0 OR OFL-1.1"},
        {"Apache-2.0 with LLVM exception", "Apache-2.0 WITH LLVM-exception"},
        {"GPL-2+ with OpenSSL exception", "?"},
        {"Perl with Font exception", "?"},
        {"public-domain", "?"},
        {"other", "?"},
        {"GPL", "?"},
        {"BSD", "?"},
        {"GPL-2, MIT", "?"},
        {"GPL-2,", "?"},
        {", GPL-2", "?"},
        {"GPL-2 or MIT,", "?"},
        {"(GPL-2 or MIT,)", "?"},
        {"GPL-2,, and MIT", "?"},
    };
    expect_rows(rows, IA_COUNT(rows), IA_LICENSE_DEBIAN);
}

Test(license, fedora)
{
    static const struct row rows[] = {
        {"ASL 2.0", "Apache-2.0"},
        {"GPLv2+ and MIT", "GPL-2.0-or-later AND MIT"},
        {"(GPL+ or Artistic) and LGPLv2+", "(GPL-1.0-or-later OR Artistic-1.0-Perl) AND LGPL-2.0-or-later"},
        {"GPL-2.0-or-later AND MIT", "GPL-2.0-or-later AND MIT"},
        {"MPLv2.0 or  ASL   2.0", "MPL-2.0 OR Apache-2.0"},
        {"BSD with advertising and zlib", "BSD-4-Clause AND Zlib"},
        {"GPLv2 with exceptions", "?"},
        {"Public Domain", "?"},
        {"BSD and GPLv2+", "?"},
        {"GPLv3+ and (LGPLv3+", "?"},
        {"Redistributable, no modification permitted", "?"},
    };
    expect_rows(rows, IA_COUNT(rows), IA_LICENSE_FEDORA);
}

Test(license, python)
{
    static const struct row rows[] = {
        {"License :: OSI Approved :: MIT License", "MIT"},
        {"License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"},
        {"License :: OSI Approved :: The Unlicense (Unlicense)", "Unlicense"},
        {"License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"},
        {"License :: CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "CC0-1.0"},
        {"License :: OSI Approved :: Apache Software License", "?"},
        {"License :: OSI Approved :: BSD License", "?"},
        {"License :: OSI Approved", "?"},
        {"License ::", "?"},
        {"License", "?"},
        {"MIT License", "?"},
        {"Programming Language :: MIT License", "?"},
    };
    expect_rows(rows, IA_COUNT(rows), IA_LICENSE_PYTHON);
}

Test(license, free_text)
{
    static const struct row rows[] = {
        {"MIT", "MIT"},
        {"The MIT License", "MIT"},
        {"the  Apache\nLicense,  Version 2.0", "Apache-2.0"},
        {"MIT/Apache-2.0", "MIT OR Apache-2.0"},
        {"Apache-2.0 / MIT", "Apache-2.0 OR MIT"},
        {"MIT or Apache 2.0", "MIT OR Apache-2.0"},
        {"zlib/libpng", "Zlib"},
        {"New BSD License", "BSD-3-Clause"},
        {"https://opensource.org/licenses/MIT", "MIT"},
        {"http://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"},
        {"https://spdx.org/licenses/BSD-2-Clause.html", "BSD-2-Clause"},
        {"https://opensource.org/license/mit-license.php", "MIT"},
        {"https://example.org/MIT", "?"},
        {"https://example.org/licenses/", "?"},
        {"ftp://example.org/licenses/MIT", "?"},
        {"MIT/", "?"},
        {"/MIT", "?"},
        {"MIT//ISC", "?"},
        {"BSD", "?"},
        {"see LICENSE", "?"},
        {"SEE LICENSE IN LICENSE.md", "?"},
        {"UNLICENSED", "?"},
        {"Proprietary", "?"},
        {"Permission is hereby granted, free of charge, to any person obtaining a copy", "?"},
    };
    expect_rows(rows, IA_COUNT(rows), IA_LICENSE_TEXT);
}

/* Names and identifiers are found at whatever place of their tables, and stand for what the SPDX list has. */
Test(license, tables)
{
    size_t n;
    struct ia_buf out;
    ia_buf_init(&out, &ia_alloc_libc, 1000);
    const char *const *ids = ia_license_ids(&n);
    cr_expect_gt(n, 600u);
    for (size_t i = 0; i < n; i++) {
        normalise(ia_str_from(ids[i]), IA_LICENSE_SPDX, &out);
        cr_expect(ia_license_successor(ia_str_from(ids[i])) || ia_str_is(ia_buf_view(&out), ids[i]), "%s", ids[i]);
        cr_expect(out.p[0] != '?', "%s", ids[i]);
    }
    const char *const *exceptions = ia_license_exceptions(&n);
    cr_expect_gt(n, 60u);
    for (size_t i = 0; i < n; i++)
        cr_expect_eq(ia_license_exception(ia_str_from(exceptions[i])), exceptions[i], "%s", exceptions[i]);
    for (enum ia_license_form form = IA_LICENSE_DEBIAN; form < IA_LICENSE_FORMS; form++) {
        const struct ia_license_pair *rows = ia_license_names(form, &n);
        cr_expect_gt(n, 30u);
        for (size_t i = 0; i < n; i++) {
            cr_expect_eq(ia_license_name(form, ia_str_from(rows[i].key)), rows[i].value, "%s", rows[i].key);
            normalise(ia_str_from(rows[i].value), IA_LICENSE_SPDX, &out);
            cr_expect(ia_str_is(ia_buf_view(&out), rows[i].value), "%s: %s", rows[i].key, rows[i].value);
        }
    }
    cr_expect(strcmp(ia_license_exception_name(IA_STR("Font Exception")), "Font-exception-2.0") == 0);
    ia_buf_free(&out);
}

/* So many opening parentheses, an operand or two, so many closing ones. */
static size_t nest(char *text, size_t depth, bool bare)
{
    size_t n = 0;
    for (size_t i = 0; i < depth; i++)
        n += (size_t)sprintf(text + n, bare ? "(" : "(MIT OR ");
    n += (size_t)sprintf(text + n, "ISC");
    for (size_t i = 0; i < depth; i++)
        text[n++] = ')';
    return n;
}

Test(license, depth)
{
    static char text[4096];
    struct ia_buf out;
    ia_buf_init(&out, &ia_alloc_libc, 4096);
    for (size_t depth = 1; depth <= IA_LICENSE_DEPTH + 1; depth++) {
        size_t n = nest(text, depth, true);
        normalise((struct ia_str){text, n}, IA_LICENSE_SPDX, &out);
        cr_expect(ia_str_is(ia_buf_view(&out), depth <= IA_LICENSE_DEPTH ? "ISC" : "?"), "depth %zu", depth);
        n = nest(text, depth, false);
        normalise((struct ia_str){text, n}, IA_LICENSE_SPDX, &out);
        cr_expect_eq(out.p[0], depth <= IA_LICENSE_DEPTH ? 'M' : '?', "depth %zu", depth);
    }
    ia_buf_free(&out);
}

Test(license, lengths)
{
    enum { SIZE = 1 << 20 };
    static const char bytes[] = "( ),aA+/:-\n\xff";
    char *text = malloc(SIZE);
    struct ia_buf out;
    cr_assert(text);
    ia_buf_init(&out, &ia_alloc_libc, SIZE);
    for (enum ia_license_form form = 0; form < IA_LICENSE_FORMS; form++)
        for (size_t i = 0; i < sizeof(bytes); i++) { /* the NUL as well */
            memset(text, bytes[i], SIZE);
            for (size_t n = 1; n <= SIZE; n *= 16) {
                normalise((struct ia_str){text, n}, form, &out);
                cr_expect_eq(out.p[0], '?', "form %d, %c", (int)form, text[0]);
            }
        }
    memset(text, ' ', SIZE);
    memcpy(text + SIZE - 3, "MIT", 3);
    normalise((struct ia_str){text, SIZE}, IA_LICENSE_SPDX, &out);
    cr_expect(ia_str_is(ia_buf_view(&out), "MIT"));
    for (size_t i = 0; i + 7 <= IA_LICENSE_BYTES + 7; i += 7)
        memcpy(text + i, "MIT OR ", 7);
    size_t most = IA_LICENSE_BYTES / 7 * 7 - 4;
    normalise((struct ia_str){text, most}, IA_LICENSE_SPDX, &out);
    cr_expect_eq(out.n, most);
    normalise((struct ia_str){text, most + 7}, IA_LICENSE_SPDX, &out);
    cr_expect_eq(out.p[0], '?');
    free(text);
    ia_buf_free(&out);
}

/* Every size of a buffer that is too small, and every allocation that fails. */
Test(license, limit_and_memory)
{
    static const struct ia_str declared = {"(Perl or Expat, and GPL-2 with Font exception) or ISC", 53};
    static const char expected[] = "(((Artistic-1.0-Perl OR GPL-1.0-or-later) OR MIT) AND GPL-2.0-only WITH "
                                   "Font-exception-2.0) OR ISC";
    struct test_env t;
    struct ia_buf out;
    bool known;
    for (size_t max = 0; max < strlen(expected); max++) {
        ia_buf_init(&out, &ia_alloc_libc, max + 1);
        cr_assert_eq(ia_buf_char(&out, 'x'), IMGA_OK);
        cr_expect_eq(ia_license_normalise(declared, IA_LICENSE_DEBIAN, &out, &known), IMGA_E_LIMIT, "%zu", max);
        cr_expect(out.n == 1 && !known, "%zu", max);
        ia_buf_free(&out);
    }
    test_env_open(&t);
    int status = IMGA_E_NOMEM;
    for (t.fail_at = 1; status == IMGA_E_NOMEM; t.fail_at++) {
        t.count = 0;
        ia_buf_init(&out, &t.env.alloc, 1000);
        status = ia_license_normalise(declared, IA_LICENSE_DEBIAN, &out, &known);
        cr_expect(status == IMGA_E_NOMEM ? !known : known && ia_str_is(ia_buf_view(&out), expected), "%.*s", (int)out.n,
                  out.p);
        ia_buf_free(&out);
        cr_expect_eq(t.live, 0u);
        cr_assert_lt(t.fail_at, 20u);
    }
    cr_expect_gt(t.fail_at, 2u);
    test_env_close(&t);
}
