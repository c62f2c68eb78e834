/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes lie beside the nodes, by node number. What leaves the view is copied out with its path. Limit: kept_bytes
 * for the texts of a listing. Failures are kept and told at the end of the layer, so that the walk stays simple.
 */
#include "rootfs/history.h"

#include "crypto/digest.h"
#include "rootfs/view.h"

#include <string.h>

void ia_rootfs_keep_history(struct ia_rootfs *fs, bool removed)
{
    fs->history.keeps = true;
    fs->history.removed = removed;
    ia_vec_init(&fs->history.attributes, &fs->alloc, sizeof(struct ia_attributes), UINT32_MAX);
    ia_vec_init(&fs->history.shared, &fs->alloc, sizeof(struct ia_shared), UINT32_MAX);
    ia_vec_init(&fs->history.before, &fs->alloc, sizeof(struct ia_before), UINT32_MAX);
    ia_vec_init(&fs->history.past, &fs->alloc, sizeof(struct ia_listed), UINT32_MAX);
    ia_arena_init(&fs->history.texts, &fs->alloc);
}

static void fail(struct ia_rootfs *fs, int status)
{
    if (fs->history.status == IMGA_OK)
        fs->history.status = status;
}

/* NULL: none are kept, or no memory. */
static struct ia_attributes *attributes_of(struct ia_rootfs *fs, uint32_t node)
{
    static const struct ia_attributes none = {.size = 0};
    if (!fs->history.keeps)
        return NULL;
    while (fs->history.attributes.n <= node) {
        if (ia_vec_push(&fs->history.attributes, &none) < 0) {
            fail(fs, IMGA_E_NOMEM);
            return NULL;
        }
    }
    return ia_vec_at(&fs->history.attributes, node);
}

void ia_history_begin(struct ia_rootfs *fs, uint32_t node, bool is_new)
{
    struct ia_attributes *a = attributes_of(fs, node);
    if (!a)
        return;
    uint32_t first = is_new ? fs->layer : a->first_layer;
    *a = (struct ia_attributes){.first_layer = first, .content_layer = fs->layer};
}

/* Number of what was known of a node before the layer at hand; 0: nothing. The node's layer is not yet the new one. */
static uint32_t before_of(struct ia_rootfs *fs, uint32_t node)
{
    const struct ia_attributes *a = attributes_of(fs, node);
    uint32_t last = ia_tree_node(&fs->tree, node)->layer;
    if (!a || !fs->history.removed || last == fs->layer)
        return a ? a->before : 0;
    const struct ia_before before = {*a, last};
    int status = ia_vec_push(&fs->history.before, &before);
    if (status < 0)
        fail(fs, status);
    return status < 0 ? 0 : (uint32_t)fs->history.before.n;
}

void ia_history_describe(struct ia_rootfs *fs, uint32_t node)
{
    struct ia_attributes *a = attributes_of(fs, node);
    const struct ia_tar_entry *entry = fs->entry;
    if (!a)
        return;
    uint32_t before = before_of(fs, node);
    *a = (struct ia_attributes){
        .size = entry->size,
        .offset = entry->offset,
        .mode = entry->mode,
        .uid = entry->uid,
        .gid = entry->gid,
        .device_major = entry->device_major,
        .device_minor = entry->device_minor,
        .first_layer = a->first_layer,
        .content_layer = fs->layer,
        .before = before,
        .type = (uint8_t)entry->type,
        .is_sparse = (entry->flags & IA_TAR_SPARSE) != 0,
    };
    a->has_digest = fs->digest && !a->is_sparse; /* the digest of a sparse file is that of what is stored */
    if (a->has_digest)
        memcpy(a->digest, fs->digest, IA_FILE_DIGEST);
}

void ia_history_renew(struct ia_rootfs *fs, uint32_t node)
{
    struct ia_attributes *a = attributes_of(fs, node);
    if (!a)
        return;
    a->before = before_of(fs, node);
    a->first_layer = fs->layer;
}

