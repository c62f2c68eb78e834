/* SPDX-License-Identifier: Apache-2.0 */
#include "model/time.h"

#include "base/macros.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

/* Seconds by GNU date(1), -u -d. text: what comes back, NULL when it is the input itself. */
static const struct {
    const char *in;
    int64_t seconds;
    const char *text;
} good[] = {
    {"1970-01-01T00:00:00Z", 0, NULL},
    {"1970-01-01", 0, "1970-01-01T00:00:00Z"},
    {"1969-12-31T23:59:59Z", -1, NULL},
    {"1969-12-31", -86400, "1969-12-31T00:00:00Z"},
    {"1900-02-28T23:59:59Z", -2203891201, NULL},
    {"1900-03-01T00:00:00Z", -2203891200, NULL},
    {"2000-02-29T12:00:00Z", 951825600, NULL},
    {"2000-12-31T23:59:59Z", 978307199, NULL},
    {"2001-01-01T00:00:00Z", 978307200, NULL},
    {"2024-02-29T00:00:00Z", 1709164800, NULL},
    {"2024-03-01T00:00:00Z", 1709251200, NULL},
    {"2023-03-01T00:00:00Z", 1677628800, NULL},
    {"2024-12-31T00:00:00Z", 1735603200, NULL},
    {"2038-01-19T03:14:07Z", 2147483647, NULL},
    {"2038-01-19T03:14:08Z", 2147483648, NULL},
    {"2100-02-28T00:00:00Z", 4107456000, NULL},
    {"2100-03-01T00:00:00Z", 4107542400, NULL},
    {"2400-02-29T00:00:00Z", 13574563200, NULL},
    {"1600-02-29T00:00:00Z", -11670998400, NULL},
    {"0001-01-01T00:00:00Z", -62135596800, NULL},
    {"0004-02-29T00:00:00Z", -62035891200, NULL},
    {"9999-12-31T23:59:59Z", 253402300799, NULL},
    {"2026-11-22T10:00:00+02:00", 1795334400, "2026-11-22T08:00:00Z"},
    {"2026-11-22T10:00:00-05:30", 1795361400, "2026-11-22T15:30:00Z"},
    {"2026-01-01T00:30:00+01:00", 1767223800, "2025-12-31T23:30:00Z"},
    {"1970-01-01T00:00:00+23:59", -86340, "1969-12-31T00:01:00Z"},
    {"2026-11-22T10:00:00-00:00", 1795341600, "2026-11-22T10:00:00Z"},
    {"2026-11-22T10:00:00.5Z", 1795341600, "2026-11-22T10:00:00Z"},
    {"2026-11-22T10:00:00.999999999999999999999999+00:00", 1795341600, "2026-11-22T10:00:00Z"},
    {"2026-11-22t10:00:00z", 1795341600, "2026-11-22T10:00:00Z"},
    {"2026-11-22 10:00:00Z", 1795341600, "2026-11-22T10:00:00Z"},
    {"2016-12-31T23:59:60Z", 1483228800, "2017-01-01T00:00:00Z"},
    {"2017-01-01T08:59:60+09:00", 1483228800, "2017-01-01T00:00:00Z"},
};

static const char *const bad[] = {
    "",
    "2026",
    "2026-11",
    "2026-11-",
    "2026-11-2",
    "2026-11-22T",
    "2026-11-22T10",
    "2026-11-22T10:00",
    "2026-11-22T10:00Z",
    "2026-11-22T10:00:00",
    "2026-11-22T10:00:00.Z",
    "2026-11-22T10:00:00,5Z",
    "2026-11-22T10:00:00ZZ",
    "2026-11-22T10:00:00Z ",
    " 2026-11-22T10:00:00Z",
    "2026-11-22T10:00:00+0200",
    "2026-11-22T10:00:00+02",
    "2026-11-22T10:00:00+24:00",
    "2026-11-22T10:00:00+02:60",
    "2026-11-22T10:00:00 +02:00",
    "2026-11-22T24:00:00Z",
    "2026-11-22T10:60:00Z",
    "2026-11-22T10:00:61Z",
    "2026-11-22T10:00:60Z",
    "2026-11-22Z",
    "2026-11-22x10:00:00Z",
    "2026-00-01",
    "2026-13-01",
    "2026-01-00",
    "2026-01-32",
    "2026-04-31",
    "2026-02-29",
    "2100-02-29",
    "1900-02-29",
    "0000-01-01",
    "10000-01-01",
    "-001-01-01",
    "+026-01-01",
    "2026-1-01",
    "2026/01/01",
    "20260101",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "9999-12-31T23:59:60Z",
};

Test(time, good)
{
    for (size_t i = 0; i < IA_COUNT(good); i++) {
        int64_t seconds = 42;
        char text[IA_TIME_TEXT];
        cr_expect(ia_time_parse(ia_str_from(good[i].in), &seconds), "%s", good[i].in);
        cr_expect_eq(seconds, good[i].seconds, "%s gives %" PRId64, good[i].in, seconds);
        ia_time_text(seconds, text);
        cr_expect_str_eq(text, good[i].text ? good[i].text : good[i].in);
    }
}

Test(time, bad)
{
    for (size_t i = 0; i < IA_COUNT(bad); i++) {
        int64_t seconds = 42;
        cr_expect_not(ia_time_parse(ia_str_from(bad[i]), &seconds), "%s", bad[i]);
        cr_expect_eq(seconds, 42, "%s", bad[i]);
    }
    cr_expect_not(ia_time_parse((struct ia_str){"2026-11-22\0", 11}, &(int64_t){0}), "a NUL is not the end");
}

/* Every day of 400 years and both edges: text and back, one day apart. */
Test(time, every_day)
{
    char text[IA_TIME_TEXT];
    int64_t back;
    for (int64_t day = -150000; day < 2932896; day += day < 0 || day > 20000 ? 37 : 1) {
        ia_time_text(day * 86400 + 86399, text);
        cr_assert(ia_time_parse(ia_str_from(text), &back), "%s", text);
        cr_assert_eq(back, day * 86400 + 86399, "%s", text);
    }
}

Test(time, outside)
{
    static const int64_t out[] = {-62135596801, 253402300800, INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < IA_COUNT(out); i++) {
        char text[IA_TIME_TEXT] = "x";
        ia_time_text(out[i], text);
        cr_expect_str_eq(text, "", "%" PRId64, out[i]);
    }
}

/* Single changes to a good text never crash, and what parses comes back. */
Test(time, one_byte_off)
{
    static const char whole[] = "2026-11-22T10:20:30.5+02:00";
    for (size_t at = 0; at < sizeof(whole) - 1; at++)
        for (int c = 0; c < 256; c++) {
            char copy[sizeof(whole)], text[IA_TIME_TEXT];
            int64_t seconds, again;
            memcpy(copy, whole, sizeof(whole));
            copy[at] = (char)c;
            if (!ia_time_parse((struct ia_str){copy, sizeof(whole) - 1}, &seconds))
                continue;
            ia_time_text(seconds, text);
            cr_expect(ia_time_parse(ia_str_from(text), &again) && again == seconds, "%s", text);
        }
}
