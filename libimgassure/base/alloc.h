/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The allocator that every object carries by value. Never aborts: NULL is answered with IMGA_E_NOMEM.
 */
#ifndef IA_BASE_ALLOC_H
#define IA_BASE_ALLOC_H

#include <stddef.h>

struct ia_alloc {
    void *(*resize)(void *user, void *ptr, size_t size); /* as imga_allocator.resize */
    void *user;
};

/* malloc, realloc, free */
extern const struct ia_alloc ia_alloc_libc;

void *ia_new(const struct ia_alloc *alloc, size_t size);                     /* zeroed; NULL when out of memory */
void *ia_new_array(const struct ia_alloc *alloc, size_t count, size_t size); /* zeroed; NULL also on overflow */
void *ia_resize(const struct ia_alloc *alloc, void *ptr, size_t size);       /* size > 0 */
void ia_free(const struct ia_alloc *alloc, void *ptr);                       /* NULL is fine */

#endif
