/* SPDX-License-Identifier: Apache-2.0 */
/* package.json: what is installed where, and what is not. */
#include "cases.h"
#include "catalog/lang/lang.h"

#include <criterion/criterion.h>

#define LODASH "app/node_modules/lodash/package.json"

static const struct file_case rows[] = {
    {"npm 7 and later", LODASH,
     TEXT("{\n  \"name\": \"lodash\",\n  \"version\": \"4.17.21\",\n  \"license\": \"MIT\",\n  \"main\": "
          "\"lodash.js\",\n"
          "  \"author\": \"John-David Dalton <john@example.org>\",\n  \"scripts\": { \"test\": \"echo\" }\n}\n"),
     "package npm lodash 4.17.21 license=MIT supplier=John-David%20Dalton%20<john@example.org> how=package-json\n"},
    {"a scope, an author as an object", "usr/lib/node_modules/npm/node_modules/@npmcli/fs/package.json",
     TEXT("{\"name\":\"@npmcli/fs\",\"version\":\"3.1.0\",\"author\":{\"name\":\"GitHub Inc.\"},\"license\":\"ISC\"}"),
     "package npm @npmcli/fs 3.1.0 license=ISC supplier=GitHub%20Inc. how=package-json\n"},
    {"what npm 6 added", "app/node_modules/ini/package.json",
     TEXT("{\"_from\":\"ini@1\",\"_inBundle\":true,\"_resolved\":\"https://registry.npmjs.org/ini/-/ini-1.3.5.tgz\","
          "\"name\":\"ini\",\"version\":\"1.3.5\",\"private\":false}"),
     "package npm ini 1.3.5 how=package-json bundled=true "
     "url=https://registry.npmjs.org/ini/-/ini-1.3.5.tgz\n"},
    {"a license as an object", "app/node_modules/a/package.json",
     TEXT("{\"name\":\"a\",\"version\":\"1.0.0\",\"license\":{\"type\":\"BSD\",\"url\":\"http://x\"}}"),
     "package npm a 1.0.0 license=BSD how=package-json\n"},
    {"licenses, as before 2014", "app/node_modules/a/package.json",
     TEXT("{\"name\":\"a\",\"version\":\"0.0.9\",\"licenses\":[{\"type\":\"MIT\"},{\"type\":\"Apache\"}]}"),
     "package npm a 0.0.9 license=MIT how=package-json\n"},
    {"private", "app/node_modules/own/package.json", TEXT("{\"private\":true,\"name\":\"own\",\"version\":\"0.0.0\"}"),
     "package npm own 0.0.0 how=package-json private=true\n"},
    {"an alias", "app/node_modules/string-width-cjs/package.json",
     TEXT("{\"name\":\"string-width\",\"version\":\"4.2.3\"}"),
     "package npm string-width 4.2.3 how=package-json alias=string-width-cjs\n"},
    {"another spelling of a version", "app/node_modules/a/package.json", TEXT("{\"name\":\"a\",\"version\":\"v1.0\"}"),
     "package npm a v1.0 how=package-json\n"},
    {"a byte order mark", "app/node_modules/a/package.json", TEXT("\xef\xbb\xbf{\"name\":\"a\",\"version\":\"1.0.0\"}"),
     "package npm a 1.0.0 how=package-json\n"},
    {"an author in Latin-1", "app/node_modules/a/package.json",
     TEXT("{\"name\":\"a\",\"version\":\"1.0.0\",\"author\":\"J\xf6rg\"}"),
     "package npm a 1.0.0 supplier=J%EF%BF%BDrg how=package-json\n"},
    {"Debian", "usr/share/nodejs/@types/node/package.json", TEXT("{\"name\":\"@types/node\",\"version\":\"12.20.13\"}"),
     "package npm @types/node 12.20.13 how=package-json\n"},
    {"a marker of modules", "app/node_modules/esm/package.json", TEXT("{\"type\":\"module\"}"), ""},
    {"no version", LODASH, TEXT("{\"name\":\"lodash\"}"), "note db-partial 0\n"},
    {"no name", LODASH, TEXT(" {\"version\":\"1.0.0\"}"), "note db-partial 1\n"},
    {"a version that is a number", LODASH, TEXT("{\"name\":\"a\",\"version\":1e999999}"), "note db-partial 0\n"},
    {"a name that is null", LODASH, TEXT("{\"name\":null,\"version\":{}}"), "note db-partial 0\n"},
    {"a member twice", LODASH, TEXT("{\"name\":\"a\",\"version\":\"1.0.0\",\"version\":\"2.0.0\"}"),
     "note duplicate -1\npackage npm a 2.0.0 how=package-json alias=lodash\n"},
    {"cut behind what matters", LODASH, TEXT("{\"name\":\"lodash\",\"version\":\"4.17.4\",\"desc"),
     "package npm lodash 4.17.4 how=package-json\nnote db-partial 41\n"},
    {"cut before it", LODASH, TEXT("{\"name\":\"lodash\",\"vers"), "note db-partial 0\nnote db-partial 22\n"},
    {"empty", LODASH, TEXT(""), "note db-partial 0\n"},
    {"blank", LODASH, TEXT(" "), "note db-partial 1\n"},
    {"null", LODASH, TEXT("null"), "note db-partial 0\n"},
    {"an array", LODASH, TEXT("[]"), "note db-partial 0\n"},
    {"trailing data", LODASH, TEXT("{\"name\":\"lodash\",\"version\":\"1.0.0\"} x"),
     "package npm lodash 1.0.0 how=package-json\nnote db-partial 36\n"},
};

