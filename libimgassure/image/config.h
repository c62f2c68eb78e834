/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image configurations: OCI image-spec 1.1 config.md, docker image-spec v1.2. Only what identifies and orders layers.
 */
#ifndef IA_IMAGE_CONFIG_H
#define IA_IMAGE_CONFIG_H

#include "base/arena.h"
#include "base/vec.h"
#include "crypto/digest.h"

struct ia_config {
    const char *os, *architecture, *variant, *created; /* "" when absent */
    struct ia_vec diff_ids;                            /* struct ia_digest, bottom first */
    struct ia_vec created_by;                          /* const char *; history entries that made a layer */
    uint64_t history; /* how many of them there are; created_by holds at most limits->layers */
};

/* Strings go to arena; *out may be freed also after a failure. E_FORMAT, E_AMBIGUOUS, E_UNSUPPORTED, E_LIMIT. */
int ia_config_parse(struct ia_env *env, struct ia_arena *arena, struct ia_str bytes, struct ia_config *out);
void ia_config_free(struct ia_config *config); /* a zeroed one is fine */
/* The command that made layer index of count; "" when the history does not fit. */
const char *ia_config_created_by(const struct ia_config *config, size_t index, size_t count);

#endif
