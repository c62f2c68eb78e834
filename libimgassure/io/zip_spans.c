/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of a zip archive should follow each other without sharing bytes (Fifield, "A better zip bomb", 2019). Between
 * them lie data descriptors and padding. A header there that the directory does not lead to is a member that another
 * reader, one that goes from header to header, would see.
 */
#include "io/zip_spans.h"

#include "io/zip.h"
#include "io/zip_end.h"

#include <string.h>

enum { VERSION_MOST = 63, METHOD_MOST = 99 };

/* Heapsort (Williams 1964). */
static void sift(struct ia_zip_span *spans, size_t root, size_t count)
{
    struct ia_zip_span moved = spans[root];
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && spans[child + 1].from > spans[child].from)
            child++;
        if (spans[child].from <= moved.from)
            break;
        spans[root] = spans[child];
    }
    spans[root] = moved;
}

static bool is_sorted(const struct ia_zip_span *spans, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (spans[i].from < spans[i - 1].from)
            return false;
    return true;
}

void ia_zip_spans_sort(struct ia_zip_span *spans, size_t count)
{
    if (is_sorted(spans, count)) /* as nearly every writer leaves them */
        return;
    for (size_t root = count / 2; root-- > 0;)
        sift(spans, root, count);
    for (size_t left = count; left-- > 1;) {
        struct ia_zip_span last = spans[left];
        spans[left] = spans[0];
        spans[0] = last;
        sift(spans, 0, left);
    }
}

/* Four bytes alone may be chance or the code of an unpacker. */
static bool is_local(struct ia_cursor header)
{
    struct ia_cursor part;
    if (!ia_cursor_sub(&header, 0, IA_ZIP_LOCAL_SIZE, &part) || ia_load_u32le(part.p) != IA_ZIP_LOCAL)
        return false;
    unsigned version = part.p[4], method = part.p[8] | (unsigned)part.p[9] << 8;
    size_t name = part.p[26] | (size_t)part.p[27] << 8;
    return version <= VERSION_MOST && method <= METHOD_MOST && name > 0 && name <= header.n - IA_ZIP_LOCAL_SIZE;
}

static bool is_central(struct ia_cursor header)
{
    struct ia_cursor part;
    if (!ia_cursor_sub(&header, 0, IA_ZIP_CENTRAL_SIZE, &part) || ia_load_u32le(part.p) != IA_ZIP_CENTRAL)
        return false;
    size_t name = part.p[28] | (size_t)part.p[29] << 8;
    return part.p[6] <= VERSION_MOST && name > 0 && name <= header.n - IA_ZIP_CENTRAL_SIZE;
}

static bool hides_headers(struct ia_cursor gap)
{
    while (gap.n >= IA_ZIP_LOCAL_SIZE) {
        const uint8_t *mark = memchr(gap.p, 'P', gap.n);
        struct ia_cursor skipped;
        if (!mark || !ia_cursor_take(&gap, (size_t)(mark - gap.p), &skipped))
            return false;
        if (is_local(gap) || is_central(gap))
            return true;
        (void)ia_cursor_take(&gap, 1, &skipped);
    }
    return false;
}

unsigned ia_zip_spans_check(struct ia_cursor bytes, const struct ia_zip_span *spans, size_t count, uint64_t directory)
{
    uint64_t used = 0;
    unsigned flags = 0;
    for (size_t i = 0; i <= count; i++) {
        uint64_t from = i < count ? spans[i].from : directory;
        struct ia_cursor gap;
        if (from < used)
            flags |= IA_ZIP_OVERLAP;
        else if (ia_cursor_sub(&bytes, used, from - used, &gap) && gap.n) {
            flags |= used == 0 ? IA_ZIP_PREFIX : 0;
            flags |= hides_headers(gap) ? IA_ZIP_HIDDEN : 0;
        }
        if (i < count && spans[i].to > used)
            used = spans[i].to;
    }
    return flags;
}
