/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of central directory record (APPNOTE 4.3.16) and its zip64 forms (4.3.14, 4.3.15), searched and believed as
 * by OpenJDK 17 (java.util.zip.ZipFile.Source.findEND, initCEN): from the end backwards; the comment must reach the end
 * of the file, or the directory and the first local header must be where the record says; the directory lies right
 * before the record, and what its offset is short of that was put in front of the archive. Where Java gives up, because
 * no record fits or there is no directory at that place, the last record and the offset itself are tried.
 */
#include "io/zip_end.h"

#include "io/zip.h"

enum { COMMENT_MOST = 0xffff, LOCATOR_SIZE = 20, END64_SIZE = 56, END64_HEAD = 12 /* before what its size counts */ };

struct record {
    uint64_t at;
    uint64_t size, offset, count, disk_count;
    uint32_t disk, directory_disk;
    uint16_t comment;
};

bool ia_zip_is_at(struct ia_cursor bytes, uint64_t offset, enum ia_zip_signature signature)
{
    struct ia_cursor part;
    return ia_cursor_sub(&bytes, offset, 4, &part) && ia_load_u32le(part.p) == (uint32_t)signature;
}

static bool read_record(struct ia_cursor bytes, uint64_t at, struct record *out)
{
    struct ia_cursor part, signature;
    uint16_t disk, directory_disk, disk_count, count;
    uint32_t size, offset;
    if (!ia_zip_is_at(bytes, at, IA_ZIP_END) || !ia_cursor_sub(&bytes, at, IA_ZIP_END_SIZE, &part) ||
        !ia_cursor_take(&part, 4, &signature) || !ia_cursor_u16le(&part, &disk) ||
        !ia_cursor_u16le(&part, &directory_disk) || !ia_cursor_u16le(&part, &disk_count) ||
        !ia_cursor_u16le(&part, &count) || !ia_cursor_u32le(&part, &size) || !ia_cursor_u32le(&part, &offset) ||
        !ia_cursor_u16le(&part, &out->comment))
        return false;
    out->at = at;
    out->disk = disk;
    out->directory_disk = directory_disk;
    out->disk_count = disk_count;
    out->size = size;
    out->offset = offset;
    out->count = count;
    return true;
}

static bool ends_the_file(struct ia_cursor bytes, const struct record *record)
{
    return record->at + IA_ZIP_END_SIZE + record->comment == bytes.n;
}

static bool is_record(struct ia_cursor bytes, uint64_t at, struct record *out)
{
    if (!read_record(bytes, at, out))
        return false;
    if (ends_the_file(bytes, out))
        return true;
    if (out->size > at || out->offset > at - out->size)
        return false;
    uint64_t directory = at - out->size;
    return ia_zip_is_at(bytes, directory, IA_ZIP_CENTRAL) && ia_zip_is_at(bytes, directory - out->offset, IA_ZIP_LOCAL);
}

/* The last one before place "before", within the reach of a comment, that fits. */
static bool find_record(struct ia_cursor bytes, uint64_t before,
                        bool (*fits)(struct ia_cursor bytes, uint64_t at, struct record *out), struct record *out)
{
    uint64_t reach = IA_ZIP_END_SIZE + COMMENT_MOST, least = bytes.n > reach ? bytes.n - reach : 0;
    for (uint64_t at = before; at-- > least;)
        if (fits(bytes, at, out))
            return true;
    return false;
}

static bool read_end64(struct ia_cursor bytes, uint64_t at, struct record *out)
{
    struct ia_cursor part;
    if (!ia_zip_is_at(bytes, at, IA_ZIP_END64) || !ia_cursor_sub(&bytes, at, END64_SIZE, &part))
        return false;
    out->at = at;
    out->disk = ia_load_u32le(part.p + 16);
    out->directory_disk = ia_load_u32le(part.p + 20);
    out->disk_count = ia_load_u64le(part.p + 24);
    out->count = ia_load_u64le(part.p + 32);
    out->size = ia_load_u64le(part.p + 40);
    out->offset = ia_load_u64le(part.p + 48);
    return true;
}

static bool is_sound(const struct record *wide, const struct record *record)
{
    return (wide->size == record->size || record->size == UINT32_MAX) &&
           (wide->offset == record->offset || record->offset == UINT32_MAX) &&
           (wide->count == record->count || record->count == UINT16_MAX);
}

static bool is_one_disk(const struct record *record)
{
    return record->disk == 0 && record->directory_disk == 0 && record->disk_count == record->count;
}

