/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sources of the dates: Debian and Ubuntu, the package distro-info-data (lists of both projects); Alpine, its table of
 * releases; Red Hat, SUSE, Oracle, Amazon, Microsoft and VMware, their published lifecycle policies (where a policy
 * names a month, its last day); AlmaLinux, Rocky, CentOS, Fedora and openSUSE, the announcements of these projects.
 * Dates that were moved more than once, or are only planned, are left out.
 */
#include "model/lifecycle.h"

#include "base/macros.h"

static const struct ia_lifecycle debian[] = {
    {"7", "wheezy", "2016-04-25", "2018-05-31", false},    {"8", "jessie", "2018-06-17", "2020-06-30", false},
    {"9", "stretch", "2020-07-18", "2022-06-30", false},   {"10", "buster", "2022-09-10", "2024-06-30", false},
    {"11", "bullseye", "2024-08-14", "2026-08-31", false}, {"12", "bookworm", "2026-07-11", "2028-06-30", false},
    {"13", "trixie", "2028-08-09", "2030-06-30", false},
};

static const struct ia_lifecycle ubuntu[] = {
    {"12.04", "precise", "2017-04-28", "2019-04-26", false},
    {"12.10", "quantal", "2014-05-16", "", false},
    {"13.04", "raring", "2014-01-27", "", false},
    {"13.10", "saucy", "2014-07-17", "", false},
    {"14.04", "trusty", "2019-04-25", "2024-04-25", false},
    {"14.10", "utopic", "2015-07-23", "", false},
    {"15.04", "vivid", "2016-02-04", "", false},
    {"15.10", "wily", "2016-07-28", "", false},
    {"16.04", "xenial", "2021-04-30", "2026-04-23", false},
    {"16.10", "yakkety", "2017-07-20", "", false},
    {"17.04", "zesty", "2018-01-13", "", false},
    {"17.10", "artful", "2018-07-19", "", false},
    {"18.04", "bionic", "2023-05-31", "2028-04-26", false},
    {"18.10", "cosmic", "2019-07-18", "", false},
    {"19.04", "disco", "2020-01-23", "", false},
    {"19.10", "eoan", "2020-07-17", "", false},
    {"20.04", "focal", "2025-05-29", "2030-04-23", false},
    {"20.10", "groovy", "2021-07-22", "", false},
    {"21.04", "hirsute", "2022-01-20", "", false},
    {"21.10", "impish", "2022-07-14", "", false},
    {"22.04", "jammy", "2027-06-01", "2032-04-21", false},
    {"22.10", "kinetic", "2023-07-20", "", false},
    {"23.04", "lunar", "2024-01-25", "", false},
    {"23.10", "mantic", "2024-07-11", "", false},
    {"24.04", "noble", "2029-05-31", "2034-04-25", false},
    {"24.10", "oracular", "2025-07-10", "", false},
    {"25.04", "plucky", "2026-01-15", "", false},
    {"25.10", "questing", "2026-07-09", "", false},
    {"26.04", "resolute", "2031-05-29", "2036-04-23", false},
};

static const struct ia_lifecycle alpine[] = {
    {"2.1", "", "2012-11-01", "", false},  {"2.2", "", "2013-05-01", "", false},  {"2.3", "", "2013-11-01", "", false},
    {"2.4", "", "2014-05-01", "", false},  {"2.5", "", "2014-11-01", "", false},  {"2.6", "", "2015-05-01", "", false},
    {"2.7", "", "2015-11-01", "", false},  {"3.0", "", "2016-05-01", "", false},  {"3.1", "", "2016-11-01", "", false},
    {"3.2", "", "2017-05-01", "", false},  {"3.3", "", "2017-11-01", "", false},  {"3.4", "", "2018-05-01", "", false},
    {"3.5", "", "2018-11-01", "", false},  {"3.6", "", "2019-05-01", "", false},  {"3.7", "", "2019-11-01", "", false},
    {"3.8", "", "2020-05-01", "", false},  {"3.9", "", "2020-11-01", "", false},  {"3.10", "", "2021-05-01", "", false},
    {"3.11", "", "2021-11-01", "", false}, {"3.12", "", "2022-05-01", "", false}, {"3.13", "", "2022-11-01", "", false},
    {"3.14", "", "2023-05-01", "", false}, {"3.15", "", "2023-11-01", "", false}, {"3.16", "", "2024-05-23", "", false},
    {"3.17", "", "2024-11-22", "", false}, {"3.18", "", "2025-05-09", "", false}, {"3.19", "", "2025-11-01", "", false},
    {"3.20", "", "2026-04-01", "", false}, {"3.21", "", "2026-11-01", "", false}, {"3.22", "", "2027-05-01", "", false},
    {"3.23", "", "2027-11-01", "", false},
};

