/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which thread does what next. A layer belongs to the worker that opened it, which reads it and hashes its chunks while
 * they are in the cache of its core; nothing that changes often is touched by two threads. Only a worker that has
 * nothing left of its own goes to the others: it takes a layer over from one that has two, or hashes chunks that wait.
 * Where the lanes are too wide for the layers of one worker, all work on all of them.
 *
 * A job's lock guards its state, running, the queues of its hashing, and a change of workers; the schedule's lock
 * what is said below. Nobody holds two locks. Work is announced after the lock is dropped that guards it.
 */
#ifndef IA_SCAN_SCHEDULE_H
#define IA_SCAN_SCHEDULE_H

#include "scan/layer_job.h"

#include <limits.h>

enum { IA_LANES_MOST = 16, IA_WORKERS_MOST = 64 };

/* Owners of a layer beside the workers. */
#define IA_OWNER_NONE UINT_MAX       /* nobody has begun it */
#define IA_OWNER_PAST (UINT_MAX - 1) /* it is done */

enum ia_task_kind { IA_TASK_OPEN, IA_TASK_STEP, IA_TASK_VERIFY, IA_TASK_HASH };

struct ia_task {
    enum ia_task_kind kind;
    struct ia_layer_job *job; /* NULL when hashing */
    unsigned count;           /* of pieces: the first chunks of as many digests as the lanes hold */
    struct ia_hash_piece pieces[IA_LANES_MOST];
    struct ia_hash_stream *streams[IA_LANES_MOST];
    struct ia_layer_job *jobs[IA_LANES_MOST]; /* whose streams they are */
};

/* One thread; 0 is the caller's. */
struct ia_worker {
    atomic_uint open; /* layers of its own that are being read */
    atomic_bool away; /* it hands over a layer, which may last */
};

struct ia_schedule {
    struct ia_layer_job *jobs; /* stand before the first worker comes */
    size_t count;
    struct ia_hash_lanes lanes;
    unsigned threads;
    unsigned open_most, open_each; /* layers that may be open: in all, of one worker */
    bool is_shared;                /* lanes are too wide for one worker's layers: all work on all of them */
    uint64_t kept_bytes;           /* while records that are done hold more, only the next layer may be begun */
    atomic_uint *owners;           /* of each layer */
    struct ia_worker workers[IA_WORKERS_MOST];
    atomic_size_t unbegun; /* layers */
    atomic_uint resting;   /* workers that found nothing to do */
    atomic_bool stop;
    atomic_int status; /* of hashing */
    char apart[IA_APART];
    struct ia_lock lock;
    size_t taken;    /* layers that were handed over; guarded, but for the caller's thread which alone changes it */
    unsigned open;   /* layers that are being read; guarded */
    unsigned events; /* announced while somebody rested; guarded */
};

int ia_schedule_init(struct ia_schedule *schedule, struct ia_env *env, size_t count); /* E_NOMEM */
void ia_schedule_free(struct ia_schedule *schedule, struct ia_env *env);

/*
 * The next task of a worker. False after a rest, when something happened that may be what it waits for: a task, the
 * stop, and for the caller's thread the next layer.
 */
bool ia_schedule_next(struct ia_schedule *schedule, unsigned worker, struct ia_task *task);
void ia_schedule_conclude(struct ia_schedule *schedule, unsigned worker, const struct ia_task *task, int status);
void ia_schedule_stop(struct ia_schedule *schedule);

/* In the caller's thread: whether the next layer is done; around handing it over. */
bool ia_schedule_is_ready(const struct ia_schedule *schedule);
void ia_schedule_begin_taking(struct ia_schedule *schedule);
void ia_schedule_end_taking(struct ia_schedule *schedule); /* one more layer is taken */

#endif
