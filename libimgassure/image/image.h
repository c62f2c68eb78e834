/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Container images: a form (OCI layout folder, OCI archive, docker save archive) chosen by content, one image of it
 * chosen by reference and platform, and its layers as verified streams. OCI image-spec 1.1; docker image-spec v1.2
 * (manifest.json).
 */
#ifndef IA_IMAGE_IMAGE_H
#define IA_IMAGE_IMAGE_H

#include "base/reader.h"
#include "io/source.h"
#include "model/inventory.h"

struct ia_image;

struct ia_image_request {
    const char *path;         /* folder or file; NULL when source is given */
    struct ia_source *source; /* an archive; a reference is taken; NULL when path is given */
    const char *reference;    /* NULL: the only image */
    const char *platform;     /* "os/arch[/variant]"; NULL: linux/amd64 */
};

/* Reads and verifies index, manifest and config. Notes go to image->notes. */
int ia_image_open(struct ia_env *env, const struct ia_image_request *request, struct ia_image **out);
void ia_image_close(struct ia_image *image); /* NULL is fine */

/* Strings live as long as the image. */
const struct ia_image_facts *ia_image_facts(const struct ia_image *image);
size_t ia_image_layer_count(const struct ia_image *image);
const struct ia_layer *ia_image_layer(const struct ia_image *image, size_t index); /* NULL past the end */
/* What was remarked while opening. */
const struct ia_notes *ia_image_notes(const struct ia_image *image);

/*
 * The uncompressed tar stream of a layer: blob digest and size and diff_id are verified when it is pulled to its end.
 * 1: *out is the caller's to close; 0: the layer cannot be examined (foreign, encrypted, unknown type) and a note
 * IMGA_NOTE_SKIPPED says so; < 0 a status. May be opened again. Notes (media type) go to env->notes.
 */
int ia_image_layer_open(struct ia_image *image, struct ia_env *env, size_t index, struct ia_reader **out);

/*
 * Compares the stored bytes of a layer with its digest, and nothing else: tells after a failure whether the blob is
 * damaged or was made so. IMGA_OK also when there is no digest to compare with; IMGA_E_DIGEST.
 */
int ia_image_layer_verify(struct ia_image *image, struct ia_env *env, size_t index);

#endif
