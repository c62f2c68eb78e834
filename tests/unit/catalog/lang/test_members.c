/* SPDX-License-Identifier: Apache-2.0 */
/* Which values a table picks out of a document, and what is left of a damaged one. */
#include "catalog/lang/members.h"

#include "support.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct ia_buf trace; /* what the records held, a line each */

static void put(struct ia_str text)
{
    cr_assert_eq(ia_buf_str(&trace, text), 0);
}

static int take(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    const struct ia_member_table *table = user;
    (void)env;
    put(record->key);
    put(record->whole ? IA_STR(":") : IA_STR("/"));
    put(record->repeated ? IA_STR("twice") : IA_STR(""));
    for (size_t i = 0; table->paths[i]; i++) {
        struct ia_str text, first = {0};
        for (size_t at = 0, n = 0; ia_member_next(record, i, &at, &text); n++) {
            put(n ? IA_STR(",") : IA_STR(" "));
            put(text);
            if (n == 0)
                first = text;
        }
        cr_assert(ia_str_eq(ia_member(record, i), first));
        if (ia_member_number(record, i).n) {
            put(IA_STR(" #"));
            put(ia_member_number(record, i));
        }
        put(ia_member_true(record, i) ? IA_STR(" yes") : IA_STR(""));
    }
    put(IA_STR("\n"));
    return IMGA_OK;
}

static const char *const plain[] = {"name", "license", "license.type", "licenses[].type", "author.name", "on", NULL};
static const char *const lists[] = {"a[]", "b[][]", "c{}", "d.e.f", NULL};

static const struct ia_member_table document = {"", plain, false, take};
static const struct ia_member_table listed = {"", lists, false, take};
static const struct ia_member_table elements = {"[]", plain, false, take};
static const struct ia_member_table packages = {"packages[]", plain, false, take};
static const struct ia_member_table libraries = {"libraries{}", plain, false, take};
static const struct ia_member_table deep = {"targets{}{}", plain, false, take};
static const struct ia_member_table nested = {"components[]", plain, true, take};

static const struct row {
    const char *name;
    const struct ia_member_table *table;
    const char *document;
    const char *records;
    int any;
    int notes;
} rows[] = {
    {"scalars", &document, "{\"name\":\"a\",\"on\":true,\"author\":{\"name\":\"b\",\"x\":[{}]}}", ": a b yes\n", 1, 0},
    {"a number is no string", &document, "{\"name\":12.5,\"on\":false}", ": #12.5\n", 1, 0},
    {"null is nothing", &document, "{\"name\":null,\"author\":null}", ":\n", 1, 0},
    {"an object where a string may be", &document, "{\"license\":{\"type\":\"MIT\"}}", ": MIT\n", 1, 0},
    {"a list of objects", &document, "{\"licenses\":[{\"url\":1,\"type\":\"X\"},7,{\"type\":\"Y\"}]}", ": X,Y\n", 1, 0},
    {"names with dots are other names", &document, "{\"license.type\":\"no\",\"licenses[]\":{\"type\":\"no\"}}", ":\n",
     1, 0},
    {"a name that begins like another", &document, "{\"nam\":\"no\",\"names\":\"no\",\"\":\"no\"}", ":\n", 1, 0},
    {"the last of two counts", &document, "{\"name\":\"a\",\"name\":\"b\"}", ":twice b\n", 1, 0},
    {"also of another type", &document, "{\"license\":{\"type\":\"a\"},\"license\":\"b\",\"name\":\"c\",\"name\":{}}",
     ":twice b\n", 1, 0},
    {"escapes", &document, "{\"n\\u0061me\":\"\\u00e9\\u0000x\"}", ": \xc3\xa9\xef\xbf\xbdx\n", 1, 0},
    {"a byte order mark", &document, "\xef\xbb\xbf{\"name\":\"a\"}", ": a\n", 1, 0},
    {"invalid UTF-8", &document, "{\"name\":\"a\xff\"}", ": a\xef\xbf\xbd\n", 1, 0},
    {"arrays of arrays, any member, paths", &listed,
     "{\"a\":[\"1\",\"2\",[\"no\"]],\"b\":[[\"3\"],[],[\"4\",\"5\"]],\"c\":{\"x.y\":\"6\",\"z\":\"7\"},"
     "\"d\":{\"e\":{\"f\":\"8\"},\"f\":\"no\"}}",
     ": 1,2 3,4,5 6,7 8\n", 1, 0},
    {"elements", &elements, "[{\"name\":\"a\"},null,1,\"x\",[{\"name\":\"no\"}],{\"name\":\"b\"}]", ": a\n: b\n", 1, 0},
    {"packages", &packages, "{\"name\":\"no\",\"packages\":[{\"name\":\"a\"},{}]}", ": a\n:\n", 1, 0},
    {"libraries", &libraries, "{\"libraries\":{\"A.B/1\":{\"name\":\"a\"},\"\":{},\"c\":7}}", "A.B/1: a\n:\n", 1, 0},
    {"two levels of keys", &deep, "{\"targets\":{\"net6\":{\"x\":{\"name\":\"a\"}}}}", "x: a\n", 1, 0},
    {"records inside of records", &nested,
     "{\"components\":[{\"components\":[{\"name\":\"in\",\"components\":[{\"name\":\"deep\"}]}],\"name\":\"out\"}]}",
     ": deep\n: in\n: out\n", 1, 0},
    {"no records inside where none are wanted", &packages, "{\"packages\":[{\"packages\":[{\"name\":\"no\"}]}]}", ":\n",
     1, 0},
    {"no record", &packages, "{\"other\":[{}]}", "", 0, 0},
    {"not an object", &document, "[{\"name\":\"no\"}]", "", 0, 1},
    {"null for a document", &document, "null", "", 0, 1},
    {"empty", &document, "", "", 0, 1},
    {"empty for packages", &packages, " ", "", 0, 1},
    {"cut in a string", &document, "{\"name\":\"a\",\"license\":\"b", "/ a\n", 1, 1},
    {"cut between records", &elements, "[{\"name\":\"a\"},", ": a\n", 1, 1},
    {"cut inside of both records", &nested, "{\"components\":[{\"name\":\"a\",\"components\":[{\"name\":\"b\"",
     "/ b\n/ a\n", 1, 1},
    {"trailing data", &document, "{\"name\":\"a\"} x", ": a\n", 1, 1},
    {"a lone surrogate", &document, "{\"name\":\"a\",\"x\":\"\\ud800\"}", "/ a\n", 1, 1},
};

