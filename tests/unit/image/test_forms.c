/* SPDX-License-Identifier: Apache-2.0 */
/* How a form is named and chosen: prefixes, references behind paths, content, and what is said when nothing fits. */
#include "form_case.h"

#include "image/form.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In a folder that holds "there", "a:b" and "x". */
static const struct {
    const char *path, *form, *reference; /* of the request */
    int status;
    const char *out_form, *out_path, *out_reference;
} locations[] = {
    {"there", NULL, NULL, 0, NULL, "there", NULL},
    {"there", NULL, "v1", 0, NULL, "there", "v1"},
    {"there:v1", NULL, NULL, 0, NULL, "there:v1", NULL},
    {"oci:there", NULL, NULL, 0, "oci", "there", NULL},
    {"oci:there:v1", NULL, NULL, 0, "oci", "there", "v1"},
    {"oci:there:v1", NULL, "v2", 0, "oci", "there", "v2"},
    {"oci:there:", NULL, NULL, 0, "oci", "there:", NULL},
    {"oci:absent:v1", NULL, NULL, 0, "oci", "absent:v1", NULL},
    {"oci:a:b", NULL, NULL, 0, "oci", "a:b", NULL},
    {"oci:a:b:v1", NULL, NULL, 0, "oci", "a:b", "v1"},
    {"./oci:x", NULL, NULL, 0, NULL, "./oci:x", NULL},
    {"oci:x", "oci", NULL, 0, "oci", "oci:x", NULL},
    {"there:v1", "oci", NULL, 0, "oci", "there", "v1"},
    {"oci-archive:there:v1", NULL, NULL, 0, "oci-archive", "there", "v1"},
    {"docker-archive:there:repo:v1", NULL, NULL, 0, "docker-archive", "there", "repo:v1"},
    {"docker-archive:there:host:5000/repo:v1", NULL, NULL, 0, "docker-archive", "there", "host:5000/repo:v1"},
    {"dir:there:v1", NULL, NULL, 0, "dir", "there:v1", NULL},
    {"rootfs:there", NULL, NULL, 0, "rootfs", "there", NULL},
    {"rootfs:/", NULL, NULL, 0, "rootfs", "/", NULL},
    {"OCI:there", NULL, NULL, 0, NULL, "OCI:there", NULL},
    {"docker:there", NULL, NULL, 0, NULL, "docker:there", NULL},
    {":there", NULL, NULL, 0, NULL, ":there", NULL},
    {"oci:", NULL, NULL, IMGA_E_INVALID, NULL, NULL, NULL},
    {"dir:", NULL, NULL, IMGA_E_INVALID, NULL, NULL, NULL},
    {"there", "nonsense", NULL, IMGA_E_INVALID, NULL, NULL, NULL},
    {"there", "", NULL, IMGA_E_INVALID, NULL, NULL, NULL},
    {"containers-storage:", NULL, NULL, 0, "containers-storage", "/var/lib/containers/storage", NULL},
    {"containers-storage:alpine:3", NULL, NULL, 0, "containers-storage", "/var/lib/containers/storage", "alpine:3"},
    {"containers-storage:[/s]alpine", NULL, NULL, 0, "containers-storage", "/s", "alpine"},
    {"containers-storage:[/s]alpine", NULL, "busybox", 0, "containers-storage", "/s", "busybox"},
    {"containers-storage:[overlay@/s+/run/s]alpine", NULL, NULL, 0, "containers-storage", "/s", "alpine"},
    {"containers-storage:[overlay@/s+/run/s:a=/b+/c]alpine", NULL, NULL, 0, "containers-storage", "/s", "alpine"},
    {"containers-storage:[/a+b@c]alpine", NULL, NULL, 0, "containers-storage", "/a+b@c", "alpine"},
    {"containers-storage:[there]", NULL, NULL, 0, "containers-storage", "there", NULL},
    {"containers-storage:/s", NULL, NULL, 0, "containers-storage", "/s", NULL},
    {"[/s]alpine", "containers-storage", NULL, 0, "containers-storage", "/s", "alpine"},
    {"containers-storage:[vfs@/s]alpine", NULL, NULL, IMGA_E_UNSUPPORTED, NULL, NULL, NULL},
    {"containers-storage:[]alpine", NULL, NULL, IMGA_E_INVALID, NULL, NULL, NULL},
    {"containers-storage:[/s", NULL, NULL, IMGA_E_INVALID, NULL, NULL, NULL},
    {"docker-root:alpine", NULL, NULL, 0, "docker-root", "/var/lib/docker", "alpine"},
    {"docker-root:[/d]alpine:3", NULL, NULL, 0, "docker-root", "/d", "alpine:3"},
};

