/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Per layer: inflating all of it, then hashing pieces of it, so that all parts see the same moments of the machine. EVP
 * comes last: ISA-L leaves the upper halves of the vector registers dirty, which slows the SHA instructions down until
 * somebody clears them, as the kernels of the library do.
 */
#include "rates.h"

#include "api/object.h"
#include "base/lock.h"
#include "crypto/digest.h"
#include "measure.h"

#include <openssl/evp.h>

/* Bytes and CPU seconds so far. */
struct tally {
    double bytes, seconds;
};

struct tallies {
    EVP_MD_CTX *evp;
    struct ia_env *env;
    unsigned lanes;
    struct tally one, many[MOST_LANES];
};

static void hash_one(struct tallies *t, const struct bench_layer *layer)
{
    double start = measure_cpu();
    must(EVP_DigestInit_ex(t->evp, EVP_sha256(), NULL) == 1, "EVP does not start");
    for (size_t i = 0; i < layer->pieces; i++)
        EVP_DigestUpdate(t->evp, layer->sample + i * FLOOR_CHUNK, FLOOR_CHUNK);
    t->one.seconds += measure_cpu() - start;
    t->one.bytes += (double)layer->pieces * FLOOR_CHUNK;
}

static void hash_many(struct tallies *t, const struct bench_layer *layer, unsigned count)
{
    struct ia_hash_piece pieces[MOST_LANES];
    struct tally *tally = &t->many[count - 1];
    for (unsigned k = 0; k < count; k++)
        must(ia_hash_new(t->env, IA_DIGEST_SHA256, &pieces[k].hash) == IMGA_OK, "no memory");
    double start = measure_cpu();
    for (size_t i = 0; i + count <= layer->pieces; i += count) {
        for (unsigned k = 0; k < count; k++) {
            pieces[k].data = layer->sample + (i + k) * FLOOR_CHUNK;
            pieces[k].size = FLOOR_CHUNK;
        }
        must(ia_hash_update_many(t->env, pieces, count) == IMGA_OK, "a digest fails");
        tally->bytes += (double)count * FLOOR_CHUNK;
    }
    tally->seconds += measure_cpu() - start;
    for (unsigned k = 0; k < count; k++)
        ia_hash_free(pieces[k].hash);
}

static double decode_seconds(const struct bench_layer *layer)
{
    struct floor_work work = {0, 0};
    double start = measure_cpu();
    must(floor_decode(layer->path, &work) == 0, "a layer cannot be decoded");
    double seconds = measure_cpu() - start;
    must(work.uncompressed == layer->work.uncompressed, "the plain loops decode another number of bytes");
    return seconds;
}

static double rate(const struct tally *tally)
{
    return tally->seconds > 0 ? tally->bytes / tally->seconds : 0;
}

void rates_measure(imga_context *context, const struct bench_layers *layers, struct floor_rates *out)
{
    struct ia_env env;
    ia_api_begin(&env, context);
    struct tallies t = {.evp = EVP_MD_CTX_new(), .env = &env, .lanes = ia_crypto_lanes(env.crypto).most};
    t.lanes = t.lanes < MOST_LANES ? t.lanes : MOST_LANES;
    for (size_t i = 0; i < layers->count; i++) {
        out->decode[i] = decode_seconds(&layers->rows[i]);
        for (unsigned k = t.lanes; k > 0; k--)
            hash_many(&t, &layers->rows[i], k);
        hash_one(&t, &layers->rows[i]);
    }
    EVP_MD_CTX_free(t.evp);
    out->lanes = t.lanes;
    must(t.one.seconds > 0, "the layers are too small to measure the rate of hashing");
    out->evp = rate(&t.one);
    for (unsigned k = 0; k < t.lanes; k++)
        out->many[k] = rate(&t.many[k]);
}

static void decode_all(void *user)
{
    const struct bench_layers *layers = user;
    for (size_t i = 0; i < layers->count; i++)
        decode_seconds(&layers->rows[i]);
}

double rates_hindrance(const struct bench_layers *layers)
{
    struct bench_layers both = *layers;
    struct ia_thread thread;
    struct used start = measure_now();
    decode_all(&both);
    double alone = measure_since(start).wall;
    start = measure_now();
    must(ia_thread_start(&thread, decode_all, &both) == IMGA_OK, "no thread");
    decode_all(&both);
    ia_thread_join(&thread);
    return measure_since(start).wall / alone;
}
