/* SPDX-License-Identifier: Apache-2.0 */
/* Progress by the compressed bytes that were read: the only amount that is known beforehand. */
#include "image/progress.h"

struct progress_reader {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_reader *input;
    struct ia_progress progress;
};

static int progress_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct progress_reader *p = (struct progress_reader *)self;
    int status = ia_reader_next(p->input, env, out);
    if (status <= 0)
        return status;
    p->progress.done += out->n;
    IA_TRY(ia_progress(env, IMGA_STAGE_LAYERS, p->progress.done, p->progress.total));
    return status;
}

static int progress_skip(struct ia_reader *self, struct ia_env *env, uint64_t size, uint64_t *skipped)
{
    struct progress_reader *p = (struct progress_reader *)self;
    int status = p->input->skip(p->input, env, size, skipped);
    if (status <= 0)
        return status;
    p->progress.done += *skipped;
    IA_TRY(ia_progress(env, IMGA_STAGE_LAYERS, p->progress.done, p->progress.total));
    return status;
}

static void progress_close(struct ia_reader *self)
{
    struct progress_reader *p = (struct progress_reader *)self;
    struct ia_alloc alloc = p->alloc;
    ia_reader_close(p->input);
    ia_free(&alloc, p);
}

int ia_progress_reader(struct ia_env *env, struct ia_reader *input, const struct ia_progress *progress,
                       struct ia_reader **out)
{
    struct progress_reader *p = ia_new(&env->alloc, sizeof(*p));
    if (!p) {
        ia_reader_close(input);
        return ia_fail_nomem(env);
    }
    *p = (struct progress_reader){{progress_next, NULL, progress_close}, env->alloc, input, *progress};
    p->reader.skip = input->skip ? progress_skip : NULL;
    *out = &p->reader;
    return IMGA_OK;
}
