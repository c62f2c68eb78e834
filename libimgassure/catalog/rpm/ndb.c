/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All numbers are little-endian. The first page begins with a header of the size of two slots, which says how many
 * pages of slots there are. Blobs of more bytes than the file has cannot be: slots then point to the same one.
 */
#include "catalog/rpm/ndb.h"

#include <string.h>

enum {
    PAGE_BYTES = 4096,
    SLOT_BYTES = 16,
    BLOCK_BYTES = 16,
    FIRST_SLOT = 32,
    BLOB_HEAD = 16,
    BLOB_TAIL = 12,
    BLOB_EMPTY = BLOB_HEAD + BLOB_TAIL
};

struct slot {
    uint32_t package, block, blocks;
    uint64_t offset; /* in the file */
};

struct blobs {
    struct ia_rpm_reader *reader;
    struct ia_cursor file;
    uint64_t left; /* bytes that may still be read: as many as the file has, in all */
};

static bool begins(struct ia_cursor c, const char *magic)
{
    return ia_str_starts(ia_cursor_str(c), ia_str_from(magic));
}

bool ia_rpm_is_ndb(struct ia_str database)
{
    return ia_str_starts(database, IA_STR("RpmP"));
}

/* RFC 1950 section 8.2. 5,552 bytes are the most before the sums have to be cut down. */
static uint32_t adler32(struct ia_cursor c)
{
    enum { BASE = 65521, STEP = 5552 };
    struct ia_cursor part;
    uint32_t a = 1, b = 0;
    while (ia_cursor_take(&c, c.n < STEP ? c.n : STEP, &part) && part.n) {
        for (size_t i = 0; i < part.n; i++) {
            a += part.p[i];
            b += a;
        }
        a %= BASE;
        b %= BASE;
    }
    return b << 16 | a;
}

/* The same length at both ends, as many blocks as that needs, and the checksum of all in front of it. */
static bool is_sound(struct ia_cursor bytes, uint32_t size)
{
    struct ia_cursor covered = {bytes.p, bytes.n - BLOB_TAIL}, tail;
    ia_cursor_sub(&bytes, covered.n, BLOB_TAIL, &tail);
    uint64_t blocks = ((uint64_t)BLOB_EMPTY + size + BLOCK_BYTES - 1) / BLOCK_BYTES;
    return blocks * BLOCK_BYTES == bytes.n && ia_load_u32le(tail.p) == adler32(covered) &&
           ia_load_u32le(tail.p + 4) == size && memcmp(tail.p + 8, "BlbE", 4) == 0;
}

/* The bytes of the blob that a slot points to; false when there is none of its package, or too much was read. */
static bool find_blob(struct blobs *b, const struct slot *slot, struct ia_cursor *out)
{
    if (!ia_cursor_sub(&b->file, (uint64_t)slot->block * BLOCK_BYTES, (uint64_t)slot->blocks * BLOCK_BYTES, out) ||
        out->n < BLOB_EMPTY || !begins(*out, "BlbS") || ia_load_u32le(out->p + 4) != slot->package || out->n > b->left)
        return false;
    b->left -= out->n;
    return true;
}

static int read_blob(struct blobs *b, const struct slot *slot)
{
    struct ia_cursor bytes;
    uint64_t offset = (uint64_t)slot->block * BLOCK_BYTES;
    if (!find_blob(b, slot, &bytes)) {
        ia_rpm_add_damage(b->reader, IA_DAMAGE_PAGE, slot->offset);
        return IMGA_OK;
    }
    uint32_t size = ia_load_u32le(bytes.p + 12);
    struct ia_str blob = ia_str_sub(ia_cursor_str(bytes), BLOB_HEAD, bytes.n - BLOB_EMPTY);
    if (!is_sound(bytes, size)) /* it is read all the same: a package is rather listed than hidden */
        ia_rpm_add_damage(b->reader, IA_DAMAGE_PAGE, offset);
    return ia_rpm_take_header(b->reader, ia_str_sub(blob, 0, size), (size_t)offset);
}

static bool next_slot(struct ia_cursor *slots, struct slot *out, bool *good)
{
    struct ia_cursor magic;
    if (!ia_cursor_take(slots, 4, &magic))
        return false;
    *good = begins(magic, "Slot");
    return ia_cursor_u32le(slots, &out->package) && ia_cursor_u32le(slots, &out->block) &&
           ia_cursor_u32le(slots, &out->blocks);
}

static int read_slots(struct blobs *b, struct ia_cursor slots)
{
    struct slot slot = {.offset = FIRST_SLOT};
    bool good;
    for (; next_slot(&slots, &slot, &good); slot.offset += SLOT_BYTES) {
        IA_TRY(ia_check_cancel(b->reader->env));
        if (!good)
            ia_rpm_add_damage(b->reader, IA_DAMAGE_PAGE, slot.offset);
        else if (slot.package != 0) /* else it is free */
            IA_TRY(read_blob(b, &slot));
    }
    return IMGA_OK;
}

int ia_rpm_read_ndb(struct ia_rpm_reader *reader, struct ia_str database)
{
    struct ia_cursor file = ia_cursor_from(database.p, database.n), slots, head;
    if (file.n < FIRST_SLOT) {
        ia_damage_add(reader->damage, IA_DAMAGE_PAGE, 0);
        return IMGA_OK;
    }
    uint32_t version = ia_load_u32le(file.p + 4), pages = ia_load_u32le(file.p + 12);
    uint64_t size = (uint64_t)pages * PAGE_BYTES;
    if (version != 0 || pages == 0 || size > file.n) {
        ia_damage_add(reader->damage, IA_DAMAGE_PAGE, 0);
        size = PAGE_BYTES; /* there is always one */
    }
    struct blobs blobs = {reader, file, file.n};
    slots = ia_cursor_from(file.p, size < file.n ? (size_t)size : file.n);
    return ia_cursor_take(&slots, FIRST_SLOT, &head) ? read_slots(&blobs, slots) : IMGA_OK;
}
