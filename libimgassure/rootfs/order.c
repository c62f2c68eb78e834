/* SPDX-License-Identifier: Apache-2.0 */
/* Heap sort (Williams 1964): in place, no worst case, and no memory, which the C library's qsort may ask for. */
#include "rootfs/view.h"

static void sift(uint32_t *ids, size_t from, size_t count, const struct ia_order *order)
{
    uint32_t moving = ids[from];
    for (;;) {
        size_t child = 2 * from + 1;
        if (child >= count)
            break;
        if (child + 1 < count && order->before(order->user, ids[child], ids[child + 1]))
            child++;
        if (!order->before(order->user, moving, ids[child]))
            break;
        ids[from] = ids[child];
        from = child;
    }
    ids[from] = moving;
}

void ia_sort_ids(uint32_t *ids, size_t count, const struct ia_order *order)
{
    for (size_t i = count / 2; i > 0; i--)
        sift(ids, i - 1, count, order);
    for (size_t end = count; end > 1; end--) {
        uint32_t largest = ids[0];
        ids[0] = ids[end - 1];
        ids[end - 1] = largest;
        sift(ids, 0, end - 1, order);
    }
}