/* In a record that has a zip64 one, what does not matter is all ones. */
static bool is_left_to_zip64(const struct record *record)
{
    return (record->disk == 0 || record->disk == UINT16_MAX) &&
           (record->directory_disk == 0 || record->directory_disk == UINT16_MAX) &&
           (record->disk_count == record->count || record->disk_count == UINT16_MAX);
}

/* The zip64 record says how long it is: the locator follows. */
static bool reaches(struct ia_cursor bytes, uint64_t end64, uint64_t locator)
{
    struct ia_cursor part;
    return ia_cursor_sub(&bytes, end64, END64_SIZE, &part) && locator >= end64 + END64_HEAD &&
           ia_load_u64le(part.p + 4) == locator - end64 - END64_HEAD;
}

/* Both kinds of records: which of them holds comes first. False: there is one only, which comes first. */
static bool rank_records(struct ia_cursor bytes, struct record ranked[2], bool *odd)
{
    struct record *record = &ranked[0], *wide = &ranked[1];
    uint64_t locator = record->at - LOCATOR_SIZE;
    struct ia_cursor part;
    *odd = !is_one_disk(record);
    if (record->at < LOCATOR_SIZE || !ia_zip_is_at(bytes, locator, IA_ZIP_LOCATOR) ||
        !ia_cursor_sub(&bytes, locator, LOCATOR_SIZE, &part))
        return false;
    bool one_disk = ia_load_u32le(part.p + 4) == 0 && ia_load_u32le(part.p + 16) == 1 && is_left_to_zip64(record);
    bool found = read_end64(bytes, ia_load_u64le(part.p + 8), wide);
    /* With bytes in front the place is too low. Java gives up, others take the record right before the locator. */
    *odd = !found || !one_disk;
    if (!found && (locator < END64_SIZE || !read_end64(bytes, locator - END64_SIZE, wide)))
        return false;
    *odd = *odd || !is_one_disk(wide) || !is_sound(wide, record) || !reaches(bytes, wide->at, locator);
    if (is_sound(wide, record)) {
        struct record narrow = *record;
        *record = *wide;
        *wide = narrow;
    }
    return true;
}

static bool locate(struct ia_cursor bytes, const struct record *record, struct ia_zip_end *out)
{
    out->size = record->size;
    out->count = record->count;
    out->base = 0;
    if (record->at == 0) { /* nothing but the record: an empty archive, whatever it says */
        out->flags |= record->size ? IA_ZIP_ODD_END : 0U;
        out->size = 0;
    }
    if (out->size <= record->at) {
        out->directory = record->at - out->size;
        if (out->size == 0 || ia_zip_is_at(bytes, out->directory, IA_ZIP_CENTRAL)) {
            if (out->directory >= record->offset)
                out->base = out->directory - record->offset;
            else
                out->flags |= IA_ZIP_ODD_END;
            return true;
        }
    }
    out->flags |= IA_ZIP_ODD_END;
    out->directory = record->offset;
    if (record->offset > record->at || !ia_zip_is_at(bytes, out->directory, IA_ZIP_CENTRAL))
        return false;
    if (out->size > record->at - out->directory)
        out->size = record->at - out->directory;
    return true;
}

bool ia_zip_find_end(struct ia_cursor bytes, struct ia_zip_end *out)
{
    struct record ranked[2], other;
    bool odd = false;
    *out = (struct ia_zip_end){.flags = 0};
    if (bytes.n < IA_ZIP_END_SIZE)
        return false;
    uint64_t place = bytes.n - IA_ZIP_END_SIZE + 1;
    if (!find_record(bytes, place, is_record, &ranked[0])) {
        if (!find_record(bytes, place, read_record, &ranked[0])) /* Java finds none; others take the last one */
            return false;
        out->flags |= IA_ZIP_ODD_END;
    }
    place = ranked[0].at;
    out->flags |= ends_the_file(bytes, &ranked[0]) ? 0U : IA_ZIP_TRAILING;
    bool two = rank_records(bytes, ranked, &odd);
    out->flags |= odd ? IA_ZIP_ODD_END : 0U;
    if (!locate(bytes, &ranked[0], out) && (!two || !locate(bytes, &ranked[1], out)))
        return false;
    while (find_record(bytes, place, is_record, &other) && other.at >= out->directory) {
        out->flags |= IA_ZIP_ENDS;
        place = other.at;
    }
    return true;
}
