/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of contents that cannot be read, or cost too much: a note, never a failure; and every allocation fails once.
 */
#include "toc_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { DEEP = 200, SPARE = 3 * 1024 * 1024 };

/* One window of 2 GiB and an empty block. */
static const char window_bomb[] = "\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00";

static const struct damage {
    const char *name, *json, *text;
} damages[] = {
    {"empty", " ", "is empty"},
    {"null", "null", "not"},
    {"array", "[]", "must be an object"},
    {"no entries", "{\"version\":1}", "no table of contents of version 1"},
    {"version 2", "{\"version\":2,\"entries\":[]}", "no table of contents of version 1"},
    {"no version", "{\"entries\":[]}", "no table of contents of version 1"},
    {"entries twice", "{\"version\":1,\"entries\":[],\"entries\":[]}", "comes twice"},
    {"Entries", "{\"version\":1,\"Entries\":[]}", "almost like"},
    {"entries is an object", "{\"version\":1,\"entries\":{}}", "must be an array"},
    {"entry is a number", "{\"version\":1,\"entries\":[1]}", "must be an object"},
    {"entry is null", "{\"version\":1,\"entries\":[null]}", "an entry is null"},
    {"name twice", "{\"version\":1,\"entries\":[{\"name\":\"a\",\"name\":\"b\"}]}", "comes twice"},
    {"linkname", "{\"version\":1,\"entries\":[{\"linkname\":\"a\"}]}", "almost like"},
    {"name is a number", "{\"version\":1,\"entries\":[{\"name\":1}]}", "must be a string"},
    {"negative size", "{\"version\":1,\"entries\":[{\"size\":-1}]}", "must be a plain"},
    {"size with an exponent", "{\"version\":1,\"entries\":[{\"size\":1e3}]}", "must be a plain"},
    {"size of 20 digits", "{\"version\":1,\"entries\":[{\"size\":99999999999999999999}]}", "must be a plain"},
    {"invalid UTF-8", "{\"version\":1,\"entries\":[{\"name\":\"\xff\"}]}", "UTF-8"},
    {"byte order mark", "\xef\xbb\xbf{\"version\":1,\"entries\":[]}", "byte order mark"},
    {"cut", "{\"version\":1,\"entries\":[{\"name\":\"a\"", "ends"},
    {"two documents", "{\"version\":1,\"entries\":[]}{}", "data after the end"},
    {"comment", "{\"version\":1,/**/\"entries\":[]}", "malformed JSON"},
};

static void expect_unread(struct toc_layer layer, const char *name, const char *text)
{
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    struct toc_found found = toc_run(&t, &layer);
    cr_expect_eq(found.status, 0, "%s: %d %s", name, found.status, t.env.error.message);
    cr_expect_eq(found.skipped, 1, "%s: %zu", name, found.skipped);
    cr_expect_eq(found.tocs, 1, "%s", name);
    cr_expect_str_eq(found.where, "layer 0", "%s", name);
    cr_expect_not_null(strstr(found.text, "could not be compared"), "%s: %s", name, found.text);
    cr_expect_not_null(strstr(found.text, text), "%s: %s", name, found.text);
    cr_expect_eq(t.env.error.status, 0, "%s: an error is left", name);
    test_env_close(&t);
    cr_expect_eq(t.live, 0, "%s leaks", name);
}

Test(toc_damage, is_noted)
{
    for (size_t i = 0; i < IA_COUNT(damages); i++) {
        struct toc_layer layer = {.json = damages[i].json};
        for (size_t k = 0; k < IA_COUNT(toc_forms); k++) {
            layer.form = toc_forms[k];
            expect_unread(layer, damages[i].name, damages[i].text);
        }
        layer.form = FORM_ESTARGZ;
        layer.piped = true;
        expect_unread(layer, damages[i].name, damages[i].text);
    }
}

Test(toc_damage, depth_is_bounded)
{
    char json[4 * DEEP] = "{\"version\":1,\"x\":";
    for (int i = 0; i < DEEP; i++)
        strcat(json, "[");
    for (size_t k = 0; k < IA_COUNT(toc_forms); k++)
        expect_unread((struct toc_layer){.form = toc_forms[k], .json = json}, "deep", "json_depth");
}

/* A table much larger than what it is about. */
Test(toc_damage, size_is_bounded)
{
    char *json = malloc(SPARE);
    memset(json, ' ', SPARE);
    memcpy(json, toc_json, strlen(toc_json));
    for (size_t k = 0; k < IA_COUNT(toc_forms); k++) {
        struct toc_layer layer = {.form = toc_forms[k], .json = json, .json_size = SPARE};
        if (layer.form >= FORM_CHUNKED)
            expect_unread(layer, "large", "a layer of this size");
        layer.unpacked = SPARE - 1;
        if (layer.form >= FORM_CHUNKED)
            expect_unread(layer, "large, and it lies", "a layer of this size");
    }
    free(json);
}

