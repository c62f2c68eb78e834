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
    {"gem", "", "rails", "7.1", "", "x", "pkg:gem/rails@7.1?distro=x"},
    {"deb", "debian", "/a/", "1", "", "", "pkg:deb/debian/a@1"},
    {"npm", "@Angular", "Core", "1.0", "", "", "pkg:npm/%40angular/core@1.0"},
    {"pypi", "", "Ruamel_.YAML-clib", "1.0A1", "", "", "pkg:pypi/ruamel-yaml-clib@1.0a1"},
    {"pub", "", "Some-Name", "1", "", "", "pkg:pub/some_name@1"},
    {"cpan", "drolsky", "DateTime", "1.55", "", "", "pkg:cpan/DROLSKY/DateTime@1.55"},
    {"golang", "GitHub.com/BurntSushi", "toml", "v1.2.0", "", "", "pkg:golang/github.com/burntsushi/toml@v1.2.0"},
    {"golang", "", "stdlib", "1.21.0", "", "", "pkg:golang/stdlib@1.21.0"},
    {"git", "gitlab.gnome.org", "GNOME/fonts", "A", "", "", "pkg:git/gitlab.gnome.org/GNOME/fonts@A"},
    {"git", "GitHub.com", "A/B", "", "", "", "pkg:git/github.com/a/b"},
    {"rpm", "Fedora", "Bash", "5", "", "", "pkg:rpm/fedora/Bash@5"},
    {"maven", "org.Apache", "Commons", "1", "", "", "pkg:maven/org.Apache/Commons@1"},
    {"x-own+1.0", "A", "B", "C", "", "", "pkg:x-own+1.0/A/B@C"},
    {"deb", "a//b/", "c", "1", "", "", "pkg:deb/a/b/c@1"},
    {"deb", "debian", "a/b", "1/2", "3/4", "5/6", "pkg:deb/debian/a%2Fb@1%2F2?arch=3%2F4&distro=5%2F6"},
    {"deb", "debian", "a@b", "1@2?3#4", "a&b=c", "d e",
     "pkg:deb/debian/a%40b@1%402%3F3%234?arch=a%26b%3Dc&distro=d%20e"},
    {"deb", "debian", "na\xc3\xafve", "1%2B\x01\x7f", "", "", "pkg:deb/debian/na%C3%AFve@1%252B%01%7F"},
};

static struct ia_purl purl_of(size_t i)
{
    struct ia_purl purl = {.type = ia_str_from(rows[i].type),
                           .namespace = ia_str_from(rows[i].namespace),
                           .name = ia_str_from(rows[i].name),
                           .version = ia_str_from(rows[i].version)};
    cr_assert(ia_purl_qualify(&purl, "distro", ia_str_from(rows[i].distro)));
    cr_assert(ia_purl_qualify(&purl, "arch", ia_str_from(rows[i].arch)));
    return purl;
}

/* What was written is read, and written again as it was. */
static void expect_stable(struct ia_str text)
{
    struct ia_buf storage, out;
    struct ia_purl purl;
    const char *why;
    ia_buf_init(&storage, &ia_alloc_libc, text.n);
    ia_buf_init(&out, &ia_alloc_libc, SIZE_MAX);
    cr_expect_eq(ia_purl_read(text, &storage, &purl, &why), IMGA_OK, "%.*s: %s", (int)text.n, text.p, why);
    cr_expect_eq(ia_purl_write(&out, &purl), IMGA_OK);
    cr_expect(ia_str_eq(ia_buf_view(&out), text), "%.*s: %.*s", (int)text.n, text.p, (int)out.n, out.p);
    ia_buf_free(&storage);
    ia_buf_free(&out);
}

Test(purl, canonical)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_buf out;
        struct ia_purl purl = purl_of(i);
        ia_buf_init(&out, &ia_alloc_libc, 1000);
        cr_expect_eq(ia_purl_write(&out, &purl), IMGA_OK, "%s: %s", rows[i].purl, ia_purl_fault(&purl));
        cr_expect(ia_str_is(ia_buf_view(&out), rows[i].purl), "%s: %.*s", rows[i].purl, (int)out.n, out.p);
        expect_stable(ia_buf_view(&out));
        ia_buf_free(&out);
    }
}

