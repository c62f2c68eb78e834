/* SPDX-License-Identifier: Apache-2.0 */
/* A stage that passes a blob's bytes on and reports IMGA_STAGE_LAYERS; this is where a scan is cancelled. */
#ifndef IA_IMAGE_PROGRESS_H
#define IA_IMAGE_PROGRESS_H

#include "base/reader.h"

struct ia_progress {
    uint64_t done;  /* bytes of the blobs before this one */
    uint64_t total; /* bytes of all blobs */
};

/* Takes input over on success and on failure. */
int ia_progress_reader(struct ia_env *env, struct ia_reader *input, const struct ia_progress *progress,
                       struct ia_reader **out);

#endif
