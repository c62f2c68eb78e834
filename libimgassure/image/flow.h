/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stage for bytes that go by only once: it counts and hashes them for whoever made it, and has no opinion on what
 * they should be. It lies in its maker's memory; closing the reader does nothing, so that the stages above may be
 * closed and the rest still be pulled.
 */
#ifndef IA_IMAGE_FLOW_H
#define IA_IMAGE_FLOW_H

#include "base/reader.h"
#include "crypto/digest.h"

enum { IA_FLOW_DIGESTS = 2 }; /* SHA-256 and SHA-512, in this order */

/* What a count may reach. */
struct ia_flow_limit {
    uint64_t *count; /* the flow's total, or one that several flows share; NULL: no limit */
    uint64_t max;
    const char *name; /* of the limit, for E_LIMIT */
    uint64_t value;   /* what the limit is set to */
    const char *what;
};

struct ia_flow {
    struct ia_reader reader;
    struct ia_reader *input; /* borrowed */
    struct ia_hash *hashes[IA_FLOW_DIGESTS];
    uint64_t total;
    struct ia_flow_limit limits[2];
    int status; /* the answer, once it is not 1 */
};

/* The flow has no hashes and no limits. */
void ia_flow_open(struct ia_flow *flow, struct ia_reader *input);
/* Computes the first count digests. */
int ia_flow_hash(struct ia_flow *flow, struct ia_env *env, unsigned count);
/* Ends the hashes; what was not computed has algorithm 0. */
int ia_flow_digests(struct ia_flow *flow, struct ia_env *env, struct ia_digest out[IA_FLOW_DIGESTS]);
void ia_flow_close(struct ia_flow *flow); /* a zeroed one is fine */

#endif
