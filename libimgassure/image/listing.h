/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an archive, a layout, a folder or a store holds, without any layer being opened: images with their names and
 * platforms, attestations about them, and whatever else is there.
 */
#ifndef IA_IMAGE_LISTING_H
#define IA_IMAGE_LISTING_H

#include "base/arena.h"
#include "base/vec.h"
#include "crypto/digest.h"
#include "image/blobs.h"
#include "image/image.h"

enum ia_image_entry_kind { IA_ENTRY_IMAGE = 1, IA_ENTRY_ATTESTATION = 2, IA_ENTRY_UNKNOWN = 3 };

/* Strings are "" when absent, never NULL. */
struct ia_image_entry {
    enum ia_image_entry_kind kind;
    const char *reference;
    const char *digest; /* opens the entry when it is given as the reference */
    const char *os, *architecture, *variant;
    const char *media_type;
    const char *subject; /* digest of the image that an attestation is about */
};

/*
 * At most IA_LISTED_FACTOR * limits->layers entries, and IA_LISTED_BYTES * limits->manifest_bytes bytes of documents
 * read for them.
 */
enum { IA_LISTED_FACTOR = 16, IA_LISTED_BYTES = 64 };

struct ia_image_list {
    struct ia_arena arena; /* every string */
    struct ia_vec entries; /* struct ia_image_entry */
    uint64_t read;         /* bytes of documents */
};

/*
 * Lists what request->path or request->source holds; with a reference only what it names. The platform is not looked
 * at. *out may be freed also after a failure.
 */
int ia_image_list_read(struct ia_env *env, const struct ia_image_request *request, struct ia_image_list *out);
void ia_image_list_free(struct ia_image_list *list); /* a zeroed one is fine */
size_t ia_image_list_count(const struct ia_image_list *list);
const struct ia_image_entry *ia_image_list_at(const struct ia_image_list *list, size_t index); /* NULL past the end */

/* For the forms. NULL strings become "", all others are copied. E_LIMIT when there are too many. */
int ia_image_list_add(struct ia_env *env, struct ia_image_list *list, const struct ia_image_entry *entry);

struct ia_manifest;   /* image/manifest.h */
struct ia_descriptor; /* image/manifest.h */

/* Everything in an index and the indexes below it; takes index over. */
int ia_index_list(struct ia_env *env, struct ia_image *image, struct ia_manifest *index, struct ia_image_list *list);
/* One manifest, which is stored under that digest. */
int ia_manifest_list(struct ia_env *env, struct ia_image *image, const struct ia_digest *digest,
                     const struct ia_manifest *manifest, struct ia_image_list *list);
/* Counts a document that was read. */
int ia_list_count(struct ia_env *env, struct ia_image_list *list, const struct ia_buf *document);
/* Adds what the config says, a document that must be as want says: platform; none when it is missing or damaged. */
struct ia_list_config {
    const char *name;
    struct ia_document_want want;
};
int ia_list_platform(struct ia_env *env, const struct ia_image *image, const struct ia_list_config *config,
                     struct ia_image_list *list, struct ia_image_entry *entry);
/* Whether a failure says something about a document and not about the machine or a limit: the entry is listed. */
bool ia_list_goes_on(struct ia_env *env, int status);

#endif
