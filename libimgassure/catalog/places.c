/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg's status, its journal (updates/, dpkg(1) merges it into status later) and distroless' status.d; apk's installed,
 * under lib, usr/lib (merged usr) and var/lib, and the layer for a separate volume (db-uvol); opkg's status for OpenWrt
 * and Yocto; rpm's three formats in the directories of Red Hat and older SUSE, of SUSE and Fedora, and of ostree, and
 * CBL-Mariner's text for images without rpm; before them dnf's histories, of dnf 4 (openSUSE's under usr) and of dnf 5.
 */
#include "catalog/places.h"

#include "base/macros.h"
#include "catalog/rpm/database.h"

const struct ia_want ia_database_wants[] = {
    [IA_WANT_STATUS_D] = {"var/lib/dpkg/status.d", ""},
    [IA_WANT_UPDATES] = {"var/lib/dpkg/updates", ""},
    [IA_WANT_LISTS] = {"var/lib/dpkg/info", ".list"},
    [IA_WANT_MD5SUMS] = {"var/lib/dpkg/info", ".md5sums"},
    [IA_WANT_OPKG_LISTS] = {"usr/lib/opkg/info", ".list"},
    [IA_WANT_OPKG_VAR_LISTS] = {"var/lib/opkg/info", ".list"},
    [IA_WANT_OPKG_CONTROLS] = {"usr/lib/opkg/info", ".control"},
    [IA_WANT_OPKG_VAR_CONTROLS] = {"var/lib/opkg/info", ".control"},
    [IA_WANT_FILES] = {"var/lib/dpkg/status", NULL},
    {"var/lib/dpkg/diversions", NULL},
    {"lib/apk/db/installed", NULL},
    {"usr/lib/apk/db/installed", NULL},
    {"var/lib/apk/db/installed", NULL},
    {"lib/apk/db-uvol/installed", NULL},
    {"etc/apk/world", NULL},
    {"etc/apk/repositories", NULL},
    {"usr/lib/opkg/status", NULL},
    {"var/lib/opkg/status", NULL},
    {"var/lib/rpm/rpmdb.sqlite", NULL},
    {"var/lib/rpm/rpmdb.sqlite-wal", NULL},
    {"var/lib/rpm/rpmdb.sqlite-journal", NULL},
    {"var/lib/rpm/Packages.db", NULL},
    {"var/lib/rpm/Packages", NULL},
    {"usr/lib/sysimage/rpm/rpmdb.sqlite", NULL},
    {"usr/lib/sysimage/rpm/rpmdb.sqlite-wal", NULL},
    {"usr/lib/sysimage/rpm/rpmdb.sqlite-journal", NULL},
    {"usr/lib/sysimage/rpm/Packages.db", NULL},
    {"usr/lib/sysimage/rpm/Packages", NULL},
    {"usr/share/rpm/rpmdb.sqlite", NULL},
    {"usr/share/rpm/rpmdb.sqlite-wal", NULL},
    {"usr/share/rpm/rpmdb.sqlite-journal", NULL},
    {"usr/share/rpm/Packages.db", NULL},
    {"usr/share/rpm/Packages", NULL},
    {"var/lib/rpmmanifest/container-manifest-2", NULL},
    {"var/lib/dnf/history.sqlite", NULL},
    {"var/lib/dnf/history.sqlite-wal", NULL},
    {"var/lib/dnf/history.sqlite-journal", NULL},
    {"usr/lib/sysimage/dnf/history.sqlite", NULL},
    {"usr/lib/sysimage/dnf/history.sqlite-wal", NULL},
    {"usr/lib/sysimage/dnf/history.sqlite-journal", NULL},
    {"usr/lib/sysimage/libdnf5/transaction_history.sqlite", NULL},
    {"usr/lib/sysimage/libdnf5/transaction_history.sqlite-wal", NULL},
    {"usr/lib/sysimage/libdnf5/transaction_history.sqlite-journal", NULL},
    {"etc/os-release", NULL},
    {"usr/lib/os-release", NULL},
    {"etc/debian_version", NULL},
    {"etc/alpine-release", NULL},
    {"etc/almalinux-release", NULL},
    {"etc/rocky-release", NULL},
    {"etc/oracle-release", NULL},
    {"etc/centos-release", NULL},
    {"etc/fedora-release", NULL},
    {"etc/redhat-release", NULL},
    {"etc/system-release", NULL},
    {"etc/SuSE-release", NULL},
    {"etc/photon-release", NULL},
    {"etc/lsb-release", NULL},
    {"var/lib/ubuntu-advantage/status.json", NULL},
};

bool ia_is_md5sums(struct ia_str name)
{
    return ia_str_ends(name, IA_STR(".md5sums"));
}

static bool is_package(struct ia_str name)
{
    return !ia_is_md5sums(name);
}

/* Other names in updates/ are dpkg's temporary files. */
static bool is_number(struct ia_str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!ia_is_digit(name.p[i]))
            return false;
    return name.n > 0;
}

