/* SPDX-License-Identifier: Apache-2.0 */
/* An image while and after it is opened: what the forms fill in and the layers are read from. */
#ifndef IA_IMAGE_OPENED_H
#define IA_IMAGE_OPENED_H

#include "image/blobs.h"
#include "image/config.h"
#include "image/image.h"
#include "image/reference.h"

/* Where the bytes of a layer lie and what they must be; beside its struct ia_layer. */
struct ia_layer_part {
    const char *name;        /* of the archive member; NULL: the blob of that digest */
    struct ia_digest digest; /* of the blob; algorithm 0: not known */
    struct ia_digest diff_id;
    uint64_t size; /* of the blob */
};

struct ia_image {
    struct ia_alloc alloc;
    struct ia_arena arena; /* every string */
    struct ia_notes notes;
    struct ia_blobs blobs;
    struct ia_image_facts facts;
    struct ia_layer *layers;
    struct ia_layer_part *parts;
    size_t count;
};

/* Takes over what the config says of the platform; E_NOT_FOUND when another platform was asked for. */
int ia_image_describe(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice,
                      const struct ia_config *config);
/* Makes count layers with their diff_ids and commands; E_FORMAT when the config has another number of them. */
int ia_image_make_layers(struct ia_env *env, struct ia_image *image, const struct ia_config *config, size_t count);
/* The text of a digest in the image's arena; NULL: no memory. */
const char *ia_image_digest_text(struct ia_image *image, const struct ia_digest *digest);

/* The forms. */
int ia_oci_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice);
int ia_docker_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice);
/* Notes when an OCI archive also has a manifest.json and that does not know the chosen config. */
int ia_docker_compare(struct ia_env *env, struct ia_image *image, const struct ia_digest *config);

#endif