static const struct ia_lifecycle rhel[] = {
    {"5", "", "2017-03-31", "2020-11-30", false}, {"6", "", "2020-11-30", "2024-06-30", false},
    {"7", "", "2024-06-30", "2028-06-30", false}, {"8", "", "2029-05-31", "2032-05-31", false},
    {"9", "", "2032-05-31", "2035-05-31", false}, {"10", "", "2035-05-31", "2038-05-31", false},
};

static const struct ia_lifecycle centos[] = {
    {"5", "", "2017-03-31", "", false},
    {"6", "", "2020-11-30", "", false},
    {"7", "", "2024-06-30", "", false},
    {"8", "", "2021-12-31", "", false},
};

static const struct ia_lifecycle centos_stream[] = {
    {"8", "", "2024-05-31", "", false},
    {"9", "", "2027-05-31", "", false},
};

static const struct ia_lifecycle almalinux[] = {
    {"8", "", "2029-03-01", "", false},
    {"9", "", "2032-05-31", "", false},
    {"10", "", "2035-05-31", "", false},
};

static const struct ia_lifecycle rocky[] = {
    {"8", "", "2029-05-31", "", false},
    {"9", "", "2032-05-31", "", false},
    {"10", "", "2035-05-31", "", false},
};

static const struct ia_lifecycle oracle[] = {
    {"6", "", "2021-03-31", "2024-12-31", false},
    {"7", "", "2024-12-31", "2028-06-30", false},
    {"8", "", "2029-07-31", "2032-07-31", false},
    {"9", "", "2032-06-30", "2035-06-30", false},
};

static const struct ia_lifecycle fedora[] = {
    {"20", "", "2015-06-23", "", false}, {"21", "", "2015-12-01", "", false}, {"22", "", "2016-07-19", "", false},
    {"23", "", "2016-12-20", "", false}, {"24", "", "2017-08-08", "", false}, {"25", "", "2017-12-12", "", false},
    {"26", "", "2018-05-29", "", false}, {"27", "", "2018-11-30", "", false}, {"28", "", "2019-05-28", "", false},
    {"29", "", "2019-11-26", "", false}, {"30", "", "2020-05-26", "", false}, {"31", "", "2020-11-24", "", false},
    {"32", "", "2021-05-25", "", false}, {"33", "", "2021-11-30", "", false}, {"34", "", "2022-06-07", "", false},
    {"35", "", "2022-12-13", "", false}, {"36", "", "2023-05-16", "", false}, {"37", "", "2023-12-05", "", false},
    {"38", "", "2024-05-21", "", false}, {"39", "", "2024-11-26", "", false}, {"40", "", "2025-05-13", "", false},
    {"41", "", "2025-12-15", "", false}, {"42", "", "2026-05-27", "", false},
};

static const struct ia_lifecycle sles[] = {
    {"11.3", "", "2016-01-31", "2019-01-30", false}, {"11.4", "", "2019-03-31", "2022-03-31", false},
    {"12", "", "2016-06-30", "2019-07-01", false},   {"12.1", "", "2017-05-31", "2020-05-31", false},
    {"12.2", "", "2018-03-31", "2021-03-31", false}, {"12.3", "", "2019-06-30", "2022-06-30", false},
    {"12.4", "", "2020-06-30", "2023-06-30", false}, {"12.5", "", "2024-10-31", "2027-10-31", false},
    {"15", "", "2019-12-31", "2022-12-31", false},   {"15.1", "", "2021-01-31", "2024-01-31", false},
    {"15.2", "", "2021-12-31", "2024-12-31", false}, {"15.3", "", "2022-12-31", "2025-12-31", false},
    {"15.4", "", "2023-12-31", "2026-12-31", false}, {"15.5", "", "2024-12-31", "2027-12-31", false},
    {"15.6", "", "2025-12-31", "2028-12-31", false}, {"15.7", "", "2031-07-31", "2034-07-31", false},
};

static const struct ia_lifecycle opensuse[] = {
    {"13.1", "", "2016-02-03", "", false}, {"13.2", "", "2017-01-17", "", false}, {"42.1", "", "2017-05-17", "", false},
    {"42.2", "", "2018-01-26", "", false}, {"42.3", "", "2019-07-01", "", false}, {"15.0", "", "2019-12-03", "", false},
    {"15.1", "", "2021-02-02", "", false}, {"15.2", "", "2022-01-04", "", false}, {"15.3", "", "2022-12-31", "", false},
    {"15.4", "", "2023-12-07", "", false}, {"15.5", "", "2024-12-31", "", false}, {"15.6", "", "2026-04-30", "", false},
    {"16.0", "", "2027-10-31", "", false},
};

