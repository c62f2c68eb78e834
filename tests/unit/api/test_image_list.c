/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of images and the options of opening, through the public API. */
#include "world.h"

#include <stddef.h>

enum { ROW_ROOM = 256, MARK = 0x5a };

Test(image_list, rows)
{
    struct world w;
    imga_image_list *list = NULL;
    imga_image *image = NULL;
    imga_image_entry_row rows[2] = {{.struct_size = sizeof(rows[0])}};
    world_open(&w);
    OK(imga_image_list_open(w.context, w.data.folder, NULL, &list, NULL));
    cr_assert_eq(imga_image_list_count(list), 1);
    cr_assert_eq(imga_image_list_rows(list, 0, rows, 2), 1);
    cr_expect_eq(rows[0].kind, IMGA_ENTRY_IMAGE);
    cr_expect_str_eq(rows[0].os, "linux");
    cr_expect_eq(strncmp(rows[0].digest, "sha256:", 7), 0);
    cr_expect_str_eq(rows[0].subject, "");
    cr_expect_eq(imga_image_list_rows(list, 1, rows, 2), 0);
    cr_expect_eq(imga_image_list_rows(list, 0, NULL, 1), IMGA_E_INVALID);
    cr_expect_eq(imga_image_list_rows(NULL, 0, rows, 1), IMGA_E_INVALID);
    const imga_image_options options = {.struct_size = sizeof(options), .reference = rows[0].digest};
    OK(imga_image_open(w.context, w.data.folder, &options, &image, NULL));
    imga_image_unref(image);
    imga_image_list_unref(list);
    world_close(&w);
}

/* A row that is shorter or longer than ours. */
Test(image_list, rows_of_other_sizes)
{
    struct world w;
    imga_image_list *list = NULL;
    uint64_t room[ROW_ROOM / 8];
    imga_image_entry_row *row = (imga_image_entry_row *)room;
    const char *const *longer;
    world_open(&w);
    OK(imga_image_list_open(w.context, w.data.folder, NULL, &list, NULL));
    memset(room, MARK, sizeof(room));
    row->struct_size = offsetof(imga_image_entry_row, digest);
    cr_assert_eq(imga_image_list_rows(list, 0, row, 1), 1);
    cr_expect_eq(row->kind, IMGA_ENTRY_IMAGE);
    cr_expect_eq(((unsigned char *)room)[offsetof(imga_image_entry_row, digest)], MARK);
    memset(room, MARK, sizeof(room));
    row->struct_size = sizeof(*row) + sizeof(char *);
    cr_assert_eq(imga_image_list_rows(list, 0, row, 1), 1);
    longer = (const char *const *)(const void *)(row + 1);
    cr_expect_null(*longer);
    imga_image_list_unref(list);
    world_close(&w);
}

/* Programs that were built before there were form and verify. */
Test(image_list, options_of_the_first_version)
{
    struct world w;
    imga_image *image = NULL;
    imga_image_options options;
    world_open(&w);
    memset(&options, MARK, sizeof(options));
    options.struct_size = offsetof(imga_image_options, form);
    options.reference = options.platform = NULL;
    OK(imga_image_open(w.context, w.data.folder, &options, &image, NULL));
    imga_image_unref(image);
    options.struct_size--;
    cr_expect_eq(imga_image_open(w.context, w.data.folder, &options, &image, NULL), IMGA_E_INVALID);
    world_close(&w);
}

Test(image_list, form_and_verify)
{
    static const char *const verified[] = {"full", "blob", "none"};
    struct world w;
    imga_image *image = NULL;
    char path[300];
    world_open(&w);
    for (uint32_t verify = IMGA_VERIFY_FULL; verify <= IMGA_VERIFY_NONE; verify++) {
        imga_image_options options = {.struct_size = sizeof(options), .form = "oci", .verify = verify};
        imga_image_row row = {.struct_size = sizeof(row)};
        OK(imga_image_open(w.context, w.data.folder, &options, &image, NULL));
        OK(imga_image_describe(image, &row));
        cr_expect_str_eq(row.form, "oci-layout");
        cr_expect_str_eq(row.verified, verified[verify]);
        imga_image_unref(image);
        options.form = "dir";
        cr_expect_eq(imga_image_open(w.context, w.data.folder, &options, &image, NULL), IMGA_E_FORMAT);
        options.form = "docker-archive";
        OK(imga_image_open_source(w.context, w.docker, &options, &image, NULL));
        imga_image_unref(image);
    }
    const imga_image_options nonsense = {.struct_size = sizeof(nonsense), .form = "nonsense"};
    cr_expect_eq(imga_image_open(w.context, w.data.folder, &nonsense, &image, NULL), IMGA_E_INVALID);
    cr_expect_eq(imga_image_open(w.context, "oci:", NULL, &image, NULL), IMGA_E_INVALID);
    snprintf(path, sizeof(path), "oci:%s", w.data.folder);
    OK(imga_image_open(w.context, path, NULL, &image, NULL));
    imga_image_unref(image);
    world_close(&w);
}