/* ia_members_read() with the trace cleared; the notes that it made in *notes. */
static int read_row(struct test_env *t, const struct row *row, int *notes, int64_t *offset)
{
    struct ia_found found;
    struct ia_found_item item;
    ia_buf_clear(&trace);
    ia_found_init(&found, &t->env);
    int any = ia_members_read(&t->env, ia_str_from(row->document), row->table, (void *)row->table, &found);
    struct ia_cursor left = ia_cursor_from(found.packed.p, found.packed.n);
    for (*notes = 0; ia_found_next(&left, &item) > 0; ++*notes) {
        cr_assert_eq(item.kind, IA_FOUND_NOTE);
        cr_assert_eq(item.code, IMGA_NOTE_DB_PARTIAL);
        *offset = item.offset;
    }
    ia_found_free(&found);
    return any;
}

Test(members, tables)
{
    ia_buf_init(&trace, &ia_alloc_libc, 1 << 20);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct test_env t;
        int64_t offset = -1;
        int notes = 0;
        test_env_open(&t);
        int any = read_row(&t, &rows[i], &notes, &offset);
        struct ia_str expected = ia_str_from(rows[i].records);
        cr_expect_eq(any, rows[i].any, "%s: %d", rows[i].name, any);
        cr_expect(ia_str_eq(ia_buf_view(&trace), expected), "%s: %.*s", rows[i].name, (int)trace.n, trace.p);
        cr_expect_eq(notes, rows[i].notes, "%s: %d notes", rows[i].name, notes);
        cr_expect_eq(t.env.error.status, IMGA_OK, "%s", rows[i].name);
        cr_expect_eq(t.live, 0, "%s", rows[i].name);
        test_env_close(&t);
    }
    ia_buf_free(&trace);
}

static int take_named(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    (void)env;
    for (size_t i = 0; plain[i]; i++)
        ((char *)user)[i] = ia_member_named(record, i) ? '+' : '-';
    return IMGA_OK;
}

Test(members, that_are_there)
{
    static const struct ia_member_table table = {"", plain, false, take_named};
    char named[IA_COUNT(plain)] = "";
    struct test_env t;
    test_env_open(&t);
    cr_expect_eq(ia_members_read(&t.env, IA_STR("{\"name\":null,\"license\":{\"x\":1},\"author\":{\"name\":7}}"),
                                 &table, named, NULL),
                 1);
    cr_expect_str_eq(named, "++--+-");
    test_env_close(&t);
}

