/* SPDX-License-Identifier: Apache-2.0 */
/* OCI layouts: what opens, which image is chosen, and what each kind of damage is called. */
#include "image_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define ANY_DIGEST "sha256:3333333333333333333333333333333333333333333333333333333333333333"

/* A good image of one layer, opened after edits. */
static const struct edited {
    const char *name;
    struct ociimage_edit edit;
    const char *reference, *platform;
    int status;
    const char *where; /* part of the error's place, or NULL */
} rows[] = {
    {"as built", {EDIT_NONE, NULL, NULL, 0}, NULL, NULL, IMGA_OK, NULL},
    {"by tag", {EDIT_NONE, NULL, NULL, 0}, "v1", NULL, IMGA_OK, NULL},
    {"by its platform", {EDIT_NONE, NULL, NULL, 0}, NULL, "linux/amd64", IMGA_OK, NULL},
    {"by another tag", {EDIT_NONE, NULL, NULL, 0}, "v2", NULL, IMGA_E_NOT_FOUND, "index.json"},
    {"by another platform", {EDIT_NONE, NULL, NULL, 0}, NULL, "linux/arm64", IMGA_E_NOT_FOUND, NULL},
    {"by an absent digest", {EDIT_NONE, NULL, NULL, 0}, ANY_DIGEST, NULL, IMGA_E_NOT_FOUND, "blobs/sha256/33"},
    {"by nonsense", {EDIT_NONE, NULL, NULL, 0}, "sha256:zz", NULL, IMGA_E_INVALID, NULL},

    {"oci-layout absent", {EDIT_LAYOUT, NULL, NULL, 0}, NULL, NULL, IMGA_E_FORMAT, NULL},
    {"oci-layout 2.0.0", {EDIT_LAYOUT, "1.0.0", "2.0.0", 0}, NULL, NULL, IMGA_E_UNSUPPORTED, "oci-layout"},
    {"oci-layout without version", {EDIT_LAYOUT, NULL, "{}", 0}, NULL, NULL, IMGA_E_FORMAT, "oci-layout"},
    {"oci-layout twice",
     {EDIT_LAYOUT, NULL, "{\"imageLayoutVersion\":\"1.0.0\",\"imageLayoutVersion\":\"2.0.0\"}", 0},
     NULL,
     NULL,
     IMGA_E_AMBIGUOUS,
     "oci-layout"},
    {"oci-layout no JSON", {EDIT_LAYOUT, NULL, "1.0.0", 0}, NULL, NULL, IMGA_E_FORMAT, "oci-layout"},

    {"index.json absent", {EDIT_INDEX, NULL, NULL, 0}, NULL, NULL, IMGA_E_NOT_FOUND, "index.json"},
    {"index.json no JSON", {EDIT_INDEX, NULL, "<x/>", 0}, NULL, NULL, IMGA_E_FORMAT, "index.json"},
    {"index.json empty", {EDIT_INDEX, NULL, "", 0}, NULL, NULL, IMGA_E_TRUNCATED, "index.json"},
    {"index.json without entries",
     {EDIT_INDEX, NULL, "{\"schemaVersion\":2,\"manifests\":[]}", 0},
     NULL,
     NULL,
     IMGA_E_NOT_FOUND,
     "index.json"},
    {"index.json is a manifest",
     {EDIT_INDEX, NULL, "{\"schemaVersion\":2,\"layers\":[],\"config\":{\"digest\":\"" ANY_DIGEST "\",\"size\":1}}", 0},
     NULL,
     NULL,
     IMGA_E_FORMAT,
     "index.json"},
    {"index.json says it is a manifest",
     {EDIT_INDEX, "\"schemaVersion\":2", "\"schemaVersion\":2,\"mediaType\":\"" OCI_MANIFEST "\"", 0},
     NULL,
     NULL,
     IMGA_E_AMBIGUOUS,
     "index.json"},
    {"index.json says it is an index",
     {EDIT_INDEX, "\"schemaVersion\":2", "\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX "\"", 0},
     NULL,
     NULL,
     IMGA_OK,
     NULL},
    {"entry without type", {EDIT_INDEX, "\"mediaType\":\"" OCI_MANIFEST "\",", "", 0}, NULL, NULL, IMGA_OK, NULL},
    {"entry says index", {EDIT_INDEX, OCI_MANIFEST, OCI_INDEX, 0}, NULL, NULL, IMGA_E_AMBIGUOUS, "blobs/"},
    {"entry of another type", {EDIT_INDEX, OCI_MANIFEST, "application/x", 0}, NULL, NULL, IMGA_E_UNSUPPORTED, "blobs/"},
    {"entry of schema 1",
     {EDIT_INDEX, OCI_MANIFEST, "application/vnd.docker.distribution.manifest.v1+json", 0},
     NULL,
     NULL,
     IMGA_E_UNSUPPORTED,
     "blobs/"},
    {"wrong size of the manifest", {EDIT_INDEX, "\"size\":", "\"size\":1", 0}, NULL, NULL, IMGA_E_DIGEST, "blobs/"},
    {"manifest not there",
     {EDIT_INDEX, "sha256:",
      "sha512:00000000000000000000000000000000000000000000000000000000"
      "00000000",
      0},
     NULL,
     NULL,
     IMGA_E_NOT_FOUND,
     "blobs/sha512/"},
    {"containerd's name",
     {EDIT_INDEX, "org.opencontainers.image.ref.name\":\"v1",
      "io.containerd.image.name\":\""
      "docker.io/library/a:v1",
      0},
     "a:v1",
     NULL,
     IMGA_OK,
     NULL},

    {"manifest altered", {EDIT_MANIFEST, "{\"schema", " {\"schema", 1}, NULL, NULL, IMGA_E_DIGEST, "blobs/"},
    {"manifest altered, same size", {EDIT_MANIFEST, "tar\"", "tor\"", 1}, NULL, NULL, IMGA_E_DIGEST, "blobs/"},
    {"manifest absent", {EDIT_MANIFEST, NULL, NULL, 1}, NULL, NULL, IMGA_E_NOT_FOUND, "blobs/"},
    {"manifest says index", {EDIT_MANIFEST, OCI_MANIFEST, OCI_INDEX, 0}, NULL, NULL, IMGA_E_AMBIGUOUS, "blobs/"},
    {"manifest with both",
     {EDIT_MANIFEST, "\"schemaVersion\":2", "\"schemaVersion\":2,\"manifests\":[]", 0},
     NULL,
     NULL,
     IMGA_E_AMBIGUOUS,
     "blobs/"},
    {"manifest with trailing data", {EDIT_MANIFEST, "]}", "]}{}", 0}, NULL, NULL, IMGA_E_FORMAT, "blobs/"},
    {"config of another type",
     {EDIT_MANIFEST, OCI_CONFIG, "application/vnd.cncf.helm.config.v1+json", 0},
     NULL,
     NULL,
     IMGA_E_UNSUPPORTED,
     NULL},
    {"docker's config type",
     {EDIT_MANIFEST, OCI_CONFIG, "application/vnd.docker.container.image.v1+json", 0},
     NULL,
     NULL,
     IMGA_OK,
     NULL},
    {"layer without its diff_id",
     {EDIT_MANIFEST, "\"layers\":[", "\"layers\":[{\"digest\":\"" ANY_DIGEST "\",\"size\":1},", 0},
     NULL,
     NULL,
     IMGA_E_FORMAT,
     NULL},
    {"diff_id without its layer",
     {EDIT_CONFIG, "\"diff_ids\":[", "\"diff_ids\":[\"" ANY_DIGEST "\",", 0},
     NULL,
     NULL,
     IMGA_E_FORMAT,
     NULL},

    {"config altered", {EDIT_CONFIG, "linux", "plan9", 1}, NULL, NULL, IMGA_E_DIGEST, "blobs/"},
    {"config altered in size", {EDIT_CONFIG, "linux", "linux ", 1}, NULL, NULL, IMGA_E_DIGEST, "blobs/"},
    {"config absent", {EDIT_CONFIG, NULL, NULL, 1}, NULL, NULL, IMGA_E_NOT_FOUND, "blobs/"},
    {"config no object", {EDIT_CONFIG, NULL, "[]", 0}, NULL, NULL, IMGA_E_FORMAT, "blobs/"},
    {"config without rootfs", {EDIT_CONFIG, "\"rootfs\"", "\"root\"", 0}, NULL, NULL, IMGA_E_FORMAT, "blobs/"},
    {"config of another platform, none asked", {EDIT_CONFIG, "amd64", "s390x", 0}, NULL, NULL, IMGA_OK, NULL},
    {"config of another platform, asked",
     {EDIT_CONFIG, "amd64", "s390x", 0},
     NULL,
     "linux/amd64",
     IMGA_E_NOT_FOUND,
     NULL},
    {"config of the platform asked", {EDIT_CONFIG, "amd64", "s390x", 0}, NULL, "linux/s390x", IMGA_OK, NULL},
};

