/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg's var/lib/dpkg/info/NAME.list or NAME:ARCH.list (packages of several architectures side by side), with its
 * diversions applied; where that is missing, and in distroless' status.d, NAME.md5sums, which leaves configuration
 * files and directories out. opkg's info/NAME.list. apk and rpm keep the paths in the record itself. A package without
 * a list owns no file that is known; a list that cannot be read whole is damage.
 */
#include "catalog/file_lists.h"

/* Where the paths of one package go. */
struct collecting {
    const struct ia_listed *listed;
    struct ia_paths *paths;
};

typedef bool next_path(struct ia_str *rest, struct ia_str *path);

void ia_file_lists_init(struct ia_file_lists *lists, const struct ia_env *env)
{
    ia_named_files_init(&lists->dpkg, env);
    ia_named_files_init(&lists->checksums, env);
    ia_named_files_init(&lists->distroless, env);
    ia_named_files_init(&lists->opkg, env);
    ia_diversions_init(&lists->diversions, env);
    ia_buf_init(&lists->scratch, &env->alloc, SIZE_MAX); /* as long as two texts in memory */
}

void ia_file_lists_free(struct ia_file_lists *lists)
{
    ia_named_files_free(&lists->dpkg);
    ia_named_files_free(&lists->checksums);
    ia_named_files_free(&lists->distroless);
    ia_named_files_free(&lists->opkg);
    ia_diversions_free(&lists->diversions);
    ia_buf_free(&lists->scratch);
}

static int load_diversions(struct ia_file_lists *lists, struct ia_env *env, struct ia_rootfs *fs)
{
    static const char path[] = "var/lib/dpkg/diversions";
    struct ia_file file;
    IA_TRY(ia_rootfs_file(fs, env, path, &file));
    if (file.state == IA_FILE_ABSENT)
        return IMGA_OK;
    int whole = 0;
    if (file.state != IA_FILE_OTHER)
        whole = ia_diversions_read(&lists->diversions, env, file.content);
    if (whole != 0 && (whole < 0 || file.state == IA_FILE_CONTENT))
        return whole;
    return ia_note(env, IMGA_NOTE_DB_PARTIAL, -1, ia_str_from(path), "the diversions could not be read whole");
}

int ia_file_lists_load(struct ia_file_lists *lists, struct ia_env *env, struct ia_rootfs *fs)
{
    const struct ia_want *wants = ia_database_wants;
    IA_TRY(ia_named_files_load(&lists->dpkg, env, fs, &wants[IA_WANT_LISTS], ".list"));
    IA_TRY(ia_named_files_load(&lists->checksums, env, fs, &wants[IA_WANT_MD5SUMS], ".md5sums"));
    IA_TRY(ia_named_files_load(&lists->distroless, env, fs, &wants[IA_WANT_STATUS_D], ".md5sums"));
    IA_TRY(ia_named_files_load(&lists->opkg, env, fs, &wants[IA_WANT_OPKG_LISTS], ".list"));
    IA_TRY(ia_named_files_load(&lists->opkg, env, fs, &wants[IA_WANT_OPKG_VAR_LISTS], ".list"));
    return load_diversions(lists, env, fs);
}

static int add(struct ia_env *env, const struct collecting *to, struct ia_str path)
{
    const struct ia_listed *listed = to->listed;
    const char *kept;
    bool odd = false;
    IA_TRY(ia_check_cancel(env));
    if (path.n == 0)
        return IMGA_OK;
    int status = ia_keep_text(env, to->paths->inventory, path, &odd, &kept);
    if (odd)
        ia_damage_add(listed->damage, IA_DAMAGE_NAME, listed->record->offset);
    if (status == 0)
        ia_damage_add(listed->damage, IA_DAMAGE_LONG, listed->record->offset);
    return status <= 0 ? status : ia_paths_add(to->paths, env, kept);
}

static int add_list(struct ia_env *env, const struct collecting *to, struct ia_str list, next_path *next)
{
    struct ia_str path;
    while (next(&list, &path))
        IA_TRY(add(env, to, path));
    return IMGA_OK;
}

