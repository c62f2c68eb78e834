/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/reach.h"

unsigned ia_owner_of(const struct ia_schedule *schedule, size_t layer)
{
    return atomic_load(&schedule->owners[layer]);
}

static bool belongs(const struct ia_schedule *schedule, size_t layer, unsigned worker, enum ia_whose whose)
{
    unsigned owner = ia_owner_of(schedule, layer);
    if (owner == worker)
        return whose != IA_OTHERS;
    return whose != IA_OWN && owner < IA_WORKERS_MOST;
}

struct ia_layer_job *ia_reach(struct ia_schedule *schedule, size_t layer, unsigned worker, enum ia_whose whose)
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

struct ia_layer_job *ia_reach_next(struct ia_schedule *schedule, size_t *at, unsigned worker, enum ia_whose whose)
{
    struct ia_layer_job *job = NULL;
    while (!job && *at < schedule->count)
        job = ia_reach(schedule, (*at)++, worker, whose);
    return job;
}

void ia_reach_end(struct ia_layer_job *job)
{
    ia_lock_drop(&job->lock);
}
