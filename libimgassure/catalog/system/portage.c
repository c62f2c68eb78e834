/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Portage's database of installed packages (PMS appendix "VDB", vardb of Portage): var/db/pkg/CATEGORY/NAME-VERSION/,
 * one file a fact. The file PF makes the package, whose name and version are those of the directory, as they are for
 * Portage; SLOT, LICENSE and repository are facts beside it, CONTENTS lists its files: "obj PATH MD5 TIME", "sym PATH
 * -> TARGET TIME", "dir PATH". Limits of that list: catalog/lang/owned.h.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/owned.h"
#include "catalog/lang/place.h"
#include "catalog/system/system.h"

#define MERGING "-MERGING-" /* in front of the directory's name until all files are in place */

static bool wants(struct ia_str path)
{
    struct ia_str folder = ia_place_directory(ia_place_directory(ia_place_directory(path)));
    return ia_str_is(ia_place_name(folder), "pkg") && ia_str_is(ia_place_parent(folder), "db");
}

/* "-r" and a number. */
static bool is_revision(struct ia_str part)
{
    uint64_t number;
    return ia_str_starts(part, IA_STR("r")) && ia_str_u64(ia_str_sub(part, 1, part.n), &number);
}

/* Where the version begins in "NAME-VERSION[-rN]", or n. */
static size_t version_at(struct ia_str full)
{
    size_t end = full.n, dash = ia_str_find_last(full, '-');
    if (dash < full.n && is_revision(ia_str_sub(full, dash + 1, full.n)))
        end = dash;
    dash = ia_str_find_last(ia_str_sub(full, 0, end), '-');
    return dash + 1 < end && dash > 0 && ia_is_digit(full.p[dash + 1]) ? dash + 1 : full.n;
}

/* The directory as Portage would name the package: "category/name-version". */
static struct ia_str full_name(struct ia_str path)
{
    struct ia_str name = ia_place_parent(path);
    const struct ia_str merging = IA_STR(MERGING);
    return ia_str_starts(name, merging) ? ia_str_sub(name, merging.n, name.n) : name;
}

static int add_package(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found, struct ia_str name)
{
    struct ia_str full = full_name(file->path);
    struct ia_fields fields = {.n = 0};
    if (full.n < ia_place_parent(file->path).n)
        ia_fields_add(&fields, "state", IA_STR("merging"));
    struct ia_found_package package = {
        .type = IA_STR("ebuild"),
        .name = name,
        .version = ia_str_sub(full, version_at(full), full.n),
        .how = IA_STR("portage"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(found, env, &package);
}

static int analyse_package(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str full = full_name(file->path), category = ia_place_parent(ia_place_directory(file->path));
    size_t at = version_at(full);
    struct ia_buf name;
    int status = IMGA_OK;
    if (!ia_str_eq(ia_str_trim(file->content), full))
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "it names another package than its directory"));
    if (at == full.n)
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "the directory's name has no version");
    ia_buf_init(&name, &env->alloc, SIZE_MAX); /* as long as a path */
    if (ia_buf_str(&name, category) < 0 || ia_buf_char(&name, '/') < 0 ||
        ia_buf_str(&name, ia_str_sub(full, 0, at - 1)) < 0)
        status = ia_fail_nomem(env);
    else
        status = add_package(file, env, found, ia_buf_view(&name));
    ia_buf_free(&name);
    return status;
}

/* Cuts the last word off. */
static bool drop_word(struct ia_str *line)
{
    size_t blank = ia_str_find_last(*line, ' ');
    if (blank == line->n)
        return false;
    *line = ia_str_sub(*line, 0, blank);
    return true;
}

/* The path of "sym PATH -> TARGET TIME", which may hold an arrow itself: the last one counts, as for Portage. */
static bool drop_target(struct ia_str *line)
{
    const struct ia_str arrow = IA_STR(" -> ");
    for (size_t i = line->n; i >= arrow.n; i--) {
        if (!ia_str_ends(ia_str_sub(*line, 0, i), arrow))
            continue;
        *line = ia_str_sub(*line, 0, i - arrow.n);
        return true;
    }
    return false;
}

/* 1 and the path, 0 for a directory, -1 for a malformed line. */
static int path_of(struct ia_str line, struct ia_str *path)
{
    struct ia_str kind = ia_str_sub(line, 0, ia_str_find(line, ' '));
    *path = ia_str_sub(line, kind.n + 1, line.n);
    if (path->n == 0 || path->p[0] != '/')
        return -1;
    if (ia_str_is(kind, "dir"))
        return 0;
    if (ia_str_is(kind, "obj"))
        return drop_word(path) && drop_word(path) ? 1 : -1;
    if (ia_str_is(kind, "sym"))
        return drop_target(path) ? 1 : -1;
    return ia_str_is(kind, "fif") || ia_str_is(kind, "dev") ? 1 : -1;
}

static int add_contents(struct ia_owned *owned, struct ia_env *env, struct ia_str content)
{
    struct ia_str line, path;
    size_t malformed = 0;
    while (ia_str_next(&content, '\n', &line)) {
        int status = line.n ? path_of(line, &path) : 0;
        malformed += status < 0;
        if (status > 0)
            IA_TRY(ia_owned_add(owned, env, path));
    }
    if (malformed)
        IA_TRY(ia_found_note(owned->found, env, IMGA_NOTE_DB_PARTIAL, -1, "%zu malformed lines", malformed));
    return ia_owned_finish(owned, env);
}

static int analyse_contents(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_owned owned;
    ia_owned_init(&owned, env, found, (struct ia_str){"", 0});
    owned.attached = true;
    int status = add_contents(&owned, env, file->content);
    ia_owned_free(&owned);
    return status;
}

static int attach(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str name = ia_place_name(file->path);
    const struct ia_field field = {ia_str_is(name, "SLOT")      ? IA_STR("slot")
                                   : ia_str_is(name, "LICENSE") ? IA_STR("license")
                                                                : IA_STR("repository"),
                                   ia_str_trim(file->content)};
    return field.value.n ? ia_found_attach(found, env, 0, &field) : IMGA_OK;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_str name = ia_place_name(file->path);
    if (ia_str_is(name, "PF"))
        return analyse_package(file, env, found);
    return ia_str_is(name, "CONTENTS") ? analyse_contents(file, env, found) : attach(file, env, found);
}

static const char *const names[] = {"PF", "CONTENTS", "SLOT", "LICENSE", "repository", NULL};

const struct ia_analyser ia_portage_analyser = {"portage", 2, names, NULL, NULL, wants, analyse};
