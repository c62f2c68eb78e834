/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files of all classes and orders, their flags and notes, and files that lie. readelf is asked in tests/real. */
#include "bytes.h"

#include "analysed.h"
#include "catalog/binary/binary.h"
#include "catalog/binary/elf.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum {
    MACHINE_386 = 3,
    MACHINE_ARM = 40,
    MACHINE_AMD64 = 62,
    MACHINE_ARM64 = 183,
    GNU_STACK = 0x6474E551,
    GNU_RELRO = 0x6474E552
};

/* The lines that the analyser writes; fails the test when the call did. */
static char *lines_of(struct ia_str content)
{
    struct test_env t;
    test_env_open(&t);
    char *lines = test_analyse(&t, &ia_executable_analyser, "usr/bin/x", content);
    cr_assert(lines, "the call failed: %s", t.env.error.message);
    test_env_close(&t);
    return lines;
}

static void expect(const char *name, struct ia_str content, const char *expected)
{
    char *lines = lines_of(content);
    cr_expect_str_eq(lines, expected, "%s: got\n%sexpected\n%s", name, lines, expected);
    free(lines);
}

static void expect_file(const char *name, struct elf_file *file, const char *expected)
{
    struct bytes out;
    elf_write(file, &out);
    expect(name, bytes_view(&out), expected);
    bytes_close(&out);
}

