/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The threads that read the layers. Memory: at most OPEN_MOST layers are being read, each with two rings of chunks, and
 * WINDOWS_MOST where they need windows of megabytes, which would not stay in a cache either; with more threads than
 * that, one more than there are threads.
 */
#include "scan/layers.h"

#include "scan/lanes.h"

enum { OPEN_MOST = 8, WINDOWS_MOST = 4, LAYERS_EACH = 2, THREADS_A_LAYER = 1 + IA_HASH_STREAMS };

struct pool {
    struct ia_env *env;
    struct ia_env clean; /* as env was at first, for errors of other threads */
    const struct ia_layer_reading *reading;
    struct ia_schedule schedule;
    size_t made;    /* jobs */
    uint64_t total; /* bytes of all blobs */
    uint64_t reported;
    bool deferred; /* digests are made apart from the reading */
    char apart[IA_APART];
    atomic_ullong read; /* bytes; counted by all */
};

struct thread {
    struct ia_thread thread;
    struct pool *pool;
    unsigned worker;
};

/* ---- doing it ---- */

static int hash_pieces(const struct pool *pool, const struct ia_task *task)
{
    struct ia_env env = pool->clean;
    return ia_hash_update_many(&env, task->pieces, task->count);
}

static int perform(const struct pool *pool, const struct ia_task *task)
{
    switch (task->kind) {
    case IA_TASK_OPEN:
        ia_layer_job_open(task->job);
        break;
    case IA_TASK_STEP:
        ia_layer_job_step(task->job);
        break;
    case IA_TASK_VERIFY:
        ia_layer_job_verify(task->job);
        break;
    case IA_TASK_HASH:
        return hash_pieces(pool, task);
    }
    return IMGA_OK;
}

/* One task, or a rest. */
static void work(struct pool *pool, unsigned worker)
{
    struct ia_task task;
    if (ia_schedule_next(&pool->schedule, worker, &task))
        ia_schedule_conclude(&pool->schedule, worker, &task, perform(pool, &task));
}

static void run_worker(void *user)
{
    const struct thread *thread = user;
    while (!atomic_load(&thread->pool->schedule.stop))
        work(thread->pool, thread->worker);
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
    struct ia_layer_job *job = &pool->schedule.jobs[pool->schedule.taken];
    ia_schedule_begin_taking(&pool->schedule);
    int status = pool->reading->take(pool->reading->user, pool->env, job);
    if (status >= 0)
        ia_layer_job_clear(job);
    ia_schedule_end_taking(&pool->schedule);
    return status;
}

static int check_hashing(struct pool *pool)
{
    int status = atomic_load(&pool->schedule.status);
    return status < 0 ? ia_fail(pool->env, status, -1, "a digest cannot be computed") : IMGA_OK;
}

/*
 * Waits until the next layer is done, working at whatever comes. A digest that cannot be made would look like a wrong
 * one: it is told before any layer that is done after it.
 */
static int reach_next(struct pool *pool)
{
    while (!ia_schedule_is_ready(&pool->schedule)) {
        work(pool, 0);
        IA_TRY(report(pool));
        IA_TRY(check_hashing(pool));
    }
    return check_hashing(pool);
}

static int run(struct pool *pool)
{
    while (pool->schedule.taken < pool->schedule.count) {
        IA_TRY(reach_next(pool));
        IA_TRY(take_next(pool));
    }
    return report(pool);
}

/* ---- around it ---- */

static int start(struct pool *pool, struct thread *threads, unsigned *started)
{
    for (*started = 0; *started + 1 < pool->schedule.threads; ++*started) {
        struct thread *thread = &threads[*started];
        *thread = (struct thread){.pool = pool, .worker = *started + 1};
        if (ia_thread_start(&thread->thread, run_worker, thread) < 0)
            return *started ? IMGA_OK : ia_fail_nomem(pool->env);
    }
    return IMGA_OK;
}

static int run_threads(struct pool *pool)
{
    struct thread threads[IA_WORKERS_MOST];
    unsigned started;
    int status = start(pool, threads, &started);
    if (status == IMGA_OK)
        status = run(pool);
    ia_schedule_stop(&pool->schedule);
    while (started)
        ia_thread_join(&threads[--started].thread);
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

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned most(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

/*
 * Each thread has as many layers open as fill its lanes with their digests, two at least. Wide lanes are filled by all
 * threads together: few images have so many layers.
 */
static unsigned open_each(const struct pool *pool)
{
    unsigned fill = (pool->schedule.lanes.most + IA_HASH_STREAMS - 1) / IA_HASH_STREAMS;
    if (!pool->deferred)
        return 1;
    return ia_hashes_by_lanes(&pool->schedule) ? most(fill, LAYERS_EACH) : LAYERS_EACH;
}

/* More threads than a layer has streams would only wait. */
static unsigned count_threads(const struct pool *pool)
{
    unsigned threads = most(1, least(pool->env->threads, IA_WORKERS_MOST));
    if (!ia_image_is_shared(pool->reading->image))
        return 1;
    size_t useful = pool->schedule.count < IA_WORKERS_MOST ? pool->schedule.count * THREADS_A_LAYER : IA_WORKERS_MOST;
    return least(threads, (unsigned)useful);
}

static void plan(struct pool *pool)
{
    struct ia_schedule *schedule = &pool->schedule;
    unsigned bound = has_windows(pool->reading->image) ? WINDOWS_MOST : OPEN_MOST;
    unsigned threads = schedule->threads = count_threads(pool);
    schedule->lanes = ia_crypto_lanes(pool->env->crypto);
    pool->deferred = threads > 1 || ia_hashes_by_lanes(schedule);
    schedule->open_most = least(threads * open_each(pool), most(bound, threads + 1));
    schedule->open_each = (schedule->open_most + threads - 1) / threads;
    schedule->is_shared = ia_hashes_by_lanes(schedule) && schedule->lanes.most > LAYERS_EACH * IA_HASH_STREAMS;
    schedule->kept_bytes = pool->env->limits->kept_bytes;
}

static int make_jobs(struct pool *pool)
{
    struct ia_job_setting setting = {pool->reading->image, pool->reading->recording, pool->reading->taken,
                                     pool->deferred, &pool->read};
    for (; pool->made < pool->schedule.count; pool->made++) {
        struct ia_layer_job *job = &pool->schedule.jobs[pool->made];
        IA_TRY(ia_layer_job_init(job, pool->env, &setting, (uint32_t)pool->made, pool->total));
        pool->total += job->size;
    }
    return IMGA_OK;
}

static int read_layers(struct pool *pool)
{
    plan(pool);
    int status = make_jobs(pool);
    if (status >= 0)
        status = run_threads(pool);
    while (pool->made)
        ia_layer_job_free(&pool->schedule.jobs[--pool->made]);
    return status;
}

int ia_read_layers(struct ia_env *env, const struct ia_layer_reading *reading)
{
    struct pool pool = {.env = env, .clean = *env, .reading = reading};
    size_t count = ia_image_layer_count(reading->image);
    if (count == 0)
        return IMGA_OK;
    pool.schedule.jobs = ia_new_array(&env->alloc, count, sizeof(*pool.schedule.jobs));
    if (!pool.schedule.jobs)
        return ia_fail_nomem(env);
    int status = ia_schedule_init(&pool.schedule, env, count);
    if (status == IMGA_OK) {
        status = read_layers(&pool);
        ia_schedule_free(&pool.schedule, env);
    }
    ia_free(&env->alloc, pool.schedule.jobs);
    return status;
}
