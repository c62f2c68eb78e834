/* SPDX-License-Identifier: Apache-2.0 */
/* What files of the image tell: packages and executables, who owns their files, and what is removed again. */
#include "view.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { TEXT = 8192 };

#define STATUS(name) "Package: " name "\nArchitecture: amd64\nVersion: 1\n\n"
#define NPM(name) "{\"name\":\"" name "\",\"version\":\"1.0\",\"license\":\"MIT\",\"author\":\"A\"}"

/* A line each: "type name version path owner=NAME layer how [properties]". */
static void list_all(const struct ia_inventory *inventory, char text[TEXT])
{
    const struct ia_package *package;
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; (package = ia_inventory_package(inventory, i)); i++) {
        const struct ia_package *owner =
            package->owner < 0 ? NULL : ia_inventory_package(inventory, (size_t)package->owner);
        n += (size_t)snprintf(text + n, TEXT - n, "%s %s %s %s owner=%s @%d %s", package->type, package->name,
                              package->version, package->path, owner ? owner->name : "", (int)package->layer,
                              package->how);
        for (size_t k = 0; k < package->property_count; k++)
            n += (size_t)snprintf(text + n, TEXT - n, " %s=%s", package->properties[k].name,
                                  package->properties[k].value);
        n += (size_t)snprintf(text + n, TEXT - n, "\n");
    }
}

