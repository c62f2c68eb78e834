/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pacman's local database (libalpm, "local" version 9): var/lib/pacman/local/NAME-VERSION-RELEASE/ with "desc", where a
 * line %FIELD% is followed by lines of values up to an empty one, and "files" of the same form. Limits of the list of
 * files: catalog/lang/owned.h.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/owned.h"
#include "catalog/lang/place.h"
#include "catalog/system/system.h"

enum field { NAME, VERSION, BASE, ARCH, LICENSE, PACKAGER, REASON, URL, FIELDS };

static const char *const field_names[] = {"NAME", "VERSION", "BASE", "ARCH", "LICENSE", "PACKAGER", "REASON", "URL"};

struct description {
    struct ia_str values[FIELDS];
    struct ia_buf licenses;
    size_t stray; /* lines that belong to no field */
};

static bool wants(struct ia_str path)
{
    struct ia_str folder = ia_place_directory(ia_place_directory(path));
    return ia_str_is(ia_place_name(folder), "local") && ia_str_is(ia_place_parent(folder), "pacman");
}

/* Whether the line is "%NAME%". */
static bool take_header(struct ia_str line, struct ia_str *name)
{
    if (line.n < 3 || line.p[0] != '%' || line.p[line.n - 1] != '%')
        return false;
    *name = ia_str_sub(line, 1, line.n - 2);
    return true;
}

static enum field field_of(struct ia_str name)
{
    size_t i = 0;
    while (i < FIELDS && !ia_str_is(name, field_names[i]))
        i++;
    return (enum field)i;
}

/* Of a field with several values the first one counts, but all licences do: each is an alternative or a part. */
static int add_value(struct description *d, enum field field, struct ia_str value)
{
    if (field == FIELDS)
        return IMGA_OK;
    if (d->values[field].n == 0)
        d->values[field] = value;
    if (field != LICENSE)
        return IMGA_OK;
    if (d->licenses.n)
        IA_TRY(ia_buf_text(&d->licenses, " AND "));
    return ia_buf_str(&d->licenses, value);
}

static int read_description(struct description *d, struct ia_str content)
{
    struct ia_str line, name = {0};
    while (ia_str_next(&content, '\n', &line)) {
        line = ia_str_trim(line);
        if (take_header(line, &name))
            continue;
        if (line.n == 0)
            name = (struct ia_str){0};
        else if (name.n == 0)
            d->stray++;
        else
            IA_TRY(add_value(d, field_of(name), line));
    }
    return IMGA_OK;
}

/* NAME and VERSION of the directory "NAME-VERSION-RELEASE". */
static void complete(struct description *d, struct ia_str directory)
{
    size_t release = ia_str_find_last(directory, '-');
    size_t version = ia_str_find_last(ia_str_sub(directory, 0, release), '-');
    if (release == directory.n || version == release)
        return;
    if (d->values[NAME].n == 0)
        d->values[NAME] = ia_str_sub(directory, 0, version);
    if (d->values[VERSION].n == 0)
        d->values[VERSION] = ia_str_sub(directory, version + 1, directory.n);
}

static int add_package(const struct description *d, struct ia_env *env, struct ia_found *found)
{
    struct ia_fields fields = {.n = 0};
    ia_fields_add(&fields, "source", d->values[BASE]);
    ia_fields_add(&fields, "url", d->values[URL]);
    if (!ia_str_is(d->values[REASON], "1")) /* 1: only because another package needs it */
        ia_fields_add(&fields, "explicit", IA_STR("1"));
    struct ia_found_package package = {
        .type = IA_STR("alpm"),
        .name = d->values[NAME],
        .version = d->values[VERSION],
        .architecture = d->values[ARCH],
        .license = ia_buf_view(&d->licenses),
        .supplier = d->values[PACKAGER],
        .how = IA_STR("pacman"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(found, env, &package);
}

static int report(struct description *d, const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    bool whole = d->values[NAME].n && d->values[VERSION].n;
    complete(d, ia_place_parent(file->path));
    if (d->stray)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "%zu lines belong to no field", d->stray));
    if (!whole)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "the description has no name or no version"));
    return d->values[NAME].n && d->values[VERSION].n ? add_package(d, env, found) : IMGA_OK;
}

static int analyse_description(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct description d = {.stray = 0};
    ia_buf_init(&d.licenses, &env->alloc, SIZE_MAX);
    int status = read_description(&d, file->content);
    status = status < 0 ? ia_fail_nomem(env) : report(&d, file, env, found);
    ia_buf_free(&d.licenses);
    return status;
}

/* Directories end with '/'; they are shared by packages. */
static int add_files(struct ia_owned *owned, struct ia_env *env, struct ia_str content)
{
    struct ia_str line, name = {0};
    while (ia_str_next(&content, '\n', &line)) {
        if (line.n == 0)
            name = (struct ia_str){0};
        else if (!take_header(line, &name) && ia_str_is(name, "FILES") && !ia_str_ends(line, IA_STR("/")))
            IA_TRY(ia_owned_add(owned, env, line));
    }
    return ia_owned_finish(owned, env);
}

static int analyse_files(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_owned owned;
    ia_owned_init(&owned, env, found, (struct ia_str){"", 0});
    owned.attached = true;
    int status = add_files(&owned, env, file->content);
    ia_owned_free(&owned);
    return status;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    if (ia_str_is(ia_place_name(file->path), "desc"))
        return analyse_description(file, env, found);
    return analyse_files(file, env, found);
}

static const char *const names[] = {"desc", "files", NULL};

const struct ia_analyser ia_pacman_analyser = {"pacman", 1, names, NULL, NULL, wants, analyse};
