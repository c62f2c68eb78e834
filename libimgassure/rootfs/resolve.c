/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following of paths inside the view, as path_resolution(7) does inside a chroot: an absolute target starts at the
 * root of the image, ".." stops there. A stack of link targets instead of recursion. Limits: links, path_bytes and
 * path_components for the nodes that are made, and a budget of steps for link targets.
 *
 * When an entry is written below a link that leads to no directory (a loop, a file), the link is replaced by a
 * directory: that is what overlay runtimes show, because they unpack a layer apart from the lower ones.
 */
#include "rootfs/history.h"
#include "rootfs/view.h"

#include "base/checked.h"

int ia_charge(struct ia_rootfs *fs, struct ia_env *env)
{
    uint64_t budget;
    if (!ia_mul_u64(env->limits->image_entries, IA_STEPS_PER_ENTRY, &budget))
        budget = UINT64_MAX;
    if (fs->steps++ < budget)
        return IMGA_OK;
    return ia_fail_limit(env, -1, "image_entries", env->limits->image_entries,
                         IA_STR("the steps through links and wanted directories"));
}

/* Cuts the next component off a target. */
static bool cut(const struct ia_tree *tree, struct ia_frame *frame, struct ia_name *out)
{
    struct ia_str text = ia_tree_text(tree, frame->at, frame->n);
    uint32_t from = 0, to;
    while (from < text.n && text.p[from] == '/')
        from++;
    for (to = from; to < text.n && text.p[to] != '/';)
        to++;
    *out = (struct ia_name){ia_str_sub(text, from, to - from), frame->at + from};
    frame->at += to;
    frame->n -= to;
    return out->text.n > 0;
}

struct steps {
    const struct ia_vec *parts;
    size_t next; /* part */
};

static bool next_component(struct ia_rootfs *fs, struct steps *steps, struct ia_name *out)
{
    while (fs->frames.n) {
        if (cut(&fs->tree, ia_vec_at(&fs->frames, fs->frames.n - 1), out))
            return true;
        fs->frames.n--;
    }
    const struct ia_str *part = ia_vec_at(steps->parts, steps->next++);
    if (part)
        *out = (struct ia_name){*part, IA_NONE};
    return part != NULL;
}

/* Replaces what stands where a directory is needed. */
static int mend(struct ia_rootfs *fs, struct ia_env *env, struct ia_walk *walk, uint32_t node)
{
    IA_TRY(ia_remark(fs, env, IMGA_NOTE_TYPE, "something that is not a directory was used as one; it became one"));
    ia_history_leave(fs, node);
    ia_tree_clear(&fs->tree, node);
    ia_history_begin(fs, node, false);
    ia_tree_set_directory(&fs->tree, node, fs->layer);
    fs->frames.n = 0;
    walk->node = node;
    return IA_FOUND;
}

static bool is_too_deep(const struct ia_rootfs *fs, const struct ia_env *env, uint32_t parent, struct ia_str name)
{
    size_t bytes, components;
    ia_tree_measure(&fs->tree, parent, &bytes, &components);
    return components >= env->limits->path_components || bytes + 1 + name.n > env->limits->path_bytes;
}

static int count_implied(struct ia_rootfs *fs, struct ia_env *env)
{
    static const struct ia_str what = {"the directories that entries imply", 34};
    int64_t offset = (int64_t)fs->entry->offset;
    if (fs->layer_implied++ >= env->limits->layer_entries)
        return ia_fail_limit(env, offset, "layer_entries", env->limits->layer_entries, what);
    if (fs->implied++ >= env->limits->image_entries)
        return ia_fail_limit(env, offset, "image_entries", env->limits->image_entries, what);
    return IMGA_OK;
}

static int make_directory(struct ia_rootfs *fs, struct ia_env *env, struct ia_walk *walk, struct ia_name name)
{
    uint32_t node;
    if (walk->followed && is_too_deep(fs, env, walk->node, name.text))
        return IA_TOO_DEEP;
    IA_TRY(count_implied(fs, env));
    uint32_t want = ia_wants_below(&fs->wants, ia_tree_node(&fs->tree, walk->node)->want, name.text);
    IA_TRY(ia_tree_failed(env, ia_tree_add(&fs->tree, walk->node, name, &node)));
    ia_tree_set_directory(&fs->tree, node, fs->layer);
    ia_tree_node(&fs->tree, node)->want = want;
    ia_history_begin(fs, node, true);
    walk->node = node;
    return IA_FOUND;
}

static int follow(struct ia_rootfs *fs, struct ia_env *env, struct ia_walk *walk, uint32_t link)
{
    const struct ia_node *node = ia_tree_node(&fs->tree, link);
    struct ia_frame frame = {node->u.link.at, node->u.link.n};
    if (fs->frames.n == 0)
        walk->outer = link;
    if (walk->followed >= env->limits->links) {
        if (!walk->create)
            return IA_LOOP;
        IA_TRY(ia_remark(fs, env, IMGA_NOTE_LINK_LOOP, "a loop of links, or more links than the limit, on the way"));
        return mend(fs, env, walk, walk->outer);
    }
    walk->followed++;
    if (ia_str_starts(ia_tree_text(&fs->tree, frame.at, frame.n), IA_STR("/")))
        walk->node = IA_ROOT;
    if (ia_vec_push(&fs->frames, &frame) < 0)
        return ia_fail_nomem(env);
    return IA_FOUND;
}

static int step(struct ia_rootfs *fs, struct ia_env *env, struct ia_walk *walk, struct ia_name name)
{
    const struct ia_node *here = ia_tree_node(&fs->tree, walk->node);
    if (here->type != IA_NODE_DIRECTORY)
        return IA_MISSING;
    if (name.at != IA_NONE && ia_str_is(name.text, "."))
        return IA_FOUND;
    if (name.at != IA_NONE && ia_str_is(name.text, "..")) {
        walk->node = here->parent;
        return IA_FOUND;
    }
    uint32_t child = ia_tree_find(&fs->tree, walk->node, name.text);
    if (child == IA_NONE)
        return walk->create ? make_directory(fs, env, walk, name) : IA_MISSING;
    uint8_t type = ia_tree_node(&fs->tree, child)->type;
    if (type == IA_NODE_LINK)
        return follow(fs, env, walk, child);
    if (type != IA_NODE_DIRECTORY && walk->create)
        return mend(fs, env, walk, fs->frames.n ? walk->outer : child);
    walk->node = child;
    return IA_FOUND;
}

int ia_resolve(struct ia_rootfs *fs, struct ia_env *env, const struct ia_vec *parts, struct ia_walk *walk)
{
    struct steps steps = {parts, 0};
    struct ia_name name;
    fs->frames.n = 0;
    walk->outer = IA_NONE;
    walk->followed = 0;
    walk->dangling = false;
    while (next_component(fs, &steps, &name)) {
        if (name.at != IA_NONE)
            IA_TRY(ia_charge(fs, env));
        int status = step(fs, env, walk, name);
        walk->dangling = status == IA_MISSING && fs->frames.n && steps.next >= parts->n;
        if (status != IA_FOUND)
            return status;
    }
    return IA_FOUND;
}
