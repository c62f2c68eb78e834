/* SPDX-License-Identifier: Apache-2.0 */
/* Docker save archives: manifest.json, links of older versions, and archives that are also OCI archives. */
#include "image_case.h"

#include "pipe_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define ANY_HEX "3333333333333333333333333333333333333333333333333333333333333333"

static const struct {
    const char *name;
    struct ociimage_edit edit;
    const char *reference, *platform;
    int status;
} rows[] = {
    {"as built", {EDIT_NONE, NULL, NULL, 0}, NULL, NULL, IMGA_OK},
    {"by name", {EDIT_NONE, NULL, NULL, 0}, "repo:v1", NULL, IMGA_OK},
    {"by tag", {EDIT_NONE, NULL, NULL, 0}, "v1", NULL, IMGA_OK},
    {"by full name", {EDIT_NONE, NULL, NULL, 0}, "docker.io/library/repo:v1", NULL, IMGA_OK},
    {"by another name", {EDIT_NONE, NULL, NULL, 0}, "other:v1", NULL, IMGA_E_NOT_FOUND},
    {"by an absent digest", {EDIT_NONE, NULL, NULL, 0}, "sha256:" ANY_HEX, NULL, IMGA_E_NOT_FOUND},
    {"by platform", {EDIT_NONE, NULL, NULL, 0}, NULL, "linux/amd64", IMGA_OK},
    {"by another platform", {EDIT_NONE, NULL, NULL, 0}, NULL, "linux/arm64", IMGA_E_NOT_FOUND},
    {"another platform, not asked", {EDIT_CONFIG, "amd64", "arm64", 0}, NULL, NULL, IMGA_OK},

    {"manifest.json absent", {EDIT_DOCKER, NULL, NULL, 0}, NULL, NULL, IMGA_E_FORMAT},
    {"object", {EDIT_DOCKER, NULL, "{}", 0}, NULL, NULL, IMGA_E_FORMAT},
    {"null", {EDIT_DOCKER, NULL, "null", 0}, NULL, NULL, IMGA_E_FORMAT},
    {"null entry", {EDIT_DOCKER, NULL, "[null]", 0}, NULL, NULL, IMGA_E_FORMAT},
    {"number entry", {EDIT_DOCKER, NULL, "[7]", 0}, NULL, NULL, IMGA_E_FORMAT},
    {"no entry", {EDIT_DOCKER, NULL, "[]", 0}, NULL, NULL, IMGA_E_NOT_FOUND},
    {"empty entry", {EDIT_DOCKER, NULL, "[{}]", 0}, NULL, NULL, IMGA_E_FORMAT},
    {"null members", {EDIT_DOCKER, NULL, "[{\"Config\":null,\"Layers\":null}]", 0}, NULL, NULL, IMGA_E_FORMAT},
    {"no layers member", {EDIT_DOCKER, NULL, "[{\"Config\":\"c.json\"}]", 0}, NULL, NULL, IMGA_E_FORMAT},
    {"tags null", {EDIT_DOCKER, "\"RepoTags\":[\"repo:v1\"]", "\"RepoTags\":null", 0}, NULL, NULL, IMGA_OK},
    {"tags absent", {EDIT_DOCKER, "\"RepoTags\":[\"repo:v1\"],", "", 0}, NULL, NULL, IMGA_OK},
    {"tags text",
     {EDIT_DOCKER, "\"RepoTags\":[\"repo:v1\"]", "\"RepoTags\":\"repo:v1\"", 0},
     NULL,
     NULL,
     IMGA_E_FORMAT},
    {"other members",
     {EDIT_DOCKER, "\"RepoTags\"", "\"LayerSources\":{\"Layers\":{}},\"Parent\":\"\",\"RepoTags\"", 0},
     NULL,
     NULL,
     IMGA_OK},
    {"Config twice", {EDIT_DOCKER, "\"RepoTags\"", "\"Config\":\"x\",\"RepoTags\"", 0}, NULL, NULL, IMGA_E_AMBIGUOUS},
    {"config in lower case",
     {EDIT_DOCKER, "\"RepoTags\"", "\"config\":\"x\",\"RepoTags\"", 0},
     NULL,
     NULL,
     IMGA_E_AMBIGUOUS},
    {"layers in lower case", {EDIT_DOCKER, "\"Layers\"", "\"layers\"", 0}, NULL, NULL, IMGA_E_AMBIGUOUS},
    {"trailing", {EDIT_DOCKER, "]}]", "]}]]", 0}, NULL, NULL, IMGA_E_FORMAT},

    {"Config absolute", {EDIT_DOCKER, "\"Config\":\"", "\"Config\":\"/etc/", 0}, NULL, NULL, IMGA_E_PATH},
    {"Config with ..", {EDIT_DOCKER, "\"Config\":\"", "\"Config\":\"a/../", 0}, NULL, NULL, IMGA_E_PATH},
    {"Config with ./", {EDIT_DOCKER, "\"Config\":\"", "\"Config\":\".//", 0}, NULL, NULL, IMGA_OK},
    {"Config absent", {EDIT_DOCKER, "\"Config\":\"", "\"Config\":\"x", 0}, NULL, NULL, IMGA_E_NOT_FOUND},
    {"Config is a dot", {EDIT_DOCKER, NULL, "[{\"Config\":\".\",\"Layers\":[]}]", 0}, NULL, NULL, IMGA_E_FORMAT},
    {"Layers absolute", {EDIT_DOCKER, "\"Layers\":[\"", "\"Layers\":[\"/", 0}, NULL, NULL, IMGA_E_PATH},
    {"Layers with ..",
     {EDIT_DOCKER, "\"Layers\":[\"", "\"Layers\":[\"../../etc/passwd\",\"", 0},
     NULL,
     NULL,
     IMGA_E_FORMAT},
    {"Layers leave", {EDIT_DOCKER, "\"Layers\":[\"", "\"Layers\":[\"../", 0}, NULL, NULL, IMGA_E_PATH},
    {"layer absent", {EDIT_DOCKER, "\"Layers\":[\"", "\"Layers\":[\"x", 0}, NULL, NULL, IMGA_E_NOT_FOUND},
    {"layer null", {EDIT_DOCKER, "\"Layers\":[", "\"Layers\":[null,", 0}, NULL, NULL, IMGA_E_FORMAT},
    {"more layers than diff_ids",
     {EDIT_DOCKER, "\"Layers\":[", "\"Layers\":[\"manifest.json\",", 0},
     NULL,
     NULL,
     IMGA_E_FORMAT},
    {"fewer layers than diff_ids",
     {EDIT_CONFIG, "\"diff_ids\":[", "\"diff_ids\":[\"sha256:" ANY_HEX "\",", 0},
     NULL,
     NULL,
     IMGA_E_FORMAT},

    {"config altered", {EDIT_CONFIG, "linux", "plan9", 1}, NULL, NULL, IMGA_E_DIGEST},
    {"config absent", {EDIT_CONFIG, NULL, NULL, 1}, NULL, NULL, IMGA_E_NOT_FOUND},
    {"config malformed", {EDIT_CONFIG, NULL, "{", 0}, NULL, NULL, IMGA_E_TRUNCATED},
};