static void expect(struct tarball *layers, size_t count, const char *expected)
{
    struct ia_inventory inventory;
    struct test_env t;
    char text[TEXT];
    test_env_open(&t);
    cr_assert_eq(collect_layers(&t, layers, count, &inventory), IMGA_OK, "%s", t.env.error.message);
    list_all(&inventory, text);
    cr_expect_str_eq(text, expected, "got\n%s", text);
    ia_inventory_free(&inventory);
    for (size_t i = 0; i < count; i++)
        tarball_free(&layers[i]);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

/* The list says "/opt/...", the file is at "srv/real/..." behind a link of a directory; one is not in any list. */
Test(evidence, ownership_through_links)
{
    struct tarball layers[2] = {{0}};
    tarball_file(&layers[0], "etc/os-release", OS_DEBIAN);
    tarball_file(&layers[0], "var/lib/dpkg/status", STATUS("tool"));
    tarball_file(&layers[0], "var/lib/dpkg/info/tool.list", "/.\n/opt/node_modules/a/package.json\n/opt/missing/x\n");
    tarball_link(&layers[0], "opt", "/srv/real");
    tarball_file(&layers[0], "srv/real/node_modules/a/package.json", NPM("a"));
    tarball_end(&layers[0]);
    tarball_file(&layers[1], "srv/real/node_modules/b/package.json", NPM("b"));
    tarball_end(&layers[1]);
    expect(layers, 2,
           "deb tool 1 var/lib/dpkg/status owner= @0 dpkg\n"
           "npm a 1.0 srv/real/node_modules/a/package.json owner=tool @0 package-json\n"
           "npm b 1.0 srv/real/node_modules/b/package.json owner= @1 package-json\n");
}

Test(evidence, upper_layers_win)
{
    struct tarball layers[3] = {{0}};
    tarball_file(&layers[0], "app/node_modules/a/package.json", NPM("a"));
    tarball_file(&layers[0], "app/node_modules/b/package.json", NPM("b"));
    tarball_file(&layers[0], "app/node_modules/c/package.json", "{\"name\":\"c\",");
    tarball_end(&layers[0]);
    tarball_file(&layers[1], "app/node_modules/.wh.b", "");
    tarball_file(&layers[1], "app/node_modules/c/package.json", NPM("c"));
    tarball_end(&layers[1]);
    tarball_file(&layers[2], "app/node_modules/a/package.json", NPM("newer"));
    tarball_end(&layers[2]);
    expect(layers, 3,
           "npm c 1.0 app/node_modules/c/package.json owner= @1 package-json\n"
           "npm newer 1.0 app/node_modules/a/package.json owner= @2 package-json alias=a\n");
}

/* What a file beside it says belongs to the package; dpkg's licence is in the copyright file. */
Test(evidence, attached)
{
    struct tarball layer = {0};
    tarball_file(&layer, "var/lib/dpkg/status", STATUS("tool"));
    tarball_file(&layer, "usr/share/doc/tool/copyright",
                 "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\n"
                 "Copyright: 2026\nLicense: Expat\n");
    tarball_file(&layer, "lib/python3/site-packages/p-1.dist-info/METADATA",
                 "Metadata-Version: 2.1\nName: p\nVersion: 1\n");
    tarball_file(&layer, "lib/python3/site-packages/p-1.dist-info/INSTALLER", "pip\n");
    tarball_end(&layer);
    struct ia_inventory inventory;
    struct test_env t;
    test_env_open(&t);
    cr_assert_eq(collect_layers(&t, &layer, 1, &inventory), IMGA_OK, "%s", t.env.error.message);
    const struct ia_package *deb = ia_inventory_package(&inventory, 0), *python = ia_inventory_package(&inventory, 1);
    cr_expect_str_eq(deb->license, "Expat");
    cr_expect_str_eq(python->name, "p");
    cr_expect_str_eq(python->purl, "pkg:pypi/p@1");
    cr_assert_eq(python->property_count, 1);
    cr_expect_str_eq(python->properties[0].name, "installer");
    cr_expect_str_eq(python->properties[0].value, "pip");
    ia_inventory_free(&inventory);
    tarball_free(&layer);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

/* A database that a later layer takes away; what is listed again elsewhere is installed. */
Test(evidence, removed_database)
{
    struct tarball layers[3] = {{0}};
    tarball_file(&layers[0], "var/lib/dpkg/status", STATUS("a") STATUS("b"));
    tarball_end(&layers[0]);
    tarball_file(&layers[1], "var/lib/dpkg/.wh.status", "");
    tarball_end(&layers[1]);
    tarball_file(&layers[2], "var/lib/dpkg/status.d/b", STATUS("b"));
    tarball_end(&layers[2]);
    expect(layers, 3,
           "deb a 1 var/lib/dpkg/status owner= @0 removed-database removed=1\n"
           "deb b 1 var/lib/dpkg/status.d/b owner= @2 dpkg\n");
}

/* A remark on a file is made only while the file is there. */
Test(evidence, notes_of_files_that_stay)
{
    for (int stays = 0; stays < 2; stays++) {
        struct tarball layers[2] = {{0}};
        struct ia_inventory inventory;
        struct test_env t;
        tarball_file(&layers[0], "app/node_modules/a/package.json", "{\"name\":\"a\",");
        tarball_end(&layers[0]);
        tarball_file(&layers[1], stays ? "x" : "app/.wh.node_modules", "");
        tarball_end(&layers[1]);
        test_env_open(&t);
        cr_assert_eq(collect_layers(&t, layers, 2, &inventory), IMGA_OK);
        cr_expect_eq(test_has_note(&t, IMGA_NOTE_DB_PARTIAL), stays);
        ia_inventory_free(&inventory);
        tarball_free(&layers[0]);
        tarball_free(&layers[1]);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}

Test(evidence, no_memory)
{
    struct tarball layer = {0};
    int status = IMGA_E_NOMEM;
    tarball_file(&layer, "etc/os-release", OS_DEBIAN);
    tarball_file(&layer, "var/lib/dpkg/status", STATUS("tool"));
    tarball_file(&layer, "var/lib/dpkg/info/tool.list", "/opt/node_modules/a/package.json\n");
    tarball_link(&layer, "opt", "/srv/real");
    tarball_file(&layer, "srv/real/node_modules/a/package.json", NPM("a"));
    tarball_end(&layer);
    for (size_t n = 1; status != IMGA_OK; n++) {
        struct ia_inventory inventory;
        struct test_env t;
        test_env_open(&t);
        t.fail_at = n;
        status = collect_layers(&t, &layer, 1, &inventory);
        cr_assert(status == IMGA_OK || status == IMGA_E_NOMEM, "allocation %zu: %d", n, status);
        if (status == IMGA_OK)
            ia_inventory_free(&inventory);
        test_env_close(&t);
        cr_assert_eq(t.live, 0, "allocation %zu leaks", n);
    }
    tarball_free(&layer);
}

/* A system in a folder of the image: its packages are told, and told apart. */
Test(evidence, nested_root)
{
    struct tarball layer = {0};
    tarball_file(&layer, "var/lib/dpkg/status", STATUS("a"));
    tarball_file(&layer, "srv/chroot/var/lib/dpkg/status", STATUS("b"));
    tarball_file(&layer, "srv/alpine/lib/apk/db/installed", "P:c\nV:1-r0\nA:x86_64\n\n");
    tarball_file(&layer, "srv/bad/var/lib/rpm/Packages.db", "no database");
    tarball_end(&layer);
    expect(&layer, 1,
           "apk c 1-r0 srv/alpine/lib/apk/db/installed owner= @0 nested-database root=srv/alpine\n"
           "deb a 1 var/lib/dpkg/status owner= @0 dpkg\n"
           "deb b 1 srv/chroot/var/lib/dpkg/status owner= @0 nested-database root=srv/chroot\n");
}
