/* SPDX-License-Identifier: Apache-2.0 */
/* Go's build information: both forms, its text, and what is malformed. "go version -m" is asked in tests/real. */
#include "bytes.h"

#include "analysed.h"
#include "catalog/binary/binary.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect(const char *name, struct ia_str content, const char *expected)
{
    struct test_env t;
    test_env_open(&t);
    char *lines = test_analyse(&t, &ia_executable_analyser, "usr/bin/x", content);
    cr_assert(lines, "%s: the call failed: %s", name, t.env.error.message);
    const char *rest = strstr(lines, "executable ");
    rest = rest && strchr(rest, '\n') ? strchr(rest, '\n') + 1 : "";
    cr_expect_str_eq(rest, expected, "%s: got\n%sexpected\n%s", name, rest, expected);
    free(lines);
    test_env_close(&t);
}

static void expect_section(const char *name, const struct bytes *info, const char *section, const char *expected)
{
    struct elf_file file = {
        .type = 2,
        .machine = 62,
        .sections =
            {{.name = section, .type = 1, .flags = 3, .address = 0x5000, .data = info->buf.p, .size = info->buf.n}},
        .segments = {{.type = 1, .flags = 6, .section = 0}},
    };
    struct bytes out;
    elf_write(&file, &out);
    expect(name, bytes_view(&out), expected);
    bytes_close(&out);
}

#define STDLIB "package golang stdlib 1.21.3 how=go-buildinfo\n"

static const struct {
    const char *name, *modules, *expected;
} texts[] = {
    {"no modules", NULL, ""},
    {"main and another", "path\tx.org/m/cmd/p\nmod\tx.org/m\tv1.0.0\th1:x=\ndep\tx.org/a\tv1.2.3\th1:a=\n",
     "package golang x.org/m v1.0.0 how=go-buildinfo go-main=1 go-package=x.org/m/cmd/p go-sum=h1:x=\n"
     "package golang x.org/a v1.2.3 how=go-buildinfo go-sum=h1:a=\n"},
    {"replaced by a module",
     "path\tx.org/m\nmod\tx.org/m\t(devel)\t\ndep\tx.org/a\tv1.2.3\n=>\tx.org/"
     "b\tv0.0.0-20230102030405-0123456789ab\th1:b=\n\n",
     "package golang x.org/m (devel) how=go-buildinfo go-main=1\n"
     "package golang x.org/b v0.0.0-20230102030405-0123456789ab how=go-buildinfo replaces=x.org/a@v1.2.3 "
     "go-sum=h1:b=\n"},
    {"replaced by a directory",
     "dep\tx.org/a\tv1.2.3\n=>\t../a\t\t\ndep\tx.org/c\tv2.0.0+incompatible\n=>\t/c\t(devel)\t\n",
     "package golang x.org/a (devel) how=go-buildinfo replaces=x.org/a@v1.2.3 replaced-by=../a\n"
     "package golang x.org/c (devel) how=go-buildinfo replaces=x.org/c@v2.0.0+incompatible replaced-by=/c\n"},
    {"settings",
     "mod\tx.org/"
     "m\t(devel)\nbuild\t-compiler=gc\nbuild\tvcs=git\nbuild\tvcs.revision=abc\nbuild\tvcs.time=2023-01-02T03:04:05Z\n"
     "build\tvcs.modified=true\n",
     "package golang x.org/m (devel) how=go-buildinfo go-main=1 vcs-revision=abc vcs-time=2023-01-02T03:04:05Z "
     "vcs-modified=true\n"},
    {"a version in main",
     "mod\tx.org/m\t(devel)\nbuild\t-ldflags=\"-s -w -X main.commit=1.1 -X main.version=v1.2.3\"\n",
     "package golang x.org/m v1.2.3 how=go-buildinfo go-main=1 version-from=ldflags\n"},
    {"a version in the module",
     "mod\tx.org/m\t(devel)\nbuild\t-ldflags=\"-X=x.org/m/internal/version.Version=2.0.0-rc1\"\n",
     "package golang x.org/m 2.0.0-rc1 how=go-buildinfo go-main=1 version-from=ldflags\n"},
    {"a version in quotes",
     "mod\tx.org/m\t(devel)\nbuild\t-ldflags=\"-X 'x.org/m.version=1.0' -X \\\"main.version=2.0\\\"\"\n",
     "package golang x.org/m 1.0 how=go-buildinfo go-main=1 version-from=ldflags\n"},
    {"a version of another module",
     "mod\tx.org/m\t(devel)\nbuild\t-ldflags=\"-X y.org/m.version=1.0 -X main.version=unknown\"\n",
     "package golang x.org/m (devel) how=go-buildinfo go-main=1\n"},
    {"a known version stays", "mod\tx.org/m\tv3.0.0\nbuild\t-ldflags=\"-X main.version=1.0\"\n",
     "package golang x.org/m v3.0.0 how=go-buildinfo go-main=1\n"},
    {"outside of modules", "path\tx.org/p/cmd/q\nbuild\t-ldflags=-X=main.version=1.5.0\n",
     "package golang x.org/p/cmd/q 1.5.0 how=go-buildinfo go-main=1 version-from=ldflags\n"},
    {"loose files", "path\tcommand-line-arguments\n", ""},
    {"Go's own program", "path\tcmd/compile\nbuild\t-compiler=gc\n",
     "package golang toolchain 1.21.3 how=go-buildinfo go-main=1 go-package=cmd/compile\n"},
    {"an unknown line", "mod\tx.org/m\tv1.0.0\ndup\tx.org/a\tv1.0.0\n",
     "note binary 205\npackage golang x.org/m v1.0.0 how=go-buildinfo go-main=1\n"},
    {"no path", "dep\t\tv1\ndep\tx.org/a\tv1.0.0\n",
     "note binary 186\npackage golang x.org/a v1.0.0 how=go-buildinfo\n"},
    {"replaced by nothing", "dep\tx.org/a\tv1.2.3\n=>\t\t\n",
     "note binary 205\npackage golang x.org/a v1.2.3 how=go-buildinfo\n"},
    {"replaces nothing", "=>\tx.org/a\tv1.2.3\n", "note binary 186\n"},
    {"odd bytes", "dep\tx.org/\x1b]0;a\tv1 2\n", "package golang x.org/%1B]0;a v1%202 how=go-buildinfo\n"},
};