/* A buffer of any smaller size is refused, at whatever byte it ends, and keeps what it had. */
Test(purl, limit)
{
    size_t row = 0;
    while (strcmp(rows[row].name, "a@b") != 0)
        row++;
    struct ia_purl purl = purl_of(row);
    size_t whole = strlen(rows[row].purl);
    for (size_t max = 0; max <= whole; max++) {
        struct ia_buf out;
        ia_buf_init(&out, &ia_alloc_libc, max + 1);
        cr_assert_eq(ia_buf_char(&out, 'x'), IMGA_OK);
        cr_expect_eq(ia_purl_write(&out, &purl), max < whole ? IMGA_E_LIMIT : IMGA_OK, "max %zu", max);
        cr_expect_eq(out.n, max < whole ? 1 : whole + 1, "max %zu", max);
        ia_buf_free(&out);
    }
}

Test(purl, memory)
{
    struct ia_purl purl = purl_of(0), read;
    struct test_env t;
    const char *why;
    int status = IMGA_E_NOMEM;
    test_env_open(&t);
    for (t.fail_at = 1; status == IMGA_E_NOMEM; t.fail_at++) {
        struct ia_buf out, storage;
        t.count = 0;
        ia_buf_init(&out, &t.env.alloc, 1000);
        ia_buf_init(&storage, &t.env.alloc, 1000);
        status = ia_purl_write(&out, &purl);
        if (status == IMGA_OK)
            status = ia_purl_read(ia_buf_view(&out), &storage, &read, &why);
        cr_expect(status == IMGA_OK || status == IMGA_E_NOMEM);
        ia_buf_free(&out);
        ia_buf_free(&storage);
        cr_expect_eq(t.live, 0u);
        cr_assert_lt(t.fail_at, 50u);
    }
    cr_expect_gt(t.fail_at, 3u);
    test_env_close(&t);
}

/* Components of which no purl can be built. */
Test(purl, faults)
{
    static const struct {
        const char *type, *namespace, *name, *version, *key, *value, *fault;
    } bad[] = {
        {"", "", "a", "", "", "", "type"},
        {"3d", "", "a", "", "", "", "type"},
        {"n&ginx", "", "a", "", "", "", "type"},
        {"a%20", "", "a", "", "", "", "type"},
        {"npm", "", "", "1", "", "", "name"},
        {"npm", "", "//", "1", "", "", "name"},
        {"npm", "", "\xff", "1", "", "", "UTF-8"},
        {"npm", "\xc3", "a", "1", "", "", "UTF-8"},
        {"npm", "", "a", "\xed\xa0\x80", "", "", "UTF-8"},
        {"npm", "", "a", "1", "in production", "x", "key"},
        {"npm", "", "a", "1", "1a", "x", "key"},
        {"npm", "", "a", "1", "", "x", "key"},
        {"npm", "", "a", "1", "k", "\xfe", "UTF-8"},
        {"deb", "", "a", "1", "", "", "requires a namespace"},
        {"deb", "//", "a", "1", "", "", "requires a namespace"},
        {"rpm", "", "a", "1", "", "", "requires a namespace"},
        {"SWIFT", "", "a", "1", "", "", "requires a namespace"},
        {"pypi", "x", "a", "1", "", "", "prohibits a namespace"},
        {"julia", "", "a", "1", "", "", "missing"},
        {"swid", "", "a", "1", "tag", "x", "missing"},
        {"cpan", "A", "B::C", "1", "", "", "CPAN"},
        {"chrome-extension", "", "dogs", "1", "", "", "32 letters"},
        {"chrome-extension", "", "qlpngalgnefjeiefhmpklpfiohadpglk", "1", "", "", "from a to p"},
        {"chrome-extension", "", "dlpngalgnefjeiefhmpklpfiohadpglk", "1.2.", "", "", "one to four"},
        {"chrome-extension", "", "dlpngalgnefjeiefhmpklpfiohadpglk", "1.2.3.4.5", "", "", "one to four"},
    };
    for (size_t i = 0; i < IA_COUNT(bad); i++) {
        struct ia_purl purl = {.type = ia_str_from(bad[i].type),
                               .namespace = ia_str_from(bad[i].namespace),
                               .name = ia_str_from(bad[i].name),
                               .version = ia_str_from(bad[i].version)};
        struct ia_buf out;
        ia_purl_qualify(&purl, bad[i].key, ia_str_from(bad[i].value));
        ia_buf_init(&out, &ia_alloc_libc, 1000);
        const char *fault = ia_purl_fault(&purl);
        cr_expect(fault && strstr(fault, bad[i].fault), "row %zu: %s", i, fault ? fault : "none");
        cr_expect_eq(ia_purl_write(&out, &purl), IMGA_E_INVALID, "row %zu", i);
        cr_expect_eq(out.n, 0u);
    }
}

