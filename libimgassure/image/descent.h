/* SPDX-License-Identifier: Apache-2.0 */
/* From a descriptor down to the image: what the forms that keep OCI manifests share. */
#ifndef IA_IMAGE_DESCENT_H
#define IA_IMAGE_DESCENT_H

#include "image/manifest.h"
#include "image/opened.h"

/* Where a document is read to: buf is overwritten each time, strings stay in arena. */
struct ia_document_room {
    struct ia_arena *arena;
    struct ia_buf *buf;
};

/* The manifest or index that a descriptor names, verified and parsed. */
int ia_manifest_load(struct ia_env *env, const struct ia_blobs *blobs, const struct ia_descriptor *d,
                     const struct ia_document_room *room, struct ia_manifest *out);
/* From the chosen entry down through nested indexes to the manifest; *at becomes its descriptor. */
int ia_manifest_descend(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice,
                        struct ia_descriptor *at, struct ia_manifest *out);
/* Makes image what a manifest, stored under that digest, says: config and layers. */
int ia_image_take_manifest(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice,
                           const struct ia_digest *digest, const struct ia_manifest *manifest);

/* What a manifest describes, by the types of its config and layers. */
enum ia_manifest_kind { IA_MANIFEST_OF_IMAGE, IA_MANIFEST_OF_ATTESTATION, IA_MANIFEST_OF_OTHER };
enum ia_manifest_kind ia_manifest_kind_of(const struct ia_manifest *manifest);

#endif
