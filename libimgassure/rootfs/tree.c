/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes, their names and bodies. Indexes, not pointers: the arrays move when they grow. Removed nodes and bodies are
 * used again; text is compacted when more than half of it is dead.
 */
#include "rootfs/tree.h"

#include "base/map.h"

#include <imgassure/status.h>

#include <string.h>

enum { FIRST_BUCKETS = 256, TEXT_SLACK = 1024 * 1024 };

struct ia_node *ia_tree_node(const struct ia_tree *tree, uint32_t node)
{
    return ia_vec_at(&tree->nodes, node);
}

struct ia_body *ia_tree_body(const struct ia_tree *tree, uint32_t body)
{
    return ia_vec_at(&tree->bodies, body);
}

struct ia_str ia_tree_text(const struct ia_tree *tree, uint32_t at, uint32_t n)
{
    return ia_str_sub(ia_buf_view(&tree->text), at, n);
}

static uint32_t seen_bit(uint32_t hash)
{
    return (uint32_t)1 << (hash >> 27);
}

struct ia_str ia_tree_name(const struct ia_tree *tree, uint32_t node)
{
    const struct ia_node *it = ia_tree_node(tree, node);
    return ia_tree_text(tree, it->name, it->name_n);
}

static void clear_buckets(struct ia_bucket *buckets, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buckets[i] = (struct ia_bucket){.first = IA_NONE};
}

/* Puts a node into the list of its hash. */
static void enter(struct ia_bucket *buckets, size_t count, struct ia_node *node, uint32_t at)
{
    struct ia_bucket *bucket = &buckets[node->hash & (count - 1)];
    node->chain = bucket->first;
    bucket->first = at;
    bucket->seen |= seen_bit(node->hash);
}

int ia_tree_init(struct ia_tree *tree, const struct ia_alloc *alloc, const uint64_t seed[2])
{
    *tree = (struct ia_tree){.alloc = *alloc,
                             .seed = {seed[0], seed[1]},
                             .bucket_count = FIRST_BUCKETS,
                             .free_node = IA_NONE,
                             .free_body = IA_NONE,
                             .text_max = UINT32_MAX - 1};
    ia_vec_init(&tree->nodes, alloc, sizeof(struct ia_node), UINT32_MAX - 1);
    ia_vec_init(&tree->bodies, alloc, sizeof(struct ia_body), UINT32_MAX - 1);
    ia_buf_init(&tree->text, alloc, UINT32_MAX - 1);
    tree->buckets = ia_new_array(alloc, FIRST_BUCKETS, sizeof(*tree->buckets));
    if (!tree->buckets)
        return IMGA_E_NOMEM;
    clear_buckets(tree->buckets, FIRST_BUCKETS);
    struct ia_node root = {.next = IA_NONE, .prev = IA_NONE, .chain = IA_NONE, .type = IA_NODE_DIRECTORY};
    root.u.dir.first = IA_NONE;
    root.u.dir.clean = IA_NONE;
    return ia_vec_push(&tree->nodes, &root);
}

void ia_tree_free(struct ia_tree *tree)
{
    for (size_t i = 0; i < tree->bodies.n; i++)
        ia_free(&tree->alloc, ia_tree_body(tree, (uint32_t)i)->p);
    ia_vec_free(&tree->bodies);
    ia_vec_free(&tree->nodes);
    ia_buf_free(&tree->text);
    if (tree->buckets)
        ia_free(&tree->alloc, tree->buckets);
    tree->buckets = NULL;
}

static uint32_t hash_of(const struct ia_tree *tree, uint32_t parent, struct ia_str name)
{
    const uint64_t seed[2] = {tree->seed[0] ^ parent, tree->seed[1]};
    return (uint32_t)ia_siphash(seed, name);
}

void ia_tree_expect(const struct ia_tree *tree, struct ia_str name)
{
    IA_PREFETCH(&tree->buckets[hash_of(tree, tree->last_parent, name) & (tree->bucket_count - 1)]);
}

uint32_t ia_tree_find(const struct ia_tree *tree, uint32_t parent, struct ia_str name)
{
    uint32_t hash = hash_of(tree, parent, name);
    struct ia_bucket bucket = tree->buckets[hash & (tree->bucket_count - 1)];
    uint32_t at = bucket.seen & seen_bit(hash) ? bucket.first : IA_NONE;
    while (at != IA_NONE) {
        const struct ia_node *node = ia_tree_node(tree, at);
        if (node->hash == hash && node->parent == parent && ia_str_eq(ia_tree_name(tree, at), name))
            return at;
        at = node->chain;
    }
    return IA_NONE;
}

void ia_tree_measure(const struct ia_tree *tree, uint32_t node, size_t *bytes, size_t *components)
{
    *bytes = 0;
    *components = 0;
    for (; node != IA_ROOT; node = ia_tree_node(tree, node)->parent) {
        *bytes += ia_tree_node(tree, node)->name_n + (*components ? 1U : 0U);
        *components += 1;
    }
}

