/* SPDX-License-Identifier: Apache-2.0 */
/* Pacman's descriptions and lists of files. */
#include "../lang/cases.h"
#include "catalog/system/system.h"

#include <criterion/criterion.h>

#define AT "var/lib/pacman/local/zlib-1:1.3.1-2/"

static const struct file_case rows[] = {
    {"a description", AT "desc",
     TEXT("%NAME%\nzlib\n\n%VERSION%\n1:1.3.1-2\n\n%BASE%\nzlib\n\n%DESC%\nCompression library implementing the "
          "deflate compression method\n\n%URL%\nhttps://www.zlib.net/\n\n%ARCH%\nx86_64\n\n%BUILDDATE%\n1713620800\n\n"
          "%INSTALLDATE%\n1715000000\n\n%PACKAGER%\nFoxboron "
          "<foxboron@archlinux.org>\n\n%SIZE%\n359812\n\n%REASON%\n1\n\n"
          "%LICENSE%\nZlib\n\n%VALIDATION%\npgp\n\n%DEPENDS%\nglibc\n\n%XDATA%\npkgtype=split\n\n"),
     "package alpm zlib 1:1.3.1-2 arch=x86_64 license=Zlib supplier=Foxboron%20<foxboron@archlinux.org> how=pacman "
     "source=zlib url=https://www.zlib.net/\n"},
    {"asked for, two licences, of another base", "var/lib/pacman/local/gcc-libs-14.1.1-1/desc",
     TEXT(
         "%NAME%\ngcc-libs\n\n%VERSION%\n14.1.1-1\n\n%BASE%\ngcc\n\n%LICENSE%\nGPL-3.0-with-GCC-exception\nGFDL-1.3-or-"
         "later\n"),
     "package alpm gcc-libs 14.1.1-1 license=GPL-3.0-with-GCC-exception%20AND%20GFDL-1.3-or-later how=pacman "
     "source=gcc "
     "explicit=1\n"},
    {"line ends of another system", AT "desc", TEXT("%NAME%\r\nzlib\r\n\r\n%VERSION%\r\n1.3\r\n"),
     "package alpm zlib 1.3 how=pacman explicit=1\n"},
    {"no version", AT "desc", TEXT("%NAME%\nzlib\n"),
     "note db-partial 0\npackage alpm zlib 1:1.3.1-2 how=pacman explicit=1\n"},
    {"empty", AT "desc", TEXT(""), "note db-partial 0\npackage alpm zlib 1:1.3.1-2 how=pacman explicit=1\n"},
    {"no name, and a directory that tells none", "var/lib/pacman/local/zlib/desc", TEXT("%VERSION%\n1\n"),
     "note db-partial 0\n"},
    {"lines of no field", AT "desc", TEXT("zlib\n%NAME%\nzlib\n\n1.3\n%VERSION%\n1.3\n"),
     "note db-partial 0\npackage alpm zlib 1.3 how=pacman explicit=1\n"},
};

static const struct file_case lists[] = {
    {"files", AT "files",
     TEXT("%FILES%\nusr/\nusr/include/\nusr/include/zlib.h\nusr/lib/libz.so.1.3.1\n\n%BACKUP%\netc/x.conf\tab12\n"),
     "attach-path usr/include/zlib.h\nattach-path usr/lib/libz.so.1.3.1\n"},
    {"a list that leads out", AT "files", TEXT("%FILES%\n../../etc/passwd\nusr/a\n"),
     "attach-path usr/a\nnote path -1\n"},
    {"none", AT "files", TEXT(""), ""},
};

Test(pacman, files)
{
    check_files(&ia_pacman_analyser, rows, IA_COUNT(rows));
    check_files(&ia_pacman_analyser, lists, IA_COUNT(lists));
}

Test(pacman, hostile)
{
    check_hostile(&ia_pacman_analyser, rows, IA_COUNT(rows));
    check_hostile(&ia_pacman_analyser, lists, IA_COUNT(lists));
}

Test(pacman, places)
{
    static const struct place_case places[] = {
        {AT "desc", 1},
        {"mnt/image/var/lib/pacman/local/a-1-1/desc", 1},
        {AT "mtree", 0},
        {AT "install", 0},
        {"var/lib/pacman/sync/a-1-1/desc", 0},
        {"var/lib/pacman/local/desc", 0},
        {"desc", 0},
    };
    check_places(&ia_pacman_analyser, places, IA_COUNT(places));
}
