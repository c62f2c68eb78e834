/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"
#include "syntax/keyvalue.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define D(literal)                                                                                                     \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }

/* <key=value@offset> for a line, !offset! for a malformed one. */
static void trace(struct ia_str text, struct ia_buf *out)
{
    struct ia_keyvalue reader;
    struct ia_buf value;
    struct ia_str key;
    size_t offset;
    int status;
    char line[200];
    ia_buf_clear(out);
    ia_buf_init(&value, &ia_alloc_libc, 1000);
    ia_keyvalue_init(&reader, text);
    while ((status = ia_keyvalue_next(&reader, &key, &value, &offset)) != 0) {
        if (status == 1)
            snprintf(line, sizeof(line), "<%.*s=%.*s@%zu>", (int)key.n, key.p, (int)value.n, value.n ? value.p : "",
                     offset);
        else
            snprintf(line, sizeof(line), "!%zu!", offset);
        cr_assert(status == 1 || status == IMGA_E_FORMAT, "%d", status);
        cr_assert_eq(ia_buf_text(out, line), IMGA_OK);
        cr_assert_lt(out->n, 2000);
    }
    cr_assert_eq(ia_keyvalue_next(&reader, &key, &value, &offset), 0, "the end repeats");
    ia_buf_free(&value);
}

static const struct {
    struct ia_str text;
    const char *events;
} rows[] = {
    {D(""), ""},
    {D("\n \t\n# comment\n  # more\n\r\n"), ""},
    {D("ID=debian\n"), "<ID=debian@0>"},
    {D("ID=debian"), "<ID=debian@0>"},
    {D("ID=debian\r\nVERSION_ID=12\r\n"), "<ID=debian@0><VERSION_ID=12@11>"},
    {D("A=\nB=\"\"\nC=''\n"), "<A=@0><B=@3><C=@8>"},
    {D("NAME=\"Debian GNU/Linux\"\n"), "<NAME=Debian GNU/Linux@0>"},
    {D("NAME='a \"b\" \\c'\n"), "<NAME=a \"b\" \\c@0>"},
    {D("A=\"\\\" \\$ \\\\ \\` \\n \\'\"\n"), "<A=\" $ \\ ` \\n \\'@0>"},
    {D("A=a\\ b\\\"c\n"), "<A=a b\"c@0>"},
    {D("A=a'b'\"c\"d\n"), "<A=abcd@0>"},
    {D("A='it'\\''s'\n"), "<A=it's@0>"},
    {D("A=$HOME${X}$(id)`id`\n"), "<A=$HOME${X}$(id)`id`@0>"},
    {D("A=\"$HOME `id`\"\n"), "<A=$HOME `id`@0>"},
    {D("  A=1\n\tB=2\n"), "<A=1@0><B=2@6>"},
    {D("A= 1 \nB=\t\n"), "<A=1@0><B=@6>"},
    {D("A=a b  c \n"), "<A=a b  c@0>"},
    {D("A=a # b\nB=a#b\nC=\"x\" # y\nD= # z\nE=#f\n"), "<A=a@0><B=a#b@8><C=x@14><D=@24><E=#f@31>"},
    {D("A=\" x \"\n"), "<A= x @0>"},
    {D("a_1=x\n_=y\n"), "<a_1=x@0><_=y@6>"},
    {D("A==b=\n"), "<A==b=@0>"},
    {D("A=\xc3\xa9\xff\n"), "<A=\xc3\xa9\xff@0>"},
    {D("A=\"x\nB=1\n"), "!0!<B=1@5>"},
    {D("A='x\nB=1\n"), "!0!<B=1@5>"},
    {D("A=\"x\\\"\nB=1\n"), "!0!<B=1@7>"},
    {D("A=\"x\\"), "!0!"},
    {D("A=x\\\nB=1\n"), "!0!<B=1@5>"},
    {D("A=\"x\"y'z\nB=1\n"), "!0!<B=1@9>"},
    {D("novalue\nB=1\n"), "!0!<B=1@8>"},
    {D("=x\nB=1\n"), "!0!<B=1@3>"},
    {D("A =1\n1A=1\nA-B=1\nexport A=1\nB=1\n"), "!0!!5!!10!!16!<B=1@27>"},
    {D("A\xc3\xa9=1\n"), "!0!"},
    {D("A=a\0b\nB=1\n"), "!0!<B=1@6>"},
    {D("A=\"\\\0\"\nB=1\n"), "!0!<B=1@7>"},
};

Test(keyvalue, reads)
{
    struct ia_buf out;
    ia_buf_init(&out, &ia_alloc_libc, 10000);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        char *copy = malloc(rows[i].text.n + 1);
        memcpy(copy, rows[i].text.p, rows[i].text.n);
        copy = realloc(copy, rows[i].text.n ? rows[i].text.n : 1);
        trace((struct ia_str){copy, rows[i].text.n}, &out);
        cr_assert(ia_str_is(ia_buf_view(&out), rows[i].events), "row %zu: %.*s", i, (int)out.n, out.p);
        free(copy);
    }
    trace((struct ia_str){NULL, 0}, &out);
    cr_assert_eq(out.n, 0);
    ia_buf_free(&out);
}

/* The maximum of the buffer is the limit of a value; the following line is read. */
Test(keyvalue, limits_values)
{
    static const size_t lengths[] = {1 << 20, (1 << 20) + 1};
    for (size_t i = 0; i < IA_COUNT(lengths); i++) {
        size_t n = lengths[i] + 2, offset;
        char *text = malloc(n + 5);
        struct ia_keyvalue reader;
        struct ia_buf value;
        struct ia_str key;
        memset(text, 'x', n);
        memcpy(text, "A=", 2);
        memcpy(text + n, "\nB=1\n", 5);
        ia_buf_init(&value, &ia_alloc_libc, 1 << 20);
        ia_keyvalue_init(&reader, (struct ia_str){text, n + 5});
        cr_assert_eq(ia_keyvalue_next(&reader, &key, &value, &offset), i ? IMGA_E_LIMIT : 1, "%zu", lengths[i]);
        cr_assert_eq(offset, 0);
        cr_assert_eq(ia_keyvalue_next(&reader, &key, &value, &offset), 1);
        cr_assert(ia_str_is(key, "B") && ia_str_is(ia_buf_view(&value), "1"));
        cr_assert_eq(ia_keyvalue_next(&reader, &key, &value, &offset), 0);
        ia_buf_free(&value);
        free(text);
    }
}

Test(keyvalue, survives_failing_allocations)
{
    static const char text[] = "A=\"0123456789\"0123456789'0123456789'0123456789012345678901234567890123456789\n";
    int status = IMGA_E_NOMEM;
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        struct test_env t;
        struct ia_keyvalue reader;
        struct ia_buf value;
        struct ia_str key;
        size_t offset;
        test_env_open(&t);
        t.fail_at = n;
        ia_buf_init(&value, &t.env.alloc, 1000);
        ia_keyvalue_init(&reader, ia_str_from(text));
        status = ia_keyvalue_next(&reader, &key, &value, &offset);
        cr_assert(status == IMGA_E_NOMEM || status == 1, "%d", status);
        cr_assert_lt(n, 20);
        ia_buf_free(&value);
        test_env_close(&t);
        cr_assert_eq(t.live, 0);
    }
}
