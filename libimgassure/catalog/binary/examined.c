/* SPDX-License-Identifier: Apache-2.0 */
/* Reading at offsets that come from the file itself: every one is checked, none can wrap. */
#include "catalog/binary/examined.h"

#include <string.h>

enum { TEXT_MOST = 4096 };

int ia_binary_fault(struct ia_examined *x, uint64_t offset, const char *text)
{
    if (x->faults >= IA_BINARY_FAULTS)
        return IMGA_OK;
    if (++x->faults == IA_BINARY_FAULTS)
        text = "so much is malformed that the rest is not listed";
    int64_t place = offset < INT64_MAX - x->start ? (int64_t)(offset + x->start) : -1;
    return ia_found_note(x->found, x->env, IMGA_NOTE_BINARY, place, "%s", text);
}

int ia_binary_forgive(struct ia_examined *x, int status, uint64_t offset, const char *text)
{
    if (status != IMGA_E_FORMAT && status != IMGA_E_TRUNCATED && status != IMGA_E_LIMIT && status != IMGA_E_CHECKSUM)
        return status;
    ia_error_clear(x->env);
    return ia_binary_fault(x, offset, text);
}

bool ia_examined_has(const struct ia_examined *x, struct ia_extent part)
{
    return part.offset <= x->file.n && part.size <= x->file.n - part.offset;
}

struct ia_cursor ia_examined_bytes(const struct ia_examined *x, struct ia_extent part)
{
    struct ia_cursor bytes = {NULL, 0};
    ia_cursor_sub(&x->file, part.offset, part.size, &bytes);
    return bytes;
}

struct ia_str ia_examined_text(const struct ia_examined *x, struct ia_extent part)
{
    if (part.offset > x->file.n)
        return (struct ia_str){NULL, 0};
    if (part.size > x->file.n - part.offset)
        part.size = x->file.n - part.offset;
    if (part.size > TEXT_MOST)
        part.size = TEXT_MOST;
    struct ia_str text = ia_cursor_str(ia_examined_bytes(x, part));
    return ia_str_sub(text, 0, ia_str_find(text, '\0'));
}

uint16_t ia_examined_u16(const struct ia_examined *x, uint64_t offset)
{
    struct ia_cursor part;
    if (!ia_cursor_sub(&x->file, offset, 2, &part))
        return 0;
    return (uint16_t)(x->big ? part.p[0] << 8 | part.p[1] : part.p[1] << 8 | part.p[0]);
}

static uint32_t load_u32be(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

uint32_t ia_examined_u32(const struct ia_examined *x, uint64_t offset)
{
    struct ia_cursor part;
    if (!ia_cursor_sub(&x->file, offset, 4, &part))
        return 0;
    return x->big ? load_u32be(part.p) : ia_load_u32le(part.p);
}

uint64_t ia_examined_u64(const struct ia_examined *x, uint64_t offset)
{
    struct ia_cursor part;
    if (!ia_cursor_sub(&x->file, offset, 8, &part))
        return 0;
    return x->big ? (uint64_t)load_u32be(part.p) << 32 | load_u32be(&part.p[4]) : ia_load_u64le(part.p);
}

uint64_t ia_examined_word(const struct ia_examined *x, uint64_t offset, bool wide)
{
    return wide ? ia_examined_u64(x, offset) : ia_examined_u32(x, offset);
}
