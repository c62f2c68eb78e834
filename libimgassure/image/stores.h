/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images in the storage of engines, read from the disk without the engine: containers-storage (Podman, CRI-O, Buildah)
 * with its overlay driver, and Docker's root folder with its overlay2 driver. image->blobs.directory is the root of the
 * storage. Nothing is mounted, and no symbolic link is followed.
 */
#ifndef IA_IMAGE_STORES_H
#define IA_IMAGE_STORES_H

#include "image/listing.h"
#include "image/opened.h"

/*
 * The image of that name, digest or id (whole, or its first four digits and more), or the only one. E_NOT_FOUND;
 * E_AMBIGUOUS: the message lists what there is; E_DIGEST: the storage contradicts a digest; E_UNSUPPORTED.
 */
int ia_containers_storage_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice);
int ia_docker_root_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice);

/* Every name of every image, and the images without one. No image is opened: platforms are "". */
int ia_containers_storage_list(struct ia_env *env, struct ia_image *image, struct ia_image_list *list);
int ia_docker_root_list(struct ia_env *env, struct ia_image *image, struct ia_image_list *list);

#endif
