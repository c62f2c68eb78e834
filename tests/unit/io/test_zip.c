/* SPDX-License-Identifier: Apache-2.0 */
/* The zip reader: a table of archives with what is listed, how members are read, limits, memory, damage. */
#include "zipped.h"

#include "support.h"

#include "base/utf8.h"
#include "io/zip.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 4096, MOST = 1000, READ_MOST = 100000 };

/* ---- what is found, as text ---- */

static void write_flags(struct ia_buf *out, unsigned flags)
{
    static const char *const names[] = {"PREFIX", "TRAILING", "ENDS",       "ODD_END",   "CUT",
                                        "MORE",   "HIDDEN",   "OVERLAP",    "DUPLICATE", "ODD_LOCAL",
                                        "LOST",   "ODD_NAME", "UNREADABLE", "ODD_SIZE",  "ODD_CRC"};
    for (size_t i = 0; i < IA_COUNT(names); i++)
        if (flags & 1U << i) {
            cr_assert_eq(ia_buf_char(out, ' '), 0);
            cr_assert_eq(ia_buf_text(out, names[i]), 0);
        }
    cr_assert_eq(flags >> IA_COUNT(names), 0U);
}

static void write_member(struct ia_buf *out, struct ia_env *env, const struct ia_zip_member *member)
{
    struct ia_zip_content content;
    int status = ia_zip_read(env, member, READ_MOST, &content);
    cr_assert_eq(ia_utf8_escape(out, member->name), 0);
    write_flags(out, member->flags);
    if (status < 0) {
        cr_assert_eq(ia_buf_text(out, " error "), 0);
        cr_assert_eq(ia_buf_i64(out, status), 0);
        cr_assert_eq(env->error.status, status);
        cr_assert_neq(env->error.message[0], '\0');
    } else {
        write_flags(out, content.flags);
        cr_assert_eq(ia_buf_text(out, " = "), 0);
        cr_assert_eq(ia_utf8_escape(out, ia_str_sub(ia_cursor_str(content.data), 0, 20)), 0);
    }
    cr_assert_eq(ia_buf_char(out, '\n'), 0);
    ia_error_clear(env);
    ia_zip_content_free(&content);
}

/* "FLAGS\nNAME FLAGS = CONTENT\n...", or "error STATUS". Owned by out. */
static int list(struct ia_env *env, struct ia_str bytes, size_t most, struct ia_buf *out)
{
    struct ia_zip *zip = NULL;
    int status = ia_zip_open(env, ia_cursor_from(bytes.p, bytes.n), most, &zip);
    ia_buf_clear(out);
    if (status < 0) {
        cr_assert_null(zip);
        cr_assert_eq(ia_buf_text(out, "error "), 0);
        cr_assert_eq(ia_buf_i64(out, status), 0);
        cr_assert_eq(ia_buf_char(out, '\n'), 0);
    } else {
        write_flags(out, ia_zip_flags(zip));
        cr_assert_eq(ia_buf_char(out, '\n'), 0);
        for (size_t i = 0; i < ia_zip_count(zip); i++)
            write_member(out, env, ia_zip_at(zip, i));
        cr_assert_null(ia_zip_at(zip, ia_zip_count(zip)));
    }
    ia_zip_free(zip);
    cr_assert_eq(ia_buf_char(out, '\0'), 0);
    return status;
}

/* ---- archives ---- */

static const char HELLO[] = "hello hello hello";
static const struct ia_str HI = {"hi", 2}, LONG = {HELLO, sizeof(HELLO) - 1};

static void two(struct zipped *zip)
{
    zipped_file(zip, "a", HI, 0);
    zipped_file(zip, "d/b", LONG, 8);
}

static void plain(struct zipped *zip)
{
    two(zip);
    zipped_file(zip, "e/", IA_STR(""), 0);
    zipped_end(zip, 0, "a comment");
}

static void empty(struct zipped *zip)
{
    zipped_end(zip, 0, "");
}

static void wide(struct zipped *zip)
{
    struct zipped_member member = {.name = "a", .data = HI, .wide = 1};
    zipped_add(zip, &member);
    zipped_end(zip, 1, "");
}

static void prefixed(struct zipped *zip)
{
    struct zipped inner = {.n = 0};
    plain(&inner);
    zipped_raw(zip, "#!/bin/sh PK\3\4 PK\1\2\n", 21); /* signatures, but no headers */
    zipped_raw(zip, inner.p, inner.n);
    zipped_free(&inner);
}

