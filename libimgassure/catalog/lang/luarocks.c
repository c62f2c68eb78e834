/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rocks of Lua that LuaRocks installed: lib/luarocks/rocks-5.1/NAME/VERSION/NAME-VERSION.rockspec, a Lua program of
 * plain assignments (github.com/luarocks/luarocks, "Rockspec format"). LuaRocks goes by the directories; the file adds
 * the licence.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/lang.h"
#include "catalog/lang/place.h"
#include "catalog/lang/quoted.h"

enum { PACKAGE, VERSION, LICENSE, HOMEPAGE, MAINTAINER, KEYS };

static const char *const keys[] = {"package", "version", "license", "homepage", "maintainer"};

/* "rocks" or "rocks-5.4", three directories above. */
static bool wants(struct ia_str path)
{
    struct ia_str tree = ia_place_parent(ia_place_directory(ia_place_directory(path)));
    return ia_str_is(tree, "rocks") || ia_str_starts(tree, IA_STR("rocks-"));
}

static void read_line(struct ia_str values[KEYS], struct ia_str line)
{
    struct ia_str value;
    for (size_t i = 0; i < KEYS; i++)
        if (values[i].n == 0 && ia_assigned(line, keys[i], &value))
            (void)ia_quoted_next(&value, &values[i]);
}

/* One after the other in a line, too: "description = { license = "MIT" }". */
static void read_lines(struct ia_str values[KEYS], struct ia_str content)
{
    struct ia_str line;
    while (ia_str_next(&content, '\n', &line)) {
        read_line(values, line);
        size_t brace = ia_str_find(line, '{');
        if (brace < line.n)
            read_line(values, ia_str_sub(line, brace + 1, line.n));
    }
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str directory = ia_place_directory(file->path), values[KEYS] = {{0}};
    struct ia_str name = ia_place_parent(directory), version = ia_place_name(directory);
    struct ia_fields fields = {.n = 0};
    read_lines(values, file->content);
    if (!ia_str_eq_case(values[PACKAGE], name) || !ia_str_eq(values[VERSION], version))
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "it does not name the rock of its directory"));
    ia_fields_add(&fields, "url", values[HOMEPAGE]);
    struct ia_found_package package = {
        .type = IA_STR("luarocks"),
        .name = name,
        .version = version,
        .license = values[LICENSE],
        .supplier = values[MAINTAINER],
        .how = IA_STR("rockspec"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(found, env, &package);
}

static const char *const extensions[] = {"rockspec", NULL};

const struct ia_analyser ia_luarocks_analyser = {"luarocks", 1, NULL, extensions, NULL, wants, analyse};
