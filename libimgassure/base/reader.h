/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stage of a byte pipeline. The consumer pulls: next() hands out a view of the stage's own buffer that stays valid
 * until the following call on the same reader; with env->chunks_alive = K when the reader was made, until the K-th
 * following call. Nothing is copied between stages. At its end a stage checks what it has to check (digest, CRC,
 * sizes), so a consumer that wants the truth pulls until 0.
 */
#ifndef IA_BASE_READER_H
#define IA_BASE_READER_H

#include "base/cursor.h"
#include "base/env.h"

enum { IA_CHUNK = 256 * 1024 }; /* the usual size of a chunk */

/*
 * Beside 1 and 0: there is nothing now, and the call may be repeated later. Only a stage that was made to pause answers
 * so (io/digest_reader.h); every loop over a reader that may sit on one passes it on and can be entered again.
 */
enum { IA_AGAIN = 2 };

struct ia_reader {
    /* 1: *out holds at least one byte; 0: the end, checked; < 0: a status. After 0 or < 0 the answer repeats. */
    int (*next)(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out);
    /*
     * Jumps over up to size bytes without handing them out; returns 1 and *skipped <= size. NULL when every byte must
     * be seen (digests).
     */
    int (*skip)(struct ia_reader *self, struct ia_env *env, uint64_t size, uint64_t *skipped);
    /* Frees the stage and the stages it pulls from. */
    void (*close)(struct ia_reader *self);
};

static inline int ia_reader_next(struct ia_reader *reader, struct ia_env *env, struct ia_cursor *out)
{
    return reader->next(reader, env, out);
}

static inline void ia_reader_close(struct ia_reader *reader)
{
    if (reader)
        reader->close(reader);
}

/* Pulls until the end; 0 or a status. */
int ia_reader_drain(struct ia_reader *reader, struct ia_env *env);

/* A reader over memory that is not owned and outlives it. IMGA_E_NOMEM. */
int ia_reader_memory(struct ia_env *env, const void *data, size_t size, struct ia_reader **out);

/* Where report and document writers send bytes. */
struct ia_writer {
    int (*write)(void *user, const void *data, size_t size); /* 0 to go on; as imga_write_fn */
    void *user;
};

/* IMGA_OK or IMGA_E_IO. */
int ia_write(struct ia_env *env, const struct ia_writer *writer, const void *data, size_t size);

#endif
