/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signature packet is a tag, a length and a body. Version 3 has the key id at a fixed place; from version 4 on it is
 * in a subpacket: the key id itself (16), or the fingerprint (33), of which the id is a part.
 */
#include "catalog/rpm/signature.h"

#include <string.h>

enum { SIGNATURE = 2, ISSUER = 16, ISSUER_FINGERPRINT = 33 };

/* Lengths below first are one byte; from 255 on four; between them two. */
static bool new_length(struct ia_cursor *c, unsigned last, uint32_t *out)
{
    uint8_t a, b;
    if (!ia_cursor_u8(c, &a))
        return false;
    if (a == 255)
        return ia_cursor_u32be(c, out);
    *out = a;
    if (a < 192)
        return true;
    if (a > last || !ia_cursor_u8(c, &b)) /* in between are lengths of parts of a packet, which rpm does not write */
        return false;
    *out = ((uint32_t)a - 192) * 256 + b + 192;
    return true;
}

static bool old_length(struct ia_cursor *c, unsigned kind, uint32_t *out)
{
    uint8_t small;
    uint16_t medium;
    if (kind == 2)
        return ia_cursor_u32be(c, out);
    if (kind == 1 && ia_cursor_u16be(c, &medium)) {
        *out = medium;
        return true;
    }
    if (kind != 0 || !ia_cursor_u8(c, &small))
        return false;
    *out = small;
    return true;
}

static bool packet_body(struct ia_cursor *packet, struct ia_cursor *body)
{
    uint8_t tag;
    uint32_t size;
    if (!ia_cursor_u8(packet, &tag) || !(tag & 0x80))
        return false;
    bool is_new = (tag & 0x40) != 0;
    unsigned type = is_new ? tag & 0x3fU : (tag >> 2) & 0x0fU;
    bool sized = is_new ? new_length(packet, 223, &size) : old_length(packet, tag & 3U, &size);
    return type == SIGNATURE && sized && ia_cursor_take(packet, size, body);
}

static bool key_id_at(struct ia_cursor c, size_t offset, uint8_t out[IA_KEY_ID_BYTES])
{
    struct ia_cursor id;
    if (!ia_cursor_sub(&c, offset, IA_KEY_ID_BYTES, &id))
        return false;
    memcpy(out, id.p, IA_KEY_ID_BYTES);
    return true;
}

/* The key id is the end of a fingerprint of version 4, the beginning of a later one. */
static bool from_fingerprint(struct ia_cursor c, uint8_t out[IA_KEY_ID_BYTES])
{
    uint8_t version;
    return ia_cursor_u8(&c, &version) && key_id_at(c, version == 4 ? 12 : 0, out);
}

static bool from_subpackets(struct ia_cursor c, uint8_t out[IA_KEY_ID_BYTES])
{
    struct ia_cursor subpacket;
    uint32_t size;
    uint8_t type;
    while (new_length(&c, 254, &size) && ia_cursor_take(&c, size, &subpacket)) {
        if (!ia_cursor_u8(&subpacket, &type))
            continue;
        type &= 0x7f; /* the highest bit says that it must be understood */
        if ((type == ISSUER && key_id_at(subpacket, 0, out)) ||
            (type == ISSUER_FINGERPRINT && from_fingerprint(subpacket, out)))
            return true;
    }
    return false;
}

static bool subpackets(struct ia_cursor *body, bool wide, struct ia_cursor *out)
{
    uint32_t size = 0;
    uint16_t narrow = 0;
    bool sized = wide ? ia_cursor_u32be(body, &size) : ia_cursor_u16be(body, &narrow);
    return sized && ia_cursor_take(body, wide ? size : narrow, out);
}

bool ia_openpgp_issuer(struct ia_cursor packet, uint8_t out[IA_KEY_ID_BYTES])
{
    struct ia_cursor body, skipped, area;
    uint8_t version;
    if (!packet_body(&packet, &body) || !ia_cursor_u8(&body, &version))
        return false;
    if (version == 3)
        return key_id_at(body, 6, out);                     /* behind: size of what is hashed, type, time */
    if (version < 4 || !ia_cursor_take(&body, 3, &skipped)) /* type and algorithms */
        return false;
    for (int part = 0; part < 2; part++)
        if (subpackets(&body, version >= 6, &area) && from_subpackets(area, out))
            return true;
    return false;
}
