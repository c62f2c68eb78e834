/* SPDX-License-Identifier: Apache-2.0 */
/* Libraries of deps.json. */
#include "cases.h"
#include "catalog/lang/lang.h"

#include <criterion/criterion.h>

#define DEPS "app/Shop.Web.deps.json"

static const struct file_case rows[] = {
    {"an application", DEPS,
     TEXT("{\n  \"runtimeTarget\": {\"name\": \".NETCoreApp,Version=v6.0\", \"signature\": \"\"},\n"
          "  \"compilationOptions\": {},\n  \"targets\": {\".NETCoreApp,Version=v6.0\": {\"Shop.Web/1.0.0\": "
          "{\"dependencies\": {\"Newtonsoft.Json\": \"12.0.1\"}, \"runtime\": {\"Shop.Web.dll\": {}}}}},\n"
          "  \"libraries\": {\n    \"Shop.Web/1.0.0\": {\"type\": \"project\", \"serviceable\": false, \"sha512\": "
          "\"\"},\n"
          "    \"Newtonsoft.Json/12.0.1\": {\"type\": \"package\", \"serviceable\": true, \"sha512\": \"sha512-x\",\n"
          "      \"path\": \"newtonsoft.json/12.0.1\"},\n"
          "    \"runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.9\": {\"type\": \"runtimepack\"},\n"
          "    \"Local.Reference/1.0.0.0\": {\"type\": \"reference\"}\n  }\n}\n"),
     "package nuget Shop.Web 1.0.0 how=deps-json project=true\n"
     "package nuget Newtonsoft.Json 12.0.1 how=deps-json\n"
     "package nuget Microsoft.NETCore.App.Runtime.linux-x64 6.0.9 how=deps-json\n"},
    {"a byte order mark", DEPS, TEXT("\xef\xbb\xbf{\"libraries\":{\"A/1\":{\"type\":\"package\"}}}"),
     "package nuget A 1 how=deps-json\n"},
    {"a version of two parts in the key", DEPS, TEXT("{\"libraries\":{\"A/1/2\":{\"type\":\"package\"}}}"),
     "package nuget A 1/2 how=deps-json\n"},
    {"no version", DEPS, TEXT("{\"libraries\":{\"A\":{\"type\":\"package\"},\"B/\":{\"type\":\"package\"}}}"),
     "note db-partial 18\nnote db-partial 42\n"},
    {"no name", DEPS, TEXT("{\"libraries\":{\"/1\":{\"type\":\"package\"}}}"), "note db-partial 19\n"},
    {"no type", DEPS, TEXT("{\"libraries\":{\"A/1\":{\"type\":7},\"B/1\":null}}"), "note db-partial 20\n"},
    {"cut", DEPS, TEXT("{\"libraries\":{\"A/1\":{\"type\":\"package\"},\"B/1\":{\"ty"),
     "package nuget A 1 how=deps-json\nnote db-partial 45\nnote db-partial 49\n"},
    {"no libraries", DEPS, TEXT("{\"runtimeTarget\":{\"name\":\"x\"},\"targets\":{}}"), "note db-partial 0\n"},
    {"libraries of another type", DEPS, TEXT("{\"targets\":{},\"libraries\":7}"), "note db-partial 0\n"},
    {"a list of none", DEPS, TEXT("{\"runtimeTarget\":{},\"targets\":{},\"libraries\":{}}"), ""},
    {"another program's list", DEPS, TEXT("[\"wp-i18n\", \"react\"]\n"), ""},
    {"another program's object", DEPS, TEXT("{\"dependencies\":[\"react\"]}"), ""},
    {"no document", DEPS, TEXT("null"), "note db-partial 0\n"},
    {"empty", DEPS, TEXT(""), "note db-partial 0\n"},
};

Test(dotnet, files)
{
    check_files(&ia_dotnet_analyser, rows, IA_COUNT(rows));
}

Test(dotnet, hostile)
{
    check_hostile(&ia_dotnet_analyser, rows, IA_COUNT(rows));
}

Test(dotnet, places)
{
    static const struct place_case places[] = {
        {DEPS, 1},
        {"usr/share/dotnet/shared/Microsoft.NETCore.App/6.0.9/Microsoft.NETCore.App.deps.json", 1},
        {"app/Shop.runtimeconfig.json", 0},
        {"app/deps.json", 0},
    };
    check_places(&ia_dotnet_analyser, places, IA_COUNT(places));
}
