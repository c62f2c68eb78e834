/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a view knows beyond names when it is asked to: the attributes of every entry, the layer it first came with, and
 * what later layers removed or replaced. Listing it costs memory by the entry; the cataloguers do without.
 */
#ifndef IA_ROOTFS_HISTORY_H
#define IA_ROOTFS_HISTORY_H

#include "rootfs/rootfs.h"

/* Of one entry; hard links have the same, each its own copy but for what they share. */
struct ia_attributes {
    uint64_t size;   /* of a regular file */
    uint64_t offset; /* of the tar header that the content follows, in the stream of layer content_layer */
    uint32_t mode, uid, gid, device_major, device_minor;
    uint32_t first_layer;   /* since when there has been something at the path; a whiteout starts anew */
    uint32_t content_layer; /* where the content lies */
    uint32_t shared;        /* number of its struct ia_shared, from 1; 0: none */
    uint32_t before;        /* number of its struct ia_before, from 1; 0: the layer at hand brought it */
    uint8_t type;           /* enum ia_tar_type; 0: a directory that no entry describes */
    bool is_hard;           /* came as a hard link */
    bool has_digest, is_sparse;
    uint8_t digest[IA_FILE_DIGEST];
};

/*
 * What chmod and chown change for all names of a file: runtimes do both with the header of a hard link, too, so the
 * last header says what all of them have.
 */
struct ia_shared {
    uint32_t mode, uid, gid;
};

/* What a node was before the layer at hand described it anew. */
struct ia_before {
    struct ia_attributes attributes;
    uint32_t last_layer;
};

/* One row of a listing. Strings belong to the listing. */
struct ia_listed {
    struct ia_str path; /* raw bytes, relative, NUL-terminated */
    struct ia_str link; /* target of a symbolic link, NUL-terminated */
    const char *digest; /* "sha256:..." of a regular file; "" when none was made */
    struct ia_attributes attributes;
    uint32_t last_layer;   /* that has an entry for it */
    int32_t removed_layer; /* that removed or replaced it; -1: it is in the root */
};

/* Sorted by path bytes, then by the layer that removed it; what is there comes last. */
struct ia_listing_rows {
    struct ia_arena texts;
    struct ia_vec rows; /* struct ia_listed */
};

/* Before the first layer: keeps attributes, and with removed also what is removed. */
void ia_rootfs_keep_history(struct ia_rootfs *fs, bool removed);
/* out is initialised here and may be freed also after a failure. E_NOMEM, E_LIMIT (kept_bytes for names). */
int ia_rootfs_list(struct ia_rootfs *fs, struct ia_env *env, struct ia_listing_rows *out);
void ia_listing_rows_free(struct ia_listing_rows *rows); /* a zeroed one is fine */

/* Inside the room: */
/* A new node, or one that is replaced. */
void ia_history_begin(struct ia_rootfs *fs, uint32_t node, bool is_new);
/* The entry at hand describes the node. */
void ia_history_describe(struct ia_rootfs *fs, uint32_t node);
/* A whiteout took away what lower layers had at the node; it stays, with what this layer has. */
void ia_history_renew(struct ia_rootfs *fs, uint32_t node);
/* node becomes a hard link to source, by the entry at hand. */
void ia_history_link(struct ia_rootfs *fs, uint32_t node, uint32_t source);
/* node and all below are about to go. */
void ia_history_leave(struct ia_rootfs *fs, uint32_t node);

#endif
