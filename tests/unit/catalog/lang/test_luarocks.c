/* SPDX-License-Identifier: Apache-2.0 */
/* Rockspecs of installed rocks. */
#include "cases.h"
#include "catalog/lang/lang.h"

#include <criterion/criterion.h>

#define AT "usr/local/lib/luarocks/rocks-5.1/luasocket/3.1.0-1/luasocket-3.1.0-1.rockspec"

static const struct file_case rows[] = {
    {"a rock", AT,
     TEXT("package = \"LuaSocket\"\nversion = \"3.1.0-1\"\nsource = {\n   url = \"git+https://x\"\n}\ndescription = "
          "{\n   "
          "summary = \"Network support\",\n   detailed = [[\nversion = \"0\"\n]],\n   homepage = \"https://y\",\n   "
          "license = \"MIT\"\n}\ndependencies = {\n   \"lua >= 5.1\"\n}\n"),
     "package luarocks luasocket 3.1.0-1 license=MIT how=rockspec url=https://y\n"},
    {"in one line", "x/rocks/a/1-1/a-1-1.rockspec",
     TEXT("package='a'\nversion='1-1'\ndescription = { license = 'X11', summary = 's' }"),
     "package luarocks a 1-1 license=X11 how=rockspec\n"},
    {"a table in one line", "x/rocks/a/1-1/a-1-1.rockspec",
     TEXT("package='a' version='1-1'; description = { summary = 's, license = no', license = [[MIT]], maintainer = "
          "\"Jo\", homepage = 'https://y' }"),
     "package luarocks a 1-1 license=MIT supplier=Jo how=rockspec url=https://y\n"},
    {"what is computed", "x/rocks/a/1-1/a-1-1.rockspec",
     TEXT(
         "local v = \"1\"\npackage = \"a\"\nversion = v .. \"-1\"\ndescription = {\n  license = \"MIT\",\n  homepage = "
         "\"https://y/\" .. package,\n  maintainer = os.getenv(\"U\") or \"Jo\"\n}\n"),
     "package luarocks a 1-1 license=MIT how=rockspec\n"},
    {"another table's license", "x/rocks/a/1-1/a-1-1.rockspec",
     TEXT(
         "build = { license = 'no', { license = 'no' } }\npackage = 'a'\nversion = '0'\nversion = '1-1'\ndescription = "
         "{ deep = { license = 'no' } }\nlicense = 'no'\n"),
     "package luarocks a 1-1 how=rockspec\n"},
    {"comments", "x/rocks/a/1-1/a-1-1.rockspec",
     TEXT("--[==[ package = 'b' ]] ]==] package = 'a' --[[ x ]]\n-- version = '2'\nversion = [==[\n1-1]==]\n"),
     "package luarocks a 1-1 how=rockspec\n"},
    {"cut in a text", AT, TEXT("package = 'LuaSocket' version = '3.1.0-1"),
     "note db-partial 0\npackage luarocks luasocket 3.1.0-1 how=rockspec\n"},
    {"cut in a long text", AT, TEXT("package = 'LuaSocket'\nversion = [=[3.1.0-1]]"),
     "note db-partial 0\npackage luarocks luasocket 3.1.0-1 how=rockspec\n"},
    {"another rock", AT, TEXT("package = \"x\"\nversion = \"1\"\n"),
     "note db-partial 0\npackage luarocks luasocket 3.1.0-1 how=rockspec\n"},
    {"empty", AT, TEXT(""), "note db-partial 0\npackage luarocks luasocket 3.1.0-1 how=rockspec\n"},
    {"a comment at the end", AT, TEXT("--"), "note db-partial 0\npackage luarocks luasocket 3.1.0-1 how=rockspec\n"},
};

Test(luarocks, files)
{
    check_files(&ia_luarocks_analyser, rows, IA_COUNT(rows));
}

Test(luarocks, hostile)
{
    check_hostile(&ia_luarocks_analyser, rows, IA_COUNT(rows));
}

Test(luarocks, places)
{
    static const struct place_case places[] = {
        {AT, 1},
        {"opt/a.rockspec", 0},
        {"srv/a/b/c.rockspec", 0},
        {"rocks-5.4/a/1-1/rock_manifest", 0},
    };
    check_places(&ia_luarocks_analyser, places, IA_COUNT(places));
}