/* A link has no mode of its own on Linux. */
static bool share(struct ia_rootfs *fs, struct ia_attributes *a)
{
    const struct ia_tar_entry *entry = fs->entry;
    const struct ia_shared theirs = {a->type == IA_TAR_SYMLINK ? a->mode : entry->mode, entry->uid, entry->gid};
    struct ia_shared *shared = a->shared ? ia_vec_at(&fs->history.shared, a->shared - 1) : NULL;
    if (shared) {
        *shared = theirs;
        return true;
    }
    int status = ia_vec_push(&fs->history.shared, &theirs);
    if (status < 0)
        fail(fs, status);
    else
        a->shared = (uint32_t)fs->history.shared.n;
    return status == IMGA_OK;
}

void ia_history_link(struct ia_rootfs *fs, uint32_t node, uint32_t source)
{
    struct ia_attributes *to = attributes_of(fs, node), *from = attributes_of(fs, source);
    if (!from || !to || !share(fs, from))
        return;
    to = attributes_of(fs, node); /* it may have moved */
    uint32_t first = to->first_layer;
    from->is_hard = true;
    *to = *from;
    to->first_layer = first;
    to->before = 0;
}

/* The node's path into the arena; empty text without pointer: no memory. */
static struct ia_str path_into(const struct ia_tree *tree, struct ia_arena *arena, uint32_t node)
{
    size_t bytes, components;
    ia_tree_measure(tree, node, &bytes, &components);
    char *path = ia_arena_new(arena, bytes + 1);
    if (!path)
        return (struct ia_str){NULL, 0};
    for (size_t end = bytes; node != IA_ROOT; node = ia_tree_node(tree, node)->parent) {
        struct ia_str name = ia_tree_name(tree, node);
        end -= name.n;
        memcpy(path + end, name.p, name.n);
        if (end)
            path[--end] = '/';
    }
    return (struct ia_str){path, bytes};
}

static const char *digest_text(struct ia_arena *arena, const struct ia_attributes *a)
{
    struct ia_digest digest = {.algorithm = IA_DIGEST_SHA256};
    char text[IA_DIGEST_TEXT];
    if (!a->has_digest)
        return "";
    memcpy(digest.bytes, a->digest, IA_FILE_DIGEST);
    ia_digest_text(&digest, text);
    return ia_arena_str(arena, ia_str_from(text));
}

/* The attributes as they are now. */
static struct ia_attributes settled(const struct ia_rootfs *fs, const struct ia_attributes *a)
{
    struct ia_attributes out = *a;
    const struct ia_shared *shared = a->shared ? ia_vec_at(&fs->history.shared, a->shared - 1) : NULL;
    if (shared) {
        out.mode = shared->mode;
        out.uid = shared->uid;
        out.gid = shared->gid;
    }
    return out;
}

static int row_of(struct ia_rootfs *fs, struct ia_arena *arena, uint32_t node, const struct ia_before *as,
                  struct ia_listed *out)
{
    const struct ia_node *it = ia_tree_node(&fs->tree, node);
    *out = (struct ia_listed){.link = {"", 0}, .last_layer = as->last_layer, .removed_layer = -1};
    out->attributes = settled(fs, &as->attributes);
    out->digest = digest_text(arena, &as->attributes);
    out->path = path_into(&fs->tree, arena, node);
    if (it->type == IA_NODE_LINK) {
        struct ia_str target = ia_tree_text(&fs->tree, it->u.link.at, it->u.link.n);
        out->link = (struct ia_str){ia_arena_str(arena, target), target.n};
    }
    return out->path.p && out->link.p && out->digest ? IMGA_OK : IMGA_E_NOMEM;
}

static int add_past(struct ia_rootfs *fs, uint32_t node, const struct ia_before *as)
{
    struct ia_listed row;
    if (fs->history.texts.bytes > fs->tree.text_max)
        return IMGA_E_LIMIT;
    IA_TRY(row_of(fs, &fs->history.texts, node, as, &row));
    row.removed_layer = (int32_t)fs->layer;
    return ia_vec_push(&fs->history.past, &row);
}

/* What this very layer brought and takes away again was never in an image; what it only changed was. */
static void leave_one(struct ia_rootfs *fs, uint32_t node)
{
    const struct ia_attributes *a = attributes_of(fs, node);
    uint32_t last = ia_tree_node(&fs->tree, node)->layer;
    if (!a || fs->history.status < 0)
        return;
    const struct ia_before now = {*a, last};
    const struct ia_before *as = last == fs->layer ? ia_vec_at(&fs->history.before, (size_t)a->before - 1) : &now;
    int status = as ? add_past(fs, node, as) : IMGA_OK;
    if (status < 0)
        fail(fs, status);
}

