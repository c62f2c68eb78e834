/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of the root view: 48 bytes a node, found by a seeded hash of (parent, name); children in a list. Names and
 * link targets lie in one text store, contents in bodies that hard links share. Nothing here recurses.
 * Functions that can fail return a bare IMGA_E_NOMEM or IMGA_E_LIMIT (too much text).
 */
#ifndef IA_ROOTFS_TREE_H
#define IA_ROOTFS_TREE_H

#include "base/buf.h"
#include "base/vec.h"

#define IA_NONE UINT32_MAX
enum { IA_ROOT = 0 };

enum ia_node_type { IA_NODE_FREE = 0, IA_NODE_DIRECTORY, IA_NODE_FILE, IA_NODE_LINK, IA_NODE_OTHER };

enum {
    IA_NODE_HARD = 1, /* came as a hard link */
    IA_NODE_BODY = 2  /* a file whose content is described by u.body */
};

struct ia_node {
    uint32_t parent;     /* of the root: itself; of a free node: the next free one */
    uint32_t next, prev; /* siblings */
    uint32_t chain;      /* same hash bucket */
    uint32_t hash;
    uint32_t name, name_n; /* in the text store */
    uint32_t layer;        /* the last layer that has an entry for it */
    uint32_t want;         /* place in the tree of wanted paths, 0: nothing is wanted here or below */
    uint8_t type;
    uint8_t flags;
    union {
        struct {
            uint32_t first; /* child */
            uint32_t clean; /* in this layer nothing of lower layers is left below */
        } dir;
        struct {
            uint32_t at, n; /* the target, in the text store */
        } link;
        uint32_t body;
        uint64_t offset; /* of the tar header, in the layer's stream */
    } u;
};

enum ia_body_state {
    IA_BODY_UNREAD = 0,
    IA_BODY_PENDING, /* wanted and unread */
    IA_BODY_WHOLE,
    IA_BODY_PARTIAL,
    IA_BODY_UNREADABLE,
    IA_BODY_FACTS, /* p is what an examiner says of the content */
    IA_BODY_FREE
};

struct ia_body {
    uint32_t refs; /* nodes; of a free body: the next free one */
    uint32_t layer;
    uint64_t offset; /* of the tar header that the content follows */
    uint64_t serial; /* number of the reading, 0: unread */
    char *p;
    size_t n;
    enum ia_body_state state;
};

/*
 * The nodes whose hashes end alike. seen has a bit, by the top of the hash, for each that was ever put there: most
 * names that are not in the tree are told without a look at a node, which in a large tree is not in the cache.
 */
struct ia_bucket {
    uint32_t first, seen;
};

struct ia_tree {
    struct ia_alloc alloc;
    uint64_t seed[2];
    struct ia_vec nodes;  /* struct ia_node */
    struct ia_vec bodies; /* struct ia_body */
    struct ia_bucket *buckets;
    size_t bucket_count; /* a power of two */
    size_t live;         /* nodes in use */
    uint32_t free_node, free_body;
    uint32_t last_parent; /* of the node that was added last; only a guess, it may be gone */
    struct ia_buf text;
    uint64_t text_live; /* bytes of it in use */
    uint64_t text_max;  /* for text_live */
    uint64_t kept;      /* bytes of contents */
};

/* A name: bytes, and where they already lie in the text store (IA_NONE: elsewhere). */
struct ia_name {
    struct ia_str text;
    uint32_t at;
};

int ia_tree_init(struct ia_tree *tree, const struct ia_alloc *alloc, const uint64_t seed[2]) IA_MUST_USE;
void ia_tree_free(struct ia_tree *tree); /* zeroed is fine */

struct ia_node *ia_tree_node(const struct ia_tree *tree, uint32_t node);
struct ia_body *ia_tree_body(const struct ia_tree *tree, uint32_t body);
struct ia_str ia_tree_name(const struct ia_tree *tree, uint32_t node);
struct ia_str ia_tree_text(const struct ia_tree *tree, uint32_t at, uint32_t n);
uint32_t ia_tree_find(const struct ia_tree *tree, uint32_t parent, struct ia_str name); /* IA_NONE: absent */
/* A name is about to be looked up, likely beside the last one added: in a large tree its bucket is not in the cache. */
void ia_tree_expect(const struct ia_tree *tree, struct ia_str name);
/* Length of the node's path in bytes, without a leading slash, and in components. */
void ia_tree_measure(const struct ia_tree *tree, uint32_t node, size_t *bytes, size_t *components);
bool ia_tree_is_below(const struct ia_tree *tree, uint32_t node, uint32_t top); /* or the same */

/* A new node without type; the caller gives it one at once. The name must not be in the directory yet. */
int ia_tree_add(struct ia_tree *tree, uint32_t parent, struct ia_name name, uint32_t *out) IA_MUST_USE;
/* Takes everything below and the content away; the node stays in its place, without type. */
void ia_tree_clear(struct ia_tree *tree, uint32_t node);
void ia_tree_remove(struct ia_tree *tree, uint32_t node); /* not the root */

void ia_tree_set_directory(struct ia_tree *tree, uint32_t node, uint32_t layer);
int ia_tree_set_link(struct ia_tree *tree, uint32_t node, struct ia_str target) IA_MUST_USE;
/* node becomes another name of what source is: a file, a link, a device. */
int ia_tree_set_hard(struct ia_tree *tree, uint32_t node, uint32_t source) IA_MUST_USE;
/* Gives a file its body record, if it has none yet. */
int ia_tree_give_body(struct ia_tree *tree, uint32_t node, uint32_t *out) IA_MUST_USE;

/* Drops text that is no longer used, when there is much of it. No name with a place in the store survives this. */
int ia_tree_compact(struct ia_tree *tree) IA_MUST_USE;

#endif