/* Elsewhere a damaged file is no note: whose it is cannot be told. */
static const struct file_case releases[] = {
    {"an unpacked release", "opt/yarn-v1.22.19/package.json",
     TEXT("{\"name\":\"yarn\",\"version\":\"1.22.19\",\"license\":\"BSD-2-Clause\"}"),
     "package npm yarn 1.22.19 license=BSD-2-Clause how=package-json\n"},
    {"a release that corepack fetched", "root/.cache/node/corepack/v1/pnpm/8.6.0/package.json",
     TEXT("{\"name\":\"pnpm\",\"version\":\"8.6.0\"}"), "package npm pnpm 8.6.0 how=package-json\n"},
    {"a directory with a version that is no release", "srv/api-v2/package.json",
     TEXT("{\"name\":\"api\",\"version\":\"2.1.0\"}"), ""},
    {"a damaged file in such a directory", "srv/api-v2/package.json", TEXT("{\"name\":"), ""},
};

Test(npm, files)
{
    check_files(&ia_npm_analyser, releases, IA_COUNT(releases));
    check_files(&ia_npm_analyser, rows, IA_COUNT(rows));
}

Test(npm, hostile)
{
    check_hostile(&ia_npm_analyser, rows, IA_COUNT(rows));
    check_allocations(&ia_npm_analyser, releases, IA_COUNT(releases));
}

Test(npm, places)
{
    static const struct place_case places[] = {
        {"node_modules/a/package.json", 1},
        {"app/node_modules/a/package.json", 1},
        {"app/node_modules/@a/b/package.json", 1},
        {"app/node_modules/a/node_modules/b/package.json", 1},
        {"app/node_modules/@a/b/node_modules/@c/d/package.json", 1},
        {"app/node_modules/a/dist/node_modules/b/package.json", 1},
        {"app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json", 1},
        {"app/node_modules/.pnpm/@b+c@1.0.0_d@2.0.0/node_modules/@b/c/package.json", 1},
        {"app/test/node_modules/a/package.json", 1}, /* the tests of an application are what it was built with */
        {"app/node_modules/test/package.json", 1},   /* a package of this name */
        {"usr/share/nodejs/a/package.json", 1},
        {"usr/lib/nodejs/a/package.json", 1},
        {"usr/lib/x86_64-linux-gnu/nodejs/a/package.json", 1},
        {"package.json", 0},
        {"app/package.json", 0},
        {"app/node_modules/package.json", 0},
        {"app/node_modules/@a/package.json", 0},
        {"app/node_modules/.cache/package.json", 0},
        {"app/node_modules/.pnpm/a@1.0.0/package.json", 0},
        {"app/node_modules/a/dist/package.json", 0},
        {"app/node_modules/a/package.json.bak", 0},
        {"app/node_modules/a/templates/package.json", 0},
        {"app/node_modules/a/test/fixtures/b/package.json", 0},
        {"app/node_modules/a/test/node_modules/b/package.json", 0},
        {"app/node_modules/a/lib/fixtures/x/node_modules/b/package.json", 0},
        {"app/node_modules/a/test/node_modules/b/node_modules/c/package.json", 0},
        {"app/node_modules/node_modules/a/package.json", 0},
        {"usr/share/nodejs/a/dist/package.json", 0},
        {"home/me/nodejs/app/package.json", 0},
        {"opt/conda/pkgs/nodejs-18.0.0-h0/lib/node_modules/npm/package.json", 0},
    };
    check_places(&ia_npm_analyser, places, IA_COUNT(places));
}
