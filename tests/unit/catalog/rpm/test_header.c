/* SPDX-License-Identifier: Apache-2.0 */
/* Headers: what they say, and every way in which their numbers can lie. */
#include "listed.h"
#include "made.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void list_header(struct made *m, char out[LISTED])
{
    struct ia_str header = made_header(m);
    struct ia_str database = made_ndb(&header, 1);
    list_bytes(database, out);
    free((char *)database.p);
}

static void expect(const char *name, struct made *m, const char *expected)
{
    char out[LISTED];
    list_header(m, out);
    cr_expect_str_eq(out, expected, "%s: got\n%sexpected\n%s", name, out, expected);
    made_close(m);
}

#define P "p 1-2 noarch p 1-2 ||release=2,source-rpm=p-1-2.src.rpm|"

Test(rpm_header, all_values)
{
    static const uint32_t epoch = 3, installed = 1700000000, indexes[] = {1, 0, 1};
    static const uint8_t signature[] = {0x89, 0, 15, 3, 5, 0, 0, 0, 0, 0, 0xab, 0xcd, 0xef, 1, 2, 3, 4, 5};
    struct made m;
    made_open(&m);
    made_package(&m, "lib-x");
    made_numbers(&m, TAG_EPOCH, &epoch, 1);
    made_string(&m, TAG_LICENSE, "MIT");
    made_string(&m, TAG_VENDOR, "V");
    made_string(&m, TAG_PACKAGER, "Who <who@example.com>");
    made_string(&m, TAG_MODULARITY, "nodejs:12:8030020201124152102:229f0a1c");
    made_strings(&m, TAG_BASENAMES, IA_RPM_STRING_ARRAY, "a\0b\0c", 3);
    made_numbers(&m, TAG_DIRECTORY_INDEXES, indexes, 3);
    made_strings(&m, TAG_DIRECTORIES, IA_RPM_STRING_ARRAY, "/usr/\0/", 2);
    made_region(&m);
    made_bytes(&m, TAG_RSA, signature, sizeof(signature));
    made_numbers(&m, TAG_INSTALL_TIME, &installed, 1);
    expect("all", &m,
           "lib-x 3:1-2 noarch lib-x 1-2 MIT|Who <who@example.com>|epoch=3,release=2,source-rpm=lib-x-1-2.src.rpm,"
           "vendor=V,modularity=nodejs:12:8030020201124152102:229f0a1c,signature-key=abcdef0102030405,"
           "install-time=2023-11-14T22:13:20Z|/a /usr/b /c\n");
}

Test(rpm_header, what_was_added_at_installation_wins)
{
    struct made m;
    made_open(&m);
    made_package(&m, "p");
    made_region(&m);
    made_string(&m, TAG_NAME, "q");
    expect("later name", &m, "q 1-2 noarch p 1-2 ||release=2,source-rpm=p-1-2.src.rpm|\n");
    made_open(&m);
    made_package(&m, "p");
    made_string(&m, TAG_NAME, "q");
    made_region(&m);
    expect("twice in the region", &m, P "\n!header*1\n");
}

Test(rpm_header, epochs)
{
    static const uint32_t zero = 0, most = 0xffffffff;
    struct made m;
    made_open(&m);
    made_package(&m, "p");
    made_numbers(&m, TAG_EPOCH, &zero, 1);
    expect("an epoch of 0 that is there", &m, "p 0:1-2 noarch p 1-2 ||epoch=0,release=2,source-rpm=p-1-2.src.rpm|\n");
    made_open(&m);
    made_package(&m, "p");
    made_numbers(&m, TAG_EPOCH, &most, 1);
    expect("the greatest", &m,
           "p 4294967295:1-2 noarch p 1-2 ||epoch=4294967295,release=2,source-rpm=p-1-2.src.rpm|\n");
    made_open(&m);
    made_package(&m, "p");
    made_string(&m, TAG_EPOCH, "3");
    expect("no number", &m, P "\n!header*1\n");
}

