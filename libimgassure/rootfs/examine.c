/* SPDX-License-Identifier: Apache-2.0 */
/* The content lies in one buffer, used again for the next file. Limit: file_bytes. */
#include "rootfs/examine.h"

enum { FIRST_BYTES = 1024 * 1024 };

void ia_examine_turn_init(struct ia_examine_turn *turn)
{
    atomic_init(&turn->holder, 0);
}

bool ia_examine_turn_take(struct ia_examine_turn *turn, const void *taker)
{
    uintptr_t nobody = 0;
    return atomic_load(&turn->holder) == (uintptr_t)taker ||
           atomic_compare_exchange_strong(&turn->holder, &nobody, (uintptr_t)taker);
}

bool ia_examine_turn_is_free(const struct ia_examine_turn *turn)
{
    return atomic_load(&turn->holder) == 0;
}

void ia_examine_turn_give(struct ia_examine_turn *turn, const void *taker)
{
    uintptr_t holder = (uintptr_t)taker;
    atomic_compare_exchange_strong(&turn->holder, &holder, 0);
}

void ia_examination_init(struct ia_examination *x, const struct ia_env *env, const struct ia_examiner *by)
{
    uint64_t most = env->limits->file_bytes < IA_EXAMINE_HEAD ? IA_EXAMINE_HEAD : env->limits->file_bytes;
    *x = (struct ia_examination){.by = by};
    ia_buf_init(&x->joined, &env->alloc, SIZE_MAX); /* as long as a name within path_bytes */
    ia_buf_init(&x->content, &env->alloc, most < SIZE_MAX ? (size_t)most : SIZE_MAX);
}

void ia_examination_free(struct ia_examination *x)
{
    ia_buf_free(&x->joined);
    ia_buf_free(&x->content);
}

static int join(struct ia_examination *x, const struct ia_vec *parts)
{
    ia_buf_clear(&x->joined);
    for (size_t i = 0; i < parts->n; i++) {
        const struct ia_str *part = ia_vec_at(parts, i);
        if (i > 0)
            IA_TRY(ia_buf_char(&x->joined, '/'));
        IA_TRY(ia_buf_str(&x->joined, *part));
    }
    x->path = ia_buf_view(&x->joined);
    return IMGA_OK;
}

/* Most names are paths already, or after "./". */
static int find_path(struct ia_examination *x, const struct ia_vec *parts)
{
    struct ia_str name = x->entry->name;
    size_t bytes = parts->n - 1;
    for (size_t i = 0; i < parts->n; i++)
        bytes += ((const struct ia_str *)ia_vec_at(parts, i))->n;
    if (ia_str_starts(name, IA_STR("./")))
        name = ia_str_sub(name, 2, name.n);
    if (name.n != bytes)
        return join(x, parts);
    x->path = name;
    return IMGA_OK;
}

static bool is_readable(const struct ia_examination *x, const struct ia_env *env)
{
    return !(x->entry->flags & IA_TAR_SPARSE) && x->entry->size <= env->limits->file_bytes;
}

int ia_examination_begin(struct ia_examination *x, struct ia_env *env, const struct ia_vec *parts,
                         const struct ia_tar_entry *entry)
{
    x->what = 0;
    if (!x->by || parts->n == 0)
        return 0;
    x->entry = entry;
    if (find_path(x, parts) < 0)
        return ia_fail_nomem(env);
    x->what = x->by->wants(x->by->user, x->path);
    x->accepted = false;
    ia_buf_clear(&x->content);
    return x->what > 0;
}

static size_t head_of(const struct ia_examination *x)
{
    return x->entry->size < IA_EXAMINE_HEAD ? (size_t)x->entry->size : IA_EXAMINE_HEAD;
}

/* -1: more bytes are needed. */
static int judge(struct ia_examination *x, struct ia_str head)
{
    if (head.n < head_of(x))
        return -1;
    x->accepted = x->by->accepts(x->by->user, x->what, ia_str_sub(head, 0, IA_EXAMINE_HEAD));
    if (!x->accepted)
        x->what = 0;
    return x->accepted;
}

static int keep(struct ia_examination *x, struct ia_env *env, struct ia_cursor piece)
{
    uint64_t size = x->entry->size;
    if (!is_readable(x, env)) { /* its head is all that is looked at */
        size = IA_EXAMINE_HEAD - x->content.n;
        if (x->accepted || piece.n > size)
            piece.n = x->accepted ? 0 : (size_t)size;
    }
    if (x->content.n == 0 && ia_buf_reserve(&x->content, size < FIRST_BYTES ? (size_t)size : FIRST_BYTES) < 0)
        return ia_fail_nomem(env);
    return ia_buf_add(&x->content, piece.p, piece.n) < 0 ? ia_fail_nomem(env) : 1;
}

int ia_examination_add(struct ia_examination *x, struct ia_env *env, struct ia_cursor piece)
{
    if (piece.n == 0)
        return 1;
    if (!x->accepted && x->content.n == 0 && judge(x, ia_cursor_str(piece)) == 0)
        return 0;
    IA_TRY(keep(x, env, piece));
    return x->accepted || judge(x, ia_buf_view(&x->content)) != 0;
}

static int examine(struct ia_examination *x, struct ia_env *env, struct ia_content *out)
{
    struct ia_examined file = {x->what, x->path, ia_buf_view(&x->content), x->entry->mode, x->entry->size, true};
    uint64_t most = env->limits->kept_bytes;
    struct ia_buf facts;
    file.whole = is_readable(x, env) && file.content.n == file.size;
    if (!file.whole)
        file.content.n = 0;
    ia_buf_init(&facts, &env->alloc, most < SIZE_MAX ? (size_t)most : SIZE_MAX);
    int status = x->by->examine(x->by->user, env, &file, &facts);
    if (status < 0 || facts.n == 0) {
        ia_buf_free(&facts);
        return status;
    }
    char *tight = facts.n < facts.capacity ? ia_resize(&env->alloc, facts.p, facts.n) : NULL;
    *out = (struct ia_content){.p = tight ? tight : facts.p, .n = facts.n, .state = IA_CONTENT_FACTS};
    return 1;
}

int ia_examination_end(struct ia_examination *x, struct ia_env *env, struct ia_content *out)
{
    if (x->what == 0)
        return 0;
    if (!x->accepted && judge(x, ia_buf_view(&x->content)) <= 0)
        return 0;
    int status = examine(x, env, out);
    if (x->content.capacity > IA_EXAMINE_LARGE)
        ia_buf_free(&x->content);
    return status;
}
