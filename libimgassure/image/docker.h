/* SPDX-License-Identifier: Apache-2.0 */
/* What the two kinds of docker save archives share. */
#ifndef IA_IMAGE_DOCKER_H
#define IA_IMAGE_DOCKER_H

#include "image/opened.h"

/* Makes the member at path, links followed, layer index of the image. The image has its layers already. */
int ia_docker_fill_layer(struct ia_env *env, struct ia_image *image, size_t index, const char *path);

#endif
