/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A header begins with the number of entries and the size of the data; an entry is tag, type, offset and count, all in
 * big-endian order. The first entry says which entries belong to the region that was signed; those behind it were added
 * at installation and win over equal tags in the region, as in rpm.
 */
#include "catalog/rpm/header.h"

#include "base/macros.h"

enum {
    ENTRY_BYTES = 16,
    ENTRIES_MAX = 65535,
    DATA_MAX = 256 << 20,
    COUNT_MAX = 1048575,
    REGION_FIRST = 61, /* "header image"; 62 signatures, 63 immutable */
    REGION_LAST = 63,
    TYPES = 10
};

struct entry {
    uint32_t tag, type, offset, count;
};

/* Of one number; 1 where the count is bytes or strings. */
static const uint8_t widths[TYPES] = {1, 1, 1, 2, 4, 8, 1, 1, 1, 1};

static const uint32_t tags[IA_RPM_VALUES] = {
    [IA_RPM_NAME] = 1000,         [IA_RPM_VERSION] = 1001,       [IA_RPM_RELEASE] = 1002,
    [IA_RPM_EPOCH] = 1003,        [IA_RPM_ARCHITECTURE] = 1022,  [IA_RPM_LICENSE] = 1014,
    [IA_RPM_VENDOR] = 1011,       [IA_RPM_PACKAGER] = 1015,      [IA_RPM_SOURCE] = 1044,
    [IA_RPM_MODULARITY] = 5096,   [IA_RPM_INSTALL_TIME] = 1008,  [IA_RPM_MD5] = 261,
    [IA_RPM_SIGNATURE_RSA] = 268, [IA_RPM_SIGNATURE_DSA] = 267,  [IA_RPM_SIGNATURE_PGP] = 259,
    [IA_RPM_SIGNATURE_GPG] = 262, [IA_RPM_BASENAMES] = 1117,     [IA_RPM_DIRECTORY_INDEXES] = 1116,
    [IA_RPM_DIRECTORIES] = 1118,  [IA_RPM_OLD_FILENAMES] = 1027,
};

static void add_damage(const struct ia_rpm_header *header)
{
    ia_damage_add(header->damage, IA_DAMAGE_HEADER, header->offset);
}

static bool is_string(uint32_t type)
{
    return type == IA_RPM_STRING || type == IA_RPM_STRING_ARRAY || type == IA_RPM_I18N;
}

static bool next_entry(struct ia_cursor *index, struct entry *out)
{
    return ia_cursor_u32be(index, &out->tag) && ia_cursor_u32be(index, &out->type) &&
           ia_cursor_u32be(index, &out->offset) && ia_cursor_u32be(index, &out->count);
}

static bool is_region(const struct entry *entry)
{
    return entry->tag >= REGION_FIRST && entry->tag <= REGION_LAST;
}

/* How many entries the region covers, from its trailer; 0 when that is damaged. */
static size_t region_entries(const struct entry *first, size_t count, const struct ia_cursor *data)
{
    struct ia_cursor at;
    struct entry trailer;
    if (first->type != IA_RPM_BIN || first->count != ENTRY_BYTES ||
        !ia_cursor_sub(data, first->offset, ENTRY_BYTES, &at) || !next_entry(&at, &trailer))
        return 0;
    uint32_t back = 0U - trailer.offset; /* it is a negative number: as far back as the index is long */
    size_t covered = back / ENTRY_BYTES;
    bool fits = is_region(&trailer) && trailer.type == IA_RPM_BIN && trailer.count == ENTRY_BYTES &&
                back % ENTRY_BYTES == 0 && covered > 0 && covered <= count;
    return fits ? covered : 0;
}

/* The bytes of an entry, or to the end of the data for strings; false when the entry cannot be true. */
static bool entry_bytes(const struct entry *entry, const struct ia_cursor *data, struct ia_cursor *out)
{
    if (entry->type >= TYPES || entry->offset >= data->n || entry->count == 0)
        return false;
    uint64_t rest = data->n - entry->offset, size = (uint64_t)entry->count * widths[entry->type];
    if (size > rest || entry->offset % widths[entry->type] != 0) /* a string has a byte at least */
        return false;
    if (entry->type != IA_RPM_BIN && entry->count > COUNT_MAX)
        return false;
    return ia_cursor_sub(data, entry->offset, is_string(entry->type) ? rest : size, out);
}

