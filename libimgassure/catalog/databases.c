/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every family of databases that is found is read, at every place that is its own file. A database that is there but
 * yields nothing is damaged, not empty, and one of a family that cannot be read here is named.
 */
#include "catalog/databases.h"

#include "base/buf.h"
#include "catalog/named_files.h"
#include "catalog/rpm/history.h"

/* One pass, and what it knows of the family that is being read. */
struct pass {
    struct ia_rootfs *fs;
    ia_take_listed *take;
    void *user;
    uint64_t records; /* of all databases */
    size_t databases; /* read so far */
    bool found;       /* any database, readable or not */
    const struct ia_db_format *format;
    bool family_found;
    bool family_damaged; /* and a note says so */
    size_t family_records;
    size_t family_sources; /* places with records */
    struct ia_rpm_history history;
};

static const struct {
    int32_t code;
    const char *what;
} damages[IA_DAMAGE_KINDS] = {
    [IA_DAMAGE_LINE] = {IMGA_NOTE_DB_PARTIAL, "malformed lines"},
    [IA_DAMAGE_RECORD] = {IMGA_NOTE_DB_PARTIAL, "records without name or version"},
    [IA_DAMAGE_FIELD] = {IMGA_NOTE_DB_PARTIAL, "fields that are given twice or over several lines"},
    [IA_DAMAGE_STATE] = {IMGA_NOTE_DB_PARTIAL, "unknown package states, taken as installed"},
    [IA_DAMAGE_NUL] = {IMGA_NOTE_DB_PARTIAL, "it is not a text: bytes of value 0"},
    [IA_DAMAGE_LONG] = {IMGA_NOTE_DB_PARTIAL, "values over the limit string_bytes"},
    [IA_DAMAGE_NAME] = {IMGA_NOTE_NAME, "texts with invalid UTF-8 or control characters"},
    [IA_DAMAGE_DUPLICATE] = {IMGA_NOTE_DUPLICATE, "packages that are listed more than once"},
    [IA_DAMAGE_FORMAT] = {IMGA_NOTE_DB_PARTIAL, "it has no format that is known"},
    [IA_DAMAGE_PAGE] = {IMGA_NOTE_DB_PARTIAL, "pages, blocks or rows that cannot be read"},
    [IA_DAMAGE_HEADER] = {IMGA_NOTE_DB_PARTIAL, "damaged package headers"},
    [IA_DAMAGE_FILES] = {IMGA_NOTE_DB_PARTIAL, "lists of files that are not whole"},
    [IA_DAMAGE_SOURCE] = {IMGA_NOTE_DB_PARTIAL, "source packages that are not named as one"},
    [IA_DAMAGE_JOURNAL] = {IMGA_NOTE_DB_JOURNAL, "a journal with changes that are not all in the database"},
};

const char *ia_damage_words(enum ia_damage_kind kind, int32_t *code)
{
    *code = damages[kind].code;
    return damages[kind].what;
}

int ia_note_damage(struct ia_env *env, struct ia_str where, const struct ia_damage *damage)
{
    for (size_t i = 0; i < IA_DAMAGE_KINDS; i++) {
        int64_t offset = damage->first[i] == IA_DAMAGE_NOWHERE ? -1 : (int64_t)damage->first[i];
        if (damage->count[i])
            IA_TRY(ia_note(env, damages[i].code, offset, where, "%s (%zu)", damages[i].what, damage->count[i]));
    }
    return IMGA_OK;
}

static int note_partial(struct ia_env *env, struct pass *p, struct ia_str where, const char *what)
{
    p->family_damaged = true;
    return ia_note(env, IMGA_NOTE_DB_PARTIAL, -1, where, "%s", what);
}

/* A file that may be a database, and the reading of it. */
struct reading {
    struct pass *pass;
    const struct ia_place *place;
    struct ia_str where; /* the path that was looked up */
    struct ia_str entry; /* see struct ia_listed */
    struct ia_str path;  /* resolved */
    size_t database;
    struct ia_damage damage;
    size_t records;
};

/* Counts a record and hands it on. */
static int take_record(void *user, struct ia_env *env, const struct ia_record *record)
{
    struct reading *r = user;
    struct ia_listed listed = {r->pass->format->type, r->path, r->entry, r->database, record, &r->damage};
    if (r->pass->records++ >= env->limits->packages)
        return ia_fail_limit(env, (int64_t)record->offset, "packages", env->limits->packages, r->where);
    r->records++;
    return r->pass->take(r->pass->user, env, &listed);
}

