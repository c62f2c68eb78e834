/* SPDX-License-Identifier: Apache-2.0 */
/* Both database formats as texts. What is hostile must neither hide a package nor pass without a remark. */
#include "listing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    const char *name;
    const char *text;
    const char *expected;
    size_t size; /* 0: up to the NUL */
};

static void run(ia_record_next *next, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t size = rows[i].size ? rows[i].size : strlen(rows[i].text);
        char *exact = malloc(size ? size : 1), out[LISTING]; /* exact, so that a sanitizer sees a read past the end */
        memcpy(exact, rows[i].text, size);
        list_records(next, (struct ia_str){exact, size}, out);
        cr_expect_str_eq(out, rows[i].expected, "%s: got\n%sexpected\n%s", rows[i].name, out, rows[i].expected);
        free(exact);
    }
}

#define A "Package: a\nVersion: 1\n"

static const struct row dpkg_rows[] = {
    {"nothing", "", "", 0},
    {"blank lines only", "\n\n \n", "", 0},
    {"one", "Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1-2\n\n", "a 1-2 amd64 a 1-2\n",
     0},
    {"no final newline", "Package: a\nVersion: 1", "a 1  a 1\n", 0},
    {"names of fields in any case", "PACKAGE: a\nversion: 1\nARCHITECTURE: all\n", "a 1 all a 1\n", 0},
    {"CRLF", "Package: a\r\nVersion: 1\r\n\r\nPackage: b\r\nVersion: 2\r\n", "a 1  a 1\nb 2  b 2\n", 0},
    {"blanks as separator", A " \t\nPackage: b\nVersion: 2\n", "a 1  a 1\nb 2  b 2\n", 0},
    {"no separator", A "Package: b\nVersion: 2\n", "a 1  a 1\nb 2  b 2\n!field*1@22\n", 0},
    {"no separator, first without version", "Package: a\nPackage: b\nVersion: 2\n",
     "b 2  b 2\n!record*1@0\n!field*1@11\n", 0},
    {"second version", A "Version: 9\n", "a 1  a 1\n!field*1@22\n", 0},
    {"second status", A "Status: install ok installed\nStatus: purge ok not-installed\n", "a 1  a 1\n!field*1@51\n", 0},
    {"value over lines", "Package: a\nVersion: 1\n 2\n", "a 1  a 1\n!field*1@11\n", 0},
    {"long description", A "Description: x\n y\n .\n z\n", "a 1  a 1\n", 0},
    {"no name", "Version: 1\n\n" A, "a 1  a 1\n!record*1@0\n", 0},
    {"empty name", "Package:\nVersion: 1\n\n" A, "a 1  a 1\n!record*1@0\n", 0},
    {"no version", A "\nPackage: b\nStatus: install ok installed\n", "a 1  a 1\n!record*1@23\n", 0},
    {"not installed, no version", "Package: b\nStatus: unknown ok not-installed\n", "-b   b  state=not-installed\n", 0},
    {"bad line in a record", "Package: a\nxyz\nVersion: 1\n", "a 1  a 1\n!line*1@11\n", 0},
    {"garbage",
     "\x7f"
     "ELF\x01\x02\x03",
     "!line*1@0\n", 0},
    {"NUL", "Package: a\nVersion: 1\0x\n", "a 1  a 1\n!nul*1@21\n", 24},
    {"NUL only", "\0\0\0", "!line*1@0\n!nul*1@0\n", 3},
    {"epoch", "Package: a\nVersion: 2:1.0-1\n", "a 2:1.0-1  a 2:1.0-1\n", 0},
};

Test(records, dpkg_texts)
{
    run(ia_dpkg_next, dpkg_rows, IA_COUNT(dpkg_rows));
}

