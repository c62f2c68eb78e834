/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schedule. Where the processor hashes one stream fastest (SHA extensions) waiting chunks come first, while they
 * are in its cache. Where several streams at once are faster, layers are read until enough of their digests wait to
 * fill the lanes. Memory: at most IN_FLIGHT_MOST layers are open, each with two rings of chunks, and
 * WINDOWS_MOST where they need windows of megabytes, which would not stay in a cache either; while finished records
 * hold more than kept_bytes, only the layer that is needed next may be begun.
 */
#include "scan/layers.h"

#include <limits.h>

enum { IN_FLIGHT_MOST = 8, WINDOWS_MOST = 3, LANES_MOST = 16, THREADS_MOST = 64 };

struct pool {
    struct ia_env *env;
    struct ia_env clean; /* as env was at first, for errors of other threads */
    const struct ia_layer_reading *reading;
    struct ia_lock lock;
    struct ia_layer_job *jobs;
    size_t count;
    size_t taken;   /* jobs that were handed over */
    uint64_t total; /* bytes of all blobs */
    atomic_ullong read;
    uint64_t reported;
    struct ia_hash_lanes lanes;
    unsigned threads, in_flight, open;
    bool deferred;
    bool stop;
    int status; /* of hashing */
};

enum task_kind { TASK_NONE = 0, TASK_OPEN, TASK_STEP, TASK_VERIFY, TASK_HASH };

struct task {
    enum task_kind kind;
    struct ia_layer_job *job;
    unsigned count; /* of pieces */
    struct ia_hash_piece pieces[LANES_MOST];
    struct ia_hash_stream *streams[LANES_MOST];
};

/* ---- which task comes next; all with the lock ---- */

static bool by_lanes(const struct pool *pool)
{
    return pool->lanes.worth != UINT_MAX && pool->lanes.most > 1;
}

static bool is_hashable(const struct ia_layer_job *job)
{
    return job->state == IA_JOB_OPEN || job->state == IA_JOB_HASHING;
}

static unsigned count_waiting(const struct pool *pool)
{
    unsigned waiting = 0;
    for (size_t i = pool->taken; i < pool->count; i++)
        for (unsigned k = 0; is_hashable(&pool->jobs[i]) && k < pool->jobs[i].hashing.count; k++)
            waiting += pool->jobs[i].hashing.streams[k].count && !pool->jobs[i].hashing.streams[k].busy;
    return waiting;
}

/* Takes the first chunk of as many digests as the lanes hold. */
static bool choose_hash(struct pool *pool, struct task *task)
{
    unsigned most = by_lanes(pool) ? pool->lanes.most : 1;
    most = most < LANES_MOST ? most : LANES_MOST;
    for (size_t i = pool->taken; i < pool->count && task->count < most; i++) {
        struct ia_layer_job *job = &pool->jobs[i];
        for (unsigned k = 0; is_hashable(job) && k < job->hashing.count && task->count < most; k++) {
            if (!ia_hashing_take(&job->hashing.streams[k], &task->pieces[task->count]))
                continue;
            task->streams[task->count++] = &job->hashing.streams[k];
        }
    }
    if (task->count)
        task->kind = TASK_HASH;
    return task->count > 0;
}

/* Whether hashing comes before reading. */
static bool is_hashing_due(const struct pool *pool)
{
    if (!by_lanes(pool))
        return true;
    unsigned enough = pool->open > pool->lanes.worth ? pool->open : pool->lanes.worth;
    return count_waiting(pool) >= (enough < pool->lanes.most ? enough : pool->lanes.most);
}

static uint64_t left(const struct ia_layer_job *job)
{
    return job->size > job->read ? job->size - job->read : 0;
}

static bool choose_step(struct pool *pool, struct task *task)
{
    struct ia_layer_job *best = NULL;
    for (size_t i = pool->taken; i < pool->count; i++) {
        struct ia_layer_job *job = &pool->jobs[i];
        if (job->state != IA_JOB_OPEN || job->running || !ia_hashing_has_room(&job->hashing) || ia_layer_job_waits(job))
            continue;
        if (!best || left(job) > left(best))
            best = job;
    }
    if (!best)
        return false;
    task->kind = TASK_STEP;
    task->job = best;
    return true;
}

