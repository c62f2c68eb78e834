/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rocks of Lua that LuaRocks installed: lib/luarocks/rocks-5.1/NAME/VERSION/NAME-VERSION.rockspec, a Lua program of
 * plain assignments (github.com/luarocks/luarocks, "Rockspec format"): "package" and "version", which must be those of
 * the directories, by which LuaRocks goes, and a table "description". What is not a literal there is not known.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/lang.h"
#include "catalog/lang/lua.h"
#include "catalog/lang/place.h"

enum { PACKAGE, VERSION, LICENSE, HOMEPAGE, MAINTAINER, KEYS };
enum { OUTSIDE = LICENSE }; /* keys before it stand outside of all tables, the others in the description */

static const char *const keys[] = {"package", "version", "license", "homepage", "maintainer"};

struct rockspec {
    struct ia_str values[KEYS];
    bool computed[KEYS]; /* it is there, but no literal */
    size_t depth;        /* open brackets */
    bool described;      /* the outermost one is that of the description */
};

/* "rocks" or "rocks-5.4", three directories above. */
static bool wants(struct ia_str path)
{
    struct ia_str tree = ia_place_parent(ia_place_directory(ia_place_directory(path)));
    return ia_str_is(tree, "rocks") || ia_str_starts(tree, IA_STR("rocks-"));
}

/* Whether the word makes what is in front of it a part of an expression. */
static bool is_operator(const struct ia_lua_word *word)
{
    if (word->kind == IA_LUA_MARK)
        return ia_str_is(word->text, ".") || ia_str_is(word->text, ":") || ia_str_is(word->text, "=");
    return word->kind == IA_LUA_WORD && (ia_str_is(word->text, "and") || ia_str_is(word->text, "or"));
}

/* The value of a key, of which the sign was read. */
static void take_value(struct rockspec *r, size_t key, struct ia_str rest)
{
    struct ia_lua_word value = ia_lua_next(&rest), next = ia_lua_next(&rest);
    bool literal = value.kind == IA_LUA_TEXT && !is_operator(&next);
    r->values[key] = literal ? value.text : (struct ia_str){0};
    r->computed[key] = value.kind != IA_LUA_END && !literal;
}

/* A name in front of '=': the last time counts. */
static void take_key(struct rockspec *r, struct ia_str name, struct ia_str *rest)
{
    struct ia_str behind = *rest;
    struct ia_lua_word sign = ia_lua_next(&behind);
    size_t from = r->depth ? OUTSIDE : 0, to = r->depth ? KEYS : OUTSIDE;
    if (sign.kind != IA_LUA_MARK || !ia_str_is(sign.text, "="))
        return;
    *rest = behind;
    if (r->depth == 0)
        r->described = ia_str_is(name, "description");
    for (size_t i = from; i < to && (r->depth == 0 || (r->depth == 1 && r->described)); i++)
        if (ia_str_is(name, keys[i]))
            take_value(r, i, behind);
}

static void read_rockspec(struct rockspec *r, struct ia_str rest)
{
    struct ia_lua_word word;
    while ((word = ia_lua_next(&rest)).kind != IA_LUA_END) {
        if (word.kind == IA_LUA_WORD)
            take_key(r, word.text, &rest);
        if (word.kind != IA_LUA_MARK)
            continue;
        char c = word.text.p[0];
        r->depth += c == '{' || c == '(' || c == '[';
        r->depth -= r->depth > 0 && (c == '}' || c == ')' || c == ']');
    }
}

/* Whether it names the rock of its directory, or leaves that open. */
static bool agrees(const struct rockspec *r, struct ia_str name, struct ia_str version)
{
    return (r->computed[PACKAGE] || ia_str_eq_case(r->values[PACKAGE], name)) &&
           (r->computed[VERSION] || ia_str_eq(r->values[VERSION], version));
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str directory = ia_place_directory(file->path);
    struct ia_str name = ia_place_parent(directory), version = ia_place_name(directory);
    struct ia_fields fields = {.n = 0};
    struct rockspec rockspec = {.depth = 0};
    read_rockspec(&rockspec, file->content);
    if (!agrees(&rockspec, name, version))
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "it does not name the rock of its directory"));
    ia_fields_add(&fields, "url", rockspec.values[HOMEPAGE]);
    struct ia_found_package package = {
        .type = IA_STR("luarocks"),
        .name = name,
        .version = version,
        .license = rockspec.values[LICENSE],
        .supplier = rockspec.values[MAINTAINER],
        .how = IA_STR("rockspec"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(found, env, &package);
}

static const char *const extensions[] = {"rockspec", NULL};

const struct ia_analyser ia_luarocks_analyser = {"luarocks", 2, NULL, extensions, NULL, wants, analyse};