static void prefixed_wide(struct zipped *zip)
{
    struct zipped inner = {.n = 0};
    wide(&inner);
    zipped_raw(zip, "#!/bin/sh\n", 10);
    zipped_raw(zip, inner.p, inner.n);
    zipped_free(&inner);
}

static void adjusted(struct zipped *zip) /* as "zip -A" leaves it: the offsets count what is in front */
{
    zipped_raw(zip, "#!/bin/sh\n", 10);
    plain(zip);
}

static void trailing(struct zipped *zip)
{
    plain(zip);
    zipped_raw(zip, "more", 4);
}

static void concatenated(struct zipped *zip)
{
    struct zipped other = {.n = 0};
    plain(zip);
    zipped_file(&other, "other", HI, 0);
    zipped_end(&other, 0, "");
    zipped_raw(zip, other.p, other.n);
    zipped_free(&other);
}

static void end_in_comment(struct zipped *zip)
{
    two(zip);
    zipped_end(zip, 0, "");
    zipped_patch(zip, "PK\5\6", 0, 20, 22, 2);
    struct zipped none = {.n = 0};
    zipped_end(&none, 0, "");
    zipped_raw(zip, none.p, none.n); /* Java takes this one, and sees nothing */
    zipped_free(&none);
}

static void second_end(struct zipped *zip)
{
    two(zip);
    zipped_end(zip, 0, "PK\5\6 not a record, too short for one.");
    zipped_patch(zip, "PK\5\6", 1, 4, 0, 16);
    zipped_patch(zip, "PK\5\6", 1, 20, 15, 2); /* its comment would reach the end */
}

static void counts_lie(struct zipped *zip)
{
    plain(zip);
    zipped_patch(zip, "PK\5\6", 0, 8, 0x0005, 2);
    zipped_patch(zip, "PK\5\6", 0, 10, 0x0005, 2);
}

static void disks(struct zipped *zip)
{
    plain(zip);
    zipped_patch(zip, "PK\5\6", 0, 4, 1, 2);
}

static void wide_lies(struct zipped *zip) /* the record is not believed, and lies where the directory should end */
{
    zipped_file(zip, "a", HI, 0);
    zipped_end(zip, 1, "");
    zipped_patch(zip, "PK\6\6", 0, 40, (uint64_t)1 << 62, 8);
    zipped_patch(zip, "PK\5\6", 0, 12, 47, 4);
    zipped_patch(zip, "PK\5\6", 0, 16, 33, 4);
}

static void no_directory(struct zipped *zip)
{
    plain(zip);
    zipped_patch(zip, "PK\1\2", 0, 0, 0, 4);
}

static void offset_too_high(struct zipped *zip)
{
    plain(zip);
    zipped_patch(zip, "PK\5\6", 0, 16, 100000, 4);
}

static void cut(struct zipped *zip)
{
    plain(zip);
    zipped_patch(zip, "PK\1\2", 1, 0, 0, 4);
}

static void long_name_length(struct zipped *zip)
{
    plain(zip);
    zipped_patch(zip, "PK\1\2", 2, 28, 0xffff, 2);
}

static void hidden(struct zipped *zip)
{
    struct zipped_member member = {.name = "secret", .data = HI, .unlisted = 1};
    two(zip);
    zipped_add(zip, &member);
    zipped_file(zip, "c", HI, 0);
    zipped_end(zip, 0, "");
}

static void hidden_by_size(struct zipped *zip) /* the directory seems to begin with its second entry */
{
    plain(zip);
    size_t first = 47, directory = zip->n - zip->directory_size - 22 - strlen("a comment");
    zipped_patch(zip, "PK\5\6", 0, 8, 2 | 2 << 16, 4);
    zipped_patch(zip, "PK\5\6", 0, 12, zip->directory_size - first, 4);
    zipped_patch(zip, "PK\5\6", 0, 16, directory + first, 4);
}

static void overlap(struct zipped *zip)
{
    struct zipped_member member = {.name = "b", .data = HI, .same_data = 1};
    zipped_file(zip, "a", HI, 0);
    zipped_add(zip, &member);
    zipped_end(zip, 0, "");
}

static void into_directory(struct zipped *zip)
{
    zipped_file(zip, "a", HI, 0);
    zipped_end(zip, 0, "");
    zipped_patch(zip, "PK\1\2", 0, 20, 10, 4);
}

