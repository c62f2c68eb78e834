/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <criterion/criterion.h>

Test(str, next_keeps_empty_fields)
{
    struct ia_str rest = IA_STR("a,,b,"), field;
    cr_assert(ia_str_next(&rest, ',', &field) && ia_str_is(field, "a"));
    cr_assert(ia_str_next(&rest, ',', &field) && ia_str_is(field, ""));
    cr_assert(ia_str_next(&rest, ',', &field) && ia_str_is(field, "b"));
    cr_assert_not(ia_str_next(&rest, ',', &field));
}

Test(str, u64_limits)
{
    static const struct {
        const char *text;
        bool ok;
        uint64_t value;
    } rows[] = {
        {"0", true, 0},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"", false, 0},
        {"-1", false, 0},
        {"1 ", false, 0},
        {"00000000000000000000000000007", true, 7},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t value = 0;
        cr_expect_eq(ia_str_u64(ia_str_from(rows[i].text), &value), rows[i].ok, "row %zu", i);
        cr_expect_eq(value, rows[i].value, "row %zu", i);
    }
}
