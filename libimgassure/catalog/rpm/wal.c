/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header has magic, version, page size, a counter, two salts and two sums; a frame has page number, size of the
 * database after a commit (else 0), the same salts and the sums of everything up to it. Numbers are big-endian, except
 * that the magic says in which order the bytes are summed up.
 */
#include "catalog/rpm/wal.h"

#include <string.h>

enum { HEADER_BYTES = 32, FRAME_HEADER = 24, MAGIC = 0x377f0682, VERSION = 3007000, PAGE_MIN = 512, PAGE_MAX = 65536 };

struct sums {
    uint32_t a, b;
    bool big;
};

static void sum_up(struct sums *s, const uint8_t *p, size_t size)
{
    for (size_t i = 0; i + 8 <= size; i += 8) {
        s->a += (s->big ? ia_load_u32be(p + i) : ia_load_u32le(p + i)) + s->b;
        s->b += (s->big ? ia_load_u32be(p + i + 4) : ia_load_u32le(p + i + 4)) + s->a;
    }
}

static bool sums_are(const struct sums *s, const uint8_t *p)
{
    return s->a == ia_load_u32be(p) && s->b == ia_load_u32be(p + 4);
}

static bool read_header(struct ia_cursor header, struct sums *sums, uint32_t *page_size)
{
    uint32_t magic = ia_load_u32be(header.p);
    *page_size = ia_load_u32be(header.p + 8);
    *sums = (struct sums){.big = magic & 1};
    sum_up(sums, header.p, 24);
    return (magic & ~1U) == MAGIC && ia_load_u32be(header.p + 4) == VERSION && *page_size >= PAGE_MIN &&
           *page_size <= PAGE_MAX && (*page_size & (*page_size - 1)) == 0 && sums_are(sums, header.p + 24);
}

bool ia_wal_open(struct ia_str wal, struct ia_wal *out)
{
    struct ia_cursor rest = ia_cursor_from(wal.p, wal.n), header, frame;
    struct sums sums;
    size_t committed = 0;
    *out = (struct ia_wal){.pages = 0};
    if (!ia_cursor_take(&rest, HEADER_BYTES, &header) || !read_header(header, &sums, &out->page_size))
        return false;
    out->frames = rest;
    for (size_t end = 0; ia_cursor_take(&rest, (size_t)FRAME_HEADER + out->page_size, &frame);) {
        sum_up(&sums, frame.p, 8);
        sum_up(&sums, frame.p + FRAME_HEADER, out->page_size);
        if (memcmp(frame.p + 8, header.p + 16, 8) != 0 || !sums_are(&sums, frame.p + 16) || !ia_load_u32be(frame.p))
            break;
        end += frame.n;
        if (ia_load_u32be(frame.p + 4) == 0)
            continue;
        committed = end;
        out->pages = ia_load_u32be(frame.p + 4);
    }
    out->frames.n = committed;
    return committed > 0;
}

static uint32_t database_page_size(struct ia_str database)
{
    uint32_t size = database.n >= 18 ? ia_load_u16be((const uint8_t *)database.p + 16) : 0;
    return size == 1 ? PAGE_MAX : size;
}

int ia_wal_apply(const struct ia_wal *wal, struct ia_env *env, struct ia_str database, struct ia_buf *image,
                 bool *changed)
{
    struct ia_cursor frames = wal->frames, frame;
    uint64_t size = (uint64_t)wal->pages * wal->page_size;
    *changed = size != database.n;
    if ((database.n && database_page_size(database) != wal->page_size) || size > (uint64_t)database.n + frames.n)
        return IMGA_E_FORMAT; /* a page is in neither */
    if (ia_buf_reserve(image, (size_t)size) < 0)
        return ia_fail_nomem(env);
    memset(image->p, 0, (size_t)size);
    image->n = (size_t)size;
    if (database.n)
        memcpy(image->p, database.p, database.n < image->n ? database.n : image->n);
    while (ia_cursor_take(&frames, (size_t)FRAME_HEADER + wal->page_size, &frame)) {
        uint64_t at = ((uint64_t)ia_load_u32be(frame.p) - 1) * wal->page_size;
        IA_TRY(ia_check_cancel(env));
        if (at >= size) /* of a transaction before the database was made shorter */
            continue;
        *changed = *changed || memcmp(image->p + at, frame.p + FRAME_HEADER, wal->page_size) != 0;
        memcpy(image->p + at, frame.p + FRAME_HEADER, wal->page_size);
    }
    return IMGA_OK;
}
