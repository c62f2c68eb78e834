/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first page says byte order and page size. Packages are pairs of key and value on hash pages, which are looked for
 * page by page, not by following the table: no bucket can hide. Most values are too long for a page: then the pair
 * has the first page of a chain, and each of those says how much of the value it holds and which page is next.
 */
#include "catalog/rpm/bdb.h"

#include "base/checked.h"

enum {
    HASH_MAGIC = 0x061561,
    META_BYTES = 72, /* of the first page, as far as it is read */
    PAGE_HEADER = 26,
    PAGE_MIN = 512,
    PAGE_MAX = 65536,
    CHECKSUMMED = 1,
    ITEM_OFF_PAGE = 12
};

enum page_type { PAGE_HASH_UNSORTED = 2, PAGE_OVERFLOW = 7, PAGE_HASH_META = 8, PAGE_HASH = 13 };

enum item_type { ITEM_IN_PAGE = 1, ITEM_ELSEWHERE = 3 };

struct book {
    struct ia_rpm_reader *reader;
    struct ia_cursor file;
    size_t page_size;
    uint64_t pages;
    bool big;         /* big-endian */
    uint8_t *visited; /* a bit for each page that is part of a chain */
};

static uint32_t load_u32(const struct book *b, struct ia_cursor c, uint64_t offset)
{
    struct ia_cursor at;
    if (!ia_cursor_sub(&c, offset, 4, &at))
        return 0;
    return b->big ? ia_load_u32be(at.p) : ia_load_u32le(at.p);
}

static uint32_t load_u16(const struct book *b, struct ia_cursor c, uint64_t offset)
{
    struct ia_cursor at;
    if (!ia_cursor_sub(&c, offset, 2, &at))
        return 0;
    return b->big ? ia_load_u16be(at.p) : (uint32_t)at.p[0] | (uint32_t)at.p[1] << 8;
}

static void add_page_damage(const struct book *b, uint64_t page)
{
    ia_rpm_add_damage(b->reader, IA_DAMAGE_PAGE, page * b->page_size);
}

bool ia_rpm_is_bdb(struct ia_str database)
{
    struct ia_cursor file = ia_cursor_from(database.p, database.n), magic;
    return ia_cursor_sub(&file, 12, 4, &magic) &&
           (ia_load_u32le(magic.p) == HASH_MAGIC || ia_load_u32be(magic.p) == HASH_MAGIC);
}

/* False when the pages cannot be found. */
static bool open_book(struct book *b)
{
    struct ia_cursor meta;
    if (!ia_cursor_sub(&b->file, 0, META_BYTES, &meta))
        return false;
    b->big = ia_load_u32be(meta.p + 12) == HASH_MAGIC;
    b->page_size = load_u32(b, meta, 20);
    bool is_plain = meta.p[24] == 0 && meta.p[25] == PAGE_HASH_META && !(meta.p[26] & CHECKSUMMED);
    if (!is_plain || b->page_size < PAGE_MIN || b->page_size > PAGE_MAX || (b->page_size & (b->page_size - 1)))
        return false;
    b->pages = b->file.n / b->page_size;
    if (b->file.n % b->page_size || load_u32(b, meta, 32) >= b->pages) /* its last page is not there */
        add_page_damage(b, b->pages);
    return true;
}

static bool page_at(const struct book *b, uint64_t page, struct ia_cursor *out)
{
    return page > 0 && page < b->pages && ia_cursor_sub(&b->file, page * b->page_size, b->page_size, out);
}

/* The page of a chain, the first time that it is asked for. */
static bool turn_to(const struct book *b, uint32_t page, struct ia_cursor *out)
{
    uint8_t bit = (uint8_t)(1U << (page & 7));
    if (!page_at(b, page, out) || out->p[25] != PAGE_OVERFLOW || (b->visited[page >> 3] & bit))
        return false;
    b->visited[page >> 3] |= bit;
    return true;
}

