/* SPDX-License-Identifier: Apache-2.0 */
/* deb822 and KEY=value lines: every byte belongs to at most one record, in order, and the readers end. */
#include "fuzz.h"

#include "syntax/deb822.h"
#include "syntax/keyvalue.h"

static size_t offset_in(struct ia_str whole, struct ia_str part)
{
    size_t at = (size_t)(part.p - whole.p);
    fuzz_check(part.p >= whole.p && at <= whole.n && part.n <= whole.n - at, "views lie in the text");
    return at;
}

static void read_paragraphs(struct ia_str text)
{
    struct ia_deb822 reader;
    struct ia_deb822_field field;
    enum ia_deb822_event event;
    size_t end = 0, fields = 0;
    ia_deb822_init(&reader, text);
    while ((event = ia_deb822_next(&reader, &field)) != IA_DEB822_END) {
        if (event == IA_DEB822_PARAGRAPH) {
            fuzz_check(fields > 0, "a paragraph has fields");
            fields = 0;
            continue;
        }
        fuzz_check(field.offset >= end, "records do not overlap");
        size_t value = offset_in(text, field.value);
        fuzz_check(value >= field.offset, "a value is behind its start");
        if (event == IA_DEB822_FIELD) {
            fields++;
            fuzz_check(offset_in(text, field.name) == field.offset && field.name.n > 0, "a field starts with its name");
            fuzz_check(value > field.offset + field.name.n, "the value follows");
        }
        fuzz_check(value + field.value.n > field.offset, "something is read");
        end = value + field.value.n;
    }
    fuzz_check(fields == 0 && reader.at == text.n, "the end is reached");
}

static void read_lines(struct ia_str text)
{
    struct ia_keyvalue reader;
    struct ia_buf value;
    struct ia_str key;
    size_t offset, next = 0;
    int status;
    ia_buf_init(&value, &ia_alloc_libc, 256);
    ia_keyvalue_init(&reader, text);
    while ((status = ia_keyvalue_next(&reader, &key, &value, &offset)) != 0) {
        fuzz_check(offset >= next && reader.at > offset, "lines go forward");
        fuzz_check(status == 1 || status == IMGA_E_FORMAT || status == IMGA_E_LIMIT, "a known status");
        next = reader.at;
        if (status == 1) {
            fuzz_check(key.n > 0 && offset_in(text, key) >= offset, "a key is on its line");
            fuzz_check(value.n <= reader.at - offset, "unquoting does not grow");
        }
    }
    fuzz_check(reader.at == text.n, "the end is reached");
    ia_buf_free(&value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_str text = {(const char *)data, size};
    read_paragraphs(text.n ? text : IA_STR(""));
    read_lines(text.n ? text : IA_STR(""));
    return 0;
}
