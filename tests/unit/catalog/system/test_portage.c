/* SPDX-License-Identifier: Apache-2.0 */
/* Portage's files of a package. */
#include "../lang/cases.h"
#include "catalog/system/system.h"

#include <criterion/criterion.h>

#define AT "var/db/pkg/dev-libs/openssl-3.0.13-r2/"

static const struct file_case rows[] = {
    {"a package", AT "PF", TEXT("openssl-3.0.13-r2\n"), "package ebuild dev-libs/openssl 3.0.13-r2 how=portage\n"},
    {"dashes and digits in the name", "var/db/pkg/x11-libs/gtk+-3-4.0_p20240101/PF", TEXT("gtk+-3-4.0_p20240101\n"),
     "package ebuild x11-libs/gtk+-3 4.0_p20240101 how=portage\n"},
    {"a version of one letter more", "var/db/pkg/media-libs/jpeg-9f/PF", TEXT("jpeg-9f"),
     "package ebuild media-libs/jpeg 9f how=portage\n"},
    {"not all files in place", "var/db/pkg/dev-libs/-MERGING-icu-74.1/PF", TEXT("icu-74.1\n"),
     "package ebuild dev-libs/icu 74.1 how=portage state=merging\n"},
    {"another name inside", AT "PF", TEXT("zlib-1.3\n"),
     "note db-partial 0\npackage ebuild dev-libs/openssl 3.0.13-r2 how=portage\n"},
    {"empty", AT "PF", TEXT(""), "note db-partial 0\npackage ebuild dev-libs/openssl 3.0.13-r2 how=portage\n"},
    {"a directory without version", "var/db/pkg/dev-libs/openssl/PF", TEXT("openssl\n"), "note db-partial -1\n"},
    {"a revision alone", "var/db/pkg/dev-libs/openssl-r1/PF", TEXT("openssl-r1\n"), "note db-partial -1\n"},
};

static const struct file_case facts[] = {
    {"slot", AT "SLOT", TEXT("0/3\n"), "attach 0 slot=0/3\n"},
    {"licence", AT "LICENSE", TEXT("Apache-2.0\n"), "attach 0 license=Apache-2.0\n"},
    {"repository", AT "repository", TEXT("gentoo\n"), "attach 0 repository=gentoo\n"},
    {"an empty fact", AT "SLOT", TEXT("\n"), ""},
    {"contents", AT "CONTENTS",
     TEXT("dir /usr\ndir /usr/bin\nobj /usr/bin/openssl d41d8cd98f00b204e9800998ecf8427e 1710000000\n"
          "sym /usr/lib64/libssl.so -> libssl.so.3 1710000000\nobj /usr/share/a b c 0123 171\nfif /run/x\n"),
     "attach-path usr/bin/openssl\nattach-path usr/lib64/libssl.so\nattach-path usr/share/a%20b%20c\n"
     "attach-path run/x\n"},
    {"arrows in names", AT "CONTENTS",
     TEXT("sym /usr/bin/a -> b -> c 1710000000\nsym /usr/bin/d ->  -> e 171\nsym /usr/bin/f -> \n"),
     "attach-path usr/bin/a%20->%20b\nattach-path usr/bin/d%20->%20\nattach-path usr/bin/f\n"},
    {"malformed contents", AT "CONTENTS", TEXT("obj\nobj usr/x 1 2\nobj /usr/x\nsym /usr/y z\nwhat /usr/z\n\n"),
     "note db-partial -1\n"},
};

Test(portage, files)
{
    check_files(&ia_portage_analyser, rows, IA_COUNT(rows));
    check_files(&ia_portage_analyser, facts, IA_COUNT(facts));
}

Test(portage, hostile)
{
    check_hostile(&ia_portage_analyser, rows, IA_COUNT(rows));
    check_hostile(&ia_portage_analyser, facts, IA_COUNT(facts));
}

Test(portage, places)
{
    static const struct place_case places[] = {
        {AT "PF", 1},         {AT "CONTENTS", 1}, {AT "USE", 0}, {"var/db/repos/gentoo/dev-libs/openssl/PF", 0},
        {"var/db/pkg/PF", 0}, {"LICENSE", 0},
    };
    check_places(&ia_portage_analyser, places, IA_COUNT(places));
}
