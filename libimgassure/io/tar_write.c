/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Written for the walker of this library, so that whatever it finds odd is odd in the input, not here: a value stands
 * in the ustar header or in a PAX record, never differently in both. Times before 1970 are written as 0.
 */
#include "io/tar_write.h"

#include "io/tar_header.h"

#include <imgassure/status.h>

#include <string.h>

/* Offsets and widths in the header block. */
enum {
    NAME_AT = 0,
    NAME_SIZE = 100,
    MODE_AT = 100,
    UID_AT = 108,
    GID_AT = 116,
    ID_SIZE = 8,
    SIZE_AT = 124,
    MTIME_AT = 136,
    WIDE_SIZE = 12,
    CHECKSUM_AT = 148,
    CHECKSUM_SIZE = 8,
    TYPE_AT = 156,
    LINK_AT = 157,
    MAGIC_AT = 257,
    MAJOR_AT = 329,
    MINOR_AT = 337
};

static const uint64_t largest_id = 07777777, largest_wide = 077777777777;

/* Octal digits and a NUL; a value that does not fit becomes 0. */
static void put_octal(char *block, size_t at, size_t size, uint64_t value)
{
    uint64_t largest = size == WIDE_SIZE ? largest_wide : largest_id;
    if (value > largest)
        value = 0;
    for (size_t i = size - 1; i > 0; i--) {
        block[at + i - 1] = (char)('0' + (value & 7));
        value >>= 3;
    }
    block[at + size - 1] = '\0';
}

static void put_text(char *block, size_t at, size_t size, struct ia_str text)
{
    if (text.n <= size)
        memcpy(block + at, text.p, text.n);
    else
        memcpy(block + at, "long", sizeof("long") - 1); /* never read: the PAX record counts */
}

static void put_checksum(char *block)
{
    unsigned sum = 0;
    memset(block + CHECKSUM_AT, ' ', CHECKSUM_SIZE);
    for (size_t i = 0; i < IA_TAR_BLOCK_SIZE; i++)
        sum += (unsigned char)block[i];
    put_octal(block, CHECKSUM_AT, CHECKSUM_SIZE - 1, sum);
}

static void fill_block(char block[IA_TAR_BLOCK_SIZE], const struct ia_tar_member *member)
{
    memset(block, 0, IA_TAR_BLOCK_SIZE);
    if (member->name.n)
        put_text(block, NAME_AT, NAME_SIZE, member->name);
    if (member->link.n)
        put_text(block, LINK_AT, IA_TAR_LINK, member->link);
    put_octal(block, MODE_AT, ID_SIZE, member->mode & 07777);
    put_octal(block, UID_AT, ID_SIZE, member->uid);
    put_octal(block, GID_AT, ID_SIZE, member->gid);
    put_octal(block, SIZE_AT, WIDE_SIZE, member->size);
    put_octal(block, MTIME_AT, WIDE_SIZE, member->mtime > 0 ? (uint64_t)member->mtime : 0);
    put_octal(block, MAJOR_AT, ID_SIZE, member->device_major);
    put_octal(block, MINOR_AT, ID_SIZE, member->device_minor);
    block[TYPE_AT] = member->type;
    memcpy(block + MAGIC_AT, "ustar\00000", 8);
    put_checksum(block);
}

static size_t digits_of(size_t value)
{
    size_t count = 1;
    for (; value >= 10; value /= 10)
        count++;
    return count;
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts its own digits, too. */
static int add_record(struct ia_buf *records, const char *key, struct ia_str value)
{
    size_t rest = strlen(key) + value.n + 3, length = rest + digits_of(rest);
    if (digits_of(length) > digits_of(rest))
        length = rest + digits_of(length);
    IA_TRY(ia_buf_u64(records, length));
    IA_TRY(ia_buf_char(records, ' '));
    IA_TRY(ia_buf_text(records, key));
    IA_TRY(ia_buf_char(records, '='));
    IA_TRY(ia_buf_str(records, value));
    return ia_buf_char(records, '\n');
}

static int add_number(struct ia_buf *records, const char *key, uint64_t value)
{
    char text[24];
    size_t at = sizeof(text);
    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    return add_record(records, key, (struct ia_str){text + at, sizeof(text) - at});
}

/* What a ustar header cannot hold. */
static int add_records(struct ia_buf *records, const struct ia_tar_member *member)
{
    if (member->name.n > NAME_SIZE)
        IA_TRY(add_record(records, "path", member->name));
    if (member->link.n > IA_TAR_LINK)
        IA_TRY(add_record(records, "linkpath", member->link));
    if (member->size > largest_wide)
        IA_TRY(add_number(records, "size", member->size));
    if (member->uid > largest_id)
        IA_TRY(add_number(records, "uid", member->uid));
    if (member->gid > largest_id)
        IA_TRY(add_number(records, "gid", member->gid));
    return IMGA_OK;
}

static int add_zeros(struct ia_buf *out, size_t size)
{
    IA_TRY(ia_buf_reserve(out, size));
    memset(out->p + out->n, 0, size);
    out->n += size;
    return IMGA_OK;
}

static int write_pax(struct ia_buf *out, const struct ia_buf *records)
{
    char block[IA_TAR_BLOCK_SIZE];
    const struct ia_tar_member pax = {.type = 'x', .name = IA_STR("pax"), .size = records->n, .mode = 0644};
    size_t over = records->n % IA_TAR_BLOCK_SIZE;
    fill_block(block, &pax);
    IA_TRY(ia_buf_add(out, block, sizeof(block)));
    IA_TRY(ia_buf_str(out, ia_buf_view(records)));
    return over ? add_zeros(out, IA_TAR_BLOCK_SIZE - over) : IMGA_OK;
}

int ia_tar_write_header(struct ia_buf *out, const struct ia_tar_member *member)
{
    char block[IA_TAR_BLOCK_SIZE];
    struct ia_buf records;
    ia_buf_init(&records, &out->alloc, out->max);
    int status = add_records(&records, member);
    if (status >= 0 && records.n)
        status = write_pax(out, &records);
    ia_buf_free(&records);
    IA_TRY(status);
    fill_block(block, member);
    return ia_buf_add(out, block, sizeof(block));
}

int ia_tar_write_end(struct ia_buf *out)
{
    return add_zeros(out, (size_t)2 * IA_TAR_BLOCK_SIZE);
}
