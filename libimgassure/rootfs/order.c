/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merge sort from short runs upwards (von Neumann 1945). Paths come nearly sorted out of an archive: what is already in
 * order is found by one comparison and not moved. The C library's qsort promises neither a bound nor whose memory it
 * takes.
 */
#include "rootfs/view.h"

#include <string.h>

enum { RUN = 16 };

/* By insertion. */
static void sort_run(uint32_t *ids, size_t count, const struct ia_order *order)
{
    for (size_t i = 1; i < count; i++) {
        uint32_t moving = ids[i];
        size_t at = i;
        for (; at > 0 && order->before(order->user, moving, ids[at - 1]); at--)
            ids[at] = ids[at - 1];
        ids[at] = moving;
    }
}

/* Two sorted runs side by side; room for the first one. */
static void merge(uint32_t *ids, size_t first, size_t count, uint32_t *room, const struct ia_order *order)
{
    if (!order->before(order->user, ids[first], ids[first - 1]))
        return;
    memcpy(room, ids, first * sizeof(*ids));
    size_t left = 0, right = first;
    for (size_t to = 0; left < first; to++) {
        bool is_right = right < count && order->before(order->user, ids[right], room[left]);
        ids[to] = is_right ? ids[right++] : room[left++];
    }
}

static void merge_runs(uint32_t *ids, size_t count, uint32_t *room, const struct ia_order *order)
{
    for (size_t run = RUN; run < count; run *= 2)
        for (size_t at = 0; count - at > run; at += 2 * run) {
            size_t both = count - at < 2 * run ? count - at : 2 * run;
            merge(ids + at, run, both, room, order);
            if (both < 2 * run)
                break;
        }
}

int ia_sort_ids(const struct ia_alloc *alloc, uint32_t *ids, size_t count, const struct ia_order *order)
{
    for (size_t at = 0; at < count; at += RUN)
        sort_run(ids + at, count - at < RUN ? count - at : RUN, order);
    if (count <= RUN)
        return IMGA_OK;
    uint32_t *room = ia_new_array(alloc, count, sizeof(*room));
    if (!room)
        return IMGA_E_NOMEM;
    merge_runs(ids, count, room, order);
    ia_free(alloc, room);
    return IMGA_OK;
}
