/* SPDX-License-Identifier: Apache-2.0 */
/* One layer each: which databases are found where, and what is remarked. Unreadable must never look empty or clean. */
#include "catalog/databases.h"
#include "listing.h"
#include "view.h"

#include <criterion/criterion.h>
#include <string.h>

#define OS                                                                                                             \
    {                                                                                                                  \
        "etc/os-release", OS_DEBIAN                                                                                    \
    }
#define STATUS "var/lib/dpkg/status"
#define STATUS_D "var/lib/dpkg/status.d/"
#define A "Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
#define B "Package: b\nArchitecture: amd64\nVersion: 2\nSource: sb (3)\n"
#define DEB_A "deb a 1 amd64 a 1 @0\n"
#define DEB_B "deb b 2 amd64 sb 3 @0\n"
#define APK_X "P:x\nV:1-r0\nA:x86_64\no:ox\n\n"
#define LISTED_X "apk x 1-r0 x86_64 ox 1-r0 @0\n"
#define INSTALLED "lib/apk/db/installed"
#define OPKG_O "Package: o\nVersion: 1-2\nStatus: install user installed\nArchitecture: mips\n\n"
#define LISTED_O "opkg o 1-2 mips o 1-2 @0 explicit=1\n"
#define OS_MARINER "ID=mariner\nVERSION_ID=2.0\n"
#define DNF_HISTORY "var/lib/dnf/history.sqlite"
#define RPM_MANIFEST "var/lib/rpmmanifest/container-manifest-2"
#define MANIFEST_Z "z\t1.2-3.cm2\t1\t1\tMicrosoft Corporation\t(none)\t9\tx86_64\t0\tz-1.2-3.cm2.src.rpm\n"
#define LISTED_Z                                                                                                       \
    "rpm z 1.2-3.cm2 x86_64 z 1.2-3.cm2 @0 install-time=1970-01-01T00:00:01Z release=3.cm2 "                           \
    "source-rpm=z-1.2-3.cm2.src.rpm vendor=Microsoft Corporation\n"

enum { ENTRIES = 12 };

/* A file with its text; "-> target" makes a link, "[dir]" a directory, "[fifo]" a fifo. */
struct entry {
    const char *name, *text;
};

