/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stage that proves what passed through: size and digest against the descriptor (OCI image-spec descriptor.md),
 * bytes against a limit. Too many bytes end it at once; everything else is known at the end. It cannot skip: every byte
 * counts.
 */
#include "io/digest_reader.h"

#include <inttypes.h>

struct digest_reader {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_reader *input;
    struct ia_hash *hash; /* NULL: no digest is expected */
    struct ia_expected expected;
    uint64_t total;
    bool ended;
    int status; /* the answer once ended */
};

static int wrong_size(struct digest_reader *r, struct ia_env *env, const char *relation)
{
    return ia_fail(env, IMGA_E_DIGEST, (int64_t)r->total, "the %s is %s than the %" PRIu64 " bytes it must have",
                   r->expected.what, relation, r->expected.size);
}

static int take(struct digest_reader *r, struct ia_env *env, struct ia_cursor chunk)
{
    IA_TRY(ia_check_cancel(env));
    r->total += chunk.n;
    if (r->total > r->expected.size)
        return wrong_size(r, env, "longer");
    if (r->total > r->expected.max)
        return ia_fail_limit(env, (int64_t)r->expected.max, r->expected.limit, r->expected.max,
                             ia_str_from(r->expected.what));
    if (r->hash)
        return ia_hash_update(r->hash, env, chunk.p, chunk.n);
    return IMGA_OK;
}

static int verify(struct digest_reader *r, struct ia_env *env)
{
    struct ia_digest digest;
    char is[IA_DIGEST_TEXT], must[IA_DIGEST_TEXT];
    if (r->expected.size != UINT64_MAX && r->total != r->expected.size)
        return wrong_size(r, env, "shorter");
    if (!r->hash)
        return IMGA_OK;
    IA_TRY(ia_hash_finish(r->hash, env, &digest));
    if (ia_digest_equal(&digest, &r->expected.digest))
        return IMGA_OK;
    ia_digest_text(&digest, is);
    ia_digest_text(&r->expected.digest, must);
    return ia_fail(env, IMGA_E_DIGEST, -1, "the %s has the digest %s but must have %s", r->expected.what, is, must);
}

static int digest_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct digest_reader *r = (struct digest_reader *)self;
    int status;
    if (r->ended)
        return r->status;
    status = ia_reader_next(r->input, env, out);
    if (status > 0) {
        int taken = take(r, env, *out);
        if (taken == IMGA_OK)
            return 1;
        status = taken;
    } else if (status == 0) {
        status = verify(r, env);
    }
    r->ended = true;
    r->status = status;
    return status;
}

static void digest_close(struct ia_reader *self)
{
    struct digest_reader *r = (struct digest_reader *)self;
    struct ia_alloc alloc = r->alloc;
    ia_reader_close(r->input);
    ia_hash_free(r->hash);
    ia_free(&alloc, r);
}

int ia_digest_reader(struct ia_env *env, struct ia_reader *input, const struct ia_expected *expected,
                     struct ia_reader **out)
{
    int status = IMGA_OK;
    struct digest_reader *r = ia_new(&env->alloc, sizeof(*r));
    if (!r) {
        ia_reader_close(input);
        return ia_fail_nomem(env);
    }
    r->reader = (struct ia_reader){digest_next, NULL, digest_close};
    r->alloc = env->alloc;
    r->input = input;
    r->expected = *expected;
    if (expected->digest.algorithm)
        status = ia_hash_new(env, expected->digest.algorithm, &r->hash);
    if (status < 0)
        digest_close(&r->reader);
    else
        *out = &r->reader;
    return status;
}
