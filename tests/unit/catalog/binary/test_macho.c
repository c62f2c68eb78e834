/* SPDX-License-Identifier: Apache-2.0 */
/* Mach-O files of both sizes and orders, fat ones, and what is malformed. */
#include "bytes.h"

#include "analysed.h"
#include "catalog/binary/binary.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { AMD64 = 0x01000007, ARM64 = 0x0100000C, ARM = 12, DATA_ADDRESS = 0x4000 };

static void expect(const char *name, struct ia_str content, const char *expected)
{
    struct test_env t;
    test_env_open(&t);
    char *lines = test_analyse(&t, &ia_executable_analyser, "bin/x", content);
    cr_assert(lines, "%s: the call failed: %s", name, t.env.error.message);
    cr_expect_str_eq(lines, expected, "%s: got\n%sexpected\n%s", name, lines, expected);
    free(lines);
    test_env_close(&t);
}

static void put_name(struct bytes *b, const char *name)
{
    char room[16] = {0};
    memcpy(room, name, strlen(name));
    put(b, room, sizeof(room));
}

struct macho {
    int narrow, big;
    uint32_t cpu, type, flags;
    const char *section; /* in the segment __DATA */
    struct ia_str content;
};

/* A dynamic linker of 32 bytes, a UUID of 24, the symbols of 24, __DATA with a section; the content behind them. */
static void write_macho(const struct macho *m, struct bytes *b)
{
    int word = m->narrow ? 4 : 8;
    size_t segment = m->narrow ? 56 + 68 : 72 + 80, start = (m->narrow ? 28U : 32U) + 80 + segment;
    bytes_open(b, m->big);
    put_number(b, m->narrow ? 0xFEEDFACE : 0xFEEDFACF, 4);
    put_number(b, m->cpu, 4);
    put_number(b, 0, 4);
    put_number(b, m->type, 4);
    put_number(b, 4, 4);
    put_number(b, 80 + segment, 4);
    put_number(b, m->flags, 4);
    put_zeros(b, m->narrow ? 0 : 4);
    put_number(b, 0x0E, 4);
    put_number(b, 32, 4);
    put_number(b, 12, 4);
    put(b, "/usr/lib/dyld\0\0\0\0\0\0", 20);
    put_number(b, 0x1B, 4);
    put_number(b, 24, 4);
    put(b, "\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef", 16);
    put_number(b, 0x02, 4);
    put_number(b, 24, 4);
    put_zeros(b, 4);
    put_number(b, 7, 4);
    put_zeros(b, 8);
    put_number(b, m->narrow ? 0x01 : 0x19, 4);
    put_number(b, segment, 4);
    put_name(b, "__DATA");
    put_number(b, DATA_ADDRESS, word);
    put_number(b, m->content.n, word);
    put_number(b, start, word);
    put_number(b, m->content.n, word);
    put_number(b, 3, 4);
    put_number(b, 3, 4);
    put_number(b, 1, 4);
    put_number(b, 0, 4);
    put_name(b, m->section);
    put_name(b, "__DATA");
    put_number(b, DATA_ADDRESS, word);
    put_number(b, m->content.n, word);
    put_number(b, start, 4);
    put_zeros(b, m->narrow ? 24 : 28);
    cr_assert_eq(b->buf.n, start, "%zu", b->buf.n);
    put(b, m->content.p, m->content.n);
}

#define ID " build-id=0123456789abcdef0123456789abcdef interpreter=/usr/lib/dyld"
#define GO "package golang stdlib 1.21.3 how=go-buildinfo\npackage golang x.org/a v1.2.3 how=go-buildinfo\n"

static struct bytes go_info(void)
{
    struct bytes info;
    bytes_open(&info, 0);
    put_go_inline(&info, "go1.21.3", "dep\tx.org/a\tv1.2.3\n");
    return info;
}

