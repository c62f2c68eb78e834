/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each layer is read once; only a wanted file hidden behind a link makes a layer be read a second time. Limits:
 * image_bytes, and layers for the second readings.
 */
#include "scan/stack.h"

#include "scan/layer_cache.h"
#include "scan/toc.h"

#include <inttypes.h>

static bool is_damage(int status)
{
    return status == IMGA_E_FORMAT || status == IMGA_E_TRUNCATED || status == IMGA_E_CHECKSUM;
}

/* A layer that cannot be read may be a damaged copy of a good one: then the digest is the better answer. */
static int explain_damage(struct ia_stack *stack, struct ia_env *env, uint32_t layer, int status)
{
    struct ia_error first = env->error;
    if (!is_damage(status))
        return status;
    ia_error_clear(env);
    int second = ia_image_layer_verify(stack->image, env, layer);
    if (second < 0 && !is_damage(second))
        return ia_error_at(env, second, "layer %u", (unsigned)layer);
    env->error = first;
    return status;
}

int ia_copy_notes(struct ia_env *env, const struct ia_notes *from)
{
    const struct ia_note *note;
    for (size_t i = 0; (note = ia_notes_at(from, i)); i++)
        if (ia_notes_add(env->notes, note->code, note->offset, ia_str_from(note->where), ia_str_from(note->text)) < 0)
            return ia_fail_nomem(env);
    return IMGA_OK;
}

static int count_bytes(struct ia_stack *stack, struct ia_env *env, const struct ia_layer_job *job)
{
    stack->layer_bytes = job->record.bytes;
    stack->bytes += job->record.bytes; /* each is at most image_bytes */
    if (stack->bytes > env->limits->image_bytes)
        return ia_fail_limit(env, -1, "image_bytes", env->limits->image_bytes, IA_STR("the layers, uncompressed"));
    return IMGA_OK;
}

static int fetch_layer(struct ia_stack *stack, struct ia_env *env, uint32_t layer)
{
    struct ia_reader *stream = NULL;
    uint32_t number;
    if (ia_image_layer_taken(stack->image, layer, &number))
        return ia_rootfs_forgo(stack->fs, env, layer, "a wanted file lies behind a link in a layer that has gone by");
    int status = ia_error_at(env, ia_image_layer_open(stack->image, env, layer, &stream), "layer %u", (unsigned)layer);
    if (status > 0)
        status = ia_rootfs_fetch(stack->fs, env, layer, stream);
    ia_reader_close(stream);
    return status;
}

/* Reads layers again until every wanted file that lies behind a link has its content. */
static int settle(struct ia_stack *stack, struct ia_env *env)
{
    struct ia_hooks silent = *env->hooks;
    const struct ia_hooks *hooks = env->hooks;
    uint32_t layer;
    int status;
    silent.progress = NULL; /* these bytes have been counted */
    env->hooks = &silent;
    while ((status = ia_rootfs_pending(stack->fs, env, &layer)) > 0) {
        ia_log(env, IMGA_LOG_DEBUG, "layer %u is read again: a package database lies behind a link", (unsigned)layer);
        if (stack->rereads++ >= env->limits->layers)
            status =
                ia_fail_limit(env, -1, "layers", env->limits->layers, IA_STR("layers read again for linked files"));
        else
            status = fetch_layer(stack, env, layer);
        if (status < 0)
            break;
    }
    env->hooks = hooks;
    return status;
}

/* What was remarked depends on more than the key. */
static int keep_record(struct ia_env *env, const struct ia_layer_job *job)
{
    if (!job->cacheable || job->cached || job->skipped || ia_notes_count(&job->notes))
        return IMGA_OK;
    return ia_layer_cache_put(env, &job->key, &job->record);
}

/* The next layer on top of the view. */
static int take_layer(void *user, struct ia_env *env, struct ia_layer_job *job)
{
    struct ia_stack *stack = user;
    IA_TRY(ia_copy_notes(env, &job->notes));
    if (job->status < 0) {
        env->error = job->env.error;
        return explain_damage(stack, env, job->layer, ia_error_at(env, job->status, "layer %u", (unsigned)job->layer));
    }
    IA_TRY(count_bytes(stack, env, job));
    int toc = job->skipped ? 0 : ia_toc_check(env, stack->image, job->layer, &job->record);
    IA_TRY(toc);
    if (toc == 0)
        IA_TRY(keep_record(env, job));
    if (!job->skipped)
        IA_TRY(ia_rootfs_apply(stack->fs, env, job->layer, &job->record));
    ia_log(env, IMGA_LOG_DEBUG, "layer %u applied: %" PRIu64 " bytes and %" PRIu64 " entries so far",
           (unsigned)job->layer, stack->bytes, ia_rootfs_entries(stack->fs));
    IA_TRY(settle(stack, env));
    return stack->merged ? stack->merged(stack->user, env, job->layer) : IMGA_OK;
}

int ia_stack_layers(struct ia_stack *stack, struct ia_env *env)
{
    struct ia_examine_turn turn;
    const struct ia_recording recording = {.wants = ia_rootfs_wants(stack->fs),
                                           .digests = stack->digests,
                                           .examiner = ia_rootfs_examiner(stack->fs),
                                           .turn = &turn};
    const struct ia_layer_reading reading = {stack->image, &recording, stack->taken, take_layer, stack};
    ia_examine_turn_init(&turn);
    return ia_read_layers(env, &reading);
}
