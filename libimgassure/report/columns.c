/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of escaped text. A cell shows at most SHOWN characters of a text; what is cut ends in '>'. */
#include "report/columns.h"

#include "base/utf8.h"

enum { GAP = 2, NARROWEST = 8, SHOWN = 400, CELL_MAX = 12 * SHOWN, CELLS_MAX = 100000000 };

static size_t count_chars(struct ia_str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++)
        n += ((unsigned char)text.p[i] & 0xc0) != 0x80;
    return n;
}

/* The first count characters. */
static struct ia_str first_chars(struct ia_str text, size_t count)
{
    size_t i = 0;
    for (; i < text.n; i++)
        if (((unsigned char)text.p[i] & 0xc0) != 0x80 && count-- == 0)
            break;
    return ia_str_sub(text, 0, i);
}

int ia_columns_cell(struct ia_columns *columns, const char *text)
{
    struct ia_buf buf;
    size_t column = columns->cells.n % columns->count;
    struct ia_str all = ia_str_from(text), shown = first_chars(all, SHOWN);
    ia_buf_init(&buf, &columns->env->alloc, CELL_MAX);
    int status = ia_utf8_escape(&buf, shown);
    if (status == IMGA_OK && shown.n < all.n)
        status = ia_buf_char(&buf, '>');
    const char *copy = status == IMGA_E_NOMEM ? NULL : ia_arena_str(&columns->arena, ia_buf_view(&buf));
    ia_buf_free(&buf);
    if (!copy || ia_vec_push(&columns->cells, &copy) < 0)
        return ia_fail_nomem(columns->env);
    size_t width = count_chars(ia_str_from(copy));
    if (width > columns->width[column])
        columns->width[column] = width;
    return IMGA_OK;
}

int ia_columns_init(struct ia_columns *columns, struct ia_env *env, const char *const *headings, size_t count)
{
    *columns = (struct ia_columns){.env = env, .count = count};
    ia_arena_init(&columns->arena, &env->alloc);
    ia_vec_init(&columns->cells, &env->alloc, sizeof(const char *), CELLS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct ia_str heading = ia_str_from(headings[i]);
        columns->gives_way[i] = ia_str_ends(heading, IA_STR("~"));
        const char *shown = ia_arena_str(&columns->arena, ia_str_sub(heading, 0, heading.n - columns->gives_way[i]));
        if (!shown)
            return ia_fail_nomem(env);
        IA_TRY(ia_columns_cell(columns, shown));
    }
    return IMGA_OK;
}

void ia_columns_free(struct ia_columns *columns)
{
    ia_vec_free(&columns->cells);
    ia_arena_free(&columns->arena);
}

static size_t widest_that_gives_way(const struct ia_columns *columns)
{
    size_t widest = columns->count;
    for (size_t i = 0; i < columns->count; i++)
        if (columns->gives_way[i] && columns->width[i] > NARROWEST &&
            (widest == columns->count || columns->width[i] > columns->width[widest]))
            widest = i;
    return widest;
}

static void fit(struct ia_columns *columns, size_t terminal)
{
    size_t total = (columns->count - 1) * GAP;
    for (size_t i = 0; i < columns->count; i++)
        total += columns->width[i];
    while (total > terminal) {
        size_t widest = widest_that_gives_way(columns);
        if (widest == columns->count)
            return;
        columns->width[widest]--;
        total--;
    }
}

static int write_cell(const struct ia_columns *columns, size_t index, struct ia_buf *out)
{
    size_t column = index % columns->count;
    struct ia_str text = ia_str_from(*(const char *const *)ia_vec_at(&columns->cells, index));
    size_t width = columns->width[column], used = count_chars(text);
    if (used > width) {
        IA_TRY(ia_buf_str(out, first_chars(text, width - 1)));
        IA_TRY(ia_buf_char(out, '>'));
        used = width;
    } else {
        IA_TRY(ia_buf_str(out, text));
    }
    if (column + 1 == columns->count)
        return ia_buf_char(out, '\n');
    for (size_t i = used; i < width + GAP; i++)
        IA_TRY(ia_buf_char(out, ' '));
    return IMGA_OK;
}

int ia_columns_write(struct ia_columns *columns, size_t terminal, struct ia_buf *out)
{
    if (columns->cells.n <= columns->count)
        return IMGA_OK;
    fit(columns, terminal);
    for (size_t i = 0; i < columns->cells.n; i++)
        IA_TRY(write_cell(columns, i, out));
    return IMGA_OK;
}
