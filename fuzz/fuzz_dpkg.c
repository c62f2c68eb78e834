/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg's and opkg's status text, both kinds of file lists, and diversions: records lie in the text, in order, and
 * reading ends.
 */
#include "fuzz.h"

#include "catalog/diversions.h"
#include "catalog/record.h"

static void check_inside(struct ia_str part, struct ia_str text)
{
    fuzz_check(part.n == 0 || (part.p >= text.p && part.n <= text.n && part.p <= text.p + (text.n - part.n)),
               "a value lies in the text");
}

static void check_record(const struct ia_record *record, struct ia_str text)
{
    struct ia_record_files files = record->files;
    struct ia_str directory, name;
    check_inside(record->name, text);
    check_inside(record->version, text);
    check_inside(record->architecture, text);
    check_inside(record->source, text);
    check_inside(record->source_version, text);
    check_inside(record->license, text);
    check_inside(record->maintainer, text);
    fuzz_check(record->name.n > 0 && record->source.n > 0, "a record has name and source");
    fuzz_check(record->version.n > 0 || !record->installed, "what is installed has a version");
    for (size_t i = 0; i < record->field_count; i++)
        fuzz_check(record->fields[i].name.n > 0 && record->fields[i].value.n > 0, "a field has name and value");
    while (files.next(&files, &directory, &name)) {
        check_inside(name, text);
        fuzz_check(name.n > 0, "a file has a name");
    }
}

static void read_records(struct ia_str text, ia_record_next *record_next)
{
    struct ia_damage damage = {.count = {0}};
    struct ia_db_reader reader;
    struct ia_record record;
    size_t next = 0;
    ia_db_reader_init(&reader, text, &damage);
    while (record_next(&reader, &record)) {
        check_record(&record, text);
        fuzz_check(record.offset >= next && record.offset < text.n, "records come in order");
        next = record.offset + 1;
    }
    fuzz_check(!record_next(&reader, &record), "the end stays the end");
}

static void read_lists(struct ia_str text)
{
    struct ia_str rest = text, path;
    while (ia_dpkg_list_next(&rest, &path)) {
        check_inside(path, text);
        fuzz_check(path.n > 0 && rest.n < text.n, "a list goes on");
    }
    rest = text;
    while (ia_dpkg_md5sums_next(&rest, &path)) {
        check_inside(path, text);
        fuzz_check(path.n > 0 && path.p[0] != '/', "a path is relative");
    }
}

static void read_diversions(struct ia_str text)
{
    struct fuzz_env f;
    struct ia_diversions diversions;
    struct ia_str rest = text, line;
    fuzz_env_open(&f);
    ia_diversions_init(&diversions, &f.env);
    fuzz_check(ia_diversions_read(&diversions, &f.env, text) >= 0, "damage is no failure");
    while (ia_str_next(&rest, '\n', &line))
        check_inside(ia_diversions_real(&diversions, line, IA_STR("p")), text);
    ia_diversions_free(&diversions);
    fuzz_env_close(&f);
}

static int take(void *user, struct ia_env *env, const struct ia_record *record)
{
    size_t *count = user;
    (void)env;
    fuzz_check(record->name.n > 0, "a record has a name");
    ++*count;
    return IMGA_OK;
}

/* The readers of whole databases, the text cut off or not. */
static void read_databases(struct ia_str text)
{
    static ia_db_read *const readers[] = {ia_dpkg_read, ia_opkg_read};
    struct fuzz_env f;
    struct ia_damage damage = {.count = {0}};
    size_t whole = 0, cut = 0;
    fuzz_env_open(&f);
    for (size_t i = 0; i < IA_COUNT(readers); i++) {
        struct ia_db_source source = {.text = text};
        fuzz_check(readers[i](&f.env, &source, &damage, take, &whole) == IMGA_OK, "damage is no failure");
        source.cut = true;
        fuzz_check(readers[i](&f.env, &source, &damage, take, &cut) == IMGA_OK, "damage is no failure");
    }
    fuzz_check(cut <= whole, "what is cut off holds no more");
    fuzz_env_close(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_str text = {(const char *)data, size};
    read_records(text, ia_dpkg_next);
    read_records(text, ia_opkg_next);
    read_lists(text);
    read_diversions(text);
    read_databases(text);
    return 0;
}