/* "NAME:ARCH", or where that is not there "NAME". 1, 0, E_NOMEM. */
static int find(struct ia_file_lists *lists, struct ia_env *env, const struct ia_named_files *files,
                const struct ia_record *record, struct ia_str *list)
{
    struct ia_buf *name = &lists->scratch;
    ia_buf_clear(name);
    if (ia_buf_str(name, record->name) < 0 || ia_buf_char(name, ':') < 0 || ia_buf_str(name, record->architecture) < 0)
        return ia_fail_nomem(env);
    return ia_named_files_find(files, ia_buf_view(name), list) || ia_named_files_find(files, record->name, list);
}

static int write_path(struct ia_buf *path, struct ia_str directory, struct ia_str name)
{
    while (ia_str_starts(directory, IA_STR("/")))
        directory = ia_str_sub(directory, 1, directory.n);
    while (ia_str_ends(directory, IA_STR("/")))
        directory.n--;
    ia_buf_clear(path);
    IA_TRY(ia_buf_str(path, directory));
    if (directory.n)
        IA_TRY(ia_buf_char(path, '/'));
    return ia_buf_str(path, name);
}

/* Those that the record itself lists. */
static int add_own(struct ia_file_lists *lists, struct ia_env *env, const struct collecting *to)
{
    struct ia_record_files files = to->listed->record->files;
    struct ia_str directory, name;
    while (files.next && files.next(&files, &directory, &name)) {
        if (write_path(&lists->scratch, directory, name) < 0)
            return ia_fail_nomem(env);
        IA_TRY(add(env, to, ia_buf_view(&lists->scratch)));
    }
    return IMGA_OK;
}

static int add_diverted(struct ia_file_lists *lists, struct ia_env *env, const struct collecting *to,
                        struct ia_str list)
{
    struct ia_str path;
    while (ia_dpkg_list_next(&list, &path))
        IA_TRY(add(env, to, ia_diversions_real(&lists->diversions, path, to->listed->record->name)));
    return IMGA_OK;
}

static int collect_dpkg(struct ia_file_lists *lists, struct ia_env *env, const struct collecting *to)
{
    const struct ia_listed *listed = to->listed;
    struct ia_str list = {"", 0};
    int found = 0;
    if (listed->entry.n == 0)
        found = find(lists, env, &lists->dpkg, listed->record, &list);
    if (found != 0)
        return found < 0 ? found : add_diverted(lists, env, to, list);
    if (listed->entry.n > 0)
        found = ia_named_files_find(&lists->distroless, listed->entry, &list);
    else
        found = find(lists, env, &lists->checksums, listed->record, &list);
    IA_TRY(found);
    if (found)
        IA_TRY(add_list(env, to, list, ia_dpkg_md5sums_next));
    return add_own(lists, env, to); /* configuration files */
}

/* Yocto has mode and link target behind the path. */
static bool next_in_opkg_list(struct ia_str *rest, struct ia_str *path)
{
    if (!ia_dpkg_list_next(rest, path))
        return false;
    *path = ia_str_sub(*path, 0, ia_str_find(*path, '\t'));
    return true;
}

static int collect_opkg(struct ia_file_lists *lists, struct ia_env *env, const struct collecting *to)
{
    struct ia_str list;
    if (!ia_named_files_find(&lists->opkg, to->listed->record->name, &list))
        return IMGA_OK;
    return add_list(env, to, list, next_in_opkg_list);
}

int ia_file_lists_collect(struct ia_file_lists *lists, struct ia_env *env, const struct ia_listed *listed,
                          struct ia_paths *paths)
{
    struct collecting to = {listed, paths};
    struct ia_str type = ia_str_from(listed->type);
    if (ia_str_is(type, "deb"))
        return collect_dpkg(lists, env, &to);
    return ia_str_is(type, "opkg") ? collect_opkg(lists, env, &to) : add_own(lists, env, &to);
}
