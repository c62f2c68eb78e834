/* SPDX-License-Identifier: Apache-2.0 */
/* Release files by themselves, then the distribution that a whole root view names. */
#include "catalog/release_files.h"
#include "catalog/ubuntu_pro.h"
#include "listing.h"
#include "view.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct ia_release_file *kind_of(const char *path)
{
    for (size_t i = 0; i < ia_release_file_count; i++)
        if (strcmp(ia_release_files[i].path, path) == 0)
            return &ia_release_files[i];
    cr_assert_fail("no kind for %s", path);
    return NULL;
}

#define VIEW(s) (int)(s).n, (s).p

/* What each form says: "id|version|patch|codename|pretty name"; NULL when it is not of that form. */
Test(release_files, texts)
{
    static const struct {
        const char *path, *text, *expected;
    } rows[] = {
        {"etc/alpine-release", "3.18.9\n", "alpine|3.18.9|||"},
        {"etc/alpine-release", "3.21_alpha20240807", "alpine|3.21_alpha20240807|||"},
        {"etc/alpine-release", "\n", NULL},
        {"etc/alpine-release", "edge\n", NULL},
        {"etc/almalinux-release", "AlmaLinux release 8.8 (Sapphire Caracal)\n",
         "almalinux|8.8|||AlmaLinux release 8.8 (Sapphire Caracal)"},
        {"etc/rocky-release", "Rocky Linux release 9.2 (Blue Onyx)\n",
         "rocky|9.2|||Rocky Linux release 9.2 (Blue Onyx)"},
        {"etc/oracle-release", "Oracle Linux Server release 8.8\n", "ol|8.8|||Oracle Linux Server release 8.8"},
        {"etc/centos-release", "CentOS Linux release 7.9.2009 (Core)\n",
         "centos|7|||CentOS Linux release 7.9.2009 (Core)"},
        {"etc/centos-release", "CentOS release 6.10 (Final)\r\n", "centos|6|||CentOS release 6.10 (Final)"},
        {"etc/centos-release", "CentOS Stream release 9\n", "centos|9|||CentOS Stream release 9"},
        {"etc/fedora-release", "Fedora release 38 (Thirty Eight)\n", "fedora|38|||Fedora release 38 (Thirty Eight)"},
        {"etc/redhat-release", "Red Hat Enterprise Linux release 8.8 (Ootpa)\n",
         "rhel|8.8|||Red Hat Enterprise Linux release 8.8 (Ootpa)"},
        {"etc/redhat-release", "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n",
         "rhel|6.10|||Red Hat Enterprise Linux Server release 6.10 (Santiago)"},
        {"etc/redhat-release", "Rocky Linux release 8.8\n", "rocky|8.8|||Rocky Linux release 8.8"},
        {"etc/redhat-release", "Unheard Of Linux release 8\n", NULL},
        {"etc/redhat-release", "CentOS release\n", NULL},
        {"etc/redhat-release", "CentOS release Core 7\n", NULL},
        {"etc/redhat-release", "CentOS released 7\n", NULL},
        {"etc/redhat-release", "", NULL},
        {"etc/system-release", "Amazon Linux release 2 (Karoo)\n", "amzn|2|||Amazon Linux release 2 (Karoo)"},
        {"etc/system-release", "Amazon Linux AMI release 2018.03\n", "amzn|2018.03|||Amazon Linux AMI release 2018.03"},
        {"etc/system-release", "Amazon Linux release 2023.3.20240117 (Amazon Linux)\n",
         "amzn|2023|||Amazon Linux release 2023.3.20240117 (Amazon Linux)"},
        {"etc/SuSE-release", "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n",
         "sles|11|4||SUSE Linux Enterprise Server 11 (x86_64)"},
        {"etc/SuSE-release", "SUSE Linux Enterprise Server 12 (x86_64)\nVERSION = 12\nPATCHLEVEL = 0\n",
         "sles|12|||SUSE Linux Enterprise Server 12 (x86_64)"},
        {"etc/SuSE-release", "openSUSE 13.2 (x86_64)\nVERSION = 13.2\nCODENAME = Harlequin\n",
         "opensuse|13.2|||openSUSE 13.2 (x86_64)"},
        {"etc/SuSE-release", "openSUSE 13.2 (x86_64)\n", NULL},
        {"etc/photon-release", "VMware Photon OS 4.0\nPHOTON_BUILD_NUMBER=1526e30ba\n",
         "photon|4.0|||VMware Photon OS 4.0"},
        {"etc/photon-release", "VMware Photon Linux 1.0\n", "photon|1.0|||VMware Photon Linux 1.0"},
        {"etc/photon-release", "VMware Photon OS\n", NULL},
        {"etc/lsb-release",
         "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=12.04\nDISTRIB_CODENAME=precise\nDISTRIB_DESCRIPTION=\"Ubuntu 12.04.5 "
         "LTS\"\n",
         "Ubuntu|12.04||precise|Ubuntu 12.04.5 LTS"},
        {"etc/lsb-release", "DISTRIB_ID=Arch\nDISTRIB_RELEASE=rolling\n", "Arch||||"},
        {"etc/lsb-release", "LSB_VERSION=1.4\n", NULL},
        {"etc/debian_version", "12.5\n", "debian|12.5|||"},
        {"etc/debian_version", "trixie/sid\n", "debian|||trixie|"},
        {"etc/debian_version", " \n", NULL},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        const struct ia_release_file *kind = kind_of(rows[i].path);
        struct ia_release r = {ia_str_from(kind->id), {"", 0}, {"", 0}, {"", 0}, {"", 0}};
        char got[256], *exact = malloc(strlen(rows[i].text) + 1);
        memcpy(exact, rows[i].text, strlen(rows[i].text));
        bool parsed = kind->parse((struct ia_str){exact, strlen(rows[i].text)}, &r);
        snprintf(got, sizeof(got), "%.*s|%.*s|%.*s|%.*s|%.*s", VIEW(r.id), VIEW(r.version_id), VIEW(r.patch),
                 VIEW(r.codename), VIEW(r.pretty_name));
        cr_expect_eq(parsed, rows[i].expected != NULL, "%s: %s", rows[i].path, rows[i].text);
        if (rows[i].expected)
            cr_expect_str_eq(got, rows[i].expected, "%s: got %s", rows[i].path, got);
        free(exact);
    }
}

