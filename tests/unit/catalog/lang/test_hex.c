/* SPDX-License-Identifier: Apache-2.0 */
/* Applications of Erlang and metadata of Hex. */
#include "cases.h"
#include "catalog/lang/lang.h"

#include <criterion/criterion.h>

#define APP "opt/app/lib/cowboy-2.10.0/ebin/cowboy.app"
#define META "app/deps/jason/hex_metadata.config"

static const struct file_case rows[] = {
    {"of Erlang/OTP", "usr/lib/erlang/lib/kernel-9.2/ebin/kernel.app",
     TEXT(
         "%%\n%% %CopyrightBegin%\n%% \"\n\n{application, kernel,\n [\n  {description, \"ERTS  CXC 138 10\"},\n  {vsn, "
         "\"9.2\"},\n  {modules, [application,code]},\n  {env, [{net_tickintensity, 4}, {vsn, \"0\"}]},\n  "
         "{runtime_dependencies, [\"erts-14.0\"]}\n ]}.\n"),
     "package otp kernel 9.2 how=erlang-app\n"},
    {"of Hex", APP,
     TEXT("{application,'cowboy',[\n\t{description,\"Small, fast, modern HTTP server.\"},\n\t{vsn,\"2.10.0\"},\n\t"
          "{licenses,[\"ISC\",\"MIT\"]},\n\t{links,[{\"GitHub\",\"https://x\"}]},{registered,[cowboy_sup]}]}."),
     "package hex cowboy 2.10.0 license=ISC how=erlang-app\n"},
    {"metadata", META,
     TEXT("{<<\"links\">>,[{<<\"GitHub\">>,<<\"https://github.com/m/jason\">>}]}.\n{<<\"name\">>,<<\"jason\">>}.\n"
          "{<<\"version\">>,<<\"1.4.1\">>}.\n{<<\"description\">>,<<\"A \\\"JSON\\\" parser\"/utf8>>}.\n"
          "{<<\"licenses\">>,[<<\"Apache-2.0\">>]}.\n{<<\"requirements\">>,[[{<<\"name\">>,<<\"decimal\">>}]]}.\n"),
     "package hex jason 1.4.1 license=Apache-2.0 how=hex-metadata\n"},
    {"a version that is no text", APP, TEXT("{application,cowboy,[{vsn,git}]}."), "note db-partial 0\n"},
    {"too many brackets", APP, TEXT("{application,a,[{vsn,\"1\"}]}}."),
     "note db-partial -1\npackage hex a 1 how=erlang-app\n"},
    {"cut", APP, TEXT("{application,a,[{vsn,\"1\"},{desc"), "note db-partial -1\npackage hex a 1 how=erlang-app\n"},
    {"cut in a text", APP, TEXT("{application,a,[{vsn,\"1"), "note db-partial -1\nnote db-partial 0\n"},
    {"empty", APP, TEXT(""), "note db-partial 0\n"},
    {"a comment only", META, TEXT("% x"), "note db-partial 0\n"},
};

Test(hex, files)
{
    check_files(&ia_hex_analyser, rows, IA_COUNT(rows));
}

Test(hex, hostile)
{
    check_hostile(&ia_hex_analyser, rows, IA_COUNT(rows));
}

Test(hex, places)
{
    static const struct place_case places[] = {
        {APP, 1}, {META, 1}, {"lib/a/src/a.app", 0}, {"a.app", 0}, {"lib/a/ebin/a.beam", 0},
    };
    check_places(&ia_hex_analyser, places, IA_COUNT(places));
}