bool ia_tree_is_below(const struct ia_tree *tree, uint32_t node, uint32_t top)
{
    while (node != top && node != IA_ROOT)
        node = ia_tree_node(tree, node)->parent;
    return node == top;
}

static int grow_buckets(struct ia_tree *tree)
{
    size_t count = tree->bucket_count * 2;
    struct ia_bucket *buckets = ia_new_array(&tree->alloc, count, sizeof(*buckets));
    if (!buckets)
        return IMGA_E_NOMEM;
    clear_buckets(buckets, count);
    for (size_t i = IA_ROOT + 1; i < tree->nodes.n; i++) {
        struct ia_node *node = ia_tree_node(tree, (uint32_t)i);
        if (node->name != IA_NONE)
            enter(buckets, count, node, (uint32_t)i);
    }
    ia_free(&tree->alloc, tree->buckets);
    tree->buckets = buckets;
    tree->bucket_count = count;
    return IMGA_OK;
}

/* Puts text into the store; *at says where. */
static int store(struct ia_tree *tree, struct ia_str text, uint32_t *at)
{
    if (text.n > tree->text_max - tree->text_live)
        return IMGA_E_LIMIT;
    *at = (uint32_t)tree->text.n;
    IA_TRY(ia_buf_str(&tree->text, text));
    tree->text_live += text.n;
    return IMGA_OK;
}

static int store_name(struct ia_tree *tree, struct ia_name name, uint32_t *at)
{
    if (name.at == IA_NONE)
        return store(tree, name.text, at);
    if (name.text.n > tree->text_max - tree->text_live)
        return IMGA_E_LIMIT;
    tree->text_live += name.text.n;
    *at = name.at;
    return IMGA_OK;
}

static int take_slot(struct ia_tree *tree, uint32_t *out)
{
    static const struct ia_node none = {.name = IA_NONE};
    *out = tree->free_node;
    if (*out == IA_NONE) {
        *out = (uint32_t)tree->nodes.n;
        return ia_vec_push(&tree->nodes, &none);
    }
    tree->free_node = ia_tree_node(tree, *out)->parent;
    return IMGA_OK;
}

static void give_slot_back(struct ia_tree *tree, uint32_t at)
{
    *ia_tree_node(tree, at) = (struct ia_node){.parent = tree->free_node, .name = IA_NONE};
    tree->free_node = at;
}

int ia_tree_add(struct ia_tree *tree, uint32_t parent, struct ia_name name, uint32_t *out)
{
    uint32_t hash = hash_of(tree, parent, name.text), at, text;
    if (tree->live >= tree->bucket_count)
        IA_TRY(grow_buckets(tree));
    IA_TRY(take_slot(tree, &at));
    int status = store_name(tree, name, &text);
    if (status < 0) {
        give_slot_back(tree, at);
        return status;
    }
    struct ia_node *up = ia_tree_node(tree, parent), *node = ia_tree_node(tree, at);
    *node = (struct ia_node){.parent = parent,
                             .next = up->u.dir.first,
                             .prev = IA_NONE,
                             .hash = hash,
                             .name = text,
                             .name_n = (uint32_t)name.text.n};
    if (node->next != IA_NONE)
        ia_tree_node(tree, node->next)->prev = at;
    up->u.dir.first = at;
    enter(tree->buckets, tree->bucket_count, node, at);
    tree->live++;
    tree->last_parent = parent;
    *out = at;
    return IMGA_OK;
}

static void drop_body(struct ia_tree *tree, uint32_t at)
{
    struct ia_body *body = ia_tree_body(tree, at);
    if (--body->refs > 0)
        return;
    tree->kept -= body->n;
    ia_free(&tree->alloc, body->p);
    *body = (struct ia_body){.refs = tree->free_body, .state = IA_BODY_FREE};
    tree->free_body = at;
}

static void drop_payload(struct ia_tree *tree, struct ia_node *node)
{
    if (node->type == IA_NODE_FILE && (node->flags & IA_NODE_BODY))
        drop_body(tree, node->u.body);
    if (node->type == IA_NODE_LINK)
        tree->text_live -= node->u.link.n;
    node->type = IA_NODE_FREE;
    node->flags = 0;
    node->u.offset = 0;
}

static void unlink_node(struct ia_tree *tree, uint32_t at)
{
    struct ia_node *node = ia_tree_node(tree, at);
    uint32_t *slot = &tree->buckets[node->hash & (tree->bucket_count - 1)].first;
    while (*slot != at)
        slot = &ia_tree_node(tree, *slot)->chain;
    *slot = node->chain;
    if (node->next != IA_NONE)
        ia_tree_node(tree, node->next)->prev = node->prev;
    if (node->prev != IA_NONE)
        ia_tree_node(tree, node->prev)->next = node->next;
    else
        ia_tree_node(tree, node->parent)->u.dir.first = node->next;
}

