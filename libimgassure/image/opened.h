/* SPDX-License-Identifier: Apache-2.0 */
/* An image while and after it is opened: what the forms fill in and the layers are read from. */
#ifndef IA_IMAGE_OPENED_H
#define IA_IMAGE_OPENED_H

#include "image/blobs.h"
#include "image/config.h"
#include "image/image.h"
#include "image/manifest.h"
#include "image/reference.h"

/* Where the bytes of a layer lie and what they must be; beside its struct ia_layer. */
struct ia_layer_part {
    const char *name;         /* of the archive member or file; NULL: the blob of that digest */
    const char *folder;       /* with open: where the files of the layer lie, if that takes more than a name */
    struct ia_digest digest;  /* of the blob; algorithm 0: not known */
    struct ia_digest diff_id; /* algorithm 0: not known */
    uint64_t size;            /* of the blob; 0 when open is set and the size is not known beforehand */
    struct ia_toc_claim toc;  /* texts may be NULL: there is no descriptor */
    bool is_taken;            /* it went through the sink while the archive was read */
    uint32_t taken;
    /*
     * NULL: the layer is a blob, compressed or not. Otherwise: opens the tar stream of a layer that lies unpacked on
     * disk; the caller stacks the digest of diff_id on it.
     */
    int (*open)(const struct ia_image *image, struct ia_env *env, size_t index, struct ia_reader **out);
};

struct ia_image {
    struct ia_alloc alloc;
    struct ia_arena arena; /* every string */
    struct ia_notes notes;
    struct ia_blobs blobs;
    enum ia_verify verify;
    struct ia_image_facts facts;
    const struct ia_image_config *config; /* in arena; NULL: the form has none */
    struct ia_layer *layers;
    struct ia_layer_part *parts;
    size_t count;
};

/* Takes over what the config says of the platform; E_NOT_FOUND when another platform was asked for. */
int ia_image_describe(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice,
                      const struct ia_config *config);
/* Makes count layers with their diff_ids and commands; E_FORMAT when the config has another number of them. */
int ia_image_make_layers(struct ia_env *env, struct ia_image *image, const struct ia_config *config, size_t count);
/*
 * After the form has filled in the layers: those that went by in an archive that can be read only once become taken
 * when they are what the manifest says. Otherwise opening the layer says what is wrong, as in every other archive.
 */
int ia_image_take_layers(struct ia_env *env, struct ia_image *image);
/* The blob of a layer that is one. */
int ia_image_layer_blob(const struct ia_image *image, struct ia_env *env, const struct ia_layer_part *part,
                        struct ia_blob *out);
/* Makes count layers of which nothing is known. */
int ia_image_add_layers(struct ia_env *env, struct ia_image *image, size_t count);
/* The text of a digest in the image's arena; NULL: no memory. */
const char *ia_image_digest_text(struct ia_image *image, const struct ia_digest *digest);

/* The forms. */
int ia_oci_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice);
int ia_docker_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice);
/* The archives of docker save before 1.10, without manifest.json. */
int ia_legacy_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice);
int ia_dir_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice);
/* Notes when an OCI archive also has a manifest.json and that does not know the chosen config. */
int ia_docker_compare(struct ia_env *env, struct ia_image *image, const struct ia_digest *config);

#endif
