/* SPDX-License-Identifier: Apache-2.0 */
/* PE files: headers, the version resource, .NET, Go and Rust inside, and what is malformed. */
#include "bytes.h"

#include "analysed.h"
#include "catalog/binary/binary.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { NEW_AT = 64, OPTIONAL_AT = 88, SECTIONS_AT = OPTIONAL_AT + 240, RESOURCES_AT = 512, RVA = 0x2000 };

static void expect(const char *name, struct ia_str content, const char *expected)
{
    struct test_env t;
    test_env_open(&t);
    char *lines = test_analyse(&t, &ia_executable_analyser, "app/x.dll", content);
    cr_assert(lines, "%s: the call failed: %s", name, t.env.error.message);
    cr_expect_str_eq(lines, expected, "%s: got\n%sexpected\n%s", name, lines, expected);
    free(lines);
    test_env_close(&t);
}

/* ---- the version resource ---- */

static size_t open_block(struct bytes *b, unsigned value, unsigned text, const char *key)
{
    size_t at = b->buf.n;
    put_number(b, 0, 2);
    put_number(b, value, 2);
    put_number(b, text, 2);
    put_utf16(b, key);
    return at;
}

static void close_block(struct bytes *b, size_t at)
{
    set_number(b, at, b->buf.n - at, 2);
    put_zeros(b, -b->buf.n & 3);
}

static void put_string(struct bytes *b, const char *key, const char *value)
{
    size_t at = open_block(b, (unsigned)strlen(value) + 1, 1, key);
    put_utf16(b, value);
    close_block(b, at);
}

/* Pairs of key and value. */
static void put_version(struct bytes *b, const char *const *strings)
{
    size_t all = open_block(b, 52, 0, "VS_VERSION_INFO");
    put_number(b, 0xFEEF04BD, 4);
    put_zeros(b, 48);
    size_t other = open_block(b, 0, 1, "VarFileInfo");
    close_block(b, other);
    size_t info = open_block(b, 0, 1, "StringFileInfo"), table = open_block(b, 0, 1, "040904b0");
    for (; *strings; strings += 2)
        put_string(b, strings[0], strings[1]);
    close_block(b, table);
    close_block(b, info);
    close_block(b, all);
}

static void put_directory(struct bytes *b, uint32_t id, uint32_t offset)
{
    put_zeros(b, 12);
    put_number(b, 0, 2);
    put_number(b, 1, 2);
    put_number(b, id, 4);
    put_number(b, offset, 4);
}

/* Three directories of 24 bytes, the data entry, the resource at 88. */
static void put_resources(struct bytes *b, uint32_t type, const char *const *strings)
{
    struct bytes version;
    bytes_open(&version, 0);
    put_version(&version, strings);
    put_directory(b, type, 0x80000000 | 24);
    put_directory(b, 1, 0x80000000 | 48);
    put_directory(b, 1033, 72);
    put_number(b, RVA + 88, 4);
    put_number(b, version.buf.n, 4);
    put_zeros(b, 8);
    put(b, version.buf.p, version.buf.n);
    bytes_close(&version);
}

/* ---- the file ---- */

struct pe {
    const char *section; /* name of the one section */
    struct ia_str content;
    int resources, assembly;
    uint32_t flags; /* of the section */
};

static void write_pe(const struct pe *pe, struct bytes *b)
{
    bytes_open(b, 0);
    put(b, "MZ\x90", 4);
    put_zeros(b, 20);
    put_number(b, 64, 2);
    put_zeros(b, 34);
    put_number(b, NEW_AT, 4);
    put(b, "PE\0", 4);
    put_number(b, 0x8664, 2);
    put_number(b, 1, 2);
    put_zeros(b, 12);
    put_number(b, 240, 2);
    put_number(b, 0x2022, 2);
    put_number(b, 0x20B, 2);
    put_zeros(b, 22);
    put_number(b, 0x140000000, 8);
    put_zeros(b, 38);
    put_number(b, 0x0140, 2); /* dynamic base, NX */
    put_zeros(b, 36);
    put_number(b, 16, 4);
    for (int i = 0; i < 16; i++) {
        put_number(b, i == 2 && pe->resources ? RVA : i == 14 && pe->assembly ? RVA : 0, 4);
        put_number(b, i == 2 && pe->resources ? pe->content.n : i == 14 && pe->assembly ? 72 : 0, 4);
    }
    cr_assert_eq(b->buf.n, SECTIONS_AT);
    char name[8] = {0};
    memcpy(name, pe->section, strlen(pe->section) < 8 ? strlen(pe->section) : 8);
    put(b, name, 8);
    put_number(b, pe->content.n, 4);
    put_number(b, RVA, 4);
    put_number(b, pe->content.n, 4);
    put_number(b, RESOURCES_AT, 4);
    put_zeros(b, 12);
    put_number(b, pe->flags, 4);
    put_zeros(b, RESOURCES_AT - b->buf.n);
    put(b, pe->content.p, pe->content.n);
}

#define EXECUTABLE "executable pe amd64 flags=37\n"

static const char *const json[] = {"CompanyName",
                                   "ACME Ltd",
                                   "FileVersion",
                                   "1.2.3.4",
                                   "InternalName",
                                   "Acme.Json.dll",
                                   "OriginalFilename",
                                   "Acme.Json.dll",
                                   "ProductName",
                                   "Acme Json \xc2",
                                   "ProductVersion",
                                   "1.2.3+abc",
                                   NULL};
static const char *const bare[] = {"InternalName", "x", "FileVersion", " 7.0 ", NULL};
static const char *const nameless[] = {"FileVersion", "7.0", NULL};

