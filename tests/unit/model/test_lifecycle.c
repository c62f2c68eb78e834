/* SPDX-License-Identifier: Apache-2.0 */
/* Ends of support: what is looked up, and that the table is well-formed. */
#include "base/macros.h"
#include "model/lifecycle.h"
#include "model/time.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(lifecycle, find)
{
    static const struct {
        const char *id, *version, *codename, *release, *pretty_name;
        const char *expected; /* "support|extended", "rolling", NULL: unknown */
    } rows[] = {
        {"debian", "12", "bookworm", "bookworm", "", "2026-07-11|2028-06-30"},
        {"debian", "12.5", "", "bookworm", "", "2026-07-11|2028-06-30"},
        {"debian", "", "bullseye", "bullseye", "", "2024-08-14|2026-08-31"},
        {"debian", "", "sid", "sid", "", "rolling"},
        {"debian", "", "forky", "forky", "", "rolling"},
        {"debian", "14", "forky", "forky", "", NULL},
        {"debian", "", "", "", "", NULL},
        {"debian", "1", "", "", "", NULL},
        {"ubuntu", "22.04", "jammy", "", "", "2027-06-01|2032-04-21"},
        {"ubuntu", "22.10", "kinetic", "", "", "2023-07-20|"},
        {"ubuntu", "22", "", "", "", NULL},
        {"alpine", "3.18.9", "", "v3.18", "", "2025-05-09|"},
        {"alpine", "3.1", "", "v3.1", "", "2016-11-01|"},
        {"alpine", "3.21_alpha20240807", "", "edge", "", "rolling"},
        {"alpine", "3.20.0_alpha20240329", "", "edge", "", "rolling"},
        {"alpine", "3.18.9", "", "edge", "", "rolling"},
        {"alpine", "9.9.9", "", "v9.9", "", NULL},
        {"rhel", "8.8", "", "", "", "2029-05-31|2032-05-31"},
        {"rhel", "80", "", "", "", NULL},
        {"centos", "8", "", "", "CentOS Linux 8", "2021-12-31|"},
        {"centos", "8", "", "", "CentOS Stream 8", "2024-05-31|"},
        {"rocky", "9.2", "", "", "", "2032-05-31|"},
        {"almalinux", "9", "", "", "", "2032-05-31|"},
        {"ol", "7.9", "", "", "", "2024-12-31|2028-06-30"},
        {"fedora", "38", "", "", "", "2024-05-21|"},
        {"sles", "15.5", "", "", "", "2024-12-31|2027-12-31"},
        {"sles", "15", "", "", "", "2019-12-31|2022-12-31"},
        {"sles", "15.9", "", "", "", NULL},
        {"opensuse-leap", "15.5", "", "", "", "2024-12-31|"},
        {"opensuse-tumbleweed", "20240101", "", "", "", "rolling"},
        {"amzn", "2", "", "", "", "2026-06-30|"},
        {"amzn", "2023", "", "", "", "2029-06-30|"},
        {"amzn", "2018.03", "", "", "", "2020-12-31|2023-12-31"},
        {"photon", "1.0", "", "", "", "2022-02-28|"},
        {"mariner", "2.0.20240112", "", "", "", "2025-07-31|"},
        {"wolfi", "20230201", "", "", "", "rolling"},
        {"chainguard", "20230214", "", "", "", "rolling"},
        {"arch", "", "", "", "", "rolling"},
        {"gentoo", "2.14", "", "", "", "rolling"},
        {"", "", "", "", "", NULL},
        {"Debian", "12", "", "", "", NULL},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_distro distro = {.id = rows[i].id,
                                   .version_id = rows[i].version,
                                   .codename = rows[i].codename,
                                   .release = rows[i].release,
                                   .pretty_name = rows[i].pretty_name,
                                   .id_like = ""};
        const struct ia_lifecycle *found = ia_lifecycle_find(&distro);
        char got[64] = "";
        if (found && found->rolling)
            snprintf(got, sizeof(got), "rolling");
        else if (found)
            snprintf(got, sizeof(got), "%s|%s", found->support_end, found->extended_end);
        cr_expect_eq(found == NULL, rows[i].expected == NULL, "%s %s: got %s", rows[i].id, rows[i].version, got);
        if (rows[i].expected)
            cr_expect_str_eq(got, rows[i].expected, "%s %s: got %s", rows[i].id, rows[i].version, got);
    }
}

static int64_t day(const char *date)
{
    int64_t seconds = 0;
    cr_expect(ia_time_parse(ia_str_from(date), &seconds), "%s is no date", date);
    return seconds;
}

/* Every release that can be asked for has dates, and the longer offer ends later. */
Test(lifecycle, dates)
{
    static const char *const ids[] = {"debian", "ubuntu", "alpine", "rhel",          "centos", "almalinux", "rocky",
                                      "ol",     "fedora", "sles",   "opensuse-leap", "amzn",   "photon",    "mariner"};
    static const char *const majors[] = {"1",  "2",  "3",  "4",  "5",  "6",  "7",  "8",  "9",    "10",
                                         "11", "12", "13", "14", "15", "16", "18", "20", "21",   "22",
                                         "23", "24", "25", "26", "30", "35", "40", "42", "2018", "2023"};
    size_t found = 0;
    for (size_t i = 0; i < IA_COUNT(ids) * IA_COUNT(majors) * 32; i++) {
        char version[32];
        unsigned minor = (unsigned)(i % 32);
        const char *major = majors[i / 32 % IA_COUNT(majors)];
        snprintf(version, sizeof(version), minor < 31 ? "%s.%.*u" : "%s", major,
                 *ids[i / 32 / IA_COUNT(majors)] == 'u' ? 2 : 1, minor);
        struct ia_distro distro = {ids[i / 32 / IA_COUNT(majors)], version, "", "", "", "", ""};
        const struct ia_lifecycle *row = ia_lifecycle_find(&distro);
        found += row != NULL;
        if (row && !row->rolling && *row->extended_end)
            cr_expect_lt(day(row->support_end), day(row->extended_end), "%s %s", distro.id, version);
        else if (row && !row->rolling)
            day(row->support_end);
    }
    cr_expect_gt(found, 200, "%zu", found);
    day(IA_LIFECYCLE_DATE);
}
