/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpe.h"

#include "model/cpe_known.h"
#include "support.h"

#include <criterion/criterion.h>

/* Both bindings of the names, which are each other's (NISTIR 7695, 6.1 and 6.2). */
static const struct {
    const char *formatted, *uri;
} names[] = {
    {"cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*",
     "cpe:/a:microsoft:internet_explorer:8.0.6001:beta"},
    {"cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:-:*:*:online:win2003:x64:*",
     "cpe:/a:hp:insight_diagnostics:7.4.0.1570:-:~~online~win2003~x64~"},
    {"cpe:2.3:a:microsoft:internet_explorer:8.*:sp?:*:*:*:*:*:*", "cpe:/a:microsoft:internet_explorer:8.%02:sp%01"},
    {"cpe:2.3:a:hp:openview_network_manager:7.51:*:*:*:*:linux:*:*",
     "cpe:/a:hp:openview_network_manager:7.51::~~~linux~~"},
    {"cpe:2.3:a:foo\\\\bar:big\\$money_2010:*:*:*:*:special:ipod_touch:80gb:*",
     "cpe:/a:foo%5cbar:big%24money_2010:::~~special~ipod_touch~80gb~"},
    {"cpe:2.3:a:foo\\~bar:big\\~money:*:*:*:*:*:*:*:*", "cpe:/a:foo%7ebar:big%7emoney"},
    {"cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*", "cpe:/o:linux:linux_kernel:-"},
    {"cpe:2.3:h:a:b:*:*:x:en-us:*:*:*:*", "cpe:/h:a:b:::x:en-us"},
    {"cpe:2.3:*:*:*:*:*:*:*:*:*:*:*", "cpe:/"},
    {"cpe:2.3:-:-:-:-:-:-:-:-:-:-:-", "cpe:/-:-:-:-:-:~-~-~-~-~-:-"},
    {"cpe:2.3:a:\\-:\\*:a\\?:\\*a\\*:*:*:*:*:*:*", "cpe:/a:%2d:%2a:a%3f:%2aa%2a"},
    {"cpe:2.3:a:??a?:*a*:?:a\\\\*:*:*:*:*:*:*", "cpe:/a:%01%01a%01:%02a%02:%01:a%5c%02"},
    {"cpe:2.3:a:1024cms:1024_cms:0.7:*:*:*:*:*:*:*", "cpe:/a:1024cms:1024_cms:0.7"},
    {"cpe:2.3:a:oracle:mysql_connector\\/j:5.1.0\\+b:*:*:*:*:joomla\\!:*:*",
     "cpe:/a:oracle:mysql_connector%2fj:5.1.0%2bb::~~~joomla%21~~"},
};

static void expect_bindings(const char *text, size_t row)
{
    struct ia_buf storage, out;
    struct ia_cpe cpe;
    const char *why;
    ia_buf_init(&storage, &ia_alloc_libc, 2 * strlen(text));
    ia_buf_init(&out, &ia_alloc_libc, 1000);
    cr_assert_eq(ia_cpe_read(ia_str_from(text), &storage, &cpe, &why), IMGA_OK, "%s: %s", text, why);
    cr_expect_eq(ia_cpe_write(&out, &cpe), IMGA_OK);
    cr_expect(ia_str_is(ia_buf_view(&out), names[row].formatted), "%s: %.*s", text, (int)out.n, out.p);
    ia_buf_clear(&out);
    cr_expect_eq(ia_cpe_write_uri(&out, &cpe), IMGA_OK);
    cr_expect(ia_str_is(ia_buf_view(&out), names[row].uri), "%s: %.*s", text, (int)out.n, out.p);
    ia_buf_free(&storage);
    ia_buf_free(&out);
}

Test(cpe, bindings)
{
    for (size_t i = 0; i < IA_COUNT(names); i++) {
        expect_bindings(names[i].formatted, i);
        expect_bindings(names[i].uri, i);
    }
}