static void check_version(const char *name, uint32_t type, int assembly, const char *const *strings,
                          const char *expected)
{
    struct bytes resources, out;
    bytes_open(&resources, 0);
    put_resources(&resources, type, strings);
    struct pe pe = {.section = ".rsrc",
                    .content = bytes_view(&resources),
                    .resources = 1,
                    .assembly = assembly,
                    .flags = 0x40000040};
    write_pe(&pe, &out);
    expect(name, bytes_view(&out), expected);
    bytes_close(&out);
    bytes_close(&resources);
}

Test(pe, versions)
{
    check_version("an assembly", 16, 1, json,
                  EXECUTABLE "package nuget Acme.Json 1.2.3+abc supplier=ACME%20Ltd how=pe-version pe-assembly=1 "
                             "product-name=Acme%20Json%20%C3%82 product-version=1.2.3+abc file-version=1.2.3.4\n");
    check_version("a native library", 16, 0, json,
                  EXECUTABLE "package generic Acme%20Json%20%C3%82 1.2.3+abc supplier=ACME%20Ltd how=pe-version "
                             "product-name=Acme%20Json%20%C3%82 product-version=1.2.3+abc file-version=1.2.3.4\n");
    check_version("little", 16, 1, bare,
                  EXECUTABLE "package nuget x 7.0 how=pe-version pe-assembly=1 file-version=7.0\n");
    check_version("no name", 16, 1, nameless, EXECUTABLE);
    check_version("another resource", 3, 1, json, EXECUTABLE);
}

Test(pe, resources_that_lie)
{
    static const struct {
        const char *name;
        size_t at; /* in the resources */
        int size;
        uint64_t value;
        const char *expected;
    } rows[] = {
        {"a directory of itself", 20, 4, 0x80000000, EXECUTABLE "note binary 512\n"},
        {"a directory outside", 20, 4, 0xFFFFFFF0, EXECUTABLE "note binary 512\n"},
        {"data where a directory must be", 20, 4, 24, EXECUTABLE "note binary 512\n"},
        {"an address outside", 72, 4, 0x9000, EXECUTABLE "note binary 584\n"},
        {"a size outside", 76, 4, 0xFFFFFFFF, EXECUTABLE "note binary 584\n"},
        {"a block of no length", 88, 2, 0, EXECUTABLE "note binary 600\n"},
        {"a block too long", 88, 2, 0xFFFF, EXECUTABLE "note binary 600\n"},
        {"another key", 94, 2, 'X', EXECUTABLE "note binary 600\n"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct bytes resources, out;
        bytes_open(&resources, 0);
        put_resources(&resources, 16, bare);
        set_number(&resources, rows[i].at, rows[i].value, rows[i].size);
        struct pe pe = {.section = ".rsrc", .content = bytes_view(&resources), .resources = 1, .flags = 0x40000040};
        write_pe(&pe, &out);
        expect(rows[i].name, bytes_view(&out), rows[i].expected);
        bytes_close(&out);
        bytes_close(&resources);
    }
}

Test(pe, headers_that_lie)
{
    static const struct {
        const char *name;
        size_t at;
        int size;
        uint64_t value;
        const char *expected;
    } rows[] = {
        {"a program for DOS", 60, 4, 0xFFFFFFFF, "note binary 4294967295\n"},
        {"no signature", 64, 4, 0, ""},
        {"an object", 84, 2, 0, ""},
        {"optional header too small", 84, 2, 64, "note binary 88\nexecutable pe amd64 flags=1\n"},
        {"of another kind", 88, 2, 0x107, "note binary 88\nexecutable pe amd64 flags=1\n"},
        {"97 sections", 70, 2, 97, "note binary 328\nexecutable pe amd64 flags=37\n"},
        {"a section outside", SECTIONS_AT + 20, 4, 0xFFFFFFF0,
         "note binary 4294967280\nexecutable pe amd64 flags=37\n"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct bytes out;
        struct pe pe = {.section = ".text", .content = IA_STR("0123456789"), .flags = 0x60000020};
        write_pe(&pe, &out);
        set_number(&out, rows[i].at, rows[i].value, rows[i].size);
        expect(rows[i].name, bytes_view(&out), rows[i].expected);
        bytes_close(&out);
    }
    struct bytes dos;
    bytes_open(&dos, 0);
    put(&dos, "MZ\x90", 4);
    put_zeros(&dos, 56);
    put_number(&dos, 0x12345678, 4);
    expect("an old program for DOS", bytes_view(&dos), "");
    dos.buf.n = 63;
    expect("a cut one", bytes_view(&dos), "note binary 0\n");
    bytes_close(&dos);
}

Test(pe, go)
{
    struct bytes info, out;
    bytes_open(&info, 0);
    put_zeros(&info, 32);
    put_go_inline(&info, "go1.21.3", "dep\tx.org/a\tv1.2.3\n");
    struct pe pe = {.section = ".data", .content = bytes_view(&info), .flags = 0xC0000040};
    write_pe(&pe, &out);
    expect("Go", bytes_view(&out),
           EXECUTABLE
           "package golang stdlib 1.21.3 how=go-buildinfo\npackage golang x.org/a v1.2.3 how=go-buildinfo\n");
    size_t wrong = test_analyse_hostile(&ia_executable_analyser, "x.exe", bytes_view(&out));
    cr_expect_eq(wrong, 0, "attempt %zu went wrong", wrong);
    bytes_close(&out);
    bytes_close(&info);
}
