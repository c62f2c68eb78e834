/* SPDX-License-Identifier: Apache-2.0 */
/* Which entry of an image index is the wanted image: OCI image-spec 1.1 image-index.md. */
#ifndef IA_IMAGE_CHOOSE_H
#define IA_IMAGE_CHOOSE_H

#include "image/manifest.h"
#include "image/reference.h"

/* What is being looked for among the entries of one index. */
struct ia_search {
    const struct ia_choice *choice;
    bool is_top; /* index.json: entries have names */
};

/* The name of an entry; "" when it has none. */
const char *ia_descriptor_name(const struct ia_descriptor *d);
/* Whether an entry is about another one and no image itself. */
bool ia_descriptor_is_attestation(const struct ia_descriptor *d);
/* A descriptor that says nothing but a digest. */
struct ia_descriptor ia_descriptor_bare(const struct ia_digest *digest);

/* The entry that fits best. E_NOT_FOUND, E_AMBIGUOUS: the message lists what there is. */
int ia_index_choose(struct ia_env *env, const struct ia_search *search, const struct ia_manifest *index,
                    struct ia_descriptor *out);
/* A digest names content: an entry of this index, or else any manifest or index that is stored. */
void ia_index_choose_digest(const struct ia_digest *digest, const struct ia_manifest *index, struct ia_descriptor *out);

#endif
