/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stage that proves what passed through: size and digest against the descriptor (OCI image-spec descriptor.md),
 * bytes against a limit. Too many bytes end it at once; everything else is known at the end. With a digest it cannot
 * skip: every byte counts.
 */
#include "io/digest_reader.h"

#include "io/hashing.h"

#include <inttypes.h>

struct digest_reader {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_reader *input;
    struct ia_hash *hash;          /* NULL: no digest is expected, or it is made elsewhere */
    struct ia_hashing *hashing;    /* NULL: digests are made here */
    struct ia_hash_stream *stream; /* of hashing; NULL: no digest is expected */
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

static int count_bytes(struct digest_reader *r, struct ia_env *env, uint64_t size)
{
    IA_TRY(ia_check_cancel(env));
    r->total += size;
    if (r->total > r->expected.size)
        return wrong_size(r, env, "longer");
    if (r->total > r->expected.max)
        return ia_fail_limit(env, (int64_t)r->expected.max, r->expected.limit, r->expected.max,
                             ia_str_from(r->expected.what));
    return IMGA_OK;
}

static int take(struct digest_reader *r, struct ia_env *env, struct ia_cursor chunk)
{
    IA_TRY(count_bytes(r, env, chunk.n));
    if (r->stream)
        return ia_hashing_leave(r->hashing, env, r->stream, chunk);
    return r->hash ? ia_hash_update(r->hash, env, chunk.p, chunk.n) : IMGA_OK;
}

int ia_expected_verify(struct ia_env *env, const struct ia_expected *expected, struct ia_hash *hash)
{
    struct ia_digest digest;
    char is[IA_DIGEST_TEXT], must[IA_DIGEST_TEXT];
    IA_TRY(ia_hash_finish(hash, env, &digest));
    if (ia_digest_equal(&digest, &expected->digest))
        return IMGA_OK;
    ia_digest_text(&digest, is);
    ia_digest_text(&expected->digest, must);
    return ia_fail(env, IMGA_E_DIGEST, -1, "the %s has the digest %s but must have %s", expected->what, is, must);
}

static int verify(struct digest_reader *r, struct ia_env *env)
{
    if (r->expected.size != UINT64_MAX && r->total != r->expected.size)
        return wrong_size(r, env, "shorter");
    return r->hash ? ia_expected_verify(env, &r->expected, r->hash) : IMGA_OK;
}

/* Whether the stage pauses now; otherwise one chunk is taken off what it may pass on. */
static bool is_pausing(const struct digest_reader *r, struct ia_env *env)
{
    if (!r->expected.pauses || !env->chunks_left)
        return false;
    if (*env->chunks_left == 0)
        return true;
    --*env->chunks_left;
    return false;
}

static int digest_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct digest_reader *r = (struct digest_reader *)self;
    int status;
    if (r->ended)
        return r->status;
    if (is_pausing(r, env))
        return IA_AGAIN;
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

static int digest_skip(struct ia_reader *self, struct ia_env *env, uint64_t size, uint64_t *skipped)
{
    struct digest_reader *r = (struct digest_reader *)self;
    if (r->ended) {
        *skipped = 0;
        return r->status < 0 ? r->status : 1;
    }
    int status = r->input->skip(r->input, env, size, skipped);
    if (status > 0 && count_bytes(r, env, *skipped) < 0) {
        r->ended = true;
        status = r->status = env->error.status;
    }
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

/* Where the digest is made. */
static int prepare(struct digest_reader *r, struct ia_env *env)
{
    r->hashing = env->hashing;
    if (!r->expected.digest.algorithm) {
        r->reader.skip = r->input->skip ? digest_skip : NULL;
        return IMGA_OK;
    }
    if (!r->hashing)
        return ia_hash_new(env, r->expected.digest.algorithm, &r->hash);
    r->stream = ia_hashing_claim(r->hashing, env, &r->expected);
    return r->stream ? IMGA_OK : env->error.status;
}

int ia_digest_reader(struct ia_env *env, struct ia_reader *input, const struct ia_expected *expected,
                     struct ia_reader **out)
{
    struct digest_reader *r = ia_new(&env->alloc, sizeof(*r));
    if (!r) {
        ia_reader_close(input);
        return ia_fail_nomem(env);
    }
    r->reader = (struct ia_reader){digest_next, NULL, digest_close};
    r->alloc = env->alloc;
    r->input = input;
    r->expected = *expected;
    int status = prepare(r, env);
    if (status < 0)
        digest_close(&r->reader);
    else
        *out = &r->reader;
    return status;
}
