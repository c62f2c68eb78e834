/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From os-release(5) to the names that feeds use. Debian: the codename of each release, as announced; an image of
 * testing or sid names it in VERSION_CODENAME. Alpine: the branch of aports, "vMAJOR.MINOR", and "edge" for snapshots
 * between branches ("3.20.0_alpha20240329"). Other distributions have a package type, but no feed here and no release.
 */
#include "model/distro.h"

static const struct {
    const char *number;
    const char *codename;
} debian_releases[] = {
    {"7", "wheezy"},    {"8", "jessie"},  {"9", "stretch"}, {"10", "buster"}, {"11", "bullseye"},
    {"12", "bookworm"}, {"13", "trixie"}, {"14", "forky"},  {"15", "duke"},
};

static const struct {
    const char *id;
    const char *type;
} package_types[] = {
    {"debian", "deb"},
    {"ubuntu", "deb"},
    {"raspbian", "deb"},
    {"devuan", "deb"},
    {"kali", "deb"},
    {"linuxmint", "deb"},
    {"pop", "deb"},
    {"elementary", "deb"},
    {"neon", "deb"},
    {"zorin", "deb"},
    {"parrot", "deb"},
    {"deepin", "deb"},
    {"pureos", "deb"},
    {"mx", "deb"},
    {"trisquel", "deb"},
    {"tails", "deb"},
    {"gardenlinux", "deb"},
    {"alpine", "apk"},
    {"wolfi", "apk"},
    {"chainguard", "apk"},
    {"postmarketos", "apk"},
    {"adelie", "apk"},
    {"fedora", "rpm"},
    {"rhel", "rpm"},
    {"centos", "rpm"},
    {"rocky", "rpm"},
    {"almalinux", "rpm"},
    {"ol", "rpm"},
    {"amzn", "rpm"},
    {"sles", "rpm"},
    {"sled", "rpm"},
    {"sle-micro", "rpm"},
    {"opensuse", "rpm"},
    {"opensuse-leap", "rpm"},
    {"opensuse-tumbleweed", "rpm"},
    {"opensuse-microos", "rpm"},
    {"mariner", "rpm"},
    {"azurelinux", "rpm"},
    {"photon", "rpm"},
    {"openEuler", "rpm"},
    {"mageia", "rpm"},
    {"openmandriva", "rpm"},
    {"altlinux", "rpm"},
    {"arch", "alpm"},
    {"manjaro", "alpm"},
    {"gentoo", "ebuild"},
};

static bool is_number(struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!ia_is_digit(text.p[i]))
            return false;
    return text.n > 0;
}

static int debian_release(struct ia_buf *out, struct ia_str version_id, struct ia_str codename)
{
    struct ia_str number = ia_str_sub(version_id, 0, ia_str_find(version_id, '.'));
    if (codename.n > 0)
        return ia_buf_str(out, codename);
    for (size_t i = 0; i < IA_COUNT(debian_releases); i++)
        if (ia_str_is(number, debian_releases[i].number))
            return ia_buf_text(out, debian_releases[i].codename);
    return 0;
}

static int alpine_release(struct ia_buf *out, struct ia_str version_id)
{
    struct ia_str rest = version_id, major, minor;
    if (ia_str_is(version_id, "edge"))
        return ia_buf_text(out, "edge");
    if (!ia_str_next(&rest, '.', &major) || !is_number(major) || rest.n == 0 || !ia_is_digit(rest.p[0]))
        return 0;
    if (ia_str_find(rest, '_') < rest.n)
        return ia_buf_text(out, "edge");
    if (!ia_str_next(&rest, '.', &minor) || !is_number(minor))
        return 0;
    IA_TRY(ia_buf_char(out, 'v'));
    IA_TRY(ia_buf_str(out, major));
    IA_TRY(ia_buf_char(out, '.'));
    return ia_buf_str(out, minor);
}

int ia_distro_release(struct ia_buf *out, struct ia_str id, struct ia_str version_id, struct ia_str codename)
{
    if (ia_str_is(id, "debian"))
        return debian_release(out, version_id, codename);
    if (ia_str_is(id, "alpine"))
        return alpine_release(out, version_id);
    return 0;
}

const char *ia_distro_package_type(struct ia_str id)
{
    for (size_t i = 0; i < IA_COUNT(package_types); i++)
        if (ia_str_is(id, package_types[i].id))
            return package_types[i].type;
    return "";
}

const char *const *ia_distro_repositories(struct ia_str id, struct ia_str release)
{
    static const char *const one_feed[] = {NULL}, *const only_main[] = {"main", NULL};
    static const char *const both[] = {"main", "community", NULL};
    static const char *const before_community[] = {"v3.0", "v3.1", "v3.2"};
    if (!ia_str_is(id, "alpine"))
        return one_feed;
    for (size_t i = 0; i < IA_COUNT(before_community); i++)
        if (ia_str_is(release, before_community[i]))
            return only_main;
    return ia_str_starts(release, IA_STR("v2.")) ? only_main : both;
}
