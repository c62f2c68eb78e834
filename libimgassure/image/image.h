/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Container images: a form (OCI layout, docker save archive, skopeo folder, root folder, store of an engine) chosen by
 * content, one image of it chosen by reference and platform, and its layers as verified streams. OCI image-spec 1.1;
 * docker image-spec v1.2 (manifest.json).
 */
#ifndef IA_IMAGE_IMAGE_H
#define IA_IMAGE_IMAGE_H

#include "base/reader.h"
#include "crypto/digest.h"
#include "io/source.h"
#include "model/inventory.h"

struct ia_image;

/* How much of what digests promise is computed. */
enum ia_verify {
    IA_VERIFY_FULL = 0, /* digest of the blob, diff_id of what comes out of it */
    IA_VERIFY_BLOB,     /* the digest of the blob; the diff_id where there is no other */
    IA_VERIFY_NONE
};

/* Takes what may be a layer of an archive that can be read only once, before anybody knows whether it is one. */
struct ia_layer_sink {
    /*
     * Pulls stream, a tar without compression, to its end; *taken receives a number for what was made of it. Called
     * from ia_image_open(), in the order of the archive.
     */
    int (*take)(void *user, struct ia_env *env, struct ia_reader *stream, uint32_t *taken);
    void *user;
};

struct ia_image_request {
    const char *path;                 /* folder or file; NULL when source is given */
    struct ia_source *source;         /* an archive; a reference is taken; NULL when path is given */
    const char *form;                 /* "oci", "docker-archive", ...: image/form.h; NULL: by content */
    const char *reference;            /* NULL: the only image */
    const char *platform;             /* "os/arch[/variant]"; NULL: linux on the machine's architecture */
    const struct ia_layer_sink *sink; /* for archives that can be read only once; NULL: they are refused */
    enum ia_verify verify;
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

/* What the bytes of a layer's blob and what comes out of them are claimed to be, before they are proven. */
struct ia_layer_claim {
    struct ia_digest digest; /* of the blob */
    struct ia_digest diff_id;
};

/*
 * 2: both claims are there and reading the layer proves them; 1: they are there, and the digest of the blob is proven;
 * 0: no. What was once read of a blob of that digest, with that diff_id proven, is what this one holds.
 */
int ia_image_layer_claim(const struct ia_image *image, struct ia_env *env, size_t index, struct ia_layer_claim *out);
/* The blob of such a layer as it is stored; its digest is verified when it is pulled to its end. */
int ia_image_layer_open_stored(const struct ia_image *image, struct ia_env *env, size_t index, struct ia_reader **out);

/* Whether several threads may read layers at a time: not where the bytes come from callbacks of the caller. */
bool ia_image_is_shared(const struct ia_image *image);
/* Whether the layer has gone through the sink; *taken is the number the sink gave. */
bool ia_image_layer_taken(const struct ia_image *image, size_t index, uint32_t *taken);

/*
 * Compares the stored bytes of a layer with its digest, and nothing else: tells after a failure whether the blob is
 * damaged or was made so. IMGA_OK also when there is no digest to compare with; IMGA_E_DIGEST.
 */
int ia_image_layer_verify(struct ia_image *image, struct ia_env *env, size_t index);

#endif
