/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"
#include "syntax/yaml_read.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define D(literal)                                                                                                     \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }

static void add(struct ia_buf *out, const char *text)
{
    cr_assert_eq(ia_buf_text(out, text), IMGA_OK);
}

/* {key: value ...} [value ...] plain 'quoted'; the tests' own trees are shallow, so recursion is fine here. */
static void draw(const struct ia_yaml *node, struct ia_buf *out)
{
    size_t count = 0;
    if (node->kind == IA_YAML_SCALAR) {
        cr_assert_eq(node->items, NULL);
        add(out, node->plain ? "" : "'");
        add(out, node->text);
        add(out, node->plain ? "" : "'");
        return;
    }
    cr_assert_eq(node->text, NULL);
    add(out, node->kind == IA_YAML_MAPPING ? "{" : "[");
    for (const struct ia_yaml *item = node->items; item; item = item->next, count++) {
        add(out, count ? " " : "");
        cr_assert_eq(item->key != NULL, node->kind == IA_YAML_MAPPING);
        if (item->key) {
            add(out, item->key);
            add(out, ": ");
        }
        draw(item, out);
    }
    cr_assert_eq(count, node->count);
    add(out, node->kind == IA_YAML_MAPPING ? "}" : "]");
}

static const struct {
    struct ia_str text;
    const char *tree;
} accepted[] = {
    {D("a: 1\n"), "{a: 1}"},
    {D("a: 1"), "{a: 1}"},
    {D("a: 1\r\nb: 2\r\n"), "{a: 1 b: 2}"},
    {D("# c\na: 1 # d\n\nb: 2\n"), "{a: 1 b: 2}"},
    {D("---\na: 1\n...\n"), "{a: 1}"},
    {D("--- a\n"), "a"},
    {D("a:\n  b:\n    c: 1\n"), "{a: {b: {c: 1}}}"},
    {D("- 1\n- 2\n"), "[1 2]"},
    {D("a:\n- 1\n- b: 2\n  c: 3\n"), "{a: [1 {b: 2 c: 3}]}"},
    {D("a:\nb: ~\nc: ''\n"), "{a:  b: ~ c: ''}"},
    {D("a: {b: [1, 2], c: {}}\nd: []\n"), "{a: {b: [1 2] c: {}} d: []}"},
    {D("a: 'it''s'\nb: \"x\\ty\\u00e9\\U0001F600\"\n"), "{a: 'it's' b: 'x\ty\xc3\xa9\xf0\x9f\x98\x80'}"},
    {D("a: |\n  l1\n  l2\nb: >-\n  f1\n  f2\n"), "{a: 'l1\nl2\n' b: 'f1 f2'}"},
    {D("no: yes\n012: 1.5\n2026-01-01: null\n"), "{no: yes 012: 1.5 2026-01-01: null}"},
    {D("a: \xc3\xa9\xe2\x82\xac\n"), "{a: \xc3\xa9\xe2\x82\xac}"},
    {D("a: x\xe2\x80\x8dy\n"), "{a: x\xe2\x80\x8dy}"},
    {D("a: \"\\u202e\\u0001\"\n"), "{a: '\xe2\x80\xae\x01'}"},
    {D("a: b # <<\nc: <<\n"), "{a: b c: <<}"},
    {D("a: one\ttwo\t# c\n"), "{a: one\ttwo}"},
    {D("? a\n: b\n"), "{a: b}"},
    {D("{}"), "{}"},
    {D("[]"), "[]"},
    {D("\"\""), "''"},
    {D("{\"a\":1,\"b\":[true,null,-1.5e3],\"c\":{\"d\":\"e\\/\\n\"}}"), "{a: 1 b: [true null -1.5e3] c: {d: 'e/\n'}}"},
    {D("{\n\t\"a\": 1,\n\t\"b\": [\n\t\t\"x\"\n\t]\n}\n"), "{a: 1 b: ['x']}"},
    {D("{\n\t\"a\": 1\n}\n"), "{a: 1}"},
    {D("a: {\n\t\tb: 'x'\n\t}\nc: 2\n"), "{a: {b: 'x'} c: 2}"},
    {D("x: {a: 1}\ny: {a: 1}\n"), "{x: {a: 1} y: {a: 1}}"},
    {D("\"\": 1\n"), "{: 1}"},
};