Test(open_docker, edited_images)
{
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        const struct ociimage made = {.layers = &layer,
                                      .count = 1,
                                      .reference = "repo:v1",
                                      .edits = &rows[i].edit,
                                      .edit_count = rows[i].edit.document != EDIT_NONE};
        struct tarball archive = ociimage_docker_archive(&made);
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        int status = case_open(&t, &archive, rows[i].reference, rows[i].platform, &image);
        cr_expect_eq(status, rows[i].status, "%s: %d %s", rows[i].name, status, t.env.error.message);
        if (status == IMGA_OK)
            cr_expect_eq(case_layer(&t, image, 0), 1, "%s: %s", rows[i].name, t.env.error.message);
        ia_image_close(image);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", rows[i].name);
        tarball_free(&archive);
    }
    tarball_free(&tar);
}

Test(open_docker, facts_and_layers)
{
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    const struct ociimage made = {.layers = &layer, .count = 1, .reference = "repo:v1"};
    struct tarball archive = ociimage_docker_archive(&made);
    struct ia_image *image = NULL, *again = NULL;
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    cr_assert_eq(case_open(&t, &archive, NULL, NULL, &image), IMGA_OK, "%s", t.env.error.message);
    const struct ia_image_facts *facts = ia_image_facts(image);
    cr_expect_str_eq(facts->form, "docker-archive");
    cr_expect_str_eq(facts->reference, "repo:v1");
    cr_expect_str_eq(facts->manifest_digest, "");
    cr_expect_str_eq(facts->architecture, "amd64");
    cr_assert_eq(ia_image_layer_count(image), 1);
    cr_expect_str_eq(ia_image_layer(image, 0)->digest, "");
    cr_expect_str_eq(ia_image_layer(image, 0)->media_type, "");
    cr_expect_str_eq(ia_image_layer(image, 0)->created_by, "step 0");
    cr_expect_eq(ia_image_layer(image, 0)->size, tar.n);
    cr_expect_eq(case_open(&t, &archive, facts->config_digest, NULL, &again), IMGA_OK, "by image id: %s",
                 t.env.error.message);
    ia_image_close(again);
    ia_image_close(image);
    test_env_close(&t);
    tarball_free(&archive);
    tarball_free(&tar);
}

