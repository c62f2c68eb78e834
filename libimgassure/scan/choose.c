/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/choose.h"

#include "scan/lanes.h"

enum { EVEN_BYTES = 4 << 20 }; /* of a blob; layers that differ by less are alike */

static bool choose_hash(struct ia_schedule *schedule, unsigned worker, enum ia_whose whose, struct ia_task *task)
{
    return ia_lanes_are_due(schedule, worker, whose) && ia_lanes_fill(schedule, worker, whose, task);
}

/* A chunk alone leaves lanes idle: that is worth the way of others' chunks. Two are not. */
static bool choose_hash_early(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    return ia_lanes_fill(schedule, worker, IA_OWN, task) &&
           (task->count > 1 || ia_lanes_fill(schedule, worker, IA_OTHERS, task));
}

/* ---- reading ---- */

static bool is_idle(const struct ia_layer_job *job, enum ia_job_state state)
{
    return job->state == state && !job->running;
}

static uint64_t left(const struct ia_layer_job *job)
{
    return job->size > job->read ? job->size - job->read : 0;
}

static bool is_readable(const struct ia_layer_job *job)
{
    return is_idle(job, IA_JOB_OPEN) && ia_hashing_has_room(&job->hashing) && !ia_layer_job_waits(job);
}

/* With the job's lock. */
static bool claim(struct ia_layer_job *job, enum ia_task_kind kind, struct ia_task *task)
{
    job->running = true;
    task->kind = kind;
    task->job = job;
    return true;
}

/* A layer that its owner cannot read for now, because it reads another or has gone away. */
static bool is_spare(const struct ia_schedule *schedule, size_t layer)
{
    unsigned owner = ia_owner_of(schedule, layer);
    return owner < IA_WORKERS_MOST &&
           (atomic_load(&schedule->workers[owner].open) > 1 || atomic_load(&schedule->workers[owner].away));
}

/* Of the layers with this much to go or more the one that has most; SIZE_MAX: there is none that can be read. */
static size_t find_readable(struct ia_schedule *schedule, unsigned worker, enum ia_whose whose, uint64_t least)
{
    size_t best = SIZE_MAX;
    uint64_t most = 0;
    struct ia_layer_job *job;
    for (size_t at = 0; (job = ia_reach_next(schedule, &at, worker, whose)); ia_reach_end(job)) {
        if (whose == IA_OTHERS && !is_spare(schedule, at - 1))
            continue;
        if (is_readable(job) && left(job) >= least && (best == SIZE_MAX || left(job) > most)) {
            best = at - 1;
            most = left(job);
        }
    }
    return best;
}

/* With the job's lock. */
static void take_over(struct ia_schedule *schedule, size_t layer, unsigned worker)
{
    unsigned before = atomic_exchange(&schedule->owners[layer], worker);
    atomic_fetch_sub(&schedule->workers[before].open, 1);
    atomic_fetch_add(&schedule->workers[worker].open, 1);
}

static bool choose_step(struct ia_schedule *schedule, unsigned worker, enum ia_whose whose, uint64_t least,
                        struct ia_task *task)
{
    size_t layer = find_readable(schedule, worker, whose, least);
    struct ia_layer_job *job = layer == SIZE_MAX ? NULL : ia_reach(schedule, layer, worker, whose);
    if (!job)
        return false;
    bool chosen = is_readable(job) && claim(job, IA_TASK_STEP, task);
    if (chosen && ia_owner_of(schedule, layer) != worker)
        take_over(schedule, layer, worker);
    ia_reach_end(job);
    return chosen;
}

static uint64_t most_left(struct ia_schedule *schedule, unsigned worker)
{
    uint64_t most = 0;
    struct ia_layer_job *job;
    for (size_t at = 0; (job = ia_reach_next(schedule, &at, worker, IA_OWN)); ia_reach_end(job))
        if (job->state == IA_JOB_OPEN && left(job) > most)
            most = left(job);
    return most;
}