/* The node after at in the subtree of top, parents first; IA_NONE at the end. */
static uint32_t next_below(const struct ia_tree *tree, uint32_t top, uint32_t at)
{
    const struct ia_node *node = ia_tree_node(tree, at);
    if (node->type == IA_NODE_DIRECTORY && node->u.dir.first != IA_NONE)
        return node->u.dir.first;
    while (at != top) {
        node = ia_tree_node(tree, at);
        if (node->next != IA_NONE)
            return node->next;
        at = node->parent;
    }
    return IA_NONE;
}

void ia_history_leave(struct ia_rootfs *fs, uint32_t node)
{
    if (!fs->history.removed)
        return;
    for (uint32_t at = node; at != IA_NONE; at = next_below(&fs->tree, node, at))
        leave_one(fs, at);
}

static bool row_before(const void *user, uint32_t a, uint32_t b)
{
    const struct ia_vec *rows = user;
    const struct ia_listed *x = ia_vec_at(rows, a), *y = ia_vec_at(rows, b);
    int order = ia_str_cmp(x->path, y->path);
    if (order)
        return order < 0;
    return (uint32_t)x->removed_layer < (uint32_t)y->removed_layer; /* -1 is the last */
}

/* The rows in the order of ids. */
static int reorder(struct ia_vec *rows, const struct ia_alloc *alloc)
{
    const struct ia_order order = {row_before, rows};
    uint32_t *ids = ia_new_array(alloc, rows->n, sizeof(*ids));
    struct ia_listed *sorted = ia_new_array(alloc, rows->n, sizeof(*sorted));
    int status = ids && sorted ? IMGA_OK : IMGA_E_NOMEM;
    for (size_t i = 0; status == IMGA_OK && i < rows->n; i++)
        ids[i] = (uint32_t)i;
    if (status == IMGA_OK)
        status = ia_sort_ids(alloc, ids, rows->n, &order);
    for (size_t i = 0; status == IMGA_OK && i < rows->n; i++)
        sorted[i] = *(const struct ia_listed *)ia_vec_at(rows, ids[i]);
    if (status == IMGA_OK)
        memcpy(rows->p, sorted, rows->n * sizeof(*sorted));
    ia_free(alloc, ids);
    ia_free(alloc, sorted);
    return status;
}

static int list_rows(struct ia_rootfs *fs, struct ia_listing_rows *out)
{
    struct ia_listed row;
    for (uint32_t at = next_below(&fs->tree, IA_ROOT, IA_ROOT); at != IA_NONE;
         at = next_below(&fs->tree, IA_ROOT, at)) {
        if (out->texts.bytes > fs->tree.text_max)
            return IMGA_E_LIMIT;
        const struct ia_attributes *a = attributes_of(fs, at);
        if (!a)
            return IMGA_E_NOMEM;
        const struct ia_before now = {*a, ia_tree_node(&fs->tree, at)->layer};
        IA_TRY(row_of(fs, &out->texts, at, &now, &row));
        IA_TRY(ia_vec_push(&out->rows, &row));
    }
    for (size_t i = 0; i < fs->history.past.n; i++) {
        row = *(const struct ia_listed *)ia_vec_at(&fs->history.past, i);
        row.path.p = ia_arena_str(&out->texts, row.path);
        row.link.p = ia_arena_str(&out->texts, row.link);
        row.digest = digest_text(&out->texts, &row.attributes);
        if (!row.path.p || !row.link.p || !row.digest)
            return IMGA_E_NOMEM;
        IA_TRY(ia_vec_push(&out->rows, &row));
    }
    return out->rows.n ? reorder(&out->rows, &fs->alloc) : IMGA_OK;
}

int ia_rootfs_list(struct ia_rootfs *fs, struct ia_env *env, struct ia_listing_rows *out)
{
    ia_arena_init(&out->texts, &fs->alloc);
    ia_vec_init(&out->rows, &fs->alloc, sizeof(struct ia_listed), UINT32_MAX);
    return ia_described(env, list_rows(fs, out), "kept_bytes", env->limits->kept_bytes);
}

void ia_listing_rows_free(struct ia_listing_rows *rows)
{
    ia_vec_free(&rows->rows);
    ia_arena_free(&rows->texts);
}
