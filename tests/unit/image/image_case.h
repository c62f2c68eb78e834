/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the image room share: one layer, opening from memory, the outcome in one number. */
#ifndef IMAGE_CASE_H
#define IMAGE_CASE_H

#include "image/image.h"
#include "ociimage.h"
#include "support.h"

/* The tar of a layer with one file of that content. */
struct tarball case_tar(const char *content);

/*
 * Opens an archive in memory; the status. reference and platform may be NULL. First it is read in all other ways, which
 * must give the same answers (pipe_case.h); not when allocations are to fail.
 */
int case_open(struct test_env *t, const struct tarball *archive, const char *reference, const char *platform,
              struct ia_image **out);
int case_open_path(struct test_env *t, const char *path, const char *reference, struct ia_image **out);

/* Opens and pulls a layer to its end: 1 when it was verified, 0 when it was skipped, or a status. */
int case_layer(struct test_env *t, struct ia_image *image, size_t index);

/* Whether the image got a note of this code while it was opened. */
int case_has_note(const struct ia_image *image, int32_t code);

#endif
