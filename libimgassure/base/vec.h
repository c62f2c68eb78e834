/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing array of records of one size, with a maximum count fixed at creation. Pointers into it move when it grows.
 */
#ifndef IA_BASE_VEC_H
#define IA_BASE_VEC_H

#include "base/alloc.h"
#include "base/macros.h"

#include <stddef.h>

struct ia_vec {
    struct ia_alloc alloc;
    void *p;
    size_t n;
    size_t capacity;
    size_t size; /* of one record */
    size_t max;  /* count */
};

void ia_vec_init(struct ia_vec *vec, const struct ia_alloc *alloc, size_t record_size, size_t max);
void ia_vec_free(struct ia_vec *vec);                                /* a zeroed vec is fine */
int ia_vec_push(struct ia_vec *vec, const void *record) IA_MUST_USE; /* IMGA_E_NOMEM, IMGA_E_LIMIT */
void *ia_vec_at(const struct ia_vec *vec, size_t index);             /* NULL past the end */

#endif
