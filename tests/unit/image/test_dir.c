/* SPDX-License-Identifier: Apache-2.0 */
/* skopeo's folders: one manifest, lists with their manifests beside them, and what each kind of damage is called. */
#include "form_case.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define ANY_DIGEST "sha256:3333333333333333333333333333333333333333333333333333333333333333"
#define AMD64 "\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}"
#define ARM64 "\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\"}"

static void replace(struct ocifiles *files, const char *name, const char *text)
{
    form_rename(files, name, "replaced");
    for (size_t i = 0; i < files->n; i++) {
        if (strcmp(files->p[i].name, "replaced") != 0)
            continue;
        free(files->p[i].data);
        files->p[i].data = strdup(text);
        files->p[i].size = strlen(text);
    }
    form_rename(files, "replaced", name);
}

static const struct {
    const char *name;
    struct ociimage_edit edit;
    const char *file, *text; /* one file of the folder replaced; NULL: none */
    const char *reference, *platform;
    int status;
    const char *where; /* part of the error's place */
} rows[] = {
    {"as built", {EDIT_NONE, NULL, NULL, 0}, NULL, NULL, NULL, NULL, IMGA_OK, NULL},
    {"by platform", {EDIT_NONE, NULL, NULL, 0}, NULL, NULL, NULL, "linux/amd64", IMGA_OK, NULL},
    {"by another platform", {EDIT_NONE, NULL, NULL, 0}, NULL, NULL, NULL, "linux/s390x", IMGA_E_NOT_FOUND, NULL},
    {"by a name", {EDIT_NONE, NULL, NULL, 0}, NULL, NULL, "v1", NULL, IMGA_E_NOT_FOUND, NULL},
    {"by another digest", {EDIT_NONE, NULL, NULL, 0}, NULL, NULL, ANY_DIGEST, NULL, IMGA_E_NOT_FOUND, NULL},
    {"version 1.0",
     {EDIT_NONE, NULL, NULL, 0},
     "version",
     "Directory Transport Version: 1.0\n",
     NULL,
     NULL,
     IMGA_OK,
     NULL},
    {"version 2.0",
     {EDIT_NONE, NULL, NULL, 0},
     "version",
     "Directory Transport Version: 2.0\n",
     NULL,
     NULL,
     IMGA_E_UNSUPPORTED,
     "version"},
    {"version without number",
     {EDIT_NONE, NULL, NULL, 0},
     "version",
     "Directory Transport Version: ",
     NULL,
     NULL,
     IMGA_E_UNSUPPORTED,
     "version"},
    {"another version", {EDIT_NONE, NULL, NULL, 0}, "version", "1.1\n", NULL, NULL, IMGA_E_FORMAT, "version"},
    {"empty version", {EDIT_NONE, NULL, NULL, 0}, "version", "", NULL, NULL, IMGA_E_FORMAT, "version"},
    {"manifest no JSON",
     {EDIT_NONE, NULL, NULL, 0},
     "manifest.json",
     "<x/>",
     NULL,
     NULL,
     IMGA_E_FORMAT,
     "manifest.json"},
    {"manifest of schema 1",
     {EDIT_NONE, NULL, NULL, 0},
     "manifest.json",
     "{\"schemaVersion\":1,\"name\":\"a\",\"fsLayers\":[],\"history\":[]}",
     NULL,
     NULL,
     IMGA_E_UNSUPPORTED,
     "manifest.json"},
    {"manifest says index",
     {EDIT_MANIFEST, OCI_MANIFEST, OCI_INDEX, 0},
     NULL,
     NULL,
     NULL,
     NULL,
     IMGA_E_AMBIGUOUS,
     "manifest.json"},
    {"docker's manifest",
     {EDIT_MANIFEST, OCI_MANIFEST, "application/vnd.docker.distribution.manifest.v2+json", 0},
     NULL,
     NULL,
     NULL,
     NULL,
     IMGA_OK,
     NULL},
    {"config of another type",
     {EDIT_MANIFEST, OCI_CONFIG, "application/vnd.cncf.helm.config.v1+json", 0},
     NULL,
     NULL,
     NULL,
     NULL,
     IMGA_E_UNSUPPORTED,
     NULL},
    {"an attestation",
     {EDIT_MANIFEST, OCI_LAYER, "application/vnd.in-toto+json", 0},
     NULL,
     NULL,
     NULL,
     NULL,
     IMGA_E_UNSUPPORTED,
     NULL},
    {"config altered", {EDIT_CONFIG, "linux", "plan9", 1}, NULL, NULL, NULL, NULL, IMGA_E_DIGEST, NULL},
    {"config absent", {EDIT_CONFIG, NULL, NULL, 1}, NULL, NULL, NULL, NULL, IMGA_E_NOT_FOUND, NULL},
    {"sizes that are wrong",
     {EDIT_MANIFEST, "\"size\":", "\"size\":1", 0},
     NULL,
     NULL,
     NULL,
     NULL,
     IMGA_E_DIGEST,
     NULL},
};