Test(go, texts)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct bytes info;
        char expected[600];
        bytes_open(&info, 0);
        put_go_inline(&info, "go1.21.3", texts[i].modules);
        snprintf(expected, sizeof(expected), STDLIB "%s", texts[i].expected);
        expect_section(texts[i].name, &info, ".go.buildinfo", expected);
        bytes_close(&info);
    }
}

Test(go, versions)
{
    static const char *const rows[][2] = {
        {"go1.20", "package golang stdlib 1.20 how=go-buildinfo\n"},
        {"go1.22.1 X:boringcrypto",
         "package golang stdlib 1.22.1 how=go-buildinfo go-version=go1.22.1%20X:boringcrypto\n"},
        {"devel go1.23-abc Tue",
         "package golang stdlib devel%20go1.23-abc%20Tue how=go-buildinfo go-version=devel%20go1.23-abc%20Tue\n"},
    };
    for (size_t i = 0; i < 3; i++) {
        struct bytes info;
        bytes_open(&info, 0);
        put_go_inline(&info, rows[i][0], NULL);
        expect_section(rows[i][0], &info, ".go.buildinfo", rows[i][1]);
        bytes_close(&info);
    }
}

/* Without the section the first writable segment is searched, at multiples of 16. */
Test(go, searched)
{
    struct bytes info;
    bytes_open(&info, 0);
    put_zeros(&info, 4096);
    put_go_inline(&info, "go1.21.3", "dep\tx.org/a\tv1.2.3\n");
    expect_section("searched", &info, ".data", STDLIB "package golang x.org/a v1.2.3 how=go-buildinfo\n");
    expect_section("named, further on", &info, ".go.buildinfo",
                   STDLIB "package golang x.org/a v1.2.3 how=go-buildinfo\n");
    bytes_close(&info);
    bytes_open(&info, 0);
    put_zeros(&info, 8);
    put_go_inline(&info, "go1.21.3", NULL);
    expect_section("not at a multiple", &info, ".data", "");
    expect_section("named, but not there", &info, ".go.buildinfo", "note binary 128\n");
    bytes_close(&info);
}

/* ---- pointers: Go 1.13 to 1.17 ---- */

enum { DATA_AT = 0x5000, STRINGS = 64, TEXT = 128 };