Test(elf, architectures)
{
    static const struct {
        uint16_t machine;
        int narrow, big;
        const char *words;
    } rows[] = {
        {62, 0, 0, "amd64"},     {62, 1, 0, "amd64p32"},
        {3, 1, 0, "386"},        {40, 1, 0, "arm"},
        {40, 1, 1, "armbe"},     {183, 0, 0, "arm64"},
        {183, 0, 1, "arm64be"},  {21, 0, 0, "ppc64le"},
        {21, 0, 1, "ppc64"},     {20, 1, 1, "ppc"},
        {22, 0, 1, "s390x"},     {22, 1, 1, "s390"},
        {8, 1, 1, "mips"},       {8, 1, 0, "mipsle"},
        {8, 0, 1, "mips64"},     {8, 0, 0, "mips64le"},
        {243, 0, 0, "riscv64"},  {243, 1, 0, "riscv"},
        {258, 0, 0, "loong64"},  {43, 0, 1, "sparc64"},
        {0x9026, 0, 0, "alpha"}, {999, 0, 0, "elf-machine-999"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct elf_file file = {.narrow = rows[i].narrow, .big = rows[i].big, .type = 2, .machine = rows[i].machine};
        char expected[80];
        snprintf(expected, sizeof(expected), "executable elf %s flags=514\n", rows[i].words);
        expect_file(rows[i].words, &file, expected);
    }
}

Test(elf, what_is_no_program)
{
    static const uint16_t types[] = {1, 4};
    for (size_t i = 0; i < 2; i++) {
        struct elf_file file = {.type = types[i], .machine = 62};
        expect_file(types[i] == 1 ? "object" : "core", &file, "");
    }
    struct elf_file odd = {.type = 0, .machine = 62};
    expect_file("no type", &odd, "note binary 16\n");
    struct elf_file detached = {
        .type = 3,
        .machine = 62,
        .sections = {{.name = ".text", .type = 8, .flags = 6, .size = 4096}, {.name = ".debug", .type = 1, .size = 9}},
        .segments = {{.type = 1, .section = 0}},
    };
    expect_file("detached debug information", &detached, "");
}

/* ---- flags ---- */

struct shape {
    const char *name;
    uint16_t type;
    uint32_t stack;             /* flags of PT_GNU_STACK; 0: there is none */
    int relro, interp, symtab;  /* whether they are there */
    uint64_t tags[5][2];        /* the dynamic section */
    const char *symbol;         /* that is asked for */
    uint64_t section_of_symbol; /* 0: undefined */
    uint32_t flags;
};

static const struct shape shapes[] = {
    {"nothing", 2, 0, 0, 0, 1, {{0}}, NULL, 0, IA_EXECUTABLE_STATIC},
    {"static", 2, 6, 0, 0, 0, {{0}}, NULL, 0, IA_EXECUTABLE_STATIC | IA_EXECUTABLE_NX | IA_EXECUTABLE_STRIPPED},
    {"executable stack", 2, 7, 0, 1, 1, {{1, 1}}, NULL, 0, 0},
    {"fixed address", 2, 6, 0, 1, 1, {{1, 1}}, NULL, 0, IA_EXECUTABLE_NX},
    {"pie",
     3,
     6,
     1,
     1,
     1,
     {{1, 1}, {0x6FFFFFFB, 0x08000000}},
     NULL,
     0,
     IA_EXECUTABLE_PIE | IA_EXECUTABLE_NX | IA_EXECUTABLE_RELRO},
    {"pie of an old link editor", 3, 6, 0, 1, 1, {{1, 1}}, NULL, 0, IA_EXECUTABLE_PIE | IA_EXECUTABLE_NX},
    {"static pie",
     3,
     6,
     1,
     0,
     1,
     {{0x6FFFFFFB, 0x08000001}},
     NULL,
     0,
     IA_EXECUTABLE_PIE | IA_EXECUTABLE_NX | IA_EXECUTABLE_RELRO | IA_EXECUTABLE_NOW | IA_EXECUTABLE_STATIC},
    {"library", 3, 6, 0, 0, 1, {{1, 1}, {14, 1}}, NULL, 0, IA_EXECUTABLE_LIBRARY | IA_EXECUTABLE_NX},
    {"library that starts", 3, 6, 0, 1, 1, {{14, 1}}, NULL, 0, IA_EXECUTABLE_LIBRARY | IA_EXECUTABLE_NX},
    {"plugin", 3, 6, 0, 0, 1, {{1, 1}}, NULL, 0, IA_EXECUTABLE_LIBRARY | IA_EXECUTABLE_NX},
    {"bind now", 2, 0, 0, 1, 1, {{1, 1}, {24, 0}}, NULL, 0, IA_EXECUTABLE_NOW},
    {"flags now", 2, 0, 0, 1, 1, {{1, 1}, {30, 8}}, NULL, 0, IA_EXECUTABLE_NOW},
    {"canary", 2, 0, 0, 1, 1, {{1, 1}}, "__stack_chk_fail", 0, IA_EXECUTABLE_CANARY},
    {"fortify", 2, 0, 0, 1, 1, {{1, 1}}, "__memcpy_chk", 0, IA_EXECUTABLE_FORTIFY},
    {"who defines it uses it not", 2, 0, 0, 1, 1, {{1, 1}}, "__memcpy_chk", 1, 0},
    {"another name", 2, 0, 0, 1, 1, {{1, 1}}, "memcpy_chk", 0, 0},
    {"after the end", 2, 0, 0, 1, 1, {{1, 1}, {0, 0}, {24, 0}}, NULL, 0, 0},
};

static void check_shape(const struct shape *shape, int narrow, int big)
{
    struct elf_file file = {
        .narrow = narrow, .big = big, .type = shape->type, .machine = narrow ? MACHINE_386 : MACHINE_AMD64};
    struct bytes dynamic, symbols, strings, out;
    int word = narrow ? 4 : 8;
    size_t n = 0, segment = 0;
    bytes_open(&dynamic, big);
    bytes_open(&symbols, big);
    bytes_open(&strings, big);
    for (size_t i = 0; i < 5; i++) {
        put_number(&dynamic, shape->tags[i][0], word);
        put_number(&dynamic, shape->tags[i][1], word);
    }
    put_text(&strings, "");
    put_text(&strings, shape->symbol ? shape->symbol : "x");
    put_zeros(&symbols, narrow ? 16 : 24);
    put_number(&symbols, 1, 4);
    put_zeros(&symbols, narrow ? 10 : 2);
    put_number(&symbols, shape->section_of_symbol, 2);
    put_zeros(&symbols, narrow ? 0 : 16);
    file.sections[n++] =
        (struct elf_section){.name = ".dynsym", .type = 11, .link = 2, .data = symbols.buf.p, .size = symbols.buf.n};
    file.sections[n++] =
        (struct elf_section){.name = ".dynstr", .type = 3, .data = strings.buf.p, .size = strings.buf.n};
    file.sections[n++] =
        (struct elf_section){.name = shape->interp ? ".interp" : ".other", .type = 1, .data = "/lib/ld.so", .size = 11};
    if (shape->tags[0][0])
        file.sections[n++] =
            (struct elf_section){.name = ".dynamic", .type = 6, .data = dynamic.buf.p, .size = dynamic.buf.n};
    if (shape->symtab)
        file.sections[n++] = (struct elf_section){.name = ".symtab", .type = 2};
    if (shape->stack)
        file.segments[segment++] = (struct elf_segment){.type = GNU_STACK, .flags = shape->stack, .section = -1};
    if (shape->relro)
        file.segments[segment++] = (struct elf_segment){.type = GNU_RELRO, .flags = 4, .section = -1};
    if (shape->interp)
        file.segments[segment++] = (struct elf_segment){.type = 3, .section = 2};
    elf_write(&file, &out);
    char expected[160];
    snprintf(expected, sizeof(expected), "executable elf %s%s flags=%u\n", narrow ? "386" : "amd64",
             shape->interp ? " interpreter=/lib/ld.so" : "", shape->flags);
    expect(shape->name, bytes_view(&out), expected);
    bytes_close(&out);
    bytes_close(&dynamic);
    bytes_close(&symbols);
    bytes_close(&strings);
}

Test(elf, flags)
{
    for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
        for (int form = 0; form < 4; form++)
            check_shape(&shapes[i], form & 1, form >> 1);
}

/* The symbols of a file whose section headers were cut off are found by the dynamic section. */
Test(elf, symbols_without_sections)
{
    struct bytes symbols, dynamic, out;
    bytes_open(&symbols, 0);
    put_zeros(&symbols, 24);
    put_number(&symbols, 1, 4);
    put_zeros(&symbols, 20);
    put(&symbols, "\0__stack_chk_fail", 18);
    bytes_open(&dynamic, 0);
    static const uint64_t tags[] = {1, 1, 6, 0x5000, 5, 0x5000 + 48, 0, 0};
    for (size_t i = 0; i < 8; i++)
        put_number(&dynamic, tags[i], 8);
    struct elf_file file = {
        .type = 2,
        .machine = MACHINE_AMD64,
        .no_sections = 1,
        .sections = {{.name = "symbols", .type = 1, .address = 0x5000, .data = symbols.buf.p, .size = symbols.buf.n},
                     {.name = "dynamic", .type = 1, .address = 0x6000, .data = dynamic.buf.p, .size = dynamic.buf.n}},
        .segments = {{.type = 1, .section = 0}, {.type = 2, .section = 1}},
    };
    elf_write(&file, &out);
    expect("stripped of sections", bytes_view(&out), "executable elf amd64 flags=576\n");
    bytes_close(&out);
    bytes_close(&dynamic);
    bytes_close(&symbols);
}

/* ---- notes ---- */

static void check_notes(const char *name, const struct bytes *notes, int form, const char *expected)
{
    struct elf_file file = {
        .type = 2,
        .machine = form == 2 ? MACHINE_ARM64 : MACHINE_AMD64,
        .sections = {{.name = ".note", .type = 7, .data = notes->buf.p, .size = notes->buf.n}},
    };
    if (form == 1)
        file.segments[0] = (struct elf_segment){.type = 4, .section = 0, .align = 4};
    expect_file(name, &file, expected);
}

static void put_property(struct bytes *b, uint32_t type, uint32_t value)
{
    struct bytes desc;
    bytes_open(&desc, 0);
    put_number(&desc, type, 4);
    put_number(&desc, 4, 4);
    put_number(&desc, value, 4);
    put_number(&desc, 0, 4);
    put_note(b, "GNU", 5, desc.buf.p, desc.buf.n);
    bytes_close(&desc);
}

Test(elf, notes)
{
    struct bytes b;
    bytes_open(&b, 0);
    put_note(&b, "GNU", 1, "\0\0\0\0\3\0\0\0", 8);
    put_note(&b, "GNU", 3, "\x01\x02\xab\xcd", 4);
    put_note(&b, "GNU", 3, "\x99", 1);
    check_notes("by section", &b, 0, "executable elf amd64 build-id=0102abcd flags=514\n");
    check_notes("by segment and section", &b, 1, "executable elf amd64 build-id=0102abcd flags=514\n");
    put_property(&b, 0xC0000002, 3);
    check_notes("control flow", &b, 0, "executable elf amd64 build-id=0102abcd flags=770\n");
    check_notes("of another machine", &b, 2, "executable elf arm64 build-id=0102abcd flags=514\n");
    put_property(&b, 0xC0000002, 1);
    check_notes("half of it", &b, 0, "executable elf amd64 build-id=0102abcd flags=514\n");
    put_property(&b, 0xC0000000, 3);
    check_notes("branch targets", &b, 2, "executable elf arm64 build-id=0102abcd flags=770\n");
    bytes_close(&b);
}

Test(elf, package_notes)
{
    static const struct {
        const char *name, *json, *expected;
    } rows[] = {
        {"all of it",
         "{\"type\":\"rpm\",\"name\":\"x\",\"version\":\"1-2\",\"architecture\":\"x86_64\",\"osCpe\":\"cpe:/"
         "o:f:f:38\",\"os\":\"fedora\","
         "\"debugInfoUrl\":\"https://d\",\"list\":[1,{\"name\":\"no\"}]}",
         "package rpm x 1-2 arch=x86_64 how=note-package os-cpe=cpe:/o:f:f:38 os=fedora\n"},
        {"little", "{\"name\":\"x\"}", "package generic x - how=note-package\n"},
        {"odd text", "{\"name\":\"a\\u001b]0;\"}", "package generic a%1B]0; - how=note-package\n"},
        {"twice", "{\"name\":\"x\",\"name\":\"y\",\"version\":\"1\"}",
         "note binary 80\npackage generic x 1 how=note-package\n"},
        {"no name", "{\"version\":\"1\"}", "note binary 80\n"},
        {"a name of another type", "{\"name\":7}", "note binary 80\n"},
        {"a list", "[]", "note binary 80\nnote binary 80\n"},
        {"cut", "{\"name\":\"x\",\"version\":\"1", "note binary 80\npackage generic x - how=note-package\n"},
        {"no JSON", "hello", "note binary 80\nnote binary 80\n"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct bytes b;
        char expected[300];
        bytes_open(&b, 0);
        put_note(&b, "FDO", 0xCAFE1A7E, rows[i].json, strlen(rows[i].json) + 1);
        snprintf(expected, sizeof(expected), "executable elf amd64 flags=514\n%s", rows[i].expected);
        check_notes(rows[i].name, &b, 0, expected);
        bytes_close(&b);
    }
}

Test(elf, notes_that_lie)
{
    struct bytes b;
    bytes_open(&b, 0);
    put(&b, "\xff\xff\xff\xff\xff\xff\xff\xff\x03\0\0\0GNU", 16);
    check_notes("sizes of 4 GiB", &b, 0, "note binary 64\nexecutable elf amd64 flags=514\n");
    ia_buf_clear(&b.buf);
    put(&b,
        "\x04\0\0\0\xfd\xff\xff\xff\x7e\x1a\xfe\xca"
        "FDO\0{",
        17);
    check_notes("a size that rounds over the end", &b, 0, "note binary 64\nexecutable elf amd64 flags=514\n");
    ia_buf_clear(&b.buf);
    put(&b, "abcd", 4);
    check_notes("less than a header", &b, 0, "note binary 64\nexecutable elf amd64 flags=514\n");
    ia_buf_clear(&b.buf);
    put_note(&b, "GNU", 5, "\x02\0\0\xc0\xff\xff\xff\xff", 8);
    check_notes("a property of 4 GiB", &b, 0, "note binary 80\nexecutable elf amd64 flags=514\n");
    ia_buf_clear(&b.buf);
    for (size_t i = 0; i < 65537; i++)
        put_note(&b, "", 0, "", 0);
    check_notes("65537 notes", &b, 0, "note binary 0\nexecutable elf amd64 flags=514\n");
    b.buf.n -= 16;
    check_notes("65536 notes are too many to tell", &b, 0, "note binary 0\nexecutable elf amd64 flags=514\n");
    b.buf.n -= 16;
    check_notes("65535 notes", &b, 0, "executable elf amd64 flags=514\n");
    bytes_close(&b);
}

/* Sections may lie over each other: 60,000 of them are one long list of properties. */
Test(elf, overlapping_notes)
{
    struct bytes desc, notes, out;
    bytes_open(&desc, 0);
    for (size_t i = 0; i < 50000; i++)
        put(&desc, "\1\0\0\0\0\0\0\0", 8);
    bytes_open(&notes, 0);
    put_note(&notes, "GNU", 5, desc.buf.p, desc.buf.n);
    struct elf_file file = {
        .type = 2,
        .machine = MACHINE_AMD64,
        .sections = {{.name = ".note", .type = 7, .data = notes.buf.p, .size = notes.buf.n}},
    };
    elf_write(&file, &out);
    char header[64];
    memcpy(header, out.buf.p + out.buf.n - 128, sizeof(header));
    for (size_t i = 0; i < 60000; i++)
        put(&out, header, sizeof(header));
    set_number(&out, 60, 60003, 2);
    expect("60001 sections", bytes_view(&out), "note binary 0\nexecutable elf amd64 flags=514\n");
    bytes_close(&out);
    bytes_close(&notes);
    bytes_close(&desc);
}

/* ---- headers that lie ---- */

struct change {
    const char *name;
    size_t at;
    int size;
    uint64_t value;
    const char *expected;
};

/* Of a file of 64 bits with one segment (64..120), one section of 16 bytes at 128, names at 144, headers at 168. */
static const struct change changes[] = {
    {"class 0", 4, 1, 0, "note binary 0\n"},
    {"class 3", 4, 1, 3, "note binary 0\n"},
    {"byte order 3", 5, 1, 3, "note binary 0\n"},
    {"the other byte order", 5, 1, 2, "note binary 16\n"},
    {"segments outside", 32, 8, UINT64_MAX - 55, "note binary -1\nexecutable elf amd64 flags=514\n"},
    {"sections outside", 40, 8, UINT64_MAX - 63, "note binary -1\nexecutable elf amd64 flags=514\n"},
    {"segments of size 1", 54, 2, 1, "note binary 64\nexecutable elf amd64 flags=514\n"},
    {"segments of size 0", 54, 2, 0, "note binary 64\nexecutable elf amd64 flags=514\n"},
    {"65535 segments", 56, 2, 65534, "note binary 64\nexecutable elf amd64 flags=514\n"},
    {"sections of size 1", 58, 2, 1, "note binary 168\nexecutable elf amd64 flags=514\n"},
    {"65535 sections", 60, 2, 65535, "note binary 168\nexecutable elf amd64 flags=514\n"},
    {"names by a number past the end", 62, 2, 7, "note binary 168\nexecutable elf amd64 flags=514\n"},
    {"names by the number in section 0", 62, 2, 65535, "executable elf amd64 flags=514\n"},
    {"a segment past the end", 64 + 32, 8, 1 << 20, "note binary 128\nexecutable elf amd64 flags=514\n"},
    {"a segment that wraps", 64 + 8, 8, UINT64_MAX, "note binary -1\nexecutable elf amd64 flags=514\n"},
    {"a section past the end", 168 + 64 + 24, 8, 1 << 20, "note binary 1048576\nexecutable elf amd64 flags=514\n"},
    {"a section that wraps", 168 + 64 + 32, 8, UINT64_MAX, "note binary 128\nexecutable elf amd64 flags=514\n"},
    {"a name past the table", 168 + 64, 4, 99999, "executable elf amd64 flags=514\n"},
    {"compressed names", 168 + 128 + 8, 8, 0x800, "note binary 168\nexecutable elf amd64 flags=514\n"},
};

static void write_plain(struct bytes *out)
{
    struct elf_file file = {
        .type = 2,
        .machine = MACHINE_AMD64,
        .sections = {{.name = ".data", .type = 1, .flags = 3, .address = 0x5000, .size = 16}},
        .segments = {{.type = 1, .flags = 6, .section = 0}},
    };
    elf_write(&file, out);
}

Test(elf, headers_that_lie)
{
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        struct bytes out;
        write_plain(&out);
        cr_assert_eq(out.buf.p[40], (char)168, "the section headers lie at %d", out.buf.p[40]);
        set_number(&out, changes[i].at, changes[i].value, changes[i].size);
        expect(changes[i].name, bytes_view(&out), changes[i].expected);
        bytes_close(&out);
    }
}

/* Counts beyond 65,535 lie in section 0. */
Test(elf, many_headers)
{
    struct bytes out;
    write_plain(&out);
    set_number(&out, 60, 0, 2);
    set_number(&out, 168 + 32, 65536, 8);
    expect("65536 sections", bytes_view(&out), "note binary 168\nexecutable elf amd64 flags=514\n");
    set_number(&out, 168 + 32, 3, 8);
    expect("3 sections, counted in the first", bytes_view(&out), "executable elf amd64 flags=514\n");
    set_number(&out, 56, 0xFFFF, 2);
    set_number(&out, 168 + 44, 65536, 4);
    expect("65536 segments", bytes_view(&out), "note binary 64\nexecutable elf amd64 flags=514\n");
    set_number(&out, 60, 65535, 2);
    put_zeros(&out, 65535 * 64);
    set_number(&out, 56, 1, 2);
    expect("65535 sections that are there", bytes_view(&out), "executable elf amd64 flags=514\n");
    bytes_close(&out);
}

/* As many faults as there are: one file says it 16 times. */
Test(elf, many_faults)
{
    struct bytes out;
    write_plain(&out);
    set_number(&out, 60, 102, 2);
    for (size_t i = 0; i < 100; i++) {
        struct bytes header;
        bytes_open(&header, 0);
        put_number(&header, 0, 4);
        put_number(&header, 7, 4);
        put_zeros(&header, 16);
        put_number(&header, UINT64_MAX - 5, 8);
        put_number(&header, 100, 8);
        put_zeros(&header, 24);
        put(&out, header.buf.p, header.buf.n);
        bytes_close(&header);
    }
    char *lines = lines_of(bytes_view(&out));
    size_t notes = 0;
    for (const char *p = lines; (p = strstr(p, "note binary")); p++)
        notes++;
    cr_expect_eq(notes, IA_BINARY_FAULTS, "%zu notes", notes);
    free(lines);
    bytes_close(&out);
}

Test(elf, cut_files)
{
    struct bytes out;
    write_plain(&out);
    for (size_t n = 0; n < out.buf.n; n++) {
        char *lines = lines_of(ia_str_sub(bytes_view(&out), 0, n));
        cr_expect(strstr(lines, "note binary"), "%zu bytes: %s", n, lines);
        free(lines);
    }
    bytes_close(&out);
}

Test(elf, packed)
{
    struct elf_file file = {.type = 2, .machine = MACHINE_AMD64, .segments = {{.type = 1, .section = -1}}};
    struct bytes out;
    elf_write(&file, &out);
    bytes_close(&out);
    file.no_sections = 1;
    elf_write(&file, &out);
    put(&out, "\1\2\3\4UPX!\xff\xff\xff\xff", 12);
    expect("packed by UPX", bytes_view(&out), "executable elf amd64 flags=514\nnote skipped 120\n");
    bytes_close(&out);
}

Test(elf, hostile)
{
    struct bytes notes, go, out;
    bytes_open(&notes, 0);
    put_note(&notes, "GNU", 3, "0123456789abcdef0123", 20);
    put_note(&notes, "FDO", 0xCAFE1A7E, "{\"type\":\"deb\",\"name\":\"x\",\"version\":\"1\"}", 39);
    bytes_open(&go, 0);
    put_go_inline(&go, "go1.21.3",
                  "path\tx.org/m\nmod\tx.org/m\tv1.0.0\th1:x=\ndep\tx.org/a\tv1.2.3\n=>\tx.org/b\tv2.0.0\th1:y=\n");
    struct elf_file file = {
        .type = 3,
        .machine = MACHINE_AMD64,
        .sections =
            {{.name = ".note", .type = 7, .data = notes.buf.p, .size = notes.buf.n},
             {.name = ".go.buildinfo", .type = 1, .flags = 3, .address = 0x5000, .data = go.buf.p, .size = go.buf.n}},
        .segments = {{.type = 1, .flags = 6, .section = 1}, {.type = 4, .section = 0, .align = 4}},
    };
    elf_write(&file, &out);
    size_t wrong = test_analyse_hostile(&ia_executable_analyser, "usr/bin/x", bytes_view(&out));
    cr_expect_eq(wrong, 0, "attempt %zu went wrong", wrong);
    bytes_close(&out);
    bytes_close(&notes);
    bytes_close(&go);
}
