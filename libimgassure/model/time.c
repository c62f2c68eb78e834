/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instants and their text: ISO 8601 dates and RFC 3339 section 5.6, proleptic Gregorian, years 1 to 9999. A fraction is
 * cut off downwards. Second 60 is a leap second and counts as the first second of the next minute, as POSIX does; like
 * RFC 3339 it is taken only at 23:59:60 UTC. "T" and "Z" may be lower case, and a blank may stand for "T".
 */
#include "model/time.h"

#include <stdio.h>
#include <string.h>

enum { YEAR_LAST = 9999 };

struct clock_time {
    int64_t hour, minute, second;
    int64_t offset; /* seconds east of UTC */
};

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t days_of_month(int64_t year, int64_t month)
{
    static const int8_t days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month];
}

/* Days from 0001-01-01 to the first of January of a year. */
static int64_t days_before_year(int64_t year)
{
    int64_t y = year - 1;
    return 365 * y + y / 4 - y / 100 + y / 400;
}

/* Cuts exactly count digits off. */
static bool take_number(struct ia_str *rest, size_t count, int64_t *out)
{
    uint64_t value;
    if (rest->n < count || !ia_str_u64(ia_str_sub(*rest, 0, count), &value))
        return false;
    *rest = ia_str_sub(*rest, count, rest->n);
    *out = (int64_t)value;
    return true;
}

static bool take_char(struct ia_str *rest, char c)
{
    if (rest->n == 0 || ia_lower(rest->p[0]) != ia_lower(c))
        return false;
    *rest = ia_str_sub(*rest, 1, rest->n);
    return true;
}

static bool take_date(struct ia_str *rest, int64_t *days)
{
    int64_t year, month, day;
    if (!take_number(rest, 4, &year) || !take_char(rest, '-') || !take_number(rest, 2, &month) ||
        !take_char(rest, '-') || !take_number(rest, 2, &day))
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
        return false;
    *days = days_before_year(year) - days_before_year(1970) + day - 1;
    for (int64_t m = 1; m < month; m++)
        *days += days_of_month(year, m);
    return true;
}

static bool take_fraction(struct ia_str *rest)
{
    size_t digits = 0;
    if (!take_char(rest, '.'))
        return true;
    while (digits < rest->n && ia_is_digit(rest->p[digits]))
        digits++;
    *rest = ia_str_sub(*rest, digits, rest->n);
    return digits > 0;
}

static bool take_offset(struct ia_str *rest, int64_t *offset)
{
    int64_t hour, minute;
    *offset = 0;
    if (take_char(rest, 'Z'))
        return true;
    bool west = take_char(rest, '-');
    if (!west && !take_char(rest, '+'))
        return false;
    if (!take_number(rest, 2, &hour) || !take_char(rest, ':') || !take_number(rest, 2, &minute) || hour > 23 ||
        minute > 59)
        return false;
    *offset = (hour * 60 + minute) * (west ? -60 : 60);
    return true;
}

static bool take_clock(struct ia_str *rest, struct clock_time *out)
{
    if (!take_char(rest, 'T') && !take_char(rest, ' '))
        return false;
    if (!take_number(rest, 2, &out->hour) || !take_char(rest, ':') || !take_number(rest, 2, &out->minute) ||
        !take_char(rest, ':') || !take_number(rest, 2, &out->second))
        return false;
    if (out->hour > 23 || out->minute > 59 || out->second > 60)
        return false;
    return take_fraction(rest) && take_offset(rest, &out->offset);
}

bool ia_time_parse(struct ia_str text, int64_t *seconds)
{
    struct ia_str rest = text;
    struct clock_time clock = {0};
    int64_t days;
    if (!take_date(&rest, &days))
        return false;
    if (rest.n > 0 && (!take_clock(&rest, &clock) || rest.n > 0))
        return false;
    int64_t value = days * 86400 + clock.hour * 3600 + clock.minute * 60 + clock.second - clock.offset;
    int64_t least = -days_before_year(1970) * 86400;
    int64_t most = (days_before_year(YEAR_LAST + 1) - days_before_year(1970)) * 86400;
    if (value < least || value >= most || (clock.second == 60 && (value - least) % 86400 != 0))
        return false;
    *seconds = value;
    return true;
}

/* The year that holds a day counted from 0001-01-01: a guess that is never too late, then forward. */
static int64_t year_of_day(int64_t day)
{
    int64_t year = day / 366 + 1;
    while (days_before_year(year + 1) <= day)
        year++;
    return year;
}

void ia_time_text(int64_t seconds, char out[IA_TIME_TEXT])
{
    int64_t least = -days_before_year(1970) * 86400;
    int64_t most = (days_before_year(YEAR_LAST + 1) - days_before_year(1970)) * 86400;
    out[0] = '\0';
    if (seconds < least || seconds >= most)
        return;
    int64_t day = (seconds - least) / 86400, second = (seconds - least) % 86400, month = 1;
    int64_t year = year_of_day(day);
    day -= days_before_year(year);
    while (day >= days_of_month(year, month))
        day -= days_of_month(year, month++);
    char text[96] = ""; /* room for any int, which is all that the compiler knows of these */
    snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, (int)month, (int)day + 1,
             (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
    memcpy(out, text, IA_TIME_TEXT - 1);
    out[IA_TIME_TEXT - 1] = '\0';
}
