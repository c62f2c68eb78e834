/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reading of one layer, from its blob to its record, in steps of one chunk, so that a few threads can read many
 * layers. What a job does depends on its layer alone: neither threads nor other layers can change a record, a note or
 * an error.
 */
#ifndef IA_SCAN_LAYER_JOB_H
#define IA_SCAN_LAYER_JOB_H

#include "base/lock.h"
#include "image/image.h"
#include "io/hashing.h"
#include "rootfs/recorder.h"
#include "scan/taken.h"

#include <stdatomic.h>

enum ia_job_state {
    IA_JOB_WAITING = 0,
    IA_JOB_OPEN,    /* being read */
    IA_JOB_HASHING, /* read to the end; chunks may still wait to be hashed */
    IA_JOB_DONE     /* status, record and notes are final */
};

struct ia_layer_job {
    struct ia_image *image;
    uint32_t layer;
    const struct ia_recording *recording;
    const struct ia_taken *taken;
    bool deferred; /* digests are made apart from the reading */
    struct ia_env env;
    struct ia_hooks hooks;
    struct ia_notes notes;
    struct ia_hashing hashing;
    struct ia_reader *stream;
    struct ia_recorder *recorder;
    struct ia_layer_record record;
    struct ia_digest key;    /* of the cache */
    bool cached;             /* the record came from the cache: only the blob is hashed */
    bool cacheable;          /* the record may go to the cache under key, if nothing was remarked */
    struct ia_lock lock;     /* guards the state, running, and the queues of hashing */
    enum ia_job_state state; /* of the schedule */
    bool running;            /* a thread is at it */
    enum ia_job_state next;  /* what the step at hand led to */
    unsigned chunks_left;    /* of the step at hand */
    int status;              /* of the layer, once done */
    bool skipped;            /* it could not be examined; a note says why. The record is empty */
    uint64_t size;           /* of the blob */
    uint64_t first;          /* bytes of the blobs of the layers below */
    uint64_t read;           /* of this blob */
    uint64_t told;           /* of that, in the total */
    atomic_ullong *total;    /* bytes of all blobs read by all jobs */
    char apart[IA_APART];    /* the next job may be another thread's */
};

/* What all jobs of an image share. */
struct ia_job_setting {
    struct ia_image *image;
    const struct ia_recording *recording;
    const struct ia_taken *taken; /* of an image that was read once; may be NULL */
    bool deferred;                /* digests are made apart from the reading */
    atomic_ullong *total;
};

/*
 * first: bytes of the blobs of the layers below. The env's limits, allocator, crypto and cancel token are used, and its
 * cache is asked: in the calling thread. E_NOMEM; the job need not be freed then.
 */
int ia_layer_job_init(struct ia_layer_job *job, struct ia_env *env, const struct ia_job_setting *setting,
                      uint32_t layer, uint64_t first);
void ia_layer_job_clear(struct ia_layer_job *job); /* gives back all but the lock, which others may still look at */
void ia_layer_job_free(struct ia_layer_job *job);
/* The steps set job->next. Opens the layer's stream: open, or done. */
void ia_layer_job_open(struct ia_layer_job *job);
/* Reads one more chunk: open, hashing, or done. */
void ia_layer_job_step(struct ia_layer_job *job);
/* Whether a step would do nothing until another job gets on. */
bool ia_layer_job_waits(const struct ia_layer_job *job);
/* Compares the digests of a hashing job that is idle: done. */
void ia_layer_job_verify(struct ia_layer_job *job);

#endif
