/* SPDX-License-Identifier: Apache-2.0 */
/* Whose layer is read next, and whose chunks are hashed: the rules of scan/schedule.h one by one. */
#include "made_jobs.h"

#include <criterion/criterion.h>

/* The next task of a worker must be this one. */
#define TURN(worker, expected, layer)                                                                                  \
    do {                                                                                                               \
        enum ia_task_kind kind_ = IA_TASK_HASH;                                                                        \
        cr_assert_eq(made_turn(&made, worker, &kind_), (size_t)(layer));                                               \
        cr_assert_eq(kind_, expected);                                                                                 \
    } while (0)

#define NOTHING(worker)                                                                                                \
    do {                                                                                                               \
        enum ia_task_kind kind_;                                                                                       \
        cr_assert_eq(made_turn(&made, worker, &kind_), SIZE_MAX);                                                      \
    } while (0)

static struct made made;

/* Opens every layer as the workers come by turns. */
static void open_all(unsigned workers)
{
    for (unsigned i = 0; i < made.schedule.count; i++) {
        struct ia_task task;
        cr_assert(ia_choose(&made.schedule, i % workers, &task) && task.kind == IA_TASK_OPEN);
        made_perform(&made, &task);
        ia_schedule_conclude(&made.schedule, i % workers, &task, IMGA_OK);
    }
}

static unsigned owner(size_t layer)
{
    return atomic_load(&made.schedule.owners[layer]);
}

Test(schedule, the_largest_layer_is_opened_first)
{
    made_init(&made, (const unsigned[]){3, 9, 5, 7, 1}, 5);
    TURN(0, IA_TASK_OPEN, 1);
    TURN(0, IA_TASK_OPEN, 3);
    TURN(0, IA_TASK_STEP, 1); /* each has two at a time */
    TURN(1, IA_TASK_OPEN, 2);
    TURN(1, IA_TASK_OPEN, 0);
    TURN(1, IA_TASK_STEP, 2);
    cr_assert(owner(4) == IA_OWNER_NONE);
    made_free(&made);
}

Test(schedule, records_that_wait_hold_the_next_ones_back)
{
    made_init(&made, (const unsigned[]){3, 9, 5}, 3);
    made.schedule.kept_bytes = 10;
    TURN(0, IA_TASK_OPEN, 1);
    atomic_store(&made.schedule.owners[1], IA_OWNER_PAST);
    made.jobs[1].state = IA_JOB_DONE;
    made.jobs[1].record.kept = 11;
    TURN(1, IA_TASK_OPEN, 0);
    TURN(1, IA_TASK_STEP, 0); /* layer 2 is not the next one */
    made.jobs[1].record.kept = 10;
    TURN(1, IA_TASK_OPEN, 2);
    made_free(&made);
}

Test(schedule, a_layer_stays_with_the_worker_that_opened_it)
{
    made_init(&made, (const unsigned[]){50, 50, 50, 50}, 4);
    open_all(2);
    for (int i = 0; i < 100; i++) {
        enum ia_task_kind kind;
        size_t layer = made_turn(&made, (unsigned)i % 2, &kind);
        cr_assert_eq(owner(layer), (unsigned)i % 2);
        cr_assert_eq(layer % 2, (size_t)i % 2);
    }
    made_free(&made);
}

Test(schedule, lanes_are_filled_before_they_are_used)
{
    made_init(&made, (const unsigned[]){50, 50, 50, 50}, 4);
    open_all(2);
    TURN(0, IA_TASK_STEP, 0);
    TURN(0, IA_TASK_STEP, 2);
    struct ia_task task;
    for (int i = 0; i < 40; i++) {
        cr_assert(ia_choose(&made.schedule, 0, &task));
        made_perform(&made, &task);
        ia_schedule_conclude(&made.schedule, 0, &task, IMGA_OK);
        cr_assert(task.kind != IA_TASK_HASH || task.count > 1, "a chunk is hashed alone");
    }
    made_free(&made);
}

Test(schedule, one_stream_at_a_time_is_hashed_at_once)
{
    made_init(&made, (const unsigned[]){50, 50}, 2);
    made.schedule.lanes = (struct ia_hash_lanes){UINT_MAX, 1};
    open_all(2);
    TURN(0, IA_TASK_STEP, 0);
    TURN(0, IA_TASK_HASH, 0);
    TURN(0, IA_TASK_STEP, 0);
    made_free(&made);
}

