/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What files say of packages that other files list: facts and owned paths, by directory. The texts stay in the view.
 */
#ifndef IA_CATALOG_ATTACHMENTS_H
#define IA_CATALOG_ATTACHMENTS_H

#include "base/map.h"
#include "base/vec.h"
#include "catalog/found.h"

struct ia_attachment {
    struct ia_field field; /* name empty: value is a path that the packages own */
    size_t next;           /* 1 + index of the next of this directory, 0: none */
};

struct ia_attachments {
    struct ia_map first; /* directory -> 1 + index */
    struct ia_vec rows;  /* struct ia_attachment */
};

void ia_attachments_init(struct ia_attachments *attachments, const struct ia_env *env);
void ia_attachments_free(struct ia_attachments *attachments);
/* directory lives as long as the attachments. E_NOMEM. */
int ia_attachments_add(struct ia_attachments *attachments, struct ia_env *env, struct ia_str directory,
                       const struct ia_field *field);
/* The first of a directory, NULL; then the next. */
const struct ia_attachment *ia_attachments_of(const struct ia_attachments *attachments, struct ia_str directory);
const struct ia_attachment *ia_attachments_next(const struct ia_attachments *attachments,
                                                const struct ia_attachment *at);

#endif
