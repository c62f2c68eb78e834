/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding of one tar block: checksum, magic, numbers, names. Where readers differ it answers as Go's archive/tar does,
 * because the container runtimes unpack with that; docs/tar-rules.md lists the rules.
 */
#include "io/tar_header.h"

#include "io/tar.h"

#include <string.h>

/* Offsets and widths in the header block. */
enum {
    NAME_AT = 0,
    NAME_SIZE = 100,
    MODE_AT = 100,
    UID_AT = 108,
    GID_AT = 116,
    ID_SIZE = 8, /* mode, uid, gid, device numbers */
    SIZE_AT = 124,
    MTIME_AT = 136,
    WIDE_SIZE = 12, /* size and times */
    CHECKSUM_AT = 148,
    CHECKSUM_SIZE = 8,
    TYPE_AT = 156,
    LINK_AT = 157,
    MAGIC_AT = 257,
    MAJOR_AT = 329,
    MINOR_AT = 337,
    PREFIX_AT = 345,
    PREFIX_SIZE = 155,
    STAR_PREFIX_SIZE = 131,
    STAR_TRAILER_AT = 508,
    GNU_ATIME_AT = 345,
    GNU_CTIME_AT = 357,
    GNU_EXTENDED_AT = 482,
    SPARSE_EXTENDED_AT = 504 /* in a block that continues a sparse map */
};

static struct ia_cursor field(struct ia_cursor block, size_t at, size_t size)
{
    struct ia_cursor part = {block.p, 0};
    (void)ia_cursor_sub(&block, at, size, &part);
    return part;
}

/* The text before the first NUL. */
static struct ia_str text(struct ia_cursor block, size_t at, size_t size)
{
    struct ia_str all = ia_cursor_str(field(block, at, size));
    return ia_str_sub(all, 0, ia_str_find(all, '\0'));
}

static bool is_at(struct ia_cursor block, size_t at, struct ia_str expected)
{
    return ia_str_eq(ia_cursor_str(field(block, at, expected.n)), expected);
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\0';
}

static bool octal(struct ia_cursor digits, int64_t *out)
{
    uint64_t value = 0;
    size_t from = 0, to = digits.n;
    while (from < to && is_blank(digits.p[from]))
        from++;
    while (to > from && is_blank(digits.p[to - 1]))
        to--;
    for (; from < to && digits.p[from] != '\0'; from++) {
        unsigned digit = (unsigned)digits.p[from] - '0';
        if (digit > 7 || value >> 60)
            return false;
        value = value << 3 | digit;
    }
    *out = (int64_t)value;
    return true;
}

/* Two's complement, big-endian; the first bit only marks the encoding, the second one is the sign. */
static bool base256(struct ia_cursor bytes, int64_t *out)
{
    uint8_t invert = bytes.p[0] & 0x40 ? 0xff : 0;
    uint64_t value = (bytes.p[0] ^ invert) & 0x7f;
    for (size_t i = 1; i < bytes.n; i++) {
        if (value >> 55)
            return false;
        value = value << 8 | (uint8_t)(bytes.p[i] ^ invert);
    }
    *out = invert ? -(int64_t)value - 1 : (int64_t)value;
    return true;
}

bool ia_tar_number(struct ia_cursor digits, int64_t *out)
{
    if (digits.n && digits.p[0] & 0x80)
        return base256(digits, out);
    return octal(digits, out);
}

/* Eight bytes at a time, because every header passes here. At most 512 bytes, a multiple of eight. */
static uint32_t sum_of(struct ia_cursor bytes)
{
    static const uint64_t even = 0x00ff00ff00ff00ff;
    uint64_t word, lanes = 0; /* four sums of 16 bits: 2 * 64 * 255 fits */
    while (ia_cursor_u64le(&bytes, &word))
        lanes += (word & even) + (word >> 8 & even);
    return (uint32_t)((lanes & 0xffff) + (lanes >> 16 & 0xffff) + (lanes >> 32 & 0xffff) + (lanes >> 48));
}

static uint32_t high_bytes_of(struct ia_cursor bytes)
{
    uint32_t count = 0;
    for (size_t i = 0; i < bytes.n; i++)
        count += bytes.p[i] >> 7;
    return count;
}

