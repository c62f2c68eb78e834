/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation fails once: out of memory or the same answer, nothing leaks, nothing half made comes out. */
#include "image_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Opens the image and pulls its layers; the status. */
static int whole_run(struct test_env *t, const struct tarball *archive, const char *reference)
{
    struct ia_image *image = NULL;
    int status = case_open(t, archive, reference, NULL, &image);
    if (status < 0) {
        cr_expect_null(image);
        return status;
    }
    for (size_t i = 0; status >= 0 && i < ia_image_layer_count(image); i++)
        status = case_layer(t, image, i);
    ia_image_close(image);
    return status < 0 ? status : IMGA_OK;
}

/* fail_on: whether the allocations after the failing one fail as well. */
static void sweep(const char *name, const struct tarball *archive, const char *reference, int fail_on)
{
    struct test_env t;
    size_t total;
    int expected;
    test_env_open(&t);
    test_env_crypto(&t);
    expected = whole_run(&t, archive, reference);
    total = t.count;
    test_env_close(&t);
    cr_assert_gt(total, 10, "%s", name);
    for (size_t n = 1; n <= total; n++) {
        test_env_open(&t);
        test_env_crypto(&t);
        t.fail_at = n;
        t.fail_on = fail_on;
        int status = whole_run(&t, archive, reference);
        cr_expect(status == IMGA_E_NOMEM || status == expected, "%s: allocation %zu: %d %s", name, n, status,
                  t.env.error.message);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s: allocation %zu leaks", name, n);
    }
}

static void sweep_both(const char *name, const struct tarball *archive, const char *reference)
{
    sweep(name, archive, reference, 0);
    sweep(name, archive, reference, 1);
}

Test(memory, open_and_read)
{
    struct tarball one = case_tar("one"), two = case_tar("two");
    const struct ociimage_layer layers[] = {{.tar = one.p, .tar_size = one.n},
                                            {.tar = two.p, .tar_size = two.n, .media_type = OCI_LAYER "+gzip"},
                                            {.tar = two.p, .tar_size = two.n, .media_type = "application/x"}};
    const struct ociimage made = {.layers = layers, .count = 3, .reference = "v1"};
    const struct ociimage_edit edit = {EDIT_CONFIG, "linux", "plan9", 1};
    const struct ociimage altered = {.layers = layers, .count = 1, .edits = &edit, .edit_count = 1};
    struct tarball oci = ociimage_oci_archive(&made), docker = ociimage_docker_archive(&made);
    struct tarball bad = ociimage_oci_archive(&altered);
    sweep_both("oci", &oci, NULL);
    sweep_both("oci by tag", &oci, "v1");
    sweep_both("oci, absent tag", &oci, "v2");
    sweep_both("docker", &docker, NULL);
    sweep_both("docker, absent tag", &docker, "v2");
    sweep_both("altered config", &bad, NULL);
    tarball_free(&oci);
    tarball_free(&docker);
    tarball_free(&bad);
    tarball_free(&one);
    tarball_free(&two);
}

Test(memory, both_forms_in_one_archive)
{
    struct tarball one = case_tar("one"), two = case_tar("two");
    const struct ociimage_layer layers[] = {{.tar = one.p, .tar_size = one.n}, {.tar = two.p, .tar_size = two.n}};
    const struct ociimage oci = {.layers = &layers[0], .count = 1}, docker = {.layers = &layers[1], .count = 1};
    struct ocifiles files = {NULL, 0};
    ociimage_layout(&files, &oci);
    ociimage_docker(&files, &docker);
    ocifiles_text(&files, "index.json", files.p[3].data); /* twice: a note */
    ocifiles_link(&files, "a/link", "../index.json");
    struct tarball archive = ocifiles_tar(&files);
    sweep_both("both forms", &archive, NULL);
    tarball_free(&archive);
    ocifiles_free(&files);
    tarball_free(&one);
    tarball_free(&two);
}

Test(memory, a_folder)
{
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    const struct ociimage made = {.layers = &layer, .count = 1};
    struct ocifiles files = {NULL, 0};
    struct test_env t;
    int status = IMGA_E_NOMEM;
    ociimage_layout(&files, &made);
    char *folder = ocifiles_folder(&files);
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        struct ia_image *image = NULL;
        test_env_open(&t);
        test_env_crypto(&t);
        t.fail_at = n;
        status = case_open_path(&t, folder, NULL, &image);
        if (status == IMGA_OK)
            status = case_layer(&t, image, 0);
        cr_expect(status == IMGA_E_NOMEM || status == 1, "allocation %zu: %d %s", n, status, t.env.error.message);
        ia_image_close(image);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
    }
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
    tarball_free(&tar);
}
