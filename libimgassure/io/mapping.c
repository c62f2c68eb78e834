/* SPDX-License-Identifier: Apache-2.0 */
/* mmap(2) of a regular file, private and read-only. */
#include "io/mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int map_descriptor(struct ia_env *env, int descriptor, struct ia_mapping *out)
{
    struct stat info;
    if (fstat(descriptor, &info) != 0)
        return ia_fail(env, IMGA_E_IO, -1, "cannot look at the file (errno %d)", errno);
    if (!S_ISREG(info.st_mode))
        return ia_fail(env, IMGA_E_INVALID, -1, "not a regular file");
    if (info.st_size == 0)
        return ia_fail(env, IMGA_E_TRUNCATED, 0, "the file is empty");
    if ((uint64_t)info.st_size > SIZE_MAX)
        return ia_fail(env, IMGA_E_LIMIT, -1, "the file does not fit into the address space");
    void *data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (data == MAP_FAILED)
        return errno == ENOMEM ? ia_fail_nomem(env)
                               : ia_fail(env, IMGA_E_IO, -1, "cannot map the file (errno %d)", errno);
    *out = (struct ia_mapping){data, (size_t)info.st_size};
    return IMGA_OK;
}

int ia_mapping_open(struct ia_env *env, const char *path, struct ia_mapping *out)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return ia_error_at(env, ia_fail(env, IMGA_E_NOT_FOUND, -1, "%.200s does not exist", path), "%s", path);
        return ia_error_at(env, ia_fail(env, IMGA_E_IO, -1, "the file cannot be opened (error %d)", errno), "%s", path);
    }
    int status = map_descriptor(env, descriptor, out);
    close(descriptor);
    return ia_error_at(env, status, "%s", path);
}

void ia_mapping_close(struct ia_mapping *mapping)
{
    if (mapping->data)
        munmap((void *)(uintptr_t)mapping->data, mapping->size);
    *mapping = (struct ia_mapping){NULL, 0};
}