Test(release_files, apk_branches)
{
    static const struct {
        const char *text, *branch;
    } rows[] = {
        {"", ""},
        {"https://dl-cdn.alpinelinux.org/alpine/v3.18/main\nhttps://dl-cdn.alpinelinux.org/alpine/v3.18/community\n",
         "v3.18"},
        {"https://dl-cdn.alpinelinux.org/alpine/edge/main", "edge"},
        {"# https://x/edge/main\n  #http://x/v3.1/main\nhttp://x/v3.2/main\n", "v3.2"},
        {"http://x/alpine/v3.18/main\n@testing http://x/alpine/edge/testing\n", "v3.18"},
        {"http://x/alpine/v3.18/main\nhttp://x/alpine/edge/testing\n", ""},
        {"http://x/alpine/latest-stable/main\n", ""},
        {"/media/cdrom/apks\nhttp://x/v3.19/main\r\n", "v3.19"},
        {"v3 https://x/alpine/edge main community\n", "edge"},
        {"http://x/v3/main\nhttp://x/vendor/main\n", ""},
        {"garbage\xff\n\n\n", ""},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_str branch = ia_apk_branch(ia_str_from(rows[i].text));
        cr_expect(ia_str_is(branch, rows[i].branch), "row %zu: %.*s", i, VIEW(branch));
    }
}

