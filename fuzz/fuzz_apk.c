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
    struct ia_apk_files files = {record->text, {"", 0}};
    struct ia_str name;
    while (ia_apk_next_file(&files, &name)) {
        check_inside(name, record->text);
        check_inside(files.directory, record->text);
        fuzz_check(name.n > 0, "a file has a name");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_str text = {(const char *)data, size};
    struct ia_db_reader reader;
    struct ia_record record;
    size_t next = 0;
    ia_db_reader_init(&reader, text);
    while (ia_apk_next(&reader, &record)) {
        check_inside(record.text, text);
        check_inside(record.name, record.text);
        check_inside(record.version, record.text);
        check_inside(record.architecture, record.text);
        check_inside(record.source, record.text);
        check_inside(record.license, record.text);
        check_inside(record.maintainer, record.text);
        fuzz_check(record.name.n > 0 && record.version.n > 0 && record.source.n > 0, "a record is whole");
        fuzz_check(record.offset >= next, "records come in order");
        next = record.offset + record.text.n;
        read_files(&record);
    }
    fuzz_check(!ia_apk_next(&reader, &record), "the end stays the end");
    return 0;
}
