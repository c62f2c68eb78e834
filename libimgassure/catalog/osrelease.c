/* SPDX-License-Identifier: Apache-2.0 */
/*
 * os-release(5): etc/os-release, else usr/lib/os-release; the last assignment of a key counts, as in sh, and lines that
 * sh could not read are passed over. Debian testing and unstable have no VERSION_ID; where a file has no codename
 * either, etc/debian_version has one ("12.5", "trixie/sid"). Without an ID the older release files tell the
 * distribution; those that derivatives carry, too, only where there is no os-release at all, and then it is remarked.
 */
#include "catalog/osrelease.h"

#include "catalog/paths.h"
#include "catalog/release_files.h"
#include "model/distro.h"
#include "syntax/keyvalue.h"

#include <stddef.h>

static const struct key {
    const char *name;
    size_t at;
    bool decides; /* which advisories apply */
} keys[] = {
    {"ID", offsetof(struct ia_distro, id), true},
    {"ID_LIKE", offsetof(struct ia_distro, id_like), false},
    {"VERSION_ID", offsetof(struct ia_distro, version_id), true},
    {"VERSION_CODENAME", offsetof(struct ia_distro, codename), true},
    {"PRETTY_NAME", offsetof(struct ia_distro, pretty_name), false},
};

/* One os-release file of the view. */
struct os_file {
    const char *path;
    struct ia_file file;
    struct ia_distro distro;
};

static size_t string_limit(const struct ia_env *env)
{
    return env->limits->string_bytes > SIZE_MAX ? SIZE_MAX : (size_t)env->limits->string_bytes;
}

static bool same(const char *a, const char *b)
{
    return ia_str_eq(ia_str_from(a), ia_str_from(b));
}

/* A value that is too long counts as not set. */
static int intern(struct ia_env *env, struct ia_inventory *inventory, struct ia_str text, const char **out)
{
    IA_TRY(ia_keep_text(env, inventory, ia_str_trim(text), NULL, out));
    return IMGA_OK;
}

/* The last assignment counts, but two names of the distribution or its release are a contradiction. */
static int assign(struct ia_env *env, const struct key *key, const char *value, struct ia_distro *out,
                  struct ia_str where)
{
    const char **member = (const char **)(void *)((char *)out + key->at);
    bool contradicts = key->decides && **member && !same(*member, value);
    *member = value;
    return contradicts ? ia_note(env, IMGA_NOTE_OS, -1, where, "%s has two values; the last counts", key->name)
                       : IMGA_OK;
}

static const struct key *find_key(struct ia_str name)
{
    for (size_t i = 0; i < IA_COUNT(keys); i++)
        if (ia_str_is(name, keys[i].name))
            return &keys[i];
    return NULL;
}

int ia_osrelease_parse(struct ia_env *env, struct ia_inventory *inventory, struct ia_str where, struct ia_str text,
                       struct ia_distro *out)
{
    struct ia_keyvalue reader;
    struct ia_buf value;
    struct ia_str name;
    size_t offset;
    int status;
    *out = (struct ia_distro){"", "", "", "", "", "", ""};
    ia_keyvalue_init(&reader, text);
    ia_buf_init(&value, &env->alloc, string_limit(env));
    while ((status = ia_keyvalue_next(&reader, &name, &value, &offset)) != 0) {
        const struct key *key = status > 0 ? find_key(name) : NULL;
        const char *kept;
        if (status == IMGA_E_NOMEM)
            IA_GO(status, ia_fail_nomem(env));
        IA_GO(status, ia_check_cancel(env));
        if (!key)
            continue;
        IA_GO(status, intern(env, inventory, ia_buf_view(&value), &kept));
        IA_GO(status, assign(env, key, kept, out, where));
    }
out:
    ia_buf_free(&value);
    return status;
}

static int read_file(struct ia_env *env, struct ia_rootfs *fs, struct ia_inventory *inventory, struct os_file *os)
{
    IA_TRY(ia_rootfs_file(fs, env, os->path, &os->file));
    os->distro = (struct ia_distro){"", "", "", "", "", "", ""};
    if (os->file.state == IA_FILE_ABSENT)
        return IMGA_OK;
    if (os->file.state == IA_FILE_OTHER)
        return ia_note(env, IMGA_NOTE_OS, -1, ia_str_from(os->path), "it is there but could not be read");
    if (os->file.state == IA_FILE_PARTIAL)
        IA_TRY(ia_note(env, IMGA_NOTE_OS, -1, ia_str_from(os->path), "only its first bytes were read"));
    return ia_osrelease_parse(env, inventory, ia_str_from(os->path), os->file.content, &os->distro);
}

static bool is_readable(const struct os_file *os)
{
    return os->file.state == IA_FILE_CONTENT || os->file.state == IA_FILE_PARTIAL;
}

static bool contradict(const struct os_file *a, const struct os_file *b)
{
    return is_readable(a) && is_readable(b) && !ia_str_eq(a->file.path, b->file.path) &&
           (!same(a->distro.id, b->distro.id) || !same(a->distro.version_id, b->distro.version_id));
}

