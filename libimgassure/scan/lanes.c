/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/lanes.h"

bool ia_hashes_by_lanes(const struct ia_schedule *schedule)
{
    return schedule->lanes.worth != UINT_MAX && schedule->lanes.most > 1;
}

static bool is_hashable(const struct ia_layer_job *job)
{
    return job->state == IA_JOB_OPEN || job->state == IA_JOB_HASHING;
}

static unsigned count_waiting(struct ia_schedule *schedule, unsigned worker, enum ia_whose whose)
{
    unsigned waiting = 0;
    struct ia_layer_job *job;
    for (size_t at = 0; (job = ia_reach_next(schedule, &at, worker, whose)); ia_reach_end(job))
        for (unsigned k = 0; is_hashable(job) && k < job->hashing.count; k++)
            waiting += job->hashing.streams[k].count && !job->hashing.streams[k].busy;
    return waiting;
}

static unsigned count_open(const struct ia_schedule *schedule, unsigned worker, enum ia_whose whose)
{
    unsigned open = 0;
    for (unsigned i = 0; i < schedule->threads; i++)
        if (whose == IA_ANY || i == worker)
            open += atomic_load(&schedule->workers[i].open);
    return open;
}

static unsigned most_of(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

bool ia_lanes_are_due(struct ia_schedule *schedule, unsigned worker, enum ia_whose whose)
{
    if (!ia_hashes_by_lanes(schedule))
        return true;
    unsigned enough =
        most_of(most_of(count_open(schedule, worker, whose) + (whose == IA_OWN), schedule->lanes.worth), 2);
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

bool ia_lanes_fill(struct ia_schedule *schedule, unsigned worker, enum ia_whose whose, struct ia_task *task)
{
    unsigned most = ia_hashes_by_lanes(schedule) ? schedule->lanes.most : 1;
    most = most < IA_LANES_MOST ? most : IA_LANES_MOST;
    struct ia_layer_job *job;
    for (size_t at = 0; task->count < most && (job = ia_reach_next(schedule, &at, worker, whose)); ia_reach_end(job))
        take_pieces(job, most, task);
    task->kind = IA_TASK_HASH;
    return task->count > 0;
}
