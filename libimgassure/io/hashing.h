/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests apart from the reading: the digest stages of one layer leave views of their chunks here, and whichever thread
 * has nothing better to do hashes them, several at once where that is faster. The chunks must stay valid that long:
 * env->chunks_alive is IA_HASH_QUEUE + 1.
 */
#ifndef IA_IO_HASHING_H
#define IA_IO_HASHING_H

#include "base/cursor.h"
#include "base/lock.h"
#include "crypto/digest.h"
#include "io/digest_reader.h"

enum { IA_HASH_QUEUE = 3, IA_HASH_STREAMS = 2, IA_HASH_PIECE = 128 * 1024 };

/* The chunks of one stage that wait. */
struct ia_hash_stream {
    struct ia_hash *hash;
    struct ia_expected expected;
    struct ia_cursor queue[IA_HASH_QUEUE];
    unsigned first, count;
    bool busy; /* a thread hashes the next piece of the first of them */
};

/* Of one layer. The lock guards what is in the streams but not yet in the hashes. */
struct ia_hashing {
    struct ia_lock *lock;
    struct ia_hash_stream streams[IA_HASH_STREAMS];
    unsigned count;
};

/* A place for a stage; NULL and an error when there is none or no memory. */
struct ia_hash_stream *ia_hashing_claim(struct ia_hashing *hashing, struct ia_env *env,
                                        const struct ia_expected *expected);
/* Leaves a chunk; when the queue is full the oldest is hashed here, or waited for. */
int ia_hashing_leave(struct ia_hashing *hashing, struct ia_env *env, struct ia_hash_stream *stream,
                     struct ia_cursor chunk);

/* With the lock: whether each queue has room for one chunk; whether nothing waits and nobody hashes. */
bool ia_hashing_has_room(const struct ia_hashing *hashing);
bool ia_hashing_is_idle(const struct ia_hashing *hashing);
/* With the lock: at most IA_HASH_PIECE bytes of the first chunk; the stream becomes busy. False: busy or empty. */
bool ia_hashing_take(struct ia_hash_stream *stream, struct ia_hash_piece *out);
void ia_hashing_taken(struct ia_hash_stream *stream); /* that piece is hashed */
/* With the lock: forgets what waits, and waits for who is busy. */
void ia_hashing_forget(struct ia_hashing *hashing);

/* Once it is idle: E_DIGEST when a digest is another than expected, in the order of the stages. */
int ia_hashing_verify(struct ia_hashing *hashing, struct ia_env *env);
void ia_hashing_free(struct ia_hashing *hashing); /* a zeroed one is fine */

#endif
