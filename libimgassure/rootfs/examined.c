/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the view that have facts, in the order of their paths. */
#include "rootfs/view.h"

struct row {
    struct ia_str path;
    uint32_t node;
};

struct listing {
    struct ia_vec rows;  /* struct row */
    struct ia_vec order; /* uint32_t, into rows */
    struct ia_buf seen;  /* a byte for each body */
};

static const struct ia_body *facts_of(const struct ia_rootfs *fs, uint32_t at)
{
    const struct ia_node *node = ia_tree_node(&fs->tree, at);
    if (node->type != IA_NODE_FILE || !(node->flags & IA_NODE_BODY))
        return NULL;
    const struct ia_body *body = ia_tree_body(&fs->tree, node->u.body);
    return body->state == IA_BODY_FACTS ? body : NULL;
}

static int collect(struct ia_rootfs *fs, struct ia_env *env, struct listing *listing)
{
    for (uint32_t at = 0; at < fs->tree.nodes.n; at++) {
        struct row row = {.node = at};
        uint32_t number = (uint32_t)listing->rows.n;
        if (!facts_of(fs, at))
            continue;
        IA_TRY(ia_path_of(fs, env, at, &row.path));
        if (ia_vec_push(&listing->rows, &row) < 0 || ia_vec_push(&listing->order, &number) < 0)
            return ia_fail_nomem(env);
    }
    for (size_t i = 0; i < fs->tree.bodies.n; i++)
        if (ia_buf_char(&listing->seen, 0) < 0)
            return ia_fail_nomem(env);
    return ia_check_cancel(env);
}

static bool path_before(const void *user, uint32_t a, uint32_t b)
{
    const struct row *left = ia_vec_at(user, a), *right = ia_vec_at(user, b);
    return ia_str_cmp(left->path, right->path) < 0;
}

static int call(struct ia_rootfs *fs, struct ia_env *env, struct listing *listing, ia_rootfs_each *each, void *user)
{
    for (size_t i = 0; i < listing->order.n; i++) {
        const uint32_t *at = ia_vec_at(&listing->order, i);
        const struct row *row = ia_vec_at(&listing->rows, *at);
        const struct ia_body *body = facts_of(fs, row->node);
        char *seen = &listing->seen.p[ia_tree_node(&fs->tree, row->node)->u.body];
        struct ia_file file = {.state = IA_FILE_CONTENT,
                               .content = {body->p ? body->p : "", body->n},
                               .path = row->path,
                               .layer = body->layer,
                               .linked = (ia_tree_node(&fs->tree, row->node)->flags & IA_NODE_HARD) != 0};
        if (*seen)
            continue;
        *seen = 1;
        IA_TRY(each(user, env, row->path, &file));
        IA_TRY(ia_check_cancel(env));
    }
    return IMGA_OK;
}

int ia_rootfs_examined(struct ia_rootfs *fs, struct ia_env *env, ia_rootfs_each *each, void *user)
{
    struct listing listing;
    const struct ia_order order = {path_before, &listing.rows};
    int status;
    ia_vec_init(&listing.rows, &fs->alloc, sizeof(struct row), UINT32_MAX);
    ia_vec_init(&listing.order, &fs->alloc, sizeof(uint32_t), UINT32_MAX);
    ia_buf_init(&listing.seen, &fs->alloc, SIZE_MAX); /* as many as there are bodies */
    IA_GO(status, collect(fs, env, &listing));
    if (ia_sort_ids(&fs->alloc, listing.order.p, listing.order.n, &order) < 0)
        IA_GO(status, ia_fail_nomem(env));
    status = call(fs, env, &listing, each, user);
out:
    ia_buf_free(&listing.seen);
    ia_vec_free(&listing.order);
    ia_vec_free(&listing.rows);
    return status < 0 ? status : IMGA_OK;
}
