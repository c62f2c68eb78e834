/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The unpacked files of a layer below its diff folder. Entries of a tar come folder by folder: the last folder stays
 * open, so that most files cost one openat(2).
 */
#include "image/subfolder.h"
#include "image/tar_split.h"

#include <unistd.h>

struct diff_folder {
    struct ia_alloc alloc;
    int top;
    int parent; /* -1: none is open */
    struct ia_buf parent_name;
};

static void leave_parent(struct diff_folder *folder)
{
    if (folder->parent >= 0)
        close(folder->parent);
    folder->parent = -1;
    ia_buf_clear(&folder->parent_name);
}

/* Opens the folder that a file lies in, unless it is still open. */
static int enter_parent(struct diff_folder *folder, struct ia_env *env, struct ia_str name)
{
    if (folder->parent >= 0 && ia_str_eq(ia_buf_view(&folder->parent_name), name))
        return IMGA_OK;
    leave_parent(folder);
    IA_TRY(ia_described(env, ia_buf_str(&folder->parent_name, name), "path_bytes", folder->parent_name.max));
    IA_TRY(ia_described(env, ia_buf_char(&folder->parent_name, '\0'), "path_bytes", folder->parent_name.max));
    folder->parent_name.n--;
    return ia_subfolder_open(env, folder->top, folder->parent_name.p, &folder->parent);
}

/* A folder or device in the place of a file is not a wrong argument, as it is for a path that the caller gave. */
static int open_below(struct ia_env *env, int directory, const char *name, struct ia_source **out)
{
    int status = ia_source_at(env, directory, name, out);
    if (status != IMGA_E_INVALID)
        return status;
    ia_error_clear(env);
    return ia_fail(env, IMGA_E_FORMAT, -1, "not a regular file");
}

static int folder_open(void *user, struct ia_env *env, const char *name, struct ia_source **out)
{
    struct diff_folder *folder = user;
    struct ia_str path = ia_str_from(name);
    size_t slash = ia_str_find_last(path, '/');
    int status = IMGA_OK;
    if (slash < path.n && (status = enter_parent(folder, env, ia_str_sub(path, 0, slash))) < 0)
        leave_parent(folder);
    else
        status = open_below(env, slash < path.n ? folder->parent : folder->top,
                            slash < path.n ? name + slash + 1 : name, out);
    if (status < 0)
        env->error.where[0] = '\0'; /* a part of the name; the caller knows it whole */
    return status;
}

static void folder_close(void *user)
{
    struct diff_folder *folder = user;
    struct ia_alloc alloc = folder->alloc;
    leave_parent(folder);
    close(folder->top);
    ia_buf_free(&folder->parent_name);
    ia_free(&alloc, folder);
}

int ia_tar_split_folder(struct ia_env *env, int directory, struct ia_tar_split_files *out)
{
    uint64_t most = env->limits->path_bytes;
    struct diff_folder *folder = ia_new(&env->alloc, sizeof(*folder));
    if (!folder) {
        close(directory);
        return ia_fail_nomem(env);
    }
    folder->alloc = env->alloc;
    folder->top = directory;
    folder->parent = -1;
    ia_buf_init(&folder->parent_name, &env->alloc, most < SIZE_MAX ? (size_t)most : SIZE_MAX);
    *out = (struct ia_tar_split_files){folder_open, folder_close, folder};
    return IMGA_OK;
}
