/* SPDX-License-Identifier: Apache-2.0 */
/* What an opened image tells of its layers: chain_id, and the history entry that made each of them. */
#include "image/facts.h"
#include "image_case.h"

#include <criterion/criterion.h>
#include <string.h>

#define ONES "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define THREES "sha256:3333333333333333333333333333333333333333333333333333333333333333"
#define ZEROS "sha256:0000000000000000000000000000000000000000000000000000000000000000"
#define FOURS_512                                                                                                      \
    "sha512:4444444444444444444444444444444444444444444444444444444444444444"                                          \
    "4444444444444444444444444444444444444444444444444444444444444444"
/* sha256sum of the two texts with a blank between them */
#define CHAIN_12 "sha256:9932074217c35353d2e03a3f5a86549f7c67bfeb0ba53e23d69f4d4c8f7958f5"
#define CHAIN_123 "sha256:50127c0d6b338be78246434b4bce23ecf75e505158ea0bbd15effeb162fbf3ec"
#define CHAIN_41 "sha256:23d707efec4c2ad153464fba00d710925389441040a7697db9dabcce2d7c6371"

#define DIFF_IDS(list) "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"diff_ids\":[" list "]}"
#define THREE DIFF_IDS("\"" ONES "\",\"" TWOS "\",\"" THREES "\"")

/* Three layers that need not fit their diff_ids: nobody reads them here. */
static int open_with(struct test_env *t, const char *config, size_t count, int is_docker, struct ia_image **out)
{
    struct tarball tars[3] = {case_tar("a"), case_tar("b"), case_tar("c")};
    struct ociimage_layer layers[3] = {{.tar = tars[0].p, .tar_size = tars[0].n},
                                       {.tar = tars[1].p, .tar_size = tars[1].n},
                                       {.tar = tars[2].p, .tar_size = tars[2].n}};
    const struct ociimage_edit edit = {EDIT_CONFIG, NULL, config, 0};
    const struct ociimage made = {.layers = layers, .count = count, .edits = &edit, .edit_count = 1};
    struct tarball archive = is_docker ? ociimage_docker_archive(&made) : ociimage_oci_archive(&made);
    int status = case_open(t, &archive, NULL, NULL, out);
    tarball_free(&archive);
    for (size_t i = 0; i < 3; i++)
        tarball_free(&tars[i]);
    return status;
}

static const struct {
    const char *name, *config;
    size_t count;
    const char *chains[3];
} chains[] = {
    {"three", THREE "}", 3, {ONES, CHAIN_12, CHAIN_123}},
    {"one", DIFF_IDS("\"" TWOS "\"") "}", 1, {TWOS}},
    {"sha512 below", DIFF_IDS("\"" FOURS_512 "\",\"" ONES "\"") "}", 2, {FOURS_512, CHAIN_41}},
    {"zeros claim nothing", DIFF_IDS("\"" ONES "\",\"" ZEROS "\",\"" TWOS "\"") "}", 3, {ONES, "", ""}},
    {"zeros at the bottom", DIFF_IDS("\"" ZEROS "\",\"" TWOS "\"") "}", 2, {"", ""}},
    {"no layers", DIFF_IDS("") "}", 0, {NULL}},
};