/* NUL, qualifiers that stand twice, and as many as there may be. */
Test(purl, qualifiers)
{
    struct ia_purl purl = {.type = IA_STR("npm"), .name = IA_STR("a")};
    char keys[IA_PURL_QUALIFIERS + 1][3] = {{0}};
    struct ia_buf out;
    for (size_t i = 0; i <= IA_PURL_QUALIFIERS; i++) {
        keys[i][0] = (char)('q' - i);
        cr_expect_eq(ia_purl_qualify(&purl, keys[i], IA_STR("v")), i < IA_PURL_QUALIFIERS);
    }
    ia_buf_init(&out, &ia_alloc_libc, 1000);
    cr_expect_eq(ia_purl_write(&out, &purl), IMGA_OK);
    cr_expect(ia_str_starts(ia_buf_view(&out), IA_STR("pkg:npm/a?b=v&c=v&d=v")), "%.*s", (int)out.n, out.p);
    cr_expect(ia_str_is(ia_purl_qualifier(&purl, "C"), "v"));
    cr_expect_eq(ia_purl_qualifier(&purl, "zz").n, 0u);
    purl.qualifiers[3].key = IA_STR("B");
    cr_expect(strstr(ia_purl_fault(&purl), "twice"));
    purl.n_qualifiers = 0;
    purl.version = IA_STR("1\0");
    cr_expect(strstr(ia_purl_fault(&purl), "UTF-8"));
    ia_buf_free(&out);
}

/* Spellings that are read, and what they mean. */
Test(purl, reads)
{
    static const struct {
        const char *text, *canonical;
    } good[] = {
        {"PKG:NPM/%40Babel/Core@7.0.0", "pkg:npm/%40babel/core@7.0.0"},
        {"pkg:npm/@babel/core", "pkg:npm/%40babel/core"},
        {"pkg:npm/@babel/core@7", "pkg:npm/%40babel/core@7"},
        {"pkg:npm/a@b@c", "pkg:npm/a%40b@c"},
        {"pkg:///npm//a//b/", "pkg:npm/a/b"},
        {"pkg:opam/git@3/16.1", "pkg:opam/git@3%2F16.1"},
        {"pkg:npm/a?b=&c=1&&d", "pkg:npm/a?c=1"},
        {"pkg:npm/a?b=x=y", "pkg:npm/a?b=x%3Dy"},
        {"pkg:npm/a#/./x/%2e%2E/../y//", "pkg:npm/a#x/y"},
        {"pkg:npm/a#..", "pkg:npm/a"},
        {"pkg:npm/a%2Fb", "pkg:npm/a%2Fb"},
        {"pkg:npm/%2Fa%2F", "pkg:npm/a"},
        {"pkg:npm/%e4%BD%a0", "pkg:npm/%E4%BD%A0"},
        {"pkg:npm/a@1+2", "pkg:npm/a@1%2B2"},
        {"pkg:npm/a@", "pkg:npm/a"},
    };
    for (size_t i = 0; i < IA_COUNT(good); i++) {
        struct ia_buf storage, out;
        struct ia_purl purl;
        const char *why;
        struct ia_str text = ia_str_from(good[i].text);
        ia_buf_init(&storage, &ia_alloc_libc, text.n);
        ia_buf_init(&out, &ia_alloc_libc, 1000);
        cr_expect_eq(ia_purl_read(text, &storage, &purl, &why), IMGA_OK, "%s: %s", text.p, why);
        cr_expect_eq(ia_purl_write(&out, &purl), IMGA_OK);
        cr_expect(ia_str_is(ia_buf_view(&out), good[i].canonical), "%s: %.*s", text.p, (int)out.n, out.p);
        ia_buf_free(&storage);
        ia_buf_free(&out);
    }
}

static void expect_refused(struct ia_str text, const char *reason)
{
    struct ia_buf storage;
    struct ia_purl purl = {.name = IA_STR("untouched")};
    const char *why = NULL;
    ia_buf_init(&storage, &ia_alloc_libc, 4 << 20);
    cr_expect_eq(ia_purl_read(text, &storage, &purl, &why), IMGA_E_FORMAT, "%.40s", text.p);
    cr_expect(why && strstr(why, reason), "%.40s: %s", text.p, why);
    cr_expect(ia_str_is(purl.name, "untouched"));
    cr_expect_eq(storage.n, 0u);
    ia_buf_free(&storage);
}

