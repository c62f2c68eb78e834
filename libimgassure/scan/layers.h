/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads all layers of an image, several at once, and hands their records over in order. One pool of threads; the caller
 * is one of them and the only one that runs callbacks. The work is cut into chunks of 256 KiB: a thread takes whatever
 * comes next, a step of the layer that has most to go, or chunks that wait to be hashed.
 */
#ifndef IA_SCAN_LAYERS_H
#define IA_SCAN_LAYERS_H

#include "scan/layer_job.h"

/* Takes a layer that is done, in the calling thread, bottom first. < 0 ends the reading. */
typedef int ia_layer_take(void *user, struct ia_env *env, struct ia_layer_job *job);

struct ia_layer_reading {
    struct ia_image *image;
    const struct ia_recording *recording;
    const struct ia_taken *taken; /* of an image that was read once; may be NULL */
    ia_layer_take *take;
    void *user;
};

/* As many threads as env->threads. The result, and the error, do not depend on their number. */
int ia_read_layers(struct ia_env *env, const struct ia_layer_reading *reading);

#endif