Test(open_oci, edited_images)
{
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        const struct edited *row = &rows[i];
        const struct ociimage made = {.layers = &layer,
                                      .count = 1,
                                      .reference = "v1",
                                      .edits = &row->edit,
                                      .edit_count = row->edit.document != EDIT_NONE};
        struct tarball archive = ociimage_oci_archive(&made);
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        int status = case_open(&t, &archive, row->reference, row->platform, &image);
        cr_expect_eq(status, row->status, "%s: %d %s", row->name, status, t.env.error.message);
        if (row->where)
            cr_expect(strstr(t.env.error.where, row->where), "%s: %s", row->name, t.env.error.where);
        if (status == IMGA_OK)
            cr_expect_eq(case_layer(&t, image, 0), 1, "%s: %s", row->name, t.env.error.message);
        cr_expect(status == IMGA_OK || image == NULL, "%s", row->name);
        ia_image_close(image);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", row->name);
        tarball_free(&archive);
    }
    tarball_free(&tar);
}

Test(open_oci, facts_and_layers)
{
    struct tarball one = case_tar("one"), two = case_tar("two");
    const struct ociimage_layer layers[] = {{.tar = one.p, .tar_size = one.n}, {.tar = two.p, .tar_size = two.n}};
    const struct ociimage_edit edit = {EDIT_CONFIG, "\"architecture\":\"amd64\"",
                                       "\"architecture\":\"arm\",\"variant\":\"v7\\u0000\\u001b\"", 0};
    const struct ociimage made = {.layers = layers, .count = 2, .reference = "v1", .edits = &edit, .edit_count = 1};
    struct tarball archive = ociimage_oci_archive(&made);
    struct ia_image *image = NULL;
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    cr_assert_eq(case_open(&t, &archive, NULL, NULL, &image), IMGA_OK, "%s", t.env.error.message);
    const struct ia_image_facts *facts = ia_image_facts(image);
    cr_expect_str_eq(facts->form, "oci-archive");
    cr_expect_str_eq(facts->reference, "v1");
    cr_expect_eq(strlen(facts->manifest_digest), 71);
    cr_expect_eq(strlen(facts->config_digest), 71);
    cr_expect_str_eq(facts->os, "linux");
    cr_expect_str_eq(facts->architecture, "arm");
    cr_expect_str_eq(facts->variant, "v7\xef\xbf\xbd\x1b");
    cr_expect_str_eq(facts->created, "2024-01-02T03:04:05Z");
    cr_assert_eq(ia_image_layer_count(image), 2);
    cr_expect_null(ia_image_layer(image, 2));
    const struct ia_layer *layer = ia_image_layer(image, 1);
    cr_expect_str_eq(layer->media_type, OCI_LAYER);
    cr_expect_str_eq(layer->created_by, "step 1");
    cr_expect_str_eq(layer->digest, layer->diff_id);
    cr_expect_eq(layer->size, two.n);
    cr_expect_eq(ia_notes_count(ia_image_notes(image)), 0);
    ia_image_close(image);
    test_env_close(&t);
    tarball_free(&archive);
    tarball_free(&one);
    tarball_free(&two);
}

