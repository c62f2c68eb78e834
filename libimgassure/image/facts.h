/* SPDX-License-Identifier: Apache-2.0 */
/* What an opened image tells of itself beyond its bytes: the kept config, and of each layer its place in it. */
#ifndef IA_IMAGE_FACTS_H
#define IA_IMAGE_FACTS_H

#include "image/config.h"
#include "image/image.h"

/*
 * Called once, when a form has filled in layers, parts and config: gives every layer its chain_id, and what the history
 * says of it where the history fits the layers. Completes the strings of the layers.
 */
int ia_image_complete(struct ia_env *env, struct ia_image *image);

/* Never NULL: without a config everything in it is "" and empty. */
const struct ia_image_config *ia_image_config(const struct ia_image *image);
/* The layer that entry index of the history made; UINT32_MAX when it made none or the history does not fit. */
uint32_t ia_image_step_layer(const struct ia_image *image, size_t index);

#endif
