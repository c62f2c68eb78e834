/* SPDX-License-Identifier: Apache-2.0 */
/* The inventory document: exact bytes out, and nothing in that is not exactly that. */
#include "catalog/inventory_json.h"
#include "support.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char golden[] =
    "{\"schema\":\"imgassure-inventory/1\",\"image\":{\"form\":\"oci-layout\",\"reference\":\"latest\","
    "\"manifestDigest\":\"sha256:aa\",\"configDigest\":\"sha256:bb\",\"os\":\"linux\",\"architecture\":\"amd64\","
    "\"variant\":\"\",\"created\":\"2026-01-02T03:04:05Z\",\"verified\":\"full\"},\"distro\":{\"id\":\"debian\","
    "\"idLike\":\"\","
    "\"versionId\":\"12\",\"codename\":\"bookworm\",\"release\":\"bookworm\",\"prettyName\":\"Debian\",\"services\":"
    "\"\"},\"layers\":["
    "{\"digest\":\"sha256:cc\",\"diffId\":\"sha256:dd\",\"mediaType\":\"m\",\"size\":18446744073709551615,"
    "\"createdBy\":\"RUN x\"}],\"packages\":[{\"type\":\"deb\",\"name\":\"a\",\"version\":\"1:1-2\","
    "\"architecture\":\"amd64\",\"source\":\"s\",\"sourceVersion\":\"1\",\"license\":\"Expat\",\"licenseExpression\":"
    "\"MIT\","
    "\"maintainer\":\"M\\u001b\",\"purl\":\"pkg:deb/debian/a@1\",\"how\":\"dpkg\","
    "\"path\":\"var/lib/dpkg/status\",\"inside\":\"\",\"layer\":0,\"owner\":-1,"
    "\"properties\":{\"epoch\":\"1\",\"state\":\"\"},\"files\":[\"bin/a\",\"usr\"]},"
    "{\"type\":\"npm\",\"name\":\"b\",\"version\":\"2\",\"architecture\":\"all\",\"source\":\"b\","
    "\"sourceVersion\":\"2\",\"license\":\"\",\"licenseExpression\":\"\",\"maintainer\":\"\",\"purl\":\"\","
    "\"how\":\"\",\"path\":\"\",\"inside\":\"x!y\",\"layer\":-1,\"owner\":0,\"properties\":{},\"files\":[]}],"
    "\"executables\":[{\"path\":\"bin/a\",\"format\":\"elf\",\"architecture\":\"amd64\",\"buildId\":\"ab\","
    "\"interpreter\":\"/ld.so\",\"flags\":4294967295,\"layer\":0,\"owner\":1},"
    "{\"path\":\"bin/b\",\"format\":\"pe\",\"architecture\":\"\",\"buildId\":\"\",\"interpreter\":\"\","
    "\"flags\":0,\"layer\":-1,\"owner\":-1}],\"notes\":[{\"code\":\"link\",\"offset\":-1,\"where\":\"w\",\"text\":"
    "\"t\"},"
    "{\"code\":\"db-partial\",\"offset\":9223372036854775807,\"where\":\"\",\"text\":\"t\"}],\"complete\":false}\n";

static int read_text(struct test_env *t, const char *text, size_t step, struct ia_inventory *inventory)
{
    struct ia_reader *input = test_chunks(text, strlen(text), step);
    int status = ia_inventory_read(&t->env, input, inventory);
    ia_reader_close(input);
    return status;
}

