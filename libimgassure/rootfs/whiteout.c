/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whiteouts (OCI image-spec layer.md, "Whiteouts"): ".wh.NAME" removes NAME of the lower layers, ".wh..wh..opq" all
 * that lower layers have in its directory; what the layer itself brings stays, in whatever order. By name, whatever
 * the type. Names that would remove the directory itself or its parent, and leftovers of aufs, are noted and ignored.
 */
#include "rootfs/history.h"
#include "rootfs/view.h"

static const struct ia_str prefix = {".wh.", 4}, reserved = {".wh..wh.", 8}, opaque = {".wh..wh..opq", 12};

enum ia_marker ia_marker_of(struct ia_str name, struct ia_str *target)
{
    *target = ia_str_sub(name, prefix.n, name.n);
    if (!ia_str_starts(name, prefix))
        return IA_MARKER_NONE;
    if (ia_str_eq(name, opaque))
        return IA_MARKER_OPAQUE;
    if (ia_str_starts(name, reserved) || target->n == 0 || ia_str_is(*target, ".") || ia_str_is(*target, ".."))
        return IA_MARKER_BAD;
    return IA_MARKER_WHITEOUT;
}

/* A node whose children are done: goes if it is of a lower layer and holds nothing of this one. */
static void settle(struct ia_rootfs *fs, uint32_t at)
{
    struct ia_node *node = ia_tree_node(&fs->tree, at);
    if (node->layer == fs->layer || (node->type == IA_NODE_DIRECTORY && node->u.dir.first != IA_NONE)) {
        ia_history_renew(fs, at);
        node->layer = fs->layer;
        return;
    }
    ia_history_leave(fs, at);
    ia_tree_remove(&fs->tree, at);
}

/* The first child of a directory that may still hold something of lower layers; each is entered once per layer. */
static uint32_t enter(struct ia_rootfs *fs, uint32_t at)
{
    struct ia_node *node = ia_tree_node(&fs->tree, at);
    if (node->type != IA_NODE_DIRECTORY || node->u.dir.clean == fs->layer)
        return IA_NONE;
    node->u.dir.clean = fs->layer;
    return node->u.dir.first;
}

/* Removes what lower layers have below top. */
static void clear_lower(struct ia_rootfs *fs, uint32_t top)
{
    uint32_t at = top, next;
    for (;;) {
        next = enter(fs, at);
        while (next == IA_NONE && at != top) {
            uint32_t up = ia_tree_node(&fs->tree, at)->parent;
            next = ia_tree_node(&fs->tree, at)->next;
            settle(fs, at);
            at = up;
        }
        if (next == IA_NONE)
            return;
        at = next;
    }
}

int ia_apply_marker(struct ia_rootfs *fs, struct ia_env *env, enum ia_marker marker, struct ia_str target)
{
    struct ia_walk walk = {.node = IA_ROOT};
    const struct ia_tar_entry *entry = fs->entry;
    if (marker == IA_MARKER_BAD)
        return ia_remark(fs, env, IMGA_NOTE_WHITEOUT, "a whiteout whose name removes nothing sensible was ignored");
    /* aufs made its whiteouts hard links of each other. */
    if ((entry->type != IA_TAR_FILE && entry->type != IA_TAR_HARDLINK) || entry->size)
        IA_TRY(ia_remark(fs, env, IMGA_NOTE_WHITEOUT, "a whiteout that is not an empty file was obeyed"));
    fs->parts.n--;
    int found = ia_resolve(fs, env, &fs->parts, &walk);
    if (found == IA_LOOP)
        return ia_remark(fs, env, IMGA_NOTE_LINK_LOOP, "a whiteout behind a loop of links was ignored");
    if (found != IA_FOUND)
        return found < 0 ? found : IMGA_OK;
    if (ia_tree_node(&fs->tree, walk.node)->type != IA_NODE_DIRECTORY)
        return ia_remark(fs, env, IMGA_NOTE_WHITEOUT, "a whiteout below something that is not a directory");
    if (marker == IA_MARKER_OPAQUE) {
        clear_lower(fs, walk.node);
        return IMGA_OK;
    }
    uint32_t node = ia_tree_find(&fs->tree, walk.node, target);
    if (node == IA_NONE)
        return IMGA_OK;
    clear_lower(fs, node);
    settle(fs, node);
    return IMGA_OK;
}