static const struct ia_lifecycle amazon[] = {
    {"2016.03", "", "2020-12-31", "2023-12-31", false},
    {"2016.09", "", "2020-12-31", "2023-12-31", false},
    {"2017.03", "", "2020-12-31", "2023-12-31", false},
    {"2017.09", "", "2020-12-31", "2023-12-31", false},
    {"2018.03", "", "2020-12-31", "2023-12-31", false},
    {"2", "", "2026-06-30", "", false},
    {"2023", "", "2029-06-30", "", false},
};

static const struct ia_lifecycle photon[] = {
    {"1.0", "", "2022-02-28", "", false},
    {"2.0", "", "2022-12-31", "", false},
};

static const struct ia_lifecycle mariner[] = {
    {"1.0", "", "2023-07-31", "", false},
    {"2.0", "", "2025-07-31", "", false},
};
static const struct ia_lifecycle rolling_release = {"", "", "", "", true};

static const struct family {
    const char *id;
    unsigned components; /* of VERSION_ID that name a release */
    const struct ia_lifecycle *rows;
    size_t count;
} families[] = {
    {"debian", 1, debian, IA_COUNT(debian)},
    {"ubuntu", 2, ubuntu, IA_COUNT(ubuntu)},
    {"alpine", 2, alpine, IA_COUNT(alpine)},
    {"rhel", 1, rhel, IA_COUNT(rhel)},
    {"almalinux", 1, almalinux, IA_COUNT(almalinux)},
    {"rocky", 1, rocky, IA_COUNT(rocky)},
    {"ol", 1, oracle, IA_COUNT(oracle)},
    {"fedora", 1, fedora, IA_COUNT(fedora)},
    {"sles", 2, sles, IA_COUNT(sles)},
    {"opensuse-leap", 2, opensuse, IA_COUNT(opensuse)},
    {"opensuse", 2, opensuse, IA_COUNT(opensuse)},
    {"amzn", 2, amazon, IA_COUNT(amazon)},
    {"photon", 2, photon, IA_COUNT(photon)},
    {"mariner", 2, mariner, IA_COUNT(mariner)},
};
/* "CentOS Stream 8" and "CentOS Linux 8" have one ID, and ended on two days. */
static const struct family centos_family = {"centos", 1, centos, IA_COUNT(centos)};
static const struct family centos_stream_family = {"centos", 1, centos_stream, IA_COUNT(centos_stream)};

static const struct family *family_of(const struct ia_distro *distro)
{
    struct ia_str id = ia_str_from(distro->id);
    if (ia_str_is(id, "centos"))
        return ia_str_starts(ia_str_from(distro->pretty_name), IA_STR("CentOS Stream")) ? &centos_stream_family
                                                                                        : &centos_family;
    for (size_t i = 0; i < IA_COUNT(families); i++)
        if (ia_str_is(id, families[i].id))
            return &families[i];
    return NULL;
}

static bool has_no_releases(struct ia_str id)
{
    static const char *const ids[] = {"wolfi",  "chainguard", "arch", "archarm", "manjaro", "opensuse-tumbleweed",
                                      "gentoo", "void",       "kali", "artix",   "cachyos"};
    for (size_t i = 0; i < IA_COUNT(ids); i++)
        if (ia_str_is(id, ids[i]))
            return true;
    return false;
}

static struct ia_str first_components(struct ia_str version, unsigned count)
{
    size_t end = 0;
    for (; end < version.n; end++)
        if (version.p[end] == '.' && --count == 0)
            break;
    return ia_str_sub(version, 0, end);
}

static const struct ia_lifecycle *find_row(const struct family *family, const struct ia_distro *distro)
{
    struct ia_str release = first_components(ia_str_from(distro->version_id), family->components);
    for (size_t i = 0; i < family->count; i++) {
        const struct ia_lifecycle *row = &family->rows[i];
        if (release.n ? ia_str_is(release, row->release)
                      : *row->codename && ia_str_is(ia_str_from(distro->codename), row->codename))
            return row;
    }
    return NULL;
}

/* Debian's testing and unstable have a codename and no number, Alpine's edge a snapshot: "3.21_alpha20240807". */
static bool is_between_releases(const struct ia_distro *distro, const struct ia_lifecycle *row)
{
    struct ia_str id = ia_str_from(distro->id), version = ia_str_from(distro->version_id);
    if (ia_str_is(id, "debian"))
        return !row && version.n == 0 && *distro->codename;
    return ia_str_is(id, "alpine") &&
           (ia_str_is(ia_str_from(distro->release), "edge") || ia_str_find(version, '_') < version.n);
}

const struct ia_lifecycle *ia_lifecycle_find(const struct ia_distro *distro)
{
    const struct family *family = family_of(distro);
    const struct ia_lifecycle *row = family ? find_row(family, distro) : NULL;
    bool rolling = has_no_releases(ia_str_from(distro->id)) || is_between_releases(distro, row);
    return rolling ? &rolling_release : row;
}
