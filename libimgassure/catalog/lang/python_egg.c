/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zipped eggs (setuptools, "The Internal Structure of Python Eggs"): a zip archive with EGG-INFO/PKG-INFO. Limits:
 * MEMBERS_MOST, METADATA_MOST.
 */
#include "catalog/lang/place.h"
#include "catalog/lang/python.h"
#include "io/zip.h"

enum { MEMBERS_MOST = 65536, METADATA_MOST = 16 << 20 };

static const struct ia_zip_member *find_metadata(const struct ia_zip *zip)
{
    for (size_t i = 0; i < ia_zip_count(zip); i++)
        if (ia_str_is(ia_zip_at(zip, i)->name, "EGG-INFO/PKG-INFO"))
            return ia_zip_at(zip, i);
    return NULL;
}

/* Damage becomes a note; memory and cancel end the call. */
static int note_damage(struct ia_env *env, struct ia_found *found, int status)
{
    struct ia_error error = env->error;
    if (status != IMGA_E_FORMAT && status != IMGA_E_TRUNCATED && status != IMGA_E_LIMIT && status != IMGA_E_UNSUPPORTED)
        return status;
    ia_error_clear(env);
    return ia_found_note(found, env, IMGA_NOTE_ARCHIVE, error.offset, "%s", error.message);
}

static int read_member(const struct ia_analysed *file, const struct ia_zip_member *member, struct ia_env *env,
                       struct ia_found *found)
{
    struct ia_str name = ia_place_name(file->path);
    const struct ia_python_source source = {.path = file->path,
                                            .inside = member->name,
                                            .stem = ia_str_sub(name, 0, ia_str_find_last(name, '.')),
                                            .how = "egg"};
    struct ia_zip_content content = {.flags = 0};
    int status = ia_zip_read(env, member, METADATA_MOST, &content);
    if (status < 0)
        status = note_damage(env, found, status);
    else
        status = ia_python_metadata(&source, ia_cursor_str(content.data), env, found);
    ia_zip_content_free(&content);
    return status;
}

static int read_archive(const struct ia_analysed *file, const struct ia_zip *zip, struct ia_env *env,
                        struct ia_found *found)
{
    const struct ia_zip_member *member = find_metadata(zip);
    if (ia_zip_flags(zip) & ~(unsigned)IA_ZIP_PREFIX)
        IA_TRY(ia_found_note(found, env, IMGA_NOTE_ARCHIVE, -1, "the structure of the egg is contradictory"));
    if (!member)
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "the egg has no metadata");
    return read_member(file, member, env, found);
}

int ia_python_egg(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    struct ia_zip *zip = NULL;
    int status = ia_zip_open(env, ia_cursor_from(file->content.p, file->content.n), MEMBERS_MOST, &zip);
    if (status < 0)
        return note_damage(env, found, status);
    status = read_archive(file, zip, env, found);
    ia_zip_free(zip);
    return status;
}