Test(macho, thin)
{
    struct bytes info = go_info();
    const struct {
        const char *name;
        struct macho file;
        const char *expected;
    } rows[] = {
        {"amd64",
         {0, 0, AMD64, 2, 0x200000, "__go_buildinfo", bytes_view(&info)},
         "executable mach-o amd64" ID " flags=36\n" GO},
        {"arm64 library",
         {0, 0, ARM64, 6, 0, "__data", bytes_view(&info)},
         "executable mach-o arm64" ID " flags=33\n" GO},
        {"386", {1, 0, 7, 2, 0x20000, "__data", bytes_view(&info)}, "executable mach-o 386" ID " flags=0\n" GO},
        {"ppc", {1, 1, 18, 8, 0, "__go_buildinfo", bytes_view(&info)}, "executable mach-o ppc" ID " flags=33\n" GO},
        {"object", {0, 0, AMD64, 1, 0, "__data", bytes_view(&info)}, ""},
        {"empty section", {0, 0, 99, 2, 0, "__data", {"", 0}}, "executable mach-o unknown" ID " flags=32\n"},
        {"nothing there",
         {0, 0, AMD64, 2, 0, "__go_buildinfo", IA_STR("x")},
         "executable mach-o amd64" ID " flags=32\nnote binary 264\n"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct bytes out;
        write_macho(&rows[i].file, &out);
        expect(rows[i].name, bytes_view(&out), rows[i].expected);
        bytes_close(&out);
    }
    bytes_close(&info);
}

static void put_fat(struct bytes *fat, int wide, const struct ia_str *slices, size_t count, uint64_t at)
{
    int word = wide ? 8 : 4;
    bytes_open(fat, 1);
    put_number(fat, wide ? 0xCAFEBABF : 0xCAFEBABE, 4);
    put_number(fat, count, 4);
    for (size_t i = 0; i < count; i++) {
        put_zeros(fat, 8);
        put_number(fat, at, word);
        put_number(fat, slices[i].n, word);
        put_zeros(fat, wide ? 8 : 4);
        at += slices[i].n;
    }
    put_zeros(fat, 256 - fat->buf.n);
    for (size_t i = 0; i < count; i++)
        put(fat, slices[i].p, slices[i].n);
}

Test(macho, fat)
{
    struct bytes info = go_info(), a, b, fat;
    write_macho(&(struct macho){0, 0, AMD64, 2, 0x200000, "__go_buildinfo", bytes_view(&info)}, &a);
    write_macho(&(struct macho){0, 0, ARM64, 2, 0x200000, "__data", IA_STR("x")}, &b);
    struct ia_str slices[2] = {bytes_view(&a), bytes_view(&b)};
    for (int wide = 0; wide < 2; wide++) {
        put_fat(&fat, wide, slices, 2, 256);
        expect("fat", bytes_view(&fat), "executable mach-o amd64,arm64" ID " flags=36\n" GO);
        fat.buf.n = 256 + slices[0].n + 5;
        char expected[400];
        snprintf(expected, sizeof(expected), "note binary %zu\nexecutable mach-o amd64" ID " flags=36\n" GO,
                 256 + slices[0].n);
        expect("the second is cut", bytes_view(&fat), expected);
        bytes_close(&fat);
    }
    put_fat(&fat, 0, slices, 2, 1 << 20);
    char expected[400];
    snprintf(expected, sizeof(expected), "note binary 1048576\nnote binary %zu\n", (1 << 20) + slices[0].n);
    expect("all outside", bytes_view(&fat), expected);
    bytes_close(&fat);
    put_fat(&fat, 0, slices, 1, 3);
    expect("not where it says", bytes_view(&fat), "note binary 3\n");
    expect("no slices", (struct ia_str){"\xCA\xFE\xBA\xBE\0\0\0\0", 8}, "note binary 0\n");
    expect("cut", (struct ia_str){fat.buf.p, 20}, "note binary 0\n");
    bytes_close(&fat);
    expect("a Java class", (struct ia_str){"\xCA\xFE\xBA\xBE\0\0\0\x34\0\x10", 10}, "");
    bytes_close(&a);
    bytes_close(&b);
    bytes_close(&info);
}

Test(macho, commands_that_lie)
{
    static const struct {
        const char *name;
        size_t at;
        int size;
        uint64_t value;
        const char *expected;
    } rows[] = {
        {"commands outside", 20, 4, 0xFFFFFFFF, "note binary 32\nexecutable mach-o amd64 flags=544\n"},
        {"65536 commands", 16, 4, 65536, "note binary 32\nexecutable mach-o amd64 flags=544\n"},
        {"one command too many", 16, 4, 5, "note binary 264\nexecutable mach-o amd64" ID " flags=32\n"},
        {"a command of no length", 36, 4, 0, "note binary 32\nexecutable mach-o amd64 flags=544\n"},
        {"a command too long", 36, 4, 4096, "note binary 32\nexecutable mach-o amd64 flags=544\n"},
        {"a segment outside", 112 + 40, 8, UINT64_MAX, "note binary -1\nexecutable mach-o amd64" ID " flags=32\n"},
        {"sections past their segment", 112 + 64, 4, 0xFFFFFFFF, "executable mach-o amd64" ID " flags=32\n"},
        {"a linker outside of its command", 40, 4, 0xFFFFFFFF,
         "executable mach-o amd64 build-id=0123456789abcdef0123456789abcdef flags=32\n"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct bytes out;
        write_macho(&(struct macho){0, 0, AMD64, 2, 0, "__data", IA_STR("0123456789")}, &out);
        set_number(&out, rows[i].at, rows[i].value, rows[i].size);
        expect(rows[i].name, bytes_view(&out), rows[i].expected);
        bytes_close(&out);
    }
    expect("a cut header", (struct ia_str){"\xCF\xFA\xED\xFE\7\0\0\1", 8}, "note binary 0\n");
}

Test(macho, hostile)
{
    struct bytes info = go_info(), a, fat;
    write_macho(&(struct macho){0, 0, AMD64, 2, 0, "__go_buildinfo", bytes_view(&info)}, &a);
    struct ia_str slice = bytes_view(&a);
    put_fat(&fat, 0, &slice, 1, 256);
    size_t wrong = test_analyse_hostile(&ia_executable_analyser, "x", bytes_view(&a));
    cr_expect_eq(wrong, 0, "thin: attempt %zu went wrong", wrong);
    wrong = test_analyse_hostile(&ia_executable_analyser, "x", bytes_view(&fat));
    cr_expect_eq(wrong, 0, "fat: attempt %zu went wrong", wrong);
    bytes_close(&a);
    bytes_close(&fat);
    bytes_close(&info);
}