/* What records that wait for their turn hold in memory. */
static uint64_t held(const struct pool *pool)
{
    uint64_t bytes = 0;
    for (size_t i = pool->taken; i < pool->count; i++)
        bytes += pool->jobs[i].state == IA_JOB_DONE ? pool->jobs[i].record.kept + pool->jobs[i].record.packed.n : 0;
    return bytes;
}

/* The largest layer first, so that the last ones end together; in order where only one is read at a time. */
static bool choose_open(struct pool *pool, struct task *task)
{
    struct ia_layer_job *best = NULL;
    if (pool->open >= pool->in_flight)
        return false;
    bool is_full = held(pool) > pool->env->limits->kept_bytes;
    size_t end = is_full || pool->in_flight == 1 ? pool->taken + 1 : pool->count;
    for (size_t i = pool->taken; i < end && i < pool->count; i++) {
        struct ia_layer_job *job = &pool->jobs[i];
        if (job->state == IA_JOB_WAITING && !job->running && (!best || job->size > best->size))
            best = job;
    }
    if (!best)
        return false;
    pool->open++;
    task->kind = TASK_OPEN;
    task->job = best;
    return true;
}

static bool choose_verify(struct pool *pool, struct task *task)
{
    for (size_t i = pool->taken; i < pool->count; i++) {
        struct ia_layer_job *job = &pool->jobs[i];
        if (job->state != IA_JOB_HASHING || job->running || !ia_hashing_is_idle(&job->hashing))
            continue;
        task->kind = TASK_VERIFY;
        task->job = job;
        return true;
    }
    return false;
}

static bool choose(struct pool *pool, struct task *task)
{
    *task = (struct task){.kind = TASK_NONE};
    bool chosen = choose_verify(pool, task) || (is_hashing_due(pool) && choose_hash(pool, task)) ||
                  choose_open(pool, task) || choose_step(pool, task) || choose_hash(pool, task);
    if (task->job)
        task->job->running = true;
    return chosen;
}

/* ---- doing it ---- */

static int hash_pieces(struct pool *pool, const struct task *task)
{
    struct ia_env env = pool->clean;
    return ia_hash_update_many(&env, task->pieces, task->count);
}

static int perform(struct pool *pool, const struct task *task)
{
    switch (task->kind) {
    case TASK_OPEN:
        ia_layer_job_open(task->job);
        break;
    case TASK_STEP:
        ia_layer_job_step(task->job);
        break;
    case TASK_VERIFY:
        ia_layer_job_verify(task->job);
        break;
    case TASK_HASH:
        return hash_pieces(pool, task);
    case TASK_NONE:
        break;
    }
    return IMGA_OK;
}

static void conclude(struct pool *pool, const struct task *task, int status)
{
    for (unsigned i = 0; i < task->count; i++)
        ia_hashing_taken(task->streams[i]);
    if (task->job) {
        task->job->running = false;
        task->job->state = task->job->next;
        /* A job that is only hashed no longer counts: the next layer may be read meanwhile. */
        pool->open -= task->kind != TASK_VERIFY && task->job->state != IA_JOB_OPEN;
    }
    if (status < 0 && pool->status == IMGA_OK)
        pool->status = status;
    ia_lock_wake(&pool->lock);
}

/* One task, if there is one; the lock is dropped meanwhile. */
static bool work(struct pool *pool)
{
    struct task task;
    if (!choose(pool, &task))
        return false;
    ia_lock_drop(&pool->lock);
    int status = perform(pool, &task);
    ia_lock_take(&pool->lock);
    conclude(pool, &task, status);
    return true;
}

static void worker(void *user)
{
    struct pool *pool = user;
    ia_lock_take(&pool->lock);
    while (!pool->stop)
        if (!work(pool))
            ia_lock_wait(&pool->lock);
    ia_lock_drop(&pool->lock);
}

/* ---- the caller's part ---- */

/* Without the lock: callbacks may take their time. */
static int report(struct pool *pool)
{
    uint64_t read = atomic_load_explicit(&pool->read, memory_order_relaxed);
    if (read == pool->reported)
        return ia_check_cancel(pool->env);
    pool->reported = read;
    return ia_progress(pool->env, IMGA_STAGE_LAYERS, read < pool->total ? read : pool->total, pool->total);
}

static int take_next(struct pool *pool)
{
    struct ia_layer_job *job = &pool->jobs[pool->taken];
    int status = pool->reading->take(pool->reading->user, pool->env, job);
    if (status < 0)
        return status;
    ia_lock_take(&pool->lock);
    pool->taken++;
    ia_lock_drop(&pool->lock);
    ia_layer_job_free(job);
    return IMGA_OK;
}

