/* SPDX-License-Identifier: Apache-2.0 */
/* The layers of an image, read and merged bottom first into one root view. */
#ifndef IA_SCAN_STACK_H
#define IA_SCAN_STACK_H

#include "rootfs/rootfs.h"
#include "scan/layers.h"

struct ia_stack {
    struct ia_image *image;
    const struct ia_taken *taken; /* of an image that was read once; may be NULL */
    struct ia_rootfs *fs;
    bool digests; /* of every regular file */
    /* Called when a layer is on top and every wanted file is there; may be NULL. */
    int (*merged)(void *user, struct ia_env *env, uint32_t layer);
    void *user;
    uint64_t layer_bytes; /* uncompressed, of the layer that was merged last */
    uint64_t bytes;       /* uncompressed, of the layers so far */
    uint64_t rereads;     /* bounded: each makes at least one pending file whole */
};

/* Notes go to env->notes. */
int ia_stack_layers(struct ia_stack *stack, struct ia_env *env);
int ia_copy_notes(struct ia_env *env, const struct ia_notes *from);

#endif