/* Files by hand: config c.json (not a digest), one layer, and what the row adds. */
static const struct {
    const char *name, *layers, *config;
    int open, layer;
} by_hand[] = {
    {"plain", "[\"a/layer.tar\"]", "c.json", IMGA_OK, 1},
    {"link of older versions", "[\"b/layer.tar\"]", "c.json", IMGA_OK, 1},
    {"link at the root", "[\"root.tar\"]", "c.json", IMGA_OK, 1},
    {"link to the host", "[\"host/layer.tar\"]", "c.json", IMGA_E_PATH, 0},
    {"link out", "[\"out/layer.tar\"]", "c.json", IMGA_E_PATH, 0},
    {"link to itself", "[\"loop\"]", "c.json", IMGA_E_LIMIT, 0},
    {"link to nothing", "[\"dangling\"]", "c.json", IMGA_E_NOT_FOUND, 0},
    {"another layer", "[\"other.tar\"]", "c.json", IMGA_OK, IMGA_E_DIGEST},
    {"no tar", "[\"c.json\"]", "c.json", IMGA_OK, IMGA_E_DIGEST},
    {"config through a link", "[\"a/layer.tar\"]", "link.json", IMGA_OK, 1},
    {"config to the host", "[\"a/layer.tar\"]", "host/layer.tar", IMGA_E_PATH, 0},
    {"blob with a wrong name", "[\"blobs/sha256/" ANY_HEX "\"]", "c.json", IMGA_OK, IMGA_E_DIGEST},
};

static struct tarball hand_made(const char *layers, const char *config, const struct tarball *tar)
{
    const struct ociimage_layer layer = {.tar = tar->p, .tar_size = tar->n};
    const struct ociimage made = {.layers = &layer, .count = 1};
    struct tarball other = case_tar("other");
    struct ocifiles files = {NULL, 0}, parts = {NULL, 0};
    char manifest[512];
    ociimage_docker(&parts, &made); /* config, layer, manifest.json */
    ocifiles_add(&files, "c.json", parts.p[0].data, parts.p[0].size);
    ocifiles_add(&files, "a/layer.tar", tar->p, tar->n);
    ocifiles_add(&files, "other.tar", other.p, other.n);
    ocifiles_add(&files, "blobs/sha256/" ANY_HEX, tar->p, tar->n);
    ocifiles_link(&files, "b/layer.tar", "../a/layer.tar");
    ocifiles_link(&files, "root.tar", "b/layer.tar");
    ocifiles_link(&files, "host/layer.tar", "/etc/passwd");
    ocifiles_link(&files, "out/layer.tar", "../../a/layer.tar");
    ocifiles_link(&files, "loop", "./loop");
    ocifiles_link(&files, "dangling", "nothing");
    ocifiles_link(&files, "link.json", "c.json");
    snprintf(manifest, sizeof(manifest), "[{\"Config\":\"%s\",\"Layers\":%s}]", config, layers);
    ocifiles_text(&files, "manifest.json", manifest);
    struct tarball archive = ocifiles_tar(&files);
    ocifiles_free(&files);
    ocifiles_free(&parts);
    tarball_free(&other);
    return archive;
}

Test(open_docker, links_are_resolved_inside)
{
    struct tarball tar = case_tar("one");
    for (size_t i = 0; i < IA_COUNT(by_hand); i++) {
        struct tarball archive = hand_made(by_hand[i].layers, by_hand[i].config, &tar);
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        int status = case_open(&t, &archive, NULL, NULL, &image);
        cr_expect_eq(status, by_hand[i].open, "%s: %d %s", by_hand[i].name, status, t.env.error.message);
        if (status == IMGA_OK) {
            status = case_layer(&t, image, 0);
            cr_expect_eq(status, by_hand[i].layer, "%s: layer %d %s", by_hand[i].name, status, t.env.error.message);
        }
        ia_image_close(image);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", by_hand[i].name);
        tarball_free(&archive);
    }
    tarball_free(&tar);
}

