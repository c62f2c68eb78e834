/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"
#include "syntax/deb822.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define D(literal)                                                                                                     \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }

/* <name=value@offset> for a field, | for the end of a paragraph, !line@offset! for a bad line. */
static void trace(struct ia_str text, struct ia_buf *out)
{
    struct ia_deb822 reader;
    struct ia_deb822_field field;
    enum ia_deb822_event event;
    char line[200];
    ia_buf_clear(out);
    ia_deb822_init(&reader, text);
    while ((event = ia_deb822_next(&reader, &field)) != IA_DEB822_END) {
        if (event == IA_DEB822_FIELD)
            snprintf(line, sizeof(line), "<%.*s=%.*s@%zu>", (int)field.name.n, field.name.p, (int)field.value.n,
                     field.value.p, field.offset);
        else if (event == IA_DEB822_BAD)
            snprintf(line, sizeof(line), "!%.*s@%zu!", (int)field.value.n, field.value.p, field.offset);
        else
            snprintf(line, sizeof(line), "|");
        cr_assert_eq(ia_buf_text(out, line), IMGA_OK);
        cr_assert_lt(out->n, 2000);
    }
    cr_assert_eq(ia_deb822_next(&reader, &field), IA_DEB822_END, "the end repeats");
}

static const struct {
    struct ia_str text;
    const char *events;
} rows[] = {
    {D(""), ""},
    {D("\n\n \t\n\r\n"), ""},
    {D("A: 1\n"), "<A=1@0>|"},
    {D("A: 1"), "<A=1@0>|"},
    {D("A:1\nB:  2  \n"), "<A=1@0><B=2@4>|"},
    {D("A:\nB: :x:\n"), "<A=@0><B=:x:@3>|"},
    {D("A: 1\n\nB: 2\n"), "<A=1@0>|<B=2@6>|"},
    {D("\n\nA: 1\n\n\n\nB: 2\n\n\n"), "<A=1@2>|<B=2@10>|"},
    {D("A: 1\n \t \nB: 2\n"), "<A=1@0>|<B=2@9>|"},
    {D("A: 1\r\nB: 2\r\n\r\nC: 3\r\n"), "<A=1@0><B=2@6>|<C=3@14>|"},
    {D("D: short\n long\n .\n\tmore\nE: 1\n"), "<D=short\n long\n .\n\tmore@0><E=1@24>|"},
    {D("Conffiles:\n /etc/a 00\n /etc/b 11\n"), "<Conffiles=/etc/a 00\n /etc/b 11@0>|"},
    {D("A: 1\n x"), "<A=1\n x@0>|"},
    {D(" lost\nA: 1\n"), "! lost@0!<A=1@6>|"},
    {D("A: 1\n\n lost\nB: 2\n"), "<A=1@0>|! lost@6!<B=2@12>|"},
    {D("A: 1\ngarbage\nB: 2\n"), "<A=1@0>!garbage@5!<B=2@13>|"},
    {D("garbage\n\nmore\n"), "!garbage@0!!more@9!"},
    {D("garbage\n after\nA: 1\n"), "!garbage@0!! after@8!<A=1@15>|"},
    {D(": 1\n"), "!: 1@0!"},
    {D("#A: 1\n"), "!#A: 1@0!"},
    {D("-A: 1\n"), "!-A: 1@0!"},
    {D("A#-: 1\n"), "<A#-=1@0>|"},
    {D("A B: 1\n"), "!A B: 1@0!"},
    {D("A : 1\n"), "!A : 1@0!"},
    {D("A\xc3\xa9: 1\n"), "!A\xc3\xa9: 1@0!"},
    {D("A\x7f: 1\n"), "!A\x7f: 1@0!"},
    {D("A\n"), "!A@0!"},
    {D("A: 1\r\r\n"), "<A=1@0>|"},
    {D("A: \xff\xfe\n"), "<A=\xff\xfe@0>|"},
    {D("A: 1\nA: 2\n"), "<A=1@0><A=2@5>|"},
};

Test(deb822, reads)
{
    struct ia_buf out;
    ia_buf_init(&out, &ia_alloc_libc, 10000);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        /* An exact allocation, so that a sanitizer sees a read past the end. */
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

Test(deb822, keeps_nul_and_long_lines)
{
    struct ia_deb822 reader;
    struct ia_deb822_field field;
    size_t n = 8 << 20;
    char *text = malloc(n);
    memset(text, ' ', n);
    memcpy(text, "A:\0", 3);
    for (size_t i = 100; i < n; i += 2)
        text[i] = '\n';
    for (size_t i = 101; i + 1 < n; i += 2)
        text[i] = ' ';
    text[n - 1] = 'x';
    ia_deb822_init(&reader, (struct ia_str){text, n});
    cr_assert_eq(ia_deb822_next(&reader, &field), IA_DEB822_FIELD);
    cr_assert_eq(field.value.n, 1);
    cr_assert_eq(field.value.p[0], '\0');
    cr_assert_eq(ia_deb822_next(&reader, &field), IA_DEB822_PARAGRAPH);
    cr_assert_eq(ia_deb822_next(&reader, &field), IA_DEB822_BAD, "the last line");
    cr_assert_eq(ia_deb822_next(&reader, &field), IA_DEB822_END);
    free(text);
}