static int read_beside(struct ia_env *env, struct reading *r, struct ia_db_source *source)
{
    for (size_t i = 0; i < IA_DB_BESIDE && r->place->beside[i]; i++) {
        struct ia_str where = ia_str_from(r->place->beside[i]);
        struct ia_file file;
        IA_TRY(ia_rootfs_file(r->pass->fs, env, r->place->beside[i], &file));
        if (file.state == IA_FILE_CONTENT || file.state == IA_FILE_PARTIAL)
            source->beside[i] = file.content;
        if (file.state == IA_FILE_PARTIAL || file.state == IA_FILE_OTHER)
            IA_TRY(note_partial(env, r->pass, where, "it is there but could not be read whole"));
    }
    return IMGA_OK;
}

static int read_source(struct ia_env *env, struct reading *r, struct ia_db_source *source)
{
    struct ia_named_files controls;
    int status = IMGA_OK;
    if (!r->place->controls)
        return r->place->read(env, source, &r->damage, take_record, r);
    ia_named_files_init(&controls, env);
    IA_GO(status, ia_named_files_load(&controls, env, r->pass->fs, r->place->controls, r->place->controls->suffix));
    source->controls = &controls;
    IA_GO(status, r->place->read(env, source, &r->damage, take_record, r));
out:
    ia_named_files_free(&controls);
    return status;
}

static int read_content(struct ia_env *env, struct reading *r, const struct ia_file *file)
{
    struct pass *p = r->pass;
    struct ia_db_source source = {.text = file->content, .cut = file->state == IA_FILE_PARTIAL, .history = &p->history};
    r->path = file->path;
    r->database = p->databases++;
    IA_TRY(read_beside(env, r, &source));
    IA_TRY(read_source(env, r, &source));
    p->family_records += r->records;
    IA_TRY(ia_note_damage(env, r->where, &r->damage));
    if (r->records == 0 && ia_str_trim(file->content).n > 0)
        return note_partial(env, p, r->where, "it holds no package record");
    return IMGA_OK;
}

static int read_database(struct ia_env *env, struct reading *r, const struct ia_file *file)
{
    struct pass *p = r->pass;
    if (file->state == IA_FILE_ABSENT)
        return IMGA_OK;
    p->found = true;
    p->family_found = true;
    if (file->state == IA_FILE_OTHER)
        return note_partial(env, p, r->where, "it is there but could not be read");
    if (file->linked && r->entry.n == 0)
        IA_TRY(ia_note(env, IMGA_NOTE_LINK, -1, r->where, "reached through a link: %.*s",
                       (int)(file->path.n > 512 ? 512 : file->path.n), file->path.p));
    if (file->state == IA_FILE_PARTIAL)
        IA_TRY(note_partial(env, p, r->where, "only its first bytes were read"));
    return read_content(env, r, file);
}

/* It adds to what databases say: without it nothing is missing but that. */
static int read_history(struct ia_env *env, struct pass *p, const struct ia_place *place, const struct ia_file *file)
{
    struct reading r = {.pass = p, .place = place, .where = ia_str_from(place->path)};
    struct ia_db_source source = {.text = file->content};
    if (file->state == IA_FILE_ABSENT)
        return IMGA_OK;
    if (file->state == IA_FILE_PARTIAL || file->state == IA_FILE_OTHER)
        IA_TRY(note_partial(env, p, r.where, "it is there but could not be read whole"));
    if (file->state == IA_FILE_OTHER)
        return IMGA_OK;
    IA_TRY(read_beside(env, &r, &source));
    IA_TRY(ia_rpm_history_read(&p->history, env, &source, &r.damage));
    return ia_note_damage(env, r.where, &r.damage);
}

/* ---- places that are a directory ---- */

struct directory {
    struct pass *pass;
    const struct ia_place *place;
};

