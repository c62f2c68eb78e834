/* SPDX-License-Identifier: Apache-2.0 */
/* The growing array: capacity doubles up to the maximum. */
#include "base/vec.h"

#include "base/checked.h"

#include <imgassure/status.h>

#include <stdint.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

void ia_vec_init(struct ia_vec *vec, const struct ia_alloc *alloc, size_t record_size, size_t max)
{
    *vec = (struct ia_vec){.alloc = *alloc, .size = record_size, .max = max};
}

void ia_vec_free(struct ia_vec *vec)
{
    if (vec->p)
        ia_free(&vec->alloc, vec->p);
    vec->p = NULL;
    vec->n = 0;
    vec->capacity = 0;
}

static int grow(struct ia_vec *vec)
{
    size_t capacity = vec->capacity ? vec->capacity * 2 : FIRST_CAPACITY;
    size_t bytes;
    if (vec->n >= vec->max)
        return IMGA_E_LIMIT;
    if (capacity > vec->max)
        capacity = vec->max;
    if (!ia_mul_size(capacity, vec->size, &bytes))
        return IMGA_E_NOMEM;
    void *p = ia_resize(&vec->alloc, vec->p, bytes);
    if (!p)
        return IMGA_E_NOMEM;
    vec->p = p;
    vec->capacity = capacity;
    return IMGA_OK;
}

int ia_vec_push(struct ia_vec *vec, const void *record)
{
    if (vec->n == vec->capacity)
        IA_TRY(grow(vec));
    memcpy((uint8_t *)vec->p + vec->n * vec->size, record, vec->size);
    vec->n++;
    return IMGA_OK;
}

void *ia_vec_at(const struct ia_vec *vec, size_t index)
{
    return index < vec->n ? (uint8_t *)vec->p + index * vec->size : NULL;
}