static const struct row {
    const char *name;
    struct entry entries[ENTRIES];
    const char *packages, *notes;
} rows[] = {
    {"dpkg", {OS, {STATUS, A B}}, DEB_A DEB_B, ""},
    {"apk", {{"etc/os-release", OS_ALPINE}, {INSTALLED, APK_X}}, LISTED_X, ""},
    {"apk under usr", {{"etc/os-release", OS_ALPINE}, {"usr/lib/apk/db/installed", APK_X}}, LISTED_X, ""},
    {"apk, lib is a link",
     {{"etc/os-release", OS_ALPINE}, {"lib", "-> usr/lib"}, {"usr/lib/apk/db/installed", APK_X}},
     LISTED_X,
     ""},
    {"apk, usr/lib is a link",
     {{"etc/os-release", OS_ALPINE}, {"usr/lib", "-> ../lib"}, {INSTALLED, APK_X}},
     LISTED_X,
     ""},
    {"apk, both are links",
     {{"etc/os-release", OS_ALPINE}, {INSTALLED, "-> /x"}, {"usr/lib/apk/db/installed", "-> /x"}, {"x", APK_X}},
     LISTED_X,
     "link lib/apk/db/installed\n"},
    {"apk, two databases",
     {{"etc/os-release", OS_ALPINE}, {INSTALLED, APK_X}, {"usr/lib/apk/db/installed", APK_X "P:y\nV:2\n"}},
     LISTED_X "apk y 2  y 2 @0\n",
     "db-multiple lib/apk/db/installed\n"},
    {"apk, the other one is empty",
     {{"etc/os-release", OS_ALPINE}, {INSTALLED, ""}, {"usr/lib/apk/db/installed", APK_X}},
     LISTED_X,
     ""},
    {"both families", {OS, {STATUS, A}, {INSTALLED, APK_X}}, LISTED_X DEB_A, ""},
    {"none", {OS, {"bin/sh", "x"}}, "", "no-packages \nos \n"},
    {"no os-release", {{STATUS, A}}, DEB_A, "os etc/os-release\n"},
    {"nothing", {{"bin/sh", "x"}}, "", "os etc/os-release\nno-packages \n"},
    {"os-release without ID", {{"etc/os-release", "NAME=x\n"}, {STATUS, A}}, DEB_A, "os etc/os-release\n"},
    {"os-release is a directory",
     {{"etc/os-release", "[dir]"}, {STATUS, A}},
     DEB_A,
     "type layer 0: etc/os-release\nos etc/os-release\n"},
    {"os-release under usr", {{"usr/lib/os-release", OS_DEBIAN}, {STATUS, A}}, DEB_A, ""},
    {"os-release twice", {OS, {"usr/lib/os-release", OS_DEBIAN "X=1\n"}, {STATUS, A}}, DEB_A, ""},
    {"os-release is a link",
     {{"etc/os-release", "-> /usr/lib/os-release"}, {"usr/lib/os-release", OS_DEBIAN}, {STATUS, A}},
     DEB_A,
     ""},
    {"os-release contradicts itself",
     {OS, {"usr/lib/os-release", OS_ALPINE}, {STATUS, A}},
     DEB_A,
     "os etc/os-release\n"},
    {"version and codename differ",
     {{"etc/os-release", "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=trixie\n"}, {STATUS, A}},
     DEB_A,
     "os etc/os-release\n"},
    {"status is empty", {OS, {STATUS, ""}}, "", "db-partial var/lib/dpkg\n"},
    {"status is garbage",
     {OS,
      {STATUS, "\x7f"
               "ELF\x01\x02"}},
     "",
     "db-partial " STATUS "\ndb-partial " STATUS "\n"},
    {"status is a directory", {OS, {STATUS, "[dir]"}}, "", "type layer 0: " STATUS "\ndb-partial " STATUS "\n"},
    {"status is a fifo", {OS, {STATUS, "[fifo]"}}, "", "type layer 0: " STATUS "\ndb-partial " STATUS "\n"},
    {"status behind a link", {OS, {"opt/s", A}, {STATUS, "-> /opt/s"}}, DEB_A, "link " STATUS "\n"},
    {"status behind a dangling link", {OS, {STATUS, "-> /nowhere"}}, "", NULL},
    {"a bad record", {OS, {STATUS, A "Package: b\n\nxyz\n"}}, DEB_A, "db-partial " STATUS "\ndb-partial " STATUS "\n"},
    {"only removed packages", {OS, {STATUS, "Package: a\nStatus: deinstall ok config-files\nVersion: 1\n"}}, "", ""},
    {"a package twice, other version",
     {OS, {STATUS, A "Package: a\nArchitecture: amd64\nVersion: 2\n"}},
     DEB_A "deb a 2 amd64 a 2 @0\n",
     "duplicate " STATUS "\n"},
    {"a package twice, the same", {OS, {STATUS, A A}}, DEB_A, "duplicate " STATUS "\n"},
    {"a package twice, other source",
     {OS, {STATUS, A "Package: a\nArchitecture: amd64\nVersion: 1\nSource: z\n"}},
     DEB_A "deb a 1 amd64 z 1 @0\n",
     "duplicate " STATUS "\n"},
    {"hidden by a later state",
     {OS, {STATUS, A "Package: a\nArchitecture: amd64\nStatus: purge ok not-installed\n"}},
     DEB_A,
     "duplicate " STATUS "\n"},
    {"two architectures",
     {OS, {STATUS, A "Package: a\nArchitecture: i386\nVersion: 1\n"}},
     DEB_A "deb a 1 i386 a 1 @0\n",
     ""},
    {"distroless", {OS, {STATUS_D "a", A}, {STATUS_D "b", B}, {STATUS_D "b.md5sums", "00  usr/b\n"}}, DEB_A DEB_B, ""},
    {"distroless, empty file", {OS, {STATUS_D "a", A}, {STATUS_D "e", ""}}, DEB_A, ""},
    {"distroless, only an empty file", {OS, {STATUS_D "e", ""}}, "", "db-partial var/lib/dpkg\n"},
    {"distroless, garbage",
     {OS, {STATUS_D "a", A}, {STATUS_D "g", "garbage"}},
     DEB_A,
     "db-partial " STATUS_D "g\ndb-partial " STATUS_D "g\n"},
    {"distroless, a link", {OS, {"opt/a", A}, {STATUS_D "a", "-> /opt/a"}}, DEB_A, ""},
    {"distroless and status", {OS, {STATUS, A}, {STATUS_D "b", B}}, DEB_A DEB_B, "db-multiple var/lib/dpkg\n"},
    {"distroless and an empty status", {OS, {STATUS, ""}, {STATUS_D "b", B}}, DEB_B, ""},
    {"dpkg was interrupted",
     {OS, {STATUS, A}, {"var/lib/dpkg/updates/0001", B}, {"var/lib/dpkg/updates/tmp.i", "x"}},
     DEB_A DEB_B,
     "db-journal var/lib/dpkg/updates\n"},
    {"rpm, no database",
     {OS, {"var/lib/rpm/rpmdb.sqlite", "x"}},
     "",
     "db-partial var/lib/rpm/rpmdb.sqlite\ndb-partial var/lib/rpm/rpmdb.sqlite\n"},
    {"rpm beside dpkg",
     {OS, {STATUS, A}, {"usr/lib/sysimage/rpm/Packages.db", "x"}},
     DEB_A,
     "db-partial usr/lib/sysimage/rpm/Packages.db\ndb-partial usr/lib/sysimage/rpm/Packages.db\n"},
    {"rpm's manifest", {{"etc/os-release", OS_MARINER}, {RPM_MANIFEST, MANIFEST_Z}}, LISTED_Z, ""},
    {"rpm's manifest at two places that are one",
     {{"etc/os-release", OS_MARINER},
      {"var/lib/rpm", "-> ../../usr/share/rpm"},
      {"usr/share/rpm/Packages", MANIFEST_Z}},
     LISTED_Z,
     ""},
    {"rpm at two places",
     {{"etc/os-release", OS_MARINER}, {"var/lib/rpm/Packages", MANIFEST_Z}, {"usr/share/rpm/Packages.db", MANIFEST_Z}},
     LISTED_Z,
     "db-multiple var/lib/rpm\n"},
    {"dnf's history is damaged",
     {{"etc/os-release", OS_MARINER}, {RPM_MANIFEST, MANIFEST_Z}, {DNF_HISTORY, "x"}},
     LISTED_Z,
     "db-partial " DNF_HISTORY "\n"},
    {"dnf's history is empty",
     {{"etc/os-release", OS_MARINER}, {RPM_MANIFEST, MANIFEST_Z}, {DNF_HISTORY, ""}},
     LISTED_Z,
     ""},
    {"dnf's history is a directory",
     {{"etc/os-release", OS_MARINER}, {RPM_MANIFEST, MANIFEST_Z}, {DNF_HISTORY, "[dir]"}},
     LISTED_Z,
     "type layer 0: " DNF_HISTORY "\ndb-partial " DNF_HISTORY "\n"},
    {"dnf's histories at two places that are one",
     {{"etc/os-release", OS_MARINER},
      {RPM_MANIFEST, MANIFEST_Z},
      {"var/lib/dnf", "-> /usr/lib/sysimage/dnf"},
      {"usr/lib/sysimage/dnf/history.sqlite", "x"}},
     LISTED_Z,
     "db-partial usr/lib/sysimage/dnf/history.sqlite\n"},
    {"dnf 5's history has a log that is none",
     {{"etc/os-release", OS_MARINER},
      {RPM_MANIFEST, MANIFEST_Z},
      {"usr/lib/sysimage/libdnf5/transaction_history.sqlite", "SQLite format 3"},
      {"usr/lib/sysimage/libdnf5/transaction_history.sqlite-wal", "[dir]"}},
     LISTED_Z,
     "type layer 0: usr/lib/sysimage/libdnf5/transaction_history.sqlite-wal\n"
     "db-partial usr/lib/sysimage/libdnf5/transaction_history.sqlite-wal\n"
     "db-partial usr/lib/sysimage/libdnf5/transaction_history.sqlite\n"},
    {"dnf's history without rpm", {OS, {STATUS, A}, {DNF_HISTORY, ""}}, DEB_A, ""},
    {"rpm's SQLite database in part, with a log", {OS, {"var/lib/rpm/rpmdb.sqlite-wal", "x"}, {STATUS, A}}, DEB_A, ""},
    {"pacman, read by others", {OS, {"var/lib/pacman/local/ALPM_DB_VERSION", "9"}}, "", ""},
    {"apk's binary database is not read",
     {{"etc/os-release", OS_ALPINE}, {"lib/apk/db/installed.adb", "ADB."}},
     "",
     "db-partial lib/apk/db/installed.adb\n"},
    {"apk under var", {{"etc/os-release", OS_ALPINE}, {"var/lib/apk/db/installed", APK_X}}, LISTED_X, ""},
    {"apk with a second volume",
     {{"etc/os-release", OS_ALPINE}, {INSTALLED, APK_X}, {"lib/apk/db-uvol/installed", "P:u\nV:1\n"}},
     "apk u 1  u 1 @0\n" LISTED_X,
     "db-multiple lib/apk/db/installed\n"},
    {"apk's world",
     {{"etc/os-release", OS_ALPINE},
      {INSTALLED, APK_X "P:y\nV:2\n\nP:z\nV:3\nf:f\n"},
      {"etc/apk/world", "!z\ny>1 x@edge\n"}},
     "apk x 1-r0 x86_64 ox 1-r0 @0 explicit=1\napk y 2  y 2 @0 explicit=1\napk z 3  z 3 @0 state=broken\n",
     ""},
    {"opkg", {OS, {"usr/lib/opkg/status", OPKG_O}}, LISTED_O, ""},
    {"opkg under var, with controls",
     {OS, {"var/lib/opkg/status", OPKG_O}, {"var/lib/opkg/info/o.control", "Package: o\nSource: os_7.bb x.patch\n"}},
     "opkg o 1-2 mips os 1-2 @0 explicit=1\n",
     ""},
    {"opkg with controls alone",
     {OS,
      {"usr/lib/opkg/info/o.control", "Package: o\nVersion: 1-2\nArchitecture: mips\nSourceName: so\n"},
      {"usr/lib/opkg/info/o.list", "/bin/o\n"}},
     "opkg o 1-2 mips so 1-2 @0\n",
     ""},
    {"opkg: controls do not come twice",
     {OS, {"usr/lib/opkg/status", OPKG_O}, {"usr/lib/opkg/info/o.control", "Package: o\nVersion: 9\n"}},
     LISTED_O,
     ""},
    {"opkg states",
     {OS,
      {"usr/lib/opkg/status", "Package: a\nVersion: 1\nStatus: install hold,user unpacked\n\n"
                              "Package: b\nVersion: 1\nStatus: deinstall ok config-files\n\n"
                              "Package: c\nVersion: 1\nStatus: install ok removal-failed\n"}},
     "opkg a 1  a 1 @0 explicit=1 hold=1 state=unpacked\nopkg c 1  c 1 @0 state=removal-failed\n",
     ""},
    {"dpkg states",
     {OS,
      {STATUS, "Package: a\nVersion: 1\nStatus: hold ok installed\n\n"
               "Package: b\nVersion: 1\nStatus: install reinstreq half-configured\n\n"
               "Package: c\nVersion: 1\nStatus: hold ok config-files\n"}},
     "deb a 1  a 1 @0 hold=1\ndeb b 1  b 1 @0 state=half-configured\n",
     ""},
    {"dpkg's diversions are cut",
     {OS, {STATUS, A}, {"var/lib/dpkg/diversions", "/bin/sh\n/bin/sh.distrib\n"}},
     DEB_A,
     "db-partial var/lib/dpkg/diversions\n"},
    {"all families",
     {OS, {STATUS, A}, {INSTALLED, APK_X}, {"usr/lib/opkg/status", OPKG_O}, {RPM_MANIFEST, MANIFEST_Z}},
     LISTED_X DEB_A LISTED_O LISTED_Z,
     ""},
    {"a name with an escape",
     {OS, {STATUS, "Package: a\x1b]0;x\nVersion: 1\n"}},
     "deb a\x1b]0;x 1  a\x1b]0;x 1 @0\n",
     "name " STATUS "\n"},
    {"a name that is not UTF-8",
     {OS, {STATUS, "Package: a\xff\nVersion: 1\n"}},
     "deb a\xef\xbf\xbd 1  a\xef\xbf\xbd 1 @0\n",
     "name " STATUS "\n"},
    {"names cannot leave the folder of lists",
     {OS, {STATUS, "Package: ../../../etc/os-release\nVersion: 1\n"}},
     "deb ../../../etc/os-release 1  ../../../etc/os-release 1 @0\n",
     ""},
};

