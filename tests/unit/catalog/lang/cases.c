/* SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

#include <criterion/criterion.h>
#include <stdlib.h>

void check_files(const struct ia_analyser *analyser, const struct file_case *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct test_env t;
        test_env_open(&t);
        char *lines = test_analyse(&t, analyser, rows[i].path, rows[i].content);
        cr_expect(lines, "%s: %s", rows[i].name, t.env.error.message);
        if (lines)
            cr_expect_str_eq(lines, rows[i].lines, "%s:\n%s", rows[i].name, lines);
        cr_expect_eq(t.live, 0, "%s: everything is freed", rows[i].name);
        cr_expect(test_wants(analyser, rows[i].path), "%s: the file is wanted", rows[i].name);
        free(lines);
        test_env_close(&t);
    }
}

void check_hostile(const struct ia_analyser *analyser, const struct file_case *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(test_analyse_hostile(analyser, rows[i].path, rows[i].content), 0, "%s", rows[i].name);
}

static char *analyse_failing(const struct ia_analyser *analyser, const struct file_case *row, size_t fail_at)
{
    struct test_env t;
    test_env_open(&t);
    t.fail_at = fail_at;
    char *lines = test_analyse(&t, analyser, row->path, row->content);
    cr_assert(lines || t.env.error.status == IMGA_E_NOMEM, "%s", row->name);
    cr_assert_eq(t.live, 0, "%s", row->name);
    test_env_close(&t);
    return lines;
}

void check_allocations(const struct ia_analyser *analyser, const struct file_case *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *lines = NULL;
        for (size_t at = 1; !lines; at++)
            lines = analyse_failing(analyser, &rows[i], at);
        cr_expect_str_eq(lines, rows[i].lines, "%s", rows[i].name);
        free(lines);
    }
}

void check_places(const struct ia_analyser *analyser, const struct place_case *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(test_wants(analyser, rows[i].path), rows[i].wanted, "%s", rows[i].path);
}