Test(purl, hostile)
{
    static const struct {
        struct ia_str text;
        const char *why;
    } bad[] = {
        {IA_STR(""), "begin with"},
        {IA_STR("npm/a"), "begin with"},
        {IA_STR("pkg"), "begin with"},
        {IA_STR("pkg%3Anpm/a"), "begin with"},
        {IA_STR("pkg:"), "type"},
        {IA_STR("pkg:npm"), "name"},
        {IA_STR("pkg:npm/"), "name"},
        {IA_STR("pkg:npm/@1"), "name"},
        {IA_STR("pkg:npm/a/@1"), "name"},
        {IA_STR("pkg:n%70m/a"), "percent-encoded"},
        {IA_STR("pkg:npm/a b"), "blank"},
        {IA_STR("pkg:npm/a\0b"), "blank"},
        {IA_STR("pkg:npm/a\x7f"), "blank"},
        {IA_STR("pkg:npm/na\xc3\xafve"), "ASCII"},
        {IA_STR("pkg:npm/a%"), "hexadecimal"},
        {IA_STR("pkg:npm/a%4"), "hexadecimal"},
        {IA_STR("pkg:npm/a%4g"), "hexadecimal"},
        {IA_STR("pkg:npm/a%00"), "NUL"},
        {IA_STR("pkg:npm/a%ff"), "UTF-8"},
        {IA_STR("pkg:npm/%c3/%af"), "UTF-8"},
        {IA_STR("pkg:npm/a%2Fb/c"), "slash"},
        {IA_STR("pkg:npm/a#b%2fc"), "slash"},
        {IA_STR("pkg:npm/a?b=c?d"), "second"},
        {IA_STR("pkg:npm/a#b#c"), "second"},
        {IA_STR("pkg:npm/a?b=1&B=2"), "twice"},
        {IA_STR("pkg:npm/a?%62=1"), "percent-encoded"},
        {IA_STR("pkg:npm/a?=1"), "key"},
        {IA_STR("pkg:npm/a?a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1&m=1&n=1&o=1&p=1&q=1"), "too many"},
        {IA_STR("pkg:gem/a?Platform=java"), "lower case"},
        {IA_STR("pkg:deb/a"), "requires"},
    };
    for (size_t i = 0; i < IA_COUNT(bad); i++)
        expect_refused(bad[i].text, bad[i].why);
}

/* What only the types demand is not asked for when others' purls are read. */
Test(purl, reads_any)
{
    static const char *const texts[] = {"pkg:deb/a", "pkg:gem/a?Platform=java", "pkg:pypi/x/y", "pkg:cpan/A::B",
                                        "pkg:julia/A"};
    for (size_t i = 0; i < IA_COUNT(texts); i++) {
        struct ia_buf storage;
        struct ia_purl purl;
        const char *why;
        ia_buf_init(&storage, &ia_alloc_libc, 100);
        cr_expect_eq(ia_purl_read(ia_str_from(texts[i]), &storage, &purl, &why), IMGA_E_FORMAT, "%s", texts[i]);
        cr_expect_eq(ia_purl_read_any(ia_str_from(texts[i]), &storage, &purl, &why), IMGA_OK, "%s: %s", texts[i], why);
        ia_buf_free(&storage);
    }
    expect_refused(IA_STR("pkg:npm"), "name");
}

/* One MiB of each byte, bare and where a component may stand, is answered at once. */
Test(purl, long_texts)
{
    static const char *const starts[] = {"", "pkg:", "pkg:npm/", "pkg:npm/a@", "pkg:npm/a?b=", "pkg:npm/a#"};
    static const char bytes[] = "/@%&=#?:.-a(";
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    cr_assert(text);
    for (size_t i = 0; i < IA_COUNT(starts) * strlen(bytes); i++) {
        struct ia_buf storage;
        struct ia_purl purl;
        const char *why;
        const char *start = starts[i / strlen(bytes)];
        memset(text, bytes[i % strlen(bytes)], SIZE);
        memcpy(text, start, strlen(start));
        ia_buf_init(&storage, &ia_alloc_libc, SIZE);
        int status = ia_purl_read((struct ia_str){text, SIZE}, &storage, &purl, &why);
        cr_expect(status == IMGA_OK || (status == IMGA_E_FORMAT && *why), "%s, then %c", start, text[SIZE - 1]);
        ia_buf_free(&storage);
    }
    free(text);
}
