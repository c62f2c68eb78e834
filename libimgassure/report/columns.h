/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text in columns for people. Cells are escaped when they are added, so nothing reaches the terminal raw; widths count
 * code points; the columns marked so give way, longest first, when the line is wider than the terminal.
 */
#ifndef IA_REPORT_COLUMNS_H
#define IA_REPORT_COLUMNS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/env.h"
#include "base/reader.h"
#include "base/vec.h"

enum { IA_COLUMNS_MAX = 8 };

struct ia_columns {
    struct ia_env *env;
    struct ia_arena arena;
    struct ia_vec cells; /* const char *, row by row */
    size_t count;        /* of columns */
    size_t width[IA_COLUMNS_MAX];
    bool gives_way[IA_COLUMNS_MAX];
};

/* headings: count texts; one that ends in '~' names a column that gives way (the '~' is not shown). */
int ia_columns_init(struct ia_columns *columns, struct ia_env *env, const char *const *headings, size_t count);
void ia_columns_free(struct ia_columns *columns);                  /* a zeroed one is fine */
int ia_columns_cell(struct ia_columns *columns, const char *text); /* the next cell of the row */
/* Headings and rows, two blanks between columns. Nothing when there are no rows. */
int ia_columns_write(struct ia_columns *columns, size_t terminal, struct ia_buf *out);

#endif