Test(dir, edited_images)
{
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        const struct ociimage made = {
            .layers = &layer, .count = 1, .edits = &rows[i].edit, .edit_count = rows[i].edit.document != EDIT_NONE};
        struct ocifiles files = {NULL, 0};
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        form_dir(&files, &made);
        if (rows[i].file)
            replace(&files, rows[i].file, rows[i].text);
        char *folder = ocifiles_folder(&files);
        const struct ia_image_request request = {
            .path = folder, .reference = rows[i].reference, .platform = rows[i].platform};
        int status = form_read(&t, &request);
        cr_expect_eq(status, rows[i].status, "%s: %d %s", rows[i].name, status, t.env.error.message);
        if (rows[i].where)
            cr_expect(strstr(t.env.error.where, rows[i].where), "%s: %s", rows[i].name, t.env.error.where);
        ocifiles_remove(&files, folder);
        ocifiles_free(&files);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", rows[i].name);
    }
    tarball_free(&tar);
}

/* A layer that is not what its name says. */
Test(dir, layers_are_verified)
{
    struct tarball tar = case_tar("one"), other = case_tar("two");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    const struct ociimage made = {.layers = &layer, .count = 1};
    struct ocifiles files = {NULL, 0};
    struct test_env t;
    form_dir(&files, &made);
    for (size_t i = 0; i < files.n; i++)
        if (files.p[i].size == tar.n && memcmp(files.p[i].data, tar.p, tar.n) == 0)
            memcpy(files.p[i].data, other.p, other.n);
    char *folder = ocifiles_folder(&files);
    for (int verify = IA_VERIFY_FULL; verify <= IA_VERIFY_NONE; verify++) {
        const struct ia_image_request request = {.path = folder, .verify = (enum ia_verify)verify};
        test_env_open(&t);
        test_env_crypto(&t);
        int status = form_read(&t, &request);
        cr_expect_eq(status, verify == IA_VERIFY_NONE ? IMGA_OK : IMGA_E_DIGEST, "%d: %d", verify, status);
        test_env_close(&t);
    }
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
    tarball_free(&tar);
    tarball_free(&other);
}

static const char *const two_platforms[] = {AMD64, ARM64};

static char *list_folder(struct ocifiles *files, const char *const platforms[2])
{
    struct tarball tars[2] = {case_tar("amd64"), case_tar("arm64")};
    const struct ociimage_layer layers[2] = {{.tar = tars[0].p, .tar_size = tars[0].n},
                                             {.tar = tars[1].p, .tar_size = tars[1].n}};
    const struct ociimage images[2] = {{.layers = &layers[0], .count = 1},
                                       {.layers = &layers[1], .count = 1, .architecture = "arm64"}};
    form_dir_list(files, images, 2, platforms);
    tarball_free(&tars[0]);
    tarball_free(&tars[1]);
    return ocifiles_folder(files);
}

Test(dir, lists_are_chosen_from_by_platform)
{
    static const struct {
        const char *platform;
        int status;
        const char *architecture;
    } asked[] = {
        {"linux/amd64", IMGA_OK, "amd64"}, {"linux/arm64", IMGA_OK, "arm64"}, {"linux/s390x", IMGA_E_NOT_FOUND, NULL}};
    struct ocifiles files = {NULL, 0};
    char *folder = list_folder(&files, two_platforms);
    for (size_t i = 0; i < IA_COUNT(asked); i++) {
        const struct ia_image_request request = {.path = folder, .platform = asked[i].platform};
        struct ia_image *image = NULL, *again = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        int status = form_open(&t, &request, &image);
        cr_expect_eq(status, asked[i].status, "%s: %d %s", asked[i].platform, status, t.env.error.message);
        if (status == IMGA_OK) {
            const struct ia_image_facts *facts = ia_image_facts(image);
            const struct ia_image_request by_digest = {.path = folder, .reference = facts->manifest_digest};
            cr_expect_str_eq(facts->architecture, asked[i].architecture);
            cr_expect_str_eq(facts->form, "dir");
            cr_expect_eq(case_layer(&t, image, 0), 1, "%s", t.env.error.message);
            cr_assert_eq(form_open(&t, &by_digest, &again), IMGA_OK, "%s", t.env.error.message);
            cr_expect_str_eq(ia_image_facts(again)->config_digest, facts->config_digest);
        }
        ia_image_close(image);
        ia_image_close(again);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
}

Test(dir, the_same_twice_in_a_list_is_ambiguous)
{
    static const char *const same[] = {AMD64, AMD64};
    struct ocifiles files = {NULL, 0};
    char *folder = list_folder(&files, same);
    const struct ia_image_request request = {.path = folder, .platform = "linux/amd64"};
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    cr_expect_eq(form_read(&t, &request), IMGA_E_AMBIGUOUS, "%s", t.env.error.message);
    cr_expect_str_eq(t.env.error.where, "manifest.json");
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
    test_env_close(&t);
}

Test(dir, out_of_memory)
{
    struct ocifiles files = {NULL, 0};
    char *folder = list_folder(&files, two_platforms);
    int status = IMGA_E_NOMEM;
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        const struct ia_image_request request = {.path = folder, .platform = "linux/arm64"};
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        t.fail_at = n;
        status = form_read(&t, &request);
        cr_expect(status == IMGA_E_NOMEM || status == IMGA_OK, "allocation %zu: %d %s", n, status, t.env.error.message);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
        cr_assert_lt(n, 2000);
    }
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
}
