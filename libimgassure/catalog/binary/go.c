/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header is 32 bytes at a multiple of 16: 14 bytes of magic, the size of a pointer, flags (1: big-endian, 2: inline
 * strings). Then either pointers to two Go strings (pointer, length), or after the header two texts with their lengths
 * as varints. The second text lies between two marks of 16 bytes.
 */
#include "catalog/binary/go.h"

#include "base/varint.h"

#include <string.h>

enum {
    ALIGN = 16,
    HEADER = 32,
    SIZE_AT = 14,
    FLAGS_AT = 15,
    POINTERS_AT = 16,
    FLAG_BIG = 1,
    FLAG_INLINE = 2,
    MARK = 16,
    VERSION_MOST = 256
};
static const char magic[SIZE_AT] = {'\xff', ' ', 'G', 'o', ' ', 'b', 'u', 'i', 'l', 'd', 'i', 'n', 'f', ':'};

/* The offset of the header; false when there is none. */
static bool find_header(const struct ia_go_place *place, uint64_t *out)
{
    struct ia_cursor data = ia_examined_bytes(place->x, place->data);
    for (size_t at = (size_t)(-place->address & (ALIGN - 1)); at <= data.n && data.n - at >= HEADER; at += ALIGN) {
        if (memcmp(&data.p[at], magic, sizeof(magic)) != 0)
            continue;
        *out = place->data.offset + at;
        return true;
    }
    return false;
}

/* A length as varint, then the text: taken off the front of *rest. */
static bool take_inline(const struct ia_examined *x, struct ia_extent *rest, struct ia_extent *out)
{
    struct ia_cursor bytes = ia_examined_bytes(x, *rest);
    uint64_t size;
    if (!ia_varint_take(&bytes, bytes.n, &size) || size > bytes.n)
        return false;
    *out = (struct ia_extent){rest->offset + rest->size - bytes.n, size};
    *rest = (struct ia_extent){out->offset + size, bytes.n - size};
    return true;
}

/* The Go string whose pointer and length lie at an address. */
static bool read_string(const struct ia_go_place *place, const struct ia_examined *x, uint64_t address, bool wide,
                        struct ia_extent *out)
{
    uint64_t word = wide ? 8 : 4, size;
    if (!place->mapped(place->format, address, out) || out->size < 2 * word)
        return false;
    size = ia_examined_word(x, out->offset + word, wide);
    if (size == 0) {
        out->size = 0;
        return true;
    }
    if (!place->mapped(place->format, ia_examined_word(x, out->offset, wide), out) || size > out->size)
        return false;
    out->size = size;
    return true;
}

struct texts {
    struct ia_extent version, modules;
};

static bool read_pointers(const struct ia_go_place *place, uint64_t header, struct texts *out)
{
    struct ia_examined x = *place->x;
    uint8_t size = x.file.p[header + SIZE_AT];
    bool wide = size == 8;
    x.big = (x.file.p[header + FLAGS_AT] & FLAG_BIG) != 0;
    if (size != 4 && size != 8)
        return false;
    uint64_t first = ia_examined_word(&x, header + POINTERS_AT, wide);
    uint64_t second = ia_examined_word(&x, header + POINTERS_AT + size, wide);
    return read_string(place, &x, first, wide, &out->version) && read_string(place, &x, second, wide, &out->modules);
}

static bool read_texts(const struct ia_go_place *place, uint64_t header, struct texts *out)
{
    if (!(place->x->file.p[header + FLAGS_AT] & FLAG_INLINE))
        return read_pointers(place, header, out);
    uint64_t start = header + HEADER;
    struct ia_extent rest = {start, place->data.offset + place->data.size - start};
    return take_inline(place->x, &rest, &out->version) && take_inline(place->x, &rest, &out->modules);
}

/* Without the marks around it; without marks there is no text. */
static struct ia_extent unmarked(const struct ia_examined *x, struct ia_extent modules)
{
    if (modules.size < 2 * MARK + 1 || x->file.p[modules.offset + modules.size - MARK - 1] != '\n')
        return (struct ia_extent){modules.offset, 0};
    return (struct ia_extent){modules.offset + MARK, modules.size - 2 * MARK};
}

int ia_go_info(const struct ia_go_place *place, struct ia_go_info *out)
{
    uint64_t header;
    struct texts texts;
    if (!ia_examined_has(place->x, place->data))
        return ia_binary_fault(place->x, place->data.offset, "Go build information lies outside of the file");
    if (!find_header(place, &header))
        return !place->named ? IMGA_OK
                             : ia_binary_fault(place->x, place->data.offset, "Go build information has no header");
    if (!read_texts(place, header, &texts) || texts.version.size == 0 || texts.version.size > VERSION_MOST)
        return ia_binary_fault(place->x, header, "Go build information is malformed");
    out->version = ia_cursor_str(ia_examined_bytes(place->x, texts.version));
    out->modules = unmarked(place->x, texts.modules);
    if (texts.modules.size && out->modules.size == 0)
        IA_TRY(ia_binary_fault(place->x, texts.modules.offset, "the modules of Go build information are malformed"));
    return 1;
}
