/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workers that start and end their tasks in random order: every layer is read once and hashed to the last byte, nothing
 * is done twice at a time, the bounds are kept, and there is always somebody who has something to do.
 */
#include "made_jobs.h"

#include <criterion/criterion.h>

enum { WORKERS_MOST = 5 };

struct world {
    struct made made;
    struct ia_task tasks[WORKERS_MOST];
    bool busy[WORKERS_MOST];
    bool away;
    uint32_t seed;
};

static unsigned dice(struct world *w, unsigned sides)
{
    w->seed = w->seed * 1664525u + 1013904223u;
    return (w->seed >> 16) % sides;
}

static void expect_alone(const struct world *w, unsigned worker)
{
    const struct ia_task *task = &w->tasks[worker];
    for (unsigned i = 0; i < w->made.schedule.threads; i++) {
        if (i == worker || !w->busy[i])
            continue;
        cr_assert(!task->job || task->job != w->tasks[i].job, "two workers read a layer");
        for (unsigned k = 0; k < task->count; k++)
            for (unsigned j = 0; j < w->tasks[i].count; j++)
                cr_assert(task->streams[k] != w->tasks[i].streams[j], "two workers hash a stream");
    }
}

static void expect_bounds(const struct world *w)
{
    const struct ia_schedule *schedule = &w->made.schedule;
    unsigned open = 0;
    for (unsigned i = 0; i < schedule->threads; i++)
        open += atomic_load(&schedule->workers[i].open);
    cr_assert_eq(open, schedule->open);
    cr_assert(open <= schedule->open_most);
}

static bool begin(struct world *w, unsigned worker)
{
    struct ia_task *task = &w->tasks[worker];
    if (!ia_choose(&w->made.schedule, worker, task))
        return false;
    expect_alone(w, worker);
    if (task->job)
        cr_assert_eq(atomic_load(&w->made.schedule.owners[task->job->layer]), worker);
    return w->busy[worker] = true;
}

static void end(struct world *w, unsigned worker)
{
    made_perform(&w->made, &w->tasks[worker]);
    ia_schedule_conclude(&w->made.schedule, worker, &w->tasks[worker], IMGA_OK);
    w->busy[worker] = false;
}

/* The caller's thread hands layers over. */
static bool hand_over(struct world *w)
{
    if (w->away) {
        ia_schedule_end_taking(&w->made.schedule);
        w->away = false;
        return true;
    }
    if (!ia_schedule_is_ready(&w->made.schedule))
        return false;
    ia_schedule_begin_taking(&w->made.schedule);
    return w->away = true;
}

static bool go_on(struct world *w, unsigned worker)
{
    if (w->busy[worker])
        end(w, worker);
    else if (worker || !hand_over(w))
        return begin(w, worker);
    return true;
}

static void expect_somebody(struct world *w)
{
    for (unsigned i = 0; i < w->made.schedule.threads; i++)
        if (go_on(w, i))
            return;
    cr_assert_fail("everybody waits");
}

static void expect_hashed(const struct world *w)
{
    for (size_t i = 0; i < w->made.schedule.count; i++) {
        uint64_t chunks = w->made.jobs[i].size / MADE_CHUNK;
        cr_assert_eq(w->made.hashed[i][1], chunks * MADE_CHUNK);
        cr_assert_eq(w->made.hashed[i][0], chunks / 2 * MADE_CHUNK);
    }
}

static void make_world(struct world *w, uint32_t seed)
{
    static const struct ia_hash_lanes lanes[] = {{UINT_MAX, 1}, {1, 3}, {1, 8}, {2, 16}};
    unsigned chunks[MADE_LAYERS_MOST];
    w->seed = seed;
    w->away = false;
    for (unsigned i = 0; i < WORKERS_MOST; i++)
        w->busy[i] = false;
    unsigned count = 1 + dice(w, MADE_LAYERS_MOST);
    for (unsigned i = 0; i < count; i++)
        chunks[i] = dice(w, 4) ? dice(w, 12) : dice(w, 120);
    made_init(&w->made, chunks, count);
    struct ia_schedule *schedule = &w->made.schedule;
    schedule->lanes = lanes[dice(w, IA_COUNT(lanes))];
    schedule->is_shared = dice(w, 2);
    schedule->threads = 1 + dice(w, WORKERS_MOST);
    schedule->open_each = 1 + dice(w, 3);
    schedule->open_most = schedule->threads * schedule->open_each;
    schedule->kept_bytes = dice(w, 2) ? 0 : UINT64_MAX;
    for (unsigned i = 0; i < count; i++)
        w->made.jobs[i].record.kept = dice(w, 3);
}

Test(schedule_random, everything_is_done_once)
{
    static struct world w;
    for (uint32_t seed = 1; seed <= 3000; seed++) {
        make_world(&w, seed);
        while (w.made.schedule.taken < w.made.schedule.count) {
            if (!go_on(&w, dice(&w, w.made.schedule.threads)))
                expect_somebody(&w);
            expect_bounds(&w);
        }
        expect_hashed(&w);
        made_free(&w.made);
    }
}
