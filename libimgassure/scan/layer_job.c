/* SPDX-License-Identifier: Apache-2.0 */
/* Each job has an env of its own: error, notes, and hooks that only count, because callbacks belong to the caller. */
#include "scan/layer_job.h"

#include "scan/layer_cache.h"

enum { CHUNKS_A_STEP = 1, TELL_BYTES = 1 << 20 };

/* All threads count into the total: seldom. */
static void tell(struct ia_layer_job *job)
{
    atomic_fetch_add_explicit(job->total, job->read - job->told, memory_order_relaxed);
    job->told = job->read;
}

static int count_progress(void *user, int32_t stage, uint64_t done, uint64_t total)
{
    struct ia_layer_job *job = user;
    (void)stage;
    (void)total;
    uint64_t read = done > job->first ? done - job->first : 0;
    job->read = read > job->read ? read : job->read;
    if (job->read - job->told >= TELL_BYTES)
        tell(job);
    return 0;
}

static int ask_cache(struct ia_layer_job *job, struct ia_env *env)
{
    int known = ia_layer_cache_key(env, job->image, job->layer, job->recording, &job->key);
    if (known <= 0)
        return known;
    job->cacheable = known == 2;
    int found = ia_layer_cache_get(env, &job->key, &job->record);
    job->cached = found > 0;
    return found;
}

int ia_layer_job_init(struct ia_layer_job *job, struct ia_env *env, const struct ia_job_setting *setting,
                      uint32_t layer, uint64_t first)
{
    uint64_t notes = env->limits->notes;
    *job = (struct ia_layer_job){
        .image = setting->image,
        .layer = layer,
        .recording = setting->recording,
        .taken = setting->taken,
        .deferred = setting->deferred,
        .env = *env,
        .hooks = {.progress = count_progress, .progress_user = job, .cancel = env->hooks->cancel},
        .hashing = {.lock = &job->lock},
        .size = ia_image_layer(setting->image, layer)->size,
        .first = first,
        .total = setting->total,
    };
    ia_notes_init(&job->notes, &env->alloc, notes < SIZE_MAX ? (size_t)notes : SIZE_MAX);
    job->env.hooks = &job->hooks;
    job->env.notes = &job->notes;
    job->env.error = (struct ia_error){.offset = -1};
    job->env.hashing = job->deferred ? &job->hashing : NULL;
    job->env.chunks_left = &job->chunks_left;
    job->env.chunks_alive = job->deferred ? IA_HASH_QUEUE + 1 : 1;
    if (ia_lock_init(&job->lock) < 0)
        return ia_fail_nomem(env);
    int status = ask_cache(job, env);
    if (status < 0)
        ia_layer_job_free(job);
    return status;
}

/* What of the blob was not read counts as done, too: it was skipped, or the layer failed. */
static void complete_progress(struct ia_layer_job *job)
{
    job->read = job->size > job->read ? job->size : job->read;
    tell(job);
}

/* It may have the turn of large files. */
static void close_recorder(struct ia_layer_job *job)
{
    ia_recorder_free(job->recorder);
    job->recorder = NULL;
}

static void close_stream(struct ia_layer_job *job)
{
    ia_reader_close(job->stream);
    job->stream = NULL;
}

void ia_layer_job_clear(struct ia_layer_job *job)
{
    close_recorder(job);
    close_stream(job);
    ia_hashing_free(&job->hashing);
    ia_layer_record_free(&job->record);
    ia_notes_free(&job->notes);
}

void ia_layer_job_free(struct ia_layer_job *job)
{
    ia_layer_job_clear(job);
    ia_lock_free(&job->lock);
}

/* A tar that ends too early was read to the end of its stream, whose digests are the better answer. */
static bool is_at_end(struct ia_layer_job *job, int status)
{
    struct ia_cursor chunk;
    return status == IMGA_OK ||
           (status == IMGA_E_TRUNCATED && job->stream && ia_reader_next(job->stream, &job->env, &chunk) == 0);
}

static void forget_chunks(struct ia_layer_job *job)
{
    ia_lock_take(&job->lock);
    ia_hashing_forget(&job->hashing);
    ia_lock_drop(&job->lock);
}

/* Nothing more will be read. Chunks that wait to be hashed are dropped where digests say nothing. */
static void end_reading(struct ia_layer_job *job, int status)
{
    bool hashes = job->deferred && is_at_end(job, status);
    job->status = status;
    if (job->deferred && !hashes)
        forget_chunks(job);
    complete_progress(job);
    close_recorder(job);
    job->next = hashes ? IA_JOB_HASHING : IA_JOB_DONE;
    if (job->next == IA_JOB_DONE)
        close_stream(job);
}

/* The layer was read when the image was opened. The same one may lie in the image twice. */
static int copy_taken(struct ia_layer_job *job, uint32_t number)
{
    const struct ia_layer_record *record = ia_taken_record(job->taken, number);
    if (!record)
        return ia_fail(&job->env, IMGA_E_INTERNAL, -1, "there is no record of the layer");
    return ia_layer_record_copy(&job->env, record, &job->record);
}

void ia_layer_job_open(struct ia_layer_job *job)
{
    uint32_t number;
    if (ia_image_layer_taken(job->image, job->layer, &number)) {
        end_reading(job, copy_taken(job, number));
        return;
    }
    int status = job->cached ? ia_image_layer_open_stored(job->image, &job->env, job->layer, &job->stream)
                             : ia_image_layer_open(job->image, &job->env, job->layer, &job->stream);
    if (status > 0)
        status = ia_recorder_new(&job->env, job->recording, job->stream, &job->record, &job->recorder);
    else
        job->skipped = status == 0 && !job->cached;
    job->next = IA_JOB_OPEN;
    if (status < 0 || job->skipped)
        end_reading(job, status);
}

/* The blob of a layer whose record is known. */
static int read_stored(struct ia_layer_job *job)
{
    struct ia_cursor chunk;
    int status;
    do
        status = ia_reader_next(job->stream, &job->env, &chunk);
    while (status == 1);
    return status;
}

void ia_layer_job_step(struct ia_layer_job *job)
{
    job->chunks_left = CHUNKS_A_STEP;
    int status = job->cached ? read_stored(job) : ia_recorder_run(job->recorder, &job->env);
    if (status != IA_AGAIN)
        end_reading(job, status);
}

bool ia_layer_job_waits(const struct ia_layer_job *job)
{
    return job->recorder && ia_recorder_waits(job->recorder);
}

void ia_layer_job_verify(struct ia_layer_job *job)
{
    struct ia_error first = job->env.error;
    ia_error_clear(&job->env);
    int status = ia_hashing_verify(&job->hashing, &job->env);
    if (status < 0)
        job->status = status;
    else
        job->env.error = first;
    job->next = IA_JOB_DONE;
    close_stream(job);
}
