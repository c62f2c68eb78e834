/* SPDX-License-Identifier: Apache-2.0 */
/* A map from names, which are copied, to contents, which are not. Limits: those of the view. */
#include "catalog/named_files.h"

struct loading {
    struct ia_named_files *files;
    const struct ia_want *want;
    struct ia_str suffix;
};

void ia_named_files_init(struct ia_named_files *files, const struct ia_env *env)
{
    ia_arena_init(&files->names, &env->alloc);
    ia_map_init(&files->by_name, &env->alloc, env->seed);
    ia_vec_init(&files->contents, &env->alloc, sizeof(struct ia_str), SIZE_MAX); /* as many as the view holds */
}

void ia_named_files_free(struct ia_named_files *files)
{
    ia_map_free(&files->by_name);
    ia_vec_free(&files->contents);
    ia_arena_free(&files->names);
}

static int remember(struct ia_named_files *files, struct ia_str name, struct ia_str content)
{
    name.p = ia_arena_str(&files->names, name);
    if (!name.p)
        return IMGA_E_NOMEM;
    IA_TRY(ia_vec_push(&files->contents, &content));
    return ia_map_put(&files->by_name, name, files->contents.n - 1);
}

static int load_one(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    const struct loading *loading = user;
    if (name.n <= loading->suffix.n || !ia_str_ends(name, loading->suffix))
        return IMGA_OK;
    if (file->state == IA_FILE_PARTIAL || file->state == IA_FILE_OTHER)
        IA_TRY(ia_note(env, IMGA_NOTE_DB_PARTIAL, -1, ia_str_from(loading->want->path),
                       "the list %.*s could not be read whole", (int)(name.n > 512 ? 512 : name.n), name.p));
    if (file->state != IA_FILE_CONTENT && file->state != IA_FILE_PARTIAL)
        return IMGA_OK;
    if (remember(loading->files, ia_str_sub(name, 0, name.n - loading->suffix.n), file->content) < 0)
        return ia_fail_nomem(env);
    return ia_check_cancel(env);
}

int ia_named_files_load(struct ia_named_files *files, struct ia_env *env, struct ia_rootfs *fs,
                        const struct ia_want *want, const char *suffix)
{
    struct loading loading = {files, want, ia_str_from(suffix)};
    return ia_rootfs_files(fs, env, want, load_one, &loading);
}

bool ia_named_files_find(const struct ia_named_files *files, struct ia_str name, struct ia_str *content)
{
    uint64_t index;
    if (!ia_map_get(&files->by_name, name, &index))
        return false;
    *content = *(const struct ia_str *)ia_vec_at(&files->contents, (size_t)index);
    return true;
}
