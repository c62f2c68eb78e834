/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX documents as inventories: ours come back whole or not at all, those of other tools as far as they go. */
#include "catalog/inventory_json.h"
#include "report/report.h"
#include "support.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* What CycloneDX can hold of an inventory: everything but files and executables. */
static const char golden[] =
    "{\"schema\":\"imgassure-inventory/1\",\"image\":{\"form\":\"oci-layout\",\"reference\":\"shop/api:1\","
    "\"manifestDigest\":\"sha256:aa\",\"configDigest\":\"sha256:bb\",\"os\":\"linux\",\"architecture\":\"amd64\","
    "\"variant\":\"v2\",\"created\":\"2026-01-02T03:04:05Z\",\"verified\":\"full\"},\"distro\":{\"id\":\"debian\","
    "\"idLike\":\"x y\",\"versionId\":\"12\",\"codename\":\"bookworm\",\"release\":\"bookworm\",\"prettyName\":"
    "\"Debian\",\"services\":\"esm\"},\"layers\":[{\"digest\":\"sha256:cc\",\"diffId\":\"sha256:dd\",\"mediaType\":\"m\","
    "\"size\":18446744073709551615,\"createdBy\":\"RUN x\"},{\"digest\":\"\",\"diffId\":\"\",\"mediaType\":\"\","
    "\"size\":0,\"createdBy\":\"\"}],\"packages\":[{\"type\":\"deb\",\"name\":\"a\",\"version\":\"1:1-2\","
    "\"architecture\":\"amd64\",\"source\":\"s\",\"sourceVersion\":\"1\",\"license\":\"Expat\",\"licenseExpression\":"
    "\"MIT\",\"maintainer\":\"M\\u001b\",\"purl\":\"pkg:deb/debian/a@1\",\"how\":\"dpkg\",\"path\":"
    "\"var/lib/dpkg/status\",\"inside\":\"\",\"layer\":1,\"owner\":-1,\"properties\":{\"epoch\":\"1\",\"state\":\"\"},"
    "\"files\":[]},{\"type\":\"npm\",\"name\":\"@s/b\",\"version\":\"2\",\"architecture\":\"all\",\"source\":\"\","
    "\"sourceVersion\":\"\",\"license\":\"as is\",\"licenseExpression\":\"\",\"maintainer\":\"\",\"purl\":"
    "\"pkg:npm/%40s/b@2\",\"how\":\"package-json\",\"path\":\"p\",\"inside\":\"x!y\",\"layer\":-1,\"owner\":0,"
    "\"properties\":{},\"files\":[]},{\"type\":\"rpm\",\"name\":\"\",\"version\":\"\",\"architecture\":\"\",\"source\":"
    "\"\",\"sourceVersion\":\"\",\"license\":\"\",\"licenseExpression\":\"\",\"maintainer\":\"\",\"purl\":\"\",\"how\":"
    "\"\",\"path\":\"\",\"inside\":\"\",\"layer\":-1,\"owner\":-1,\"properties\":{},\"files\":[]}],\"executables\":[],"
    "\"notes\":[{\"code\":\"link\",\"offset\":-1,\"where\":\"w\",\"text\":\"t\"},{\"code\":\"db-partial\",\"offset\":"
    "9223372036854775807,\"where\":\"\",\"text\":\"t\"}],\"complete\":false}\n";

static int read_text(struct test_env *t, const char *text, size_t step, struct ia_inventory *inventory)
{
    struct ia_reader *input = test_chunks(text, strlen(text), step);
    int status = ia_inventory_read(&t->env, input, inventory);
    ia_reader_close(input);
    return status;
}

/* The document as JSON or as CycloneDX; malloc'ed. */
static char *write_text(struct test_env *t, const struct ia_inventory *inventory, bool as_cyclonedx)
{
    struct ia_buf out;
    ia_buf_init(&out, &ia_alloc_libc, SIZE_MAX);
    struct ia_writer writer = test_writer(&out);
    const struct ia_report report = {.inventory = inventory, .version = "9.9"};
    int status = as_cyclonedx ? ia_report_format(IMGA_REPORT_CYCLONEDX)->write(&t->env, &report, &writer)
                              : ia_inventory_write(&t->env, inventory, &writer);
    cr_assert_eq(status, IMGA_OK);
    cr_assert_eq(ia_buf_char(&out, '\0'), IMGA_OK);
    return out.p;
}

