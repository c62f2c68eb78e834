/* SPDX-License-Identifier: Apache-2.0 */
/* Documents and their events; every row runs with chunks of several sizes and must give the same answer. */
#include "support.h"
#include "syntax/json_read.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const size_t steps[] = {1, 2, 3, 5, 8, 4096};

/* One letter per event, texts in parentheses: {k(a)#(1)} */
static const char letters[] = ".{}[]ks#tfn";

/* Reads to the end or to the first error; appends the events to trace. */
static int trace_reader(struct test_env *t, struct ia_reader *input, struct ia_buf *trace)
{
    struct ia_json *json = NULL;
    struct ia_str text;
    int event = ia_json_new(&t->env, input, &json);
    if (event == 0) {
        while ((event = ia_json_next(json, &t->env, &text)) > 0) {
            int status = ia_buf_char(trace, letters[event]);
            if (event == IA_JSON_KEY || event == IA_JSON_STRING || event == IA_JSON_NUMBER) {
                status |= ia_buf_char(trace, '(');
                status |= ia_buf_str(trace, text);
                status |= ia_buf_char(trace, ')');
            }
            cr_assert_eq(status, 0);
        }
        cr_assert_eq(ia_json_next(json, &t->env, &text), event, "the end repeats");
    }
    ia_json_free(json);
    return event;
}

static int trace_chunks(struct test_env *t, struct ia_str document, size_t step, struct ia_buf *trace)
{
    struct ia_reader *input = test_chunks(document.p, document.n, step);
    ia_buf_clear(trace);
    int status = trace_reader(t, input, trace);
    ia_reader_close(input);
    return status;
}

struct good {
    struct ia_str document;
    struct ia_str events;
};

#define D(literal)                                                                                                     \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }

static const struct good accepted[] = {
    {D("{}"), D("{}")},
    {D("[]"), D("[]")},
    {D(" \t\r\n[ \t\r\n] \t\r\n"), D("[]")},
    {D("true"), D("t")},
    {D("false"), D("f")},
    {D("null"), D("n")},
    {D("[true,false,null]"), D("[tfn]")},
    {D("0"), D("#(0)")},
    {D("-0"), D("#(-0)")},
    {D("0 "), D("#(0)")},
    {D("10"), D("#(10)")},
    {D("-10"), D("#(-10)")},
    {D("1234567890123456789012345678901234567890"), D("#(1234567890123456789012345678901234567890)")},
    {D("0.0"), D("#(0.0)")},
    {D("1.050"), D("#(1.050)")},
    {D("1e5"), D("#(1e5)")},
    {D("1E+5"), D("#(1E+5)")},
    {D("-1.5e-007"), D("#(-1.5e-007)")},
    {D("0e0"), D("#(0e0)")},
    {D("1e999999"), D("#(1e999999)")},
    {D("[0,-1,2.5,3e1]"), D("[#(0)#(-1)#(2.5)#(3e1)]")},
    {D("[1]"), D("[#(1)]")},
    {D("[1 ]"), D("[#(1)]")},
    {D("{\"a\":1}"), D("{k(a)#(1)}")},
    {D("{\"a\" : 1 , \"b\" : 2 }"), D("{k(a)#(1)k(b)#(2)}")},
    {D("{\"a\":1,\"a\":2}"), D("{k(a)#(1)k(a)#(2)}")},
    {D("{\"\":\"\"}"), D("{k()s()}")},
    {D("{\"a\":{\"b\":[{}]}}"), D("{k(a){k(b)[{}]}}")},
    {D("[[[[]]]]"), D("[[[[]]]]")},
    {D("[[],{},[{}]]"), D("[[]{}[{}]]")},
    {D("\"\""), D("s()")},
    {D("\"plain text of some length, over one word\""), D("s(plain text of some length, over one word)")},
    {D("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), D("s(\"\\/\b\f\n\r\t)")},
    {D("\"a\\\"b\""), D("s(a\"b)")},
    {D("\"12345678\\\"12345678\\\\\""), D("s(12345678\"12345678\\)")},
    {D("\"\\u0041\\u00e9\\u20AC\""), D("s(A\xc3\xa9\xe2\x82\xac)")},
    {D("\"\\u0000\""), D("s(\0)")},
    {D("{\"a\\u0000b\":1}"), D("{k(a\0b)#(1)}")},
    {D("\"\\ud83d\\ude00\""), D("s(\xf0\x9f\x98\x80)")},
    {D("\"\\uD800\\uDC00\\udbff\\udfff\""), D("s(\xf0\x90\x80\x80\xf4\x8f\xbf\xbf)")},
    {D("\"\\ud7ff\\ue000\\uffff\""), D("s(\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf)")},
    {D("\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""),
     D("s(\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf)")},
    {D("\"1234567\xc3\xa9 1234567\xe2\x82\xac\""), D("s(1234567\xc3\xa9 1234567\xe2\x82\xac)")},
    {D("\"\xed\x9f\xbf\xee\x80\x80\""), D("s(\xed\x9f\xbf\xee\x80\x80)")},
    {D("\"\x7f\""), D("s(\x7f)")},
    {D("\"\xef\xbb\xbf\""), D("s(\xef\xbb\xbf)")},
    {D("[\"a\",\"b\"]"), D("[s(a)s(b)]")},
    {D("{\"k\":\"v\",\"l\":[true]}"), D("{k(k)s(v)k(l)[t]}")},
};

Test(json_read, accepts)
{
    struct test_env t;
    struct ia_buf trace;
    test_env_open(&t);
    ia_buf_init(&trace, &ia_alloc_libc, 1 << 20);
    for (size_t i = 0; i < IA_COUNT(accepted); i++)
        for (size_t s = 0; s < IA_COUNT(steps); s++) {
            const struct good *row = &accepted[i];
            int status = trace_chunks(&t, row->document, steps[s], &trace);
            cr_assert_eq(status, IA_JSON_END, "%s, chunks of %zu: %s", row->document.p, steps[s], t.env.error.message);
            cr_assert(ia_str_eq(ia_buf_view(&trace), row->events), "%s, chunks of %zu: %.*s", row->document.p, steps[s],
                      (int)trace.n, trace.p);
        }
    ia_buf_free(&trace);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

struct bad {
    struct ia_str document;
    int status;
    int64_t offset;
    const char *word; /* in the message */
};

static const struct bad refused[] = {
    {D(""), IMGA_E_TRUNCATED, 0, "empty"},
    {D(" \n"), IMGA_E_TRUNCATED, 2, "empty"},
    {D("["), IMGA_E_TRUNCATED, 1, "an array"},
    {D("[1"), IMGA_E_TRUNCATED, 2, "an array"},
    {D("[1,"), IMGA_E_TRUNCATED, 3, "an array"},
    {D("{"), IMGA_E_TRUNCATED, 1, "an object"},
    {D("{\"a\""), IMGA_E_TRUNCATED, 4, "an object"},
    {D("{\"a\":"), IMGA_E_TRUNCATED, 5, "an object"},
    {D("{\"a\":1"), IMGA_E_TRUNCATED, 6, "an object"},
    {D("\""), IMGA_E_TRUNCATED, 1, "a string"},
    {D("\"abc"), IMGA_E_TRUNCATED, 4, "a string"},
    {D("\"abc\\"), IMGA_E_TRUNCATED, 5, "a string"},
    {D("\"\\u00"), IMGA_E_TRUNCATED, 5, "a string"},
    {D("\"\\ud83d"), IMGA_E_TRUNCATED, 7, "a string"},
    {D("\"\\ud83d\\ude0"), IMGA_E_TRUNCATED, 12, "a string"},
    {D("\"\xe2\x82"), IMGA_E_TRUNCATED, 3, "a string"},
    {D("-"), IMGA_E_TRUNCATED, 1, "a number"},
    {D("1."), IMGA_E_TRUNCATED, 2, "a number"},
    {D("1e"), IMGA_E_TRUNCATED, 2, "a number"},
    {D("1e+"), IMGA_E_TRUNCATED, 3, "a number"},
    {D("tru"), IMGA_E_TRUNCATED, 3, "a literal"},
    {D("n"), IMGA_E_TRUNCATED, 1, "a literal"},
    {D("[1}"), IMGA_E_FORMAT, 2, "',' or ']'"},
    {D("{\"a\":1]"), IMGA_E_FORMAT, 6, "',' or '}'"},
    {D("]"), IMGA_E_FORMAT, 0, "a value"},
    {D("}"), IMGA_E_FORMAT, 0, "a value"},
    {D(","), IMGA_E_FORMAT, 0, "a value"},
    {D(":"), IMGA_E_FORMAT, 0, "a value"},
    {D("[,1]"), IMGA_E_FORMAT, 1, "a value"},
    {D("[1,]"), IMGA_E_FORMAT, 3, "a value"},
    {D("[1,,2]"), IMGA_E_FORMAT, 3, "a value"},
    {D("[1 2]"), IMGA_E_FORMAT, 3, "',' or ']'"},
    {D("[1:2]"), IMGA_E_FORMAT, 2, "',' or ']'"},
    {D("[\"a\":1]"), IMGA_E_FORMAT, 4, "',' or ']'"},
    {D("{,}"), IMGA_E_FORMAT, 1, "a key"},
    {D("{\"a\":1,}"), IMGA_E_FORMAT, 7, "a key"},
    {D("{\"a\"}"), IMGA_E_FORMAT, 4, "':'"},
    {D("{\"a\",1}"), IMGA_E_FORMAT, 4, "':'"},
    {D("{\"a\"::1}"), IMGA_E_FORMAT, 5, "a value"},
    {D("{\"a\":}"), IMGA_E_FORMAT, 5, "a value"},
    {D("{\"a\":1 \"b\":2}"), IMGA_E_FORMAT, 7, "',' or '}'"},
    {D("{\"a\":1;\"b\":2}"), IMGA_E_FORMAT, 6, "';'"},
    {D("{a:1}"), IMGA_E_FORMAT, 1, "'a'"},
    {D("{1:1}"), IMGA_E_FORMAT, 1, "a key"},
    {D("{null:1}"), IMGA_E_FORMAT, 1, "a key"},
    {D("{'a':1}"), IMGA_E_FORMAT, 1, "a key"},
    {D("'a'"), IMGA_E_FORMAT, 0, "a value"},
    {D("{} {}"), IMGA_E_FORMAT, 3, "after the end"},
    {D("{}\n[]"), IMGA_E_FORMAT, 3, "after the end"},
    {D("1 2"), IMGA_E_FORMAT, 2, "after the end"},
    {D("\"a\"\"b\""), IMGA_E_FORMAT, 3, "after the end"},
    {D("{}]"), IMGA_E_FORMAT, 2, "after the end"},
    {D("{},"), IMGA_E_FORMAT, 2, "after the end"},
    {D("{}\0"), IMGA_E_FORMAT, 2, "after the end"},
    {D("true1"), IMGA_E_FORMAT, 4, "after the end"},
    {D("truex"), IMGA_E_FORMAT, 4, "after the end"},
    {D("[truefalse]"), IMGA_E_FORMAT, 5, "',' or ']'"},
    {D("True"), IMGA_E_FORMAT, 0, "a value"},
    {D("tRue"), IMGA_E_FORMAT, 1, "true, false or null"},
    {D("nul]"), IMGA_E_FORMAT, 3, "true, false or null"},
    {D("NaN"), IMGA_E_FORMAT, 0, "a value"},
    {D("Infinity"), IMGA_E_FORMAT, 0, "a value"},
    {D("-Infinity"), IMGA_E_FORMAT, 1, "a digit"},
    {D("undefined"), IMGA_E_FORMAT, 0, "a value"},
    {D("+1"), IMGA_E_FORMAT, 0, "a value"},
    {D(".5"), IMGA_E_FORMAT, 0, "a value"},
    {D("01"), IMGA_E_FORMAT, 1, "after the end"},
    {D("[01]"), IMGA_E_FORMAT, 2, "',' or ']'"},
    {D("[-01]"), IMGA_E_FORMAT, 3, "',' or ']'"},
    {D("[1.]"), IMGA_E_FORMAT, 3, "a digit"},
    {D("[1.e1]"), IMGA_E_FORMAT, 3, "a digit"},
    {D("[-.5]"), IMGA_E_FORMAT, 2, "a digit"},
    {D("[1e]"), IMGA_E_FORMAT, 3, "a digit"},
    {D("[1e+]"), IMGA_E_FORMAT, 4, "a digit"},
    {D("[1e1.5]"), IMGA_E_FORMAT, 4, "',' or ']'"},
    {D("[--1]"), IMGA_E_FORMAT, 2, "a digit"},
    {D("[1-2]"), IMGA_E_FORMAT, 2, "',' or ']'"},
    {D("[0x10]"), IMGA_E_FORMAT, 2, "',' or ']'"},
    {D("[1_000]"), IMGA_E_FORMAT, 2, "',' or ']'"},
    {D("\"a\nb\""), IMGA_E_FORMAT, 2, "control character"},
    {D("\"a\tb\""), IMGA_E_FORMAT, 2, "control character"},
    {D("\"\0\""), IMGA_E_FORMAT, 1, "0x00"},
    {D("\"12345678\x1f\""), IMGA_E_FORMAT, 9, "0x1f"},
    {D("\"\\x41\""), IMGA_E_FORMAT, 1, "unknown escape"},
    {D("\"\\'\""), IMGA_E_FORMAT, 1, "unknown escape"},
    {D("\"\\\0\""), IMGA_E_FORMAT, 1, "unknown escape"},
    {D("\"\\U0041\""), IMGA_E_FORMAT, 1, "unknown escape"},
    {D("\"\\u004g\""), IMGA_E_FORMAT, 6, "hexadecimal"},
    {D("\"\\u\""), IMGA_E_FORMAT, 3, "hexadecimal"},
    {D("\"\\u+041\""), IMGA_E_FORMAT, 3, "hexadecimal"},
    {D("\"\\ud800\""), IMGA_E_FORMAT, 1, "lone surrogate"},
    {D("\"\\udc00\""), IMGA_E_FORMAT, 1, "lone surrogate"},
    {D("\"\\udc00\\ud800\""), IMGA_E_FORMAT, 1, "lone surrogate"},
    {D("\"\\ud800\\ud800\""), IMGA_E_FORMAT, 1, "lone surrogate"},
    {D("\"\\ud800\\u0041\""), IMGA_E_FORMAT, 1, "lone surrogate"},
    {D("\"\\ud800\\n\""), IMGA_E_FORMAT, 1, "lone surrogate"},
    {D("\"\\ud800udc00\""), IMGA_E_FORMAT, 1, "lone surrogate"},
    {D("\"\\ud800\\udc0x\""), IMGA_E_FORMAT, 12, "hexadecimal"},
    {D("\"\x80\""), IMGA_E_FORMAT, 1, "UTF-8"},
    {D("\"a\xc0\x80\""), IMGA_E_FORMAT, 2, "UTF-8"},
    {D("\"\xc3\""), IMGA_E_FORMAT, 1, "UTF-8"},
    {D("\"\xe2\x82\""), IMGA_E_FORMAT, 1, "UTF-8"},
    {D("\"\xe0\x80\x80\""), IMGA_E_FORMAT, 1, "UTF-8"},
    {D("\"12345678\xed\xa0\x80\""), IMGA_E_FORMAT, 9, "UTF-8"},
    {D("\"\xf0\x80\x80\x80\""), IMGA_E_FORMAT, 1, "UTF-8"},
    {D("\"\xf4\x90\x80\x80\""), IMGA_E_FORMAT, 1, "UTF-8"},
    {D("\"\xf8\x88\x80\x80\x80\""), IMGA_E_FORMAT, 1, "UTF-8"},
    {D("\"\xff\""), IMGA_E_FORMAT, 1, "UTF-8"},
    {D("{\"\xff\":1}"), IMGA_E_FORMAT, 2, "UTF-8"},
    {D("\xef\xbb\xbf{}"), IMGA_E_FORMAT, 0, "byte order mark"},
    {D("\xff\xfe{\0}\0"), IMGA_E_FORMAT, 0, "byte order mark"},
    {D("\0{\0}"), IMGA_E_FORMAT, 0, "byte order mark"},
    {D("{\0}\0"), IMGA_E_FORMAT, 1, "0x00"},
    {D("[\xc2\xa0]"), IMGA_E_FORMAT, 1, "0xc2"},
    {D("[\f1]"), IMGA_E_FORMAT, 1, "0x0c"},
    {D("[\v1]"), IMGA_E_FORMAT, 1, "0x0b"},
    {D("// c\n1"), IMGA_E_FORMAT, 0, "'/'"},
    {D("[1/**/]"), IMGA_E_FORMAT, 2, "'/'"},
    {D("#\n1"), IMGA_E_FORMAT, 0, "'#'"},
};

Test(json_read, refuses)
{
    struct test_env t;
    struct ia_buf trace;
    test_env_open(&t);
    ia_buf_init(&trace, &ia_alloc_libc, 1 << 20);
    for (size_t i = 0; i < IA_COUNT(refused); i++)
        for (size_t s = 0; s < IA_COUNT(steps); s++) {
            const struct bad *row = &refused[i];
            test_env_reset(&t);
            int status = trace_chunks(&t, row->document, steps[s], &trace);
            cr_assert_eq(status, row->status, "row %zu %s, chunks of %zu: %d", i, row->document.p, steps[s], status);
            cr_assert_eq(t.env.error.status, row->status, "%s", row->document.p);
            cr_assert_eq(t.env.error.offset, row->offset, "row %zu %s, chunks of %zu: offset %d: %s", i,
                         row->document.p, steps[s], (int)t.env.error.offset, t.env.error.message);
            cr_assert(strstr(t.env.error.message, row->word), "%s: %s", row->document.p, t.env.error.message);
        }
    ia_buf_free(&trace);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

/* A document of count copies of open, then middle, then count copies of close. */
static struct ia_str nested(const char *open, size_t count, const char *middle, const char *close)
{
    size_t a = strlen(open), m = strlen(middle), z = strlen(close);
    char *text = malloc(count * (a + z) + m + 1);
    for (size_t i = 0; i < count; i++) {
        memcpy(text + i * a, open, a);
        memcpy(text + count * a + m + i * z, close, z);
    }
    memcpy(text + count * a, middle, m);
    return (struct ia_str){text, count * (a + z) + m};
}

static int status_of(struct test_env *t, struct ia_str document, size_t step)
{
    struct ia_buf trace;
    test_env_reset(t);
    ia_buf_init(&trace, &ia_alloc_libc, 64 << 20);
    int status = trace_chunks(t, document, step, &trace);
    ia_buf_free(&trace);
    return status;
}

Test(json_read, limits_depth)
{
    static const struct {
        const char *open, *middle, *close;
        uint64_t limit;
        size_t depth;
        int status;
    } rows[] = {
        {"[", "", "]", 128, 128, IMGA_OK},
        {"[", "", "]", 128, 129, IMGA_E_LIMIT},
        {"{\"a\":", "1", "}", 128, 128, IMGA_OK},
        {"{\"a\":", "1", "}", 128, 129, IMGA_E_LIMIT},
        {"[{\"a\":", "0", "}]", 64, 32, IMGA_OK},
        {"[", "1", "]", 0, 0, IMGA_OK},
        {"[", "1", "]", 0, 1, IMGA_E_LIMIT},
        {"[", "", "]", 1000000, 4096, IMGA_OK},
        {"[", "", "]", 1000000, 4097, IMGA_E_LIMIT},
        {"[", "", "]", 128, 200000, IMGA_E_LIMIT},
        {"[{\"a\":", "0", "}]", 1000000, 2048, IMGA_OK},
    };
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        for (size_t s = 0; s < IA_COUNT(steps); s++) {
            struct ia_str document = nested(rows[i].open, rows[i].depth, rows[i].middle, rows[i].close);
            t.limits.json_depth = rows[i].limit;
            cr_assert_eq(status_of(&t, document, steps[s]), rows[i].status, "row %zu, chunks of %zu", i, steps[s]);
            if (rows[i].status == IMGA_E_LIMIT)
                cr_assert(strstr(t.env.error.message, "json_depth"), "row %zu: %s", i, t.env.error.message);
            free((void *)(uintptr_t)document.p);
        }
    test_env_close(&t);
}

Test(json_read, limits_strings_and_numbers)
{
    static const struct {
        struct ia_str document;
        uint64_t limit;
        int status;
    } rows[] = {
        {D("\"12345\""), 5, IMGA_OK},
        {D("\"123456\""), 5, IMGA_E_LIMIT},
        {D("{\"12345\":1}"), 5, IMGA_OK},
        {D("{\"123456\":1}"), 5, IMGA_E_LIMIT},
        {D("12345"), 5, IMGA_OK},
        {D("123456"), 5, IMGA_E_LIMIT},
        {D("[12345]"), 5, IMGA_OK},
        {D("[123456]"), 5, IMGA_E_LIMIT},
        {D("\"\\n\\n\\n\\n\\n\""), 5, IMGA_OK},
        {D("\"\\n\\n\\n\\n\\n\\n\""), 5, IMGA_E_LIMIT},
        {D("\"12\xe2\x82\xac\""), 5, IMGA_OK},
        {D("\"123\xe2\x82\xac\""), 5, IMGA_E_LIMIT},
        {D("\"1\\ud83d\\ude00\""), 5, IMGA_OK},
        {D("\"12\\ud83d\\ude00\""), 5, IMGA_E_LIMIT},
        {D("\"123456\xff\""), 5, IMGA_E_LIMIT},
        {D("\"12345\xff\""), 5, IMGA_E_FORMAT},
        {D("\"123456"), 5, IMGA_E_LIMIT},
        {D("\"12345"), 5, IMGA_E_TRUNCATED},
        {D("\"\""), 0, IMGA_OK},
        {D("\"1\""), 0, IMGA_E_LIMIT},
    };
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        for (size_t s = 0; s < IA_COUNT(steps); s++) {
            t.limits.string_bytes = rows[i].limit;
            cr_assert_eq(status_of(&t, rows[i].document, steps[s]), rows[i].status, "%s, chunks of %zu: %s",
                         rows[i].document.p, steps[s], t.env.error.message);
            if (rows[i].status == IMGA_E_LIMIT)
                cr_assert(strstr(t.env.error.message, "string_bytes"), "row %zu: %s", i, t.env.error.message);
        }
    test_env_close(&t);
}

Test(json_read, hands_on_the_error_of_its_input)
{
    struct test_env t;
    struct ia_buf trace;
    test_env_open(&t);
    ia_buf_init(&trace, &ia_alloc_libc, 1000);
    static const char *const starts[] = {"", "[1,", "\"abc", "12", "tr", "\"\\u12", "\"\xe2\x82"};
    for (size_t i = 0; i < IA_COUNT(starts); i++) {
        struct ia_reader *input = test_broken(starts[i], strlen(starts[i]), IMGA_E_CHECKSUM);
        test_env_reset(&t);
        cr_assert_eq(trace_reader(&t, input, &trace), IMGA_E_CHECKSUM, "%s", starts[i]);
        ia_reader_close(input);
    }
    ia_buf_free(&trace);
    test_env_close(&t);
}

Test(json_read, stops_when_cancelled)
{
    struct test_env t;
    test_env_open(&t);
    atomic_store(&t.cancel.flag, 1);
    cr_assert_eq(status_of(&t, IA_STR("[1]"), 1), IMGA_E_CANCELLED);
    test_env_close(&t);
}

Test(json_read, reports_offsets)
{
    static const int64_t expected[] = {1, 2, 7, 12, 16, 17, 19, 23, 24, 26};
    static const char document[] = " {\"a\": \"bc\",\"d\":[1,true]} ";
    struct test_env t;
    test_env_open(&t);
    for (size_t s = 0; s < IA_COUNT(steps); s++) {
        struct ia_reader *input = test_chunks(document, strlen(document), steps[s]);
        struct ia_json *json = NULL;
        struct ia_str text;
        cr_assert_eq(ia_json_new(&t.env, input, &json), IMGA_OK);
        for (size_t i = 0; i < IA_COUNT(expected); i++) {
            cr_assert_geq(ia_json_next(json, &t.env, &text), 0);
            cr_assert_eq(ia_json_offset(json), expected[i], "event %zu at %d", i, (int)ia_json_offset(json));
        }
        ia_json_free(json);
        ia_reader_close(input);
    }
    test_env_close(&t);
}

/* Skips the value of every key "skip" and every array item that is an object, and traces the rest. */
Test(json_read, skips)
{
    static const struct {
        struct ia_str document;
        const char *rest;
        int status;
    } rows[] = {
        {D("{\"skip\":1,\"a\":2}"), "{k#}", 0},
        {D("{\"skip\":\"x\",\"a\":2}"), "{k#}", 0},
        {D("{\"skip\":[],\"a\":2}"), "{k#}", 0},
        {D("{\"skip\":{},\"a\":2}"), "{k#}", 0},
        {D("{\"skip\":{\"b\":[[{\"skip\":3}],\"}\"]},\"a\":2}"), "{k#}", 0},
        {D("{\"a\":[1,{\"b\":{}},3]}"), "{k[##]}", 0},
        {D("{\"skip\":[[[[1]]]]}"), "{}", 0},
        {D("{\"skip\":[1,}"), "{", IMGA_E_FORMAT},
        {D("{\"skip\":[1"), "{", IMGA_E_TRUNCATED},
        {D("{\"skip\":"), "{", IMGA_E_TRUNCATED},
    };
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_reader *input = test_chunks(rows[i].document.p, rows[i].document.n, 3);
        struct ia_json *json = NULL;
        struct ia_str text;
        char rest[32] = "";
        int event, status = ia_json_new(&t.env, input, &json);
        while (status == 0 && (event = status = ia_json_next(json, &t.env, &text)) > 0) {
            size_t n = strlen(rest);
            if ((event == IA_JSON_KEY && ia_str_is(text, "skip")) || (event == IA_JSON_OBJECT && n > 0)) {
                status = ia_json_skip(json, &t.env, event);
            } else {
                rest[n] = letters[event];
                status = ia_json_skip(json, &t.env, IA_JSON_STRING); /* a scalar: nothing to skip */
            }
        }
        cr_assert_eq(status, rows[i].status, "%s: %d", rows[i].document.p, status);
        cr_assert_str_eq(rest, rows[i].rest, "%s: %s", rows[i].document.p, rest);
        test_env_reset(&t);
        ia_json_free(json);
        ia_reader_close(input);
    }
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(json_read, reads_integers)
{
    static const struct {
        const char *text;
        bool ok;
        uint64_t value;
    } rows[] = {
        {"0", true, 0},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"-1", false, 0},
        {"-0", false, 0},
        {"1.0", false, 0},
        {"1e2", false, 0},
        {"", false, 0},
        {"007", true, 7},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        uint64_t value = 0;
        cr_assert_eq(ia_json_u64(ia_str_from(rows[i].text), &value), rows[i].ok, "%s", rows[i].text);
        cr_assert_eq(value, rows[i].value, "%s", rows[i].text);
    }
}

Test(json_read, survives_failing_allocations)
{
    static const char document[] = "{\"a\\n\":[\"b\\u20ac\",123456789,{\"c\":null}],\"long\":\""
                                   "0123456789012345678901234567890123456789012345678901234567890123456789\\t\"}";
    struct test_env t;
    int status = IMGA_E_NOMEM;
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        struct ia_buf trace;
        struct ia_reader *input = test_chunks(document, strlen(document), 4);
        cr_assert_lt(n, 100);
        test_env_open(&t);
        t.fail_at = n;
        ia_buf_init(&trace, &ia_alloc_libc, 1000);
        status = trace_reader(&t, input, &trace);
        cr_assert(status == IMGA_E_NOMEM || status == IA_JSON_END, "allocation %zu: %d", n, status);
        cr_assert_eq(t.env.error.status, status, "allocation %zu", n);
        ia_reader_close(input);
        ia_buf_free(&trace);
        test_env_close(&t);
        cr_assert_eq(t.live, 0, "allocation %zu leaks", n);
    }
}

Test(json_read, reads_a_large_document_in_bounded_memory)
{
    struct test_env t;
    struct ia_buf document;
    test_env_open(&t);
    ia_buf_init(&document, &ia_alloc_libc, 16 << 20);
    int status = ia_buf_char(&document, '[');
    for (int i = 0; i < 200000; i++)
        status |= ia_buf_text(&document, i ? ",{\"name\":\"pack\\u0061ge\"}" : "{\"name\":\"pack\\u0061ge\"}");
    status |= ia_buf_char(&document, ']');
    cr_assert_eq(status, IMGA_OK);
    struct ia_reader *input = test_chunks(document.p, document.n, 1000);
    struct ia_json *json = NULL;
    struct ia_str text;
    size_t strings = 0;
    int event;
    cr_assert_eq(ia_json_new(&t.env, input, &json), IMGA_OK);
    while ((event = ia_json_next(json, &t.env, &text)) > 0)
        strings += event == IA_JSON_STRING && ia_str_is(text, "package");
    cr_assert_eq(event, IA_JSON_END);
    cr_assert_eq(strings, 200000);
    cr_assert_leq(t.count, 3, "%zu allocations", t.count);
    ia_json_free(json);
    ia_reader_close(input);
    ia_buf_free(&document);
    test_env_close(&t);
}