/* Spellings that are read and written otherwise. */
Test(cpe, spellings)
{
    static const struct {
        const char *text, *formatted;
    } rows[] = {
        {"CPE:2.3:A:Apache:HTTP_Server:2.4:*:*:*:*:*:*:*", "cpe:2.3:a:apache:http_server:2.4:*:*:*:*:*:*:*"},
        {"cpe:2.3:a:a+b:c\\_d\\e:1\\.0\\-1:*:*:*:*:*:*:*", "cpe:2.3:a:a\\+b:c_de:1.0-1:*:*:*:*:*:*:*"},
        {"cpe:/a:b:c:::::", "cpe:2.3:a:b:c:*:*:*:*:*:*:*:*"},
        {"cpe:/A:B%2D:c%2E:~1", "cpe:2.3:a:b-:c.:\\~1:*:*:*:*:*:*:*"},
        {"cpe:/a:b:c:d:e:~~~~~", "cpe:2.3:a:b:c:d:e:*:*:*:*:*:*"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_buf storage, out;
        struct ia_cpe cpe;
        const char *why;
        ia_buf_init(&storage, &ia_alloc_libc, 1000);
        ia_buf_init(&out, &ia_alloc_libc, 1000);
        cr_assert_eq(ia_cpe_read(ia_str_from(rows[i].text), &storage, &cpe, &why), IMGA_OK, "%s: %s", rows[i].text,
                     why);
        cr_expect_eq(ia_cpe_write(&out, &cpe), IMGA_OK);
        cr_expect(ia_str_is(ia_buf_view(&out), rows[i].formatted), "%s: %.*s", rows[i].text, (int)out.n, out.p);
        ia_buf_free(&storage);
        ia_buf_free(&out);
    }
}

Test(cpe, hostile)
{
    static const struct {
        struct ia_str text;
        const char *why;
    } bad[] = {
        {IA_STR(""), "begins"},
        {IA_STR("cpe"), "begins"},
        {IA_STR("cpe:2.2:a:b:c"), "begins"},
        {IA_STR("cpe:2.3"), "fewer"},
        {IA_STR("cpe:2.3:a:b:c"), "fewer"},
        {IA_STR("cpe:2.3:a:b:c:*:*:*:*:*:*:*"), "fewer"},
        {IA_STR("cpe:2.3:a:b:c:*:*:*:*:*:*:*:*:*"), "more"},
        {IA_STR("cpe:2.3:a:b\\:c:*:*:*:*:*:*:*:*"), "fewer"},
        {IA_STR("cpe:2.3:a:b::*:*:*:*:*:*:*:*"), "empty"},
        {IA_STR("cpe:2.3:a:b:c:*:*:*:*:*:*:*:"), "empty"},
        {IA_STR("cpe:2.3:a:b:c:*:*:*:*:*:*:*:\\"), "backslash"},
        {IA_STR("cpe:2.3:x:b:c:*:*:*:*:*:*:*:*"), "part"},
        {IA_STR("cpe:2.3:ao:b:c:*:*:*:*:*:*:*:*"), "part"},
        {IA_STR("cpe:2.3:a:b*c:c:*:*:*:*:*:*:*:*"), "wildcard"},
        {IA_STR("cpe:2.3:a:b?c:c:*:*:*:*:*:*:*:*"), "wildcard"},
        {IA_STR("cpe:2.3:a:**:c:*:*:*:*:*:*:*:*"), "wildcard"},
        {IA_STR("cpe:2.3:a:a**:c:*:*:*:*:*:*:*:*"), "wildcard"},
        {IA_STR("cpe:2.3:a:?*:c:*:*:*:*:*:*:*:*"), "wildcard"},
        {IA_STR("cpe:2.3:a:\\\\*a:c:*:*:*:*:*:*:*:*"), "wildcard"},
        {IA_STR("cpe:2.3:a:b c:c:*:*:*:*:*:*:*:*"), "blank"},
        {IA_STR("cpe:2.3:a:b\0:c:*:*:*:*:*:*:*:*"), "blank"},
        {IA_STR("cpe:2.3:a:b\xc3\xa9:c:*:*:*:*:*:*:*:*"), "ASCII"},
        {IA_STR("cpe:/x:b:c"), "part"},
        {IA_STR("cpe:/a:b:c:d:e:f:g:h"), "more"},
        {IA_STR("cpe:/a:b%"), "hexadecimal"},
        {IA_STR("cpe:/a:b%2"), "hexadecimal"},
        {IA_STR("cpe:/a:b%2g"), "hexadecimal"},
        {IA_STR("cpe:/a:b%00"), "printable"},
        {IA_STR("cpe:/a:b%20"), "printable"},
        {IA_STR("cpe:/a:b%ff"), "printable"},
        {IA_STR("cpe:/a:%02"), "wildcard"},
        {IA_STR("cpe:/a:b%02c"), "wildcard"},
        {IA_STR("cpe:/a:b:c:d:e:~a~b~c~d"), "fewer than five"},
        {IA_STR("cpe:/a:b:c:d:e:~a~b~c~d~e~f"), "more than five"},
    };
    for (size_t i = 0; i < IA_COUNT(bad); i++) {
        struct ia_buf storage;
        struct ia_cpe cpe = {.attributes = {{IA_CPE_NA, IA_STR("untouched")}}};
        const char *why = NULL;
        ia_buf_init(&storage, &ia_alloc_libc, 1000);
        cr_expect_eq(ia_cpe_read(bad[i].text, &storage, &cpe, &why), IMGA_E_FORMAT, "%s", bad[i].text.p);
        cr_expect(why && strstr(why, bad[i].why), "%s: %s", bad[i].text.p, why);
        cr_expect(storage.n == 0 && ia_str_is(cpe.attributes[0].text, "untouched"), "%s", bad[i].text.p);
        ia_buf_free(&storage);
    }
}

/* One MiB of each byte is answered at once. */
Test(cpe, long_texts)
{
    static const char *const starts[] = {"", "cpe:/", "cpe:2.3", "cpe:2.3:a:", "cpe:/a:b:c:d:e:~"};
    static const char bytes[] = ":\\*?%~-a.";
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    cr_assert(text);
    for (size_t i = 0; i < IA_COUNT(starts) * strlen(bytes); i++) {
        struct ia_buf storage;
        struct ia_cpe cpe;
        const char *why;
        const char *start = starts[i / strlen(bytes)];
        memset(text, bytes[i % strlen(bytes)], SIZE);
        memcpy(text, start, strlen(start));
        ia_buf_init(&storage, &ia_alloc_libc, 2 * SIZE);
        int status = ia_cpe_read((struct ia_str){text, SIZE}, &storage, &cpe, &why);
        cr_expect(status == IMGA_OK || (status == IMGA_E_FORMAT && *why), "%s, then %c", start, text[SIZE - 1]);
        ia_buf_free(&storage);
    }
    free(text);
}

Test(cpe, quotes)
{
    static const struct {
        struct ia_str plain;
        int status;
        const char *quoted, *written;
    } rows[] = {
        {IA_STR("Internet Explorer"), 1, "internet_explorer", ":internet_explorer"},
        {IA_STR("1.0-r1+b*"), 1, "1\\.0\\-r1\\+b\\*", ":1.0-r1\\+b\\*"},
        {IA_STR("-"), 1, "\\-", ":\\-"},
        {IA_STR("*"), 1, "\\*", ":\\*"},
        {IA_STR(""), 0, "", ":*"},
        {IA_STR("a\nb"), 0, "", ":*"},
        {IA_STR("a\0b"), 0, "", ":*"},
        {IA_STR("na\xc3\xafve"), 0, "", ":*"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_buf out;
        ia_buf_init(&out, &ia_alloc_libc, 100);
        cr_expect_eq(ia_cpe_quote(&out, rows[i].plain), rows[i].status, "row %zu", i);
        cr_expect(ia_str_is(ia_buf_view(&out), rows[i].quoted), "row %zu: %.*s", i, (int)out.n, out.p);
        ia_buf_clear(&out);
        cr_expect_eq(ia_cpe_write_plain(&out, rows[i].plain), IMGA_OK, "row %zu", i);
        cr_expect(ia_str_is(ia_buf_view(&out), rows[i].written), "row %zu: %.*s", i, (int)out.n, out.p);
        ia_buf_free(&out);
    }
}

/* The candidates as "vendor:product/how ..." */
static void list_candidates(const struct ia_cpe_facts *facts, struct ia_buf *out)
{
    struct ia_cpe_candidates candidates;
    ia_cpe_candidates_init(&candidates, &ia_alloc_libc);
    cr_assert_eq(ia_cpe_candidates_find(&candidates, facts), IMGA_OK);
    cr_expect_leq(candidates.n, IA_CPE_CANDIDATES);
    for (size_t i = 0; i < candidates.n; i++) {
        const struct ia_cpe_candidate *row = &candidates.rows[i];
        cr_assert_geq(ia_buf_text(out, i ? " " : ""), 0);
        cr_assert_geq(ia_buf_str(out, row->vendor), 0);
        cr_assert_geq(ia_buf_char(out, ':'), 0);
        cr_assert_geq(ia_buf_str(out, row->product), 0);
        cr_assert_geq(ia_buf_char(out, '/'), 0);
        cr_assert_geq(ia_buf_text(out, row->how), 0);
    }
    ia_cpe_candidates_free(&candidates);
}

/* What a package's facts lead to: the rows must begin so. */
Test(cpe, candidates)
{
    static const struct {
        const char *type, *namespace, *name, *vendor, *url, *starts;
    } rows[] = {
        {"deb", "debian", "openssl", "", "", "openssl:openssl/known-pair openssl_project:openssl/name-project"},
        {"deb", "debian", "frobnicate", "", "", "frobnicate:frobnicate/name-as-vendor frobnicate_project:frobnicate/"},
        {"generic", "", "nginx", "", "", "f5:nginx/known-pair nginx:nginx/known-pair"},
        {"npm", "", "left-pad", "", "",
         "left-pad_project:left-pad/name-project left-pad:left-pad/name-as-vendor left_pad_project:left_pad/"},
        {"npm", "@Angular", "Core", "", "", "angular:core/scope core_project:core/name-project core:core/"},
        {"pypi", "", "Jinja2", "", "", "palletsprojects:jinja/known-pair python:jinja2/ecosystem"},
        {"pypi", "", "python-frob", "Jane Doe <jane@frob.example.org>", "https://github.com/Acme/frob",
         "acme:python-frob/url-owner jane_doe:python-frob/author example:python-frob/author-domain "
         "python:python-frob/ecosystem python-frob_project:python-frob/name-project"},
        {"pypi", "", "frob", "jane@gmail.com", "https://www.frob.co.uk:8443/x",
         "frob:frob/url-domain python:frob/ecosystem"},
        {"maven", "org.apache.frob", "frob-core", "", "",
         "apache:frob-core/java-group frob-core_project:frob-core/name-project frob-core:frob-core/name-as-vendor "
         "apache:frob/java-group"},
        {"maven", "io.github.jane", "x", "", "", "jane:x/java-group"},
        {"maven", "org.apache.logging.log4j", "log4j-core", "", "", "apache:log4j/known-pair"},
        {"golang", "github.com/Acme/frob", "v2", "", "", "acme:frob/go-path golang:frob/ecosystem frob_project:frob"},
        {"golang", "github.com/acme/go-frob/pkg", "api", "", "", "acme:go-frob/go-path golang:go-frob/ecosystem"},
        {"golang", "gopkg.in", "yaml.v3", "", "", "yaml_project:yaml/known-pair"},
        {"golang", "", "stdlib", "", "", "golang:go/known-pair"},
        {"golang", "", "github.com", "", "", "golang:github.com/ecosystem"},
        {"gem", "", "frob_rails", "", "", "ruby-lang:frob_rails/ecosystem rubyonrails:frob_rails/ecosystem"},
        {"jenkins-plugin", "", "script-security", "", "", "jenkins:script-security/ecosystem"},
        {"npm", "", "", "x", "https://example.org", ""},
        {"npm", "", "na\xc3\xafve", "x", "", ""},
        {"npm", "", "-", "", "", "-_project:-/name-project -:-/name-as-vendor"},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ia_buf first, second;
        struct ia_cpe_facts facts = {ia_str_from(rows[i].type), ia_str_from(rows[i].namespace),
                                     ia_str_from(rows[i].name), ia_str_from(rows[i].vendor), ia_str_from(rows[i].url)};
        ia_buf_init(&first, &ia_alloc_libc, 1 << 16);
        ia_buf_init(&second, &ia_alloc_libc, 1 << 16);
        list_candidates(&facts, &first);
        list_candidates(&facts, &second);
        cr_expect(ia_str_starts(ia_buf_view(&first), ia_str_from(rows[i].starts)), "row %zu: %.*s", i, (int)first.n,
                  first.p);
        cr_expect(*rows[i].starts || first.n == 0, "row %zu: %.*s", i, (int)first.n, first.p);
        cr_expect(ia_str_eq(ia_buf_view(&first), ia_buf_view(&second)), "row %zu", i);
        ia_buf_free(&first);
        ia_buf_free(&second);
    }
}

/* Names of 128 bytes count, longer ones do not; a MiB of anything is answered at once. */
Test(cpe, candidate_lengths)
{
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    cr_assert(text);
    static const char *const types[] = {"", "golang", "maven", "npm", "pypi"};
    static const char bytes[] = "a/.-_@:<";
    for (size_t i = 0; i < IA_COUNT(types) * strlen(bytes); i++) {
        memset(text, bytes[i % strlen(bytes)], SIZE);
        for (size_t n = 127; n < SIZE; n = n < 130 ? n + 1 : n * 8192) {
            struct ia_str odd = {text, n};
            struct ia_cpe_facts facts = {ia_str_from(types[i / strlen(bytes)]), odd, odd, odd, odd};
            struct ia_cpe_candidates candidates;
            ia_cpe_candidates_init(&candidates, &ia_alloc_libc);
            cr_expect_eq(ia_cpe_candidates_find(&candidates, &facts), IMGA_OK);
            bool path = text[0] == '/' && facts.type.n > 0 && facts.type.p[0] == 'g'; /* of no segments */
            cr_expect_eq(candidates.n > 0, n <= 128 && !path, "%s %c %zu", facts.type.p, text[0], n);
            ia_cpe_candidates_free(&candidates);
        }
    }
    free(text);
}

Test(cpe, candidate_is_a_name)
{
    struct ia_cpe_facts facts = {.type = IA_STR("npm"), .name = IA_STR("a/b*c")};
    struct ia_cpe_candidates candidates;
    struct ia_buf out;
    ia_buf_init(&out, &ia_alloc_libc, 200);
    ia_cpe_candidates_init(&candidates, &ia_alloc_libc);
    cr_assert_eq(ia_cpe_candidates_find(&candidates, &facts), IMGA_OK);
    cr_expect_eq(ia_cpe_candidate_write(&out, &candidates.rows[1], IA_STR("1.0-1")), IMGA_OK);
    cr_expect(ia_str_is(ia_buf_view(&out), "cpe:2.3:a:a\\/b\\*c:a\\/b\\*c:1.0-1:*:*:*:*:node.js:*:*"), "%.*s",
              (int)out.n, out.p);
    ia_cpe_candidates_free(&candidates);
    ia_buf_free(&out);
}

Test(cpe, memory)
{
    struct test_env t;
    int status = IMGA_E_NOMEM;
    test_env_open(&t);
    for (t.fail_at = 1; status == IMGA_E_NOMEM; t.fail_at++) {
        struct ia_cpe_facts facts = {.type = IA_STR("npm"), .name = IA_STR("lodash")};
        struct ia_cpe_candidates candidates;
        struct ia_buf storage, out;
        struct ia_cpe cpe;
        const char *why;
        t.count = 0;
        ia_buf_init(&storage, &t.env.alloc, 1000);
        ia_buf_init(&out, &t.env.alloc, 1000);
        ia_cpe_candidates_init(&candidates, &t.env.alloc);
        status = ia_cpe_candidates_find(&candidates, &facts);
        if (status == IMGA_OK)
            status = ia_cpe_candidate_write(&out, &candidates.rows[0], IA_STR("4.17.20"));
        if (status == IMGA_OK)
            status = ia_cpe_read(ia_buf_view(&out), &storage, &cpe, &why);
        if (status == IMGA_OK)
            status = ia_cpe_write_uri(&out, &cpe);
        cr_expect(status == IMGA_OK || status == IMGA_E_NOMEM, "%d", status);
        ia_cpe_candidates_free(&candidates);
        ia_buf_free(&storage);
        ia_buf_free(&out);
        cr_expect_eq(t.live, 0u);
        cr_assert_lt(t.fail_at, 50u);
    }
    cr_expect_gt(t.fail_at, 4u);
    test_env_close(&t);
}

/* The search needs the tables in order; candidates are in lower case. */
Test(cpe, known_pairs_are_sorted)
{
    const struct ia_cpe_known_table *const tables[] = {&ia_cpe_known_systems, &ia_cpe_known_languages};
    for (size_t t = 0; t < IA_COUNT(tables); t++)
        for (size_t i = 0; i < tables[t]->n; i++) {
            const struct ia_cpe_known *row = &tables[t]->rows[i], *before = i ? row - 1 : row;
            int order = ia_str_cmp(ia_str_from(before->type), ia_str_from(row->type));
            size_t count;
            cr_expect(order < 0 || (order == 0 && strcmp(before->name, row->name) <= 0), "%s", row->name);
            cr_expect(ia_cpe_known(ia_str_from(row->type), ia_str_from(row->name), &count) && count > 0, "%s",
                      row->name);
            for (const char *p = row->name; *p; p++)
                cr_expect_eq(*p, ia_lower(*p), "%s", row->name);
        }
}
