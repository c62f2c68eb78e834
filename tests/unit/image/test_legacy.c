/* SPDX-License-Identifier: Apache-2.0 */
/* Archives of docker save before 1.10: chains of ids, links between layers, and broken ones. */
#include "form_case.h"
#include "image/facts.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS = 3 };

#define OTHER_HEX "3333333333333333333333333333333333333333333333333333333333333333"

/* An archive of three layers after one edit in the text of a file: "$N" stands for id N. */
static const struct {
    const char *name;
    const char *file, *find, *with; /* find NULL: the whole file; with NULL: the file is left out */
    const char *reference, *platform;
    int status;
} rows[] = {
    {"as built", NULL, NULL, NULL, NULL, NULL, IMGA_OK},
    {"by name", NULL, NULL, NULL, "repo:v1", NULL, IMGA_OK},
    {"by tag", NULL, NULL, NULL, "v1", NULL, IMGA_OK},
    {"by id", NULL, NULL, NULL, "$2", NULL, IMGA_OK},
    {"by another name", NULL, NULL, NULL, "repo:v2", NULL, IMGA_E_NOT_FOUND},
    {"by the id of a parent", NULL, NULL, NULL, "$1", NULL, IMGA_E_NOT_FOUND},
    {"by digest", NULL, NULL, NULL, "sha256:" OTHER_HEX, NULL, IMGA_E_NOT_FOUND},
    {"by platform", NULL, NULL, NULL, NULL, "linux/amd64", IMGA_OK},
    {"by another platform", NULL, NULL, NULL, NULL, "linux/arm64", IMGA_E_NOT_FOUND},
    {"two names of one image", "repositories", "\"v1\":\"$2\"", "\"v1\":\"$2\",\"v2\":\"$2\"", NULL, NULL, IMGA_OK},
    {"two images", "repositories", "\"v1\":\"$2\"", "\"v1\":\"$2\",\"v2\":\"$1\"", NULL, NULL, IMGA_E_AMBIGUOUS},
    {"two images, by tag", "repositories", "\"v1\":\"$2\"", "\"v1\":\"$1\",\"v2\":\"$2\"", "v2", NULL, IMGA_OK},
    {"no name", "repositories", NULL, "{}", NULL, NULL, IMGA_E_NOT_FOUND},
    {"no tag", "repositories", NULL, "{\"repo\":{}}", NULL, NULL, IMGA_E_NOT_FOUND},
    {"null", "repositories", NULL, "null", NULL, NULL, IMGA_E_NOT_FOUND},
    {"not an object", "repositories", NULL, "[]", NULL, NULL, IMGA_E_FORMAT},
    {"repositories absent", "repositories", NULL, NULL, NULL, NULL, IMGA_E_FORMAT},
    {"an id with a path", "repositories", "$2", "../../../etc", NULL, NULL, IMGA_E_FORMAT},
    {"an id in capitals", "repositories", "$2", "ABCDEF", NULL, NULL, IMGA_E_FORMAT},
    {"an id that is not there", "repositories", "$2", OTHER_HEX, NULL, NULL, IMGA_E_NOT_FOUND},
    {"trailing data", "repositories", "}}", "}}}", NULL, NULL, IMGA_E_FORMAT},
    {"a parent that is not there", "$2/json", "$1", OTHER_HEX, NULL, NULL, IMGA_E_NOT_FOUND},
    {"a parent with a path", "$2/json", "$1", "../$1", NULL, NULL, IMGA_E_FORMAT},
    {"its own parent", "$2/json", "\"parent\":\"$1\"", "\"parent\":\"$2\"", NULL, NULL, IMGA_E_FORMAT},
    {"a cycle", "$0/json", "\"id\":\"$0\"", "\"id\":\"$0\",\"parent\":\"$1\"", NULL, NULL, IMGA_E_FORMAT},
    {"another id inside", "$1/json", "\"id\":\"$1\"", "\"id\":\"$0\"", NULL, NULL, IMGA_E_AMBIGUOUS},
    {"no id inside", "$1/json", "\"id\":\"$1\",", "", NULL, NULL, IMGA_OK},
    {"json absent", "$0/json", NULL, NULL, NULL, NULL, IMGA_E_NOT_FOUND},
    {"json damaged", "$0/json", NULL, "{", NULL, NULL, IMGA_E_TRUNCATED},
    {"layer absent", "$1/layer.tar", NULL, NULL, NULL, NULL, IMGA_E_NOT_FOUND},
    {"layer damaged", "$1/layer.tar", NULL, "not a tar", NULL, NULL, IMGA_OK}, /* found when it is walked */
    {"VERSION absent", "$1/VERSION", NULL, NULL, NULL, NULL, IMGA_OK},
    {"no history", "$2/json", "\"container_config\"", "\"container\"", NULL, NULL, IMGA_OK},
};

