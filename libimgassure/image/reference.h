/* SPDX-License-Identifier: Apache-2.0 */
/* Which image is wanted: names and platforms as people write them, compared with what an index or archive says. */
#ifndef IA_IMAGE_REFERENCE_H
#define IA_IMAGE_REFERENCE_H

#include "crypto/digest.h"

struct ia_platform {
    struct ia_str os, architecture, variant; /* variant empty: any */
};

struct ia_choice {
    struct ia_str reference; /* empty: none was given */
    struct ia_digest digest; /* algorithm 0: the reference is no digest */
    struct ia_platform platform;
    bool is_platform_asked;
};

/* "linux/" and the architecture that the library was built for. */
const char *ia_platform_default(void);
/* NULL for the defaults; *out points into the arguments. E_INVALID. */
int ia_choice_parse(struct ia_env *env, const char *reference, const char *platform, struct ia_choice *out);

/*
 * 2: the very name; 1: the same image after the usual defaults (docker.io/library/, :latest), or the tag alone; 0: no.
 */
unsigned ia_reference_match(struct ia_str reference, const char *name);
/* 2: the variant fits, by default if need be; 1: another variant, and none was asked for; 0: no. */
unsigned ia_platform_match(const struct ia_platform *platform, const char *os, const char *architecture,
                           const char *variant);

/* A list for error messages: at most ten items, ", " between them. */
struct ia_listing {
    char text[224];
    size_t n;
    unsigned count;
};
void ia_listing_add(struct ia_listing *listing, const char *item);

#endif