Test(toc_damage, lengths_do_not_lie)
{
    struct toc_layer layer = {.form = FORM_CHUNKED, .json = toc_json, .unpacked = strlen(toc_json) + 1};
    expect_unread(layer, "shorter", "shorter");
    layer.unpacked = strlen(toc_json) - 1;
    expect_unread(layer, "longer", "longer");
    layer.unpacked = UINT64_MAX - 1;
    expect_unread(layer, "most", "shorter");
}

Test(toc_damage, what_is_packed)
{
    static const struct {
        const char *name, *bytes;
        size_t size;
        const char *text;
    } rows[] = {
        {"window of 2 GiB", window_bomb, sizeof(window_bomb) - 1, "zstd_window"},
        {"cut", window_bomb, 5, "inside a frame"},
        {"not compressed", "{}", 2, "its compression is none"},
        {"gzip", "\x1f\x8b\x08\0", 4, "its compression is gzip"},
        {"nothing", "", 0, "empty"},
        {"zip", "PK\3\4", 4, "zip"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        expect_unread(
            (struct toc_layer){
                .form = FORM_CHUNKED, .json = toc_json, .packed = rows[i].bytes, .packed_size = rows[i].size},
            rows[i].name, rows[i].text);
}

Test(toc_damage, the_footer_leads_to_another_file)
{
    struct toc_layer layer = {.form = FORM_ESTARGZ, .json = toc_json, .index_name = "./stargz.index.json"};
    expect_unread(layer, "spelt differently", "leads to something else");
}

#define BIN "{\"name\":\"bin\",\"type\":\"dir\"},"

/* Counts entries, not their chunks. */
Test(toc_damage, entries_are_bounded)
{
    for (int over = 0; over <= 1; over++) {
        struct test_env t;
        char *json = toc_edit("\"entries\":[", over ? "\"entries\":[" BIN BIN : "\"entries\":[" BIN);
        test_env_open(&t);
        test_env_crypto(&t);
        t.limits.layer_entries = 8;
        struct toc_found found = toc_run(&t, &(struct toc_layer){.form = FORM_CHUNKED, .json = json});
        cr_expect_eq(found.status, 0, "%s", t.env.error.message);
        cr_expect_eq(found.skipped, (size_t)over, "%s", found.text);
        cr_expect(!over || strstr(found.text, "layer_entries"), "%s", found.text);
        test_env_close(&t);
        free(json);
    }
}

Test(toc_damage, bytes_are_bounded)
{
    for (size_t k = 0; k < 2 * IA_COUNT(toc_forms); k++) {
        struct toc_layer layer = {.form = toc_forms[k / 2], .json = toc_json};
        size_t over = k % 2;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        t.limits.document_bytes = strlen(toc_json) - over;
        struct toc_found found = toc_run(&t, &layer);
        cr_expect_eq(found.status, 0, "%s", t.env.error.message);
        cr_expect_eq(found.skipped, over, "%s: %s", toc_form_names[k / 2], found.text);
        cr_expect(!over || strstr(found.text, "document_bytes"), "%s", found.text);
        test_env_close(&t);
    }
}

/* Out of memory, or the same answer. */
static void sweep(struct toc_layer layer, const char *name)
{
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    const struct toc_found right = toc_run(&t, &layer);
    size_t total = t.count;
    test_env_close(&t);
    cr_assert_eq(right.status, 0, "%s", name);
    for (size_t n = 1; n <= total; n++) {
        test_env_open(&t);
        test_env_crypto(&t);
        t.fail_at = n;
        struct toc_found found = toc_run(&t, &layer);
        cr_expect(found.status == IMGA_E_NOMEM ||
                      (found.status == 0 && found.skipped == right.skipped && found.tocs == right.tocs),
                  "%s, allocation %zu: %d %zu %s", name, n, found.status, found.skipped, found.text);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s, allocation %zu leaks", name, n);
    }
}

Test(toc_damage, every_allocation_fails_once, .timeout = 120)
{
    char *other = toc_edit("\"size\":5", "\"size\":6"), *extra = toc_edit("\"pipe\"", "\"none\"");
    const char *const texts[] = {toc_json, other, extra, "{"};
    for (size_t i = 0; i < IA_COUNT(texts); i++) {
        sweep((struct toc_layer){.form = FORM_ESTARGZ, .json = texts[i]}, "eStargz");
        sweep((struct toc_layer){.form = FORM_ESTARGZ, .json = texts[i], .piped = true}, "eStargz through a pipe");
        sweep((struct toc_layer){.form = FORM_CHUNKED, .json = texts[i]}, "zstd:chunked");
    }
    free(other);
    free(extra);
}
