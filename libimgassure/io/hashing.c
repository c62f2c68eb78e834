/* SPDX-License-Identifier: Apache-2.0 */
/* A short queue for each digest; its chunks are hashed in their order, by one thread at a time. */
#include "io/hashing.h"

struct ia_hash_stream *ia_hashing_claim(struct ia_hashing *hashing, struct ia_env *env,
                                        const struct ia_expected *expected)
{
    struct ia_hash_stream *stream = &hashing->streams[hashing->count];
    if (hashing->count == IA_HASH_STREAMS) {
        ia_fail(env, IMGA_E_INTERNAL, -1, "a layer with too many digests");
        return NULL;
    }
    *stream = (struct ia_hash_stream){.expected = *expected};
    if (ia_hash_new(env, expected->digest.algorithm, &stream->hash) < 0)
        return NULL;
    hashing->count++;
    return stream;
}

/* Chunks of different sizes in the lanes of one kernel would end one after the other, and leave lanes idle. */
static struct ia_cursor piece_of(const struct ia_hash_stream *stream)
{
    struct ia_cursor oldest = stream->queue[stream->first];
    return ia_cursor_from(oldest.p, oldest.n < IA_HASH_PIECE ? oldest.n : IA_HASH_PIECE);
}

bool ia_hashing_take(struct ia_hash_stream *stream, struct ia_hash_piece *out)
{
    if (stream->busy || stream->count == 0)
        return false;
    stream->busy = true;
    *out = (struct ia_hash_piece){stream->hash, piece_of(stream).p, piece_of(stream).n};
    return true;
}

void ia_hashing_taken(struct ia_hash_stream *stream)
{
    struct ia_cursor done, *oldest = &stream->queue[stream->first];
    stream->busy = false;
    if (!stream->count) /* it was forgotten meanwhile */
        return;
    ia_cursor_take(oldest, piece_of(stream).n, &done);
    if (oldest->n)
        return;
    stream->first = (stream->first + 1) % IA_HASH_QUEUE;
    stream->count--;
}

/* With the lock: one chunk less in a full queue. */
static int make_room(struct ia_hashing *hashing, struct ia_env *env, struct ia_hash_stream *stream)
{
    struct ia_hash_piece piece;
    if (!ia_hashing_take(stream, &piece)) {
        ia_lock_wait(hashing->lock);
        return IMGA_OK;
    }
    ia_lock_drop(hashing->lock);
    int status = ia_hash_update(piece.hash, env, piece.data, piece.size);
    ia_lock_take(hashing->lock);
    ia_hashing_taken(stream);
    ia_lock_wake(hashing->lock);
    return status;
}

int ia_hashing_leave(struct ia_hashing *hashing, struct ia_env *env, struct ia_hash_stream *stream,
                     struct ia_cursor chunk)
{
    int status = IMGA_OK;
    ia_lock_take(hashing->lock);
    while (status == IMGA_OK && stream->count == IA_HASH_QUEUE)
        status = make_room(hashing, env, stream);
    if (status == IMGA_OK) {
        stream->queue[(stream->first + stream->count) % IA_HASH_QUEUE] = chunk;
        stream->count++;
        ia_lock_wake(hashing->lock);
    }
    ia_lock_drop(hashing->lock);
    return status;
}

bool ia_hashing_has_room(const struct ia_hashing *hashing)
{
    for (unsigned i = 0; i < hashing->count; i++)
        if (hashing->streams[i].count == IA_HASH_QUEUE)
            return false;
    return true;
}

bool ia_hashing_is_idle(const struct ia_hashing *hashing)
{
    for (unsigned i = 0; i < hashing->count; i++)
        if (hashing->streams[i].count || hashing->streams[i].busy)
            return false;
    return true;
}

void ia_hashing_forget(struct ia_hashing *hashing)
{
    for (unsigned i = 0; i < hashing->count; i++) {
        hashing->streams[i].count = 0;
        while (hashing->streams[i].busy)
            ia_lock_wait(hashing->lock);
    }
}

int ia_hashing_verify(struct ia_hashing *hashing, struct ia_env *env)
{
    for (unsigned i = 0; i < hashing->count; i++)
        IA_TRY(ia_expected_verify(env, &hashing->streams[i].expected, hashing->streams[i].hash));
    return IMGA_OK;
}

void ia_hashing_free(struct ia_hashing *hashing)
{
    for (unsigned i = 0; i < hashing->count; i++)
        ia_hash_free(hashing->streams[i].hash);
    hashing->count = 0;
}