/* Two images in one archive. */
Test(open_docker, several_images)
{
    static const struct {
        const char *reference;
        int status;
        const char *found;
    } asked[] = {
        {NULL, IMGA_E_AMBIGUOUS, ""}, {"one:v1", IMGA_OK, "one:v1"},   {"two", IMGA_OK, "two:latest"},
        {"v1", IMGA_E_AMBIGUOUS, ""}, {"three", IMGA_E_NOT_FOUND, ""},
    };
    struct tarball one = case_tar("one"), two = case_tar("two");
    const struct ociimage_layer layers[] = {{.tar = one.p, .tar_size = one.n}, {.tar = two.p, .tar_size = two.n}};
    const struct ociimage first = {.layers = &layers[0], .count = 1}, second = {.layers = &layers[1], .count = 1};
    struct ocifiles files = {NULL, 0};
    char manifest[1024];
    ociimage_docker(&files, &first);
    free(files.p[--files.n].name);
    free(files.p[files.n].data);
    ociimage_docker(&files, &second);
    snprintf(manifest, sizeof(manifest),
             "[{\"Config\":\"%s\",\"RepoTags\":[\"one:v1\"],\"Layers\":[\"%s\"]},"
             "{\"Config\":\"%s\",\"RepoTags\":[\"two:v1\",\"two:latest\"],\"Layers\":[\"%s\"]}]",
             files.p[0].name, files.p[1].name, files.p[2].name, files.p[3].name);
    ocifiles_text(&files, "manifest.json", manifest); /* the last of the name counts */
    struct tarball archive = ocifiles_tar(&files);
    for (size_t i = 0; i < IA_COUNT(asked); i++) {
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        int status = case_open(&t, &archive, asked[i].reference, NULL, &image);
        cr_expect_eq(status, asked[i].status, "row %zu: %d %s", i, status, t.env.error.message);
        if (status == IMGA_OK) {
            cr_expect_str_eq(ia_image_facts(image)->reference, asked[i].found);
            cr_expect(case_has_note(image, IMGA_NOTE_DUPLICATE), "manifest.json is there twice");
            cr_expect_not(test_has_note(&t, IMGA_NOTE_DUPLICATE), "the note belongs to the image");
        } else {
            cr_expect(strstr(t.env.error.message, "one:v1, two:v1, two:latest"), "%s", t.env.error.message);
        }
        ia_image_close(image);
        test_env_close(&t);
    }
    tarball_free(&archive);
    ocifiles_free(&files);
    tarball_free(&one);
    tarball_free(&two);
}