static struct tarball make_layer(const struct entry *entries)
{
    struct tarball layer = {0};
    for (size_t i = 0; i < ENTRIES && entries[i].name; i++) {
        const struct entry *e = &entries[i];
        struct tar_member member = {.name = e->name};
        if (strncmp(e->text, "-> ", 3) == 0) {
            member.type = '2';
            member.link = e->text + 3;
        } else if (strcmp(e->text, "[dir]") == 0 || strcmp(e->text, "[fifo]") == 0) {
            member.type = e->text[1] == 'd' ? '5' : '6';
        } else {
            member.data = e->text;
            member.size = strlen(e->text);
        }
        tarball_add(&layer, &member);
    }
    tarball_end(&layer);
    return layer;
}

Test(databases, one_layer)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct test_env t;
        struct ia_inventory inventory;
        char packages[LISTING], notes[LISTING];
        test_env_open(&t);
        struct tarball layer = make_layer(rows[i].entries);
        cr_assert_eq(collect_layers(&t, &layer, 1, &inventory), IMGA_OK, "%s: %s", rows[i].name, t.env.error.message);
        list_packages(&inventory, packages);
        list_notes(&t.notes, notes);
        cr_expect_str_eq(packages, rows[i].packages, "%s: got\n%s", rows[i].name, packages);
        if (rows[i].notes)
            cr_expect_str_eq(notes, rows[i].notes, "%s: got notes\n%s", rows[i].name, notes);
        else /* what exactly is said is the view's business, but something is */
            cr_expect_not(ia_notes_complete(&t.notes), "%s: %s", rows[i].name, notes);
        ia_inventory_free(&inventory);
        tarball_free(&layer);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s leaks", rows[i].name);
    }
}

