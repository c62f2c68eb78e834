/* SPDX-License-Identifier: Apache-2.0 */
#include "model/purl.h"

#include "support.h"

#include <criterion/criterion.h>

static const struct {
    const char *type, *namespace, *name, *version, *arch, *distro, *purl;
} rows[] = {
    {"deb", "debian", "curl", "7.50.3-1", "i386", "jessie", "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie"},
    {"deb", "debian", "attr", "1:2.4.47-2+b1", "amd64", "", "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64"},
    {"deb", "debian", "attr", "1:2.4.47-2", "source", "", "pkg:deb/debian/attr@1:2.4.47-2?arch=source"},
    {"deb", "debian", "openssl", "3.0.11-1~deb12u2", "amd64", "debian-12",
     "pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12"},
    {"deb", "debian", "libstdc++6", "12.2.0-14", "", "", "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14"},
    {"deb", "debian", "g++", "", "", "", "pkg:deb/debian/g%2B%2B"},
    {"deb", "ubuntu", "dpkg", "1.19.0.4", "amd64", "", "pkg:deb/ubuntu/dpkg@1.19.0.4?arch=amd64"},
    {"apk", "alpine", "curl", "7.83.0-r0", "x86", "", "pkg:apk/alpine/curl@7.83.0-r0?arch=x86"},
    {"apk", "alpine", ".python-rundeps", "20240101.1", "noarch", "alpine-3.18.9",
     "pkg:apk/alpine/.python-rundeps@20240101.1?arch=noarch&distro=alpine-3.18.9"},
    {"APK", "Alpine", "CURL", "1.0A", "X86", "Alpine", "pkg:apk/alpine/curl@1.0A?arch=X86&distro=Alpine"},
    {"deb", "", "base-files", "12", "", "x", "pkg:deb/base-files@12?distro=x"},
    {"deb", "a//b/", "c", "1", "", "", "pkg:deb/a/b/c@1"},
    {"deb", "debian", "a/b", "1/2", "3/4", "5/6", "pkg:deb/debian/a%2Fb@1%2F2?arch=3%2F4&distro=5%2F6"},
    {"deb", "debian", "a@b", "1@2?3#4", "a&b=c", "d e",
     "pkg:deb/debian/a%40b@1%402%3F3%234?arch=a%26b%3Dc&distro=d%20e"},
    {"deb", "debian", "na\xc3\xafve", "1%2B\x01\x7f", "", "", "pkg:deb/debian/na%C3%AFve@1%252B%01%7F"},
};

static struct ia_purl purl_of(size_t i)
{
    return (struct ia_purl){ia_str_from(rows[i].type),    ia_str_from(rows[i].namespace), ia_str_from(rows[i].name),
                            ia_str_from(rows[i].version), ia_str_from(rows[i].arch),      ia_str_from(rows[i].distro)};
}

Test(purl, canonical)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_buf out;
        struct ia_purl purl = purl_of(i);
        ia_buf_init(&out, &ia_alloc_libc, 1000);
        cr_expect_eq(ia_purl_write(&out, &purl), IMGA_OK);
        cr_expect(ia_str_is(ia_buf_view(&out), rows[i].purl), "%s: %.*s", rows[i].purl, (int)out.n, out.p);
        ia_buf_free(&out);
    }
}

/* A buffer of any smaller size is refused, at whatever byte it ends. */
Test(purl, limit)
{
    struct ia_purl purl = purl_of(13);
    size_t whole = strlen(rows[13].purl);
    for (size_t max = 0; max <= whole; max++) {
        struct ia_buf out;
        ia_buf_init(&out, &ia_alloc_libc, max);
        cr_expect_eq(ia_purl_write(&out, &purl), max < whole ? IMGA_E_LIMIT : IMGA_OK, "max %zu", max);
        ia_buf_free(&out);
    }
}

Test(purl, memory)
{
    struct ia_purl purl = purl_of(13);
    struct test_env t;
    int status = IMGA_E_NOMEM;
    test_env_open(&t);
    for (t.fail_at = 1; status == IMGA_E_NOMEM; t.fail_at++) {
        struct ia_buf out;
        t.count = 0;
        ia_buf_init(&out, &t.env.alloc, 1000);
        status = ia_purl_write(&out, &purl);
        cr_expect(status == IMGA_OK || status == IMGA_E_NOMEM);
        ia_buf_free(&out);
        cr_expect_eq(t.live, 0u);
        cr_assert_lt(t.fail_at, 50u);
    }
    cr_expect_gt(t.fail_at, 2u);
    test_env_close(&t);
}