Test(rpm_header, sources)
{
    static const struct {
        const char *file, *expected;
        bool damaged;
    } rows[] = {
        {"a-b-c-1.0-2.el9.src.rpm", "a-b-c 1.0-2.el9", false},
        {"x-1-1.nosrc.rpm", "x 1-1", false},
        {"(none)", "p 1-2", false},
        {"", "p 1-2", false},
        {"-", "p 1-2", true},
        {"---", "p 1-2", true},
        {"a.src.rpm", "p 1-2", true},
        {"a-1.src.rpm", "p 1-2", true},
        {"-1-1.src.rpm", "p 1-2", true},
        {"a--1.src.rpm", "p 1-2", true},
        {"a-1-.src.rpm", "p 1-2", true},
        {"a-1-1.rpm", "p 1-2", true},
        {".src.rpm", "p 1-2", true},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct made m;
        char out[LISTED], expected[200];
        made_open(&m);
        made_string(&m, TAG_NAME, "p");
        made_string(&m, TAG_VERSION, "1");
        made_string(&m, TAG_RELEASE, "2");
        made_string(&m, TAG_SOURCE, rows[i].file);
        list_header(&m, out);
        snprintf(expected, sizeof(expected), "p 1-2  %s |", rows[i].expected);
        cr_expect_eq(strncmp(out, expected, strlen(expected)), 0, "%s: got %s", rows[i].file, out);
        cr_expect_eq(is_damaged(out, "source"), rows[i].damaged, "%s", rows[i].file);
        made_close(&m);
    }
}

Test(rpm_header, keys_are_kept_apart)
{
    struct made m;
    made_open(&m);
    made_string(&m, TAG_NAME, "gpg-pubkey");
    made_string(&m, TAG_VERSION, "1964c5fc");
    made_string(&m, TAG_RELEASE, "58e63918");
    made_string(&m, TAG_SOURCE, "(none)");
    expect("a key", &m, "-gpg-pubkey 1964c5fc-58e63918  gpg-pubkey 1964c5fc-58e63918 ||release=58e63918|\n");
}

Test(rpm_header, incomplete)
{
    struct made m;
    made_open(&m);
    made_string(&m, TAG_VERSION, "1");
    made_string(&m, TAG_RELEASE, "2");
    expect("no name", &m, "!record*1\n");
    made_open(&m);
    made_string(&m, TAG_NAME, "");
    made_string(&m, TAG_VERSION, "1");
    expect("empty name", &m, "!record*1\n");
    made_open(&m);
    made_string(&m, TAG_NAME, "p");
    expect("no version", &m, "!record*1\n");
    made_open(&m);
    made_string(&m, TAG_NAME, "p");
    made_string(&m, TAG_VERSION, "1");
    expect("no release", &m, "p 1  p 1 |||\n!header*1\n");
    made_open(&m);
    made_strings(&m, TAG_NAME, IA_RPM_I18N, "p\0q", 2);
    made_strings(&m, TAG_VERSION, IA_RPM_STRING_ARRAY, "1", 1);
    made_string(&m, TAG_RELEASE, "2");
    expect("strings of other types", &m, "p 1-2  p 1-2 ||release=2|\n");
}

Test(rpm_header, lists_of_files)
{
    static const uint32_t good[] = {0, 0}, beyond[] = {7, 0, 0xffffffff};
    struct made m;
    made_open(&m);
    made_package(&m, "p");
    made_strings(&m, TAG_OLD_FILENAMES, IA_RPM_STRING_ARRAY, "/bin/sh\0/\0x\0/a/b/c", 4);
    expect("whole paths", &m, P "/bin/sh x /a/b/c\n");
    made_open(&m);
    made_package(&m, "p");
    made_strings(&m, TAG_BASENAMES, IA_RPM_STRING_ARRAY, "a\0b\0c", 3);
    made_numbers(&m, TAG_DIRECTORY_INDEXES, beyond, 3);
    made_strings(&m, TAG_DIRECTORIES, IA_RPM_STRING_ARRAY, "/d/", 1);
    expect("directories that are not there", &m, P "/d/b\n!files*1\n");
    made_open(&m);
    made_package(&m, "p");
    made_strings(&m, TAG_BASENAMES, IA_RPM_STRING_ARRAY, "a\0b\0c", 3);
    made_numbers(&m, TAG_DIRECTORY_INDEXES, good, 2);
    made_strings(&m, TAG_DIRECTORIES, IA_RPM_STRING_ARRAY, "/d/", 1);
    expect("more names than numbers", &m, P "/d/a /d/b\n!files*1\n");
    made_open(&m);
    made_package(&m, "p");
    made_strings(&m, TAG_BASENAMES, IA_RPM_STRING_ARRAY, "a", 1);
    expect("names alone", &m, P "\n!files*1\n");
    made_open(&m);
    made_package(&m, "p");
    made_numbers(&m, TAG_DIRECTORY_INDEXES, good, 2);
    made_strings(&m, TAG_DIRECTORIES, IA_RPM_STRING_ARRAY, "/d/", 1);
    made_strings(&m, TAG_BASENAMES, IA_RPM_STRING_ARRAY, "a\0b", 2);
    m.data.n--;
    expect("the last name does not end", &m, P "/d/a\n!files*2\n");
}

