/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.wall, plain and compressed. */
#include "../lang/cases.h"
#include "catalog/system/system.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define WALL "var/lib/chisel/manifest.wall"
#define TWO                                                                                                            \
    "{\"jsonwall\":\"1.0\",\"schema\":\"1.0\",\"count\":9}\n"                                                          \
    "{\"kind\":\"content\",\"slice\":\"base-files_base\",\"path\":\"/etc/\"}\n"                                        \
    "{\"kind\":\"content\",\"slice\":\"base-files_base\",\"path\":\"/etc/debian_version\"}\n"                          \
    "{\"kind\":\"content\",\"slice\":\"openssl_bins\",\"path\":\"/usr/bin/openssl\"}\n"                                \
    "{\"kind\":\"package\",\"name\":\"base-files\",\"version\":\"13ubuntu10\",\"sha256\":\"00\",\"arch\":\"amd64\"}\n" \
    "{\"kind\":\"package\",\"name\":\"openssl\",\"version\":\"3.0.13-0ubuntu3\",\"sha256\":\"00\",\"arch\":\"amd64\"}" \
    "\n"                                                                                                               \
    "{\"kind\":\"path\",\"path\":\"/usr/bin/"                                                                          \
    "openssl\",\"mode\":\"0755\",\"slices\":[\"openssl_bins\"],\"sha256\":\"\",\"size\":7}\n"                          \
    "{\"kind\":\"slice\",\"name\":\"base-files_base\"}\n{\"kind\":\"slice\",\"name\":\"openssl_bins\"}\n"
#define TWO_LINES                                                                                                      \
    "package deb base-files 13ubuntu10 arch=amd64 how=chisel slices=base\npath etc/debian_version\n"                   \
    "package deb openssl 3.0.13-0ubuntu3 arch=amd64 how=chisel slices=bins\npath usr/bin/openssl\n"

static const struct file_case rows[] = {
    {"two packages", WALL, TEXT(TWO), TWO_LINES},
    {"two slices of one package", WALL,
     TEXT("{\"jsonwall\":\"1.0\",\"count\":4}\n{\"kind\":\"package\",\"name\":\"a\",\"version\":\"1\",\"arch\":"
          "\"arm64\"}\n"
          "{\"kind\":\"slice\",\"name\":\"a_bins\"}\n{\"kind\":\"slice\",\"name\":\"a_libs\"}\n"),
     "package deb a 1 arch=arm64 how=chisel slices=bins,libs\n"},
    {"a line is missing", WALL,
     TEXT("{\"jsonwall\":\"1.0\",\"count\":3}\n{\"kind\":\"package\",\"name\":\"a\",\"version\":\"1\"}\n"),
     "package deb a 1 how=chisel\nnote db-partial -1\n"},
    {"malformed lines", WALL,
     TEXT("{\"jsonwall\":\"1.0\",\"count\":6}\n7\n{\"kind\":\"package\"}\n{}\n{\"kind\":\"package\",\"name\":\"a\","
          "\"version\":\"1\"}\n{\"kind\":"),
     "package deb a 1 how=chisel\nnote db-partial -1\n"},
    {"no header", WALL, TEXT("{\"kind\":\"package\",\"name\":\"a\",\"version\":\"1\"}\n"),
     "package deb a 1 how=chisel\nnote db-partial -1\n"},
    {"empty", WALL, TEXT(""), "note db-partial 0\nnote db-partial -1\n"},
    {"a damaged stream of another kind", WALL, TEXT("\xfd\x37zXZ\0\":\"package\",\"name\":\"a\"}\n"),
     "note db-partial 12\nnote db-partial -1\n"},
    {"a stream that ends early", WALL, TEXT("\x28\xb5\x2f\xfd"), "note db-partial 0\nnote db-partial -1\n"},
};

Test(chisel, files)
{
    check_files(&ia_chisel_analyser, rows, IA_COUNT(rows));
}

Test(chisel, hostile)
{
    check_hostile(&ia_chisel_analyser, rows, IA_COUNT(rows));
}

/* RFC 8878: magic, a single segment of a size in two bytes, one raw block. */
static struct ia_str pack(const char *text, char *out)
{
    size_t n = strlen(text), size = n - 256, block = n << 3 | 1;
    const char head[] = {'\x28',
                         '\xb5',
                         '\x2f',
                         '\xfd',
                         '\x60',
                         (char)size,
                         (char)(size >> 8),
                         (char)block,
                         (char)(block >> 8),
                         (char)(block >> 16)};
    memcpy(out, head, sizeof(head));
    memcpy(out + sizeof(head), text, n);
    return (struct ia_str){out, sizeof(head) + n};
}

Test(chisel, compressed)
{
    char packed[sizeof(TWO) + 16];
    const struct file_case row = {"compressed", WALL, pack(TWO, packed), TWO_LINES};
    check_files(&ia_chisel_analyser, &row, 1);
    check_hostile(&ia_chisel_analyser, &row, 1);
}

/* One that unpacks to more than file_bytes: what came before counts. */
Test(chisel, limit)
{
    struct test_env t;
    test_env_open(&t);
    t.limits.file_bytes = sizeof(TWO) - 1;
    char *lines = test_analyse(&t, &ia_chisel_analyser, WALL, IA_STR(TWO));
    cr_assert(lines);
    cr_expect_str_eq(lines, TWO_LINES);
    free(lines);
    t.limits.file_bytes--;
    lines = test_analyse(&t, &ia_chisel_analyser, WALL, IA_STR(TWO));
    cr_assert(lines);
    cr_expect_str_eq(lines, "note db-partial -1\nnote db-partial -1\n");
    free(lines);
    test_env_close(&t);
}