enum ia_tar_block_kind ia_tar_block_kind(struct ia_cursor block)
{
    int64_t expected;
    struct ia_cursor checksum = field(block, CHECKSUM_AT, CHECKSUM_SIZE);
    uint32_t sum = sum_of(block);
    if (sum == 0)
        return IA_TAR_IS_ZERO;
    if (!octal(checksum, &expected))
        return IA_TAR_IS_BAD;
    int64_t counted = (int64_t)sum - sum_of(checksum) + CHECKSUM_SIZE * ' ';
    if (counted == expected)
        return IA_TAR_IS_HEADER;
    /* Historic writers added signed characters: each byte from 0x80 on counts 256 less. */
    counted -= 256 * ((int64_t)high_bytes_of(block) - high_bytes_of(checksum));
    return counted == expected ? IA_TAR_IS_HEADER : IA_TAR_IS_BAD;
}

static enum ia_tar_format format_of(struct ia_cursor block)
{
    if (is_at(block, MAGIC_AT, IA_STR("ustar\0")))
        return is_at(block, STAR_TRAILER_AT, IA_STR("tar\0")) ? IA_TAR_STAR : IA_TAR_USTAR;
    return is_at(block, MAGIC_AT, IA_STR("ustar  \0")) ? IA_TAR_GNU : IA_TAR_V7;
}

static bool is_time(struct ia_cursor bytes)
{
    int64_t value;
    return bytes.p[0] == '\0' || ia_tar_number(bytes, &value);
}

/*
 * Go before 1.8 wrote a prefix into headers with GNU magic, and Go still reads one when the times in its place are
 * malformed. A scanner that did not would miss the file that the runtime unpacks.
 */
static struct ia_str gnu_prefix(struct ia_cursor block)
{
    struct ia_str prefix = text(block, PREFIX_AT, PREFIX_SIZE);
    if (is_time(field(block, GNU_ATIME_AT, WIDE_SIZE)) && is_time(field(block, GNU_CTIME_AT, WIDE_SIZE)))
        return IA_STR("");
    return high_bytes_of(ia_cursor_from(prefix.p, prefix.n)) ? IA_STR("") : prefix;
}

static void append(struct ia_tar_header *header, struct ia_str part)
{
    memcpy(header->name + header->name_size, part.p, part.n); /* prefix, '/' and name always fit */
    header->name_size += part.n;
}

static void read_names(struct ia_cursor block, struct ia_tar_header *out)
{
    struct ia_str prefix = IA_STR(""), link = text(block, LINK_AT, IA_TAR_LINK);
    if (out->format == IA_TAR_USTAR)
        prefix = text(block, PREFIX_AT, PREFIX_SIZE);
    else if (out->format == IA_TAR_STAR)
        prefix = text(block, PREFIX_AT, STAR_PREFIX_SIZE);
    else if (out->format == IA_TAR_GNU)
        prefix = gnu_prefix(block);
    if (prefix.n && out->format == IA_TAR_GNU)
        out->flags |= IA_TAR_ODD_PAX;
    out->name_size = 0;
    append(out, prefix);
    if (prefix.n)
        append(out, IA_STR("/"));
    append(out, text(block, NAME_AT, NAME_SIZE));
    memcpy(out->link, link.p, link.n);
    out->link_size = link.n;
}

static uint32_t id(struct ia_cursor block, size_t at, unsigned *flags)
{
    int64_t value;
    if (ia_tar_number(field(block, at, ID_SIZE), &value) && value >= 0 && value <= UINT32_MAX)
        return (uint32_t)value;
    *flags |= IA_TAR_ODD_NUMBER;
    return 0;
}

bool ia_tar_header_read(struct ia_cursor block, struct ia_tar_header *out)
{
    int64_t size, mtime;
    out->flags = 0;
    out->format = format_of(block);
    out->type = (char)block.p[TYPE_AT];
    if (!ia_tar_number(field(block, SIZE_AT, WIDE_SIZE), &size) || size < 0)
        return false;
    out->size = (uint64_t)size;
    out->mode = id(block, MODE_AT, &out->flags) & 07777;
    out->uid = id(block, UID_AT, &out->flags);
    out->gid = id(block, GID_AT, &out->flags);
    if (!ia_tar_number(field(block, MTIME_AT, WIDE_SIZE), &mtime))
        out->flags |= IA_TAR_ODD_NUMBER;
    out->device_major = out->device_minor = 0;
    if (out->format != IA_TAR_V7 && (out->type == '3' || out->type == '4')) {
        out->device_major = id(block, MAJOR_AT, &out->flags);
        out->device_minor = id(block, MINOR_AT, &out->flags);
    }
    out->extended = block.p[GNU_EXTENDED_AT] != 0;
    read_names(block, out);
    return true;
}

bool ia_tar_sparse_goes_on(struct ia_cursor block)
{
    return block.p[SPARSE_EXTENDED_AT] != 0;
}