static void expect_text(const char *found, const char *wanted, const char *row)
{
    if (wanted)
        cr_expect_str_eq(found, wanted, "%s: %s", row, found);
    else
        cr_expect_null(found, "%s: %s", row, found);
}

Test(forms, paths_with_forms_and_references)
{
    struct ocifiles files = {NULL, 0};
    ocifiles_text(&files, "there", "");
    ocifiles_text(&files, "a:b", "");
    ocifiles_text(&files, "x", "");
    char *folder = ocifiles_folder(&files);
    cr_assert_eq(chdir(folder), 0);
    for (size_t i = 0; i < IA_COUNT(locations); i++) {
        const struct ia_image_request request = {
            .path = locations[i].path, .form = locations[i].form, .reference = locations[i].reference};
        struct ia_location found;
        struct ia_arena arena;
        struct test_env t;
        test_env_open(&t);
        ia_arena_init(&arena, &t.env.alloc);
        int status = ia_location_parse(&t.env, &arena, &request, &found);
        cr_expect_eq(status, locations[i].status, "%s: %d %s", request.path, status, t.env.error.message);
        if (status == IMGA_OK) {
            expect_text(found.form, locations[i].out_form, request.path);
            expect_text(found.path, locations[i].out_path, request.path);
            expect_text(found.reference, locations[i].out_reference, request.path);
        }
        ia_arena_free(&arena);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", request.path);
    }
    cr_assert_eq(chdir("/"), 0);
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
}

Test(forms, without_memory_a_path_is_not_cut)
{
    const struct ia_image_request request = {.path = "oci:/:v1"};
    int status = IMGA_E_NOMEM;
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        struct ia_location found;
        struct ia_arena arena;
        struct test_env t;
        test_env_open(&t);
        t.fail_at = n;
        ia_arena_init(&arena, &t.env.alloc);
        status = ia_location_parse(&t.env, &arena, &request, &found);
        cr_expect(status == IMGA_E_NOMEM || strcmp(found.path, "/") == 0);
        ia_arena_free(&arena);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}

/* Folders with one file per word; what is said of them. Names ending in '/' stand for folders. */
static const struct {
    const char *files;
    const char *form; /* that was asked for; NULL: by content */
    int status;
    const char *says; /* part of the message */
} folders[] = {
    {"x", NULL, IMGA_E_FORMAT, "the folder is no image: no index.json or oci-layout (oci), no manifest.json with"},
    {"x", NULL, IMGA_E_FORMAT, "there is: x"},
    {"b a c", NULL, IMGA_E_FORMAT, "there is: a, b, c"},
    {"1 2 3 4 5 6", NULL, IMGA_E_FORMAT, "there is: 1, 2, 3, 4, 5"},
    {"index.json", NULL, IMGA_E_FORMAT, "there is no oci-layout"},
    {"oci-layout", NULL, IMGA_E_TRUNCATED, ""},
    {"manifest.json version", NULL, IMGA_E_FORMAT, "not the version of a folder of images"},
    {"manifest.json", NULL, IMGA_E_FORMAT, "no manifest.json with version (dir)"},
    {"version", NULL, IMGA_E_FORMAT, "no manifest.json with version (dir)"},
    {"etc/os-release", NULL, IMGA_OK, NULL},
    {"usr/lib/os-release", NULL, IMGA_OK, NULL},
    {"etc/passwd usr/bin/env", NULL, IMGA_OK, NULL},
    {"etc/passwd", NULL, IMGA_E_FORMAT, "no etc and usr (rootfs)"},
    {"usr/bin/env", NULL, IMGA_E_FORMAT, "no etc and usr (rootfs)"},
    {"etc usr", NULL, IMGA_E_FORMAT, "no etc and usr (rootfs)"},
    {"etc/os-release manifest.json", NULL, IMGA_E_FORMAT, "no etc and usr (rootfs)"},
    {"etc/os-release index.json", NULL, IMGA_E_FORMAT, "there is no oci-layout"},
    {"etc/os-release repositories", NULL, IMGA_E_FORMAT, "no etc and usr (rootfs)"},
    {"etc/os-release manifest.json", "rootfs", IMGA_OK, NULL},
    {"etc/os-release index.json", "rootfs", IMGA_OK, NULL},
    {"app", "rootfs", IMGA_OK, NULL},
    {"index.json oci-layout", "rootfs", IMGA_E_FORMAT,
     "this is not of the form rootfs (no etc and usr); it looks like oci"},
    {"index.json oci-layout", "dir", IMGA_E_FORMAT, "it looks like oci"},
    {"manifest.json version", "oci", IMGA_E_FORMAT, "it looks like dir"},
    {"etc/os-release", "oci", IMGA_E_FORMAT, "it looks like rootfs"},
    {"x", "oci", IMGA_E_FORMAT, "this is not of the form oci: no index.json or oci-layout"},
    {"index.json oci-layout", "oci-archive", IMGA_E_FORMAT,
     "this is a folder, which the form oci-archive is not; it looks"},
    {"x", "docker-archive", IMGA_E_FORMAT, "this is a folder, which the form docker-archive is not"},
    {"overlay-images/images.json", "oci", IMGA_E_FORMAT, "it looks like containers-storage"},
    {"image/overlay2/repositories.json", "rootfs", IMGA_E_FORMAT, "it looks like docker-root"},
    {"overlay-images", NULL, IMGA_E_FORMAT, "no overlay-images"},
};

