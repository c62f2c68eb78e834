/* SPDX-License-Identifier: Apache-2.0 */
/* Columns: widths, what gives way, what is cut, what is escaped. */
#include "report/columns.h"
#include "support.h"

#include <criterion/criterion.h>
#include <string.h>

struct row {
    const char *name;
    size_t terminal;
    const char *headings[3];
    const char *cells[7]; /* up to NULL */
    const char *written;
};

static const struct row rows[] = {
    {"no rows", 80, {"A", "B", "C"}, {NULL}, ""},
    {"widths of the longest",
     80,
     {"A", "B~", "LAST"},
     {"one", "2", "3", "x", "", "long last"},
     "A    B  LAST\none  2  3\nx       long last\n"},
    {"exactly the terminal",
     19,
     {"A~", "B", "C"},
     {"123456789012", "b", "c"},
     "A             B  C\n123456789012  b  c\n"},
    {"one too many", 17, {"A~", "B", "C"}, {"123456789012", "b", "c"}, "A            B  C\n1234567890>  b  c\n"},
    {"what may not give way",
     5,
     {"A", "B", "C"},
     {"123456789012", "b", "c"},
     "A             B  C\n123456789012  b  c\n"},
    {"never below eight", 1, {"A~", "B", "C"}, {"123456789012", "b", "c"}, "A         B  C\n1234567>  b  c\n"},
    {"the widest gives way first",
     26,
     {"A~", "B~", "C"},
     {"1234567890", "12345678901234", "c"},
     "A           B            C\n1234567890  1234567890>  c\n"},
    {"characters, not bytes",
     80,
     {"A", "B", "C"},
     {"\xc3\xa4\xc3\xb6", "b", "c"},
     "A   B  C\n\xc3\xa4\xc3\xb6  b  c\n"},
    {"cut between characters",
     15,
     {"A~", "B", "C"},
     {"\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
      "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac",
      "b", "c"},
     "A          B  "
     "C\n\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac>  b  c\n"},
    {"controls",
     80,
     {"A", "B", "C"},
     {"a\nb", "\033[2J", "\xe2\x80\xae"},
     "A        B          C\na\\u{a}b  \\u{1b}[2J  \\u{202e}\n"},
    {"invalid UTF-8",
     80,
     {"A", "B", "C"},
     {"\xff"
      "a",
      "\xc3", "c"},
     "A   B  C\n\xef\xbf\xbd"
     "a  \xef\xbf\xbd  c\n"},
};

static void write_row(const struct row *row)
{
    struct test_env t;
    struct ia_columns columns;
    struct ia_buf out;
    test_env_open(&t);
    ia_buf_init(&out, &t.env.alloc, 65536);
    cr_assert_eq(ia_columns_init(&columns, &t.env, row->headings, 3), IMGA_OK);
    for (size_t i = 0; row->cells[i]; i++)
        cr_assert_eq(ia_columns_cell(&columns, row->cells[i]), IMGA_OK);
    cr_assert_eq(ia_columns_write(&columns, row->terminal, &out), IMGA_OK);
    cr_assert_eq(ia_buf_char(&out, '\0'), IMGA_OK);
    cr_expect_str_eq(out.p, row->written, "%s:\n%s", row->name, out.p);
    ia_columns_free(&columns);
    ia_buf_free(&out);
    test_env_close(&t);
    cr_expect_eq(t.live, 0, "%s: leaks", row->name);
}

Test(columns, rows)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        write_row(&rows[i]);
}

/* A text of any length takes bounded room, and says that it was cut. */
Test(columns, long_texts)
{
    static const char *const headings[] = {"A"};
    static const struct {
        const char *piece;
        size_t shown; /* characters of one piece */
    } pieces[] = {{"x", 1}, {"\xc3\xa4", 1}, {"\033", 6}, {"\xf3\xa0\x80\x81", 1}, {"\xff", 1}};
    for (size_t i = 0; i < IA_COUNT(pieces); i++) {
        char text[20001] = "";
        struct test_env t;
        struct ia_columns columns;
        struct ia_buf out;
        size_t length = strlen(pieces[i].piece);
        for (size_t n = 0; n + length < sizeof(text); n += length)
            memcpy(text + n, pieces[i].piece, length);
        test_env_open(&t);
        ia_buf_init(&out, &t.env.alloc, 65536);
        cr_assert_eq(ia_columns_init(&columns, &t.env, headings, 1), IMGA_OK);
        cr_assert_eq(ia_columns_cell(&columns, text), IMGA_OK);
        cr_assert_eq(ia_columns_write(&columns, 100, &out), IMGA_OK);
        cr_expect_leq(out.n, 5000, "%zu: %zu bytes", i, out.n);
        cr_expect_eq(memcmp(out.p + out.n - 2, ">\n", 2), 0, "%zu: the cut shows", i);
        ia_columns_free(&columns);
        ia_buf_free(&out);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}