static struct ia_rootfs *open_view(struct test_env *t, const struct tarball *layer)
{
    struct ia_rootfs *fs;
    struct ia_reader *stream;
    cr_assert_eq(ia_rootfs_new(&t->env, ia_database_wants, IA_WANT_COUNT, &fs), IMGA_OK);
    cr_assert_eq(ia_reader_memory(&t->env, layer->p, layer->n, &stream), IMGA_OK);
    cr_assert_eq(ia_rootfs_apply_stream(fs, &t->env, 0, stream), IMGA_OK);
    ia_reader_close(stream);
    return fs;
}

/* A folder that analysers read must have given a package, unless it is empty. */
Test(databases, check)
{
    static const struct {
        const char *path, *how, *notes;
    } cases[] = {
        {"var/lib/pacman/local/a-1-1/desc", "dpkg", "db-partial var/lib/pacman/local\n"},
        {"var/lib/pacman/local/a-1-1/desc", "pacman", ""},
        {"var/lib/pacman/local/ALPM_DB_VERSION", "dpkg", ""},
        {"var/db/pkg/a/b-1/PF", "pacman", "db-partial var/db/pkg\n"},
        {"var/db/pkg/a/b-1/PF", "portage", ""},
        {"nix/store/x", "dpkg", "db-partial nix/store\n"},
        {"nix/store/.links/x", "dpkg", ""},
        {"bin/sh", "dpkg", ""},
    };
    for (size_t i = 0; i < IA_COUNT(cases); i++) {
        const struct entry entries[ENTRIES] = {{cases[i].path, "x"}};
        struct ia_package package = {.type = "x", .how = cases[i].how};
        struct tarball layer = make_layer(entries);
        struct ia_inventory inventory;
        struct test_env t;
        char notes[LISTING];
        test_env_open(&t);
        struct ia_rootfs *fs = open_view(&t, &layer);
        cr_assert_eq(ia_inventory_init(&t.env, &inventory), IMGA_OK);
        ia_package_defaults(&package);
        cr_assert_eq(ia_inventory_add_package(&t.env, &inventory, &package), IMGA_OK);
        cr_expect_eq(ia_databases_check(&t.env, fs, &inventory), IMGA_OK);
        list_notes(&t.notes, notes);
        cr_expect_str_eq(notes, cases[i].notes, "case %zu: %s", i, notes);
        ia_inventory_free(&inventory);
        ia_rootfs_free(fs);
        tarball_free(&layer);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}

/* Pieces of a listing. */
struct met {
    char text[LISTING];
    struct ia_rootfs *fs;
};

static int meet(void *user, struct ia_env *env, const struct ia_database *database)
{
    struct met *met = user;
    size_t n = strlen(met->text);
    (void)env;
    snprintf(met->text + n, LISTING - n, "%s %s %.*s%s\n", database->type, database->place, (int)database->path.n,
             database->path.p, database->readable ? "" : " unreadable");
    return strcmp(database->type, "rpm") == 0 ? IMGA_E_LIMIT : 0;
}

/* Without reading them; a callback that fails ends it. */
Test(databases, find)
{
    static const struct entry entries[ENTRIES] = {
        {STATUS, "[dir]"},
        {STATUS_D "a", ""},
        {STATUS_D "a.md5sums", "x"},
        {"var/lib/dpkg/updates/1", "x"},
        {INSTALLED, "-> /x"},
        {"x", "garbage"},
        {"lib/apk/db-uvol/installed", ""},
        {"usr/lib/opkg/info/o.control", "x"},
        {"var/lib/rpm/Packages", "x"},
        {"var/lib/rpm/Packages.db", "x"},
    };
    struct tarball layer = make_layer(entries);
    struct test_env t;
    struct met met = {.text = ""};
    test_env_open(&t);
    met.fs = open_view(&t, &layer);
    cr_expect_eq(ia_databases_find(&t.env, met.fs, meet, &met), IMGA_E_LIMIT);
    cr_expect_str_eq(met.text,
                     "deb " STATUS " " STATUS " unreadable\n"
                     "deb var/lib/dpkg/status.d var/lib/dpkg/status.d\n"
                     "apk " INSTALLED " x unreadable\n"
                     "apk lib/apk/db-uvol/installed lib/apk/db-uvol/installed\n"
                     "rpm var/lib/rpm/Packages.db var/lib/rpm/Packages.db\n",
                     "%s", met.text);
    ia_rootfs_free(met.fs);
    test_env_close(&t);
    tarball_free(&layer);
    cr_expect_eq(t.live, 0);
}

/* For every n the n-th allocation fails: no memory, or the same result. */
Test(databases, no_memory)
{
    static const struct entry entries[ENTRIES] = {
        OS,
        {STATUS, A B "Package: c\n"},
        {STATUS_D "d", A "Package: d\xff\nVersion: 1\n"},
        {INSTALLED, APK_X "R:f\n"},
        {"etc/apk/world", "x\n"},
        {"var/lib/dpkg/info/a.list", "/.\n/usr\n/bin\n"},
        {"var/lib/dpkg/info/b.md5sums", "0 bin/b\n"},
        {"var/lib/dpkg/diversions", "/bin/b\n/bin/b.moved\n:\n"},
        {"usr/lib/opkg/status", OPKG_O},
        {"usr/lib/opkg/info/o.control", "Package: o\nLicense: MIT\n"},
        {"usr/lib/opkg/info/o.list", "/bin/o\n"},
        {RPM_MANIFEST, MANIFEST_Z},
    };
    struct tarball layer = make_layer(entries);
    char expected[LISTING], packages[LISTING];
    for (size_t n = 0;; n++) {
        struct test_env t;
        struct ia_inventory inventory;
        test_env_open(&t);
        t.fail_at = n;
        t.fail_on = (int)(n & 1);
        int status = collect_layers(&t, &layer, 1, &inventory);
        bool reached = n == 0 || t.count >= n;
        cr_expect(status == IMGA_OK || (n > 0 && status == IMGA_E_NOMEM), "allocation %zu: %d", n, status);
        if (status == IMGA_OK) {
            list_packages(&inventory, packages);
            if (n == 0)
                memcpy(expected, packages, sizeof(expected));
            cr_expect_str_eq(packages, expected, "allocation %zu", n);
            ia_inventory_free(&inventory);
        }
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
        if (!reached)
            break;
    }
    tarball_free(&layer);
}

Test(databases, cancelled)
{
    static const struct entry entries[ENTRIES] = {OS, {STATUS, A}};
    struct tarball layer = make_layer(entries);
    struct test_env t;
    struct ia_inventory inventory;
    test_env_open(&t);
    atomic_store(&t.cancel.flag, 1);
    cr_expect_eq(collect_layers(&t, &layer, 1, &inventory), IMGA_E_CANCELLED);
    test_env_close(&t);
    tarball_free(&layer);
    cr_expect_eq(t.live, 0);
}

/* At the limit all is well; one below, packages and files fail, and a text is left out with a remark. */
Test(databases, limits)
{
    static const struct entry entries[ENTRIES] = {
        {"etc/os-release", "ID=debian\n"},
        {STATUS, A "Package: removed\nStatus: purge ok not-installed\n\nPackage: b\nVersion: 2\n"},
        {"var/lib/dpkg/info/a.list", "/.\n/usr\n/bin\n/usr\n"},
        {"var/lib/dpkg/info/b.list", "/etc\n"},
    };
    static const struct {
        const char *name;
        size_t at;
        uint64_t needed;
        int status;
    } limits[] = {
        {"packages", offsetof(imga_limits, packages), 3, IMGA_E_LIMIT},
        {"package_files", offsetof(imga_limits, package_files), 3, IMGA_E_LIMIT},
        {"string_bytes", offsetof(imga_limits, string_bytes), 60, IMGA_OK},
    };
    struct tarball layer = make_layer(entries);
    for (size_t i = 0; i < IA_COUNT(limits); i++)
        for (uint64_t below = 0; below < 2; below++) {
            struct test_env t;
            struct ia_inventory inventory;
            uint64_t value = limits[i].needed - below;
            test_env_open(&t);
            memcpy((char *)&t.limits + limits[i].at, &value, sizeof(value));
            int status = collect_layers(&t, &layer, 1, &inventory);
            cr_expect_eq(status, below ? limits[i].status : IMGA_OK, "%s %u: %d %s", limits[i].name, (unsigned)value,
                         status, t.env.error.message);
            if (status < 0)
                cr_expect(strstr(t.env.error.message, limits[i].name), "%s", t.env.error.message);
            else
                ia_inventory_free(&inventory);
            test_env_close(&t);
            cr_expect_eq(t.live, 0);
        }
    tarball_free(&layer);
}

/* A version of 28 bytes: at 28 it is kept, at 27 its record is left out and the inventory is incomplete. */
Test(databases, long_texts)
{
    static const struct entry entries[ENTRIES] = {
        {"etc/os-release", "ID=debian\n"},
        {STATUS, "Package: b\nVersion: 2222222222222222222222222222\n"
                 "Maintainer: mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm\n"},
    };
    struct tarball layer = make_layer(entries);
    for (size_t limit = 27; limit < 29; limit++) {
        struct test_env t;
        struct ia_inventory inventory;
        test_env_open(&t);
        t.limits.string_bytes = limit;
        cr_assert_eq(collect_layers(&t, &layer, 1, &inventory), IMGA_OK, "%s", t.env.error.message);
        cr_expect_eq(inventory.packages.n, limit - 27, "limit %zu", limit);
        cr_expect(test_has_note(&t, IMGA_NOTE_DB_PARTIAL), "limit %zu", limit);
        if (inventory.packages.n)
            cr_expect_str_eq(ia_inventory_package(&inventory, 0)->maintainer, "");
        ia_inventory_free(&inventory);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
    tarball_free(&layer);
}

/* A status file over file_bytes: what came before the cut counts, half a version does not. */
Test(databases, cut_file)
{
    static const struct entry entries[ENTRIES] = {OS, {STATUS, A "Package: b\nVersion: 12345\n"}};
    struct tarball layer = make_layer(entries);
    struct test_env t;
    struct ia_inventory inventory;
    char packages[LISTING];
    test_env_open(&t);
    t.limits.file_bytes = sizeof(A "Package: b\nVersion: 12") - 1;
    cr_assert_eq(collect_layers(&t, &layer, 1, &inventory), IMGA_OK, "%s", t.env.error.message);
    list_packages(&inventory, packages);
    cr_expect_str_eq(packages, DEB_A);
    cr_expect(test_has_note(&t, IMGA_NOTE_DB_PARTIAL));
    ia_inventory_free(&inventory);
    test_env_close(&t);
    tarball_free(&layer);
    cr_expect_eq(t.live, 0);
}
