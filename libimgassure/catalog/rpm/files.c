/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a header: names, and for each the number of its directory in a list of directories; before rpm 4.0 whole
 * paths. Where each directory begins is kept apart, as the numbers may go up and down in any order.
 */
#include "catalog/rpm/reader.h"

enum { NUMBER_BYTES = 4 };

static bool whole_path(struct ia_record_files *files, struct ia_str *directory, struct ia_str *name)
{
    struct ia_str path;
    while (ia_rpm_next_string(&files->a, &path)) {
        size_t slash = ia_str_find_last(path, '/');
        size_t cut = slash < path.n ? slash + 1 : 0;
        *directory = ia_str_sub(path, 0, cut);
        *name = ia_str_sub(path, cut, path.n);
        if (name->n)
            return true;
    }
    return false;
}

/* The directory of a number; false when there is none. No search: a million files may be in one very long name. */
static bool directory_at(const struct ia_record_files *files, uint32_t index, struct ia_str *out)
{
    if (index >= files->c.n / NUMBER_BYTES)
        return false;
    struct ia_str from = ia_str_sub(files->c, (size_t)index * NUMBER_BYTES, files->c.n);
    struct ia_cursor starts = ia_cursor_from(from.p, from.n);
    uint32_t begin, end;
    if (!ia_cursor_u32le(&starts, &begin))
        return false;
    if (!ia_cursor_u32le(&starts, &end))
        end = (uint32_t)files->d.n;
    *out = ia_str_sub(files->d, begin, end - begin - 1);
    return true;
}

/* a: names; b: the numbers of their directories; c: where each directory begins in d. */
static bool name_in_directory(struct ia_record_files *files, struct ia_str *directory, struct ia_str *name)
{
    while (files->b.n >= NUMBER_BYTES && ia_rpm_next_string(&files->a, name)) {
        uint32_t index = ia_load_u32be((const uint8_t *)files->b.p);
        files->b = ia_str_sub(files->b, NUMBER_BYTES, files->b.n);
        if (name->n && directory_at(files, index, directory))
            return true;
    }
    return false;
}

static int keep_starts(struct ia_buf *starts, struct ia_str directories)
{
    struct ia_str rest = directories, one;
    uint8_t start[NUMBER_BYTES];
    ia_buf_clear(starts);
    for (size_t at = 0; ia_rpm_next_string(&rest, &one); at = directories.n - rest.n) {
        ia_store_u32le(start, (uint32_t)at); /* a header is smaller than 4 GiB */
        IA_TRY(ia_buf_add(starts, start, sizeof(start)));
    }
    return IMGA_OK;
}

static bool has_index_beyond(struct ia_cursor indexes, size_t directories)
{
    uint32_t index;
    while (ia_cursor_u32be(&indexes, &index))
        if (index >= directories)
            return true;
    return false;
}

int ia_rpm_list_files(struct ia_rpm_reader *reader, const struct ia_rpm_header *header, struct ia_record_files *out)
{
    const struct ia_rpm_value *indexes = &header->values[IA_RPM_DIRECTORY_INDEXES];
    struct ia_str names, directories;
    size_t name_count, directory_count;
    *out = (struct ia_record_files){.next = NULL};
    if (ia_rpm_header_strings(header, IA_RPM_OLD_FILENAMES, &names, &name_count)) {
        *out = (struct ia_record_files){.next = whole_path, .a = names};
        return IMGA_OK;
    }
    if (!ia_rpm_header_strings(header, IA_RPM_BASENAMES, &names, &name_count))
        return IMGA_OK;
    ia_rpm_header_strings(header, IA_RPM_DIRECTORIES, &directories, &directory_count);
    bool numbered = indexes->count && indexes->type == IA_RPM_INT32;
    if (!numbered || indexes->count != name_count || has_index_beyond(indexes->bytes, directory_count))
        ia_damage_add(header->damage, IA_DAMAGE_FILES, header->offset);
    if (!numbered)
        return IMGA_OK;
    if (keep_starts(&reader->directories, directories) < 0)
        return ia_fail_nomem(reader->env);
    *out = (struct ia_record_files){.next = name_in_directory,
                                    .a = names,
                                    .b = ia_cursor_str(indexes->bytes),
                                    .c = ia_buf_view(&reader->directories),
                                    .d = directories};
    return IMGA_OK;
}