/* When nothing is left to begin, small layers wait for large ones: the last layers shall end together. */
static bool choose_step_evenly(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    uint64_t least = atomic_load(&schedule->unbegun) ? 0 : most_left(schedule, worker);
    return choose_step(schedule, worker, IA_OWN, least > EVEN_BYTES ? least - EVEN_BYTES : 0, task);
}

static bool choose_verify(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    bool chosen = false;
    struct ia_layer_job *job;
    for (size_t at = 0; !chosen && (job = ia_reach_next(schedule, &at, worker, IA_OWN)); ia_reach_end(job))
        chosen = is_idle(job, IA_JOB_HASHING) && ia_hashing_is_idle(&job->hashing) && claim(job, IA_TASK_VERIFY, task);
    return chosen;
}

/* ---- opening; with the schedule's lock ---- */

/* The first layer that is not handed over yet, nor just now. */
static size_t next_of(const struct ia_schedule *schedule)
{
    return schedule->taken + atomic_load(&schedule->workers[0].away);
}

/* What records that wait for their turn hold in memory. */
static uint64_t held(const struct ia_schedule *schedule)
{
    uint64_t bytes = 0;
    for (size_t i = next_of(schedule); i < schedule->count; i++)
        if (ia_owner_of(schedule, i) == IA_OWNER_PAST)
            bytes += schedule->jobs[i].record.kept + schedule->jobs[i].record.packed.n;
    return bytes;
}

/* The largest layer first, so that the last ones end together; in order where only one is read at a time. */
static size_t find_unbegun(const struct ia_schedule *schedule)
{
    bool in_order = schedule->open_most == 1 || held(schedule) > schedule->kept_bytes;
    size_t next = next_of(schedule), end = in_order ? next + 1 : schedule->count, best = SIZE_MAX;
    for (size_t i = next; i < end && i < schedule->count; i++)
        if (ia_owner_of(schedule, i) == IA_OWNER_NONE &&
            (best == SIZE_MAX || schedule->jobs[i].size > schedule->jobs[best].size))
            best = i;
    return best;
}

static bool begin(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    size_t layer = schedule->open < schedule->open_most ? find_unbegun(schedule) : SIZE_MAX;
    if (layer == SIZE_MAX)
        return false;
    schedule->open++;
    atomic_fetch_sub(&schedule->unbegun, 1);
    atomic_fetch_add(&schedule->workers[worker].open, 1);
    atomic_store(&schedule->owners[layer], worker);
    task->kind = IA_TASK_OPEN;
    task->job = &schedule->jobs[layer];
    return true;
}

static bool choose_open(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    if (atomic_load(&schedule->unbegun) == 0 || atomic_load(&schedule->workers[worker].open) >= schedule->open_each)
        return false;
    ia_lock_take(&schedule->lock);
    bool begun = begin(schedule, worker, task);
    ia_lock_drop(&schedule->lock);
    return begun;
}

/* ---- in which order ---- */

static bool choose_together(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    return choose_hash(schedule, worker, IA_ANY, task) || choose_open(schedule, worker, task) ||
           choose_step(schedule, worker, IA_ANY, 0, task) || ia_lanes_fill(schedule, worker, IA_ANY, task);
}

static bool choose_apart(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    return choose_hash(schedule, worker, IA_OWN, task) || choose_open(schedule, worker, task) ||
           choose_step_evenly(schedule, worker, task) || choose_hash_early(schedule, worker, task) ||
           choose_step(schedule, worker, IA_OWN, 0, task) || choose_step(schedule, worker, IA_OTHERS, 0, task) ||
           ia_lanes_fill(schedule, worker, IA_OTHERS, task);
}

bool ia_choose(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    task->job = NULL;
    task->count = 0;
    return choose_verify(schedule, worker, task) ||
           (schedule->is_shared ? choose_together : choose_apart)(schedule, worker, task);
}