/* Newer docker save writes both; the OCI reading wins, and a difference is noted. */
Test(open_docker, archives_of_both_forms)
{
    struct tarball one = case_tar("one"), two = case_tar("two");
    const struct ociimage_layer layers[] = {{.tar = one.p, .tar_size = one.n}, {.tar = two.p, .tar_size = two.n}};
    for (size_t other = 0; other < 3; other++) {
        const struct ociimage_edit bad = {EDIT_DOCKER, NULL, "{}", 0};
        const struct ociimage oci = {.layers = &layers[0], .count = 1};
        const struct ociimage docker = {
            .layers = &layers[other == 1], .count = 1, .edits = &bad, .edit_count = other == 2};
        struct ocifiles files = {NULL, 0};
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        ociimage_layout(&files, &oci);
        ociimage_docker(&files, &docker);
        struct tarball archive = ocifiles_tar(&files);
        cr_assert_eq(case_open(&t, &archive, NULL, NULL, &image), IMGA_OK, "%s", t.env.error.message);
        cr_expect_str_eq(ia_image_facts(image)->form, "oci-archive");
        cr_expect_eq(case_has_note(image, IMGA_NOTE_DUPLICATE), other != 0, "%zu", other);
        cr_expect_eq(t.env.error.status, IMGA_OK);
        ia_image_close(image);
        tarball_free(&archive);
        ocifiles_free(&files);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
    tarball_free(&one);
    tarball_free(&two);
}

Test(open_docker, archives_of_no_form)
{
    static const struct {
        const char *member;
        int status;
    } archives[] = {{"var/name", IMGA_E_FORMAT}, {"repositories", IMGA_E_NOT_FOUND}, {"oci-layout", IMGA_E_FORMAT}};
    for (size_t i = 0; i < IA_COUNT(archives); i++) {
        struct tarball archive = {NULL, 0};
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        tarball_file(&archive, archives[i].member, "{}");
        tarball_end(&archive);
        int status = case_open(&t, &archive, NULL, NULL, &image);
        cr_expect_eq(status, archives[i].status, "%s: %d %s", archives[i].member, status, t.env.error.message);
        tarball_free(&archive);
        test_env_close(&t);
    }
}

Test(open_docker, an_empty_file_is_no_archive)
{
    struct tarball archive = {"", 0};
    struct ia_image *image = NULL;
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    cr_expect_lt(case_open(&t, &archive, NULL, NULL, &image), 0);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

/* limits->layers at N and N + 1. */
Test(open_docker, the_number_of_layers_is_limited)
{
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    const struct ociimage made = {.layers = &layer, .count = 1};
    struct tarball archive = ociimage_docker_archive(&made);
    for (uint64_t limit = 0; limit < 2; limit++) {
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        t.limits.layers = limit;
        cr_expect_eq(case_open(&t, &archive, NULL, NULL, &image), limit ? IMGA_OK : IMGA_E_LIMIT);
        ia_image_close(image);
        test_env_close(&t);
    }
    tarball_free(&archive);
    tarball_free(&tar);
}

/* kaniko's names: the config as a digest, layers as "<digits>.tar.gz"; and members that tar wrote with "./". */
Test(open_docker, names_of_other_writers)
{
    struct tarball tar = case_tar("one"), packed = pipe_gzip(&tar);
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n, .blob = packed.p, .blob_size = packed.n};
    for (int dotted = 0; dotted < 2; dotted++) {
        const struct ociimage made = {.layers = &layer, .count = 1, .reference = "repo:v1"};
        struct ocifiles files = {NULL, 0}, renamed = {NULL, 0};
        struct ia_image *image = NULL;
        struct test_env t;
        char config[96], blob[96], manifest[512], name[128];
        test_env_open(&t);
        test_env_crypto(&t);
        ociimage_docker(&files, &made);
        snprintf(config, sizeof(config), "sha256:%.64s", files.p[0].name);
        snprintf(blob, sizeof(blob), "%.64s.tar.gz", files.p[1].name);
        snprintf(manifest, sizeof(manifest), "[{\"Config\":\"%s\",\"RepoTags\":[\"repo:v1\"],\"Layers\":[\"%s\"]}]",
                 config, blob);
        const char *const names[] = {config, blob};
        for (size_t i = 0; i < 2; i++) {
            snprintf(name, sizeof(name), "%s%s", dotted ? "./" : "", names[i]);
            ocifiles_add(&renamed, name, files.p[i].data, files.p[i].size);
        }
        ocifiles_text(&renamed, dotted ? "./manifest.json" : "manifest.json", manifest);
        struct tarball archive = ocifiles_tar(&renamed);
        cr_assert_eq(case_open(&t, &archive, config, NULL, &image), IMGA_OK, "%s", t.env.error.message);
        cr_expect_str_eq(ia_image_facts(image)->config_digest, config);
        cr_expect_eq(case_layer(&t, image, 0), 1, "%s", t.env.error.message);
        ia_image_close(image);
        tarball_free(&archive);
        ocifiles_free(&renamed);
        ocifiles_free(&files);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
    tarball_free(&packed);
    tarball_free(&tar);
}

/* Archives made by docker 18.09 and by kaniko. */
Test(open_docker, real_archives)
{
    static const struct {
        const char *file, *reference;
        size_t layers;
    } real[] = {
        {"dive-test-docker-image.tar", "dive-test:latest", 14},
        {"dive-test-kaniko-image.tar", "dive-test:kaniko-latest", 14},
    };
    char path[4096];
    if (!test_shared())
        cr_skip_test("IMGASSURE_SHARED is not set");
    for (size_t i = 0; i < IA_COUNT(real); i++) {
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        snprintf(path, sizeof(path), "%s/data/images/%s", test_shared(), real[i].file);
        cr_assert_eq(case_open_path(&t, path, NULL, &image), IMGA_OK, "%s: %s", real[i].file, t.env.error.message);
        cr_expect_str_eq(ia_image_facts(image)->reference, real[i].reference);
        cr_assert_eq(ia_image_layer_count(image), real[i].layers);
        for (size_t j = 0; j < real[i].layers; j++)
            cr_expect_eq(case_layer(&t, image, j), 1, "%s: layer %zu: %s", real[i].file, j, t.env.error.message);
        ia_image_close(image);
        test_env_close(&t);
    }
}
