/* SPDX-License-Identifier: Apache-2.0 */
/* dpkg's status text and both kinds of file lists: records lie in the text, in order, and reading ends. */
#include "fuzz.h"

#include "catalog/record.h"

static void check_inside(struct ia_str part, struct ia_str text)
{
    fuzz_check(part.n == 0 || (part.p >= text.p && part.n <= text.n && part.p <= text.p + (text.n - part.n)),
               "a value lies in the text");
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_str text = {(const char *)data, size};
    struct ia_db_reader reader;
    struct ia_record record;
    size_t next = 0;
    ia_db_reader_init(&reader, text);
    while (ia_dpkg_next(&reader, &record)) {
        check_inside(record.name, text);
        check_inside(record.version, text);
        check_inside(record.architecture, text);
        check_inside(record.source, text);
        check_inside(record.source_version, text);
        check_inside(record.maintainer, text);
        fuzz_check(record.name.n > 0 && record.source.n > 0, "a record has name and source");
        fuzz_check(record.version.n > 0 || !record.installed, "what is installed has a version");
        fuzz_check(record.offset >= next && record.offset < size, "records come in order");
        next = record.offset + 1;
    }
    fuzz_check(!ia_dpkg_next(&reader, &record), "the end stays the end");
    read_lists(text);
    return 0;
}
