/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed gems: specifications/NAME-VERSION.gemspec (below specifications/default for those that come with Ruby),
 * which RubyGems writes in one form: a line "# stub: NAME VERSION PLATFORM DIRECTORIES", from which it lists gems
 * itself, and assignments "s.name = "..."". They are programs: what is not a literal there is not known.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/lang.h"
#include "catalog/lang/place.h"
#include "catalog/lang/quoted.h"

enum { NAME, VERSION, PLATFORM, HOMEPAGE, LICENSE, LICENSES, AUTHOR, AUTHORS, ATTRIBUTES };

static const char *const attributes[] = {"name",    "version",  "platform", "homepage",
                                         "license", "licenses", "author",   "authors"};

struct specification {
    struct ia_str values[ATTRIBUTES];
    struct ia_str stub[3]; /* name, version, platform */
    struct ia_buf licenses, author;
};

static bool wants(struct ia_str path)
{
    struct ia_str directory = ia_place_directory(path);
    if (ia_str_is(ia_place_name(directory), "default"))
        directory = ia_place_directory(directory);
    return ia_str_is(ia_place_name(directory), "specifications") && !ia_place_in_conda_cache(path);
}

/* ---- lines ---- */

static void read_stub(struct specification *s, struct ia_str line)
{
    const struct ia_str mark = IA_STR("# stub:");
    if (!ia_str_starts(line, mark) || s->stub[0].n)
        return;
    line = ia_str_sub(line, mark.n, line.n);
    for (size_t i = 0; i < IA_COUNT(s->stub) && ia_str_word(&line, &s->stub[i]); i++)
        ;
}

static int add_licenses(struct specification *s, struct ia_str value)
{
    struct ia_str license;
    value = ia_str_sub(value, 0, ia_str_find(value, ']'));
    while (ia_quoted_next(&value, &license)) {
        if (s->licenses.n)
            IA_TRY(ia_buf_text(&s->licenses, " OR "));
        IA_TRY(ia_buf_str(&s->licenses, license));
    }
    return IMGA_OK;
}

/* "#{...}" is computed. */
static bool is_literal(struct ia_str text)
{
    size_t hash = ia_str_find(text, '#');
    return hash + 1 >= text.n || text.p[hash + 1] != '{';
}

static int read_assignment(struct specification *s, struct ia_str line)
{
    struct ia_str value, text;
    line = ia_str_sub(line, ia_str_find(line, '.') + 1, line.n);
    for (size_t i = 0; i < ATTRIBUTES; i++) {
        if (!ia_assigned(line, attributes[i], &value))
            continue;
        if (i == LICENSE || i == LICENSES)
            return add_licenses(s, value);
        if (s->values[i].n == 0 && ia_quoted_next(&value, &text) && is_literal(text))
            s->values[i] = text;
        return IMGA_OK;
    }
    return IMGA_OK;
}

static int read_lines(struct specification *s, struct ia_str content)
{
    struct ia_str line;
    while (ia_str_next(&content, '\n', &line)) {
        line = ia_str_trim(line);
        if (line.n && line.p[0] == '#')
            read_stub(s, line);
        else
            IA_TRY(read_assignment(s, line));
    }
    return IMGA_OK;
}

/* ---- what they say ---- */

/* NAME and VERSION of "NAME-VERSION.gemspec" or "NAME-VERSION-PLATFORM.gemspec". */
static void complete(struct specification *s, struct ia_str file)
{
    struct ia_str stem = ia_str_sub(file, 0, ia_str_find_last(file, '.'));
    for (size_t i = 1; i + 1 < stem.n; i++) {
        if (stem.p[i] != '-' || !ia_is_digit(stem.p[i + 1]))
            continue;
        struct ia_str version = ia_str_sub(stem, i + 1, stem.n);
        s->values[NAME] = ia_str_sub(stem, 0, i);
        s->values[VERSION] = ia_str_sub(version, 0, ia_str_find(version, '-'));
        return;
    }
}

/* The stub wins, as in RubyGems; what differs is noted. */
static int settle(struct specification *s, const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    bool differs = false;
    for (size_t i = 0; i < IA_COUNT(s->stub); i++) {
        differs = differs || (i != PLATFORM && s->stub[i].n && s->values[i].n && !ia_str_eq(s->stub[i], s->values[i]));
        if (s->stub[i].n)
            s->values[i] = s->stub[i];
    }
    if (differs)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DUPLICATE, -1, "its stub line names another gem than it does"));
    if (s->values[NAME].n && s->values[VERSION].n)
        return IMGA_OK;
    complete(s, ia_place_name(file->path));
    return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "the specification has no name or no version");
}

static int add_package(const struct specification *s, const struct ia_analysed *file, struct ia_env *env,
                       struct ia_found *found)
{
    struct ia_fields fields = {.n = 0};
    if (!ia_str_is(s->values[PLATFORM], "ruby"))
        ia_fields_add(&fields, "platform", s->values[PLATFORM]);
    ia_fields_flag(&fields, "default", ia_str_is(ia_place_parent(file->path), "default"));
    ia_fields_add(&fields, "url", s->values[HOMEPAGE]);
    struct ia_found_package package = {
        .type = IA_STR("gem"),
        .name = s->values[NAME],
        .version = s->values[VERSION],
        .license = ia_buf_view(&s->licenses),
        .supplier = ia_buf_view(&s->author),
        .how = IA_STR("gemspec"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(found, env, &package);
}

static int report(struct specification *s, const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str author = s->values[AUTHORS].n ? s->values[AUTHORS] : s->values[AUTHOR];
    IA_TRY(settle(s, file, env, found));
    if (ia_quoted_plain(&s->author, author) < 0)
        return ia_fail_nomem(env);
    return s->values[NAME].n && s->values[VERSION].n ? add_package(s, file, env, found) : IMGA_OK;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct specification s = {.values = {{0}}};
    ia_buf_init(&s.licenses, &env->alloc, SIZE_MAX);
    ia_buf_init(&s.author, &env->alloc, SIZE_MAX);
    int status = read_lines(&s, file->content);
    status = status < 0 ? ia_fail_nomem(env) : report(&s, file, env, found);
    ia_buf_free(&s.author);
    ia_buf_free(&s.licenses);
    return status;
}

static const char *const extensions[] = {"gemspec", NULL};

const struct ia_analyser ia_ruby_analyser = {"ruby", 1, NULL, extensions, NULL, wants, analyse};
