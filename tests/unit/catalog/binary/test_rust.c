/* SPDX-License-Identifier: Apache-2.0 */
/* The dependency list of cargo-auditable, and zlib streams that are larger or other than they say. */
#include "bytes.h"

#include "analysed.h"
#include "catalog/binary/binary.h"
#include "io/zlib_inflate.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BOMB = 64 * 1024 * 1024, LIST_MOST = 8 * 1024 * 1024 };

static struct ia_str deflated(const char *text, size_t n)
{
    uLongf room = compressBound((uLong)n);
    char *out = malloc(room);
    cr_assert(out && compress2((Bytef *)out, &room, (const Bytef *)text, (uLong)n, 9) == Z_OK);
    return (struct ia_str){out, room};
}

static void write_file(struct bytes *out, struct ia_str section, uint64_t flags)
{
    struct elf_file file = {
        .type = 2,
        .machine = 62,
        .sections = {{.name = ".dep-v0", .type = 1, .flags = flags, .data = section.p, .size = section.n}},
    };
    elf_write(&file, out);
}

static char *lines_of(struct ia_str section, uint64_t flags)
{
    struct bytes out;
    struct test_env t;
    test_env_open(&t);
    write_file(&out, section, flags);
    char *lines = test_analyse(&t, &ia_executable_analyser, "usr/bin/x", bytes_view(&out));
    cr_assert(lines, "the call failed: %s", t.env.error.message);
    char *rest = strchr(lines, '\n') + 1; /* after the executable */
    memmove(lines, rest, strlen(rest) + 1);
    bytes_close(&out);
    test_env_close(&t);
    return lines;
}

#define A "package cargo a 1.0.0 how=cargo-auditable\n"
#define NOTE "note binary 64\n"

static const struct {
    const char *name, *json, *expected;
} lists[] = {
    {"one", "{\"packages\":[{\"name\":\"a\",\"version\":\"1.0.0\"}]}", A},
    {"none", "{\"packages\":[]}", ""},
    {"all of it",
     "{\"format\":1,\"packages\":[{\"version\":\"2.0.0\",\"dependencies\":[0,1],\"name\":\"b\",\"kind\":\"build\","
     "\"source\":\"crates.io\","
     "\"root\":true},{\"name\":\"a\",\"version\":\"1.0.0\",\"root\":false}]}",
     "package cargo b 2.0.0 how=cargo-auditable cargo-root=1 cargo-kind=build cargo-source=crates.io\n" A},
    {"nothing is carried over",
     "{\"packages\":[{\"name\":\"b\",\"version\":\"2\",\"kind\":\"dev\"},{\"name\":\"a\",\"version\":\"1.0.0\"}]}",
     "package cargo b 2 how=cargo-auditable cargo-kind=dev\n" A},
    {"no name", "{\"packages\":[{\"version\":\"1\"},{\"name\":\"a\",\"version\":\"1.0.0\"}]}", NOTE A},
    {"no list", "{}", NOTE},
    {"no object", "[]", NOTE},
    {"not a list", "{\"packages\":{}}", NOTE},
    {"not objects", "{\"packages\":[1]}", NOTE},
    {"cut", "{\"packages\":[{\"name\":\"a\",\"version\":\"1.0.0\"},{\"name\":", A NOTE},
    {"trailing", "{\"packages\":[{\"name\":\"a\",\"version\":\"1.0.0\"}]}x", A NOTE},
};

Test(rust, lists)
{
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        struct ia_str section = deflated(lists[i].json, strlen(lists[i].json));
        char *lines = lines_of(section, 0);
        cr_expect_str_eq(lines, lists[i].expected, "%s: got\n%sexpected\n%s", lists[i].name, lines, lists[i].expected);
        free(lines);
        free((char *)section.p);
    }
}

Test(rust, streams)
{
    const char *json = lists[0].json;
    struct ia_str good = deflated(json, strlen(json));
    char bytes[256];
    memcpy(bytes, good.p, good.n);
    bytes[good.n] = 0;
    struct {
        const char *name;
        struct ia_str section;
        uint64_t flags;
    } rows[] = {
        {"empty", {bytes, 0}, 0},
        {"cut", {bytes, good.n - 5}, 0},
        {"cut in the check sum", {bytes, good.n - 1}, 0},
        {"header alone", {bytes, 2}, 0},
        {"trailing", {bytes, good.n + 1}, 0},
        {"plain", {json, strlen(json)}, 0},
        {"compressed section", good, 0x800},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char *lines = lines_of(rows[i].section, rows[i].flags);
        cr_expect_str_eq(lines, NOTE, "%s: got\n%s", rows[i].name, lines);
        free(lines);
    }
    bytes[good.n - 1] ^= 1;
    char *lines = lines_of((struct ia_str){bytes, good.n}, 0);
    cr_expect_str_eq(lines, NOTE, "check sum: got\n%s", lines);
    free(lines);
    free((char *)good.p);
}

