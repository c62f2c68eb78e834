/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of every length come back; what is cut, too long or over the maximum is refused. */
#include "base/varint.h"

#include "base/macros.h"

#include <criterion/criterion.h>
#include <imgassure/status.h>

Test(varint, comes_back)
{
    struct ia_buf out;
    ia_buf_init(&out, &ia_alloc_libc, SIZE_MAX);
    for (unsigned bit = 0; bit <= 64; bit++) {
        uint64_t value = bit == 64 ? UINT64_MAX : (uint64_t)1 << bit, back = 0;
        ia_buf_clear(&out);
        cr_assert_eq(ia_varint_put(&out, value), IMGA_OK);
        cr_expect_eq(out.n, bit == 64 ? 10 : bit / 7 + 1);
        struct ia_cursor whole = ia_cursor_from(out.p, out.n), again = whole;
        cr_expect(ia_varint_take(&whole, value, &back) && back == value && whole.n == 0, "bit %u", bit);
        cr_expect_not(ia_varint_take(&again, value - 1, &back), "bit %u: over the maximum", bit);
        for (size_t n = 0; n < out.n; n++) {
            struct ia_cursor cut = ia_cursor_from(out.p, n);
            cr_expect_not(ia_varint_take(&cut, UINT64_MAX, &back), "bit %u cut at %zu", bit, n);
        }
    }
    ia_buf_free(&out);
}

Test(varint, refused)
{
    static const char *const rows[] = {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
                                       "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_cursor bytes = ia_cursor_from(rows[i], ia_str_from(rows[i]).n);
        uint64_t value;
        cr_expect_not(ia_varint_take(&bytes, UINT64_MAX, &value), "row %zu", i);
    }
}