Test(facts, chain_ids)
{
    for (size_t i = 0; i < 2 * IA_COUNT(chains); i++) {
        const size_t row = i / 2;
        struct test_env t;
        struct ia_image *image = NULL;
        test_env_open(&t);
        test_env_crypto(&t);
        cr_assert_eq(open_with(&t, chains[row].config, chains[row].count, (int)(i % 2), &image), IMGA_OK, "%s: %s",
                     chains[row].name, t.env.error.message);
        cr_expect_eq(ia_image_layer_count(image), chains[row].count);
        for (size_t k = 0; k < chains[row].count; k++)
            cr_expect_str_eq(ia_image_layer(image, k)->chain_id, chains[row].chains[k], "%s, layer %zu",
                             chains[row].name, k);
        ia_image_close(image);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}

#define STEP(n) "{\"created\":\"t" n "\",\"created_by\":\"by" n "\",\"comment\":\"c" n "\",\"author\":\"a" n "\"}"
#define EMPTY "{\"created_by\":\"ENV\",\"empty_layer\":true}"
#define WITH(history) THREE ",\"history\":[" history "]}"

static const struct {
    const char *name, *config;
    uint32_t steps[3];      /* of each layer */
    const char *created[3]; /* of each layer */
    size_t count;           /* entries */
    uint32_t layers[5];     /* of each entry */
} histories[] = {
    {"one entry each", WITH(STEP("0") "," STEP("1") "," STEP("2")), {1, 2, 3}, {"t0", "t1", "t2"}, 3, {0, 1, 2}},
    {"empty ones between",
     WITH(EMPTY "," STEP("0") "," STEP("1") "," EMPTY "," STEP("2")),
     {2, 3, 5},
     {"t0", "t1", "t2"},
     5,
     {UINT32_MAX, 0, 1, UINT32_MAX, 2}},
    {"one snapshot of many", WITH(STEP("0")), {0, 0, 0}, {"", "", ""}, 1, {UINT32_MAX}},
    {"one too many",
     WITH(STEP("0") "," STEP("1") "," STEP("2") "," STEP("3")),
     {0, 0, 0},
     {"", "", ""},
     4,
     {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}},
    {"only empty ones", WITH(EMPTY "," EMPTY), {0, 0, 0}, {"", "", ""}, 2, {UINT32_MAX, UINT32_MAX}},
    {"none", THREE "}", {0, 0, 0}, {"", "", ""}, 0, {0}},
};

Test(facts, histories)
{
    for (size_t i = 0; i < IA_COUNT(histories); i++) {
        struct test_env t;
        struct ia_image *image = NULL;
        test_env_open(&t);
        test_env_crypto(&t);
        cr_assert_eq(open_with(&t, histories[i].config, 3, 0, &image), IMGA_OK, "%s: %s", histories[i].name,
                     t.env.error.message);
        for (size_t k = 0; k < 3; k++) {
            const struct ia_layer *layer = ia_image_layer(image, k);
            const char *digit = histories[i].created[k];
            cr_expect_eq(layer->step, histories[i].steps[k], "%s, layer %zu", histories[i].name, k);
            cr_expect_str_eq(layer->created, digit, "%s, layer %zu", histories[i].name, k);
            cr_expect_eq(layer->created_by[0], digit[0] ? 'b' : '\0', "%s, layer %zu", histories[i].name, k);
            cr_expect_eq(layer->comment[0], digit[0] ? 'c' : '\0', "%s, layer %zu", histories[i].name, k);
            cr_expect_eq(layer->uncompressed_size, 0);
        }
        cr_expect_eq(ia_image_config(image)->step_count, histories[i].count, "%s", histories[i].name);
        for (size_t k = 0; k < histories[i].count; k++)
            cr_expect_eq(ia_image_step_layer(image, k), histories[i].layers[k], "%s, entry %zu", histories[i].name, k);
        cr_expect_eq(ia_image_step_layer(image, histories[i].count), UINT32_MAX);
        cr_expect_not(case_has_note(image, IMGA_NOTE_SKIPPED), "%s", histories[i].name);
        ia_image_close(image);
        test_env_close(&t);
        cr_expect_eq(t.live, 0);
    }
}

/* Odd execution parameters are remarked, and do not keep an image from being read. */
Test(facts, notes)
{
    struct test_env t;
    struct ia_image *image = NULL;
    test_env_open(&t);
    test_env_crypto(&t);
    cr_assert_eq(open_with(&t, THREE ",\"config\":{\"user\":\"u\"}}", 3, 1, &image), IMGA_OK);
    cr_expect_str_eq(ia_image_config(image)->execution.user, "u");
    cr_expect(case_has_note(image, IMGA_NOTE_DUPLICATE));
    ia_image_close(image);
    test_env_close(&t);
}
