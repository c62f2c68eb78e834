/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where package databases are: dpkg's status, its journal (updates/, dpkg(1) merges it into status later) and
 * distroless' status.d; apk's installed, under lib and under usr/lib. Every family that is found is read. A database
 * that is there but yields nothing is damaged, not empty, and one of a family that cannot be read here is named.
 */
#include "catalog/databases.h"

#include "base/buf.h"

const struct ia_want ia_database_wants[IA_WANT_COUNT] = {
    [IA_WANT_STATUS_D] = {"var/lib/dpkg/status.d", ""},
    [IA_WANT_UPDATES] = {"var/lib/dpkg/updates", ""},
    [IA_WANT_LISTS] = {"var/lib/dpkg/info", ".list"},
    [IA_WANT_FILES] = {"var/lib/dpkg/status", NULL},
    {"lib/apk/db/installed", NULL},
    {"usr/lib/apk/db/installed", NULL},
    {"etc/os-release", NULL},
    {"usr/lib/os-release", NULL},
    {"etc/debian_version", NULL},
};

/* One pass, and what it knows of the family that is being read. */
struct pass {
    struct ia_rootfs *fs;
    ia_take_listed *take;
    void *user;
    uint64_t records; /* of all databases */
    size_t databases; /* read so far */
    bool found;       /* any database, readable or not */
    bool family_found;
    bool family_damaged; /* and a note says so */
    size_t family_records;
    size_t family_sources; /* places with records */
};

struct format {
    const char *type;
    ia_record_next *next;
};

static const struct format dpkg_format = {"deb", ia_dpkg_next};
static const struct format apk_format = {"apk", ia_apk_next};

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
};

static int note_damage(struct ia_env *env, struct ia_str where, const struct ia_damage *damage)
{
    for (size_t i = 0; i < IA_DAMAGE_KINDS; i++)
        if (damage->count[i])
            IA_TRY(ia_note(env, damages[i].code, (int64_t)damage->first[i], where, "%s (%zu)", damages[i].what,
                           damage->count[i]));
    return IMGA_OK;
}

static int note_partial(struct ia_env *env, struct pass *p, struct ia_str where, const char *what)
{
    p->family_damaged = true;
    return ia_note(env, IMGA_NOTE_DB_PARTIAL, -1, where, "%s", what);
}

/* A database that is cut off ends with its last whole line: half a version would be another version. */
static struct ia_str whole_lines(struct ia_str text)
{
    size_t last = ia_str_find_last(text, '\n');
    return ia_str_sub(text, 0, last < text.n ? last + 1 : 0);
}

/* A file that may be a database. */
struct source {
    const struct format *format;
    struct ia_str where; /* the path that was looked up */
    struct ia_str entry; /* see struct ia_listed */
};

static int read_records(struct ia_env *env, struct pass *p, const struct source *source, const struct ia_file *file,
                        struct ia_str text)
{
    struct ia_db_reader reader;
    struct ia_record record;
    struct ia_listed listed = {source->format->type, file->path, source->entry,
                               p->databases++,       &record,    &reader.damage};
    size_t count = 0;
    ia_db_reader_init(&reader, text);
    reader.cancel = env->hooks->cancel;
    for (; source->format->next(&reader, &record); count++) {
        IA_TRY(ia_check_cancel(env));
        if (p->records++ >= env->limits->packages)
            return ia_fail_limit(env, (int64_t)record.offset, "packages", env->limits->packages, source->where);
        IA_TRY(p->take(p->user, env, &listed));
    }
    IA_TRY(ia_check_cancel(env)); /* that would end the records too */
    p->family_records += count;
    IA_TRY(note_damage(env, source->where, &reader.damage));
    if (count == 0 && ia_str_trim(text).n > 0)
        return note_partial(env, p, source->where, "it holds no package record");
    return IMGA_OK;
}

static int read_database(struct ia_env *env, struct pass *p, const struct source *source, const struct ia_file *file)
{
    struct ia_str text = file->content;
    if (file->state == IA_FILE_ABSENT)
        return IMGA_OK;
    p->found = true;
    p->family_found = true;
    if (file->state == IA_FILE_OTHER)
        return note_partial(env, p, source->where, "it is there but could not be read");
    if (file->linked && source->entry.n == 0)
        IA_TRY(ia_note(env, IMGA_NOTE_LINK, -1, source->where, "reached through a link: %.*s",
                       (int)(file->path.n > 512 ? 512 : file->path.n), file->path.p));
    if (file->state == IA_FILE_PARTIAL) {
        IA_TRY(note_partial(env, p, source->where, "only its first bytes were read"));
        text = whole_lines(text);
    }
    return read_records(env, p, source, file, text);
}

static int read_at(struct ia_env *env, struct pass *p, const struct format *format, const char *path,
                   const struct ia_file *file)
{
    struct source source = {format, ia_str_from(path), {"", 0}};
    size_t before = p->family_records;
    IA_TRY(read_database(env, p, &source, file));
    p->family_sources += p->family_records > before;
    return IMGA_OK;
}

bool ia_is_md5sums(struct ia_str name)
{
    return ia_str_ends(name, IA_STR(".md5sums"));
}

static bool is_journal_entry(struct ia_str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!ia_is_digit(name.p[i]))
            return false;
    return name.n > 0;
}

