/* SPDX-License-Identifier: Apache-2.0 */
/* Counting and hashing on the way. It cannot skip: every byte counts. */
#include "image/flow.h"

static const enum ia_digest_algorithm algorithms[IA_FLOW_DIGESTS] = {IA_DIGEST_SHA256, IA_DIGEST_SHA512};

static int count_bytes(struct ia_flow *flow, struct ia_env *env, size_t size)
{
    flow->total += size;
    for (size_t i = 0; i < IA_COUNT(flow->limits); i++) {
        const struct ia_flow_limit *limit = &flow->limits[i];
        bool own = limit->count == &flow->total;
        if (!limit->count)
            continue;
        if (!own)
            *limit->count += size;
        if (*limit->count > limit->max)
            return ia_fail_limit(env, own ? (int64_t)limit->max : -1, limit->name, limit->value,
                                 ia_str_from(limit->what));
    }
    return IMGA_OK;
}

static int flow_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct ia_flow *flow = (struct ia_flow *)self;
    if (flow->status != 1)
        return flow->status;
    flow->status = ia_check_cancel(env);
    if (flow->status == IMGA_OK)
        flow->status = ia_reader_next(flow->input, env, out);
    if (flow->status != 1)
        return flow->status;
    int status = count_bytes(flow, env, out->n);
    for (size_t i = 0; status == IMGA_OK && i < IA_FLOW_DIGESTS; i++)
        if (flow->hashes[i])
            status = ia_hash_update(flow->hashes[i], env, out->p, out->n);
    if (status < 0)
        flow->status = status;
    return flow->status;
}

static void stays(struct ia_reader *self)
{
    (void)self;
}

void ia_flow_open(struct ia_flow *flow, struct ia_reader *input)
{
    *flow = (struct ia_flow){.reader = {flow_next, NULL, stays}, .input = input, .status = 1};
}

int ia_flow_hash(struct ia_flow *flow, struct ia_env *env, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        IA_TRY(ia_hash_new(env, algorithms[i], &flow->hashes[i]));
    return IMGA_OK;
}

int ia_flow_digests(struct ia_flow *flow, struct ia_env *env, struct ia_digest out[IA_FLOW_DIGESTS])
{
    for (size_t i = 0; i < IA_FLOW_DIGESTS; i++)
        if (flow->hashes[i])
            IA_TRY(ia_hash_finish(flow->hashes[i], env, &out[i]));
    return IMGA_OK;
}

void ia_flow_close(struct ia_flow *flow)
{
    for (size_t i = 0; i < IA_FLOW_DIGESTS; i++) {
        ia_hash_free(flow->hashes[i]);
        flow->hashes[i] = NULL;
    }
}