/* Reads, writes, and compares with expected. */
static void round_trip(const char *text, const char *expected, size_t step)
{
    struct test_env t;
    struct ia_inventory inventory;
    struct ia_buf out;
    test_env_open(&t);
    ia_buf_init(&out, &ia_alloc_libc, SIZE_MAX);
    struct ia_writer writer = test_writer(&out);
    cr_assert_eq(read_text(&t, text, step, &inventory), IMGA_OK, "%s", t.env.error.message);
    cr_assert_eq(ia_inventory_write(&t.env, &inventory, &writer), IMGA_OK);
    cr_expect(ia_str_is(ia_buf_view(&out), expected), "step %zu: %.*s", step, (int)out.n, out.p);
    ia_inventory_free(&inventory);
    ia_buf_free(&out);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

/* text with the first find replaced; malloc'ed. */
static char *replace(const char *text, const char *find, const char *with)
{
    const char *at = strstr(text, find);
    cr_assert(at, "\"%s\" is in the document", find);
    size_t size = strlen(text) + strlen(with) + 1;
    char *out = malloc(size);
    snprintf(out, size, "%.*s%s%s", (int)(at - text), text, with, at + strlen(find));
    return out;
}

Test(inventory_json, same_bytes_at_every_chunk_size)
{
    static const size_t steps[] = {1, 2, 7, 64, 100000};
    for (size_t i = 0; i < IA_COUNT(steps); i++)
        round_trip(golden, golden, steps[i]);
}

Test(inventory_json, order_of_members_and_blanks_do_not_matter)
{
    char *moved = replace(golden, "\"complete\":false}\n", "\"schema\" : \"imgassure-inventory/1\" }");
    char *text = replace(moved, "\"schema\":\"imgassure-inventory/1\",", " \"complete\":false,\n");
    round_trip(text, golden, 3);
    free(moved);
    free(text);
}

Test(inventory_json, empty)
{
    struct test_env t;
    struct ia_inventory inventory;
    struct ia_buf out;
    test_env_open(&t);
    ia_buf_init(&out, &ia_alloc_libc, SIZE_MAX);
    struct ia_writer writer = test_writer(&out);
    cr_assert_eq(ia_inventory_init(&t.env, &inventory), IMGA_OK);
    cr_assert_eq(ia_inventory_write(&t.env, &inventory, &writer), IMGA_OK);
    cr_assert_eq(ia_buf_char(&out, '\0'), IMGA_OK);
    round_trip(out.p, out.p, 5);
    ia_inventory_free(&inventory);
    ia_buf_free(&out);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

Test(inventory_json, refused)
{
    static const struct {
        const char *find, *with;
        int status;
    } rows[] = {
        {"inventory/1\"", "inventory/2\"", IMGA_E_UNSUPPORTED},
        {"\"imgassure-inventory/1\"", "1", IMGA_E_FORMAT},
        {"{\"schema\"", "{\"x\":1,\"schema\"", IMGA_E_FORMAT},
        {"{\"schema\":\"imgassure-inventory/1\",", "{", IMGA_E_FORMAT},
        {"{\"schema\"", "{\"complete\":false,\"schema\"", IMGA_E_FORMAT},
        {"{\"form\"", "{\"extra\":\"\",\"form\"", IMGA_E_FORMAT},
        {"{\"form\":\"oci-layout\",", "{", IMGA_E_FORMAT},
        {"{\"form\"", "{\"os\":\"linux\",\"form\"", IMGA_E_FORMAT},
        {"\"form\":\"oci-layout\"", "\"form\":null", IMGA_E_FORMAT},
        {"\"form\":\"oci-layout\"", "\"form\":[]", IMGA_E_FORMAT},
        {"oci-layout", "oci\\u0000layout", IMGA_E_FORMAT},
        {"oci-layout", "oci\\ud800layout", IMGA_E_FORMAT},
        {"\"image\":{", "\"image\":[{", IMGA_E_FORMAT},
        {"\"layers\":[", "\"layers\":{},\"x\":[", IMGA_E_FORMAT},
        {"\"layers\":[{", "\"layers\":[[],{", IMGA_E_FORMAT},
        {"18446744073709551615", "18446744073709551616", IMGA_E_FORMAT},
        {"18446744073709551615", "-1", IMGA_E_FORMAT},
        {"18446744073709551615", "1.0", IMGA_E_FORMAT},
        {"18446744073709551615", "\"1\"", IMGA_E_FORMAT},
        {"\"layer\":0", "\"layer\":1", IMGA_E_FORMAT},
        {"\"layer\":0", "\"layer\":-2", IMGA_E_FORMAT},
        {"\"layer\":0", "\"layer\":-0", IMGA_E_FORMAT},
        {"\"layer\":0", "\"layer\":2147483648", IMGA_E_FORMAT},
        {"\"layer\":0", "\"layer\":\"0\"", IMGA_E_FORMAT},
        {"[\"bin/a\",\"usr\"]", "[\"usr\",\"bin/a\"]", IMGA_E_FORMAT},
        {"[\"bin/a\",\"usr\"]", "[\"usr\",\"usr\"]", IMGA_E_FORMAT},
        {"[\"bin/a\",\"usr\"]", "[\"usr\",1]", IMGA_E_FORMAT},
        {"[\"bin/a\",\"usr\"]", "{}", IMGA_E_FORMAT},
        {"\"type\":\"npm\"", "\"type\":\"apk\"", IMGA_E_FORMAT},
        {"\"owner\":0", "\"owner\":2", IMGA_E_FORMAT},
        {"\"owner\":1", "\"owner\":-2", IMGA_E_FORMAT},
        {"{\"epoch\":\"1\",\"state\":\"\"}", "{\"state\":\"1\",\"epoch\":\"\"}", IMGA_E_FORMAT},
        {"{\"epoch\":\"1\",\"state\":\"\"}", "{\"epoch\":\"1\",\"epoch\":\"\"}", IMGA_E_FORMAT},
        {"{\"epoch\":\"1\",\"state\":\"\"}", "{\"epoch\":1}", IMGA_E_FORMAT},
        {"{\"epoch\":\"1\",\"state\":\"\"}", "{\"e\\u0000\":\"1\"}", IMGA_E_FORMAT},
        {"{\"epoch\":\"1\",\"state\":\"\"}", "[]", IMGA_E_FORMAT},
        {"4294967295", "4294967296", IMGA_E_FORMAT},
        {"4294967295", "\"0\"", IMGA_E_FORMAT},
        {"{\"path\":\"bin/a\"", "{\"path\":\"bin/c\"", IMGA_E_FORMAT},
        {"\"executables\":[", "\"executables\":{},\"x\":[", IMGA_E_FORMAT},
        {"\"code\":\"link\"", "\"code\":\"no-such-code\"", IMGA_E_FORMAT},
        {"\"code\":\"link\"", "\"code\":3", IMGA_E_FORMAT},
        {"\"offset\":-1", "\"offset\":-2", IMGA_E_FORMAT},
        {"9223372036854775807", "9223372036854775808", IMGA_E_FORMAT},
        {"\"where\":\"w\"", "\"where\":\"\\u001b[2J\"", IMGA_E_FORMAT},
        {"\"text\":\"t\"", "\"text\":\"\\u202e\"", IMGA_E_FORMAT},
        {"\"complete\":false", "\"complete\":true", IMGA_E_FORMAT},
        {"\"complete\":false", "\"complete\":0", IMGA_E_FORMAT},
        {"db-partial", "link", IMGA_E_FORMAT},
        {"false}\n", "false}x", IMGA_E_FORMAT},
        {"false}\n", "false", IMGA_E_TRUNCATED},
        {golden, "", IMGA_E_TRUNCATED},
        {golden, "[]", IMGA_E_FORMAT},
        {golden, "null", IMGA_E_FORMAT},
        {golden, "{}", IMGA_E_FORMAT},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct test_env t;
        struct ia_inventory inventory;
        test_env_open(&t);
        char *text = replace(golden, rows[i].find, rows[i].with);
        for (size_t step = 1; step < 4096; step *= 64) {
            ia_error_clear(&t.env);
            int status = read_text(&t, text, step, &inventory);
            cr_expect_eq(status, rows[i].status, "row %zu (%s): %d %s", i, rows[i].with, status, t.env.error.message);
            cr_expect(t.env.error.message[0], "row %zu", i);
        }
        free(text);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "row %zu leaks", i);
    }
}

Test(inventory_json, truncated_everywhere)
{
    for (size_t n = 0; n + 2 < sizeof(golden); n++) { /* the newline at the end may be missing */
        struct test_env t;
        struct ia_inventory inventory;
        test_env_open(&t);
        struct ia_reader *input = test_chunks(golden, n, 16);
        cr_expect_eq(ia_inventory_read(&t.env, input, &inventory), IMGA_E_TRUNCATED, "%zu bytes", n);
        ia_reader_close(input);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%zu bytes", n);
    }
}

Test(inventory_json, broken_input)
{
    struct test_env t;
    struct ia_inventory inventory;
    test_env_open(&t);
    struct ia_reader *input = test_broken(golden, 700, IMGA_E_IO);
    cr_expect_eq(ia_inventory_read(&t.env, input, &inventory), IMGA_E_IO);
    ia_reader_close(input);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

/* Each limit at what the document needs, and one below. */
Test(inventory_json, limits)
{
    static const struct {
        const char *name;
        size_t at;
        uint64_t needed;
    } rows[] = {
        {"layers", offsetof(imga_limits, layers), 1},
        {"packages", offsetof(imga_limits, packages), 2},
        {"package_files", offsetof(imga_limits, package_files), 2}, /* files, and executables */
        {"notes", offsetof(imga_limits, notes), 2},
        {"document_bytes", offsetof(imga_limits, document_bytes), sizeof(golden) - 1},
        {"string_bytes", offsetof(imga_limits, string_bytes), 21},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        for (uint64_t below = 0; below < 2; below++) {
            struct test_env t;
            struct ia_inventory inventory;
            uint64_t value = rows[i].needed - below;
            test_env_open(&t);
            memcpy((char *)&t.limits + rows[i].at, &value, sizeof(value));
            int status = read_text(&t, golden, 9, &inventory);
            cr_expect_eq(status, below ? IMGA_E_LIMIT : IMGA_OK, "%s %u: %d", rows[i].name, (unsigned)value, status);
            if (below)
                cr_expect(strstr(t.env.error.message, rows[i].name), "%s: %s", rows[i].name, t.env.error.message);
            if (status == IMGA_OK)
                ia_inventory_free(&inventory);
            test_env_close(&t);
            cr_expect_eq(t.live, 0);
        }
}

/* With no room for a single note the document still says that there was one, and can be read back. */
Test(inventory_json, notes_that_were_only_counted)
{
    struct test_env t;
    struct ia_inventory inventory;
    struct ia_buf out;
    test_env_open(&t);
    t.limits.notes = 0;
    ia_buf_init(&out, &ia_alloc_libc, SIZE_MAX);
    struct ia_writer writer = test_writer(&out);
    cr_assert_eq(ia_inventory_init(&t.env, &inventory), IMGA_OK);
    cr_assert_eq(ia_notes_add(&inventory.notes, IMGA_NOTE_LINK, -1, IA_STR(""), IA_STR("x")), IMGA_OK);
    cr_assert_eq(ia_inventory_write(&t.env, &inventory, &writer), IMGA_OK);
    cr_assert_eq(ia_buf_char(&out, '\0'), IMGA_OK);
    cr_expect(strstr(out.p, "\"code\":\"dropped\""), "%s", out.p);
    round_trip(out.p, out.p, 100);
    ia_inventory_free(&inventory);
    ia_buf_free(&out);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

Test(inventory_json, no_memory)
{
    for (int on = 0; on < 2; on++)
        for (size_t n = 1;; n++) {
            struct test_env t;
            struct ia_inventory inventory;
            test_env_open(&t);
            t.fail_at = n;
            t.fail_on = on;
            int status = read_text(&t, golden, 100, &inventory);
            bool reached = t.count >= n;
            cr_expect(status == IMGA_OK || status == IMGA_E_NOMEM, "allocation %zu: %d", n, status);
            if (status == IMGA_OK)
                ia_inventory_free(&inventory);
            test_env_close(&t);
            cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
            if (!reached)
                break;
        }
}
