/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WordPress (developer.wordpress.org, "Header Requirements" of plugins, "Main Stylesheet" of themes): a plugin is a PHP
 * file in wp-content/plugins or a directory of it whose first 8 KiB have the line "Plugin Name: ...", a theme a
 * directory of wp-content/themes with such a style.css; both are known by the name of the directory. Files without that
 * line are parts of a plugin. WordPress itself is the variable in wp-includes/version.php, outside of comments.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/lang.h"
#include "catalog/lang/place.h"
#include "catalog/lang/quoted.h"

enum { HEAD = 8192 };
enum { PLUGIN_NAME, THEME_NAME, VERSION, AUTHOR, LICENSE, KEYS };
enum place { ELSEWHERE, PLUGIN, SINGLE_PLUGIN, THEME, CORE };

static const char *const keys[] = {"Plugin Name", "Theme Name", "Version", "Author", "License"};

static bool is_content_folder(struct ia_str folder, const char *name)
{
    return ia_str_is(ia_place_name(folder), name) && ia_str_is(ia_place_parent(folder), "wp-content");
}

static bool is_plugins(struct ia_str folder)
{
    return is_content_folder(folder, "plugins") || is_content_folder(folder, "mu-plugins");
}

static enum place place_of(struct ia_str path)
{
    struct ia_str directory = ia_place_directory(path), above = ia_place_directory(directory);
    struct ia_str name = ia_place_name(path);
    if (ia_str_is(name, "style.css"))
        return is_content_folder(above, "themes") ? THEME : ELSEWHERE;
    if (ia_str_is(name, "version.php") && ia_str_is(ia_place_name(directory), "wp-includes"))
        return CORE;
    if (is_plugins(directory))
        return SINGLE_PLUGIN;
    return is_plugins(above) ? PLUGIN : ELSEWHERE;
}

static bool wants(struct ia_str path)
{
    return place_of(path) != ELSEWHERE;
}

/* ---- header ---- */

/* What comments put in front of a line. */
static struct ia_str bare_line(struct ia_str line)
{
    const struct ia_str php = IA_STR("<?php");
    line = ia_str_trim(line);
    if (ia_str_starts(line, php))
        line = ia_str_sub(line, php.n, line.n);
    while (line.n && (line.p[0] == ' ' || line.p[0] == '\t' || line.p[0] == '/' || line.p[0] == '*' ||
                      line.p[0] == '#' || line.p[0] == '@'))
        line = ia_str_sub(line, 1, line.n);
    return line;
}

/* The comment, or the PHP, may end behind the value. */
static struct ia_str clean_value(struct ia_str value)
{
    for (size_t i = 0; i + 1 < value.n; i++)
        if ((value.p[i] == '*' && value.p[i + 1] == '/') || (value.p[i] == '?' && value.p[i + 1] == '>'))
            value = ia_str_sub(value, 0, i);
    return ia_str_trim(value);
}

static void read_header(struct ia_str values[KEYS], struct ia_str content)
{
    struct ia_str rest = ia_str_sub(content, 0, HEAD), line;
    while (ia_str_next(&rest, '\n', &line)) {
        line = bare_line(line);
        size_t colon = ia_str_find(line, ':');
        struct ia_str key = ia_str_sub(line, 0, colon);
        for (size_t i = 0; colon < line.n && i < KEYS; i++)
            if (values[i].n == 0 && ia_str_eq_case(key, ia_str_from(keys[i])))
                values[i] = clean_value(ia_str_sub(line, colon + 1, line.n));
    }
}

/* ---- packages ---- */

/* The directory, or the file of a plugin that has none. */
static struct ia_str slug_of(const struct ia_analysed *file, enum place place)
{
    struct ia_str name = ia_place_name(file->path);
    if (place != SINGLE_PLUGIN)
        return ia_place_parent(file->path);
    return ia_str_sub(name, 0, ia_str_find_last(name, '.'));
}

static int add_content(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found, enum place place)
{
    struct ia_str values[KEYS] = {{0}};
    struct ia_fields fields = {.n = 0};
    read_header(values, file->content);
    struct ia_str title = values[place == THEME ? THEME_NAME : PLUGIN_NAME];
    if (title.n == 0)
        return place != THEME ? IMGA_OK : ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "the theme has no header");
    ia_fields_add(&fields, "title", title);
    struct ia_found_package package = {
        .type = place == THEME ? IA_STR("wordpress-theme") : IA_STR("wordpress-plugin"),
        .name = slug_of(file, place),
        .version = values[VERSION],
        .license = values[LICENSE],
        .supplier = values[AUTHOR],
        .how = IA_STR("wordpress-header"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(found, env, &package);
}

/* The last line outside of comments that assigns it counts, as for PHP. */
static struct ia_str core_version(struct ia_str content)
{
    struct ia_str line, value, version = {0};
    bool comment = false;
    while (ia_str_next(&content, '\n', &line)) {
        if (!comment && ia_assigned(line, "$wp_version", &value))
            (void)ia_quoted_next(&value, &version);
        for (size_t i = 0; i + 1 < line.n && (comment || !ia_str_is(ia_str_sub(line, i, 2), "//")); i++)
            if (ia_str_is(ia_str_sub(line, i, 2), comment ? "*/" : "/*")) {
                comment = !comment;
                i++;
            }
    }
    return version;
}

static int add_core(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str version = core_version(file->content);
    if (version.n == 0)
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "it does not tell the version of WordPress");
    const struct ia_found_package package = {
        .type = IA_STR("generic"), .name = IA_STR("wordpress"), .version = version, .how = IA_STR("wordpress-version")};
    return ia_found_package(found, env, &package);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    enum place place = place_of(file->path);
    return place == CORE ? add_core(file, env, found) : add_content(file, env, found, place);
}

static const char *const names[] = {"style.css", NULL};
static const char *const extensions[] = {"php", NULL};

const struct ia_analyser ia_wordpress_analyser = {"wordpress", 2, names, extensions, NULL, wants, analyse};
