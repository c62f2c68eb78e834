/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A schedule whose jobs only count: chunks of a made-up size are read and hashed in no time. The threads are played by
 * the test, one task after the other, so that every order of events can be tried.
 */
#ifndef TEST_MADE_JOBS_H
#define TEST_MADE_JOBS_H

#include "scan/choose.h"

enum { MADE_LAYERS_MOST = 12, MADE_CHUNK = IA_HASH_PIECE };

struct made {
    struct ia_env env;
    imga_limits limits;
    struct ia_schedule schedule;
    struct ia_layer_job jobs[MADE_LAYERS_MOST];
    uint64_t hashed[MADE_LAYERS_MOST][IA_HASH_STREAMS]; /* bytes */
};

/* chunks: of each layer. Two workers, two layers each, a few lanes; a test may change that before it goes on. */
void made_init(struct made *made, const unsigned *chunks, size_t count);
void made_free(struct made *made);

/* What a thread would do with a task; the task ends with ia_schedule_conclude(). */
void made_perform(struct made *made, const struct ia_task *task);
/* Chooses, performs and concludes; which layer was at it, or SIZE_MAX. *kind as chosen. */
size_t made_turn(struct made *made, unsigned worker, enum ia_task_kind *kind);
size_t made_layer(const struct made *made, const struct ia_task *task); /* of hashing: of the first piece */

#endif
