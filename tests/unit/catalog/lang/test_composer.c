/* SPDX-License-Identifier: Apache-2.0 */
/* installed.json of both versions of Composer. */
#include "cases.h"
#include "catalog/lang/lang.h"

#include <criterion/criterion.h>

#define INSTALLED "srv/app/vendor/composer/installed.json"

static const struct file_case rows[] = {
    {"Composer 2", INSTALLED,
     TEXT("{\n \"packages\": [\n  {\"name\": \"monolog/monolog\", \"version\": \"2.9.1\", \"version_normalized\": "
          "\"2.9.1.0\",\n   \"source\": {\"type\": \"git\", \"url\": \"https://github.com/Seldaek/monolog.git\", "
          "\"reference\": \"f259\"},\n   \"dist\": {\"type\": \"zip\", \"url\": \"https://api.github.com/z\", "
          "\"reference\": \"f259\", \"shasum\": \"\"},\n   \"require\": {\"php\": \">=7.2\"}, \"type\": \"library\",\n"
          "   \"license\": [\"MIT\"], \"authors\": [{\"name\": \"Jordi\", \"email\": \"j@x\"}, {\"name\": \"B\"}]},\n"
          "  {\"name\": \"phpunit/phpunit\", \"version\": \"9.6.0\", \"license\": [\"BSD-3-Clause\", \"MIT\"]}\n ],\n"
          " \"dev\": true,\n \"dev-package-names\": [\"phpunit/phpunit\"]\n}\n"),
     "package composer monolog/monolog 2.9.1 license=MIT supplier=Jordi how=composer-installed kind=library "
     "url=https://api.github.com/z commit=f259\n"
     "package composer phpunit/phpunit 9.6.0 license=BSD-3-Clause%20OR%20MIT how=composer-installed dev=true\n"},
    {"Composer 1", INSTALLED,
     TEXT(
         "\n [{\"name\":\"a/b\",\"version\":\"v1.2\",\"source\":{\"url\":\"u\",\"reference\":\"r\"}},{\"name\":\"c/d\","
         "\"version\":\"dev-main\"}]"),
     "package composer a/b v1.2 how=composer-installed url=u commit=r\n"
     "package composer c/d dev-main how=composer-installed\n"},
    {"nothing installed", INSTALLED, TEXT("{\"packages\":[],\"dev\":false,\"dev-package-names\":[]}"), ""},
    {"nothing installed by Composer 1", INSTALLED, TEXT("[]"), ""},
    {"no version", INSTALLED, TEXT("[{\"name\":\"a/b\"},{\"name\":\"c/d\",\"version\":\"1\"}]"),
     "note db-partial 1\npackage composer c/d 1 how=composer-installed\n"},
    {"a name that is null", INSTALLED, TEXT("{\"packages\":[null,{\"name\":null,\"version\":\"1\"}]}"),
     "note db-partial 18\n"},
    {"a member twice", INSTALLED, TEXT("[{\"name\":\"a/b\",\"version\":\"1\",\"version\":\"2\"}]"),
     "note duplicate 1\npackage composer a/b 2 how=composer-installed\n"},
    {"cut in the second", INSTALLED, TEXT("[{\"name\":\"a/b\",\"version\":\"1\"},{\"name\":\"c/d\",\"version\":\"2\","),
     "package composer a/b 1 how=composer-installed\npackage composer c/d 2 how=composer-installed\nnote db-partial "
     "58\n"},
    {"empty", INSTALLED, TEXT(""), "note db-partial 0\n"},
    {"no document", INSTALLED, TEXT("7"), "note db-partial 0\n"},
};

Test(composer, files)
{
    check_files(&ia_composer_analyser, rows, IA_COUNT(rows));
}

Test(composer, hostile)
{
    check_hostile(&ia_composer_analyser, rows, IA_COUNT(rows));
}

Test(composer, places)
{
    static const struct place_case places[] = {
        {INSTALLED, 1},
        {"var/www/lib/composer/installed.json", 1},
        {"installed.json", 0},
        {"srv/app/vendor/installed.json", 0},
        {"srv/app/vendor/composer/installed.php", 0},
    };
    check_places(&ia_composer_analyser, places, IA_COUNT(places));
}
