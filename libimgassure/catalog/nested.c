/* SPDX-License-Identifier: Apache-2.0 */
/* By the end of the path; what stands before it is the root. Lists of files beside the database are not read. */
#include "catalog/nested.h"

#include "catalog/databases.h"
#include "catalog/record.h"
#include "catalog/rpm/database.h"

static const struct nested_place {
    const char *path;
    const char *type;
    ia_db_read *read;
} places[] = {
    {"/var/lib/dpkg/status", "deb", ia_dpkg_read},
    {"/lib/apk/db/installed", "apk", ia_apk_read},
    {"/var/lib/rpm/rpmdb.sqlite", "rpm", ia_rpm_read},
    {"/var/lib/rpm/Packages.db", "rpm", ia_rpm_read},
    {"/var/lib/rpm/Packages", "rpm", ia_rpm_read},
    {"/usr/lib/sysimage/rpm/rpmdb.sqlite", "rpm", ia_rpm_read},
    {"/usr/lib/sysimage/rpm/Packages.db", "rpm", ia_rpm_read},
    {"/usr/lib/sysimage/rpm/Packages", "rpm", ia_rpm_read},
    {"/usr/share/rpm/rpmdb.sqlite", "rpm", ia_rpm_read},
};

struct taking {
    const struct nested_place *place;
    struct ia_str root;
    struct ia_found *found;
    size_t count;
};

static const struct nested_place *place_of(struct ia_str path)
{
    for (size_t i = 0; i < IA_COUNT(places); i++)
        if (ia_str_ends(path, ia_str_from(places[i].path)))
            return &places[i];
    return NULL;
}

static bool wants(struct ia_str path)
{
    return place_of(path) != NULL;
}

static int take(void *user, struct ia_env *env, const struct ia_record *record)
{
    struct taking *t = user;
    struct ia_field fields[IA_FOUND_PROPERTIES] = {{IA_STR("root"), t->root}};
    struct ia_found_package package = {
        .type = ia_str_from(t->place->type),
        .name = record->name,
        .version = record->version,
        .architecture = record->architecture,
        .license = record->license,
        .supplier = record->maintainer,
        .how = IA_STR("nested-database"),
        .fields = fields,
        .field_count = 1,
    };
    t->count++;
    if (!record->installed || record->kept_apart)
        return IMGA_OK;
    for (size_t i = 0; i < record->field_count && package.field_count < IA_FOUND_PROPERTIES; i++)
        fields[package.field_count++] = record->fields[i];
    return ia_found_package(t->found, env, &package);
}

static int note_damage(struct ia_env *env, struct ia_found *found, const struct ia_damage *damage)
{
    for (size_t i = 0; i < IA_DAMAGE_KINDS; i++) {
        int64_t offset = damage->first[i] == IA_DAMAGE_NOWHERE ? -1 : (int64_t)damage->first[i];
        int32_t code;
        const char *what = ia_damage_words((enum ia_damage_kind)i, &code);
        if (damage->count[i])
            IA_TRY(ia_found_note(found, env, code, offset, "%s (%zu)", what, damage->count[i]));
    }
    return IMGA_OK;
}

static int analyse(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found)
{
    const struct nested_place *place = place_of(file->path);
    struct ia_damage damage = {.count = {0}};
    struct ia_db_source source = {.text = file->content};
    struct taking t = {.place = place, .found = found};
    if (!place)
        return IMGA_OK;
    t.root = ia_str_sub(file->path, 0, file->path.n - ia_str_from(place->path).n);
    IA_TRY(place->read(env, &source, &damage, take, &t));
    IA_TRY(note_damage(env, found, &damage));
    if (t.count == 0 && ia_str_trim(file->content).n > 0)
        return ia_found_note(found, env, IMGA_NOTE_DB_PARTIAL, -1, "it holds no package record");
    return ia_found_note(found, env, IMGA_NOTE_DB_MULTIPLE, -1, "a package database of another root in the image");
}

static const char *const names[] = {"status", "installed", "rpmdb.sqlite", "Packages.db", "Packages", NULL};

const struct ia_analyser ia_nested_analyser = {"nested", 1, names, NULL, NULL, wants, analyse};
