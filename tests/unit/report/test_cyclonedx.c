/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX: what is written where, by pieces of the document; tests/real/cyclonedx.py has the schema. */
#include "reported.h"

#include "base/utf8.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char policy[] = "rules:\n- {id: r, check: vuln}\n";

static void expect_pieces(const struct reported *r, const char *const *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_expect(strstr(r->out.p, pieces[i]), "%s\nin\n%s", pieces[i], r->out.p);
}

Test(cyclonedx, document)
{
    static const char *const pieces[] = {
        "{\"$schema\":\"http://cyclonedx.org/schema/bom-1.6.schema.json\",\"bomFormat\":\"CycloneDX\","
        "\"specVersion\":\"1.6\",\"version\":1,\"metadata\":{\"tools\":{\"components\":[{\"type\":\"library\","
        "\"name\":\"libimgassure\",\"version\":\"9.9\"}]},\"component\":{\"type\":\"container\",\"bom-ref\":\"image\","
        "\"name\":\"shop/api:1\",\"version\":\"sha256:aa\",\"purl\":\"pkg:oci/"
        "api@sha256:aa?repository_url=shop%2Fapi\"},"
        "\"properties\":[{\"name\":\"imgassure:schema\",\"value\":\"imgassure-cyclonedx/1\"},"
        "{\"name\":\"imgassure:complete\",\"value\":\"true\"},"
        "{\"name\":\"imgassure:image:reference\",\"value\":\"shop/api:1\"},",
        "{\"name\":\"imgassure:distro:release\",\"value\":\"bookworm\"},",
        "{\"name\":\"imgassure:layer:1:size\",\"value\":\"2\"},{\"name\":\"imgassure:layer:1:digest\",\"value\":"
        "\"sha256:b1\"},{\"name\":\"imgassure:layer:1:diff-id\",\"value\":\"sha256:d1\"},",
        "{\"name\":\"imgassure:match:complete\",\"value\":\"true\"}]},\"components\":[{\"type\":\"operating-system\","
        "\"bom-ref\":\"os\",\"name\":\"debian\",\"description\":\"Debian GNU/Linux 12 (bookworm)\"},"
        "{\"type\":\"library\",\"bom-ref\":\"pkg-0\",\"name\":\"libssl3\",\"version\":\"3.0.8-1\","
        "\"purl\":\"pkg:deb/debian/libssl3@3.0.8-1\",\"evidence\":{\"identity\":[{\"field\":\"purl\","
        "\"confidence\":1,\"methods\":[{\"technique\":\"manifest-analysis\",\"confidence\":1",
        "\"occurrences\":[{\"location\":\"var/lib/dpkg/status\"",
        "\"compositions\":[{\"aggregate\":\"complete\",\"assemblies\":[\"image\"]}],",
        "\"vulnerabilities\":[{\"id\":\"CVE-1\",\"source\":{\"name\":\"debian\"},\"ratings\":[{\"severity\":\"high\"}],"
        "\"affects\":[{\"ref\":\"pkg-0\",\"versions\":[{\"version\":\"3.0.8-1\",\"status\":\"affected\"}]}],"
        "\"properties\":[{\"name\":\"imgassure:status\",\"value\":\"affected\"},",
        "\"analysis\":{\"state\":\"in_triage\"},\"affects\":[{\"ref\":\"pkg-2\"",
        "\"analysis\":{\"state\":\"resolved\"},",
        "\"analysis\":{\"state\":\"not_affected\"},",
        "\"analysis\":{\"response\":[\"will_not_fix\"],\"detail\":\"ignored\"},",
    };
    struct reported r;
    reported_open(&r, policy);
    cr_assert_eq(reported_write(&r, IMGA_REPORT_CYCLONEDX), IMGA_OK);
    expect_pieces(&r, pieces, IA_COUNT(pieces));
    r.report.findings = NULL;
    r.report.verdict = NULL;
    cr_assert_eq(reported_write(&r, IMGA_REPORT_CYCLONEDX), IMGA_OK);
    cr_expect_null(strstr(r.out.p, "vulnerabilities"));
    cr_expect_null(strstr(r.out.p, "imgassure:match:"));
    cr_expect_null(strstr(r.out.p, "serialNumber"), "there is no id to make one of");
    reported_close(&r);
}

