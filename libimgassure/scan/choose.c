/* SPDX-License-Identifier: Apache-2.0 */
/* Owners are read without a lock first: others' locks would cost a cache line each, owners seldom change. */
#include "scan/choose.h"

enum whose { OWN, OTHERS, ANY };

enum { EVEN_BYTES = 4 << 20 }; /* of a blob; layers that differ by less are alike */

bool ia_hashes_by_lanes(const struct ia_schedule *schedule)
{
    return schedule->lanes.worth != UINT_MAX && schedule->lanes.most > 1;
}

static unsigned owner_of(const struct ia_schedule *schedule, size_t layer)
{
    return atomic_load(&schedule->owners[layer]);
}

static bool belongs(const struct ia_schedule *schedule, size_t layer, unsigned worker, enum whose whose)
{
    unsigned owner = owner_of(schedule, layer);
    if (owner == worker)
        return whose != OTHERS;
    return whose != OWN && owner < IA_WORKERS_MOST;
}

/* Locks the job of a layer that still belongs to whom it should; NULL: it does not. */
static struct ia_layer_job *enter(struct ia_schedule *schedule, size_t layer, unsigned worker, enum whose whose)
{
    struct ia_layer_job *job = &schedule->jobs[layer];
    if (!belongs(schedule, layer, worker, whose))
        return NULL;
    ia_lock_take(&job->lock);
    if (belongs(schedule, layer, worker, whose))
        return job;
    ia_lock_drop(&job->lock);
    return NULL;
}

static void leave(struct ia_layer_job *job)
{
    ia_lock_drop(&job->lock);
}

/* ---- hashing ---- */

static bool is_hashable(const struct ia_layer_job *job)
{
    return job->state == IA_JOB_OPEN || job->state == IA_JOB_HASHING;
}

static unsigned count_waiting(struct ia_schedule *schedule, unsigned worker, enum whose whose)
{
    unsigned waiting = 0;
    for (size_t i = 0; i < schedule->count; i++) {
        struct ia_layer_job *job = enter(schedule, i, worker, whose);
        if (!job)
            continue;
        for (unsigned k = 0; is_hashable(job) && k < job->hashing.count; k++)
            waiting += job->hashing.streams[k].count && !job->hashing.streams[k].busy;
        leave(job);
    }
    return waiting;
}

static unsigned count_open(const struct ia_schedule *schedule, unsigned worker, enum whose whose)
{
    unsigned open = 0;
    for (unsigned i = 0; i < schedule->threads; i++)
        if (whose == ANY || i == worker)
            open += atomic_load(&schedule->workers[i].open);
    return open;
}