static int read_entry(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    const struct directory *directory = user;
    const struct ia_place *place = directory->place;
    struct reading r = {.pass = directory->pass, .place = place, .entry = name};
    struct ia_buf where;
    int status;
    if (place->is_entry && !place->is_entry(name))
        return IMGA_OK;
    ia_buf_init(&where, &env->alloc, SIZE_MAX); /* as long as a path of the view */
    if (place->kind == IA_PLACE_JOURNAL)
        IA_GO(status, ia_note(env, IMGA_NOTE_DB_JOURNAL, -1, ia_str_from(place->path),
                              "dpkg was interrupted: there are changes that are not yet in status"));
    IA_GO(status, ia_buf_text(&where, place->path));
    IA_GO(status, ia_buf_char(&where, '/'));
    IA_GO(status, ia_buf_str(&where, name));
    r.where = ia_buf_view(&where);
    IA_GO(status, read_database(env, &r, file));
out:
    ia_buf_free(&where);
    return status == IMGA_E_NOMEM ? ia_fail_nomem(env) : status;
}

/* ---- places that are a file ---- */

/* The file at a place, absent for a directory. */
static int look_up(struct ia_env *env, struct ia_rootfs *fs, const struct ia_place *place, struct ia_file *file)
{
    *file = (struct ia_file){.state = IA_FILE_ABSENT};
    return place->entries ? IMGA_OK : ia_rootfs_file(fs, env, place->path, file);
}

/*
 * Whether the file at a place is read at another place. With lib a link to usr/lib, two paths are one file: it is read
 * where it really is, or at the first of the places when all are links.
 */
static bool is_read_elsewhere(const struct ia_file *files, size_t count, size_t at)
{
    const struct ia_file *file = &files[at];
    for (size_t i = 0; i < count; i++) {
        bool same = files[i].state != IA_FILE_ABSENT && ia_str_eq(files[i].path, file->path);
        if (i != at && same && (files[i].linked == file->linked ? i < at : file->linked))
            return true;
    }
    return false;
}

/* The files at the places of a format, those left out that are read at another place. */
static int find_files(struct ia_env *env, struct ia_rootfs *fs, const struct ia_db_format *format,
                      struct ia_file files[IA_FORMAT_PLACES])
{
    struct ia_file all[IA_FORMAT_PLACES];
    for (size_t i = 0; i < format->count; i++)
        IA_TRY(look_up(env, fs, &format->places[i], &all[i]));
    for (size_t i = 0; i < format->count; i++) {
        files[i] = all[i];
        if (files[i].state != IA_FILE_ABSENT && is_read_elsewhere(all, format->count, i))
            files[i].state = IA_FILE_ABSENT;
    }
    return IMGA_OK;
}

/* ---- the pass ---- */

static int read_place(struct ia_env *env, struct pass *p, const struct ia_place *place, const struct ia_file *file)
{
    struct reading r = {.pass = p, .place = place, .where = ia_str_from(place->path)};
    struct directory directory = {p, place};
    size_t before = p->family_records;
    if (place->kind == IA_PLACE_HISTORY)
        return read_history(env, p, place, file);
    if (place->kind == IA_PLACE_FALLBACK && before > 0)
        return IMGA_OK;
    if (place->entries)
        IA_TRY(ia_rootfs_files(p->fs, env, place->entries, read_entry, &directory));
    else
        IA_TRY(read_database(env, &r, file));
    p->family_sources += place->kind != IA_PLACE_JOURNAL && p->family_records > before;
    return IMGA_OK;
}

static int end_family(struct ia_env *env, struct pass *p)
{
    struct ia_str where = ia_str_from(p->format->where);
    if (p->family_found && p->family_records == 0 && !p->family_damaged)
        IA_TRY(note_partial(env, p, where, "the database lists no package"));
    if (p->family_sources > 1)
        return ia_note(env, IMGA_NOTE_DB_MULTIPLE, -1, where, "there is more than one database; all count");
    return IMGA_OK;
}

static int read_format(struct ia_env *env, struct pass *p, const struct ia_db_format *format)
{
    struct ia_file files[IA_FORMAT_PLACES];
    p->format = format;
    p->family_found = false;
    p->family_damaged = false;
    p->family_records = 0;
    p->family_sources = 0;
    IA_TRY(find_files(env, p->fs, format, files));
    for (size_t i = 0; i < format->count; i++)
        IA_TRY(read_place(env, p, &format->places[i], &files[i]));
    return end_family(env, p);
}

