/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg's var/lib/dpkg/info/NAME.list or NAME:ARCH.list (packages of several architectures side by side), for distroless
 * the NAME.md5sums beside NAME in status.d; apk keeps the paths in the record itself. A package without a list owns no
 * file that is known; a list that cannot be read whole is damage.
 */
#include "catalog/file_lists.h"

enum { LIST_KEY = 'l', MD5SUMS_KEY = 'm' };

struct loading {
    struct ia_file_lists *lists;
    const struct ia_want *want;
    char kind;
};

void ia_file_lists_init(struct ia_file_lists *lists, const struct ia_env *env)
{
    ia_arena_init(&lists->names, &env->alloc);
    ia_map_init(&lists->by_name, &env->alloc, env->seed);
    ia_vec_init(&lists->contents, &env->alloc, sizeof(struct ia_str), SIZE_MAX); /* as many as the view holds */
    ia_buf_init(&lists->key, &env->alloc, SIZE_MAX);                             /* as long as two texts in memory */
}

void ia_file_lists_free(struct ia_file_lists *lists)
{
    ia_map_free(&lists->by_name);
    ia_vec_free(&lists->contents);
    ia_arena_free(&lists->names);
    ia_buf_free(&lists->key);
}

/* "lNAME", "lNAME:ARCH" or "mNAME". */
static int write_key(struct ia_buf *key, char kind, struct ia_str name, struct ia_str architecture)
{
    ia_buf_clear(key);
    IA_TRY(ia_buf_char(key, kind));
    IA_TRY(ia_buf_str(key, name));
    if (architecture.n == 0)
        return IMGA_OK;
    IA_TRY(ia_buf_char(key, ':'));
    return ia_buf_str(key, architecture);
}

static int remember(struct ia_file_lists *lists, char kind, struct ia_str name, struct ia_str content)
{
    IA_TRY(write_key(&lists->key, kind, name, IA_STR("")));
    struct ia_str key = ia_buf_view(&lists->key);
    key.p = ia_arena_str(&lists->names, key);
    if (!key.p)
        return IMGA_E_NOMEM;
    IA_TRY(ia_vec_push(&lists->contents, &content));
    return ia_map_put(&lists->by_name, key, lists->contents.n - 1);
}

static int load_one(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    const struct loading *loading = user;
    size_t suffix = loading->kind == LIST_KEY ? sizeof(".list") - 1 : sizeof(".md5sums") - 1;
    if (name.n <= suffix || (loading->kind == MD5SUMS_KEY && !ia_is_md5sums(name)))
        return IMGA_OK;
    if (file->state == IA_FILE_PARTIAL || file->state == IA_FILE_OTHER)
        IA_TRY(ia_note(env, IMGA_NOTE_DB_PARTIAL, -1, ia_str_from(loading->want->path),
                       "the list %.*s could not be read whole", (int)(name.n > 512 ? 512 : name.n), name.p));
    if (file->state != IA_FILE_CONTENT && file->state != IA_FILE_PARTIAL)
        return IMGA_OK;
    if (remember(loading->lists, loading->kind, ia_str_sub(name, 0, name.n - suffix), file->content) < 0)
        return ia_fail_nomem(env);
    return ia_check_cancel(env);
}

int ia_file_lists_load(struct ia_file_lists *lists, struct ia_env *env, struct ia_rootfs *fs)
{
    struct loading list = {lists, &ia_database_wants[IA_WANT_LISTS], LIST_KEY};
    struct loading md5sums = {lists, &ia_database_wants[IA_WANT_STATUS_D], MD5SUMS_KEY};
    IA_TRY(ia_rootfs_files(fs, env, list.want, load_one, &list));
    return ia_rootfs_files(fs, env, md5sums.want, load_one, &md5sums);
}

/* The list under a key, or an empty text. */
static int find(struct ia_file_lists *lists, char kind, struct ia_str name, struct ia_str architecture,
                struct ia_str *out)
{
    uint64_t index;
    IA_TRY(write_key(&lists->key, kind, name, architecture));
    if (!ia_map_get(&lists->by_name, ia_buf_view(&lists->key), &index))
        return 0;
    *out = *(const struct ia_str *)ia_vec_at(&lists->contents, (size_t)index);
    return 1;
}

static int add(struct ia_env *env, const struct ia_listed *listed, struct ia_paths *paths, struct ia_str path)
{
    const char *kept;
    bool odd = false;
    int status = ia_keep_text(env, paths->inventory, path, &odd, &kept);
    if (odd)
        ia_damage_add(listed->damage, IA_DAMAGE_NAME, listed->record->offset);
    if (status == 0)
        ia_damage_add(listed->damage, IA_DAMAGE_LONG, listed->record->offset);
    return status <= 0 ? status : ia_paths_add(paths, env, kept);
}

static int collect_deb(struct ia_file_lists *lists, struct ia_env *env, const struct ia_listed *listed,
                       struct ia_paths *paths)
{
    const struct ia_record *record = listed->record;
    struct ia_str rest = {"", 0}, path;
    bool md5sums = listed->entry.n > 0;
    int found = md5sums ? find(lists, MD5SUMS_KEY, listed->entry, IA_STR(""), &rest)
                        : find(lists, LIST_KEY, record->name, record->architecture, &rest);
    if (found == 0 && !md5sums)
        found = find(lists, LIST_KEY, record->name, IA_STR(""), &rest);
    if (found < 0)
        return ia_fail_nomem(env);
    while (md5sums ? ia_dpkg_md5sums_next(&rest, &path) : ia_dpkg_list_next(&rest, &path)) {
        IA_TRY(add(env, listed, paths, path));
        IA_TRY(ia_check_cancel(env));
    }
    return IMGA_OK;
}

static int write_path(struct ia_buf *path, struct ia_str directory, struct ia_str name)
{
    ia_buf_clear(path);
    IA_TRY(ia_buf_str(path, directory));
    if (directory.n)
        IA_TRY(ia_buf_char(path, '/'));
    return ia_buf_str(path, name);
}

static int collect_apk(struct ia_file_lists *lists, struct ia_env *env, const struct ia_listed *listed,
                       struct ia_paths *paths)
{
    struct ia_apk_files files = {listed->record->text, {"", 0}};
    struct ia_str name;
    while (ia_apk_next_file(&files, &name)) {
        if (write_path(&lists->key, files.directory, name) < 0)
            return ia_fail_nomem(env);
        IA_TRY(add(env, listed, paths, ia_buf_view(&lists->key)));
        IA_TRY(ia_check_cancel(env));
    }
    return IMGA_OK;
}

int ia_file_lists_collect(struct ia_file_lists *lists, struct ia_env *env, const struct ia_listed *listed,
                          struct ia_paths *paths)
{
    bool apk = ia_str_is(ia_str_from(listed->type), "apk");
    return apk ? collect_apk(lists, env, listed, paths) : collect_deb(lists, env, listed, paths);
}
