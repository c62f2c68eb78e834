/* SPDX-License-Identifier: Apache-2.0 */
/* Which files a package owns, by whatever names them: lists, checksums, diversions, the record itself. */
#include "catalog/diversions.h"
#include "listing.h"
#include "view.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define STATUS "var/lib/dpkg/status"
#define INFO "var/lib/dpkg/info/"
#define A "Package: a\nArchitecture: amd64\nVersion: 1\n"

/* Pairs of path and text, and the files of the only package. */
static const struct row {
    const char *name, *files[8], *expected;
} rows[] = {
    {"a list", {STATUS, A, INFO "a.list", "/.\n/bin\n/bin/a\n"}, "bin bin/a "},
    {"the list of the architecture", {STATUS, A, INFO "a:amd64.list", "/lib/a\n", INFO "a.list", "/wrong\n"}, "lib/a "},
    {"of another architecture", {STATUS, A, INFO "a:i386.list", "/wrong\n"}, ""},
    {"the list comes before the checksums",
     {STATUS, A, INFO "a.list", "/bin/a\n", INFO "a.md5sums", "0  wrong\n"},
     "bin/a "},
    {"an empty list counts", {STATUS, A, INFO "a.list", "", INFO "a.md5sums", "0  wrong\n"}, ""},
    {"checksums", {STATUS, A, INFO "a.md5sums", "0  bin/a\n1  bin/b\n"}, "bin/a bin/b "},
    {"checksums of the architecture", {STATUS, A, INFO "a:amd64.md5sums", "0  lib/a\n"}, "lib/a "},
    {"checksums, and configuration files",
     {STATUS, A "Conffiles:\n /etc/a 01\n /etc/b c 02 obsolete\n", INFO "a.md5sums", "0  bin/a\n"},
     "bin/a etc/a etc/b c "},
    {"configuration files alone", {STATUS, A "Conffiles:\n /etc/a 01\n"}, "etc/a "},
    {"a list has them, too", {STATUS, A "Conffiles:\n /etc/x 01\n", INFO "a.list", "/bin/a\n"}, "bin/a "},
    {"distroless",
     {"var/lib/dpkg/status.d/pkg", A, "var/lib/dpkg/status.d/pkg.md5sums", "0  bin/a\n", INFO "a.list", "/wrong\n"},
     "bin/a "},
    {"distroless knows no diversions",
     {"var/lib/dpkg/status.d/pkg", A, "var/lib/dpkg/status.d/pkg.md5sums", "0  bin/a\n", "var/lib/dpkg/diversions",
      "/bin/a\n/bin/b\n:\n"},
     "bin/a "},
    {"diverted by another package",
     {STATUS, A, INFO "a.list", "/bin/a\n/bin/c\n", "var/lib/dpkg/diversions", "/bin/a\n/bin/a.real\nother\n"},
     "bin/a.real bin/c "},
    {"diverted by the package itself",
     {STATUS, A, INFO "a.list", "/bin/a\n", "var/lib/dpkg/diversions", "/bin/a\n/bin/a.real\na\n"},
     "bin/a "},
    {"diverted by the administrator",
     {STATUS, A, INFO "a.list", "/bin/a\n", "var/lib/dpkg/diversions", "/bin/a\n/bin/a.real\n:\n"},
     "bin/a.real "},
    {"the first diversion of a path",
     {STATUS, A, INFO "a.list", "/bin/a\n", "var/lib/dpkg/diversions", "/bin/a\n/1\n:\n/bin/a\n/2\n:\n"},
     "1 "},
    {"opkg", {"usr/lib/opkg/status", A, "usr/lib/opkg/info/a.list", "/bin/a\n/etc/b\n"}, "bin/a etc/b "},
    {"opkg of Yocto",
     {"var/lib/opkg/status", A, "var/lib/opkg/info/a.list", "/bin/a\t0100755\n/bin/l\t0120777\ta\n\t\n"},
     "bin/a bin/l "},
    {"opkg without list", {"usr/lib/opkg/status", A "Conffiles:\n /etc/a 01\n"}, ""},
    {"apk", {"lib/apk/db/installed", "P:a\nV:1\nF:\nR:top\nF:bin\nM:0:0:755\nR:a\nZ:Q1x=\n"}, "bin/a top "},
};

static void list_files(const struct ia_inventory *inventory, char out[LISTING])
{
    const struct ia_package *p = ia_inventory_package(inventory, 0);
    out[0] = '\0';
    for (size_t i = 0; p && i < p->file_count; i++)
        snprintf(out + strlen(out), LISTING - strlen(out), "%s ", p->files[i]);
}

Test(file_lists, rows)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct test_env t;
        struct ia_inventory inventory;
        struct tarball layer = {0};
        char got[LISTING];
        test_env_open(&t);
        tarball_file(&layer, "etc/os-release", OS_DEBIAN);
        for (const char *const *file = rows[i].files; file[0]; file += 2)
            tarball_file(&layer, file[0], file[1]);
        tarball_end(&layer);
        cr_assert_eq(collect_layers(&t, &layer, 1, &inventory), IMGA_OK, "%s: %s", rows[i].name, t.env.error.message);
        cr_assert_eq(inventory.packages.n, 1, "%s", rows[i].name);
        list_files(&inventory, got);
        cr_expect_str_eq(got, rows[i].expected, "%s: got %s", rows[i].name, got);
        cr_expect(ia_notes_complete(&t.notes), "%s", rows[i].name);
        ia_inventory_free(&inventory);
        tarball_free(&layer);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}

/* The lookup alone. */
Test(file_lists, diversions)
{
    static const struct {
        const char *text;
        int whole;
        const char *path, *package, *real;
    } cases[] = {
        {"", 1, "bin/a", "p", "bin/a"},
        {"/bin/a\n/bin/b\nq\n", 1, "bin/a", "p", "bin/b"},
        {"/bin/a\n/bin/b\nq", 1, "bin/a", "q", "bin/a"},
        {"/bin/a\n/bin/b\n:\n", 1, "bin/a", "q", "bin/b"},
        {"bin/a\nbin/b\n:\n", 1, "bin/a", "q", "bin/b"},
        {"/bin/a\n/bin/b\n:\n", 1, "/bin/a", "q", "/bin/a"},
        {"/bin/a\n/bin/b\n", 0, "bin/a", "q", "bin/a"},
        {"/bin/a\n/bin/b\n:\n/x\n", 0, "bin/a", "q", "bin/b"},
    };
    for (size_t i = 0; i < IA_COUNT(cases); i++) {
        struct test_env t;
        struct ia_diversions diversions;
        test_env_open(&t);
        ia_diversions_init(&diversions, &t.env);
        cr_expect_eq(ia_diversions_read(&diversions, &t.env, ia_str_from(cases[i].text)), cases[i].whole, "%zu", i);
        struct ia_str real = ia_diversions_real(&diversions, ia_str_from(cases[i].path), ia_str_from(cases[i].package));
        cr_expect(ia_str_is(real, cases[i].real), "%zu: %.*s", i, (int)real.n, real.p);
        ia_diversions_free(&diversions);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}