static void add_words(struct ocifiles *files, const char *words)
{
    struct ia_str rest = ia_str_from(words), word;
    char name[96];
    while (ia_str_next(&rest, ' ', &word)) {
        snprintf(name, sizeof(name), "%.*s", (int)word.n, word.p);
        ocifiles_text(files, name, "");
    }
}

Test(forms, folders_by_content)
{
    for (size_t i = 0; i < IA_COUNT(folders); i++) {
        struct ocifiles files = {NULL, 0};
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        add_words(&files, folders[i].files);
        char *folder = ocifiles_folder(&files);
        const struct ia_image_request request = {.path = folder, .form = folders[i].form};
        int status = form_open(&t, &request, &image);
        cr_expect_eq(status, folders[i].status, "%s: %d %s", folders[i].files, status, t.env.error.message);
        if (folders[i].says)
            cr_expect(strstr(t.env.error.message, folders[i].says), "%s: %s", folders[i].files, t.env.error.message);
        ia_image_close(image);
        ocifiles_remove(&files, folder);
        ocifiles_free(&files);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", folders[i].files);
    }
}

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Archives with one file per word. */
static const struct {
    const char *files;
    const char *form;
    int status;
    const char *says;
} archives[] = {
    {"x", NULL, IMGA_E_FORMAT,
     "the archive is no image: no index.json or oci-layout (oci-archive), no manifest.json or"},
    {"x y", NULL, IMGA_E_FORMAT, "there is: x, y"},
    {"etc/os-release", NULL, IMGA_OK, NULL},
    {"./etc/os-release", NULL, IMGA_OK, NULL},
    {"/usr/lib/os-release", NULL, IMGA_OK, NULL},
    {"etc/a usr/b", NULL, IMGA_OK, NULL},
    {"etc/a", NULL, IMGA_E_FORMAT, "no etc and usr (rootfs)"},
    {"a/etc/os-release", NULL, IMGA_E_FORMAT, "no etc and usr (rootfs)"},
    /* One member of an image, and it is no root: a broken image must not become one without findings. */
    {"etc/os-release manifest.json", NULL, IMGA_E_TRUNCATED, ""},
    {"etc/os-release ./oci-layout", NULL, IMGA_E_TRUNCATED, ""},
    {"etc/os-release repositories", NULL, IMGA_E_TRUNCATED, ""},
    {"etc/os-release blobs/sha256/x", NULL, IMGA_E_FORMAT, "the archive is no image"},
    {"etc/os-release x/layer.tar", NULL, IMGA_E_FORMAT, "the archive is no image"},
    {"etc/os-release " HEX ".json", NULL, IMGA_E_FORMAT, "the archive is no image"},
    {"etc/os-release sha256:" HEX, NULL, IMGA_E_FORMAT, "the archive is no image"},
    {"etc/os-release " HEX ".tar.gz", NULL, IMGA_E_FORMAT, "the archive is no image"},
    {"etc/os-release " HEX "/VERSION", NULL, IMGA_E_FORMAT, "the archive is no image"},
    {"etc/os-release .//./manifest.json", NULL, IMGA_E_TRUNCATED, ""},
    {"etc/os-release index.json/", NULL, IMGA_E_FORMAT, ""},
    {"etc/os-release manifest.json", "rootfs", IMGA_OK, NULL},
    {"manifest.json etc/os-release", "rootfs", IMGA_OK, NULL},
    {"app", "rootfs", IMGA_OK, NULL},
    {"manifest.json", "rootfs", IMGA_E_FORMAT,
     "this is not of the form rootfs (no etc and usr); it looks like docker-archive"},
    {"index.json oci-layout", "docker-archive", IMGA_E_FORMAT, "it looks like oci-archive"},
    {"manifest.json", "oci-archive", IMGA_E_FORMAT, "it looks like docker-archive"},
    {"index.json", "oci", IMGA_E_FORMAT, "this is a file, which the form oci is not; it looks like oci-archive"},
    {"x", "dir", IMGA_E_FORMAT, "this is a file, which the form dir is not"},
    {"index.json oci-layout manifest.json", "docker-archive", IMGA_E_TRUNCATED, ""},
};