/* 8 MiB of list are read, one byte more is not. */
Test(rust, limit)
{
    static const char head[] = "{\"packages\":[{\"name\":\"a\",\"version\":\"1.0.0\"}]}";
    for (size_t more = 0; more < 2; more++) {
        size_t n = LIST_MOST + more;
        char *text = malloc(n);
        cr_assert(text);
        memset(text, ' ', n);
        memcpy(text, head, sizeof(head) - 1);
        struct ia_str section = deflated(text, n);
        char *lines = lines_of(section, 0);
        cr_expect_str_eq(lines, more ? NOTE : A, "%zu bytes: got\n%s", n, lines);
        free(lines);
        free((char *)section.p);
        free(text);
    }
}

Test(rust, bomb)
{
    char *zeros = calloc(BOMB, 1);
    cr_assert(zeros);
    struct ia_str section = deflated(zeros, BOMB);
    char *lines = lines_of(section, 0);
    cr_expect_str_eq(lines, NOTE, "got\n%s", lines);
    free(lines);
    free((char *)section.p);
    free(zeros);
}

Test(rust, hostile)
{
    struct bytes out;
    struct ia_str section = deflated(lists[2].json, strlen(lists[2].json));
    write_file(&out, section, 0);
    size_t wrong = test_analyse_hostile(&ia_executable_analyser, "usr/bin/x", bytes_view(&out));
    cr_expect_eq(wrong, 0, "attempt %zu went wrong", wrong);
    bytes_close(&out);
    free((char *)section.p);
}

/* ---- the stream itself ---- */

Test(zlib_inflate, sizes)
{
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 1 << 20};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct test_env t;
        struct ia_buf out;
        char *text = malloc(sizes[i] + 1);
        for (size_t k = 0; k < sizes[i]; k++)
            text[k] = (char)(k * k >> 7);
        struct ia_str stream = deflated(text, sizes[i]);
        for (int short_by = 0; short_by < 2; short_by++) {
            if (short_by && sizes[i] == 0)
                continue;
            test_env_open(&t);
            ia_buf_init(&out, &t.env.alloc, sizes[i] + 1 - 2 * (size_t)short_by);
            int status = ia_zlib_inflate(&t.env, ia_cursor_from(stream.p, stream.n), &out);
            cr_expect_eq(status, short_by ? IMGA_E_LIMIT : IMGA_OK, "%zu bytes, room %zu: %d", sizes[i], out.max,
                         status);
            if (!short_by)
                cr_expect(out.n == sizes[i] && memcmp(out.n ? out.p : "", text, out.n) == 0, "%zu bytes", sizes[i]);
            ia_buf_free(&out);
            cr_expect_eq(t.live, 0);
            test_env_close(&t);
        }
        free((char *)stream.p);
        free(text);
    }
}

Test(zlib_inflate, malformed)
{
    static const struct {
        const char *name, *text;
        size_t n;
        int status;
    } rows[] = {
        {"nothing", "", 0, IMGA_E_TRUNCATED},
        {"one byte", "\x78", 1, IMGA_E_TRUNCATED},
        {"another method", "\x77\x85", 2, IMGA_E_FORMAT},
        {"header check", "\x78\x9d", 2, IMGA_E_FORMAT},
        {"window of 64 KiB", "\x88\x1c", 2, IMGA_E_FORMAT},
        {"dictionary", "\x78\xbb\0\0\0\1", 6, IMGA_E_FORMAT},
        {"no data", "\x78\x9c", 2, IMGA_E_TRUNCATED},
        {"block type 3", "\x78\x9c\x07", 3, IMGA_E_FORMAT},
        {"empty, no check sum", "\x78\x9c\x03\0", 4, IMGA_E_TRUNCATED},
        {"empty", "\x78\x9c\x03\0\0\0\0\1", 8, IMGA_OK},
        {"empty, wrong check sum", "\x78\x9c\x03\0\0\0\0\2", 8, IMGA_E_CHECKSUM},
        {"empty, trailing", "\x78\x9c\x03\0\0\0\0\1\0", 9, IMGA_E_FORMAT},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct test_env t;
        struct ia_buf out;
        test_env_open(&t);
        ia_buf_init(&out, &t.env.alloc, 100);
        char *exact = malloc(rows[i].n + 1);
        memcpy(exact, rows[i].text, rows[i].n);
        int status = ia_zlib_inflate(&t.env, ia_cursor_from(exact, rows[i].n), &out);
        cr_expect_eq(status, rows[i].status, "%s: %d instead of %d: %s", rows[i].name, status, rows[i].status,
                     t.env.error.message);
        free(exact);
        ia_buf_free(&out);
        test_env_close(&t);
    }
}