static void expand(const char *from, char *to, size_t room)
{
    char id[FORM_ID];
    size_t n = 0;
    for (; from && *from; from++) {
        if (*from != '$') {
            to[n++] = *from;
        } else {
            form_id(id, (unsigned)(*++from - '0'));
            n += (size_t)snprintf(to + n, room - n, "%s", id);
        }
        cr_assert_lt(n + 1, room);
    }
    to[n] = '\0';
}

static void edit_text(struct ocifile *file, const char *find, const char *with)
{
    char *hit = strstr(file->data, find), *out = malloc(file->size + strlen(with) + 1);
    cr_assert(hit, "%s is not in %s", find, file->name);
    sprintf(out, "%.*s%s%s", (int)(hit - file->data), file->data, with, hit + strlen(find));
    free(file->data);
    file->data = out;
    file->size = strlen(out);
}

static void edit_file(struct ocifiles *files, size_t row)
{
    char name[128], find[256], with[256];
    expand(rows[row].file, name, sizeof(name));
    expand(rows[row].find, find, sizeof(find));
    expand(rows[row].with, with, sizeof(with));
    for (size_t i = 0; i < files->n; i++) {
        struct ocifile *file = &files->p[i];
        if (strcmp(file->name, name) != 0)
            continue;
        if (!rows[row].with) {
            strcpy(file->name, "absent");
        } else if (rows[row].find) {
            edit_text(file, find, with);
        } else {
            free(file->data);
            file->data = strdup(with);
            file->size = strlen(with);
        }
        return;
    }
    cr_assert_fail("there is no %s", name);
}

static void legacy_files(struct ocifiles *files)
{
    struct tarball tars[LAYERS] = {case_tar("one"), case_tar("two"), case_tar("three")};
    form_legacy(files, tars, LAYERS);
    for (size_t i = 0; i < LAYERS; i++)
        tarball_free(&tars[i]);
}

Test(legacy, edited_archives)
{
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct ocifiles files = {NULL, 0};
        struct ia_image *image = NULL;
        struct test_env t;
        char reference[96];
        test_env_open(&t);
        test_env_crypto(&t);
        legacy_files(&files);
        if (rows[i].file)
            edit_file(&files, i);
        expand(rows[i].reference, reference, sizeof(reference));
        struct tarball archive = ocifiles_tar(&files);
        int status = case_open(&t, &archive, rows[i].reference ? reference : NULL, rows[i].platform, &image);
        cr_expect_eq(status, rows[i].status, "%s: %d %s", rows[i].name, status, t.env.error.message);
        for (size_t layer = 0; status == IMGA_OK && layer < ia_image_layer_count(image); layer++)
            cr_expect_eq(case_layer(&t, image, layer), 1, "%s: %s", rows[i].name, t.env.error.message);
        ia_image_close(image);
        tarball_free(&archive);
        ocifiles_free(&files);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "%s", rows[i].name);
    }
}

