/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashing: with k lanes and the chains sorted by length, the k lanes can be kept busy for the time x in which the sum
 * of min(chain, x) is k times x; the chains that are longer go on in fewer lanes. That is never slower than one chain
 * after the other, nor than the simple bound of lanes times the longest chain.
 */
#include "model.h"

#include <stdlib.h>

static int by_falling_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Of one chain, whoever hashes it. */
static double rate_of_one(const struct floor_rates *rates)
{
    return rates->evp > rates->many[0] ? rates->evp : rates->many[0];
}

static double rate_of(const struct floor_rates *rates, size_t lanes)
{
    double one = rate_of_one(rates);
    return lanes == 1 || rates->many[lanes - 1] < one ? one : rates->many[lanes - 1];
}

/* How long k lanes stay busy: bytes of each; *longer: the chains that go on, the first ones. */
static double busy_until(const double *chains, size_t count, size_t lanes, size_t *longer)
{
    double rest = 0, x = 0;
    for (size_t i = 0; i < count; i++)
        rest += chains[i];
    for (*longer = 0; *longer < lanes; ++*longer) {
        x = rest / (double)(lanes - *longer);
        if (chains[*longer] <= x)
            break;
        rest -= chains[*longer];
    }
    return x;
}

static double hash_seconds(double *chains, size_t count, const struct floor_rates *rates)
{
    double seconds = 0;
    qsort(chains, count, sizeof(*chains), by_falling_size);
    while (count) {
        size_t lanes = count < rates->lanes ? count : rates->lanes, longer;
        double x = busy_until(chains, count, lanes, &longer);
        seconds += x * (double)lanes / rate_of(rates, lanes);
        for (size_t i = 0; i < longer; i++)
            chains[i] -= x;
        count = longer;
    }
    return seconds;
}

void floor_model(const struct bench_layers *layers, const struct floor_rates *rates, struct floor_times *out)
{
    static double chains[2 * MOST_LAYERS];
    double longest = 0;
    size_t count = 0;
    *out = (struct floor_times){0};
    for (size_t i = 0; i < layers->count; i++) {
        const struct bench_layer *layer = &layers->rows[i];
        double chain = (double)layer->work.uncompressed / rate_of_one(rates);
        chain = chain > rates->decode[i] ? chain : rates->decode[i];
        longest = longest > chain ? longest : chain;
        out->decode += rates->decode[i];
        chains[count++] = (double)layer->work.uncompressed;
        if (layer->kind != IA_COMPRESSION_NONE)
            chains[count++] = (double)layer->work.compressed;
    }
    out->hash = hash_seconds(chains, count, rates);
    out->one = out->decode + out->hash + layers->walk;
    out->two = out->one / 2 > longest ? out->one / 2 : longest;
}