/* One package, and the component that it becomes. */
static const struct row {
    struct ia_package package;
    const char *piece;
} rows[] = {
    {{.type = "npm", .name = "@scope/name", .version = "1", .purl = "pkg:npm/%40scope/name@1", .how = "package-json"},
     "\"group\":\"@scope\",\"name\":\"name\",\"version\":\"1\",\"purl\":\"pkg:npm/%40scope/name@1\","},
    {{.type = "npm", .name = "@scope/name", .purl = "pkg:npm/%40scope/name@1"},
     "{\"name\":\"imgassure:name\",\"value\":\"@scope/name\"}"},
    {{.type = "maven", .name = "org.x:y", .purl = "pkg:maven/org.x/y"}, "\"group\":\"org.x\",\"name\":\"y\","},
    {{.type = "deb", .name = "bash", .purl = "pkg:deb/debian/bash"},
     "\"bom-ref\":\"pkg-0\",\"name\":\"bash\",\"purl\""},
    {{.type = "npm", .name = "other", .purl = "pkg:npm/%40scope/name"}, "\"bom-ref\":\"pkg-0\",\"name\":\"other\","},
    {{.type = "npm", .name = "a", .purl = "not a purl"}, "\"name\":\"a\",\"purl\":\"not a purl\","},
    {{.type = "generic", .name = "bash", .how = "classifier"},
     "{\"type\":\"application\",\"bom-ref\":\"pkg-0\",\"name\":\"bash\",\"evidence\":{\"identity\":[{\"field\":"
     "\"name\","
     "\"confidence\":0.5,\"methods\":[{\"technique\":\"binary-analysis\",\"confidence\":0.5,\"value\":\"classifier\"}"
     "]"},
    {{.type = "maven", .how = "file-name"}, "\"technique\":\"filename\",\"confidence\":0.5,"},
    {{.type = "golang", .how = "go-buildinfo"}, "\"technique\":\"binary-analysis\",\"confidence\":1,"},
    {{.type = "rpm-key"}, "{\"type\":\"data\","},
    {{.license = "as is", .expression = ""}, "\"licenses\":[{\"license\":{\"name\":\"as is\"}}],"},
    {{.license = "as is"}, "{\"name\":\"imgassure:license\",\"value\":\"as is\"}"},
    {{.license = "GPLv2+", .expression = "GPL-2.0-or-later"}, "\"licenses\":[{\"expression\":\"GPL-2.0-or-later\"}],"},
    {{.maintainer = "M <m@x>"}, "\"publisher\":\"M \\u003cm@x\\u003e\","},
    {{.path = "a.jar", .inside = "b!c"}, "\"occurrences\":[{\"location\":\"a.jar\",\"additionalContext\":\"b!c\"}]"},
    {{.layer = 1, .owner = 0},
     "{\"name\":\"imgassure:layer\",\"value\":\"1\"},{\"name\":\"imgassure:owner\",\"value\":\"pkg-0\"}]"},
    {{.layer = -1, .owner = -1, .type = ""}, "\"properties\":[{\"name\":\"imgassure:type\",\"value\":\"\"}]}"},
    {{.properties = &(struct ia_property){"cpe", "cpe:2.3:a:b:c:*:*:*:*:*:*:*:*"}, .property_count = 1},
     "\"cpe\":\"cpe:2.3:a:b:c:*:*:*:*:*:*:*:*\","},
    {{.properties = &(struct ia_property){"removed", "2"}, .property_count = 1}, "\"scope\":\"excluded\","},
    {{.properties = &(struct ia_property){"removed", "2"}, .property_count = 1},
     "{\"name\":\"imgassure:property:removed\",\"value\":\"2\"}"},
};

