/* SPDX-License-Identifier: Apache-2.0 */
/* apk's installed database: records lie in the text, in order, their files in the records, and reading ends. */
#include "fuzz.h"

#include "catalog/record.h"

static void check_inside(struct ia_str part, struct ia_str text)
{
    fuzz_check(part.n == 0 || (part.p >= text.p && part.n <= text.n && part.p <= text.p + (text.n - part.n)),
               "a value lies in the text");
}

static void read_files(const struct ia_record *record)
{
    struct ia_record_files files = record->files;
    struct ia_str directory, name, text = files.a;
    while (files.next(&files, &directory, &name)) {
        check_inside(name, text);
        check_inside(directory, text);
        fuzz_check(name.n > 0, "a file has a name");
    }
}

static int take(void *user, struct ia_env *env, const struct ia_record *record)
{
    struct ia_str *world = user;
    (void)env;
    for (size_t i = 0; i < record->field_count; i++)
        if (ia_str_is(record->fields[i].name, "explicit"))
            fuzz_check(world->n >= record->name.n, "what is asked for is named");
    return IMGA_OK;
}

/* The text as its own world, whole and cut off. */
static void read_database(struct ia_str text)
{
    struct fuzz_env f;
    struct ia_damage damage = {.count = {0}};
    struct ia_db_source source = {.text = text, .beside = {text}};
    fuzz_env_open(&f);
    fuzz_check(ia_apk_read(&f.env, &source, &damage, take, &text) == IMGA_OK, "damage is no failure");
    source.cut = true;
    fuzz_check(ia_apk_read(&f.env, &source, &damage, take, &text) == IMGA_OK, "damage is no failure");
    fuzz_env_close(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_str text = {(const char *)data, size};
    struct ia_damage damage = {.count = {0}};
    struct ia_db_reader reader;
    struct ia_record record;
    size_t next = 0;
    ia_db_reader_init(&reader, text, &damage);
    while (ia_apk_next(&reader, &record)) {
        check_inside(record.files.a, text);
        check_inside(record.name, record.files.a);
        check_inside(record.version, record.files.a);
        check_inside(record.architecture, record.files.a);
        check_inside(record.source, record.files.a);
        check_inside(record.license, record.files.a);
        check_inside(record.maintainer, record.files.a);
        fuzz_check(record.name.n > 0 && record.version.n > 0 && record.source.n > 0, "a record is whole");
        fuzz_check(record.offset >= next, "records come in order");
        next = record.offset + record.files.a.n;
        read_files(&record);
    }
    fuzz_check(!ia_apk_next(&reader, &record), "the end stays the end");
    read_database(text);
    return 0;
}