static void unsorted(struct zipped *zip)
{
    char first[47], second[49];
    zipped_file(zip, "a", HI, 0);
    zipped_file(zip, "d/b", LONG, 8);
    zipped_file(zip, "c", HI, 0);
    memcpy(first, zip->directory, sizeof(first));
    memcpy(second, zip->directory + sizeof(first), sizeof(second));
    memcpy(zip->directory, second, sizeof(second));
    memcpy(zip->directory + sizeof(second), first, sizeof(first));
    zipped_end(zip, 0, "");
}

static void duplicate(struct zipped *zip)
{
    zipped_file(zip, "a", HI, 0);
    zipped_file(zip, "a", LONG, 8);
    zipped_end(zip, 0, "");
}

static void other_name(struct zipped *zip)
{
    struct zipped_member member = {.name = "a", .data = HI, .local_name = "b"};
    zipped_add(zip, &member);
    zipped_end(zip, 0, "");
}

static void other_method(struct zipped *zip)
{
    two(zip);
    zipped_end(zip, 0, "");
    zipped_patch(zip, "PK\3\4", 0, 8, 8, 2);
}

static void other_size(struct zipped *zip)
{
    two(zip);
    zipped_end(zip, 0, "");
    zipped_patch(zip, "PK\3\4", 1, 22, 9, 4);
}

static void descriptor(struct zipped *zip)
{
    struct zipped_member member = {.name = "a", .data = LONG, .method = 8, .bits = 8};
    zipped_add(zip, &member);
    zipped_file(zip, "b", HI, 0);
    zipped_end(zip, 0, "");
}

static void lost(struct zipped *zip)
{
    two(zip);
    zipped_end(zip, 0, "");
    zipped_patch(zip, "PK\1\2", 0, 42, 5, 4);
    zipped_patch(zip, "PK\1\2", 1, 42, 0xfffffff0, 4);
}

static void data_outside(struct zipped *zip)
{
    two(zip);
    zipped_end(zip, 0, "");
    zipped_patch(zip, "PK\1\2", 1, 20, 0x7fffffff, 4);
}

static void odd_names(struct zipped *zip)
{
    static const char *const names[] = {"../x", "a/../b", "/etc/x", "C:/x", "a\\b", "..x/y..", "c:x"};
    struct zipped_member nul = {.name = "a\0b", .name_size = 3, .data = HI};
    for (size_t i = 0; i < IA_COUNT(names); i++)
        zipped_file(zip, names[i], HI, 0);
    zipped_add(zip, &nul);
    zipped_end(zip, 0, "");
    zipped_patch(zip, "PK\1\2", 0, 0, 0x02014b50, 4);
}

static void unreadable(struct zipped *zip)
{
    static const struct zipped_member members[] = {{.name = "locked", .data = {"hi", 2}, .bits = 1},
                                                   {.name = "bzip2", .data = {"hi", 2}, .method = 12},
                                                   {.name = "aes", .data = {"hi", 2}, .method = 99}};
    for (size_t i = 0; i < IA_COUNT(members); i++)
        zipped_add(zip, &members[i]);
    zipped_end(zip, 0, "");
}

static void lies(struct zipped *zip)
{
    static const struct zipped_member members[] = {
        {.name = "crc", .data = {"hi", 2}, .crc_plus = 1},
        {.name = "size", .data = {HELLO, 17}, .method = 8, .size_plus = 3},
        {.name = "both", .data = {HELLO, 17}, .method = 8, .size_plus = (uint64_t)-10, .crc_plus = 7},
        {.name = "stored", .data = {"hi", 2}, .size_plus = 1},
        {.name = "huge", .data = {HELLO, 17}, .method = 8, .size_plus = 0xf0000000}};
    for (size_t i = 0; i < IA_COUNT(members); i++)
        zipped_add(zip, &members[i]);
    zipped_end(zip, 0, "");
}

static void bad_data(struct zipped *zip)
{
    two(zip);
    zipped_file(zip, "c", LONG, 8);
    zipped_end(zip, 0, "");
    zipped_patch(zip, "PK\3\4", 1, 33, 0xff, 1); /* a block of type 3 */
    zipped_patch(zip, "PK\1\2", 2, 20, 5, 4);    /* fewer bytes than the deflated data have: one more is made up */
}