static void open_with(struct reported *r, struct ia_package package)
{
    *r = (struct reported){.policy = NULL};
    test_env_open(&r->t);
    judged_open(&r->j, &r->t);
    judged_package(&r->j, &r->t, package);
    ia_buf_init(&r->out, &ia_alloc_libc, (size_t)1 << 26);
    r->report = (struct ia_report){.inventory = &r->j.inventory, .version = "9.9"};
}

Test(cyclonedx, packages)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct reported r;
        open_with(&r, rows[i].package);
        cr_assert_eq(reported_write(&r, IMGA_REPORT_CYCLONEDX), IMGA_OK);
        cr_expect(strstr(r.out.p, rows[i].piece), "row %zu: %s\nin\n%s", i, rows[i].piece, r.out.p);
        reported_close(&r);
    }
}

/* The schema allows versions of 1,024 characters; a longer one is kept as a property. */
Test(cyclonedx, long_versions)
{
    char version[1026];
    memset(version, '1', sizeof(version));
    for (size_t length = 1024; length < sizeof(version); length++) {
        struct reported r;
        version[length] = '\0';
        open_with(&r, (struct ia_package){.name = "a", .version = version});
        cr_assert_eq(reported_write(&r, IMGA_REPORT_CYCLONEDX), IMGA_OK);
        cr_expect_eq(strstr(r.out.p, "\"name\":\"a\",\"version\":\"") != NULL, length == 1024, "%zu", length);
        cr_expect_eq(strstr(r.out.p, "\"name\":\"imgassure:version\"") != NULL, length > 1024, "%zu", length);
        reported_close(&r);
        version[length] = '1';
    }
}

Test(cyclonedx, image)
{
    static const struct {
        const char *reference, *manifest, *architecture, *piece;
    } images[] = {
        {"latest", "sha256:aa", "amd64", "\"name\":\"latest\",\"version\":\"sha256:aa\"},"},
        {"nginx:1.25", "sha256:aa", "amd64",
         "\"name\":\"nginx:1.25\",\"version\":\"sha256:aa\",\"purl\":\"pkg:oci/nginx@sha256:aa?arch=amd64\"},"},
        {"localhost:5000/a/b@sha256:cc", "sha256:aa", "",
         "\"purl\":\"pkg:oci/b@sha256:aa?repository_url=localhost:5000%2Fa%2Fb\"},"},
        {"localhost:5000/b", "sha256:aa", "", "\"purl\":\"pkg:oci/b@sha256:aa?repository_url=localhost:5000%2Fb\"},"},
        {"nginx:1.25", "", "amd64", "\"name\":\"nginx:1.25\"},"},
        {"", "sha256:aa", "amd64", "\"name\":\"sha256:aa\",\"version\":\"sha256:aa\"},"},
        {"", "", "", "\"name\":\"image\"},"},
        {"x/:1", "sha256:aa", "", "\"name\":\"x/:1\",\"version\":\"sha256:aa\"},"},
    };
    for (size_t i = 0; i < IA_COUNT(images); i++) {
        struct reported r;
        open_with(&r, (struct ia_package){.name = "a"});
        r.j.inventory.image.reference = images[i].reference;
        r.j.inventory.image.manifest_digest = images[i].manifest;
        r.j.inventory.image.architecture = images[i].architecture;
        cr_assert_eq(reported_write(&r, IMGA_REPORT_CYCLONEDX), IMGA_OK);
        cr_expect(strstr(r.out.p, images[i].piece), "row %zu: %s\nin\n%s", i, images[i].piece, r.out.p);
        reported_close(&r);
    }
}