/* Databases that are not read must not make an image look empty, or smaller than it is. */
static int note_unread(struct ia_env *env, struct pass *p)
{
    for (size_t i = 0; i < ia_analysed_database_count; i++)
        p->found |= ia_rootfs_exists(p->fs, env, ia_analysed_databases[i].path);
    for (const char *const *path = ia_unread_databases; *path; path++) {
        if (!ia_rootfs_exists(p->fs, env, *path))
            continue;
        IA_TRY(note_partial(env, p, ia_str_from(*path), "a package database of a kind that is not read"));
        p->found = true;
    }
    return IMGA_OK;
}

static int read_formats(struct ia_env *env, struct pass *p)
{
    for (size_t i = 0; i < ia_db_format_count; i++)
        IA_TRY(read_format(env, p, &ia_db_formats[i]));
    IA_TRY(note_unread(env, p));
    if (!p->found)
        IA_TRY(ia_note(env, IMGA_NOTE_NO_PACKAGES, -1, IA_STR(""), "no package database was found"));
    return p->found;
}

int ia_databases_read(struct ia_env *env, struct ia_rootfs *fs, ia_take_listed *take, void *user)
{
    struct pass p = {.fs = fs, .take = take, .user = user};
    ia_rpm_history_init(&p.history, env);
    int status = read_formats(env, &p);
    ia_rpm_history_free(&p.history);
    return status;
}

/* ---- databases that analysers read ---- */

struct folder {
    const struct ia_analysed_database *database;
    bool used; /* it has entries */
};

static int look_at_name(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    struct folder *folder = user;
    (void)env;
    (void)file;
    if (!folder->database->beside || !ia_str_is(name, folder->database->beside))
        folder->used = true;
    return IMGA_OK;
}

static bool has_package(const struct ia_inventory *inventory, const char *how)
{
    const struct ia_package *package;
    for (size_t i = 0; (package = ia_inventory_package(inventory, i)); i++)
        if (package->how && ia_str_is(ia_str_from(package->how), how))
            return true;
    return false;
}

int ia_databases_check(struct ia_env *env, struct ia_rootfs *fs, const struct ia_inventory *inventory)
{
    for (size_t i = 0; i < ia_analysed_database_count; i++) {
        struct folder folder = {&ia_analysed_databases[i], false};
        const char *path = folder.database->path;
        IA_TRY(ia_rootfs_names(fs, env, path, look_at_name, &folder));
        if (folder.used && !has_package(inventory, folder.database->how))
            IA_TRY(ia_note(env, IMGA_NOTE_DB_PARTIAL, -1, ia_str_from(path), "the database lists no package"));
    }
    return IMGA_OK;
}

/* ---- which databases there are ---- */

struct survey {
    const struct ia_place *place;
    bool found, readable;
};

static int survey_entry(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    struct survey *survey = user;
    (void)env;
    if (survey->place->is_entry && !survey->place->is_entry(name))
        return IMGA_OK;
    survey->found = true;
    survey->readable |= file->state == IA_FILE_CONTENT || file->state == IA_FILE_PARTIAL;
    return IMGA_OK;
}

static int survey_place(struct ia_env *env, struct ia_rootfs *fs, const struct ia_place *place,
                        const struct ia_file *file, struct survey *out)
{
    *out = (struct survey){.place = place};
    if (place->entries)
        return ia_rootfs_files(fs, env, place->entries, survey_entry, out);
    return file->state == IA_FILE_ABSENT ? IMGA_OK : survey_entry(out, env, IA_STR(""), file);
}

int ia_databases_find(struct ia_env *env, struct ia_rootfs *fs, ia_take_database *take, void *user)
{
    struct ia_file files[IA_FORMAT_PLACES];
    for (size_t i = 0; i < ia_db_format_count; i++) {
        const struct ia_db_format *format = &ia_db_formats[i];
        IA_TRY(find_files(env, fs, format, files));
        for (size_t n = 0; n < format->count; n++) {
            const struct ia_place *place = &format->places[n];
            struct ia_str path = place->entries ? ia_str_from(place->path) : files[n].path;
            struct survey survey;
            IA_TRY(survey_place(env, fs, place, &files[n], &survey));
            struct ia_database database = {format->type, place->path, path, survey.readable};
            if (survey.found && place->kind == IA_PLACE_DATABASE)
                IA_TRY(take(user, env, &database));
        }
    }
    return IMGA_OK;
}