/* Pairs of path and text; then "id|version|codename|release|pretty name" and the notes about the system. */
static const struct view_row {
    const char *name, *files[8], *distro, *notes;
} views[] = {
    {"alpine", {"etc/alpine-release", "3.18.9\n"}, "alpine|3.18.9||v3.18|", ""},
    {"its own file comes first",
     {"etc/redhat-release", "Red Hat Enterprise Linux release 8.8\n", "etc/oracle-release",
      "Oracle Linux Server release 8.8\n"},
     "ol|8.8|||Oracle Linux Server release 8.8",
     ""},
    {"what others have, too",
     {"etc/redhat-release", "Red Hat Enterprise Linux release 8.8\n"},
     "rhel|8.8|||Red Hat Enterprise Linux release 8.8",
     "os etc/os-release\n"},
    {"ubuntu",
     {"etc/lsb-release", "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=12.04\nDISTRIB_CODENAME=precise\n"},
     "ubuntu|12.04|precise||",
     "os etc/os-release\n"},
    {"debian", {"etc/debian_version", "7.11\n"}, "debian|7.11||wheezy|", "os etc/os-release\n"},
    {"sid", {"etc/debian_version", "trixie/sid\n"}, "debian||trixie|trixie|", "os etc/os-release\n"},
    {"suse",
     {"etc/SuSE-release", "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n"},
     "sles|11.4|||SUSE Linux Enterprise Server 11 (x86_64)",
     ""},
    {"no ID, and its own file",
     {"etc/os-release", "PRETTY_NAME=Mine\n", "etc/alpine-release", "3.18.9\n"},
     "alpine|3.18.9||v3.18|Mine",
     ""},
    {"no ID, and what others have, too",
     {"etc/os-release", "PRETTY_NAME=Mine\n", "etc/debian_version", "12.5\n"},
     "||||Mine",
     "os etc/os-release\n"},
    {"an unknown line", {"etc/redhat-release", "Something\n"}, "||||", "os etc/os-release\n"},
    {"os-release and the older file agree",
     {"etc/os-release", "ID=alpine\nVERSION_ID=3.18.9\n", "etc/alpine-release", "3.18.12\n"},
     "alpine|3.18.9||v3.18|",
     ""},
    {"they contradict each other",
     {"etc/os-release", "ID=alpine\nVERSION_ID=3.18.9\n", "etc/alpine-release", "3.20.1\n"},
     "alpine|3.18.9||v3.18|",
     "os etc/os-release\n"},
    {"Debian's",
     {"etc/os-release", "ID=debian\nVERSION_ID=12\n", "etc/debian_version", "11.3\n"},
     "debian|12||bookworm|",
     "os etc/os-release\n"},
    {"Debian's testing",
     {"etc/os-release", "ID=debian\nVERSION_ID=12\n", "etc/debian_version", "trixie/sid\n"},
     "debian|12||bookworm|",
     ""},
    {"Ubuntu has Debian's file, too",
     {"etc/os-release", "ID=ubuntu\nVERSION_ID=22.04\n", "etc/debian_version", "bookworm/sid\n", "etc/lsb-release",
      "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\n"},
     "ubuntu|22.04|||",
     ""},
    {"Ubuntu's contradict",
     {"etc/os-release", "ID=ubuntu\nVERSION_ID=22.04\n", "etc/lsb-release",
      "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.10\n"},
     "ubuntu|22.04|||",
     "os etc/os-release\n"},
    {"a relative's",
     {"etc/os-release", "ID=rocky\nVERSION_ID=8.8\n", "etc/redhat-release", "Rocky Linux release 8.8\n"},
     "rocky|8.8|||",
     ""},
    {"repositories of the release",
     {"etc/os-release", OS_ALPINE, "etc/apk/repositories", "http://x/v3.18/main\n"},
     "alpine|3.18.0||v3.18|",
     ""},
    {"repositories of edge",
     {"etc/os-release", OS_ALPINE, "etc/apk/repositories", "http://x/edge/main\n"},
     "alpine|3.18.0||edge|",
     "os etc/apk/repositories\n"},
    {"repositories of both",
     {"etc/os-release", OS_ALPINE, "etc/apk/repositories", "http://x/v3.18/main\nhttp://x/edge/main\n"},
     "alpine|3.18.0||v3.18|",
     ""},
    {"repositories tell",
     {"etc/os-release", "ID=alpine\n", "etc/apk/repositories", "http://x/v3.18/main\n"},
     "alpine|||v3.18|",
     ""},
    {"repositories of another system",
     {"etc/os-release", "ID=wolfi\nVERSION_ID=20230201\n", "etc/apk/repositories", "http://x/edge/main\n"},
     "wolfi|20230201|||",
     ""},
};

