/* SPDX-License-Identifier: Apache-2.0 */
/* Counts uncompressed bytes of all layers: the limit image_bytes. */
#include "scan/metered.h"

struct metered {
    struct ia_reader reader;
    struct ia_alloc alloc;
    struct ia_reader *input;
    uint64_t *total;
};

static int metered_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct metered *m = (struct metered *)self;
    int status = ia_reader_next(m->input, env, out);
    if (status <= 0)
        return status;
    *m->total += out->n;
    if (*m->total > env->limits->image_bytes)
        return ia_fail_limit(env, -1, "image_bytes", env->limits->image_bytes, IA_STR("the layers, uncompressed"));
    IA_TRY(ia_check_cancel(env));
    return status;
}

static void metered_close(struct ia_reader *self)
{
    struct metered *m = (struct metered *)self;
    struct ia_alloc alloc = m->alloc;
    ia_reader_close(m->input);
    ia_free(&alloc, m);
}

int ia_metered_reader(struct ia_env *env, struct ia_reader *input, uint64_t *total, struct ia_reader **out)
{
    struct metered *m = ia_new(&env->alloc, sizeof(*m));
    if (!m) {
        ia_reader_close(input);
        return ia_fail_nomem(env);
    }
    *m = (struct metered){{metered_next, NULL, metered_close}, env->alloc, input, total};
    *out = &m->reader;
    return IMGA_OK;
}