static int read_entry(struct ia_env *env, struct pass *p, const struct ia_want *want, struct ia_str name,
                      const struct ia_file *file)
{
    struct source source = {&dpkg_format, {"", 0}, name};
    struct ia_buf where;
    int status;
    ia_buf_init(&where, &env->alloc, SIZE_MAX); /* as long as a path of the view */
    IA_GO(status, ia_buf_text(&where, want->path));
    IA_GO(status, ia_buf_char(&where, '/'));
    IA_GO(status, ia_buf_str(&where, name));
    source.where = ia_buf_view(&where);
    IA_GO(status, read_database(env, p, &source, file));
out:
    ia_buf_free(&where);
    return status == IMGA_E_NOMEM ? ia_fail_nomem(env) : status;
}

static int read_status_d(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    return ia_is_md5sums(name) ? IMGA_OK : read_entry(env, user, &ia_database_wants[IA_WANT_STATUS_D], name, file);
}

/* dpkg merges these into status when it runs next; other names there are its temporary files. */
static int read_update(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    if (!is_journal_entry(name))
        return IMGA_OK;
    IA_TRY(ia_note(env, IMGA_NOTE_DB_JOURNAL, -1, ia_str_from(ia_database_wants[IA_WANT_UPDATES].path),
                   "dpkg was interrupted: there are changes that are not yet in status"));
    return read_entry(env, user, &ia_database_wants[IA_WANT_UPDATES], name, file);
}

static void begin_family(struct pass *p)
{
    p->family_found = false;
    p->family_damaged = false;
    p->family_records = 0;
    p->family_sources = 0;
}

static int end_family(struct ia_env *env, struct pass *p, const char *where)
{
    if (p->family_found && p->family_records == 0 && !p->family_damaged)
        IA_TRY(note_partial(env, p, ia_str_from(where), "the database lists no package"));
    if (p->family_sources > 1)
        return ia_note(env, IMGA_NOTE_DB_MULTIPLE, -1, ia_str_from(where),
                       "there is more than one database; all count");
    return IMGA_OK;
}

static int read_dpkg(struct ia_env *env, struct pass *p)
{
    struct ia_file file;
    begin_family(p);
    IA_TRY(ia_rootfs_file(p->fs, env, "var/lib/dpkg/status", &file));
    IA_TRY(read_at(env, p, &dpkg_format, "var/lib/dpkg/status", &file));
    size_t before = p->family_records;
    IA_TRY(ia_rootfs_files(p->fs, env, &ia_database_wants[IA_WANT_STATUS_D], read_status_d, p));
    p->family_sources += p->family_records > before;
    IA_TRY(ia_rootfs_files(p->fs, env, &ia_database_wants[IA_WANT_UPDATES], read_update, p));
    return end_family(env, p, "var/lib/dpkg");
}

/* With lib a link to usr/lib, both paths are one file: it is read where it really is. */
static int read_apk(struct ia_env *env, struct pass *p)
{
    static const char *const paths[] = {"lib/apk/db/installed", "usr/lib/apk/db/installed"};
    struct ia_file first, second;
    begin_family(p);
    IA_TRY(ia_rootfs_file(p->fs, env, paths[0], &first));
    IA_TRY(ia_rootfs_file(p->fs, env, paths[1], &second));
    bool one = first.state != IA_FILE_ABSENT && first.state == second.state && ia_str_eq(first.path, second.path);
    if (!one || second.linked)
        IA_TRY(read_at(env, p, &apk_format, paths[0], &first));
    if (!one || !second.linked)
        IA_TRY(read_at(env, p, &apk_format, paths[1], &second));
    return end_family(env, p, paths[0]);
}

/* Databases that are not read here must not make an image look empty, or smaller than it is. */
static int note_unread(struct ia_env *env, struct pass *p)
{
    static const char *const paths[] = {
        "var/lib/rpm/rpmdb.sqlite",
        "var/lib/rpm/Packages.db",
        "var/lib/rpm/Packages",
        "usr/lib/sysimage/rpm/rpmdb.sqlite",
        "usr/lib/sysimage/rpm/Packages.db",
        "usr/lib/sysimage/rpm/Packages",
        "usr/share/rpm/rpmdb.sqlite",
        "var/lib/rpmmanifest/container-manifest-2",
        "var/lib/pacman/local",
        "usr/lib/opkg/status",
        "var/lib/opkg/status",
        "var/db/pkg",
        "nix/var/nix/db/db.sqlite",
    };
    for (size_t i = 0; i < IA_COUNT(paths); i++) {
        if (!ia_rootfs_exists(p->fs, env, paths[i]))
            continue;
        IA_TRY(note_partial(env, p, ia_str_from(paths[i]), "a package database of a kind that is not read"));
        p->found = true;
    }
    return IMGA_OK;
}

int ia_databases_read(struct ia_env *env, struct ia_rootfs *fs, ia_take_listed *take, void *user)
{
    struct pass p = {.fs = fs, .take = take, .user = user};
    IA_TRY(read_dpkg(env, &p));
    IA_TRY(read_apk(env, &p));
    IA_TRY(note_unread(env, &p));
    if (!p.found)
        IA_TRY(ia_note(env, IMGA_NOTE_NO_PACKAGES, -1, IA_STR(""), "no package database was found"));
    return p.found;
}
