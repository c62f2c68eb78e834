/* SPDX-License-Identifier: Apache-2.0 */
/* What the storages of engines have in common: tables, ids, the choice of an image, unpacked layers. */
#ifndef IA_IMAGE_STORE_H
#define IA_IMAGE_STORE_H

#include "image/listing.h"
#include "image/opened.h"

enum { IA_STORE_ID = 128, IA_STORE_PATH = 512 }; /* bytes of an id at most; of a path made of ids */

/* Small letters, digits and hyphens, at most IA_STORE_ID: nothing that means something in a path. */
bool ia_store_is_id(struct ia_str id);

/* A whole table of the storage into buf: at most limits->document_bytes. */
int ia_store_table(struct ia_env *env, const struct ia_image *image, const char *name, struct ia_buf *buf);

/* One name ("": none) of an image goes to a list. digest: that of its manifest, "" for that of its id. */
int ia_store_list(struct ia_env *env, struct ia_image_list *list, const char *name, const char *id, const char *digest);

/* The images of a storage that are offered, and which one fits best so far. Strings are borrowed. */
struct ia_store_search {
    const struct ia_choice *choice;
    unsigned best;
    bool several;
    const char *id, *name; /* of the best */
    struct ia_listing listing;
};

/* One name ("": none) of an image, and whether it claims the digest that is looked for. */
void ia_store_offer(struct ia_store_search *search, const char *id, const char *name, bool has_digest);
/* IMGA_OK: search->id and name are the image; E_NOT_FOUND, E_AMBIGUOUS with the list; E_FORMAT: not an id. */
int ia_store_chosen(struct ia_env *env, const struct ia_store_search *search);

/* An id that was asked for must be the digest of the config; E_DIGEST. */
int ia_store_prove_id(struct ia_env *env, const struct ia_store_search *search, const struct ia_digest *config);

/* A layer is the tar-split file split and the folder that holds its files. The strings are copied. E_NOMEM. */
int ia_store_add_layer(struct ia_env *env, struct ia_image *image, size_t index, const char *split, const char *folder);

#endif