Test(members, offsets_of_damage)
{
    static const struct row marked = {"", &document, "\xef\xbb\xbf{\"name\" 1}", "", 1, 1};
    static const struct row bare = {"", &document, "{\"name\" 1}", "", 1, 1};
    static const struct row repaired = {"", &document, "{\"x\":\"\xff\",\"name\" 1}", "", 1, 1};
    const struct row *all[] = {&bare, &marked, &repaired};
    const int64_t offsets[] = {8, 11, -1};
    struct test_env t;
    ia_buf_init(&trace, &ia_alloc_libc, 1 << 20);
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(all); i++) {
        int64_t offset = -2;
        int notes;
        cr_expect_eq(read_row(&t, all[i], &notes, &offset), 1);
        cr_expect_eq(offset, offsets[i], "%zu: %lld", i, (long long)offset);
    }
    test_env_close(&t);
    ia_buf_free(&trace);
}

Test(members, every_failed_allocation)
{
    ia_buf_init(&trace, &ia_alloc_libc, 1 << 20);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        int any = IMGA_E_NOMEM, notes;
        for (size_t at = 1; any == IMGA_E_NOMEM; at++) {
            struct test_env t;
            int64_t offset;
            test_env_open(&t);
            t.fail_at = at;
            any = read_row(&t, &rows[i], &notes, &offset);
            cr_expect(any == IMGA_E_NOMEM || any == rows[i].any || notes < rows[i].notes, "%s", rows[i].name);
            cr_expect_eq(t.live, 0, "%s", rows[i].name);
            test_env_close(&t);
        }
        cr_expect_eq(any, rows[i].any, "%s", rows[i].name);
    }
    ia_buf_free(&trace);
}

static int refuse(void *user, struct ia_env *env, const struct ia_member_record *record)
{
    (void)record;
    ++*(int *)user;
    return ia_fail(env, IMGA_E_LIMIT, -1, "enough");
}

Test(members, what_take_answers_ends_the_reading)
{
    static const struct ia_member_table table = {"[]", plain, false, refuse};
    struct test_env t;
    int calls = 0;
    test_env_open(&t);
    cr_expect_eq(ia_members_read(&t.env, IA_STR("[{},{}]"), &table, &calls, NULL), IMGA_E_LIMIT);
    cr_expect_eq(calls, 1);
    cr_expect_str_eq(t.env.error.message, "enough");
    test_env_reset(&t);
    calls = 0;
    cr_expect_eq(ia_members_read(&t.env, IA_STR("[{"), &table, &calls, NULL), IMGA_E_LIMIT, "also of a damaged one");
    cr_expect_eq(calls, 1);
    test_env_close(&t);
}

Test(members, limit_of_values)
{
    static const struct row at = {"", &listed, "{\"a\":[\"1\",\"2\",\"3\"]}", "", 1, 0};
    static const struct row over = {"", &listed, "{\"a\":[\"1\",\"2\",\"3\",\"4\"]}", "", 1, 1};
    struct test_env t;
    int64_t offset;
    int notes;
    ia_buf_init(&trace, &ia_alloc_libc, 1 << 20);
    test_env_open(&t);
    t.limits.package_files = 3;
    cr_expect_eq(read_row(&t, &at, &notes, &offset), 1);
    cr_expect_eq(notes, 0);
    cr_expect(ia_str_is(ia_buf_view(&trace), ": 1,2,3\n"));
    cr_expect_eq(read_row(&t, &over, &notes, &offset), 1);
    cr_expect_eq(notes, 1);
    cr_expect(ia_str_is(ia_buf_view(&trace), "/ 1,2,3\n"));
    test_env_close(&t);
    ia_buf_free(&trace);
}

Test(members, limits_of_the_reader_are_damage)
{
    static const struct row deeper = {"", &document, "{\"name\":\"a\",\"x\":[[[[]]]]}", "", 1, 1};
    static const struct row longer = {"", &document, "{\"name\":\"a\",\"x\":\"0123456789\"}", "", 1, 1};
    struct test_env t;
    int64_t offset;
    int notes;
    ia_buf_init(&trace, &ia_alloc_libc, 1 << 20);
    test_env_open(&t);
    t.limits.json_depth = 4;
    t.limits.string_bytes = 9;
    cr_expect_eq(read_row(&t, &deeper, &notes, &offset), 1);
    cr_expect_eq(notes, 1);
    cr_expect_eq(read_row(&t, &longer, &notes, &offset), 1);
    cr_expect_eq(notes, 1);
    cr_expect(ia_str_is(ia_buf_view(&trace), "/ a\n"));
    test_env_close(&t);
    ia_buf_free(&trace);
}
