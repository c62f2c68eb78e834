/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation through the caller's function. Sizes are checked here once, so callers need not. */
#include "base/alloc.h"

#include "base/checked.h"

#include <stdlib.h>
#include <string.h>

static void *libc_resize(void *user, void *ptr, size_t size)
{
    (void)user;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, size);
}

const struct ia_alloc ia_alloc_libc = {libc_resize, NULL};

void *ia_new(const struct ia_alloc *alloc, size_t size)
{
    void *ptr = alloc->resize(alloc->user, NULL, size ? size : 1);
    if (ptr)
        memset(ptr, 0, size);
    return ptr;
}

void *ia_new_array(const struct ia_alloc *alloc, size_t count, size_t size)
{
    size_t bytes;
    if (!ia_mul_size(count, size, &bytes))
        return NULL;
    return ia_new(alloc, bytes);
}

void *ia_resize(const struct ia_alloc *alloc, void *ptr, size_t size)
{
    return alloc->resize(alloc->user, ptr, size ? size : 1);
}

void ia_free(const struct ia_alloc *alloc, void *ptr)
{
    if (ptr)
        alloc->resize(alloc->user, ptr, 0);
}