/* One entry beside those of a good package: it must not hide that. */
Test(rpm_header, entries_that_lie)
{
    static const struct {
        const char *name;
        uint32_t tag, type, offset, count;
        const char *damage;
    } rows[] = {
        {"offset at the end", TAG_VENDOR, IA_RPM_STRING, 27, 1, "!header*1\n"},
        {"offset far away", TAG_VENDOR, IA_RPM_STRING, 0x7ffffff0, 1, "!header*1\n"},
        {"offset below zero", TAG_VENDOR, IA_RPM_STRING, 0xfffffffb, 1, "!header*1\n"},
        {"count of zero", TAG_VENDOR, IA_RPM_STRING, 0, 0, "!header*1\n"},
        {"more strings than bytes", TAG_DIRECTORIES, IA_RPM_STRING_ARRAY, 0, 28, "!header*1\n"},
        {"count that wraps", TAG_INSTALL_TIME, IA_RPM_INT32, 0, 0x40000001, "!header*1\n"},
        {"number cut off", TAG_INSTALL_TIME, IA_RPM_INT32, 24, 1, "!header*1\n"},
        {"number askew", TAG_INSTALL_TIME, IA_RPM_INT32, 2, 1, "!header*1\n"},
        {"no such type", TAG_VENDOR, 10, 0, 1, "!header*1\n"},
        {"type of no value", TAG_INSTALL_TIME, 0, 0, 1, "!header*1\n"},
        {"bytes where a string is", TAG_VENDOR, IA_RPM_BIN, 0, 1, "!header*1\n"},
        {"string where a number is", TAG_INSTALL_TIME, IA_RPM_STRING, 0, 1, "!header*1\n"},
        {"string where bytes are", TAG_RSA, IA_RPM_STRING, 0, 1, "!header*1\n"},
        {"number where files are", TAG_BASENAMES, IA_RPM_INT32, 0, 1, "!files*2\n"},
        {"number where old files are", TAG_OLD_FILENAMES, IA_RPM_INT32, 0, 1, "!files*1\n"},
        {"a tag that nobody knows", 9999, IA_RPM_STRING, 0, 1, ""},
        {"a region in the middle", 62, IA_RPM_STRING, 0, 1, ""},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct made m;
        char expected[200];
        made_open(&m);
        made_package(&m, "p"); /* 27 bytes of data */
        cr_assert_eq(m.data.n, 27);
        made_entry(&m, rows[i].tag, rows[i].type, rows[i].offset, rows[i].count);
        snprintf(expected, sizeof(expected), "%s\n%s", P, rows[i].damage);
        expect(rows[i].name, &m, expected);
    }
}