/* "12.5" is a version; of "trixie/sid" the first half, which is what Debian itself writes as VERSION_CODENAME. */
static int read_debian_version(struct ia_env *env, struct ia_rootfs *fs, struct ia_inventory *inventory)
{
    struct ia_distro *distro = &inventory->distro;
    struct ia_file file;
    if (!same(distro->id, "debian") || *distro->version_id || *distro->codename)
        return IMGA_OK;
    IA_TRY(ia_rootfs_file(fs, env, "etc/debian_version", &file));
    if (file.state != IA_FILE_CONTENT)
        return IMGA_OK;
    struct ia_str line = ia_str_trim(ia_str_sub(file.content, 0, ia_str_find(file.content, '\n')));
    if (line.n && ia_is_digit(line.p[0]))
        return intern(env, inventory, line, &distro->version_id);
    return intern(env, inventory, ia_str_sub(line, 0, ia_str_find(line, '/')), &distro->codename);
}

/* The release that this codename and the VERSION_ID tell. */
static int release_name(struct ia_env *env, struct ia_inventory *inventory, const char *codename, const char **out)
{
    struct ia_buf release;
    ia_buf_init(&release, &env->alloc, string_limit(env));
    int status = ia_distro_release(&release, ia_str_from(inventory->distro.id),
                                   ia_str_from(inventory->distro.version_id), ia_str_from(codename));
    status = ia_described(env, status, "string_bytes", env->limits->string_bytes);
    if (status == IMGA_OK)
        status = intern(env, inventory, ia_buf_view(&release), out);
    ia_buf_free(&release);
    return status;
}

static int set_release(struct ia_env *env, struct ia_inventory *inventory, const char *path)
{
    struct ia_distro *distro = &inventory->distro;
    const char *by_version;
    IA_TRY(release_name(env, inventory, distro->codename, &distro->release));
    IA_TRY(release_name(env, inventory, "", &by_version));
    if (!*by_version || same(by_version, distro->release))
        return IMGA_OK;
    return ia_note(env, IMGA_NOTE_OS, -1, ia_str_from(path), "VERSION_ID and VERSION_CODENAME name two releases");
}

/* Where packages of Alpine come from decides which advisories are about them. */
static int read_branch(struct ia_env *env, struct ia_rootfs *fs, struct ia_inventory *inventory)
{
    static const char path[] = "etc/apk/repositories";
    struct ia_distro *distro = &inventory->distro;
    struct ia_file file;
    if (!same(distro->id, "alpine"))
        return IMGA_OK;
    IA_TRY(ia_rootfs_file(fs, env, path, &file));
    struct ia_str branch = file.state == IA_FILE_CONTENT ? ia_apk_branch(file.content) : IA_STR("");
    if (branch.n == 0 || ia_str_is(branch, distro->release))
        return IMGA_OK;
    bool contradicts = *distro->release;
    IA_TRY(intern(env, inventory, branch, &distro->release));
    return contradicts ? ia_note(env, IMGA_NOTE_OS, -1, ia_str_from(path),
                                 "packages come from another release than os-release says; it counts")
                       : IMGA_OK;
}

static int note_missing(struct ia_env *env, struct ia_rootfs *fs, const struct os_file *os)
{
    if (os->file.state == IA_FILE_OTHER)
        return IMGA_OK; /* that has been said */
    if (is_readable(os))
        return ia_note(env, IMGA_NOTE_OS, -1, ia_str_from(os->path), "there is no ID: the distribution is unknown");
    bool populated = ia_rootfs_exists(fs, env, "usr/bin") || ia_rootfs_exists(fs, env, "bin");
    return ia_note(env, IMGA_NOTE_OS, -1, ia_str_from(os->path), "%s",
                   populated ? "missing from a populated root: the distribution is unknown"
                             : "missing: the distribution is unknown");
}

/* *where becomes the file that told. */
static int read_older(struct ia_env *env, struct ia_rootfs *fs, struct ia_inventory *inventory,
                      const struct os_file *os, const char **where)
{
    const struct ia_release_file *older;
    IA_TRY(ia_release_files_read(env, fs, inventory, os->file.state == IA_FILE_ABSENT, &older));
    if (!older)
        return note_missing(env, fs, os);
    *where = older->path;
    if (!older->shared)
        return IMGA_OK;
    return ia_note(env, IMGA_NOTE_OS, -1, ia_str_from(os->path),
                   "missing: the distribution is taken from %s, which others made from it have, too", older->path);
}

static int note_contradictions(struct ia_env *env, struct ia_rootfs *fs, const struct ia_inventory *inventory,
                               const char *where)
{
    const struct ia_release_file *other;
    IA_TRY(ia_release_files_contradict(env, fs, inventory, &other));
    return other ? ia_note(env, IMGA_NOTE_OS, -1, ia_str_from(where), "%s names another release", other->path)
                 : IMGA_OK;
}

int ia_osrelease_read(struct ia_env *env, struct ia_rootfs *fs, struct ia_inventory *inventory)
{
    struct os_file etc = {.path = "etc/os-release"}, usr = {.path = "usr/lib/os-release"};
    IA_TRY(read_file(env, fs, inventory, &etc));
    IA_TRY(read_file(env, fs, inventory, &usr));
    const struct os_file *chosen = is_readable(&etc) || !is_readable(&usr) ? &etc : &usr;
    const char *where = chosen->path;
    inventory->distro = chosen->distro;
    if (!*chosen->distro.id)
        IA_TRY(read_older(env, fs, inventory, chosen, &where));
    if (contradict(&etc, &usr))
        IA_TRY(
            ia_note(env, IMGA_NOTE_OS, -1, ia_str_from(etc.path), "it contradicts %s in ID or VERSION_ID", usr.path));
    IA_TRY(read_debian_version(env, fs, inventory));
    IA_TRY(note_contradictions(env, fs, inventory, where));
    IA_TRY(set_release(env, inventory, where));
    return read_branch(env, fs, inventory);
}