static void bytes_left(struct zipped *zip)
{
    zipped_file(zip, "a", LONG, 8);
    zipped_raw(zip, "left", 4);
    zipped_end(zip, 0, "");
    uint64_t packed = (unsigned char)zip->p[18] + 4U;
    zipped_patch(zip, "PK\1\2", 0, 20, packed, 4);
    zipped_patch(zip, "PK\3\4", 0, 18, packed, 4);
}

static void nothing(struct zipped *zip)
{
    (void)zip;
}

static void only_a_header(struct zipped *zip)
{
    zipped_raw(zip, "PK\3\4", 4);
}

static void short_end(struct zipped *zip)
{
    zipped_raw(zip, "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 21);
}

static void truncated(struct zipped *zip)
{
    plain(zip);
    zip->n -= 20;
}

static void nested_at_end(struct zipped *zip) /* the end record inside is none of ours */
{
    struct zipped inner = {.n = 0};
    plain(&inner);
    zipped_file(zip, "in.zip", zipped_view(&inner), 0);
    zipped_end(zip, 0, "");
    zipped_free(&inner);
}

static const struct {
    const char *name;
    void (*build)(struct zipped *zip);
    const char *expected;
} rows[] = {
    {"plain", plain, "\na = hi\nd/b = hello hello hello\ne/ = \n"},
    {"empty", empty, "\n"},
    {"zip64", wide, "\na = hi\n"},
    {"prefix", prefixed, " PREFIX\na = hi\nd/b = hello hello hello\ne/ = \n"},
    {"prefix, zip64", prefixed_wide, " PREFIX ODD_END\na = hi\n"},
    {"prefix, adjusted", adjusted, " PREFIX\na = hi\nd/b = hello hello hello\ne/ = \n"},
    {"trailing", trailing, " TRAILING\na = hi\nd/b = hello hello hello\ne/ = \n"},
    {"two archives", concatenated, " PREFIX HIDDEN\nother = hi\n"},
    {"end record in the comment", end_in_comment, " PREFIX HIDDEN\n"},
    {"second end record", second_end, " PREFIX HIDDEN\n"},
    {"counts lie", counts_lie, " ODD_END\na = hi\nd/b = hello hello hello\ne/ = \n"},
    {"disks", disks, " ODD_END\na = hi\nd/b = hello hello hello\ne/ = \n"},
    {"zip64 lies", wide_lies, " ODD_END\na = hi\n"},
    {"no directory", no_directory, "error -6\n"},
    {"offset too high", offset_too_high, " ODD_END\na = hi\nd/b = hello hello hello\ne/ = \n"},
    {"directory damaged", cut, " CUT\na = hi\n"},
    {"name too long", long_name_length, " CUT\na = hi\nd/b = hello hello hello\n"},
    {"hidden", hidden, " HIDDEN\na = hi\nd/b = hello hello hello\nc = hi\n"},
    {"hidden by size", hidden_by_size, " PREFIX HIDDEN\nd/b = hello hello hello\ne/ = \n"},
    {"overlap", overlap, " OVERLAP ODD_LOCAL\na = hi\nb ODD_LOCAL = hi\n"},
    {"into the directory", into_directory,
     " OVERLAP ODD_LOCAL\na ODD_LOCAL ODD_SIZE ODD_CRC = hiPK\\u{1}\\u{2}\\u{14}\\u{0}\\u{14}\\u{0}\n"},
    {"unsorted", unsorted, "\nd/b = hello hello hello\na = hi\nc = hi\n"},
    {"duplicate", duplicate, " DUPLICATE\na = hi\na DUPLICATE = hello hello hello\n"},
    {"other name", other_name, " ODD_LOCAL\na ODD_LOCAL = hi\n"},
    {"other method", other_method, " ODD_LOCAL\na ODD_LOCAL = hi\nd/b = hello hello hello\n"},
    {"other size", other_size, " ODD_LOCAL\na = hi\nd/b ODD_LOCAL = hello hello hello\n"},
    {"descriptor", descriptor, "\na = hello hello hello\nb = hi\n"},
    {"lost", lost, " PREFIX HIDDEN LOST\na LOST error -6\nd/b LOST error -6\n"},
    {"data outside", data_outside, " OVERLAP ODD_LOCAL\na = hi\nd/b ODD_LOCAL ODD_SIZE = hello hello hello\n"},
    {"odd names", odd_names,
     " ODD_NAME\n../x ODD_NAME = hi\na/../b ODD_NAME = hi\n/etc/x ODD_NAME = hi\nC:/x ODD_NAME = hi\na\\b ODD_NAME = "
     "hi\n..x/y.. = hi\nc:x ODD_NAME = hi\na\\u{0}b ODD_NAME = hi\n"},
    {"unreadable", unreadable,
     " UNREADABLE\nlocked UNREADABLE error -10\nbzip2 UNREADABLE error -10\naes UNREADABLE error -10\n"},
    {"sizes and checksums lie", lies,
     "\ncrc ODD_CRC = hi\nsize ODD_SIZE = hello hello hello\nboth ODD_SIZE ODD_CRC = hello hello hello\n"
     "stored ODD_SIZE = hi\nhuge ODD_SIZE = hello hello hello\n"},
    {"bad data", bad_data, " ODD_LOCAL\na = hi\nd/b error -6\nc ODD_LOCAL ODD_SIZE ODD_CRC = hellh\n"},
    {"bytes left", bytes_left, "\na ODD_SIZE = hello hello hello\n"},
    {"nothing", nothing, "error -6\n"},
    {"only a header", only_a_header, "error -6\n"},
    {"short end record", short_end, "error -6\n"},
    {"truncated", truncated, "error -6\n"},
};

Test(zip, table)
{
    struct test_env t;
    struct ia_buf out;
    test_env_open(&t);
    ia_buf_init(&out, &ia_alloc_libc, TEXT);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct zipped zip = {.n = 0};
        rows[i].build(&zip);
        list(&t.env, zipped_view(&zip), MOST, &out);
        cr_expect_str_eq(out.p, rows[i].expected, "%s:\n%s", rows[i].name, out.p);
        cr_expect_eq(t.live, 0U, "%s: %zu left", rows[i].name, t.live);
        test_env_reset(&t);
        zipped_free(&zip);
    }
    ia_buf_free(&out);
    test_env_close(&t);
}

