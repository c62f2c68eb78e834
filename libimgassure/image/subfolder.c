/* SPDX-License-Identifier: Apache-2.0 */
/* Folders are entered one component at a time, so that O_NOFOLLOW holds for each; io/source.h does so for files. */
#include "image/subfolder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COMPONENT_MAX = 255 };

static bool is_plain(struct ia_str component)
{
    return component.n > 0 && component.n <= COMPONENT_MAX && !ia_str_is(component, ".") &&
           !ia_str_is(component, "..") && ia_str_find(component, '\0') == component.n;
}

static int failed(struct ia_env *env, int directory, const char *name, int number)
{
    struct stat info;
    if (number == ENOENT)
        return ia_fail(env, IMGA_E_NOT_FOUND, -1, "there is no such folder");
    if (number != ENOTDIR && number != ELOOP)
        return ia_fail(env, IMGA_E_IO, -1, "the folder cannot be opened (errno %d)", number);
    if (fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode))
        return ia_fail(env, IMGA_E_PATH, -1, "a symbolic link, which is not followed");
    return ia_fail(env, IMGA_E_NOT_FOUND, -1, "not a folder");
}

static int enter(struct ia_env *env, int directory, struct ia_str component, int *out)
{
    char name[COMPONENT_MAX + 1] = "";
    if (!is_plain(component))
        return ia_fail(env, IMGA_E_PATH, -1, "not a plain relative path");
    memcpy(name, component.p, component.n);
    *out = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return *out < 0 ? failed(env, directory, name, errno) : IMGA_OK;
}

int ia_subfolder_open(struct ia_env *env, int directory, const char *name, int *out)
{
    struct ia_str rest = ia_str_from(name);
    int at = directory, status;
    bool last;
    do {
        int next = -1;
        size_t slash = ia_str_find(rest, '/');
        last = slash == rest.n;
        status = enter(env, at, ia_str_sub(rest, 0, slash), &next);
        rest = ia_str_sub(rest, slash + 1, rest.n);
        if (at != directory)
            close(at);
        at = next;
    } while (status == IMGA_OK && !last);
    if (status == IMGA_OK)
        *out = at;
    return ia_error_at(env, status, "%.200s", name);
}