/* "want flag state": which of them are on disk. */
Test(records, dpkg_states)
{
    static const struct {
        const char *status;
        bool listed;
        bool damaged;
    } rows[] = {
        {"install ok installed", true, false},
        {"hold ok installed", true, false},
        {"deinstall ok installed", true, false},
        {"install reinstreq half-configured", true, false},
        {"install ok triggers-awaited", true, false},
        {"install ok triggers-pending", true, false},
        {"install ok unpacked", true, false},
        {"install reinstreq half-installed", true, false},
        {"  install\tok   installed", true, false},
        {"deinstall ok config-files", false, false},
        {"purge ok not-installed", false, false},
        {"unknown ok not-installed", false, false},
        {"", true, true},
        {"installed", true, true},
        {"install ok", true, true},
        {"install ok INSTALLED", true, true},
        {"install ok config-filesx", true, true},
        {"hold", true, true},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        char text[256], out[LISTING];
        snprintf(text, sizeof(text), "Package: a\nStatus: %s\nVersion: 1\n", rows[i].status);
        list_records(ia_dpkg_next, ia_str_from(text), out);
        cr_expect_eq(out[0] == 'a', rows[i].listed, "%s: %s", rows[i].status, out);
        cr_expect_eq(strstr(out, "!state*1@0") != NULL, rows[i].damaged, "%s: %s", rows[i].status, out);
    }
}

