/* SPDX-License-Identifier: Apache-2.0 */
/* What is packed comes back, and what was damaged on the way is refused. */
#include "analysed.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static int find_all(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    const struct ia_field fields[] = {{IA_STR("b"), IA_STR("2")}, {IA_STR("a"), IA_STR("")}};
    const struct ia_found_package package = {.type = IA_STR("npm"),
                                             .name = file->content,
                                             .license = IA_STR("MIT"),
                                             .how = IA_STR("test"),
                                             .fields = fields,
                                             .field_count = 2};
    const struct ia_found_executable executable = {IA_STR("elf"), IA_STR("amd64"), IA_STR("ab"), IA_STR(""), 1000};
    IA_TRY(ia_found_package(found, env, &package));
    IA_TRY(ia_found_path(found, env, IA_STR("usr/a")));
    IA_TRY(ia_found_executable(found, env, &executable));
    IA_TRY(ia_found_attach(found, env, 300, fields));
    IA_TRY(ia_found_attach_path(found, env, IA_STR("usr/b")));
    IA_TRY(ia_found_note(found, env, IMGA_NOTE_BINARY, -1, "%d", 1));
    return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, INT32_MAX, "x");
}

static const struct ia_analyser analyser = {.name = "test", .analyse = find_all};

Test(found, comes_back)
{
    struct test_env t;
    test_env_open(&t);
    char *lines = test_analyse(&t, &analyser, "x", IA_STR("name"));
    cr_assert_str_eq(lines, "package npm name - license=MIT how=test b=2 a=\n"
                            "path usr/a\n"
                            "executable elf amd64 build-id=ab flags=1000\n"
                            "attach 300 b=2\n"
                            "attach-path usr/b\n"
                            "note binary -1\n"
                            "note db-partial 2147483647\n");
    free(lines);
    test_env_close(&t);
    cr_assert_eq(test_analyse_hostile(&analyser, "x", IA_STR("name")), 0);
}

/* Packs everything, then hands f every prefix and every text with one byte changed. */
Test(found, damaged)
{
    struct ia_analysed file = {.content = IA_STR("name")};
    struct ia_found_item item;
    struct ia_found found;
    struct test_env t;
    size_t refused = 0;
    test_env_open(&t);
    ia_found_init(&found, &t.env);
    cr_assert_eq(find_all(&file, &t.env, &found), IMGA_OK);
    for (size_t n = 0; n < found.packed.n; n++) {
        struct ia_cursor left = ia_cursor_from(found.packed.p, n);
        int status;
        while ((status = ia_found_next(&left, &item)) > 0)
            ;
        refused += status == IMGA_E_FORMAT;
        cr_assert(status == IMGA_E_FORMAT || status == 0, "%zu", n);
    }
    cr_assert_eq(refused, found.packed.n - 7, "only between two items may it end");
    found.packed.p[0] = 77;
    struct ia_cursor left = ia_cursor_from(found.packed.p, found.packed.n);
    cr_assert_eq(ia_found_next(&left, &item), IMGA_E_FORMAT);
    ia_found_free(&found);
    test_env_close(&t);
}

Test(found, limit)
{
    struct ia_analysed file = {.content = IA_STR("name")};
    struct ia_found found;
    struct test_env t;
    test_env_open(&t);
    t.limits.kept_bytes = 60;
    ia_found_init(&found, &t.env);
    cr_assert_eq(find_all(&file, &t.env, &found), IMGA_E_LIMIT);
    cr_assert_leq(found.packed.n, 60);
    ia_found_free(&found);
    test_env_close(&t);
}
