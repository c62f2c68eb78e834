/* SPDX-License-Identifier: Apache-2.0 */
/* Merge sort from the bottom up, between two arrays. */
#include "db/sort.h"

struct run {
    size_t from, middle, to; /* two sorted halves */
};

static void merge(const uint32_t *in, uint32_t *out, struct run run, struct ia_db_order order)
{
    size_t left = run.from, right = run.middle;
    for (size_t at = run.from; at < run.to; at++) {
        bool take_left = left < run.middle && (right >= run.to || order.compare(order.rows, in[left], in[right]) <= 0);
        out[at] = take_left ? in[left++] : in[right++];
    }
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

int ia_db_sort(struct ia_env *env, size_t count, struct ia_db_order order, uint32_t **out)
{
    *out = NULL;
    if (count == 0)
        return IMGA_OK;
    uint32_t *from = ia_new_array(&env->alloc, count, sizeof(*from));
    uint32_t *to = ia_new_array(&env->alloc, count, sizeof(*to));
    if (!from || !to) {
        ia_free(&env->alloc, from);
        ia_free(&env->alloc, to);
        return ia_fail_nomem(env);
    }
    for (size_t i = 0; i < count; i++)
        from[i] = (uint32_t)i;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t at = 0; at < count; at += 2 * width)
            merge(from, to, (struct run){at, least(at + width, count), least(at + 2 * width, count)}, order);
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    ia_free(&env->alloc, to);
    *out = from;
    return IMGA_OK;
}