/* Header, two Go strings at 64, their texts from 128 on; all at DATA_AT. */
static void put_pointers(struct bytes *b, int word, const char *version, const char *modules)
{
    size_t v = strlen(version), m = modules ? strlen(modules) + 32 : 0;
    put(b, "\xff Go buildinf:", 14);
    put_number(b, word, 1);
    put_number(b, b->big, 1);
    put_number(b, DATA_AT + STRINGS, word);
    put_number(b, DATA_AT + STRINGS + 2 * word, word);
    put_zeros(b, STRINGS - b->buf.n);
    put_number(b, DATA_AT + TEXT, word);
    put_number(b, v, word);
    put_number(b, DATA_AT + TEXT + v, word);
    put_number(b, m, word);
    put_zeros(b, TEXT - b->buf.n);
    put(b, version, v);
    if (modules) {
        put(b, "0123456789abcdef", 16);
        put(b, modules, strlen(modules));
        put(b, "fedcba9876543210", 16);
    }
}

Test(go, pointers)
{
    for (int form = 0; form < 4; form++) {
        struct bytes info, out;
        bytes_open(&info, form & 1);
        put_pointers(&info, form & 2 ? 4 : 8, "go1.21.3",
                     "path\tx.org/m\nmod\tx.org/m\tv1.0.0\t\ndep\tx.org/a\tv1.2.3\th1:=\n");
        struct elf_file file = {
            .narrow = form >> 1,
            .big = form & 1,
            .type = 2,
            .machine = 62,
            .sections = {{.name = ".go.buildinfo",
                          .type = 1,
                          .flags = 3,
                          .address = DATA_AT,
                          .data = info.buf.p,
                          .size = info.buf.n}},
            .segments = {{.type = 1, .flags = 6, .section = 0}},
        };
        elf_write(&file, &out);
        expect("pointers", bytes_view(&out),
               STDLIB "package golang x.org/m v1.0.0 how=go-buildinfo go-main=1\npackage golang x.org/a v1.2.3 "
                      "how=go-buildinfo go-sum=h1:=\n");
        bytes_close(&out);
        bytes_close(&info);
    }
}

struct lie {
    const char *name;
    size_t at;
    uint64_t value;
    int size;
};

Test(go, pointers_that_lie)
{
    static const struct lie lies[] = {
        {"to itself", 16, DATA_AT, 8},
        {"outside", 16, 1 << 20, 8},
        {"far outside", 16, UINT64_MAX - 3, 8},
        {"version of 2^63", 72, 1ULL << 63, 8},
        {"no version", 72, 0, 8},
        {"modules of 2^63", 88, 1ULL << 63, 8},
        {"modules outside", 80, 7, 8},
        {"pointers of 3 bytes", 14, 3, 1},
        {"pointers of 0 bytes", 14, 0, 1},
    };
    for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
        struct bytes info;
        bytes_open(&info, 0);
        put_pointers(&info, 8, "go1.17.1", "dep\tx.org/a\tv1.2.3\n");
        set_number(&info, lies[i].at, lies[i].value, lies[i].size);
        expect_section(lies[i].name, &info, ".go.buildinfo", "note binary 128\n");
        bytes_close(&info);
    }
}

Test(go, inline_that_lies)
{
    static const struct {
        const char *name, *text;
        size_t n;
        const char *expected;
    } rows[] = {
        {"a length of 2^63", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7fgo1.20", 16, "note binary 128\n"},
        {"a length without end", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12, "note binary 128\n"},
        {"nothing", "", 0, "note binary 128\n"},
        {"no second length", "\x06go1.20", 7, "note binary 128\n"},
        {"no marks", "\x06go1.20\x04mod\t", 12, "note binary 168\npackage golang stdlib 1.20 how=go-buildinfo\n"},
        {"a long version", NULL, 300, "note binary 128\n"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct bytes info;
        bytes_open(&info, 0);
        put(&info, "\xff Go buildinf:\x08\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32);
        if (rows[i].text)
            put(&info, rows[i].text, rows[i].n);
        else {
            put(&info, "\xac\x02", 2);
            put_zeros(&info, rows[i].n + 1);
        }
        expect_section(rows[i].name, &info, ".go.buildinfo", rows[i].expected);
        bytes_close(&info);
    }
}