Test(zip, archive_in_an_archive)
{
    struct test_env t;
    struct zipped zip = {.n = 0};
    struct ia_zip *outer = NULL, *inner = NULL;
    struct ia_zip_content content;
    test_env_open(&t);
    nested_at_end(&zip);
    cr_assert_eq(ia_zip_open(&t.env, ia_cursor_from(zip.p, zip.n), MOST, &outer), 0);
    cr_assert_eq(ia_zip_flags(outer), 0U);
    cr_assert_eq(ia_zip_read(&t.env, ia_zip_at(outer, 0), READ_MOST, &content), 0);
    cr_assert_eq(content.flags, 0U);
    cr_assert_eq(ia_zip_open(&t.env, content.data, MOST, &inner), 0);
    cr_assert_eq(ia_zip_count(inner), 3U);
    ia_zip_free(inner);
    ia_zip_content_free(&content);
    ia_zip_free(outer);
    cr_assert_eq(t.live, 0U);
    zipped_free(&zip);
    test_env_close(&t);
}

Test(zip, members_at_the_limit_and_beyond)
{
    struct test_env t;
    struct zipped zip = {.n = 0};
    test_env_open(&t);
    plain(&zip);
    for (size_t most = 0; most < 5; most++) {
        struct ia_zip *list_ = NULL;
        cr_assert_eq(ia_zip_open(&t.env, ia_cursor_from(zip.p, zip.n), most, &list_), 0);
        cr_assert_eq(ia_zip_count(list_), most < 3 ? most : 3, "%zu", most);
        cr_assert_eq(ia_zip_flags(list_) & (IA_ZIP_MORE | IA_ZIP_HIDDEN), most < 3 ? IA_ZIP_MORE : 0, "%zu", most);
        ia_zip_free(list_);
    }
    zipped_free(&zip);
    test_env_close(&t);
}

Test(zip, bytes_at_the_limit_and_beyond)
{
    enum { SIZE = 1 << 20 };
    struct test_env t;
    struct zipped zip = {.n = 0};
    struct ia_zip *list_ = NULL;
    char *data = calloc(1, SIZE);
    test_env_open(&t);
    zipped_file(&zip, "zeros", (struct ia_str){data, SIZE}, 8);
    zipped_file(&zip, "stored", (struct ia_str){data, SIZE}, 0);
    zipped_end(&zip, 0, "");
    cr_assert_eq(ia_zip_open(&t.env, ia_cursor_from(zip.p, zip.n), MOST, &list_), 0);
    for (size_t i = 0; i < 2; i++)
        for (size_t most = SIZE - 1; most <= SIZE + 1; most++) {
            struct ia_zip_content content;
            int status = ia_zip_read(&t.env, ia_zip_at(list_, i), most, &content);
            cr_assert_eq(status, most < SIZE ? IMGA_E_LIMIT : IMGA_OK, "%zu", most);
            cr_assert_eq(content.data.n, most < SIZE ? 0U : (size_t)SIZE);
            cr_assert(content.work >= SIZE || i == 1);
            ia_error_clear(&t.env);
            ia_zip_content_free(&content);
        }
    ia_zip_free(list_);
    cr_assert_eq(t.live, 0U);
    zipped_free(&zip);
    free(data);
    test_env_close(&t);
}