Test(forms, archives_by_content)
{
    for (size_t i = 0; i < IA_COUNT(archives); i++) {
        struct ocifiles files = {NULL, 0};
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        add_words(&files, archives[i].files);
        struct tarball archive = ocifiles_tar(&files);
        int status = form_open_tar(&t, &archive, archives[i].form, &image);
        cr_expect_eq(status, archives[i].status, "%s: %d %s", archives[i].files, status, t.env.error.message);
        if (archives[i].says)
            cr_expect(strstr(t.env.error.message, archives[i].says), "%s: %s", archives[i].files, t.env.error.message);
        ia_image_close(image);
        tarball_free(&archive);
        ocifiles_free(&files);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", archives[i].files);
    }
}

/* An archive that is both is read as the caller says. */
Test(forms, both_forms_in_one_archive)
{
    static const struct {
        const char *form, *fact, *name;
    } asked[] = {{NULL, "oci-archive", "one"},
                 {"oci-archive", "oci-archive", "one"},
                 {"docker-archive", "docker-archive", "repo:two"}};
    struct tarball one = case_tar("one"), two = case_tar("two");
    const struct ociimage_layer layers[] = {{.tar = one.p, .tar_size = one.n}, {.tar = two.p, .tar_size = two.n}};
    const struct ociimage oci = {.layers = &layers[0], .count = 1, .reference = "one"};
    const struct ociimage docker = {.layers = &layers[1], .count = 1, .reference = "repo:two"};
    struct ocifiles files = {NULL, 0};
    ociimage_layout(&files, &oci);
    ociimage_docker(&files, &docker);
    struct tarball archive = ocifiles_tar(&files);
    for (size_t i = 0; i < IA_COUNT(asked); i++) {
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        cr_assert_eq(form_open_tar(&t, &archive, asked[i].form, &image), IMGA_OK, "%s", t.env.error.message);
        cr_expect_str_eq(ia_image_facts(image)->form, asked[i].fact);
        cr_expect_str_eq(ia_image_facts(image)->reference, asked[i].name);
        cr_expect_str_eq(ia_image_facts(image)->verified, "full");
        ia_image_close(image);
        test_env_close(&t);
    }
    tarball_free(&archive);
    ocifiles_free(&files);
    tarball_free(&one);
    tarball_free(&two);
}

Test(forms, what_is_verified)
{
    static const char *const wanted[] = {"full", "blob", "none"};
    struct tarball tar = case_tar("one");
    const struct ociimage_layer layer = {.tar = tar.p, .tar_size = tar.n};
    const struct ociimage made = {.layers = &layer, .count = 1};
    struct ocifiles files = {NULL, 0};
    form_dir(&files, &made);
    char *folder = ocifiles_folder(&files);
    for (unsigned i = 0; i < 3; i++) {
        const struct ia_image_request request = {.path = folder, .verify = (enum ia_verify)i};
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        cr_assert_eq(form_open(&t, &request, &image), IMGA_OK, "%s", t.env.error.message);
        cr_expect_str_eq(ia_image_facts(image)->verified, wanted[i]);
        ia_image_close(image);
        test_env_close(&t);
    }
    ocifiles_remove(&files, folder);
    ocifiles_free(&files);
    tarball_free(&tar);
}
