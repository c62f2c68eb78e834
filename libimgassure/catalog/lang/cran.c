/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages of R: DESCRIPTION in the package's directory of a library ("Writing R Extensions", 1.1.1; a Debian control
 * file). An installed package has the field "Built", which R adds; elsewhere than in a library other files of this name
 * are not looked at.
 */
#include "catalog/lang/fields.h"
#include "catalog/lang/lang.h"
#include "catalog/lang/place.h"
#include "syntax/deb822.h"

enum { PACKAGE, VERSION, LICENSE, MAINTAINER, AUTHOR, REPOSITORY, PRIORITY, BUILT, FIELDS };

static const char *const field_names[] = {"Package", "Version",    "License",  "Maintainer",
                                          "Author",  "Repository", "Priority", "Built"};

struct description {
    struct ia_str values[FIELDS];
    size_t malformed;
};

static bool is_library(struct ia_str path)
{
    struct ia_str folder = ia_place_parent(ia_place_directory(path));
    return ia_str_is(folder, "library") || ia_str_is(folder, "site-library");
}

static bool wants(struct ia_str path)
{
    return ia_place_parent(path).n > 0 && !ia_place_in_conda_cache(path);
}

static struct ia_str first_line(struct ia_str value)
{
    return ia_str_trim(ia_str_sub(value, 0, ia_str_find(value, '\n')));
}

static void read_fields(struct description *d, struct ia_str content)
{
    struct ia_deb822 reader;
    struct ia_deb822_field field;
    enum ia_deb822_event event;
    ia_deb822_init(&reader, content);
    while ((event = ia_deb822_next(&reader, &field)) != IA_DEB822_END) {
        d->malformed += event == IA_DEB822_BAD;
        for (size_t i = 0; event == IA_DEB822_FIELD && i < FIELDS; i++)
            if (d->values[i].n == 0 && ia_str_is(field.name, field_names[i]))
                d->values[i] = first_line(field.value);
    }
}

static int add_package(const struct description *d, struct ia_env *env, struct ia_found *found)
{
    struct ia_fields fields = {.n = 0};
    ia_fields_add(&fields, "repository", d->values[REPOSITORY]);
    ia_fields_add(&fields, "priority", d->values[PRIORITY]); /* "base", "recommended": part of R */
    struct ia_found_package package = {
        .type = IA_STR("cran"),
        .name = d->values[PACKAGE],
        .version = d->values[VERSION],
        .license = d->values[LICENSE],
        .supplier = d->values[MAINTAINER].n ? d->values[MAINTAINER] : d->values[AUTHOR],
        .how = IA_STR("r-description"),
        .fields = fields.rows,
        .field_count = fields.n,
    };
    return ia_found_package(found, env, &package);
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct description d = {.malformed = 0};
    read_fields(&d, file->content);
    bool whole = d.values[PACKAGE].n && d.values[VERSION].n;
    bool installed = d.values[BUILT].n && ia_str_eq(d.values[PACKAGE], ia_place_parent(file->path));
    if (!is_library(file->path))
        return whole && installed ? add_package(&d, env, found) : IMGA_OK;
    if (d.malformed)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "%zu malformed lines", d.malformed));
    if (!whole)
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, 0, "the package has no name or no version");
    return add_package(&d, env, found);
}

static const char *const names[] = {"DESCRIPTION", NULL};

const struct ia_analyser ia_cran_analyser = {"cran", 1, names, NULL, NULL, wants, analyse};