Test(legacy, facts_and_layers)
{
    struct ocifiles files = {NULL, 0};
    struct ia_image *image = NULL;
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    legacy_files(&files);
    struct tarball archive = ocifiles_tar(&files);
    cr_assert_eq(case_open(&t, &archive, NULL, NULL, &image), IMGA_OK, "%s", t.env.error.message);
    const struct ia_image_facts *facts = ia_image_facts(image);
    cr_expect_str_eq(facts->form, "docker-archive");
    cr_expect_str_eq(facts->reference, "repo:v1");
    cr_expect_str_eq(facts->config_digest, "");
    cr_expect_str_eq(facts->os, "linux");
    cr_expect_str_eq(facts->architecture, "amd64");
    cr_expect_str_eq(facts->created, "2015-01-02T03:04:02Z");
    cr_expect_str_eq(facts->verified, "none");
    cr_expect_str_eq(ia_image_config(image)->execution.user, "u2");
    cr_assert_eq(ia_image_layer_count(image), LAYERS);
    cr_expect_str_eq(ia_image_layer(image, 0)->created_by, "/bin/sh -c step 0");
    cr_expect_str_eq(ia_image_layer(image, 2)->created_by, "/bin/sh -c step 2");
    cr_expect_str_eq(ia_image_layer(image, 0)->created, "2015-01-02T03:04:00Z");
    cr_expect_str_eq(ia_image_layer(image, 0)->diff_id, "");
    cr_expect_str_eq(ia_image_layer(image, 0)->digest, "");
    cr_expect_gt(ia_image_layer(image, 0)->size, 0);
    ia_image_close(image);
    tarball_free(&archive);
    ocifiles_free(&files);
    test_env_close(&t);
    cr_expect_eq(t.live, 0);
}

/* docker 1.9 wrote a layer once and links to it afterwards. */
Test(legacy, a_layer_may_be_a_link)
{
    struct ocifiles files = {NULL, 0};
    struct ia_image *image = NULL;
    struct test_env t;
    char id[FORM_ID], name[96], target[96];
    test_env_open(&t);
    test_env_crypto(&t);
    legacy_files(&files);
    form_id(id, 2);
    snprintf(name, sizeof(name), "%s/layer.tar", id);
    form_id(id, 0);
    snprintf(target, sizeof(target), "../%s/layer.tar", id);
    form_rename(&files, name, "gone");
    ocifiles_link(&files, name, target);
    struct tarball archive = ocifiles_tar(&files);
    cr_assert_eq(case_open(&t, &archive, NULL, NULL, &image), IMGA_OK, "%s", t.env.error.message);
    cr_expect_eq(ia_image_layer(image, 2)->size, ia_image_layer(image, 0)->size);
    cr_expect_eq(case_layer(&t, image, 2), 1, "%s", t.env.error.message);
    ia_image_close(image);
    tarball_free(&archive);
    ocifiles_free(&files);
    test_env_close(&t);
}

Test(legacy, limits)
{
    struct ocifiles files = {NULL, 0};
    legacy_files(&files);
    struct tarball archive = ocifiles_tar(&files);
    for (uint64_t layers = LAYERS - 1; layers <= LAYERS; layers++) {
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        t.limits.layers = layers;
        cr_expect_eq(form_open_tar(&t, &archive, NULL, &image), layers < LAYERS ? IMGA_E_LIMIT : IMGA_OK, "%s",
                     t.env.error.message);
        ia_image_close(image);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
    tarball_free(&archive);
    ocifiles_free(&files);
}

Test(legacy, out_of_memory)
{
    struct ocifiles files = {NULL, 0};
    int status = IMGA_E_NOMEM;
    legacy_files(&files);
    struct tarball archive = ocifiles_tar(&files);
    for (size_t n = 1; status == IMGA_E_NOMEM; n++) {
        struct ia_image *image = NULL;
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        t.fail_at = n;
        status = form_open_tar(&t, &archive, NULL, &image);
        cr_expect(status == IMGA_E_NOMEM || status == IMGA_OK, "allocation %zu: %d %s", n, status, t.env.error.message);
        cr_expect(status == IMGA_OK || !image);
        ia_image_close(image);
        test_env_close(&t);
        cr_expect_eq(t.live, 0, "allocation %zu leaks", n);
        cr_assert_lt(n, 2000);
    }
    tarball_free(&archive);
    ocifiles_free(&files);
}
