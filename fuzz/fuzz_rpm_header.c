/* SPDX-License-Identifier: Apache-2.0 */
/* One header of an rpm package: what comes out lies in it, and its files are the same the second time. */
#include "fuzz.h"

#include "catalog/rpm/reader.h"

struct taken {
    struct ia_str header;
    size_t records;
};

static void check_inside(struct ia_str part, struct ia_str text)
{
    fuzz_check(part.n == 0 || (part.p >= text.p && part.n <= text.n && part.p <= text.p + (text.n - part.n)),
               "a value lies in the header");
}

static size_t count_files(struct ia_record_files files, struct ia_str header)
{
    struct ia_str directory, name;
    size_t count = 0;
    for (; files.next && files.next(&files, &directory, &name); count++) {
        check_inside(directory, header);
        check_inside(name, header);
        fuzz_check(name.n > 0, "a file has a name");
    }
    return count;
}

static int check_record(void *user, struct ia_env *env, const struct ia_record *record)
{
    struct taken *taken = user;
    (void)env;
    fuzz_check(record->name.n > 0 && record->version.n > 0 && record->source.n > 0, "a record is whole");
    check_inside(record->name, taken->header);
    check_inside(record->architecture, taken->header);
    check_inside(record->license, taken->header);
    size_t files = count_files(record->files, taken->header);
    fuzz_check(files <= taken->header.n, "files have bytes");
    fuzz_check(files == count_files(record->files, taken->header), "files are the same the second time");
    for (size_t i = 0; i < record->field_count; i++)
        fuzz_check(record->fields[i].name.n > 0 && record->fields[i].value.n > 0,
                   "a field that is there says something");
    taken->records++;
    return IMGA_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct taken taken = {{(const char *)data, size}, 0};
    struct ia_damage damage = {.count = {0}};
    struct fuzz_env f;
    fuzz_env_open(&f);
    struct ia_rpm_reader reader = {.env = &f.env, .damage = &damage, .take = check_record, .user = &taken};
    ia_buf_init(&reader.version, &f.env.alloc, IA_RPM_HEADER_MAX);
    ia_buf_init(&reader.directories, &f.env.alloc, IA_RPM_HEADER_MAX);
    fuzz_check(ia_rpm_take_header(&reader, taken.header, 0) == IMGA_OK, "damage is no failure");
    size_t damaged = damage.count[IA_DAMAGE_HEADER] + damage.count[IA_DAMAGE_RECORD];
    fuzz_check(taken.records == 1 || damaged > 0, "no header is left out without a word");
    ia_buf_free(&reader.version);
    ia_buf_free(&reader.directories);
    fuzz_env_close(&f);
    return 0;
}
