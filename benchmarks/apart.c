/* SPDX-License-Identifier: Apache-2.0 */
/* Two threads hand a turn to each other. */
#include "apart.h"

#include "base/lock.h"
#include "imgassure/status.h"
#include "measure.h"

#include <stdatomic.h>

enum { TURNS = 20000, HERE = 0, THERE };

static void answer(void *user)
{
    atomic_int *turn = user;
    for (int i = 0; i < TURNS; i++) {
        while (atomic_load(turn) != THERE)
            ;
        atomic_store(turn, HERE);
    }
}

double cores_apart(void)
{
    struct ia_thread thread;
    struct used start;
    atomic_int turn;
    atomic_init(&turn, HERE);
    must(ia_thread_start(&thread, answer, &turn) == IMGA_OK, "no thread");
    for (int i = 0; i < TURNS; i++) {
        if (i == TURNS / 4) /* the thread runs by then */
            start = measure_now();
        atomic_store(&turn, THERE);
        while (atomic_load(&turn) != HERE)
            ;
    }
    double seconds = measure_since(start).wall;
    ia_thread_join(&thread);
    return seconds / (TURNS - TURNS / 4);
}