Test(schedule, who_has_nothing_takes_a_layer_from_who_has_two)
{
    made_init(&made, (const unsigned[]){40, 50, 60}, 3);
    made.schedule.open_each = 3;
    open_all(1);
    TURN(1, IA_TASK_STEP, 2);
    cr_assert_eq(owner(2), 1u);
    TURN(1, IA_TASK_STEP, 2); /* it has one now, and keeps to it */
    TURN(0, IA_TASK_STEP, 1);
    made_free(&made);
}

Test(schedule, the_only_layer_of_a_worker_is_left_to_it)
{
    made_init(&made, (const unsigned[]){40}, 1);
    open_all(1);
    NOTHING(1);
    TURN(0, IA_TASK_STEP, 0);
    TURN(1, IA_TASK_HASH, 0); /* but its chunks may be hashed */
    NOTHING(1);
    made_free(&made);
}

Test(schedule, a_worker_that_is_away_needs_its_layers_not)
{
    made_init(&made, (const unsigned[]){40, 1}, 2);
    open_all(1);
    atomic_store(&made.schedule.owners[1], IA_OWNER_PAST);
    atomic_store(&made.schedule.workers[0].open, 1);
    NOTHING(1);
    ia_schedule_begin_taking(&made.schedule);
    TURN(1, IA_TASK_STEP, 0);
    cr_assert_eq(owner(0), 1u);
    made_free(&made);
}

Test(schedule, the_last_layers_end_together)
{
    made_init(&made, (const unsigned[]){200, 100}, 2);
    made.schedule.open_each = 2;
    open_all(1);
    enum ia_task_kind kind;
    while (made.jobs[0].state == IA_JOB_OPEN && made.jobs[1].state == IA_JOB_OPEN)
        cr_assert(made_turn(&made, 0, &kind) != SIZE_MAX);
    uint64_t left = made.jobs[0].size - made.jobs[0].read + made.jobs[1].size - made.jobs[1].read;
    cr_assert(left <= 40 * MADE_CHUNK, "%llu chunks are left alone", (unsigned long long)(left / MADE_CHUNK));
    made_free(&made);
}

/* The large one may wait for another thread, or for its turn, which the small one may have. */
Test(schedule, a_small_layer_goes_on_when_the_large_one_cannot)
{
    struct ia_hash_piece piece;
    made_init(&made, (const unsigned[]){200, 100}, 2);
    open_all(1);
    for (int i = 0; i < IA_HASH_QUEUE; i++)
        TURN(0, IA_TASK_STEP, 0);
    for (int i = 0; i < IA_HASH_STREAMS; i++)
        cr_assert(ia_hashing_take(&made.jobs[0].hashing.streams[i], &piece)); /* others are at it */
    TURN(0, IA_TASK_STEP, 1);
    made_free(&made);
}

Test(schedule, a_chunk_alone_takes_those_of_others_along)
{
    struct ia_task task;
    made_init(&made, (const unsigned[]){1, 50}, 2);
    open_all(2);
    TURN(0, IA_TASK_STEP, 1);
    TURN(1, IA_TASK_STEP, 0);
    cr_assert(ia_choose(&made.schedule, 1, &task));
    cr_assert_eq(task.kind, IA_TASK_HASH);
    cr_assert_eq(task.count, 2u);
    cr_assert_eq(task.jobs[0], &made.jobs[0]);
    cr_assert_eq(task.jobs[1], &made.jobs[1]);
    made_free(&made);
}

Test(schedule, wide_lanes_are_filled_by_all)
{
    made_init(&made, (const unsigned[]){50, 50, 50, 50}, 4);
    made.schedule.lanes = (struct ia_hash_lanes){2, 8};
    made.schedule.is_shared = true;
    open_all(2);
    TURN(0, IA_TASK_STEP, 0);
    TURN(0, IA_TASK_STEP, 1); /* of the other worker, because it has most to go */
    cr_assert_eq(owner(1), 0u);
    made_free(&made);
}
