/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order in which a file system hands names out tells nothing, so they are sorted. The folder is opened once more
 * below itself, because a descriptor has one position for all its readers. Limit: layer_entries.
 */
#include "io/folder.h"

#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_name(struct ia_env *env, struct ia_folder_names *out, struct ia_vec *names, const char *name)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return IMGA_OK;
    const char *copy = ia_arena_str(&out->arena, ia_str_from(name));
    if (!copy)
        return ia_fail_nomem(env);
    IA_TRY(ia_check_cancel(env));
    return ia_described(env, ia_vec_push(names, &copy), "layer_entries", env->limits->layer_entries);
}

static int read_names(struct ia_env *env, DIR *stream, struct ia_folder_names *out, struct ia_vec *names, int *number)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        *number = entry ? 0 : errno;
        if (!entry)
            return IMGA_OK;
        IA_TRY(add_name(env, out, names, entry->d_name));
    }
}

static int keep_names(struct ia_env *env, struct ia_folder_names *out, const struct ia_vec *names)
{
    if (names->n == 0)
        return IMGA_OK;
    out->p = ia_arena_new_array(&out->arena, names->n, sizeof(*out->p));
    if (!out->p)
        return ia_fail_nomem(env);
    memcpy(out->p, names->p, names->n * sizeof(*out->p));
    out->n = names->n;
    qsort(out->p, out->n, sizeof(*out->p), by_bytes);
    return IMGA_OK;
}

int ia_folder_names_read(struct ia_env *env, int folder, struct ia_folder_names *out, int *number)
{
    uint64_t max = env->limits->layer_entries;
    struct ia_vec names;
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = again >= 0 ? fdopendir(again) : NULL;
    *out = (struct ia_folder_names){.p = NULL};
    ia_arena_init(&out->arena, &env->alloc);
    *number = stream ? 0 : errno;
    if (!stream) {
        if (again >= 0)
            close(again);
        return IMGA_OK;
    }
    ia_vec_init(&names, &env->alloc, sizeof(const char *), max < SIZE_MAX ? (size_t)max : SIZE_MAX);
    int status = read_names(env, stream, out, &names, number);
    if (status >= 0 && *number == 0)
        status = keep_names(env, out, &names);
    ia_vec_free(&names);
    closedir(stream);
    return status;
}

void ia_folder_names_free(struct ia_folder_names *names)
{
    ia_arena_free(&names->arena);
    names->p = NULL;
    names->n = 0;
}