/* Puts a value together; as much of it as there is. */
static int read_chain(struct book *b, uint32_t page, uint32_t size)
{
    struct ia_buf *blob = &b->reader->blob;
    struct ia_cursor bytes, part;
    uint32_t first = page;
    bool whole = size <= IA_RPM_HEADER_MAX;
    ia_buf_clear(blob);
    while (whole && blob->n < size) {
        whole = turn_to(b, page, &bytes) && ia_cursor_sub(&bytes, PAGE_HEADER, load_u16(b, bytes, 22), &part) &&
                part.n <= size - blob->n;
        if (!whole)
            break;
        if (ia_buf_add(blob, part.p, part.n) < 0) /* the pages visited bound it */
            return ia_fail_nomem(b->reader->env);
        page = load_u32(b, bytes, 16);
    }
    if (!whole)
        add_page_damage(b, first);
    return IMGA_OK;
}

/* The key 0 has the number that the next package gets. */
static bool is_counter(struct ia_cursor key)
{
    static const uint8_t zero[5] = {ITEM_IN_PAGE};
    return ia_str_eq(ia_cursor_str(key), (struct ia_str){(const char *)zero, sizeof(zero)});
}

static int read_pair(struct book *b, uint64_t page, struct ia_cursor key, struct ia_cursor value)
{
    uint64_t offset = page * b->page_size;
    if (is_counter(key))
        return IMGA_OK;
    if (value.n > 0 && value.p[0] == ITEM_IN_PAGE)
        return ia_rpm_take_header(b->reader, ia_str_sub(ia_cursor_str(value), 1, value.n), offset);
    if (value.n != ITEM_OFF_PAGE || value.p[0] != ITEM_ELSEWHERE) { /* lists of duplicates, which rpm does not make */
        add_page_damage(b, page);
        return IMGA_OK;
    }
    IA_TRY(read_chain(b, load_u32(b, value, 4), load_u32(b, value, 8)));
    return ia_rpm_take_header(b->reader, ia_buf_view(&b->reader->blob), offset);
}

/* Items lie from the end of the page downwards, one after the other. */
static bool next_item(const struct book *b, struct ia_cursor bytes, uint32_t index, size_t *end, struct ia_cursor *out)
{
    size_t begin = load_u16(b, bytes, PAGE_HEADER + 2 * (uint64_t)index);
    if (begin < PAGE_HEADER || begin >= *end || !ia_cursor_sub(&bytes, begin, *end - begin, out))
        return false;
    *end = begin;
    return true;
}

static int read_hash_page(struct book *b, uint64_t page, struct ia_cursor bytes)
{
    uint32_t items = load_u16(b, bytes, 20);
    size_t end = b->page_size;
    struct ia_cursor key, value;
    for (uint32_t i = 0; i < items; i += 2) {
        if (i + 1 == items || !next_item(b, bytes, i, &end, &key) || !next_item(b, bytes, i + 1, &end, &value)) {
            add_page_damage(b, page); /* half a pair, or where the rest begins is unknown */
            return IMGA_OK;
        }
        IA_TRY(read_pair(b, page, key, value));
    }
    return IMGA_OK;
}

static int read_pages(struct book *b)
{
    struct ia_cursor bytes;
    for (uint64_t page = 1; page_at(b, page, &bytes); page++) {
        IA_TRY(ia_check_cancel(b->reader->env));
        if (bytes.p[25] == PAGE_HASH || bytes.p[25] == PAGE_HASH_UNSORTED)
            IA_TRY(read_hash_page(b, page, bytes));
    }
    return IMGA_OK;
}

int ia_rpm_read_bdb(struct ia_rpm_reader *reader, struct ia_str database)
{
    struct book b = {.reader = reader, .file = ia_cursor_from(database.p, database.n)};
    if (!open_book(&b)) {
        ia_damage_add(reader->damage, IA_DAMAGE_PAGE, 0);
        return IMGA_OK;
    }
    b.visited = ia_new(&reader->env->alloc, (size_t)(b.pages / 8) + 1);
    if (!b.visited)
        return ia_fail_nomem(reader->env);
    int status = read_pages(&b);
    ia_free(&reader->env->alloc, b.visited);
    return status;
}
