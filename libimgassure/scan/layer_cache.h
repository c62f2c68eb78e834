/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layer records in the caller's cache (imga_layer_cache). A key is the SHA-256 of everything a record depends on, so a
 * hit is what reading would have made; what is hit is still compared with the blob's digest.
 */
#ifndef IA_SCAN_LAYER_CACHE_H
#define IA_SCAN_LAYER_CACHE_H

#include "image/image.h"
#include "rootfs/recorder.h"

/* The key of a layer: 2, 1 when no record that is made now may be kept under it, 0 when it can have none, or a status.
 */
int ia_layer_cache_key(struct ia_env *env, const struct ia_image *image, uint32_t layer,
                       const struct ia_recording *recording, struct ia_digest *key);
/* 1: *out was there; 0: it was not, or is of no use; E_NOMEM. */
int ia_layer_cache_get(struct ia_env *env, const struct ia_digest *key, struct ia_layer_record *out);
int ia_layer_cache_put(struct ia_env *env, const struct ia_digest *key, const struct ia_layer_record *record);

#endif
