/* SPDX-License-Identifier: Apache-2.0 */
/* Several layers: where packages come from, which files they own, and what else is told of them. */
#include "listing.h"
#include "view.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define A "Package: a\nArchitecture: amd64\nVersion: 1\n\n"
#define A2 "Package: a\nArchitecture: amd64\nVersion: 2\n\n"
#define B "Package: b\nArchitecture: all\nVersion: 2\n\n"

/* Each layer writes status (NULL: another file); packages as in list_packages(). */
Test(catalog, layers)
{
    static const struct {
        const char *name;
        const char *status[5];
        size_t count;
        const char *packages;
    } rows[] = {
        {"one after the other", {A, A B}, 2, "deb a 1 amd64 a 1 @0\ndeb b 2 all b 2 @1\n"},
        {"other files do not matter", {A, NULL, A B, NULL}, 4, "deb a 1 amd64 a 1 @0\ndeb b 2 all b 2 @2\n"},
        {"upgraded", {A, A2}, 2, "deb a 2 amd64 a 2 @1\n"},
        {"downgraded again", {A, A2, A}, 3, "deb a 1 amd64 a 1 @2\n"},
        {"removed and back", {A B, B, A B}, 3, "deb a 1 amd64 a 1 @2\ndeb b 2 all b 2 @0\n"},
        {"removed", {A B, B}, 2, "deb b 2 all b 2 @0\n"},
        {"rewritten", {A, A, A}, 3, "deb a 1 amd64 a 1 @0\n"},
        {"purged, entry left",
         {A, "Package: a\nArchitecture: amd64\nVersion: 1\nStatus: deinstall ok config-files\n", A},
         3,
         "deb a 1 amd64 a 1 @2\n"},
        {"damaged in between", {A, "garbage", A}, 3, "deb a 1 amd64 a 1 @2\n"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct test_env t;
        struct ia_inventory inventory;
        struct tarball layers[5] = {{0}};
        char packages[LISTING], notes[LISTING];
        test_env_open(&t);
        for (size_t n = 0; n < rows[i].count; n++) {
            tarball_file(&layers[n], "etc/os-release", OS_DEBIAN);
            tarball_file(&layers[n], rows[i].status[n] ? "var/lib/dpkg/status" : "opt/x",
                         rows[i].status[n] ? rows[i].status[n] : "x");
            tarball_end(&layers[n]);
        }
        cr_assert_eq(collect_layers(&t, layers, rows[i].count, &inventory), IMGA_OK, "%s", t.env.error.message);
        list_packages(&inventory, packages);
        list_notes(&t.notes, notes);
        cr_expect_str_eq(packages, rows[i].packages, "%s: got\n%s", rows[i].name, packages);
        cr_expect_str_eq(notes, "", "%s: what a later layer repairs is no remark: %s", rows[i].name, notes);
        ia_inventory_free(&inventory);
        for (size_t n = 0; n < rows[i].count; n++)
            tarball_free(&layers[n]);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}

static void expect_files(const struct ia_inventory *inventory, size_t index, const char *expected)
{
    const struct ia_package *p = ia_inventory_package(inventory, index);
    char got[1024] = "";
    for (size_t i = 0; i < p->file_count; i++)
        snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s ", p->files[i]);
    cr_expect_str_eq(got, expected, "files of %s", p->name);
}

Test(catalog, files_of_packages)
{
    struct test_env t;
    struct ia_inventory inventory;
    struct tarball layer = {0};
    test_env_open(&t);
    tarball_file(&layer, "etc/os-release", OS_DEBIAN);
    tarball_file(&layer, "var/lib/dpkg/status",
                 A B "Package: c\nArchitecture: i386\nVersion: 1\n\nPackage: d\nArchitecture: amd64\nVersion: 1\n");
    tarball_file(&layer, "var/lib/dpkg/info/a.list", "/.\n/usr\n/usr/b\n/usr/a\n/usr\n");
    tarball_file(&layer, "var/lib/dpkg/info/b.list", "/usr/sha\xe9\n");
    tarball_file(&layer, "var/lib/dpkg/info/c:amd64.list", "/wrong\n");
    tarball_file(&layer, "var/lib/dpkg/info/c:i386.list", "/lib/c\n");
    tarball_file(&layer, "var/lib/dpkg/info/gone.list", "/etc/gone\n");
    tarball_file(&layer, "var/lib/dpkg/status.d/libe", "Package: e\nVersion: 1\n");
    tarball_file(&layer, "var/lib/dpkg/status.d/libe.md5sums", "00  usr/lib/e\n01  usr/e\n");
    tarball_file(&layer, "lib/apk/db/installed", "P:x\nV:1\nF:\nR:top\nF:usr/bin\nR:x\nR:a\n\nP:y\nV:1\n");
    tarball_end(&layer);
    cr_assert_eq(collect_layers(&t, &layer, 1, &inventory), IMGA_OK, "%s", t.env.error.message);
    cr_assert_eq(inventory.packages.n, 7);
    static const char *const expected[] = {"top usr/bin/a usr/bin/x ", "", "usr usr/a usr/b ",
                                           "usr/sha\xef\xbf\xbd ",     "lib/c ", "", "usr/e usr/lib/e "};
    for (size_t i = 0; i < IA_COUNT(expected); i++)
        expect_files(&inventory, i, expected[i]);
    cr_expect(test_has_note(&t, IMGA_NOTE_NAME), "a path that is not UTF-8 is remarked");
    ia_inventory_free(&inventory);
    tarball_free(&layer);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

Test(catalog, purl_and_distro)
{
    static const struct {
        const char *os, *debian_version, *deb, *apk, *release;
    } rows[] = {
        {OS_DEBIAN, "12.5\n", "pkg:deb/debian/a@1:2~x?arch=amd64&distro=debian-12", "pkg:apk/alpine/x@1-r0?arch=x86_64",
         "bookworm"},
        {OS_ALPINE, NULL, "pkg:deb/debian/a@1:2~x?arch=amd64", "pkg:apk/alpine/x@1-r0?arch=x86_64&distro=alpine-3.18.0",
         "v3.18"},
        {"ID=debian\nVERSION_CODENAME=forky\n", "forky/sid\n",
         "pkg:deb/debian/a@1:2~x?arch=amd64&distro=debian-forky", "pkg:apk/alpine/x@1-r0?arch=x86_64", "forky"},
        {"ID=debian\n", "trixie/sid\n", "pkg:deb/debian/a@1:2~x?arch=amd64&distro=debian-trixie",
         "pkg:apk/alpine/x@1-r0?arch=x86_64", "trixie"},
        {"ID=debian\n", "11.3\n", "pkg:deb/debian/a@1:2~x?arch=amd64&distro=debian-11.3",
         "pkg:apk/alpine/x@1-r0?arch=x86_64", "bullseye"},
        {"ID=debian\n", NULL, "pkg:deb/debian/a@1:2~x?arch=amd64", "pkg:apk/alpine/x@1-r0?arch=x86_64", ""},
        {"NAME=x\n", "12.5\n", "pkg:deb/debian/a@1:2~x?arch=amd64", "pkg:apk/alpine/x@1-r0?arch=x86_64", ""},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct test_env t;
        struct ia_inventory inventory;
        struct tarball layer = {0};
        test_env_open(&t);
        tarball_file(&layer, "etc/os-release", rows[i].os);
        if (rows[i].debian_version)
            tarball_file(&layer, "etc/debian_version", rows[i].debian_version);
        tarball_file(&layer, "var/lib/dpkg/status",
                     "Package: a\nArchitecture: amd64\nVersion: 1:2~x\nMaintainer: M <m@x>\n");
        tarball_file(&layer, "lib/apk/db/installed", "P:x\nV:1-r0\nA:x86_64\nL:MIT AND X11\nm:me\n");
        tarball_end(&layer);
        cr_assert_eq(collect_layers(&t, &layer, 1, &inventory), IMGA_OK, "%s", t.env.error.message);
        const struct ia_package *apk = ia_inventory_package(&inventory, 0), *deb = ia_inventory_package(&inventory, 1);
        cr_expect_str_eq(deb->purl, rows[i].deb, "row %zu: %s", i, deb->purl);
        cr_expect_str_eq(apk->purl, rows[i].apk, "row %zu: %s", i, apk->purl);
        cr_expect_str_eq(inventory.distro.release, rows[i].release, "row %zu", i);
        cr_expect_str_eq(deb->maintainer, "M <m@x>");
        cr_expect_str_eq(deb->license, "");
        cr_expect_str_eq(deb->path, "var/lib/dpkg/status");
        cr_expect_str_eq(apk->maintainer, "me");
        cr_expect_str_eq(apk->license, "MIT AND X11");
        cr_expect_str_eq(apk->path, "lib/apk/db/installed");
        ia_inventory_free(&inventory);
        tarball_free(&layer);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}

/* A hundred thousand bad lines are a handful of notes. */
Test(catalog, damage_is_counted)
{
    enum { LINES = 100000 };
    struct test_env t;
    struct ia_inventory inventory;
    struct tarball layer = {0};
    char *status = malloc(2 * LINES + sizeof(A));
    test_env_open(&t);
    for (size_t i = 0; i < LINES; i++)
        memcpy(status + 2 * i, "x\n", 2);
    memcpy(status + 2 * LINES, A, sizeof(A));
    tarball_file(&layer, "etc/os-release", OS_DEBIAN);
    tarball_file(&layer, "var/lib/dpkg/status", status);
    tarball_end(&layer);
    cr_assert_eq(collect_layers(&t, &layer, 1, &inventory), IMGA_OK, "%s", t.env.error.message);
    cr_expect_eq(inventory.packages.n, 1);
    cr_assert_eq(ia_notes_count(&t.notes), 1);
    cr_expect_str_eq(ia_notes_at(&t.notes, 0)->text, "malformed lines (100000)");
    ia_inventory_free(&inventory);
    tarball_free(&layer);
    test_env_close(&t);
    free(status);
    cr_expect_eq(t.live, 0);
}
