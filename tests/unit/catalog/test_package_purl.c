/* SPDX-License-Identifier: Apache-2.0 */
/* The purl of a package, by type, distribution and properties. */
#include "catalog/package_purl.h"
#include "support.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct ia_property epoch = {"epoch", "2"}, given = {"purl", "pkg:Generic/openssl@3.0?b=2&a=1"},
                                nonsense = {"purl", "no purl"};
static const struct ia_distro debian = {"debian", "12", "bookworm", "bookworm", "", "", ""},
                              rhel = {"rhel", "9.4", "", "", "", "", ""}, nowhere = {"", "", "", "", "", "", ""},
                              sid = {"debian", "", "sid", "sid", "", "", ""};

static const struct {
    const struct ia_distro *distro;
    const char *type, *name, *version, *architecture;
    const struct ia_property *property;
    const char *purl;
} rows[] = {
    {&debian, "deb", "bash", "5.2-1", "amd64", NULL, "pkg:deb/debian/bash@5.2-1?arch=amd64&distro=debian-12"},
    {&sid, "deb", "bash", "5.2-1", "all", NULL, "pkg:deb/debian/bash@5.2-1?arch=all&distro=debian-sid"},
    {&nowhere, "deb", "g++", "1", "", NULL, "pkg:deb/debian/g%2B%2B@1"},
    {&debian, "apk", "musl", "1.2-r0", "x86_64", NULL, "pkg:apk/alpine/musl@1.2-r0?arch=x86_64"},
    {&rhel, "rpm", "bind", "2:9.16-1.el9", "x86_64", &epoch,
     "pkg:rpm/redhat/bind@9.16-1.el9?arch=x86_64&distro=rhel-9.4&epoch=2"},
    {&debian, "npm", "@a/b", "1.0", "", NULL, "pkg:npm/%40a/b@1.0"},
    {&debian, "npm", "plain", "1.0", "", NULL, "pkg:npm/plain@1.0"},
    {&debian, "maven", "org.a:b", "1.0", "", NULL, "pkg:maven/org.a/b@1.0"},
    {&debian, "golang", "github.com/a/b", "v1.0.0", "", NULL, "pkg:golang/github.com/a/b@v1.0.0"},
    {&debian, "golang", "stdlib", "1.22.1", "", NULL, "pkg:golang/stdlib@1.22.1"},
    {&debian, "composer", "vendor/name", "1", "", NULL, "pkg:composer/vendor/name@1"},
    {&debian, "pypi", "My_Package", "1", "", NULL, "pkg:pypi/my-package@1"},
    {&debian, "generic", "openssl", "3.0", "", &given, "pkg:generic/openssl@3.0?a=1&b=2"},
    {&debian, "generic", "openssl", "3.0", "", &nonsense, "pkg:generic/openssl@3.0"},
    {&rhel, "rpm-key", "gpg-pubkey", "1-2", "", NULL, ""},
    {&debian, "npm", "", "1.0", "", NULL, ""},
    {&debian, "no type", "a", "1.0", "", NULL, ""},
};

Test(package_purl, rows)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        for (size_t n = 0; n < 8; n++) {
            struct ia_package package = {.type = rows[i].type,
                                         .name = rows[i].name,
                                         .version = rows[i].version,
                                         .architecture = rows[i].architecture,
                                         .properties = rows[i].property,
                                         .property_count = rows[i].property != NULL};
            struct test_env t;
            struct ia_buf out;
            test_env_open(&t);
            t.fail_at = n;
            ia_buf_init(&out, &t.env.alloc, SIZE_MAX);
            int status = ia_package_purl(&t.env, rows[i].distro, &package, &out);
            cr_expect(status == IMGA_OK || (n && status == IMGA_E_NOMEM), "row %zu: %d", i, status);
            if (status == IMGA_OK)
                cr_expect(ia_str_is(ia_buf_view(&out), rows[i].purl), "row %zu: %.*s", i, (int)out.n, out.p);
            ia_buf_free(&out);
            test_env_close(&t);
            cr_expect_eq(t.live, 0);
        }
}

/* What chisel cut is Ubuntu's, also where nothing says so. */
Test(package_purl, chisel)
{
    const struct ia_package package = {.type = "deb", .name = "libc6", .version = "2.39-0", .how = "chisel"};
    struct test_env t;
    struct ia_buf out;
    test_env_open(&t);
    ia_buf_init(&out, &t.env.alloc, SIZE_MAX);
    cr_expect_eq(ia_package_purl(&t.env, &nowhere, &package, &out), IMGA_OK);
    cr_expect(ia_str_is(ia_buf_view(&out), "pkg:deb/ubuntu/libc6@2.39-0"), "%.*s", (int)out.n, out.p);
    ia_buf_free(&out);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}