Test(open_oci, a_folder_is_read_in_place)
{
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    const struct ociimage made = {.layers = &layer, .count = 1, .reference = "v1"};
    struct ocifiles files = {NULL, 0};
    struct ia_image *image = NULL;
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    ociimage_layout(&files, &made);
    char *folder = ocifiles_folder(&files);
    cr_assert_eq(case_open_path(&t, folder, "v1", &image), IMGA_OK, "%s", t.env.error.message);
    cr_expect_str_eq(ia_image_facts(image)->form, "oci-layout");
    cr_expect_eq(case_layer(&t, image, 0), 1, "%s", t.env.error.message);
    cr_expect_eq(case_layer(&t, image, 0), 1, "a layer may be opened again");
    ia_image_close(image);
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
    tarball_free(&tar);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

/* In a folder a blob that is a symbolic link is not followed, wherever it points. */
Test(open_oci, links_in_a_folder_are_not_followed)
{
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    const struct ociimage made = {.layers = &layer, .count = 1};
    struct ocifiles files = {NULL, 0};
    struct ia_image *image = NULL;
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    ociimage_layout(&files, &made);
    for (size_t i = 0; i < files.n; i++) {
        if (files.p[i].size != tar.n)
            continue;
        char *name = files.p[i].name;
        files.p[i].name = strdup("blobs/real");
        ocifiles_link(&files, name, "../real");
        free(name);
        break;
    }
    char *folder = ocifiles_folder(&files);
    cr_assert_eq(case_open_path(&t, folder, NULL, &image), IMGA_OK, "%s", t.env.error.message);
    int status = case_layer(&t, image, 0);
    cr_expect_lt(status, 0, "%d", status);
    ia_image_close(image);
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
    tarball_free(&tar);
    test_env_close(&t);
}

Test(open_oci, paths_that_are_no_image)
{
    static const struct {
        const char *path;
        int status;
    } paths[] = {
        {"/nonexistent/image", IMGA_E_NOT_FOUND},
        {"/dev", IMGA_E_FORMAT},
        {"/dev/null", IMGA_E_INVALID},
        {"/dev/null/x", IMGA_E_NOT_FOUND},
    };
    for (size_t i = 0; i < IA_COUNT(paths); i++) {
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        int status = case_open_path(&t, paths[i].path, NULL, &image);
        cr_expect(status == paths[i].status || (i == 3 && status < 0), "%s: %d %s", paths[i].path, status,
                  t.env.error.message);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", paths[i].path);
    }
}

/* One archive with several images, A to D, and an index.json made from their descriptors: $A to $D. */
enum { IMAGES = 4 };

struct several {
    struct ocifiles files;
    char descriptor[IMAGES][OCI_DESCRIPTOR];
    char digest[IMAGES][80];
};

static void several_make(struct several *s)
{
    static const char *const contents[IMAGES] = {"A", "B", "C", "D"};
    memset(s, 0, sizeof(*s));
    for (size_t i = 0; i < IMAGES; i++) {
        struct tarball tar = case_tar(contents[i]);
        const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
        const struct ociimage made = {.layers = &layer, .count = 1};
        ociimage_blobs(&s->files, &made, s->descriptor[i]);
        snprintf(s->digest[i], sizeof(s->digest[i]), "%.71s", strstr(s->descriptor[i], "sha256:"));
        tarball_free(&tar);
    }
    ocifiles_text(&s->files, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
}

/* "$A" becomes the members of a descriptor. */
static void expand(const struct several *s, const char *from, char *to, size_t room)
{
    size_t n = 0;
    for (; *from; from++) {
        if (from[0] == '$' && from[1] >= 'A' && from[1] < 'A' + IMAGES)
            n += (size_t)snprintf(to + n, room - n, "%s", s->descriptor[*++from - 'A']);
        else
            to[n++] = *from;
        cr_assert(n + 1 < room);
    }
    to[n] = '\0';
}

#define ENTRY(id, more) "{$" id more "}"
#define NAMED(name) ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" name "\"}"
#define ON(os, arch) ",\"platform\":{\"os\":\"" os "\",\"architecture\":\"" arch "\"}"
#define ON3(os, arch, var) ",\"platform\":{\"os\":\"" os "\",\"architecture\":\"" arch "\",\"variant\":\"" var "\"}"
#define ATTESTS ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}"

static const struct {
    const char *name, *entries; /* of the index */
    int nested;                 /* below index.json instead of in it */
    const char *reference, *platform;
    int status;
    char chosen; /* 'A'... */
} choices[] = {
    {"one without platform", ENTRY("A", ""), 0, NULL, NULL, IMGA_OK, 'A'},
    {"one without platform, nested", ENTRY("A", ""), 1, NULL, NULL, IMGA_OK, 'A'},
    {"one of another platform", ENTRY("A", ON("linux", "arm64")), 0, NULL, NULL, IMGA_E_NOT_FOUND, 0},
    {"amd64 by default", ENTRY("A", ON("linux", "arm64")) "," ENTRY("B", ON("linux", "amd64")), 1, NULL, NULL, IMGA_OK,
     'B'},
    {"amd64 by default, at the top", ENTRY("A", ON("linux", "arm64")) "," ENTRY("B", ON("linux", "amd64")), 0, NULL,
     NULL, IMGA_OK, 'B'},
    {"windows is not linux", ENTRY("A", ON("windows", "amd64")) "," ENTRY("B", ON("linux", "amd64")), 1, NULL, NULL,
     IMGA_OK, 'B'},
    {"attestation first", ENTRY("A", ON("unknown", "unknown") ATTESTS) "," ENTRY("B", ON("linux", "amd64")), 1, NULL,
     NULL, IMGA_OK, 'B'},
    {"attestation by platform", ENTRY("A", ON("unknown", "unknown")) "," ENTRY("B", ""), 1, NULL, NULL, IMGA_OK, 'B'},
    {"attestation by annotation", ENTRY("A", ATTESTS) "," ENTRY("B", ""), 1, NULL, NULL, IMGA_OK, 'B'},
    {"attestation only", ENTRY("A", ON("unknown", "unknown")), 0, NULL, NULL, IMGA_E_NOT_FOUND, 0},
    {"attestation with the platform", ENTRY("A", ON("linux", "amd64") ATTESTS) "," ENTRY("B", ON("linux", "amd64")), 1,
     NULL, NULL, IMGA_E_AMBIGUOUS, 0},
    {"platform beats none", ENTRY("A", "") "," ENTRY("B", ON("linux", "amd64")), 1, NULL, NULL, IMGA_OK, 'B'},
    {"two of one platform", ENTRY("A", ON("linux", "amd64")) "," ENTRY("B", ON("linux", "amd64")), 1, NULL, NULL,
     IMGA_E_AMBIGUOUS, 0},
    {"two without platform", ENTRY("A", "") "," ENTRY("B", ""), 1, NULL, NULL, IMGA_E_AMBIGUOUS, 0},
    {"the same twice", ENTRY("A", "") "," ENTRY("A", ON("linux", "amd64")), 1, NULL, NULL, IMGA_OK, 'A'},
    {"default variant", ENTRY("A", ON3("linux", "amd64", "v3")) "," ENTRY("B", ON3("linux", "amd64", "v1")), 1, NULL,
     NULL, IMGA_OK, 'B'},
    {"only another variant", ENTRY("A", ON3("linux", "amd64", "v3")), 1, NULL, NULL, IMGA_OK, 'A'},
    {"unreadable type beside a good one",
     "{\"mediaType\":\"x\",\"digest\":\"" ANY_DIGEST "\",\"size\":1}," ENTRY("B", ""), 1, NULL, NULL, IMGA_OK, 'B'},
    {"platform null", "{$A,\"platform\":null}", 1, NULL, NULL, IMGA_OK, 'A'},

    {"several names", ENTRY("A", NAMED("a")) "," ENTRY("B", NAMED("b")), 0, NULL, NULL, IMGA_E_AMBIGUOUS, 0},
    {"several names, one asked", ENTRY("A", NAMED("a")) "," ENTRY("B", NAMED("b")), 0, "b", NULL, IMGA_OK, 'B'},
    {"several names, another asked", ENTRY("A", NAMED("a")) "," ENTRY("B", NAMED("b")), 0, "c", NULL, IMGA_E_NOT_FOUND,
     0},
    {"two names of one image", ENTRY("A", NAMED("a")) "," ENTRY("A", NAMED("b")), 0, NULL, NULL, IMGA_OK, 'A'},
    {"one name, two images", ENTRY("A", NAMED("a")) "," ENTRY("B", NAMED("a")), 0, "a", NULL, IMGA_E_AMBIGUOUS, 0},
    {"exact name beats a tag", ENTRY("A", NAMED("x:a")) "," ENTRY("B", NAMED("a")), 0, "a", NULL, IMGA_OK, 'B'},
    {"platform does not decide between names", ENTRY("A", NAMED("a")) "," ENTRY("B", NAMED("b") ON("linux", "amd64")),
     0, NULL, NULL, IMGA_E_AMBIGUOUS, 0},
    {"one name, two platforms",
     ENTRY("A", NAMED("a") ON("linux", "arm64")) "," ENTRY("B", NAMED("a") ON("linux", "amd64")), 0, "a", NULL, IMGA_OK,
     'B'},
    {"names below index.json do not count", ENTRY("A", NAMED("a")) "," ENTRY("B", NAMED("b")), 1, "b", NULL,
     IMGA_E_NOT_FOUND, 0},
    {"asked for arm64, config says amd64", ENTRY("A", ON("linux", "arm64")), 1, NULL, "linux/arm64", IMGA_E_NOT_FOUND,
     0},
};

Test(open_oci, which_image_is_chosen)
{
    for (size_t i = 0; i < IA_COUNT(choices); i++) {
        struct several s;
        char entries[4096], index[4096 + 64], descriptor[OCI_DESCRIPTOR];
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        several_make(&s);
        expand(&s, choices[i].entries, entries, sizeof(entries));
        snprintf(index, sizeof(index), "{\"schemaVersion\":2,\"manifests\":[%s]}", entries);
        if (choices[i].nested) {
            ocifiles_blob(&s.files, OCI_INDEX, index, strlen(index), descriptor);
            snprintf(index, sizeof(index), "{\"schemaVersion\":2,\"manifests\":[{%s}]}", descriptor);
        }
        ocifiles_text(&s.files, "index.json", index);
        struct tarball archive = ocifiles_tar(&s.files);
        int status = case_open(&t, &archive, choices[i].reference, choices[i].platform, &image);
        cr_expect_eq(status, choices[i].status, "%s: %d %s", choices[i].name, status, t.env.error.message);
        if (status == IMGA_OK && choices[i].chosen)
            cr_expect_str_eq(ia_image_facts(image)->manifest_digest, s.digest[choices[i].chosen - 'A'], "%s",
                             choices[i].name);
        ia_image_close(image);
        tarball_free(&archive);
        ocifiles_free(&s.files);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", choices[i].name);
    }
}

/* A digest names any manifest of the layout, also one that index.json does not name itself. */
Test(open_oci, by_digest)
{
    struct several s;
    char entries[4096], index[4096 + 64], descriptor[OCI_DESCRIPTOR], reference[128];
    several_make(&s);
    expand(&s, ENTRY("A", ON("linux", "amd64")) "," ENTRY("B", ON("linux", "arm64")), entries, sizeof(entries));
    snprintf(index, sizeof(index), "{\"schemaVersion\":2,\"manifests\":[%s]}", entries);
    ocifiles_blob(&s.files, OCI_INDEX, index, strlen(index), descriptor);
    snprintf(index, sizeof(index), "{\"schemaVersion\":2,\"manifests\":[{%s},{%s}]}", descriptor, s.descriptor[2]);
    ocifiles_text(&s.files, "index.json", index);
    struct tarball archive = ocifiles_tar(&s.files);
    for (size_t i = 0; i < IMAGES; i++) {
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        snprintf(reference, sizeof(reference), "%s%s", i % 2 ? "name@" : "", s.digest[i]);
        cr_assert_eq(case_open(&t, &archive, reference, NULL, &image), IMGA_OK, "%zu: %s", i, t.env.error.message);
        cr_expect_str_eq(ia_image_facts(image)->manifest_digest, s.digest[i]);
        ia_image_close(image);
        test_env_close(&t);
    }
    tarball_free(&archive);
    ocifiles_free(&s.files);
}

/* index.json names an index that names an index ... n times. */
static struct tarball nested_archive(unsigned n)
{
    struct several s;
    char text[1024], descriptor[OCI_DESCRIPTOR];
    several_make(&s);
    memcpy(descriptor, s.descriptor[0], sizeof(descriptor));
    for (unsigned i = 0; i < n; i++) {
        snprintf(text, sizeof(text), "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[{%s}]}", OCI_INDEX,
                 descriptor);
        ocifiles_blob(&s.files, OCI_INDEX, text, strlen(text), descriptor);
    }
    snprintf(text, sizeof(text), "{\"schemaVersion\":2,\"manifests\":[{%s}]}", descriptor);
    ocifiles_text(&s.files, "index.json", text);
    struct tarball archive = ocifiles_tar(&s.files);
    ocifiles_free(&s.files);
    return archive;
}

Test(open_oci, limits)
{
    struct tarball nested = nested_archive(4);
    static const struct {
        const char *name;
        uint64_t depth, manifest, layers;
        int status;
    } limits[] = {
        {"depth at the limit", 4, 4096, 1, IMGA_OK},         {"depth over the limit", 3, 4096, 1, IMGA_E_LIMIT},
        {"no nested index", 0, 4096, 1, IMGA_E_LIMIT},       {"document over the limit", 4, 40, 1, IMGA_E_LIMIT},
        {"layers over the limit", 4, 4096, 0, IMGA_E_LIMIT},
    };
    for (size_t i = 0; i < IA_COUNT(limits); i++) {
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        t.limits.index_depth = limits[i].depth;
        t.limits.manifest_bytes = limits[i].manifest;
        t.limits.layers = limits[i].layers;
        int status = case_open(&t, &nested, NULL, NULL, &image);
        cr_expect_eq(status, limits[i].status, "%s: %d %s", limits[i].name, status, t.env.error.message);
        ia_image_close(image);
        test_env_close(&t);
    }
    tarball_free(&nested);
}

/* The largest document decides: one byte less is too little. */
Test(open_oci, manifest_bytes_at_the_limit)
{
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    const struct ociimage made = {.layers = &layer, .count = 1};
    struct ocifiles files = {NULL, 0};
    size_t largest = 0;
    ociimage_layout(&files, &made);
    for (size_t i = 0; i < files.n; i++)
        if (files.p[i].data[0] == '{' && files.p[i].size > largest)
            largest = files.p[i].size;
    struct tarball archive = ocifiles_tar(&files);
    for (size_t less = 0; less < 2; less++) {
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        t.limits.manifest_bytes = largest - less;
        cr_expect_eq(case_open(&t, &archive, NULL, NULL, &image), less ? IMGA_E_LIMIT : IMGA_OK, "%zu: %s", less,
                     t.env.error.message);
        ia_image_close(image);
        test_env_close(&t);
    }
    tarball_free(&archive);
    ocifiles_free(&files);
    tarball_free(&tar);
}

Test(open_oci, several_images_are_listed)
{
    struct several s;
    char index[8192] = "{\"schemaVersion\":2,\"manifests\":[";
    struct ia_image *image = NULL;
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    several_make(&s);
    for (int i = 0; i < 12; i++)
        snprintf(index + strlen(index), sizeof(index) - strlen(index),
                 "%s{%s,\"annotations\":{\"org.opencontainers.image.ref.name\":\"tag%d\"}}", i ? "," : "",
                 s.descriptor[i % IMAGES], i);
    strcat(index, "]}");
    ocifiles_text(&s.files, "index.json", index);
    struct tarball archive = ocifiles_tar(&s.files);
    cr_assert_eq(case_open(&t, &archive, NULL, NULL, &image), IMGA_E_AMBIGUOUS);
    cr_expect(strstr(t.env.error.message, "tag0, tag1, "), "%s", t.env.error.message);
    cr_expect(strstr(t.env.error.message, "tag9, ..."), "%s", t.env.error.message);
    cr_expect_null(strstr(t.env.error.message, "tag10"), "%s", t.env.error.message);
    tarball_free(&archive);
    ocifiles_free(&s.files);
    test_env_close(&t);
}
