/* SPDX-License-Identifier: Apache-2.0 */
/* One object of every kind, made through the public API from the small case of tests/support. */
#ifndef TEST_WORLD_H
#define TEST_WORLD_H

#include "scenario.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world {
    struct scenario data;
    struct tarball evident; /* bytes of evident_image */
    struct failing memory;
    struct sink database_bytes;
    imga_context *context;
    imga_source *docker;
    imga_source *policy_source;
    imga_image *image;
    imga_inventory *inventory;
    imga_files *files;
    imga_database *database;
    imga_findings *findings;
    imga_policy *policy;
    imga_verdict *verdict;
    /* An image with evidence of every kind (evident.h), looked at for everything. */
    imga_image *evident_image;
    imga_inventory *evident_inventory;
    /* The same with remarks: an image without packages, a feed with a malformed record. */
    imga_inventory *odd_inventory;
    imga_findings *odd_findings;
    imga_database_writer *odd_writer;
    struct sink odd_bytes;
};

void world_open(struct world *w);
void world_close(struct world *w); /* the test fails when memory is left */

/* A source over text; the test fails when there is none. */
imga_source *world_text(struct world *w, const char *text);
/* An image of an archive in memory, which may be freed after the image. */
imga_image *world_image(struct world *w, const struct tarball *archive, uint32_t look);
imga_policy *world_policy(struct world *w, const char *text);
/* Index of the first package of that name in evident_inventory; the test fails when there is none. */
size_t world_package(struct world *w, const char *name);
/* The JSON report of a verdict, NUL-terminated. */
struct sink world_report(struct world *w, const imga_verdict *verdict);

#define OK(call) cr_assert_eq((call), IMGA_OK, "%s", #call)

#endif