/* A node without children. */
static void remove_leaf(struct ia_tree *tree, uint32_t at)
{
    struct ia_node *node = ia_tree_node(tree, at);
    unlink_node(tree, at);
    drop_payload(tree, node);
    tree->text_live -= node->name_n;
    tree->live--;
    give_slot_back(tree, at);
}

static uint32_t first_child(const struct ia_tree *tree, uint32_t at)
{
    const struct ia_node *node = ia_tree_node(tree, at);
    return node->type == IA_NODE_DIRECTORY ? node->u.dir.first : IA_NONE;
}

void ia_tree_clear(struct ia_tree *tree, uint32_t node)
{
    uint32_t at = node;
    for (;;) {
        uint32_t below = first_child(tree, at);
        if (below != IA_NONE) {
            at = below;
            continue;
        }
        if (at == node)
            break;
        uint32_t up = ia_tree_node(tree, at)->parent;
        remove_leaf(tree, at);
        at = up;
    }
    drop_payload(tree, ia_tree_node(tree, node));
}

void ia_tree_remove(struct ia_tree *tree, uint32_t node)
{
    ia_tree_clear(tree, node);
    remove_leaf(tree, node);
}

void ia_tree_set_directory(struct ia_tree *tree, uint32_t node, uint32_t layer)
{
    struct ia_node *it = ia_tree_node(tree, node);
    it->type = IA_NODE_DIRECTORY;
    it->layer = layer;
    it->u.dir.first = IA_NONE;
    it->u.dir.clean = layer;
}

int ia_tree_set_link(struct ia_tree *tree, uint32_t node, struct ia_str target)
{
    uint32_t at;
    struct ia_node *it = ia_tree_node(tree, node);
    it->type = IA_NODE_LINK;
    it->u.link.at = 0;
    it->u.link.n = 0;
    IA_TRY(store(tree, target, &at));
    it->u.link.at = at;
    it->u.link.n = (uint32_t)target.n;
    return IMGA_OK;
}

int ia_tree_give_body(struct ia_tree *tree, uint32_t node, uint32_t *out)
{
    struct ia_node *it = ia_tree_node(tree, node);
    struct ia_body body = {.refs = 1, .layer = it->layer, .offset = it->u.offset};
    *out = it->u.body;
    if (it->flags & IA_NODE_BODY)
        return IMGA_OK;
    *out = tree->free_body;
    if (*out == IA_NONE) {
        *out = (uint32_t)tree->bodies.n;
        IA_TRY(ia_vec_push(&tree->bodies, &body));
    } else {
        tree->free_body = ia_tree_body(tree, *out)->refs;
        *ia_tree_body(tree, *out) = body;
    }
    it->u.body = *out;
    it->flags |= IA_NODE_BODY;
    return IMGA_OK;
}

int ia_tree_set_hard(struct ia_tree *tree, uint32_t node, uint32_t source)
{
    struct ia_node *it = ia_tree_node(tree, node), *from = ia_tree_node(tree, source);
    uint32_t body = 0;
    it->type = IA_NODE_OTHER;
    if (from->type == IA_NODE_FILE) {
        IA_TRY(ia_tree_give_body(tree, source, &body));
        ia_tree_body(tree, body)->refs++;
    }
    if (from->type == IA_NODE_LINK) {
        if (from->u.link.n > tree->text_max - tree->text_live)
            return IMGA_E_LIMIT;
        tree->text_live += from->u.link.n;
    }
    it->type = from->type;
    it->flags = (uint8_t)(from->flags | IA_NODE_HARD);
    it->u = from->u;
    return IMGA_OK;
}

static int move_text(const struct ia_tree *tree, struct ia_buf *into, uint32_t *at, uint32_t n)
{
    uint32_t moved = (uint32_t)into->n;
    IA_TRY(ia_buf_str(into, ia_tree_text(tree, *at, n)));
    *at = moved;
    return IMGA_OK;
}

int ia_tree_compact(struct ia_tree *tree)
{
    struct ia_buf fresh;
    /* Worth it only when the walk over all nodes is paid for by the bytes that came since the last one. */
    if (tree->text.n < 2 * tree->text_live + 16 * (uint64_t)tree->nodes.n + TEXT_SLACK)
        return IMGA_OK;
    ia_buf_init(&fresh, &tree->alloc, tree->text.max);
    IA_TRY(ia_buf_reserve(&fresh, (size_t)tree->text_live));
    for (size_t i = IA_ROOT + 1; i < tree->nodes.n; i++) {
        struct ia_node *node = ia_tree_node(tree, (uint32_t)i);
        if (node->type == IA_NODE_FREE)
            continue;
        /* There is room: text_live is the sum of these lengths. */
        IA_TRY(move_text(tree, &fresh, &node->name, node->name_n));
        if (node->type == IA_NODE_LINK)
            IA_TRY(move_text(tree, &fresh, &node->u.link.at, node->u.link.n));
    }
    ia_buf_free(&tree->text);
    tree->text = fresh;
    return IMGA_OK;
}
