/* SPDX-License-Identifier: Apache-2.0 */
/* image -> layers -> root view -> listing of files, without cataloguers; and the content of one of them. */
#ifndef IA_SCAN_FILES_H
#define IA_SCAN_FILES_H

#include "rootfs/history.h"
#include "scan/taken.h"

struct ia_files {
    struct ia_listing_rows rows;
    struct ia_notes notes;
};

struct ia_files_request {
    struct ia_image *image;
    const struct ia_taken *taken; /* of an image that was read once; may be NULL */
    bool digests, removed;
};

/* out is initialised here and may be freed also after a failure. */
int ia_collect_files(struct ia_env *env, const struct ia_files_request *request, struct ia_files *out);
void ia_files_free(struct ia_files *files); /* a zeroed one is fine */

/* Writes the content of a listed regular file, and reads its layer to the end. */
int ia_read_file(struct ia_env *env, struct ia_image *image, const struct ia_attributes *file,
                 const struct ia_writer *writer);

#endif
