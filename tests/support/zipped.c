/* SPDX-License-Identifier: Apache-2.0 */
#include "zipped.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { DEFLATED = 8, DESCRIPTOR = 8, VERSION = 20, RAW_WINDOW = -15, MEMORY = 8 };

static size_t room_for(size_t n)
{
    size_t room = 1024;
    while (room < n)
        room *= 2;
    return room;
}

static void append(char **to, size_t *n, const void *data, size_t size)
{
    if (!*to || room_for(*n + size) > room_for(*n))
        *to = realloc(*to, room_for(*n + size));
    if (!*to)
        abort();
    if (size)
        memcpy(*to + *n, data, size);
    *n += size;
}

struct fields {
    char p[128];
    size_t n;
};

static void number(struct fields *f, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        f->p[f->n++] = (char)(value >> 8 * i);
}

static char *deflated(struct ia_str data, size_t *size)
{
    z_stream z = {.next_in = (Bytef *)data.p, .avail_in = (uInt)data.n};
    if (deflateInit2(&z, 9, Z_DEFLATED, RAW_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    size_t room = deflateBound(&z, data.n);
    char *out = malloc(room);
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)room;
    if (!out || deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    *size = room - z.avail_out;
    deflateEnd(&z);
    return out;
}

struct numbers {
    uint64_t crc, packed, size, offset;
};

static void put_local(struct zipped *zip, const struct zipped_member *m, const struct numbers *n, const char *data)
{
    const char *name = m->local_name ? m->local_name : m->name;
    size_t name_size = m->name_size && !m->local_name ? m->name_size : strlen(name);
    int later = (m->bits & DESCRIPTOR) != 0;
    struct fields f = {.n = 0};
    number(&f, 0x04034b50, 4);
    number(&f, VERSION, 2);
    number(&f, m->bits, 2);
    number(&f, m->method, 2);
    number(&f, 0, 4);
    number(&f, later ? 0 : n->crc, 4);
    number(&f, later ? 0 : n->packed, 4);
    number(&f, later ? 0 : n->size, 4);
    number(&f, name_size, 2);
    number(&f, 0, 2);
    append(&zip->p, &zip->n, f.p, f.n);
    append(&zip->p, &zip->n, name, name_size);
    append(&zip->p, &zip->n, data, n->packed);
    if (later) {
        f.n = 0;
        number(&f, 0x08074b50, 4);
        number(&f, n->crc, 4);
        number(&f, n->packed, 4);
        number(&f, n->size, 4);
        append(&zip->p, &zip->n, f.p, f.n);
    }
}

static void put_central(struct zipped *zip, const struct zipped_member *m, const struct numbers *n)
{
    size_t name_size = m->name_size ? m->name_size : strlen(m->name);
    struct fields f = {.n = 0}, extra = {.n = 0};
    if (m->wide) {
        number(&extra, 1, 2);
        number(&extra, 24, 2);
        number(&extra, n->size, 8);
        number(&extra, n->packed, 8);
        number(&extra, n->offset, 8);
    }
    number(&f, 0x02014b50, 4);
    number(&f, VERSION, 2);
    number(&f, VERSION, 2);
    number(&f, m->bits, 2);
    number(&f, m->method, 2);
    number(&f, 0, 4);
    number(&f, n->crc, 4);
    number(&f, m->wide ? UINT32_MAX : n->packed, 4);
    number(&f, m->wide ? UINT32_MAX : n->size, 4);
    number(&f, name_size, 2);
    number(&f, extra.n, 2);
    number(&f, 0, 2 + 2); /* comment, disk */
    number(&f, 0, 2 + 4); /* attributes */
    number(&f, m->wide ? UINT32_MAX : n->offset, 4);
    append(&zip->directory, &zip->directory_size, f.p, f.n);
    append(&zip->directory, &zip->directory_size, m->name, name_size);
    append(&zip->directory, &zip->directory_size, extra.p, extra.n);
    zip->count++;
}

void zipped_add(struct zipped *zip, const struct zipped_member *m)
{
    size_t packed = m->data.n;
    char *made = m->method == DEFLATED ? deflated(m->data, &packed) : NULL;
    struct numbers n = {
        .packed = packed, .size = m->data.n + m->size_plus, .offset = m->same_data ? zip->last : zip->n};
    n.crc = (uint32_t)(crc32(0, (const Bytef *)m->data.p, (uInt)m->data.n) + m->crc_plus);
    zip->last = n.offset;
    if (!m->same_data)
        put_local(zip, m, &n, made ? made : m->data.p);
    if (!m->unlisted)
        put_central(zip, m, &n);
    free(made);
}

void zipped_file(struct zipped *zip, const char *name, struct ia_str data, unsigned method)
{
    struct zipped_member member = {.name = name, .data = data, .method = method};
    zipped_add(zip, &member);
}

void zipped_raw(struct zipped *zip, const void *data, size_t size)
{
    append(&zip->p, &zip->n, data, size);
}

static void put_wide_end(struct zipped *zip, size_t directory)
{
    struct fields f = {.n = 0};
    uint64_t at = directory + zip->directory_size;
    number(&f, 0x06064b50, 4);
    number(&f, 44, 8);
    number(&f, 45, 2);
    number(&f, 45, 2);
    number(&f, 0, 4);
    number(&f, 0, 4);
    number(&f, zip->count, 8);
    number(&f, zip->count, 8);
    number(&f, zip->directory_size, 8);
    number(&f, directory, 8);
    number(&f, 0x07064b50, 4);
    number(&f, 0, 4);
    number(&f, at, 8);
    number(&f, 1, 4);
    append(&zip->p, &zip->n, f.p, f.n);
}

void zipped_end(struct zipped *zip, int wide, const char *comment)
{
    size_t directory = zip->n;
    struct fields f = {.n = 0};
    append(&zip->p, &zip->n, zip->directory, zip->directory_size);
    if (wide)
        put_wide_end(zip, directory);
    number(&f, 0x06054b50, 4);
    number(&f, 0, 4);
    number(&f, wide ? UINT16_MAX : zip->count, 2);
    number(&f, wide ? UINT16_MAX : zip->count, 2);
    number(&f, wide ? UINT32_MAX : zip->directory_size, 4);
    number(&f, wide ? UINT32_MAX : directory, 4);
    number(&f, strlen(comment), 2);
    append(&zip->p, &zip->n, f.p, f.n);
    append(&zip->p, &zip->n, comment, strlen(comment));
}

void zipped_free(struct zipped *zip)
{
    free(zip->p);
    free(zip->directory);
    *zip = (struct zipped){.n = 0};
}

struct ia_str zipped_view(const struct zipped *zip)
{
    return (struct ia_str){zip->p ? zip->p : "", zip->n};
}

int zipped_patch(struct zipped *zip, const char *signature, unsigned nth, size_t at, uint64_t value, size_t size)
{
    for (size_t i = 0; i + 4 <= zip->n; i++) {
        if (memcmp(zip->p + i, signature, 4) != 0 || nth-- > 0)
            continue;
        for (size_t k = 0; k < size && i + at + k < zip->n; k++)
            zip->p[i + at + k] = (char)(k < sizeof(value) ? value >> 8 * k : 0);
        return 0;
    }
    return -1;
}