/* Reads a document of any kind and writes it; NULL when it is refused, with *status. */
static char *convert(const char *text, size_t step, bool to_cyclonedx, int *status)
{
    struct test_env t;
    struct ia_inventory inventory;
    char *out = NULL;
    test_env_open(&t);
    *status = read_text(&t, text, step, &inventory);
    if (*status == IMGA_OK) {
        out = write_text(&t, &inventory, to_cyclonedx);
        ia_inventory_free(&inventory);
    } else {
        cr_expect(t.env.error.message[0], "an error is described");
    }
    test_env_close(&t);
    cr_expect_eq(t.live, 0, "leaks");
    return out;
}

static char *ours(void)
{
    int status;
    char *text = convert(golden, 100, true, &status);
    cr_assert(text);
    return text;
}

/* text with the first find replaced; malloc'ed. */
static char *replace(const char *text, const char *find, const char *with)
{
    const char *at = strstr(text, find);
    cr_assert(at, "\"%s\" is in the document\n%s", find, text);
    size_t size = strlen(text) + strlen(with) + 1;
    char *out = malloc(size);
    snprintf(out, size, "%.*s%s%s", (int)(at - text), text, with, at + strlen(find));
    return out;
}

Test(cyclonedx_read, ours_comes_back_at_every_chunk_size)
{
    static const size_t steps[] = {1, 2, 7, 64, 100000};
    char *text = ours();
    for (size_t i = 0; i < IA_COUNT(steps); i++) {
        int status;
        char *back = convert(text, steps[i], false, &status), *again = convert(text, steps[i], true, &status);
        cr_assert(back && again, "step %zu: %d", steps[i], status);
        cr_expect_str_eq(back, golden, "step %zu: %s", steps[i], back);
        cr_expect_str_eq(again, text, "step %zu: the same document", steps[i]);
        free(back);
        free(again);
    }
    free(text);
}

/* As a program that sorts members leaves it, and with what others add. */
Test(cyclonedx_read, order_of_members_does_not_matter)
{
    static const char *const additions[][2] = {
        {"\"version\":1,", ""},
        {"\"components\":[{", "\"dependencies\":[{\"ref\":\"pkg-0\"}],\"components\":[{"},
        {"{\"name\":\"imgassure:type\"", "{\"name\":\"other:tool\",\"value\":\"x\"},{\"name\":\"imgassure:type\""},
        {"\"confidence\":1,", "\"confidence\":1,\"tools\":[],"},
        {"\"bom-ref\":\"pkg-0\",", "\"bom-ref\":\"pkg-0\",\"author\":null,\"hashes\":[{\"alg\":\"MD5\"}],"},
    };
    char *text = ours(), *metadata = strstr(text, "\"metadata\":"),
         *components = strstr(text, "\"components\":[{\"type\":\"op");
    char *end = strstr(text, ",\"compositions\"");
    size_t size = strlen(text) + 1;
    char *moved = malloc(size);
    cr_assert(metadata && components && end);
    snprintf(moved, size, "%.*s%.*s,%.*s%s", (int)(metadata - text), text, (int)(end - components), components,
             (int)(components - 1 - metadata), metadata, end);
    for (size_t i = 0; i < IA_COUNT(additions); i++) {
        int status;
        char *changed = replace(moved, additions[i][0], additions[i][1]);
        char *back = convert(changed, 50, false, &status);
        cr_assert(back, "row %zu: %d\n%s", i, status, changed);
        cr_expect_str_eq(back, golden, "row %zu", i);
        free(back);
        free(changed);
    }
    free(moved);
    free(text);
}