/* 20,000 members that share one local header: found out, and in linear time. */
Test(zip, many_members_with_one_place, .timeout = 20)
{
    struct test_env t;
    struct zipped zip = {.n = 0};
    struct ia_zip *list_ = NULL;
    test_env_open(&t);
    zipped_file(&zip, "00000", HI, 0);
    for (unsigned i = 1; i < 20000; i++) {
        char name[16];
        snprintf(name, sizeof(name), "%05u", i);
        struct zipped_member member = {.name = name, .data = HI, .same_data = 1};
        zipped_add(&zip, &member);
    }
    zipped_end(&zip, 0, "");
    cr_assert_eq(ia_zip_open(&t.env, ia_cursor_from(zip.p, zip.n), 100000, &list_), 0);
    cr_assert_eq(ia_zip_count(list_), 20000U);
    cr_assert(ia_zip_flags(list_) & IA_ZIP_OVERLAP);
    ia_zip_free(list_);
    zipped_free(&zip);
    test_env_close(&t);
}

Test(zip, every_allocation_may_fail)
{
    struct ia_buf intact, out;
    struct zipped zip = {.n = 0};
    struct test_env t;
    size_t fail_at = 0;
    int status = IMGA_E_NOMEM;
    unsorted(&zip);
    ia_buf_init(&intact, &ia_alloc_libc, TEXT);
    ia_buf_init(&out, &ia_alloc_libc, TEXT);
    test_env_open(&t);
    list(&t.env, zipped_view(&zip), MOST, &intact);
    test_env_close(&t);
    while (status == IMGA_E_NOMEM) {
        test_env_open(&t);
        t.fail_at = ++fail_at;
        status = list(&t.env, zipped_view(&zip), MOST, &out);
        cr_assert_eq(t.live, 0U, "%zu", fail_at);
        test_env_close(&t);
        cr_assert(status == IMGA_OK || status == IMGA_E_NOMEM);
    }
    cr_assert_gt(fail_at, 3U);
    ia_buf_free(&intact);
    ia_buf_free(&out);
    zipped_free(&zip);
}

/* Cut anywhere and with any bit flipped: an answer, and not a byte is read outside. */
Test(zip, damaged_anywhere)
{
    struct test_env t;
    struct ia_buf out;
    test_env_open(&t);
    ia_buf_init(&out, &ia_alloc_libc, TEXT);
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct zipped zip = {.n = 0};
        rows[i].build(&zip);
        for (size_t n = 0; n < zip.n; n++) {
            char *exact = malloc(n + 1);
            memcpy(exact, zip.p, n);
            list(&t.env, (struct ia_str){exact, n}, MOST, &out);
            test_env_reset(&t);
            free(exact);
        }
        for (size_t at = 0; at < zip.n * 8; at++) {
            zip.p[at / 8] ^= (char)(1 << at % 8);
            list(&t.env, zipped_view(&zip), MOST, &out);
            zip.p[at / 8] ^= (char)(1 << at % 8);
            test_env_reset(&t);
        }
        cr_assert_eq(t.live, 0U, "%s", rows[i].name);
        zipped_free(&zip);
    }
    ia_buf_free(&out);
    test_env_close(&t);
}

Test(zip, cancelled)
{
    struct test_env t;
    struct zipped zip = {.n = 0};
    struct ia_zip *list_ = NULL;
    struct ia_zip_content content;
    test_env_open(&t);
    plain(&zip);
    cr_assert_eq(ia_zip_open(&t.env, ia_cursor_from(zip.p, zip.n), MOST, &list_), 0);
    t.cancel.flag = 1;
    cr_assert_eq(ia_zip_read(&t.env, ia_zip_at(list_, 1), READ_MOST, &content), IMGA_E_CANCELLED);
    ia_zip_free(list_);
    cr_assert_eq(t.live, 0U);
    zipped_free(&zip);
    test_env_close(&t);
}
