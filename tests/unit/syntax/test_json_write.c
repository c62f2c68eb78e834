/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"
#include "syntax/json_write.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void write_sample(struct ia_json_writer *w)
{
    ia_json_object(w);
    ia_json_member(w, "name", "x");
    ia_json_member(w, "none", NULL);
    ia_json_member_uint(w, "most", UINT64_MAX);
    ia_json_member_int(w, "least", INT64_MIN);
    ia_json_member_int(w, "five", 5);
    ia_json_member_bool(w, "yes", true);
    ia_json_key(w, "empty");
    ia_json_array(w);
    ia_json_array_end(w);
    ia_json_key(w, "nothing");
    ia_json_object(w);
    ia_json_object_end(w);
    ia_json_key(w, "list");
    ia_json_array(w);
    ia_json_null(w);
    ia_json_bool(w, false);
    ia_json_array(w);
    ia_json_uint(w, 0);
    ia_json_array_end(w);
    ia_json_object(w);
    ia_json_member_int(w, "a", -1);
    ia_json_object_end(w);
    ia_json_array_end(w);
    ia_json_object_end(w);
}

Test(json_write, writes_compact_and_indented)
{
    static const char *const expected[2] = {
        "{\"name\":\"x\",\"none\":\"\",\"most\":18446744073709551615,\"least\":-9223372036854775808,\"five\":5,\"yes\":"
        "true,"
        "\"empty\":[],\"nothing\":{},\"list\":[null,false,[0],{\"a\":-1}]}\n",
        "{\n  \"name\": \"x\",\n  \"none\": \"\",\n  \"most\": 18446744073709551615,\n  \"least\": "
        "-9223372036854775808,\n"
        "  \"five\": 5,\n  \"yes\": true,\n  \"empty\": [],\n  \"nothing\": {},\n  \"list\": [\n    null,\n    false,\n"
        "    [\n      0\n    ],\n    {\n      \"a\": -1\n    }\n  ]\n}\n"};
    struct test_env t;
    struct ia_buf out;
    struct ia_json_writer w;
    test_env_open(&t);
    ia_buf_init(&out, &ia_alloc_libc, 10000);
    struct ia_writer sink = test_writer(&out);
    for (int indent = 0; indent < 2; indent++) {
        ia_buf_clear(&out);
        ia_json_begin(&w, &t.env, &sink, indent != 0);
        write_sample(&w);
        cr_assert_eq(ia_json_finish(&w), IMGA_OK);
        cr_assert(ia_str_is(ia_buf_view(&out), expected[indent]), "%.*s", (int)out.n, out.p);
    }
    ia_buf_free(&out);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

#define D(literal)                                                                                                     \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }

Test(json_write, escapes)
{
    static const struct {
        struct ia_str text;
        const char *written;
    } rows[] = {
        {D("plain / <b> &"), "plain / \\u003cb\\u003e \\u0026"},
        {D("a\"b\\c"), "a\\\"b\\\\c"},
        {D("\b\f\n\r\t"), "\\b\\f\\n\\r\\t"},
        {D("\0\x01\x1f"), "\\u0000\\u0001\\u001f"},
        {D("\x1b[31m"), "\\u001b[31m"},
        {D("\x7f"), "\\u007f"},
        {D("\xc2\x80\xc2\x9f\xc2\xa0"), "\\u0080\\u009f\xc2\xa0"},
        {D("\xe2\x80\xae"), "\\u202e"},
        {D("\xe2\x80\x8b\xef\xbb\xbf"), "\\u200b\\ufeff"},
        {D("\xe2\x80\xa8\xe2\x80\xa9"), "\\u2028\\u2029"},
        {D("\xe2\x81\xa6"), "\\u2066"},
        {D("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {D("a\xff\xfe"
           "b"),
         "a\xef\xbf\xbd\xef\xbf\xbd"
         "b"},
        {D("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd"},
        {D("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {D(""), ""},
    };
    struct test_env t;
    struct ia_buf out;
    struct ia_json_writer w;
    test_env_open(&t);
    ia_buf_init(&out, &ia_alloc_libc, 10000);
    struct ia_writer sink = test_writer(&out);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        char expected[100];
        ia_buf_clear(&out);
        ia_json_begin(&w, &t.env, &sink, false);
        ia_json_str(&w, rows[i].text);
        cr_assert_eq(ia_json_finish(&w), IMGA_OK);
        snprintf(expected, sizeof(expected), "\"%s\"\n", rows[i].written);
        cr_assert(ia_str_is(ia_buf_view(&out), expected), "row %zu: %.*s", i, (int)out.n, out.p);
    }
    ia_buf_clear(&out);
    ia_json_begin(&w, &t.env, &sink, false);
    ia_json_object(&w);
    ia_json_member(&w, "k\n\xe2\x80\xae", "v");
    ia_json_object_end(&w);
    cr_assert_eq(ia_json_finish(&w), IMGA_OK);
    cr_assert(ia_str_is(ia_buf_view(&out), "{\"k\\n\\u202e\":\"v\"}\n"));
    ia_buf_free(&out);
    test_env_close(&t);
}

/* Rows of calls that would make a malformed document: { } [ ] k(ey) v(alue). */
Test(json_write, refuses_malformed_calls)
{
    static const struct {
        const char *calls;
        int status;
    } rows[] = {
        {"v", IMGA_OK},
        {"{}", IMGA_OK},
        {"[vv]", IMGA_OK},
        {"{kvk[]}", IMGA_OK},
        {"", IMGA_E_INTERNAL},
        {"{", IMGA_E_INTERNAL},
        {"[", IMGA_E_INTERNAL},
        {"}", IMGA_E_INTERNAL},
        {"]", IMGA_E_INTERNAL},
        {"{]", IMGA_E_INTERNAL},
        {"[}", IMGA_E_INTERNAL},
        {"vv", IMGA_E_INTERNAL},
        {"{}{}", IMGA_E_INTERNAL},
        {"{v}", IMGA_E_INTERNAL},
        {"{kkv}", IMGA_E_INTERNAL},
        {"{k}", IMGA_E_INTERNAL},
        {"[k]", IMGA_E_INTERNAL},
        {"k", IMGA_E_INTERNAL},
        {"[kv]v]]", IMGA_E_INTERNAL},
    };
    struct test_env t;
    struct ia_buf out;
    struct ia_json_writer w;
    test_env_open(&t);
    ia_buf_init(&out, &ia_alloc_libc, 10000);
    struct ia_writer sink = test_writer(&out);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        test_env_reset(&t);
        ia_json_begin(&w, &t.env, &sink, true);
        for (const char *c = rows[i].calls; *c; c++) {
            if (*c == '{')
                ia_json_object(&w);
            else if (*c == '}')
                ia_json_object_end(&w);
            else if (*c == '[')
                ia_json_array(&w);
            else if (*c == ']')
                ia_json_array_end(&w);
            else if (*c == 'k')
                ia_json_key(&w, "k");
            else
                ia_json_null(&w);
        }
        cr_assert_eq(ia_json_finish(&w), rows[i].status, "%s", rows[i].calls);
        cr_assert_eq(t.env.error.status, rows[i].status, "%s", rows[i].calls);
    }
    ia_buf_free(&out);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(json_write, limits_depth)
{
    struct test_env t;
    struct ia_buf out;
    struct ia_json_writer w;
    test_env_open(&t);
    ia_buf_init(&out, &ia_alloc_libc, 100000);
    struct ia_writer sink = test_writer(&out);
    for (unsigned more = 0; more < 2; more++) {
        ia_json_begin(&w, &t.env, &sink, true);
        for (unsigned i = 0; i < IA_JSON_WRITE_DEPTH + more; i++)
            ia_json_array(&w);
        for (unsigned i = 0; i < IA_JSON_WRITE_DEPTH + more; i++)
            ia_json_array_end(&w);
        cr_assert_eq(ia_json_finish(&w), more ? IMGA_E_INTERNAL : IMGA_OK);
    }
    ia_buf_free(&out);
    test_env_close(&t);
}

struct failing_sink {
    size_t calls, fail_at, bytes, largest;
};

static int failing_write(void *user, const void *data, size_t size)
{
    struct failing_sink *f = user;
    (void)data;
    f->bytes += size;
    f->largest = size > f->largest ? size : f->largest;
    return ++f->calls == f->fail_at;
}

static int write_much(struct test_env *t, const struct ia_writer *sink, const char *text)
{
    struct ia_json_writer w;
    ia_json_begin(&w, &t->env, sink, false);
    ia_json_array(&w);
    for (int i = 0; i < 20000; i++)
        ia_json_text(&w, text);
    ia_json_array_end(&w);
    return ia_json_finish(&w);
}

Test(json_write, flushes_and_keeps_the_first_failure)
{
    struct test_env t;
    test_env_open(&t);
    struct failing_sink f = {0};
    struct ia_writer sink = {failing_write, &f};
    cr_assert_eq(write_much(&t, &sink, "0123456789"), IMGA_OK);
    cr_assert_eq(f.bytes, 20000 * 13 + 2, "%zu bytes", f.bytes);
    cr_assert_leq(f.largest, 32 * 1024);
    cr_assert_geq(f.calls, 8);
    size_t calls = f.calls;
    for (size_t at = 1; at <= calls; at++) {
        f = (struct failing_sink){.fail_at = at};
        test_env_reset(&t);
        cr_assert_eq(write_much(&t, &sink, "0123456789"), IMGA_E_IO);
        cr_assert_eq(f.calls, at, "nothing is written after a failure");
        cr_assert_eq(t.env.error.status, IMGA_E_IO);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(json_write, writes_long_strings)
{
    struct test_env t;
    struct ia_buf out;
    struct ia_json_writer w;
    test_env_open(&t);
    ia_buf_init(&out, &ia_alloc_libc, 1 << 20);
    struct ia_writer sink = test_writer(&out);
    for (size_t n = 32760; n < 32776; n++) {
        char *text = malloc(n);
        memset(text, 'a', n);
        ia_buf_clear(&out);
        ia_json_begin(&w, &t.env, &sink, false);
        ia_json_str(&w, (struct ia_str){text, n});
        cr_assert_eq(ia_json_finish(&w), IMGA_OK);
        cr_assert_eq(out.n, n + 3);
        cr_assert(memcmp(out.p + 1, text, n) == 0 && out.p[0] == '"' && out.p[n + 1] == '"' && out.p[n + 2] == '\n');
        free(text);
    }
    ia_buf_free(&out);
    test_env_close(&t);
}

Test(json_write, survives_failing_allocations)
{
    int status = IMGA_E_NOMEM;
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        struct test_env t;
        struct failing_sink f = {0};
        struct ia_writer sink = {failing_write, &f};
        test_env_open(&t);
        t.fail_at = n;
        status = write_much(&t, &sink, "x");
        cr_assert_lt(n, 50);
        cr_assert(status == IMGA_E_NOMEM || status == IMGA_OK, "allocation %zu: %d", n, status);
        cr_assert_eq(t.env.error.status, status);
        test_env_close(&t);
        cr_assert_eq(t.live, 0, "allocation %zu leaks", n);
    }
}

Test(json_write, percent)
{
    static const struct {
        unsigned percent;
        const char *written;
    } rows[] = {{0, "0"}, {5, "0.05"}, {10, "0.1"}, {50, "0.5"}, {99, "0.99"}, {100, "1"}, {101, "1"}};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct test_env t;
        struct ia_json_writer w;
        struct ia_buf out;
        char wanted[32];
        test_env_open(&t);
        ia_buf_init(&out, &t.env.alloc, 4096);
        struct ia_writer writer = test_writer(&out);
        ia_json_begin(&w, &t.env, &writer, false);
        ia_json_object(&w);
        ia_json_member_percent(&w, "a", rows[i].percent);
        ia_json_member_percent(&w, "b", rows[i].percent);
        ia_json_object_end(&w);
        cr_assert_eq(ia_json_finish(&w), IMGA_OK);
        snprintf(wanted, sizeof(wanted), "{\"a\":%s,\"b\":%s}\n", rows[i].written, rows[i].written);
        cr_expect(ia_str_is(ia_buf_view(&out), wanted), "%u: %.*s", rows[i].percent, (int)out.n, out.p);
        ia_buf_free(&out);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}
