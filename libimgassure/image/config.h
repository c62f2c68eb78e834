/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Image configurations: OCI image-spec 1.1 config.md, docker image-spec v1.2; and the <id>/json documents of docker
 * image-spec v1.0, which have the same members without rootfs and history.
 */
#ifndef IA_IMAGE_CONFIG_H
#define IA_IMAGE_CONFIG_H

#include "base/arena.h"
#include "base/vec.h"
#include "crypto/digest.h"
#include "image/execution.h"

/* An entry of the history. Strings are "" when absent. */
struct ia_step {
    const char *created, *created_by, *author, *comment;
    uint32_t layer; /* index among the entries that made a layer; UINT32_MAX: it made none */
};

/* What an image keeps of its config; all of it in the arena that was given to the parser. */
struct ia_image_config {
    const char *author, *os_version; /* "" when absent */
    struct ia_execution execution;
    const struct ia_step *steps;
    size_t step_count;
    uint64_t made; /* how many entries of the history made a layer, also those that were not kept */
};

struct ia_config {
    const char *os, *architecture, *variant, *created; /* "" when absent */
    struct ia_vec diff_ids;                            /* struct ia_digest, bottom first */
    struct ia_image_config *kept;                      /* outlives the config; NULL after a failure */
};

/* One document of docker image-spec v1.0: an image that is also one layer. */
struct ia_config_v1 {
    const char *id, *parent; /* as written, not checked; "" when absent */
    struct ia_step step;     /* of its layer */
    struct ia_config config; /* without diff_ids and history */
};

/*
 * Strings go to arena; *out may be freed also after a failure. E_FORMAT, E_AMBIGUOUS, E_UNSUPPORTED, E_LIMIT. Notes:
 * keys that come twice, a history that was too long to be kept.
 */
int ia_config_parse(struct ia_env *env, struct ia_arena *arena, struct ia_str bytes, struct ia_config *out);
int ia_config_parse_v1(struct ia_env *env, struct ia_arena *arena, struct ia_str bytes, struct ia_config_v1 *out);
void ia_config_free(struct ia_config *config); /* a zeroed one is fine */

/* Makes steps, which must live as long as the arena, the history of the image; each of them made a layer. */
void ia_config_set_steps(struct ia_config *config, struct ia_step *steps, size_t count);

/* The history entry that made layer index of count, and its place in kept->steps; NULL when the history does not fit.
 */
const struct ia_step *ia_config_step(const struct ia_image_config *kept, size_t index, size_t count);
/* Its command; "" when there is none. */
const char *ia_config_created_by(const struct ia_config *config, size_t index, size_t count);

#endif
