/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks of growing size, filled from the front; a large request gets a chunk of its own. */
#include "base/arena.h"

#include "base/checked.h"

#include <stdint.h>
#include <string.h>

enum { FIRST_CHUNK = 1024, LAST_CHUNK = 256 * 1024, ALIGN = 16 };

struct ia_arena_chunk {
    struct ia_arena_chunk *next;
    size_t used;
    size_t size;
    size_t reserved; /* keeps the data aligned */
};

void ia_arena_init(struct ia_arena *arena, const struct ia_alloc *alloc)
{
    *arena = (struct ia_arena){.alloc = *alloc};
}

void ia_arena_free(struct ia_arena *arena)
{
    struct ia_arena_chunk *chunk = arena->chunks;
    while (chunk) {
        struct ia_arena_chunk *next = chunk->next;
        ia_free(&arena->alloc, chunk);
        chunk = next;
    }
    arena->chunks = NULL;
    arena->bytes = 0;
}

static struct ia_arena_chunk *add_chunk(struct ia_arena *arena, size_t need)
{
    size_t size = arena->chunks ? arena->chunks->size * 2 : FIRST_CHUNK;
    size_t total;
    if (size > LAST_CHUNK)
        size = LAST_CHUNK;
    if (size < need)
        size = need;
    if (!ia_add_size(size, sizeof(struct ia_arena_chunk), &total))
        return NULL;
    struct ia_arena_chunk *chunk = ia_resize(&arena->alloc, NULL, total);
    if (!chunk)
        return NULL;
    *chunk = (struct ia_arena_chunk){.next = arena->chunks, .size = size};
    arena->chunks = chunk;
    arena->bytes += total;
    return chunk;
}

/* Carves size bytes; align is 1 or ALIGN. */
static void *carve(struct ia_arena *arena, size_t size, size_t align)
{
    struct ia_arena_chunk *chunk = arena->chunks;
    size_t from = chunk ? (chunk->used + align - 1) / align * align : 0;
    if (!chunk || from > chunk->size || size > chunk->size - from) {
        chunk = add_chunk(arena, size);
        from = 0;
    }
    if (!chunk)
        return NULL;
    chunk->used = from + size;
    return (uint8_t *)(chunk + 1) + from;
}

void *ia_arena_new(struct ia_arena *arena, size_t size)
{
    void *ptr = carve(arena, size ? size : 1, ALIGN);
    if (ptr)
        memset(ptr, 0, size);
    return ptr;
}

void *ia_arena_new_array(struct ia_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (!ia_mul_size(count, size, &bytes))
        return NULL;
    return ia_arena_new(arena, bytes);
}

const char *ia_arena_str(struct ia_arena *arena, struct ia_str text)
{
    size_t size;
    if (!ia_add_size(text.n, 1, &size))
        return NULL;
    char *copy = carve(arena, size, 1);
    if (!copy)
        return NULL;
    if (text.n)
        memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    return copy;
}