Test(cyclonedx_read, ours_is_refused_when_changed)
{
    static const struct {
        const char *find, *with;
        int status;
    } rows[] = {
        {"\"bomFormat\":\"CycloneDX\"", "\"bomFormat\":\"SPDX\"", IMGA_E_FORMAT},
        {"\"bomFormat\":\"CycloneDX\",", "", IMGA_E_FORMAT},
        {"\"bomFormat\":\"CycloneDX\"", "\"bomFormat\":1", IMGA_E_FORMAT},
        {"\"bomFormat\":\"CycloneDX\"", "\"bomFormat\":{}", IMGA_E_FORMAT},
        {"\"bomFormat\":\"CycloneDX\"", "\"bomFormat\":\"CycloneDX\",\"bomFormat\":\"CycloneDX\"", IMGA_E_FORMAT},
        {"\"bomFormat\":\"CycloneDX\"", "\"bomFormat\":\"Cyclone\\u0000DX\"", IMGA_E_FORMAT},
        {"\"specVersion\":\"1.6\"", "\"specVersion\":\"2.0\"", IMGA_E_UNSUPPORTED},
        {"\"specVersion\":\"1.6\",", "", IMGA_E_UNSUPPORTED},
        {"\"metadata\":{", "\"metadata\":{},\"metadata\":{", IMGA_E_FORMAT},
        {"\"metadata\":{", "\"metadata\":[],\"x\":{", IMGA_E_FORMAT},
        {"\"components\":[{\"type\":\"op", "\"components\":[1,{\"type\":\"op", IMGA_E_FORMAT},
        {"imgassure-cyclonedx/1", "imgassure-cyclonedx/2", IMGA_E_UNSUPPORTED},
        {"{\"name\":\"imgassure:schema\",\"value\":\"imgassure-cyclonedx/1\"},", "", IMGA_E_FORMAT},
        {"{\"name\":\"imgassure:complete\",\"value\":\"false\"},", "", IMGA_E_FORMAT},
        {"complete\",\"value\":\"false\"", "complete\",\"value\":\"true\"", IMGA_E_FORMAT},
        {"complete\",\"value\":\"false\"", "complete\",\"value\":\"no\"", IMGA_E_FORMAT},
        {"imgassure:image:form", "imgassure:image:colour", IMGA_E_FORMAT},
        {"imgassure:image:form", "imgassure:image:os", IMGA_E_FORMAT},
        {"imgassure:image:form", "imgassure:form", IMGA_E_FORMAT},
        {"imgassure:distro:id\"", "imgassure:distro:name\"", IMGA_E_FORMAT},
        {"imgassure:layer:0:size", "imgassure:layer:1:size", IMGA_E_FORMAT},
        {"imgassure:layer:1:size", "imgassure:layer:0:size", IMGA_E_FORMAT},
        {"imgassure:layer:0:digest", "imgassure:layer:1:digest", IMGA_E_FORMAT},
        {"imgassure:layer:0:digest", "imgassure:layer:0:colour", IMGA_E_FORMAT},
        {"imgassure:layer:0:digest", "imgassure:layer:0", IMGA_E_FORMAT},
        {"imgassure:layer:0:digest", "imgassure:layer:x:digest", IMGA_E_FORMAT},
        {"imgassure:layer:0:digest", "imgassure:layer:0:diff-id", IMGA_E_FORMAT},
        {"imgassure:layer:0:digest", "imgassure:layer:99999999999999999999:digest", IMGA_E_FORMAT},
        {"18446744073709551615", "18446744073709551616", IMGA_E_FORMAT},
        {"18446744073709551615", "-1", IMGA_E_FORMAT},
        {"imgassure:note:0:code", "imgassure:note:1:code", IMGA_E_FORMAT},
        {"imgassure:note:0:where", "imgassure:note:2:where", IMGA_E_FORMAT},
        {"imgassure:note:0:where", "imgassure:note:0:colour", IMGA_E_FORMAT},
        {"\"value\":\"link\"", "\"value\":\"no-such-code\"", IMGA_E_FORMAT},
        {"\"value\":\"db-partial\"", "\"value\":\"link\"", IMGA_E_FORMAT},
        {"\"value\":\"w\"", "\"value\":\"\\u001b[2J\"", IMGA_E_FORMAT},
        {"\"value\":\"9223372036854775807\"", "\"value\":\"9223372036854775808\"", IMGA_E_FORMAT},
        {"\"bom-ref\":\"pkg-1\"", "\"bom-ref\":\"pkg-2\"", IMGA_E_FORMAT},
        {"\"bom-ref\":\"pkg-1\"", "\"bom-ref\":\"b\"", IMGA_E_FORMAT},
        {"\"bom-ref\":\"pkg-1\",", "", IMGA_E_FORMAT},
        {"imgassure:type\",\"value\":\"npm\"", "imgassure:type\",\"value\":\"apk\"", IMGA_E_FORMAT},
        {"imgassure:type\",\"value\":\"npm\"", "other:type\",\"value\":\"npm\"", IMGA_E_FORMAT},
        {"imgassure:layer\",\"value\":\"1\"", "imgassure:layer\",\"value\":\"2\"", IMGA_E_FORMAT},
        {"imgassure:layer\",\"value\":\"1\"", "imgassure:layer\",\"value\":\"-1\"", IMGA_E_FORMAT},
        {"imgassure:layer\",\"value\":\"1\"", "imgassure:layer\",\"value\":\"2147483648\"", IMGA_E_FORMAT},
        {"imgassure:owner\",\"value\":\"pkg-0\"", "imgassure:owner\",\"value\":\"pkg-3\"", IMGA_E_FORMAT},
        {"imgassure:owner\",\"value\":\"pkg-0\"", "imgassure:owner\",\"value\":\"os\"", IMGA_E_FORMAT},
        {"imgassure:source\"", "imgassure:sauce\"", IMGA_E_FORMAT},
        {"imgassure:source\"", "imgassure:type\"", IMGA_E_FORMAT},
        {"\"location\":\"p\"", "\"location\":\"p\",\"location\":\"q\"", IMGA_E_FORMAT},
        {"\"assemblies\":[\"image\"]", "\"assemblies\":[[[", IMGA_E_FORMAT},
        {"]}]}\n", "]}]}x", IMGA_E_FORMAT},
        {"]}]}\n", "]}]", IMGA_E_TRUNCATED},
    };
    char *text = ours();
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        char *changed = replace(text, rows[i].find, rows[i].with);
        for (size_t step = 1; step < 4096; step *= 64) {
            int status;
            char *out = convert(changed, step, false, &status);
            cr_expect_eq(status, rows[i].status, "row %zu (%s): %d", i, rows[i].with, status);
            free(out);
        }
        free(changed);
    }
    free(text);
}

