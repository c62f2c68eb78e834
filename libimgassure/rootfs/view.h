/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this room share: the view itself, remarks on the entry at hand, following of links, contents.
 */
#ifndef IA_ROOTFS_VIEW_H
#define IA_ROOTFS_VIEW_H

#include "base/arena.h"
#include "rootfs/rootfs.h"
#include "rootfs/tree.h"
#include "rootfs/wanted.h"

enum {
    IA_PLACE = 512,        /* bytes of a "layer N: path" */
    IA_STEPS_PER_ENTRY = 8 /* times limits->image_entries: steps through link targets and wanted directories */
};

/* history.h */
struct ia_history {
    bool keeps, removed;
    struct ia_vec attributes; /* struct ia_attributes, by node */
    struct ia_vec shared;     /* struct ia_shared */
    struct ia_vec before;     /* struct ia_before, of the layer at hand */
    struct ia_vec past;       /* struct ia_listed */
    struct ia_arena texts;    /* of past */
    int status;               /* bare, of the layer at hand */
};

struct ia_rootfs {
    struct ia_alloc alloc;
    struct ia_wants wants;
    const struct ia_examiner *examiner;
    struct ia_tree tree;
    struct ia_vec parts;   /* struct ia_str: the name at hand */
    struct ia_vec targets; /* struct ia_str: the hard link target or looked up path at hand */
    struct ia_vec frames;  /* struct ia_frame: link targets being followed */
    struct ia_arena paths; /* resolved paths that were handed out since the last change */
    uint64_t entries;      /* tar entries seen */
    uint64_t implied;      /* directories made because an entry lies in them */
    uint64_t steps;
    uint64_t serial;      /* of the last content taken */
    uint64_t fingerprint; /* of all wanted files */
    uint64_t generation;
    /* The layer at hand: */
    uint32_t layer;
    uint32_t noted; /* bit per note code: said once for this layer */
    uint64_t layer_entries, layer_implied;
    const struct ia_tar_entry *entry;
    struct ia_content *content; /* of that entry, not yet taken; NULL: none */
    const uint8_t *digest;      /* of that entry; NULL: none */
    struct ia_history history;
};

/* apply.c: */
/* "layer N: name", cut to the buffer. */
struct ia_str ia_place(char buffer[IA_PLACE], uint32_t layer, struct ia_str name);
/* Adds a note on the entry at hand, the first of its code in this layer only. */
int ia_remark(struct ia_rootfs *fs, struct ia_env *env, int32_t code, const char *text) IA_MUST_USE;
/* Describes a bare status of ia_tree. */
int ia_tree_failed(struct ia_env *env, int status);

/* resolve.c: */
struct ia_frame {
    uint32_t at, n; /* the rest of a link target, in the text store */
};

enum ia_resolved { IA_FOUND = 1, IA_MISSING, IA_LOOP, IA_TOO_DEEP };

struct ia_walk {
    bool create;       /* in: missing directories are made, links that lead to none are replaced */
    uint32_t node;     /* in: where to start; out: the node reached */
    uint32_t outer;    /* out: the last link met in the path itself, IA_NONE */
    uint64_t followed; /* out: links */
    bool dangling;     /* out, with IA_MISSING: the last component is a link */
};

/* Walks parts from walk->node and follows every link, also the last. An ia_resolved, or a status below 0. */
int ia_resolve(struct ia_rootfs *fs, struct ia_env *env, const struct ia_vec *parts, struct ia_walk *walk);
/* Counts steps against the budget. */
int ia_charge(struct ia_rootfs *fs, struct ia_env *env) IA_MUST_USE;

/* whiteout.c: */
enum ia_marker { IA_MARKER_NONE = 0, IA_MARKER_WHITEOUT, IA_MARKER_OPAQUE, IA_MARKER_BAD };

/* What the last component of a name says; *target receives the name that a whiteout removes. */
enum ia_marker ia_marker_of(struct ia_str name, struct ia_str *target);
/* Applies the marker entry at hand (fs->parts). */
int ia_apply_marker(struct ia_rootfs *fs, struct ia_env *env, enum ia_marker marker, struct ia_str target);

/* content.c: */
/* Makes the content, which is taken over, that of a body of the entry at hand. */
int ia_give_content(struct ia_rootfs *fs, struct ia_env *env, uint32_t body, struct ia_content *content);
/* Finds out which wanted files are there, and which of them are unread; changes the generation when they differ. */
int ia_survey(struct ia_rootfs *fs, struct ia_env *env);

/* lookup.c: */
/* The node's path, kept until the view changes. */
int ia_path_of(struct ia_rootfs *fs, struct ia_env *env, uint32_t node, struct ia_str *out);

/* order.c: */
/* before(user, a, b) is a strict order. */
struct ia_order {
    bool (*before)(const void *user, uint32_t a, uint32_t b);
    const void *user;
};
/* What is equal keeps its place. IMGA_E_NOMEM, without message. */
int ia_sort_ids(const struct ia_alloc *alloc, uint32_t *ids, size_t count, const struct ia_order *order);

#endif