static unsigned most_of(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

/* Whether hashing comes before reading: the lanes are full, or hold a chunk of each layer and one of a blob. */
static bool is_hashing_due(struct ia_schedule *schedule, unsigned worker, enum whose whose)
{
    if (!ia_hashes_by_lanes(schedule))
        return true;
    unsigned enough = most_of(most_of(count_open(schedule, worker, whose) + (whose == OWN), schedule->lanes.worth), 2);
    return count_waiting(schedule, worker, whose) >= (enough < schedule->lanes.most ? enough : schedule->lanes.most);
}

static void take_pieces(struct ia_layer_job *job, unsigned most, struct ia_task *task)
{
    for (unsigned k = 0; is_hashable(job) && k < job->hashing.count && task->count < most; k++) {
        if (!ia_hashing_take(&job->hashing.streams[k], &task->pieces[task->count]))
            continue;
        task->streams[task->count] = &job->hashing.streams[k];
        task->jobs[task->count++] = job;
    }
}

/* Takes the first chunk of as many digests as the lanes still hold. Whether any lane is used. */
static bool fill_lanes(struct ia_schedule *schedule, unsigned worker, enum whose whose, struct ia_task *task)
{
    unsigned most = ia_hashes_by_lanes(schedule) ? schedule->lanes.most : 1;
    most = most < IA_LANES_MOST ? most : IA_LANES_MOST;
    for (size_t i = 0; i < schedule->count && task->count < most; i++) {
        struct ia_layer_job *job = enter(schedule, i, worker, whose);
        if (!job)
            continue;
        take_pieces(job, most, task);
        leave(job);
    }
    task->kind = IA_TASK_HASH;
    return task->count > 0;
}

static bool choose_hash(struct ia_schedule *schedule, unsigned worker, enum whose whose, struct ia_task *task)
{
    return is_hashing_due(schedule, worker, whose) && fill_lanes(schedule, worker, whose, task);
}

/* A chunk alone leaves lanes idle: that is worth the way of others' chunks. Two are not. */
static bool choose_hash_early(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    return fill_lanes(schedule, worker, OWN, task) && (task->count > 1 || fill_lanes(schedule, worker, OTHERS, task));
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
    unsigned owner = owner_of(schedule, layer);
    return owner < IA_WORKERS_MOST &&
           (atomic_load(&schedule->workers[owner].open) > 1 || atomic_load(&schedule->workers[owner].away));
}

/* Of the layers with this much to go or more the one that has most; SIZE_MAX: there is none that can be read. */
static size_t find_readable(struct ia_schedule *schedule, unsigned worker, enum whose whose, uint64_t least)
{
    size_t best = SIZE_MAX;
    uint64_t most = 0;
    for (size_t i = 0; i < schedule->count; i++) {
        struct ia_layer_job *job = whose == OTHERS && !is_spare(schedule, i) ? NULL : enter(schedule, i, worker, whose);
        if (!job)
            continue;
        if (is_readable(job) && left(job) >= least && (best == SIZE_MAX || left(job) > most)) {
            best = i;
            most = left(job);
        }
        leave(job);
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

static bool choose_step(struct ia_schedule *schedule, unsigned worker, enum whose whose, uint64_t least,
                        struct ia_task *task)
{
    size_t layer = find_readable(schedule, worker, whose, least);
    struct ia_layer_job *job = layer == SIZE_MAX ? NULL : enter(schedule, layer, worker, whose);
    if (!job)
        return false;
    bool chosen = is_readable(job) && claim(job, IA_TASK_STEP, task);
    if (chosen && owner_of(schedule, layer) != worker)
        take_over(schedule, layer, worker);
    leave(job);
    return chosen;
}

static uint64_t most_left(struct ia_schedule *schedule, unsigned worker)
{
    uint64_t most = 0;
    for (size_t i = 0; i < schedule->count; i++) {
        struct ia_layer_job *job = enter(schedule, i, worker, OWN);
        if (!job)
            continue;
        if (job->state == IA_JOB_OPEN && left(job) > most)
            most = left(job);
        leave(job);
    }
    return most;
}

/* When nothing is left to begin, small layers wait for large ones: the last layers shall end together. */
static bool choose_step_evenly(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    uint64_t least = atomic_load(&schedule->unbegun) ? 0 : most_left(schedule, worker);
    return choose_step(schedule, worker, OWN, least > EVEN_BYTES ? least - EVEN_BYTES : 0, task);
}

static bool choose_verify(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    bool chosen = false;
    for (size_t i = 0; i < schedule->count && !chosen; i++) {
        struct ia_layer_job *job = enter(schedule, i, worker, OWN);
        if (!job)
            continue;
        chosen = is_idle(job, IA_JOB_HASHING) && ia_hashing_is_idle(&job->hashing) && claim(job, IA_TASK_VERIFY, task);
        leave(job);
    }
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
        if (owner_of(schedule, i) == IA_OWNER_PAST)
            bytes += schedule->jobs[i].record.kept + schedule->jobs[i].record.packed.n;
    return bytes;
}

/* The largest layer first, so that the last ones end together; in order where only one is read at a time. */
static size_t find_unbegun(const struct ia_schedule *schedule)
{
    bool in_order = schedule->open_most == 1 || held(schedule) > schedule->kept_bytes;
    size_t next = next_of(schedule), end = in_order ? next + 1 : schedule->count, best = SIZE_MAX;
    for (size_t i = next; i < end && i < schedule->count; i++)
        if (owner_of(schedule, i) == IA_OWNER_NONE &&
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

static bool choose_together(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    return choose_hash(schedule, worker, ANY, task) || choose_open(schedule, worker, task) ||
           choose_step(schedule, worker, ANY, 0, task) || fill_lanes(schedule, worker, ANY, task);
}

static bool choose_apart(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    return choose_hash(schedule, worker, OWN, task) || choose_open(schedule, worker, task) ||
           choose_step_evenly(schedule, worker, task) || choose_hash_early(schedule, worker, task) ||
           choose_step(schedule, worker, OWN, 0, task) || choose_step(schedule, worker, OTHERS, 0, task) ||
           fill_lanes(schedule, worker, OTHERS, task);
}

bool ia_choose(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    task->job = NULL;
    task->count = 0;
    return choose_verify(schedule, worker, task) ||
           (schedule->is_shared ? choose_together : choose_apart)(schedule, worker, task);
}