Test(cyclonedx_read, truncated_everywhere)
{
    char *text = ours();
    for (size_t n = strlen(text) - 2; n > 0; n--) { /* the newline at the end may be missing */
        int status;
        text[n] = '\0';
        char *out = convert(text, 16, false, &status);
        cr_expect_eq(status, IMGA_E_TRUNCATED, "%zu bytes: %d", n, status);
        free(out);
    }
    free(text);
}

Test(cyclonedx_read, no_memory)
{
    static const char foreign[] =
        "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.4\",\"components\":[{\"type\":\"library\",\"name\":\"x\","
        "\"purl\":\"pkg:deb/debian/x@1?arch=amd64&distro=debian-12&epoch=2&upstream=y%402\",\"licenses\":[{\"license\":"
        "{\"id\":\"MIT\"}}],\"cpe\":\"c\",\"components\":[{\"name\":\"z\"}]},{\"type\":\"library\"}]}";
    char *text = ours();
    const char *const texts[] = {text, foreign};
    for (size_t i = 0; i < IA_COUNT(texts); i++)
        for (int on = 0; on < 2; on++)
            for (size_t n = 1;; n++) {
                struct test_env t;
                struct ia_inventory inventory;
                test_env_open(&t);
                t.fail_at = n;
                t.fail_on = on;
                int status = read_text(&t, texts[i], 100, &inventory);
                bool reached = t.count >= n;
                cr_expect(status == IMGA_OK || status == IMGA_E_NOMEM, "%zu: allocation %zu: %d", i, n, status);
                cr_expect_eq(status == IMGA_OK, !reached, "%zu: allocation %zu: %d", i, n, status);
                if (status == IMGA_OK)
                    ia_inventory_free(&inventory);
                test_env_close(&t);
                cr_expect_eq(t.live, 0, "%zu: allocation %zu leaks", i, n);
                if (!reached)
                    break;
            }
    free(text);
}

