/* SPDX-License-Identifier: Apache-2.0 */
/* How fast the parts of a scan are by themselves, now: one round over all layers. */
#ifndef BENCH_RATES_H
#define BENCH_RATES_H

#include "model.h"

/* Both end the program when a layer cannot be read. */
void rates_measure(imga_context *context, const struct bench_layers *layers, struct floor_rates *out);

/* How many times as long inflating all layers takes when two threads do it at once, each of them all layers. */
double rates_hindrance(const struct bench_layers *layers);

#endif
