/* SPDX-License-Identifier: Apache-2.0 */
#include "model/distro.h"

#include "support.h"

#include <criterion/criterion.h>

static const struct {
    const char *id, *version_id, *codename, *release;
} rows[] = {
    {"debian", "7", "", "wheezy"},
    {"debian", "8", "", "jessie"},
    {"debian", "8.11", "", "jessie"},
    {"debian", "9", "", "stretch"},
    {"debian", "10", "", "buster"},
    {"debian", "11", "", "bullseye"},
    {"debian", "12", "", "bookworm"},
    {"debian", "12", "bookworm", "bookworm"},
    {"debian", "12.8", "", "bookworm"},
    {"debian", "13", "", "trixie"},
    {"debian", "14", "", "forky"},
    {"debian", "15", "", "duke"},
    {"debian", "", "sid", "sid"},
    {"debian", "", "forky", "forky"},
    {"debian", "12", "trixie", "trixie"},
    {"debian", "", "", ""},
    {"debian", "6", "", ""},
    {"debian", "16", "", ""},
    {"debian", "012", "", ""},
    {"debian", "12x", "", ""},
    {"debian", "1", "", ""},
    {"alpine", "3.18.9", "", "v3.18"},
    {"alpine", "3.18", "", "v3.18"},
    {"alpine", "3.9.6", "", "v3.9"},
    {"alpine", "2.7.9", "", "v2.7"},
    {"alpine", "3.20.0_alpha20240329", "", "edge"},
    {"alpine", "3.23.0_git20251016", "", "edge"},
    {"alpine", "3.18_alpha20230208", "", "edge"},
    {"alpine", "edge", "", "edge"},
    {"alpine", "3", "", ""},
    {"alpine", "3.", "", ""},
    {"alpine", "", "", ""},
    {"alpine", ".18", "", ""},
    {"alpine", "v3.18", "", ""},
    {"alpine", "3.x", "", ""},
    {"alpine", "3.x_alpha", "", ""},
    {"alpine", "_alpha", "", ""},
    {"alpine", "3.18x.1", "", ""},
    {"alpine", "3..1", "", ""},
    {"ubuntu", "22.04", "jammy", ""},
    {"Debian", "12", "bookworm", ""},
    {"wolfi", "20230201", "", ""},
    {"", "12", "bookworm", ""},
};

Test(distro, release)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_buf out;
        ia_buf_init(&out, &ia_alloc_libc, 100);
        cr_expect_eq(ia_distro_release(&out, ia_str_from(rows[i].id), ia_str_from(rows[i].version_id),
                                       ia_str_from(rows[i].codename)),
                     IMGA_OK);
        cr_expect(ia_str_is(ia_buf_view(&out), rows[i].release), "%s %s %s: %.*s", rows[i].id, rows[i].version_id,
                  rows[i].codename, (int)out.n, out.p ? out.p : "");
        ia_buf_free(&out);
    }
}

Test(distro, limits_and_memory)
{
    struct test_env t;
    test_env_open(&t);
    struct ia_buf out;
    for (size_t max = 0; max <= 5; max++) {
        ia_buf_init(&out, &t.env.alloc, max);
        int status = ia_distro_release(&out, IA_STR("alpine"), IA_STR("3.18.9"), IA_STR(""));
        cr_expect_eq(status, max < 5 ? IMGA_E_LIMIT : IMGA_OK, "max %zu", max);
        ia_buf_free(&out);
    }
    t.fail_at = t.count + 1;
    ia_buf_init(&out, &t.env.alloc, 100);
    cr_expect_eq(ia_distro_release(&out, IA_STR("debian"), IA_STR("12"), IA_STR("")), IMGA_E_NOMEM);
    ia_buf_free(&out);
    test_env_close(&t);
    cr_expect_eq(t.live, 0u);
}

Test(distro, package_type)
{
    static const char *const deb[] = {"debian", "ubuntu", "raspbian", "kali", "linuxmint"};
    static const char *const apk[] = {"alpine", "wolfi", "chainguard", "postmarketos"};
    static const char *const rpm[] = {"fedora", "rhel", "amzn", "sles", "mariner", "photon"};
    static const char *const none[] = {"", "unknown", "Debian", "debian ", "debia", "alpine3"};
    for (size_t i = 0; i < IA_COUNT(deb); i++)
        cr_expect_str_eq(ia_distro_package_type(ia_str_from(deb[i])), "deb", "%s", deb[i]);
    for (size_t i = 0; i < IA_COUNT(apk); i++)
        cr_expect_str_eq(ia_distro_package_type(ia_str_from(apk[i])), "apk", "%s", apk[i]);
    for (size_t i = 0; i < IA_COUNT(rpm); i++)
        cr_expect_str_eq(ia_distro_package_type(ia_str_from(rpm[i])), "rpm", "%s", rpm[i]);
    cr_expect_str_eq(ia_distro_package_type(IA_STR("arch")), "alpm");
    for (size_t i = 0; i < IA_COUNT(none); i++)
        cr_expect_str_eq(ia_distro_package_type(ia_str_from(none[i])), "", "%s", none[i]);
}
