/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <imgassure/status.h>

#include <criterion/criterion.h>

Test(buf, stops_at_its_maximum)
{
    struct ia_buf buf;
    ia_buf_init(&buf, &ia_alloc_libc, 5);
    cr_assert_eq(ia_buf_text(&buf, "12345"), IMGA_OK);
    cr_assert_eq(ia_buf_char(&buf, '6'), IMGA_E_LIMIT);
    cr_assert(ia_str_is(ia_buf_view(&buf), "12345"));
    ia_buf_free(&buf);
}

Test(buf, writes_numbers)
{
    struct ia_buf buf;
    ia_buf_init(&buf, &ia_alloc_libc, 100);
    cr_assert_eq(ia_buf_i64(&buf, INT64_MIN), IMGA_OK);
    cr_assert_eq(ia_buf_u64(&buf, 0), IMGA_OK);
    cr_assert(ia_str_is(ia_buf_view(&buf), "-92233720368547758080"));
    ia_buf_free(&buf);
}