Test(rpm_header, counts_that_lie)
{
    static const struct {
        const char *name;
        size_t at; /* of the number in the header */
        uint32_t value;
        const char *expected;
    } rows[] = {
        {"no entries", 0, 0, "!header*1\n"},
        {"more entries than there are bytes", 0, 0xffffffff, "!header*1\n"},
        {"a product that wraps", 0, 0x10000005, "!header*1\n"},
        {"over 65,535 entries", 0, 65536, "!header*1\n"},
        {"data over 256 MiB", 4, 0x10000001, "!header*1\n"},
        {"data larger than there is", 4, 0x0fffffff, P "\n!header*1\n"},
        {"data smaller than there is", 4, 2, "!header*4\n!record*1\n"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct made m;
        char out[LISTED];
        made_open(&m);
        made_package(&m, "p");
        struct ia_str header = made_header(&m);
        uint8_t *number = (uint8_t *)m.blob.p + rows[i].at;
        for (unsigned k = 0; k < 4; k++)
            number[k] = (uint8_t)(rows[i].value >> (24 - 8 * k));
        struct ia_str database = made_ndb(&header, 1);
        list_bytes(database, out);
        if (i + 1 < IA_COUNT(rows))
            cr_expect_str_eq(out, rows[i].expected, "%s: got\n%s", rows[i].name, out);
        else
            cr_expect(is_damaged(out, "header") && is_damaged(out, "record"), "%s: got\n%s", rows[i].name, out);
        free((char *)database.p);
        made_close(&m);
    }
}

/* Whatever the trailer says, the package is listed. */
Test(rpm_header, regions_that_lie)
{
    static const struct {
        const char *name;
        bool first; /* in the first entry; else in the trailer at the end */
        size_t at;
        uint32_t value;
        bool damaged;
    } rows[] = {
        {"sound", false, 0, 63, false},
        {"another region's tag", false, 0, 62, false},
        {"no region's tag", false, 0, 1000, true},
        {"another type", false, 4, 6, true},
        {"no offset", false, 8, 0, true},
        {"offset above zero", false, 8, 16, true},
        {"offset between entries", false, 8, 0U - 17, true},
        {"more entries than there are", false, 8, 0U - 16 * 7, true},
        {"another count", false, 12, 15, true},
        {"entry of another type", true, 4, 6, true},
        {"entry outside", true, 8, 0x7fffffff, true},
        {"entry cut off", true, 8, 28, true},
        {"entry with another count", true, 12, 17, true},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct made m;
        char out[LISTED];
        made_open(&m);
        made_package(&m, "p");
        made_region(&m);
        struct ia_str header = made_header(&m);
        uint8_t *number = (uint8_t *)m.blob.p + (rows[i].first ? 8 : header.n - 16) + rows[i].at;
        for (unsigned k = 0; k < 4; k++)
            number[k] = (uint8_t)(rows[i].value >> (24 - 8 * k));
        struct ia_str database = made_ndb(&header, 1);
        list_bytes(database, out);
        cr_expect_eq(strncmp(out, P, strlen(P)), 0, "%s: got\n%s", rows[i].name, out);
        cr_expect_eq(is_damaged(out, "header"), rows[i].damaged, "%s: got\n%s", rows[i].name, out);
        free((char *)database.p);
        made_close(&m);
    }
}

/* Every header cut off anywhere is damaged, and read as far as it goes without reading past the end. */
Test(rpm_header, cut_off)
{
    struct made m;
    struct ia_damage damage;
    made_open(&m);
    made_package(&m, "p");
    made_region(&m);
    struct ia_str header = made_header(&m);
    for (size_t n = 0; n < header.n; n++) {
        struct ia_rpm_header opened;
        char *exact = malloc(n ? n : 1);
        memcpy(exact, header.p, n);
        damage = (struct ia_damage){.count = {0}};
        if (ia_rpm_header_open((struct ia_str){exact, n}, 7, &damage, &opened))
            for (int name = 0; name < IA_RPM_VALUES; name++)
                ia_rpm_header_string(&opened, name);
        cr_expect_gt(damage.count[IA_DAMAGE_HEADER], 0, "%zu bytes", n);
        cr_expect_eq(damage.first[IA_DAMAGE_HEADER], 7);
        free(exact);
    }
    made_close(&m);
}

/* The limits of rpm itself, at N and N + 1. */
Test(rpm_header, limits)
{
    enum { ENTRIES = 65535, STRINGS = 1048575 };
    for (uint32_t more = 0; more < 2; more++) {
        struct made m;
        char out[LISTED];
        made_open(&m);
        made_package(&m, "p");
        while (m.count < ENTRIES + more)
            made_entry(&m, 9999, IA_RPM_STRING, 0, 1);
        list_header(&m, out);
        cr_expect_eq(is_damaged(out, "header"), more, "%u entries: %s", (unsigned)m.count, out);
        cr_expect_eq(out[0] == 'p', !more);
        made_close(&m);
        made_open(&m);
        made_package(&m, "p");
        made_entry(&m, TAG_OLD_FILENAMES, IA_RPM_STRING_ARRAY, (uint32_t)m.data.n, STRINGS + more);
        for (uint32_t i = 0; i < STRINGS + more; i++)
            cr_assert_eq(ia_buf_char(&m.data, '\0'), IMGA_OK);
        list_header(&m, out);
        cr_expect_eq(is_damaged(out, "header"), more, "strings: %s", out);
        cr_expect_eq(out[0], 'p');
        made_close(&m);
    }
}
