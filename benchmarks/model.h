/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least CPU and wall time that layers can take, from the rates of the parts: inflating cannot be cut or split,
 * SHA-256 of one layer is one chain, but the chains of all layers and blobs can run side by side in the lanes of one
 * core.
 */
#ifndef BENCH_MODEL_H
#define BENCH_MODEL_H

#include "layers.h"

enum { MOST_LANES = 16 };

struct floor_rates {
    unsigned lanes;             /* how many messages the library hashes at once */
    double evp;                 /* bytes per second: OpenSSL, one message */
    double many[MOST_LANES];    /* all messages together, 1 + index of them side by side */
    double decode[MOST_LAYERS]; /* CPU seconds of each layer */
};

struct floor_times {
    double decode, hash;
    double one; /* seconds on one thread */
    double two;
};

void floor_model(const struct bench_layers *layers, const struct floor_rates *rates, struct floor_times *out);

#endif
