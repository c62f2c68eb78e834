/* SPDX-License-Identifier: Apache-2.0 */
/* Found items as a cache may hand them back: views lie in the text, and reading ends. */
#include "fuzz.h"

static void check_inside(struct ia_str part, const uint8_t *data, size_t size)
{
    const uint8_t *p = (const uint8_t *)part.p;
    fuzz_check(part.n == 0 || (p >= data && p <= data + size && part.n <= (size_t)(data + size - p)),
               "a text lies in the input");
}

static void check_package(const struct ia_found_package *package, const uint8_t *data, size_t size)
{
    check_inside(package->type, data, size);
    check_inside(package->name, data, size);
    check_inside(package->how, data, size);
    for (size_t i = 0; i < package->field_count; i++)
        check_inside(package->fields[i].value, data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_cursor left = ia_cursor_from(data, size);
    struct ia_found_item item = {.kind = IA_FOUND_NOTE};
    size_t before = left.n;
    while (ia_found_next(&left, &item) > 0) {
        fuzz_check(left.n < before, "every item takes bytes");
        before = left.n;
        if (item.kind == IA_FOUND_PACKAGE)
            check_package(&item.package, data, size);
        else if (item.kind != IA_FOUND_EXECUTABLE && item.kind != IA_FOUND_ATTACH)
            check_inside(item.text, data, size);
    }
    return 0;
}