Test(records, dpkg_sources)
{
    static const struct {
        const char *version, *source, *expected;
    } rows[] = {
        {"1-2", NULL, "a 1-2"},
        {"1-2", "Source: s\n", "s 1-2"},
        {"1:2.0-1+b2", "Source: foo (1:2.0-1)\n", "foo 1:2.0-1"},
        {"1", "Source: bar ( 1 ) x\n", "bar 1"},
        {"1", "Source: bar(7)\n", "bar 7"},
        {"1", "Source:   bar   (7)   \n", "bar 7"},
        {"1", "Source: baz (\n", "baz 1"},
        {"1", "Source: baz ()\n", "baz 1"},
        {"1", "Source: (2)\n", "a 2"},
        {"1", "Source:\n", "a 1"},
        {"1-2+b1", NULL, "a 1-2"},
        {"1-2+b13", "Source: s\n", "s 1-2"},
        {"1-2+b", NULL, "a 1-2+b"},
        {"1-2+b1x", NULL, "a 1-2+b1x"},
        {"1-2b1", NULL, "a 1-2b1"},
        {"+b1", NULL, "a +b1"},
        {"12", NULL, "a 12"},
        {"1-2+b1", "Source: s (1-2+b1)\n", "s 1-2+b1"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        char text[256], out[LISTING], expected[256];
        snprintf(text, sizeof(text), "Package: a\n%sVersion: %s\n", rows[i].source ? rows[i].source : "",
                 rows[i].version);
        snprintf(expected, sizeof(expected), "a %s  %s\n", rows[i].version, rows[i].expected);
        list_records(ia_dpkg_next, ia_str_from(text), out);
        cr_expect_str_eq(out, expected, "row %zu: %s", i, text);
    }
}

static const struct row apk_rows[] = {
    {"nothing", "", "", 0},
    {"one", "C:Q1x=\nP:a\nV:1-r0\nA:x86_64\no:o\nL:MIT\nm:me\n\n", "a 1-r0 x86_64 o 1-r0\n", 0},
    {"no final newline", "P:a\nV:1", "a 1  a 1\n", 0},
    {"two", "P:a\nV:1\n\nP:b\nV:2\n\n", "a 1  a 1\nb 2  b 2\n", 0},
    {"CRLF", "P:a\r\nV:1\r\n\r\nP:b\r\nV:2\r\n", "a 1  a 1\nb 2  b 2\n", 0},
    {"many empty lines", "\n\n\nP:a\nV:1\n\n\n\n", "a 1  a 1\n", 0},
    {"no separator", "P:a\nV:1\nP:b\nV:2\n", "a 1  a 1\nb 2  b 2\n!field*1@8\n", 0},
    {"second version", "P:a\nV:1\nV:2\n", "a 1  a 1\n!field*1@8\n", 0},
    {"blank separator is a bad line", "P:a\nV:1\n \t\nP:b\nV:2\n", "a 1  a 1\nb 2  b 2\n!line*1@8\n!field*1@11\n", 0},
    {"short lines", "P\n:\nx\nP:\nV\n", "!line*4@0\n!record*1@0\n", 0},
    {"record cut in two", "P:a\nV:1\n\nA:x86_64\no:o\n", "a 1  a 1\n!record*1@9\n", 0},
    {"no version", "P:a\n\nP:b\nV:2\n", "b 2  b 2\n!record*1@0\n", 0},
    {"files", "P:a\nV:1\nF:bin\nR:sh\nZ:Q1x=\na:0:0:777\n", "a 1  a 1\n", 0},
    {"garbage", "\x1f\x8b\x08 garbage", "!line*1@0\n!record*1@0\n", 0},
    {"NUL", "P:a\nV:1\n\0\n", "a 1  a 1\n!line*1@8\n!nul*1@8\n", 10},
    {"files could not be written", "P:a\nV:1\nf:Sf\n", "a 1  a 1 state=broken\n", 0},
    {"a script failed, attributes failed", "P:a\nV:1\nf:s\n\nP:b\nV:1\nf:x\n",
     "a 1  a 1 state=broken\nb 1  b 1 state=broken\n", 0},
    {"another checksum is no damage", "P:a\nV:1\nf:S\n", "a 1  a 1\n", 0},
    {"from a repository with a tag", "P:a\nV:1\ns:edge\nf:f\nF:f\nR:s\n", "a 1  a 1 state=broken repository-tag=edge\n",
     0},
    {"letters in the other case are other fields", "p:a\nv:1\nP:b\nV:2\nF:x\nS:9\n", "b 2  b 2\n", 0},
};

static const struct row opkg_rows[] = {
    {"nothing", "", "", 0},
    {"one", "Package: a\nVersion: 1-2\nStatus: install ok installed\nArchitecture: mips\n\n", "a 1-2 mips a 1-2\n", 0},
    {"asked for, and held", "Package: a\nVersion: 1\nStatus: install hold,user,x installed\n",
     "a 1  a 1 hold=1 explicit=1\n", 0},
    {"without state", "Package: a\nVersion: 1\n", "a 1  a 1\n", 0},
    {"states of its own", "Package: a\nVersion: 1\nStatus: install ok post-inst-failed\n",
     "a 1  a 1 state=post-inst-failed\n", 0},
    {"not installed", "Package: a\nVersion: 1\nStatus: deinstall ok not-installed\n", "-a 1  a 1 state=not-installed\n",
     0},
    {"unknown state", "Package: a\nVersion: 1\nStatus: install ok quantum\n", "a 1  a 1\n!state*1@0\n", 0},
    {"no state", "Package: a\nVersion: 1\nStatus: install user\n", "a 1  a 1\n!state*1@0\n", 0},
    {"name of the source", "Package: a\nVersion: 1\nSource: package/utils/b\nSourceName: b\n", "a 1  b 1\n", 0},
    {"recipe", "Package: a\nVersion: 1\nSource: b_1.2.bb file.patch\n", "a 1  b 1\n", 0},
    {"path of the source", "Package: a\nVersion: 1\nSource: feeds/packages/b\n", "a 1  a 1\n", 0},
    {"no version", "Package: a\n\nPackage: b\nVersion: 1\n", "b 1  b 1\n!record*1@0\n", 0},
    {"no separator", "Package: a\nVersion: 1\nPackage: b\nVersion: 2\n", "a 1  a 1\nb 2  b 2\n!field*1@22\n", 0},
    {"garbage", "\x1f\x8b", "!line*1@0\n", 0},
};

Test(records, opkg_texts)
{
    run(ia_opkg_next, opkg_rows, IA_COUNT(opkg_rows));
}

Test(records, apk_texts)
{
    run(ia_apk_next, apk_rows, IA_COUNT(apk_rows));
}

/* A text without a single record stops as well when it is told to. */
Test(records, cancelled)
{
    static ia_record_next *const readers[] = {ia_dpkg_next, ia_apk_next, ia_opkg_next};
    for (size_t i = 0; i < IA_COUNT(readers); i++) {
        struct ia_cancel cancel = {1};
        struct ia_db_reader reader;
        struct ia_record record;
        struct ia_damage damage = {.count = {0}};
        ia_db_reader_init(&reader, IA_STR("bad\nlines\nonly\n"), &damage);
        reader.cancel = &cancel;
        cr_expect_not(readers[i](&reader, &record));
        cr_expect_eq(reader.lines.at, 0, "reader %zu went on", i);
    }
}

static void expect_files(const struct ia_record *record, const char *expected)
{
    struct ia_record_files files = record->files;
    struct ia_str directory, name;
    char got[512] = "";
    while (files.next(&files, &directory, &name))
        snprintf(got + strlen(got), sizeof(got) - strlen(got), "%.*s|%.*s ", (int)directory.n, directory.p, (int)name.n,
                 name.p);
    cr_expect_str_eq(got, expected, "%.*s", (int)record->name.n, record->name.p);
}

/* The files that records themselves list. */
Test(records, own_files)
{
    static const struct {
        ia_record_next *next;
        const char *text, *expected;
    } rows[] = {
        {ia_apk_next, "P:a\nV:1\nR:top\nF:bin\nM:0:0:755\nR:sh\nR:\nF:usr/lib\nF:etc\nR:x\nR\n\nP:b\nV:1\nR:no\n",
         "|top bin|sh etc|x "},
        {ia_apk_next, "P:a\nV:1\n", ""},
        {ia_dpkg_next, "Package: a\nVersion: 1\nConffiles:\n /etc/a b 0123\n /etc/c 4567 obsolete\n\n",
         "|etc/a b |etc/c "},
        {ia_dpkg_next,
         "Package: a\nVersion: 1\nConffiles: /etc/a 01 obsolete remove-on-upgrade\n 2\n\tetc/b newconffile\n",
         "|etc/a |2 |etc/b "},
        {ia_dpkg_next, "Package: a\nVersion: 1\nConffiles: / 0\n", ""},
        {ia_opkg_next, "Package: a\nVersion: 1\nConffiles:\n /etc/config/x 01\n", "|etc/config/x "},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_damage damage = {.count = {0}};
        struct ia_db_reader reader;
        struct ia_record record;
        ia_db_reader_init(&reader, ia_str_from(rows[i].text), &damage);
        cr_assert(rows[i].next(&reader, &record), "row %zu", i);
        expect_files(&record, rows[i].expected);
        cr_expect_eq(damage.count[IA_DAMAGE_FIELD], 0, "row %zu", i);
    }
}

Test(records, dpkg_lists)
{
    struct ia_str list = IA_STR("/.\n/usr\r\n\n/usr/a b\nrelative\n/"), path;
    static const char *const paths[] = {"usr", "usr/a b", "relative"};
    for (size_t i = 0; i < IA_COUNT(paths); i++)
        cr_expect(ia_dpkg_list_next(&list, &path) && ia_str_is(path, paths[i]), "path %zu", i);
    cr_expect_not(ia_dpkg_list_next(&list, &path));
    list = IA_STR("d41d8cd98f00b204e9800998ecf8427e  usr/lib/x y\nnohash\n0 *bin/b\n0  /abs");
    static const char *const sums[] = {"usr/lib/x y", "bin/b", "abs"};
    for (size_t i = 0; i < IA_COUNT(sums); i++)
        cr_expect(ia_dpkg_md5sums_next(&list, &path) && ia_str_is(path, sums[i]), "sum %zu: %.*s", i, (int)path.n,
                  path.p);
    cr_expect_not(ia_dpkg_md5sums_next(&list, &path));
}
