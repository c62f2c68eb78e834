/* SPDX-License-Identifier: Apache-2.0 */
/* One list for each directory, the last that was added first. */
#include "catalog/attachments.h"

void ia_attachments_init(struct ia_attachments *attachments, const struct ia_env *env)
{
    ia_map_init(&attachments->first, &env->alloc, env->seed);
    ia_vec_init(&attachments->rows, &env->alloc, sizeof(struct ia_attachment), SIZE_MAX); /* as many as are kept */
}

void ia_attachments_free(struct ia_attachments *attachments)
{
    ia_map_free(&attachments->first);
    ia_vec_free(&attachments->rows);
}

int ia_attachments_add(struct ia_attachments *attachments, struct ia_env *env, struct ia_str directory,
                       const struct ia_field *field)
{
    struct ia_attachment row = {.field = *field};
    uint64_t first = 0;
    ia_map_get(&attachments->first, directory, &first);
    row.next = (size_t)first;
    if (ia_vec_push(&attachments->rows, &row) < 0 ||
        ia_map_put(&attachments->first, directory, attachments->rows.n) < 0)
        return ia_fail_nomem(env);
    return IMGA_OK;
}

static const struct ia_attachment *row_at(const struct ia_attachments *attachments, size_t at)
{
    return at ? ia_vec_at(&attachments->rows, at - 1) : NULL;
}

const struct ia_attachment *ia_attachments_of(const struct ia_attachments *attachments, struct ia_str directory)
{
    uint64_t first = 0;
    ia_map_get(&attachments->first, directory, &first);
    return row_at(attachments, (size_t)first);
}

const struct ia_attachment *ia_attachments_next(const struct ia_attachments *attachments,
                                                const struct ia_attachment *at)
{
    return row_at(attachments, at->next);
}
