/* SPDX-License-Identifier: Apache-2.0 */
/* Root folders and root archives: what a container sees, without a word about where it came from. */
#ifndef IA_IMAGE_ROOT_H
#define IA_IMAGE_ROOT_H

#include "image/opened.h"

/*
 * 1 when it looks like the root of a system, and in no way like a form of image; 0; or a status. Whoever was told that
 * it is one only wants to hear that it is nothing else.
 */
int ia_root_folder_fits(struct ia_env *env, const struct ia_image *image, bool is_told);
int ia_root_archive_fits(struct ia_env *env, struct ia_source *source, bool is_told);

int ia_root_folder_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice);
/* image->blobs.source is the archive, of which no table of contents was made. */
int ia_root_archive_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice);

#endif