static void take_entry(struct ia_rpm_header *header, const struct entry *entry, const struct ia_cursor *data,
                       bool later)
{
    struct ia_rpm_value value = {.type = entry->type, .count = entry->count, .later = later};
    size_t name = 0;
    if (!entry_bytes(entry, data, &value.bytes)) {
        add_damage(header);
        return;
    }
    while (name < IA_RPM_VALUES && tags[name] != entry->tag)
        name++;
    if (name == IA_RPM_VALUES)
        return;
    if (header->values[name].count && header->values[name].later == later) /* which one rpm takes is chance */
        add_damage(header);
    else
        header->values[name] = value;
}

bool ia_rpm_header_open(struct ia_str blob, size_t offset, struct ia_damage *damage, struct ia_rpm_header *out)
{
    struct ia_cursor rest = ia_cursor_from(blob.p, blob.n), index;
    uint32_t entries, size;
    struct entry entry;
    *out = (struct ia_rpm_header){.damage = damage, .offset = offset};
    if (!ia_cursor_u32be(&rest, &entries) || !ia_cursor_u32be(&rest, &size) || entries == 0 || entries > ENTRIES_MAX ||
        size > DATA_MAX || !ia_cursor_take(&rest, (size_t)entries * ENTRY_BYTES, &index)) {
        add_damage(out);
        return false;
    }
    if (size != rest.n) /* cut off, or longer than it says */
        add_damage(out);
    if (size < rest.n)
        rest.n = size;
    size_t region = entries;
    for (size_t i = 0; i < entries && next_entry(&index, &entry); i++) {
        if (i > 0 || !is_region(&entry)) {
            take_entry(out, &entry, &rest, i >= region);
            continue;
        }
        region = region_entries(&entry, entries, &rest);
        if (region == 0)
            add_damage(out);
    }
    return true;
}

bool ia_rpm_next_string(struct ia_str *rest, struct ia_str *out)
{
    size_t end = ia_str_find(*rest, '\0');
    if (end == rest->n)
        return false;
    *out = ia_str_sub(*rest, 0, end);
    *rest = ia_str_sub(*rest, end + 1, rest->n);
    return true;
}

struct ia_str ia_rpm_header_string(const struct ia_rpm_header *header, enum ia_rpm_value_name name)
{
    const struct ia_rpm_value *value = &header->values[name];
    struct ia_str rest = ia_cursor_str(value->bytes), text = IA_STR("");
    if (value->count && (!is_string(value->type) || !ia_rpm_next_string(&rest, &text)))
        add_damage(header);
    return text;
}

bool ia_rpm_header_number(const struct ia_rpm_header *header, enum ia_rpm_value_name name, uint64_t *out)
{
    const struct ia_rpm_value *value = &header->values[name];
    if (!value->count)
        return false;
    if (value->type == 0 || value->type > 5) {
        add_damage(header);
        return false;
    }
    *out = 0;
    for (size_t i = 0; i < widths[value->type]; i++)
        *out = *out << 8 | value->bytes.p[i];
    return true;
}

struct ia_cursor ia_rpm_header_bytes(const struct ia_rpm_header *header, enum ia_rpm_value_name name)
{
    const struct ia_rpm_value *value = &header->values[name];
    if (value->count && value->type != IA_RPM_BIN)
        add_damage(header);
    return value->count && value->type == IA_RPM_BIN ? value->bytes : ia_cursor_from(NULL, 0);
}

bool ia_rpm_header_strings(const struct ia_rpm_header *header, enum ia_rpm_value_name name, struct ia_str *strings,
                           size_t *count)
{
    const struct ia_rpm_value *value = &header->values[name];
    struct ia_str all = ia_cursor_str(value->bytes), rest = all, one;
    *strings = IA_STR("");
    *count = 0;
    if (!value->count)
        return false;
    if (is_string(value->type))
        while (*count < value->count && ia_rpm_next_string(&rest, &one))
            ++*count;
    if (*count < value->count)
        ia_damage_add(header->damage, IA_DAMAGE_FILES, header->offset);
    *strings = ia_str_sub(all, 0, all.n - rest.n);
    return true;
}