Test(cyclonedx, serial_number)
{
    static const struct {
        const char *id, *serial;
    } ids[] = {
        {"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
         "\"serialNumber\":\"urn:uuid:01234567-89ab-8def-8123-456789abcdef\","},
        {"sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
         "\"serialNumber\":\"urn:uuid:ffffffff-ffff-8fff-affff-"},
    };
    for (size_t i = 0; i < IA_COUNT(ids); i++) {
        struct reported r;
        open_with(&r, (struct ia_package){.name = "a"});
        snprintf(r.j.inventory.id, sizeof(r.j.inventory.id), "%s", ids[i].id);
        cr_assert_eq(reported_write(&r, IMGA_REPORT_CYCLONEDX), IMGA_OK);
        const char *serial = strstr(r.out.p, "\"serialNumber\":\"urn:uuid:");
        cr_assert(serial, "%s", r.out.p);
        cr_expect_eq(serial[16 + 9 + 14], '8', "the version");
        cr_expect(strchr("89ab", serial[16 + 9 + 19]), "the variant");
        cr_expect_eq(serial[16 + 9 + 36], '"', "the length");
        if (i == 0)
            cr_expect(strstr(r.out.p, ids[i].serial), "%s\nin\n%s", ids[i].serial, r.out.p);
        reported_close(&r);
    }
}

/* What is not complete says so, of the inventory and of the match. */
Test(cyclonedx, notes)
{
    static const char *const pieces[] = {
        "{\"name\":\"imgassure:complete\",\"value\":\"false\"}",
        "{\"name\":\"imgassure:note:0:code\",\"value\":\"db-partial\"},{\"name\":\"imgassure:note:0:offset\",\"value\":"
        "\"7\"},{\"name\":\"imgassure:note:0:where\",\"value\":\"w\"},{\"name\":\"imgassure:note:0:text\",\"value\":"
        "\"t\"}",
        "{\"name\":\"imgassure:note:1:code\",\"value\":\"link\"},{\"name\":\"imgassure:note:1:text\",\"value\":\"u\"}",
        "{\"name\":\"imgassure:match:complete\",\"value\":\"false\"},"
        "{\"name\":\"imgassure:match:note:0:code\",\"value\":\"no-feed\"}",
        "\"aggregate\":\"incomplete\"",
    };
    struct reported r;
    reported_open(&r, policy);
    struct ia_notes *notes = &r.j.inventory.notes;
    cr_assert_eq(ia_notes_add(notes, IMGA_NOTE_DB_PARTIAL, 7, IA_STR("w"), IA_STR("t")), IMGA_OK);
    cr_assert_eq(ia_notes_add(notes, IMGA_NOTE_LINK, -1, IA_STR(""), IA_STR("u")), IMGA_OK);
    cr_assert_eq(ia_notes_add(&r.j.findings.notes, IMGA_NOTE_NO_FEED, -1, IA_STR(""), IA_STR("v")), IMGA_OK);
    cr_assert_eq(reported_write(&r, IMGA_REPORT_CYCLONEDX), IMGA_OK);
    expect_pieces(&r, pieces, IA_COUNT(pieces));
    reported_close(&r);
}

/* Hostile texts are harmless in the bytes of the document. */
Test(cyclonedx, hostile)
{
    struct reported r;
    uint32_t code;
    reported_open_hostile(&r);
    cr_assert_eq(reported_write(&r, IMGA_REPORT_CYCLONEDX), IMGA_OK);
    for (struct ia_str rest = {r.out.p, r.out.n}; rest.n;) {
        size_t size = ia_utf8_char(rest, &code);
        cr_assert_gt(size, 0, "invalid UTF-8");
        cr_assert(code == '\n' || !ia_utf8_is_control(code), "raw U+%04x", (unsigned)code);
        rest = ia_str_sub(rest, size, rest.n);
    }
    cr_expect_null(strstr(r.out.p, "<b>"), "no markup");
    reported_close(&r);
}