static struct tarball make_layer(const char *const *files)
{
    struct tarball layer = {0};
    for (; files[0]; files += 2)
        tarball_file(&layer, files[0], files[1]);
    tarball_file(&layer, "var/lib/dpkg/status", "Package: a\nVersion: 1\n");
    tarball_end(&layer);
    return layer;
}

static void check(struct test_env *t, struct tarball *layer, const struct view_row *row)
{
    struct ia_inventory inventory;
    char got[256], notes[LISTING];
    int status = collect_layers(t, layer, 1, &inventory);
    cr_expect(status == IMGA_OK || (t->fail_at && status == IMGA_E_NOMEM), "%s: %d", row->name, status);
    if (status != IMGA_OK)
        return;
    const struct ia_distro *d = &inventory.distro;
    snprintf(got, sizeof(got), "%s|%s|%s|%s|%s", d->id, d->version_id, d->codename, d->release, d->pretty_name);
    cr_expect_str_eq(got, row->distro, "%s: got %s", row->name, got);
    list_notes(&t->notes, notes);
    cr_expect_str_eq(notes, row->notes, "%s: got notes %s", row->name, notes);
    ia_inventory_free(&inventory);
}

Test(release_files, views)
{
    for (size_t i = 0; i < IA_COUNT(views); i++) {
        struct tarball layer = make_layer(views[i].files);
        struct test_env t;
        test_env_open(&t);
        check(&t, &layer, &views[i]);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s leaks", views[i].name);
        tarball_free(&layer);
    }
}

/* For every n the n-th allocation fails: no memory, or the same result. */
Test(release_files, no_memory)
{
    static const struct view_row row = {"no memory",
                                        {"etc/SuSE-release", "openSUSE 13.2\nVERSION = 13.2\nPATCHLEVEL = 1\n"},
                                        "opensuse|13.2.1|||openSUSE 13.2",
                                        ""};
    struct tarball layer = make_layer(row.files);
    bool reached = true;
    for (size_t n = 1; reached; n++) {
        struct test_env t;
        test_env_open(&t);
        t.fail_at = n;
        check(&t, &layer, &row);
        reached = t.count >= n;
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
    }
    tarball_free(&layer);
}

Test(release_files, ubuntu_pro)
{
    static const struct {
        const char *text;
        int services;
    } rows[] = {
        {"{\"_doc\": [], \"services\": [{\"name\": \"esm-infra\", \"status\": \"enabled\", \"x\": {\"status\": "
         "\"n/a\"}},"
         " {\"status\": \"enabled\", \"name\": \"fips-updates\"}, {\"name\": \"esm-apps\", \"status\": \"disabled\"}]}",
         IA_UBUNTU_ESM_INFRA | IA_UBUNTU_FIPS},
        {"{\"services\": [{\"name\": \"esm-apps\", \"status\": \"enabled\"}], \"attached\": true}", IA_UBUNTU_ESM_APPS},
        {"{\"services\": [{\"name\": \"livepatch\", \"status\": \"enabled\"}]}", 0},
        {"{\"services\": [\"esm-apps\", [1], {\"name\": 1, \"status\": null}]}", 0},
        {"{\"services\": {\"name\": \"esm-apps\", \"status\": \"enabled\"}}", 0},
        {"{\"x\": {\"services\": [{\"name\": \"esm-apps\", \"status\": \"enabled\"}]}}", 0},
        {"{}", 0},
        {"[]", 0},
        {"", 0},
        {"{\"services\": [{\"name\": \"esm-apps\", \"status\": \"enabled\"}]", 0},
        {"\xff", 0},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        bool reached = true;
        for (size_t n = 0; reached; n++) {
            struct test_env t;
            test_env_open(&t);
            t.fail_at = n;
            int services = ia_ubuntu_pro_parse(&t.env, ia_str_from(rows[i].text));
            cr_expect(services == rows[i].services || (n > 0 && services == IMGA_E_NOMEM), "row %zu: %d", i, services);
            cr_expect(services < 0 || t.env.error.status == IMGA_OK, "row %zu", i);
            reached = n == 0 || t.count >= n;
            test_env_close(&t);
            cr_expect_eq(t.live, 0);
        }
    }
}