/* Waits until the next layer is done, working at whatever comes. */
static int reach_next(struct pool *pool)
{
    int status = IMGA_OK;
    ia_lock_take(&pool->lock);
    while (status >= 0 && pool->jobs[pool->taken].state != IA_JOB_DONE) {
        if (!work(pool))
            ia_lock_wait(&pool->lock);
        ia_lock_drop(&pool->lock);
        status = report(pool);
        ia_lock_take(&pool->lock);
        if (status >= 0 && pool->status < 0)
            status = ia_fail(pool->env, pool->status, -1, "a digest cannot be computed");
    }
    ia_lock_drop(&pool->lock);
    return status;
}

static int run(struct pool *pool)
{
    while (pool->taken < pool->count) {
        IA_TRY(reach_next(pool));
        IA_TRY(take_next(pool));
    }
    return report(pool);
}

/* ---- around it ---- */

static int start(struct pool *pool, struct ia_thread *threads, unsigned *started)
{
    for (*started = 0; *started + 1 < pool->threads; ++*started)
        if (ia_thread_start(&threads[*started], worker, pool) < 0)
            return *started ? IMGA_OK : ia_fail_nomem(pool->env);
    return IMGA_OK;
}

static int run_threads(struct pool *pool)
{
    struct ia_thread threads[THREADS_MOST];
    unsigned started;
    int status = start(pool, threads, &started);
    if (status == IMGA_OK)
        status = run(pool);
    ia_lock_take(&pool->lock);
    pool->stop = true;
    ia_lock_wake(&pool->lock);
    ia_lock_drop(&pool->lock);
    while (started)
        ia_thread_join(&threads[--started]);
    return status;
}

/* Whether a layer needs a window of megabytes: zstd, as its media type declares. */
static bool has_windows(const struct ia_image *image)
{
    const struct ia_layer *layer;
    for (size_t i = 0; (layer = ia_image_layer(image, i)); i++)
        if (ia_str_ends(ia_str_from(layer->media_type), IA_STR("zstd")))
            return true;
    return false;
}

static void plan(struct pool *pool)
{
    unsigned most = has_windows(pool->reading->image) ? WINDOWS_MOST : IN_FLIGHT_MOST;
    unsigned threads = pool->env->threads > 1 ? pool->env->threads : 1;
    threads = threads < THREADS_MOST ? threads : THREADS_MOST;
    if (!ia_image_is_shared(pool->reading->image))
        threads = 1;
    pool->threads = threads;
    pool->lanes = ia_crypto_lanes(pool->env->crypto);
    pool->deferred = threads > 1 || by_lanes(pool);
    pool->in_flight = !pool->deferred ? 1 : by_lanes(pool) ? threads * pool->lanes.most : threads + 1;
    if (pool->in_flight > most && pool->in_flight > threads + 1)
        pool->in_flight = threads + 1 > most ? threads + 1 : most;
}

static int make_jobs(struct pool *pool)
{
    struct ia_job_setting setting = {pool->reading->image, pool->reading->recording, pool->reading->taken,
                                     pool->deferred ? &pool->lock : NULL, &pool->read};
    for (size_t i = 0; i < pool->count; i++) {
        IA_TRY(ia_layer_job_init(&pool->jobs[i], pool->env, &setting, (uint32_t)i, pool->total));
        pool->total += pool->jobs[i].size;
    }
    return IMGA_OK;
}

int ia_read_layers(struct ia_env *env, const struct ia_layer_reading *reading)
{
    struct pool pool = {.env = env, .clean = *env, .reading = reading, .count = ia_image_layer_count(reading->image)};
    if (pool.count == 0)
        return IMGA_OK;
    atomic_init(&pool.read, 0);
    pool.jobs = ia_new_array(&env->alloc, pool.count, sizeof(*pool.jobs));
    if (!pool.jobs)
        return ia_fail_nomem(env);
    if (ia_lock_init(&pool.lock) < 0) {
        ia_free(&env->alloc, pool.jobs);
        return ia_fail_nomem(env);
    }
    plan(&pool);
    int status = make_jobs(&pool);
    if (status >= 0)
        status = run_threads(&pool);
    while (pool.taken < pool.count)
        ia_layer_job_free(&pool.jobs[pool.taken++]);
    ia_lock_free(&pool.lock);
    ia_free(&env->alloc, pool.jobs);
    return status;
}
