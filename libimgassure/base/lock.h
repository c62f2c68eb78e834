/* SPDX-License-Identifier: Apache-2.0 */
/* The only threads of this library: a lock with one condition, and workers that end before the call that made them. */
#ifndef IA_BASE_LOCK_H
#define IA_BASE_LOCK_H

#include "base/macros.h"

#include <pthread.h>

/* Bytes between what two threads write often: a cache line and the one that processors fetch with it. */
enum { IA_APART = 128 };

struct ia_lock {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
};

int ia_lock_init(struct ia_lock *lock) IA_MUST_USE; /* IMGA_E_NOMEM */
void ia_lock_free(struct ia_lock *lock);
void ia_lock_take(struct ia_lock *lock);
void ia_lock_drop(struct ia_lock *lock);
void ia_lock_wait(struct ia_lock *lock); /* drops it, waits for a wake, takes it again */
void ia_lock_wake(struct ia_lock *lock); /* all who wait */

struct ia_thread {
    pthread_t thread;
    void (*run)(void *user);
    void *user;
};

int ia_thread_start(struct ia_thread *thread, void (*run)(void *user), void *user) IA_MUST_USE; /* IMGA_E_NOMEM */
void ia_thread_join(struct ia_thread *thread);
unsigned ia_processors(void); /* that are online, at least 1 */

#endif
