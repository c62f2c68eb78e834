/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bounded cursor: the only way to touch bytes of the input. It can only shrink. Offsets and lengths from the wire
 * go through ia_cursor_sub, which cannot overflow.
 */
#ifndef IA_BASE_CURSOR_H
#define IA_BASE_CURSOR_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ia_cursor {
    const uint8_t *p;
    size_t n; /* bytes left */
};

static inline struct ia_cursor ia_cursor_from(const void *data, size_t size)
{
    return (struct ia_cursor){(const uint8_t *)data, size};
}

/* Takes size bytes off the front; false and unchanged when there are fewer. */
static inline bool ia_cursor_take(struct ia_cursor *c, size_t size, struct ia_cursor *out)
{
    if (size > c->n)
        return false;
    *out = (struct ia_cursor){c->p, size};
    if (size) /* the empty cursor may be NULL, to which nothing may be added */
        c->p += size;
    c->n -= size;
    return true;
}

/* A part of c; false when it is not inside. */
static inline bool ia_cursor_sub(const struct ia_cursor *c, uint64_t offset, uint64_t size, struct ia_cursor *out)
{
    if (offset > c->n || size > c->n - offset)
        return false;
    *out = (struct ia_cursor){offset ? c->p + offset : c->p, (size_t)size};
    return true;
}

static inline bool ia_cursor_u8(struct ia_cursor *c, uint8_t *out)
{
    struct ia_cursor part;
    if (!ia_cursor_take(c, 1, &part))
        return false;
    *out = part.p[0];
    return true;
}

static inline bool ia_cursor_u16le(struct ia_cursor *c, uint16_t *out)
{
    struct ia_cursor part;
    if (!ia_cursor_take(c, 2, &part))
        return false;
    *out = (uint16_t)(part.p[0] | (part.p[1] << 8));
    return true;
}

static inline uint32_t ia_load_u32le(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t ia_load_u64le(const uint8_t *p)
{
    return (uint64_t)ia_load_u32le(p) | (uint64_t)ia_load_u32le(p + 4) << 32;
}

static inline void ia_store_u32le(uint8_t *p, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

static inline void ia_store_u64le(uint8_t *p, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

static inline bool ia_cursor_u32le(struct ia_cursor *c, uint32_t *out)
{
    struct ia_cursor part;
    if (!ia_cursor_take(c, 4, &part))
        return false;
    *out = ia_load_u32le(part.p);
    return true;
}

static inline bool ia_cursor_u64le(struct ia_cursor *c, uint64_t *out)
{
    struct ia_cursor part;
    if (!ia_cursor_take(c, 8, &part))
        return false;
    *out = ia_load_u64le(part.p);
    return true;
}

static inline uint16_t ia_load_u16be(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t ia_load_u32be(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static inline bool ia_cursor_u16be(struct ia_cursor *c, uint16_t *out)
{
    struct ia_cursor part;
    if (!ia_cursor_take(c, 2, &part))
        return false;
    *out = ia_load_u16be(part.p);
    return true;
}

static inline bool ia_cursor_u32be(struct ia_cursor *c, uint32_t *out)
{
    struct ia_cursor part;
    if (!ia_cursor_take(c, 4, &part))
        return false;
    *out = ia_load_u32be(part.p);
    return true;
}

static inline bool ia_cursor_u64be(struct ia_cursor *c, uint64_t *out)
{
    struct ia_cursor part;
    if (!ia_cursor_take(c, 8, &part))
        return false;
    *out = (uint64_t)ia_load_u32be(part.p) << 32 | ia_load_u32be(part.p + 4);
    return true;
}

static inline struct ia_str ia_cursor_str(struct ia_cursor c)
{
    return (struct ia_str){(const char *)c.p, c.n};
}

#endif
