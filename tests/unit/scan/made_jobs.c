/* SPDX-License-Identifier: Apache-2.0 */
#include "made_jobs.h"

#include <criterion/criterion.h>

static const unsigned char data[MADE_CHUNK];

static void make_job(struct made *made, size_t layer, unsigned chunks)
{
    struct ia_layer_job *job = &made->jobs[layer];
    *job = (struct ia_layer_job){.layer = (uint32_t)layer, .size = (uint64_t)chunks * MADE_CHUNK};
    job->hashing.lock = &job->lock;
    cr_assert(ia_lock_init(&job->lock) == IMGA_OK);
}

void made_init(struct made *made, const unsigned *chunks, size_t count)
{
    cr_assert(count <= MADE_LAYERS_MOST);
    *made = (struct made){.env = {.alloc = ia_alloc_libc}};
    cr_assert(ia_schedule_init(&made->schedule, &made->env, count) == IMGA_OK);
    made->schedule.jobs = made->jobs;
    made->schedule.lanes = (struct ia_hash_lanes){1, 3};
    made->schedule.threads = 2;
    made->schedule.open_most = 4;
    made->schedule.open_each = 2;
    made->schedule.kept_bytes = UINT64_MAX;
    for (size_t i = 0; i < count; i++)
        make_job(made, i, chunks[i]);
}

void made_free(struct made *made)
{
    for (size_t i = 0; i < made->schedule.count; i++)
        ia_lock_free(&made->jobs[i].lock);
    ia_schedule_free(&made->schedule, &made->env);
}

static void leave_chunk(struct ia_hash_stream *stream)
{
    cr_assert(stream->count < IA_HASH_QUEUE);
    stream->queue[(stream->first + stream->count++) % IA_HASH_QUEUE] = ia_cursor_from(data, MADE_CHUNK);
}

/* Every second chunk fills one of the blob, too. */
static void step(struct ia_layer_job *job)
{
    ia_lock_take(&job->lock);
    leave_chunk(&job->hashing.streams[1]);
    if (job->read / MADE_CHUNK % 2)
        leave_chunk(&job->hashing.streams[0]);
    ia_lock_drop(&job->lock);
    job->read += MADE_CHUNK;
    job->next = job->read == job->size ? IA_JOB_HASHING : IA_JOB_OPEN;
}

static void count_hashed(struct made *made, const struct ia_task *task)
{
    for (unsigned i = 0; i < task->count; i++) {
        size_t stream = (size_t)(task->streams[i] - task->jobs[i]->hashing.streams);
        made->hashed[task->jobs[i]->layer][stream] += task->pieces[i].size;
    }
}

void made_perform(struct made *made, const struct ia_task *task)
{
    struct ia_layer_job *job = task->job;
    switch (task->kind) {
    case IA_TASK_OPEN:
        job->hashing.count = IA_HASH_STREAMS;
        job->next = job->size ? IA_JOB_OPEN : IA_JOB_HASHING;
        break;
    case IA_TASK_STEP:
        step(job);
        break;
    case IA_TASK_VERIFY:
        job->next = IA_JOB_DONE;
        break;
    case IA_TASK_HASH:
        count_hashed(made, task);
        break;
    }
}

size_t made_layer(const struct made *made, const struct ia_task *task)
{
    return (size_t)((task->job ? task->job : task->jobs[0]) - made->jobs);
}

size_t made_turn(struct made *made, unsigned worker, enum ia_task_kind *kind)
{
    struct ia_task task;
    if (!ia_choose(&made->schedule, worker, &task))
        return SIZE_MAX;
    *kind = task.kind;
    made_perform(made, &task);
    ia_schedule_conclude(&made->schedule, worker, &task, IMGA_OK);
    return made_layer(made, &task);
}