static int read_rpm_manifest(struct ia_env *env, const struct ia_db_source *source, struct ia_damage *damage,
                             ia_take_record *take, void *user)
{
    const struct ia_db_source lines = {.text = ia_db_text(source), .history = source->history};
    return ia_rpm_read(env, &lines, damage, take, user);
}

#define WORLD "etc/apk/world"
#define BESIDE_SQLITE(path)                                                                                            \
    {                                                                                                                  \
        [IA_RPM_WAL] = path "-wal", [IA_RPM_JOURNAL] = path "-journal"                                                 \
    }
#define HISTORY(path)                                                                                                  \
    {                                                                                                                  \
        path, .kind = IA_PLACE_HISTORY, .beside = BESIDE_SQLITE(path)                                                  \
    }
#define WANT(name) &ia_database_wants[name]

const struct ia_db_format ia_db_formats[] = {
    {
        "deb",
        "var/lib/dpkg",
        3,
        {
            {"var/lib/dpkg/status", .read = ia_dpkg_read},
            {"var/lib/dpkg/status.d", WANT(IA_WANT_STATUS_D), is_package, ia_dpkg_read, .kind = IA_PLACE_DATABASE},
            {"var/lib/dpkg/updates", WANT(IA_WANT_UPDATES), is_number, ia_dpkg_read, .kind = IA_PLACE_JOURNAL},
        },
    },
    {
        "apk",
        "lib/apk/db/installed",
        4,
        {
            {"lib/apk/db/installed", .read = ia_apk_read, .beside = {WORLD}},
            {"usr/lib/apk/db/installed", .read = ia_apk_read, .beside = {WORLD}},
            {"var/lib/apk/db/installed", .read = ia_apk_read, .beside = {WORLD}},
            {"lib/apk/db-uvol/installed", .read = ia_apk_read, .beside = {WORLD}},
        },
    },
    {
        "opkg",
        "usr/lib/opkg/status",
        4,
        {
            {"usr/lib/opkg/status", .read = ia_opkg_read, .controls = WANT(IA_WANT_OPKG_CONTROLS)},
            {"var/lib/opkg/status", .read = ia_opkg_read, .controls = WANT(IA_WANT_OPKG_VAR_CONTROLS)},
            {"usr/lib/opkg/info", WANT(IA_WANT_OPKG_CONTROLS), NULL, ia_opkg_read, .kind = IA_PLACE_FALLBACK},
            {"var/lib/opkg/info", WANT(IA_WANT_OPKG_VAR_CONTROLS), NULL, ia_opkg_read, .kind = IA_PLACE_FALLBACK},
        },
    },
    {
        "rpm",
        "var/lib/rpm",
        13,
        {
            HISTORY("var/lib/dnf/history.sqlite"),
            HISTORY("usr/lib/sysimage/dnf/history.sqlite"),
            HISTORY("usr/lib/sysimage/libdnf5/transaction_history.sqlite"),
            {"var/lib/rpm/rpmdb.sqlite", .read = ia_rpm_read, .beside = BESIDE_SQLITE("var/lib/rpm/rpmdb.sqlite")},
            {"var/lib/rpm/Packages.db", .read = ia_rpm_read},
            {"var/lib/rpm/Packages", .read = ia_rpm_read},
            {"usr/lib/sysimage/rpm/rpmdb.sqlite", .read = ia_rpm_read,
             .beside = BESIDE_SQLITE("usr/lib/sysimage/rpm/rpmdb.sqlite")},
            {"usr/lib/sysimage/rpm/Packages.db", .read = ia_rpm_read},
            {"usr/lib/sysimage/rpm/Packages", .read = ia_rpm_read},
            {"usr/share/rpm/rpmdb.sqlite", .read = ia_rpm_read, .beside = BESIDE_SQLITE("usr/share/rpm/rpmdb.sqlite")},
            {"usr/share/rpm/Packages.db", .read = ia_rpm_read},
            {"usr/share/rpm/Packages", .read = ia_rpm_read},
            {"var/lib/rpmmanifest/container-manifest-2", .read = read_rpm_manifest},
        },
    },
};
const size_t ia_db_format_count = IA_COUNT(ia_db_formats);

const struct ia_analysed_database ia_analysed_databases[] = {
    {"var/lib/pacman/local", "pacman", "ALPM_DB_VERSION"},
    {"var/db/pkg", "portage", NULL},
    {"nix/store", "nix-store", ".links"},
};
const size_t ia_analysed_database_count = IA_COUNT(ia_analysed_databases);

const char *const ia_unread_databases[] = {
    "lib/apk/db/installed.adb",
    "usr/lib/apk/db/installed.adb",
    NULL,
};
