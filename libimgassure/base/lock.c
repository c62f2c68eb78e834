/* SPDX-License-Identifier: Apache-2.0 */
/* POSIX threads. Signals are left to the caller's own threads. */
#include "base/lock.h"

#include <imgassure/status.h>

#include <signal.h>
#include <unistd.h>

int ia_lock_init(struct ia_lock *lock)
{
    if (pthread_mutex_init(&lock->mutex, NULL) != 0)
        return IMGA_E_NOMEM;
    if (pthread_cond_init(&lock->changed, NULL) == 0)
        return IMGA_OK;
    pthread_mutex_destroy(&lock->mutex);
    return IMGA_E_NOMEM;
}

void ia_lock_free(struct ia_lock *lock)
{
    pthread_cond_destroy(&lock->changed);
    pthread_mutex_destroy(&lock->mutex);
}

void ia_lock_take(struct ia_lock *lock)
{
    (void)pthread_mutex_lock(&lock->mutex);
}

void ia_lock_drop(struct ia_lock *lock)
{
    (void)pthread_mutex_unlock(&lock->mutex);
}

void ia_lock_wait(struct ia_lock *lock)
{
    (void)pthread_cond_wait(&lock->changed, &lock->mutex);
}

void ia_lock_wake(struct ia_lock *lock)
{
    (void)pthread_cond_broadcast(&lock->changed);
}

static void *run(void *user)
{
    struct ia_thread *thread = user;
    thread->run(thread->user);
    return NULL;
}

int ia_thread_start(struct ia_thread *thread, void (*body)(void *user), void *user)
{
    sigset_t all, before;
    thread->run = body;
    thread->user = user;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread->thread, NULL, run, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? IMGA_E_NOMEM : IMGA_OK;
}

void ia_thread_join(struct ia_thread *thread)
{
    (void)pthread_join(thread->thread, NULL);
}

unsigned ia_processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 && n < 4096 ? (unsigned)n : 1;
}
