/* SPDX-License-Identifier: Apache-2.0 */
/* Applications of Erlang and metadata of Hex. */
#include "cases.h"
#include "catalog/lang/lang.h"

#include <criterion/criterion.h>

#define APP "opt/app/lib/cowboy-2.10.0/ebin/cowboy.app"
#define META "app/deps/jason/hex_metadata.config"
#define RABBIT "opt/rabbitmq/plugins/rabbit-3.10.8/ebin/rabbit.app"
#define RELEASE "usr/lib/erlang/releases/25/OTP_VERSION"
#define ERLANG(version)                                                                                                \
    "package generic erlang " version " how=otp-version cpe=cpe:2.3:a:erlang:erlang\\/otp:" version ":*:*:*:*:*:*:*\n"

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
    {"RabbitMQ", RABBIT,
     TEXT("{application, 'rabbit', [\n\t{description, \"RabbitMQ\"},\n\t{vsn, \"3.10.8\"},\n\t{id, \"\"},\n\t{env, "
          "[\n\t    "
          "{disk_free_limit, 50000000}, %% 50MB\n\t    {vsn, \"1\"}\n]}]}."),
     "package generic rabbitmq 3.10.8 how=erlang-app cpe=cpe:2.3:a:vmware:rabbitmq:3.10.8:*:*:*:*:*:*:* "
     "cpe=cpe:2.3:a:pivotal_software:rabbitmq:3.10.8:*:*:*:*:*:*:* "
     "cpe=cpe:2.3:a:broadcom:rabbitmq_server:3.10.8:*:*:*:*:*:*:*\n"},
    {"an archive of RabbitMQ", "rabbitmq_server-3.8.9/plugins/rabbit-3.8.9.ez", TEXT("PK\3\4"),
     "package generic rabbitmq 3.8.9 how=file-name cpe=cpe:2.3:a:vmware:rabbitmq:3.8.9:*:*:*:*:*:*:* "
     "cpe=cpe:2.3:a:pivotal_software:rabbitmq:3.8.9:*:*:*:*:*:*:* "
     "cpe=cpe:2.3:a:broadcom:rabbitmq_server:3.8.9:*:*:*:*:*:*:*\n"},
    {"an archive of another", "plugins/rabbit_common-3.8.9-rc.1.ez", TEXT("PK\3\4"),
     "package hex rabbit_common 3.8.9-rc.1 how=file-name\n"},
    {"Elixir", "usr/lib/elixir/lib/elixir/ebin/elixir.app", TEXT("{application,elixir,[{vsn,\"1.14.0\"}]}.\n"),
     "package otp elixir 1.14.0 how=erlang-app cpe=cpe:2.3:a:elixir-lang:elixir:1.14.0:*:*:*:*:*:*:*\n"},
    {"Erlang/OTP", RELEASE, TEXT("25.2.3\n"), ERLANG("25.2.3")},
    {"a candidate of it", RELEASE, TEXT("27.0-rc3"), ERLANG("27.0-rc3")},
    {"a patched one", RELEASE, TEXT("27.3.4.1**\r\n"), ERLANG("27.3.4.1")},
    {"no version of it", RELEASE, TEXT("release 25\n"), "note db-partial 0\n"},
    {"words after it", RELEASE, TEXT("25.2.3 or so\n"), "note db-partial 0\n"},
    {"an empty one", RELEASE, TEXT(""), "note db-partial 0\n"},
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
        {RABBIT, 1},
        {RELEASE, 1},
        {"plugins/rabbit-3.8.9.ez", 1},
        {"plugins/rabbit.ez", 0},
        {"plugins/-3.8.9.ez", 0},
        {"usr/lib/erlang/OTP_VERSION", 0},
        {APP, 1},
        {META, 1},
        {"lib/a/src/a.app", 0},
        {"a.app", 0},
        {"lib/a/ebin/a.beam", 0},
    };
    check_places(&ia_hex_analyser, places, IA_COUNT(places));
}
