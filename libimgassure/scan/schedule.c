/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resting without a lost call: who wants to rest says so first and looks once more; who has made work looks afterwards
 * whether somebody rests. One of the two sees the other.
 */
#include "scan/schedule.h"

#include "scan/choose.h"

int ia_schedule_init(struct ia_schedule *schedule, struct ia_env *env, size_t count)
{
    size_t apart = IA_APART / sizeof(*schedule->owners); /* what lies behind them in memory may change often */
    schedule->count = count;
    schedule->owners = ia_new_array(&env->alloc, count + apart, sizeof(*schedule->owners));
    if (!schedule->owners)
        return ia_fail_nomem(env);
    if (ia_lock_init(&schedule->lock) < 0) {
        ia_free(&env->alloc, schedule->owners);
        return ia_fail_nomem(env);
    }
    for (size_t i = 0; i < count; i++)
        atomic_init(&schedule->owners[i], IA_OWNER_NONE);
    atomic_init(&schedule->unbegun, count);
    return IMGA_OK;
}

void ia_schedule_free(struct ia_schedule *schedule, struct ia_env *env)
{
    ia_lock_free(&schedule->lock);
    ia_free(&env->alloc, schedule->owners);
}

/* ---- resting ---- */

static void announce(struct ia_schedule *schedule)
{
    if (atomic_load(&schedule->resting) == 0)
        return;
    ia_lock_take(&schedule->lock);
    schedule->events++;
    ia_lock_wake(&schedule->lock);
    ia_lock_drop(&schedule->lock);
}

static unsigned events_of(struct ia_schedule *schedule)
{
    ia_lock_take(&schedule->lock);
    unsigned events = schedule->events;
    ia_lock_drop(&schedule->lock);
    return events;
}

static void sleep_after(struct ia_schedule *schedule, unsigned worker, unsigned events)
{
    ia_lock_take(&schedule->lock);
    while (schedule->events == events && !atomic_load(&schedule->stop) &&
           !(worker == 0 && ia_schedule_is_ready(schedule)))
        ia_lock_wait(&schedule->lock);
    ia_lock_drop(&schedule->lock);
}

bool ia_schedule_next(struct ia_schedule *schedule, unsigned worker, struct ia_task *task)
{
    if (ia_choose(schedule, worker, task))
        return true;
    atomic_fetch_add(&schedule->resting, 1);
    unsigned events = events_of(schedule);
    bool chosen = ia_choose(schedule, worker, task);
    if (!chosen)
        sleep_after(schedule, worker, events);
    atomic_fetch_sub(&schedule->resting, 1);
    return chosen;
}

void ia_schedule_stop(struct ia_schedule *schedule)
{
    atomic_store(&schedule->stop, true);
    announce(schedule);
}

/* ---- after a task ---- */

static void conclude_hash(const struct ia_task *task)
{
    for (unsigned i = 0; i < task->count; i++) {
        ia_lock_take(&task->jobs[i]->lock);
        ia_hashing_taken(task->streams[i]);
        ia_lock_wake(&task->jobs[i]->lock);
        ia_lock_drop(&task->jobs[i]->lock);
    }
}

/* A job that is only hashed no longer counts: the next layer may be read meanwhile. */
static void count_closed(struct ia_schedule *schedule, unsigned worker)
{
    atomic_fetch_sub(&schedule->workers[worker].open, 1);
    ia_lock_take(&schedule->lock);
    schedule->open--;
    ia_lock_drop(&schedule->lock);
}

static void conclude_job(struct ia_schedule *schedule, unsigned worker, const struct ia_task *task)
{
    struct ia_layer_job *job = task->job;
    ia_lock_take(&job->lock);
    enum ia_job_state state = job->next;
    job->running = false;
    job->state = state;
    if (state == IA_JOB_DONE)
        atomic_store(&schedule->owners[job->layer], IA_OWNER_PAST);
    ia_lock_drop(&job->lock);
    if (task->kind != IA_TASK_VERIFY && state != IA_JOB_OPEN)
        count_closed(schedule, worker);
}

void ia_schedule_conclude(struct ia_schedule *schedule, unsigned worker, const struct ia_task *task, int status)
{
    int fine = IMGA_OK;
    if (status < 0)
        atomic_compare_exchange_strong(&schedule->status, &fine, status);
    if (task->job)
        conclude_job(schedule, worker, task);
    else
        conclude_hash(task);
    announce(schedule);
}

/* ---- the caller's ---- */

bool ia_schedule_is_ready(const struct ia_schedule *schedule)
{
    return atomic_load(&schedule->owners[schedule->taken]) == IA_OWNER_PAST;
}

void ia_schedule_begin_taking(struct ia_schedule *schedule)
{
    ia_lock_take(&schedule->lock);
    atomic_store(&schedule->workers[0].away, true);
    ia_lock_drop(&schedule->lock);
    announce(schedule);
}

void ia_schedule_end_taking(struct ia_schedule *schedule)
{
    ia_lock_take(&schedule->lock);
    atomic_store(&schedule->workers[0].away, false);
    schedule->taken++;
    ia_lock_drop(&schedule->lock);
    announce(schedule);
}