Test(yaml_read, accepts)
{
    struct test_env t;
    struct ia_buf out;
    test_env_open(&t);
    ia_buf_init(&out, &ia_alloc_libc, 10000);
    for (size_t i = 0; i < IA_COUNT(accepted); i++) {
        struct ia_arena arena;
        const struct ia_yaml *root = NULL;
        char *copy = malloc(accepted[i].text.n);
        memcpy(copy, accepted[i].text.p, accepted[i].text.n);
        ia_arena_init(&arena, &t.env.alloc);
        ia_buf_clear(&out);
        int status = ia_yaml_read(&t.env, &arena, (struct ia_str){copy, accepted[i].text.n}, &root);
        cr_assert_eq(status, IMGA_OK, "row %zu: %s", i, t.env.error.message);
        free(copy);
        draw(root, &out);
        cr_assert(ia_str_is(ia_buf_view(&out), accepted[i].tree), "row %zu: %.*s", i, (int)out.n, out.p);
        ia_arena_free(&arena);
    }
    ia_buf_free(&out);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

static const struct {
    struct ia_str text;
    int64_t offset;
    const char *words; /* in the message */
} refused[] = {
    {D(""), 0, "line 1, column 1: the YAML document is empty"},
    {D("\n\n"), 0, "empty"},
    {D("# only a comment\n"), 0, "empty"},
    {D("---\n"), 0, "empty"},
    {D("---\n...\n"), 0, "empty"},
    {D("a: &x 1\n"), 3, "line 1, column 4: anchors"},
    {D("a: &x [1]\n"), 3, "anchors"},
    {D("a: &x {b: 1}\n"), 3, "anchors"},
    {D("&x a: 1\n"), 0, "anchors"},
    {D("b: 1\na: *x\n"), 8, "line 2, column 4: aliases"},
    {D("*x : 1\n"), 0, "aliases"},
    {D("a: !!str 1\n"), 3, "tags"},
    {D("a: !x 1\n"), 3, "tags"},
    {D("a: ! 1\n"), 3, "tags"},
    {D("a: !!map {}\n"), 3, "tags"},
    {D("- !!seq []\n"), 2, "tags"},
    {D("!!binary a: 1\n"), 0, "tags"},
    {D("<<: {a: 1}\n"), 0, "merge keys"},
    {D("a: {<<: 1}\n"), 4, "merge keys"},
    {D("a: 1\nb: 2\na: 3\n"), 10, "line 3, column 1: the key 'a' is already on line 1"},
    {D("a: 1\n\"a\": 2\n"), 5, "the key 'a' is already on line 1"},
    {D("x: {\"k\": 1, k: 2}\n"), 12, "the key 'k' is already on line 1"},
    {D("{\"a\":1,\"a\":2}"), 7, "the key 'a'"},
    {D("a: 1\n---\nb: 2\n"), 5, "a second document"},
    {D("a: 1\n...\n---\nb\n"), 9, "a second document"},
    {D("%YAML 1.1\n---\na: 1\n"), 0, "directives"},
    {D("%TAG ! tag:x,2000:\n---\na: 1\n"), 0, "directives"},
    {D("[a, b]: 1\n"), 0, "a key must be a text"},
    {D("{a: 1}: 1\n"), 0, "a key must be a text"},
    {D("? - a\n: 1\n"), 2, "a key must be a text"},
    {D("a:\n\tb: 1\n"), -2, "line 2, column 1"},
    {D("a:\n  b: 1\n \tc: 2\n"), -2, "line 3"},
    {D("a: |\n  \tx\n"), -2, "line 2, column 3: "},
    {D("a: 1\n\t\nb: 2\n"), -2, "line 2, column 1"},
    {D("a: {\n\tb: 1}\n\t# c\nd: 1\n"), -2, "line 3, column 1"},
    {D("a: |\n  x\n  \ty\n"), 11, "line 3, column 3: a tab in the indentation"},
    {D("a: \"x\n\ty\"\n"), 6, "line 2, column 1: a tab in the indentation"},
    {D("a: x\0\n"), 4, "line 1, column 5: a control"},
    {D("a: \x1b[31m\n"), 3, "a control"},
    {D("a: \x7f\n"), 3, "a control"},
    {D("\xef\xbb\xbf"
       "a: 1\n"),
     0, "a control"},
    {D("a: \xe2\x80\xae\n"), 3, "bidirectional"},
    {D("a: \xc2\x85"
       "b\n"),
     3, "a control"},
    {D("a: \xe2\x80\xa8"
       "b\n"),
     3, "a control"},
    {D("a: 1\n\xc3\xa9: \xff\n"), 9, "line 2, column 4: invalid UTF-8"},
    {D("\xff\xfe"
       "a\0:\0"),
     0, "invalid UTF-8"},
    {D("a: \"\\0\"\n"), 3, "U+0000"},
    {D("\"\\0\": 1\n"), 0, "U+0000"},
    {D("a: \"\\ud800\"\n"), -2, "not well-formed YAML"},
    {D("a: \"\\q\"\n"), -2, "unknown escape"},
    {D("a: [1, 2\n"), -2, "not well-formed YAML"},
    {D("a: {b: 1\n"), -2, "not well-formed YAML"},
    {D("a: 1]\nb: }\n"), -2, "not well-formed YAML"},
    {D("a: \"x\n"), -2, "not well-formed YAML"},
    {D("a: b: c\n"), -2, "line 1, column 5: not well-formed YAML"},
    {D("a: 1\n b: 2\n"), -2, "line 2"},
    {D("a:\n    b: 1\n  c: 2\n"), -2, "line 3"},
    {D("- a\nb: 1\n"), -2, "line 2, column 1"},
    {D("a: @x\n"), 3, "not well-formed YAML"},
    {D("a: `x\n"), 3, "not well-formed YAML"},
    {D("\xc3\xa9\xc3\xa9: @\n"), 6, "line 1, column 5"},
};

Test(yaml_read, refuses)
{
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(refused); i++) {
        struct ia_arena arena;
        const struct ia_yaml *root = NULL;
        test_env_reset(&t);
        ia_arena_init(&arena, &t.env.alloc);
        int status = ia_yaml_read(&t.env, &arena, refused[i].text, &root);
        cr_assert_eq(status, IMGA_E_FORMAT, "row %zu %s: %d", i, refused[i].text.p, status);
        cr_assert_eq(root, NULL);
        cr_assert(strstr(t.env.error.message, refused[i].words), "row %zu %s: %s", i, refused[i].text.p,
                  t.env.error.message);
        cr_assert(strncmp(t.env.error.message, "line ", 5) == 0, "row %zu: %s", i, t.env.error.message);
        cr_assert_geq(t.env.error.offset, 0, "row %zu", i);
        if (refused[i].offset >= 0)
            cr_assert_eq(t.env.error.offset, refused[i].offset, "row %zu %s: offset %d", i, refused[i].text.p,
                         (int)t.env.error.offset);
        ia_arena_free(&arena);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(yaml_read, gives_places_and_members)
{
    static const char text[] = "# head\nrules:\n  - id: base\n    \xc3\xa9: [a, \"b\"]\nlast: 'x'\n";
    struct test_env t;
    struct ia_arena arena;
    const struct ia_yaml *root = NULL;
    test_env_open(&t);
    ia_arena_init(&arena, &t.env.alloc);
    cr_assert_eq(ia_yaml_read(&t.env, &arena, ia_str_from(text), &root), IMGA_OK);
    const struct ia_yaml *rules = ia_yaml_get(root, "rules"), *last = ia_yaml_get(root, "last");
    cr_assert(rules && last && !ia_yaml_get(root, "none") && !ia_yaml_get(last, "x") && !ia_yaml_get(NULL, "x"));
    cr_assert(!ia_yaml_get(rules, "id"), "a sequence has no members");
    const struct ia_yaml *list = ia_yaml_get(rules->items, "\xc3\xa9");
    const struct {
        const struct ia_yaml *node;
        unsigned line, column, key_line;
    } rows[] = {
        {root, 2, 1, 0}, {rules, 3, 3, 2},       {rules->items, 3, 5, 0},
        {list, 4, 8, 4}, {list->items, 4, 9, 0}, {list->items->next, 4, 12, 0},
        {last, 5, 7, 5},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        cr_assert_eq(rows[i].node->line, rows[i].line, "row %zu: line %u", i, rows[i].node->line);
        cr_assert_eq(rows[i].node->column, rows[i].column, "row %zu: column %u", i, rows[i].node->column);
        cr_assert_eq(rows[i].node->key_line, rows[i].key_line, "row %zu: key line %u", i, rows[i].node->key_line);
    }
    cr_assert(list->items->plain && !list->items->next->plain && !last->plain);
    ia_arena_free(&arena);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

static int status_of(struct test_env *t, struct ia_str text)
{
    struct ia_arena arena;
    const struct ia_yaml *root = NULL;
    test_env_reset(t);
    ia_arena_init(&arena, &t->env.alloc);
    int status = ia_yaml_read(&t->env, &arena, text, &root);
    ia_arena_free(&arena);
    cr_assert_eq(status == IMGA_OK, root != NULL);
    return status;
}

Test(yaml_read, limits_depth)
{
    struct test_env t;
    static const size_t depths[] = {15, 16, 17, 18, 999, 100000};
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(depths); i++) {
        size_t depth = depths[i];
        char *text = malloc(2 * depth);
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        int flow = status_of(&t, (struct ia_str){text, 2 * depth});
        memset(text, '-', 2 * depth);
        for (size_t k = 1; k < 2 * depth; k += 2)
            text[k] = ' ';
        int block = status_of(&t, (struct ia_str){text, 2 * depth});
        free(text);
        int wanted = depth <= IA_YAML_DEPTH ? IMGA_OK : IMGA_E_LIMIT;
        /* Far beyond, libyaml itself may give up first. */
        cr_assert(flow == wanted || (depth > 900 && flow < 0), "%zu: %d", depth, flow);
        cr_assert(block == wanted || (depth > 900 && block < 0), "%zu: %d", depth, block);
        cr_assert(wanted == IMGA_OK || strncmp(t.env.error.message, "line 1, column ", 15) == 0);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(yaml_read, limits_bytes)
{
    struct test_env t;
    char *text = malloc(IA_YAML_BYTES + 1);
    test_env_open(&t);
    memset(text, 'x', IA_YAML_BYTES + 1);
    memcpy(text, "a: ", 3);
    cr_assert_eq(status_of(&t, (struct ia_str){text, IA_YAML_BYTES}), IMGA_OK, "%s", t.env.error.message);
    cr_assert_eq(status_of(&t, (struct ia_str){text, IA_YAML_BYTES + 1}), IMGA_E_LIMIT);
    free(text);
    test_env_close(&t);
}

/* Documents of the full size that could cost more than linear time. */
Test(yaml_read, stays_fast, .timeout = 20)
{
    static const char *const pieces[] = {"- \n",  "[",    "{",     "a: ", "? ", "- - - - - - - - \n",
                                         "[],\n", "{a: ", "\"\n",  "x\n", ": ", "'\n\n",
                                         "#\n",   "|\n",  "a:\n ", "[a,", "\r", "k"};
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(pieces); i++) {
        struct ia_buf text;
        char piece[40];
        ia_buf_init(&text, &ia_alloc_libc, IA_YAML_BYTES);
        for (int n = 0;; n++) {
            snprintf(piece, sizeof(piece), "%s", pieces[i]);
            if (pieces[i][0] == 'k')
                snprintf(piece, sizeof(piece), "k%06d: 1\n", n);
            if (ia_buf_text(&text, piece) < 0)
                break;
        }
        int status = status_of(&t, ia_buf_view(&text));
        cr_assert(status == IMGA_OK || status == IMGA_E_FORMAT || status == IMGA_E_LIMIT, "%s: %d", pieces[i], status);
        ia_buf_free(&text);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(yaml_read, survives_failing_allocations)
{
    static const char text[] = "a: [1, {b: c, d: e}]\nf:\n  g: h\n  i: \"j\"\nk: {l: {m: n}}\n";
    int status = IMGA_E_NOMEM;
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        struct test_env t;
        struct ia_arena arena;
        const struct ia_yaml *root = NULL;
        test_env_open(&t);
        t.fail_at = n;
        ia_arena_init(&arena, &t.env.alloc);
        status = ia_yaml_read(&t.env, &arena, ia_str_from(text), &root);
        cr_assert(status == IMGA_E_NOMEM || status == IMGA_OK, "allocation %zu: %d", n, status);
        cr_assert_eq(t.env.error.status, status);
        cr_assert_lt(n, 100);
        ia_arena_free(&arena);
        test_env_close(&t);
        cr_assert_eq(t.live, 0, "allocation %zu leaks", n);
    }
}