/* Each limit at what the document needs, and one below. */
Test(cyclonedx_read, limits)
{
    char *text = ours();
    const struct {
        const char *name;
        size_t at;
        uint64_t needed;
    } rows[] = {
        {"layers", offsetof(imga_limits, layers), 2},
        {"packages", offsetof(imga_limits, packages), 3},
        {"package_files", offsetof(imga_limits, package_files), 10}, /* properties and licences of one component */
        {"notes", offsetof(imga_limits, notes), 2},
        {"document_bytes", offsetof(imga_limits, document_bytes), strlen(text)},
        {"string_bytes", offsetof(imga_limits, string_bytes),
         strlen("pkg:oci/api@sha256:aa?arch=amd64&repository_url=shop%2Fapi")},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        for (uint64_t below = 0; below < 2; below++) {
            struct test_env t;
            struct ia_inventory inventory;
            uint64_t value = rows[i].needed - below;
            test_env_open(&t);
            memcpy((char *)&t.limits + rows[i].at, &value, sizeof(value));
            int status = read_text(&t, text, 9, &inventory);
            cr_expect_eq(status, below ? IMGA_E_LIMIT : IMGA_OK, "%s %u: %d", rows[i].name, (unsigned)value, status);
            if (below)
                cr_expect(strstr(t.env.error.message, rows[i].name), "%s: %s", rows[i].name, t.env.error.message);
            if (status == IMGA_OK)
                ia_inventory_free(&inventory);
            test_env_close(&t);
            cr_expect_eq(t.live, 0);
        }
    free(text);
}

/* ---- documents of other tools ---- */

#define DOCUMENT(members) "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\"," members "}"
#define COMPONENTS(list) DOCUMENT("\"components\":[" list "]")
#define DEBIAN "{\"type\":\"operating-system\",\"name\":\"debian\",\"version\":\"12\"}"

static void add(struct ia_buf *out, const char *text, const char *end)
{
    cr_assert_eq(ia_buf_text(out, text), IMGA_OK);
    cr_assert_eq(ia_buf_text(out, end), IMGA_OK);
}

/* "id version release|type name version ...|note", to be compared. */
static void summarise(const struct ia_inventory *inventory, struct ia_buf *out)
{
    const struct ia_distro *distro = &inventory->distro;
    add(out, distro->id, " ");
    add(out, distro->version_id, " ");
    add(out, distro->release, "");
    for (size_t i = 0; i < inventory->packages.n; i++) {
        const struct ia_package *p = ia_inventory_package(inventory, i);
        const char *const texts[] = {p->type,           p->name,    p->version,    p->architecture, p->source,
                                     p->source_version, p->license, p->expression, p->maintainer,   p->path};
        for (size_t k = 0; k < IA_COUNT(texts); k++)
            add(out, k ? ";" : "\n", texts[k]);
        cr_expect_str_eq(p->how, "cyclonedx");
        cr_expect_eq(p->layer, -1);
        cr_expect_eq(p->owner, -1);
    }
    for (size_t i = 0; i < ia_notes_count(&inventory->notes); i++)
        add(out, "\n# ", ia_note_name(ia_notes_at(&inventory->notes, i)->code));
    cr_assert_eq(ia_buf_char(out, '\0'), IMGA_OK);
}

static const struct foreign {
    const char *name, *text, *summary;
} foreigners[] = {
    {"syft, deb",
     COMPONENTS("{\"type\":\"library\",\"publisher\":\"M\",\"name\":\"libc6\",\"version\":\"2.36-9\",\"licenses\":"
                "[{\"license\":{\"id\":\"MIT\"}},{\"license\":{\"name\":\"odd\"}}],\"cpe\":\"c\",\"purl\":"
                "\"pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc\",\"properties\":[{\"name\":"
                "\"syft:location:0:path\",\"value\":\"/var/lib/dpkg/status\"}]},"
                "{\"type\":\"operating-system\",\"name\":\"debian\",\"version\":\"12\",\"properties\":[{\"name\":"
                "\"syft:distro:id\",\"value\":\"debian\"},{\"name\":\"syft:distro:versionCodename\",\"value\":"
                "\"bookworm\"}]},{\"type\":\"file\",\"name\":\"/etc/passwd\"}"),
     "debian 12 bookworm\ndeb;libc6;2.36-9;amd64;glibc;;MIT AND odd;;M;var/lib/dpkg/status"},
    {"syft, versions of sources and epochs",
     COMPONENTS(DEBIAN ",{\"type\":\"library\",\"name\":\"a\",\"purl\":\"pkg:deb/debian/a@1%3A2?upstream=b%403\"},"
                       "{\"type\":\"library\",\"name\":\"b\",\"purl\":"
                       "\"pkg:rpm/redhat/b@2-3?arch=noarch&epoch=1&upstream=c-d-4-5.src.rpm\"}"),
     "debian 12 bookworm\ndeb;a;1:2;;b;3;;;;\nrpm;b;1:2-3;noarch;c-d;4-5;;;;"},
    {"trivy, deb",
     COMPONENTS(
         "{\"bom-ref\":\"1\",\"type\":\"operating-system\",\"name\":\"debian\",\"version\":\"12.5\"},"
         "{\"bom-ref\":\"2\",\"supplier\":{\"name\":\"S\"},\"type\":\"library\",\"name\":\"bsdutils\",\"version\":"
         "\"1:2.38.1-5\",\"licenses\":[{\"license\":{\"name\":\"GPL-2.0-or-later\"}}],\"purl\":"
         "\"pkg:deb/debian/bsdutils@2.38.1-5?arch=amd64&distro=debian-12.5&epoch=1\",\"properties\":[{\"name\":"
         "\"aquasecurity:trivy:SrcName\",\"value\":\"util-linux\"},{\"name\":\"aquasecurity:trivy:SrcRelease\","
         "\"value\":\"5\"},{\"name\":\"aquasecurity:trivy:SrcVersion\",\"value\":\"2.38.1\"},{\"name\":"
         "\"aquasecurity:trivy:SrcEpoch\",\"value\":\"3\"}]},"
         "{\"bom-ref\":\"3\",\"type\":\"application\",\"name\":\"app/package-lock.json\"}"),
     "debian 12.5 bookworm\ndeb;bsdutils;1:2.38.1-5;amd64;util-linux;3:2.38.1-5;GPL-2.0-or-later;GPL-2.0-or-later;S;"},
    {"names of ecosystems",
     COMPONENTS(DEBIAN ",{\"type\":\"library\",\"name\":\"b\",\"group\":\"@a\",\"purl\":\"pkg:npm/%40a/b@1\"},"
                       "{\"type\":\"library\",\"name\":\"b\",\"purl\":\"pkg:maven/a.c/b@1\"},"
                       "{\"type\":\"library\",\"name\":\"b\",\"purl\":\"pkg:golang/x.org/a/b@v1\"},"
                       "{\"type\":\"library\",\"name\":\"b\",\"version\":\"7\",\"purl\":\"pkg:pypi/b\"}"),
     "debian 12 bookworm\ngolang;x.org/a/b;v1;;;;;;;\nmaven;a.c:b;1;;;;;;;\nnpm;@a/b;1;;;;;;;\npypi;b;7;;;;;;;"},
    {"licences",
     COMPONENTS(DEBIAN ",{\"type\":\"library\",\"purl\":\"pkg:npm/a\",\"licenses\":[{\"expression\":\"MIT OR ISC\"}]},"
                       "{\"type\":\"library\",\"purl\":\"pkg:npm/b\",\"licenses\":[{\"license\":{\"name\":"
                       "\"MIT OR ISC\"}},{\"license\":{\"id\":\"Zlib\"}}]}"),
     "debian 12 bookworm\nnpm;a;;;;;MIT OR ISC;MIT OR ISC;;\nnpm;b;;;;;(MIT OR ISC) AND Zlib;(MIT OR ISC) AND Zlib;;"},
    {"components in components, authors, occurrences",
     COMPONENTS(DEBIAN
                ",{\"components\":[{\"components\":[{\"purl\":\"pkg:npm/c\"}],\"purl\":\"pkg:npm/b\",\"authors\":"
                "[{\"name\":\"A\"},{\"name\":\"B\"}]}],\"purl\":\"pkg:npm/a\",\"type\":\"library\",\"evidence\":{"
                "\"occurrences\":[{\"location\":\"/x/y\"},{\"location\":\"z\"}],\"identity\":{\"field\":\"purl\"}"
                "}}"),
     "debian 12 bookworm\nnpm;a;;;;;;;;x/y\nnpm;b;;;;;;;A;\nnpm;c;;;;;;;;"},
    {"without a purl",
     COMPONENTS(DEBIAN
                ",{\"type\":\"library\",\"group\":\"g\",\"name\":\"n\",\"version\":\"1\"},"
                "{\"type\":\"application\",\"name\":\"p\",\"version\":\"2\"},{\"type\":\"data\",\"name\":\"d\"}"),
     "debian 12 bookworm\ngeneric;g/n;1;;;;;;;\ngeneric;p;2;;;;;;;"},
    {"a purl that is none, and no name",
     COMPONENTS(DEBIAN ",{\"type\":\"library\",\"name\":\"n\",\"purl\":\"x\"},{\"type\":\"library\"}"),
     "debian 12 bookworm\ngeneric;n;;;;;;;;\n# db-partial\n# db-partial"},
    {"the system by purls",
     COMPONENTS("{\"type\":\"library\",\"purl\":\"pkg:apk/alpine/a@1?distro=alpine-3.18.9&upstream=b\"}"),
     "alpine 3.18.9 v3.18\napk;a;1;;b;;;;;"},
    {"the system by a codename",
     COMPONENTS("{\"type\":\"library\",\"purl\":\"pkg:deb/debian/a@1?distro=bookworm&upstream=b\"}"),
     "debian  bookworm\ndeb;a;1;;b;;;;;"},
    {"two systems",
     COMPONENTS(DEBIAN ",{\"type\":\"operating-system\",\"name\":\"debian\",\"version\":\"11\"},"
                       "{\"type\":\"library\",\"purl\":\"pkg:npm/a\"}"),
     "debian 12 bookworm\nnpm;a;;;;;;;;\n# os"},
    {"packages of two systems",
     COMPONENTS("{\"type\":\"library\",\"purl\":\"pkg:deb/debian/a@1?distro=debian-12&upstream=b\"},"
                "{\"type\":\"library\",\"purl\":\"pkg:deb/debian/b@1?distro=debian-11\"}"),
     "debian 12 bookworm\ndeb;a;1;;b;;;;;\ndeb;b;1;;;;;;;\n# os"},
    {"names of others",
     COMPONENTS("{\"type\":\"operating-system\",\"name\":\"redhat\",\"version\":\"9.4\"},"
                "{\"type\":\"library\",\"purl\":\"pkg:rpm/redhat/a@1-1\"}"),
     "rhel 9.4 \nrpm;a;1-1;;;;;;;"},
    {"no sources", COMPONENTS(DEBIAN ",{\"type\":\"library\",\"purl\":\"pkg:deb/debian/a@1?distro=debian-12\"}"),
     "debian 12 bookworm\ndeb;a;1;;;;;;;\n# db-partial"},
    {"nothing", DOCUMENT("\"components\":[]"), "  \n# os\n# no-packages"},
    {"by its own words",
     DOCUMENT("\"compositions\":[{\"aggregate\":\"incomplete\",\"assemblies\":[\"x\"]}],\"components\":[" DEBIAN
              ",{\"type\":\"library\",\"purl\":\"pkg:npm/a\"}]"),
     "debian 12 bookworm\nnpm;a;;;;;;;;\n# skipped"},
    {"only dependencies",
     DOCUMENT("\"compositions\":[{\"aggregate\":\"incomplete\",\"dependencies\":[\"x\"]}],\"components\":[" DEBIAN
              ",{\"type\":\"library\",\"purl\":\"pkg:npm/a\"}]"),
     "debian 12 bookworm\nnpm;a;;;;;;;;"},
};

Test(cyclonedx_read, of_other_tools)
{
    for (size_t i = 0; i < IA_COUNT(foreigners); i++)
        for (size_t step = 1; step < 4096; step *= 64) {
            const struct foreign *row = &foreigners[i];
            struct test_env t;
            struct ia_inventory inventory;
            struct ia_buf out;
            test_env_open(&t);
            ia_buf_init(&out, &t.env.alloc, 65536);
            cr_assert_eq(read_text(&t, row->text, step, &inventory), IMGA_OK, "%s: %s", row->name, t.env.error.message);
            cr_expect_eq(t.env.notes, &t.notes, "the caller's notes are back");
            summarise(&inventory, &out);
            cr_expect_str_eq(out.p, row->summary, "%s:\n%s", row->name, out.p);
            cr_expect_str_eq(inventory.image.form, "cyclonedx");
            cr_expect_str_eq(inventory.image.verified, "none");
            ia_buf_free(&out);
            ia_inventory_free(&inventory);
            test_env_close(&t);
            cr_expect_eq(t.live, 0, "%s: leaks", row->name);
        }
}

/* What is read of another tool's document is an inventory like any other. */
Test(cyclonedx_read, of_other_tools_then_ours)
{
    for (size_t i = 0; i < IA_COUNT(foreigners); i++) {
        int status;
        char *json = convert(foreigners[i].text, 100, false, &status);
        char *text = convert(foreigners[i].text, 100, true, &status);
        cr_assert(json && text, "%s", foreigners[i].name);
        char *back = convert(text, 100, false, &status);
        cr_assert(back, "%s: %d", foreigners[i].name, status);
        cr_expect_str_eq(back, json, "%s", foreigners[i].name);
        free(json);
        free(text);
        free(back);
    }
}

/* The subject is the image, and a component of ours in it keeps what it says of itself. */
Test(cyclonedx_read, merged_by_another_tool)
{
    static const char text[] = DOCUMENT("\"metadata\":{\"tools\":[{\"name\":\"x\"}],\"component\":{\"type\":"
                                        "\"container\",\"name\":\"shop\",\"version\":"
                                        "\"sha256:aa\"}},\"components\":[" DEBIAN
                                        ",{\"type\":\"library\",\"bom-ref\":\"a/pkg-7\",\"name\":\"n\","
                                        "\"properties\":[{\"name\":\"imgassure:type\",\"value\":\"npm\"},{\"name\":"
                                        "\"imgassure:layer\",\"value\":\"9\"},"
                                        "{\"name\":\"imgassure:owner\",\"value\":\"pkg-5\"},{\"name\":\"imgassure:"
                                        "how\",\"value\":\"package-json\"}]}]");
    struct test_env t;
    struct ia_inventory inventory;
    test_env_open(&t);
    cr_assert_eq(read_text(&t, text, 10, &inventory), IMGA_OK, "%s", t.env.error.message);
    const struct ia_package *package = ia_inventory_package(&inventory, 0);
    cr_assert(package);
    cr_expect_str_eq(package->type, "npm");
    cr_expect_str_eq(package->how, "package-json");
    cr_expect_eq(package->layer, -1);
    cr_expect_eq(package->owner, -1);
    cr_expect_str_eq(inventory.image.reference, "shop");
    cr_expect_str_eq(inventory.image.manifest_digest, "sha256:aa");
    cr_expect(ia_notes_complete(&inventory.notes));
    ia_inventory_free(&inventory);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

Test(cyclonedx_read, hostile)
{
    static const struct {
        const char *text;
        int status;
    } rows[] = {
        {"{\"x\":1}", IMGA_E_FORMAT},
        {"{\"spdxVersion\":\"SPDX-2.3\"}", IMGA_E_FORMAT},
        {"{\"bomFormat\":\"CycloneDX\"}", IMGA_E_UNSUPPORTED},
        {"{\"x\":1", IMGA_E_TRUNCATED},
        {DOCUMENT("\"components\":{}"), IMGA_E_FORMAT},
        {DOCUMENT("\"components\":[[]]"), IMGA_E_FORMAT},
        {COMPONENTS("{\"name\":1}"), IMGA_E_FORMAT},
        {COMPONENTS("{\"name\":\"a\",\"name\":\"b\"}"), IMGA_E_FORMAT},
        {COMPONENTS("{\"purl\":[\"pkg:npm/a\"]}"), IMGA_E_FORMAT},
        {COMPONENTS("{\"components\":{}}"), IMGA_E_FORMAT},
        {COMPONENTS("{\"properties\":[1]}"), IMGA_E_FORMAT},
        {COMPONENTS("{\"name\":\"a\\u0000\"}"), IMGA_E_FORMAT},
        {COMPONENTS("{\"properties\":[{\"name\":\"imgassure:type\"},{\"name\":\"imgassure:colour\"}]}"), IMGA_E_FORMAT},
        {DOCUMENT("\"metadata\":{\"properties\":[{\"name\":\"imgassure:complete\",\"value\":\"true\"}]}"),
         IMGA_E_FORMAT},
        {DOCUMENT("\"metadata\":null,\"components\":null"), IMGA_OK},
        {COMPONENTS("{\"type\":\"library\",\"purl\":\"\"}"), IMGA_OK},
        {COMPONENTS("{\"type\":\"library\",\"purl\":\"pkg:rpm/a@1?upstream=.src.rpm\"}"), IMGA_OK},
        {COMPONENTS("{\"type\":\"library\",\"purl\":\"pkg:rpm/a@1?upstream=-.src.rpm\"}"), IMGA_OK},
        {COMPONENTS("{\"type\":\"library\",\"purl\":\"pkg:deb/a@1?upstream=%40&distro=-\"}"), IMGA_OK},
        {COMPONENTS("{\"licenses\":[{}],\"supplier\":{},\"authors\":[{}],\"evidence\":{\"occurrences\":[{}]}}"),
         IMGA_OK},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        for (size_t step = 1; step < 4096; step *= 64) {
            int status;
            char *out = convert(rows[i].text, step, true, &status);
            cr_expect_eq(status, rows[i].status, "row %zu (%s): %d", i, rows[i].text, status);
            free(out);
        }
}

/* Components in components as deep as JSON may be, and deeper. */
Test(cyclonedx_read, depth)
{
    static const char begin[] = "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[";
    static const char piece[] = "{\"purl\":\"pkg:npm/a\",\"components\":[";
    for (int levels = 50; levels < 80; levels += 29) {
        struct ia_buf text;
        int status;
        ia_buf_init(&text, &ia_alloc_libc, 1 << 20);
        cr_assert_eq(ia_buf_text(&text, begin), IMGA_OK);
        for (int i = 0; i < levels; i++)
            cr_assert_eq(ia_buf_text(&text, piece), IMGA_OK);
        for (int i = 0; i < levels; i++)
            cr_assert_eq(ia_buf_text(&text, "]}"), IMGA_OK);
        cr_assert_eq(ia_buf_add(&text, "]}", 3), IMGA_OK);
        char *out = convert(text.p, 100, false, &status);
        cr_expect_eq(status, levels == 50 ? IMGA_OK : IMGA_E_LIMIT, "%d levels: %d", levels, status);
        free(out);
        ia_buf_free(&text);
    }
}
