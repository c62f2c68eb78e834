/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One layer on top of the view (OCI image-spec layer.md, "Applying Changesets"): parents are found through the links
 * of the merged view and made when they are missing, the last component is never followed, a directory over a
 * directory merges, everything else replaces. Limits: layer_entries, image_entries, path_bytes, path_components.
 */
#include "rootfs/history.h"
#include "rootfs/path.h"
#include "rootfs/recorder.h"
#include "rootfs/view.h"

#include <stdio.h>
#include <string.h>

struct ia_str ia_place(char buffer[IA_PLACE], uint32_t layer, struct ia_str name)
{
    size_t used = (size_t)snprintf(buffer, IA_PLACE, "layer %u: ", (unsigned)layer);
    size_t n = name.n < IA_PLACE - used ? name.n : IA_PLACE - used;
    if (n)
        memcpy(buffer + used, name.p, n);
    return (struct ia_str){buffer, used + n};
}

int ia_remark(struct ia_rootfs *fs, struct ia_env *env, int32_t code, const char *text)
{
    char place[IA_PLACE];
    uint32_t bit = (uint32_t)1 << code;
    if (fs->noted & bit)
        return IMGA_OK;
    fs->noted |= bit;
    return ia_note(env, code, (int64_t)fs->entry->offset, ia_place(place, fs->layer, fs->entry->name), "%s", text);
}

int ia_tree_failed(struct ia_env *env, int status)
{
    return ia_described(env, status, "kept_bytes", env->limits->kept_bytes);
}

/* A wanted file that is written twice in one layer: which one a tool takes may differ. */
static int note_duplicate(struct ia_rootfs *fs, struct ia_env *env, uint32_t node)
{
    const struct ia_node *old = ia_tree_node(&fs->tree, node);
    uint32_t place = ia_tree_node(&fs->tree, old->parent)->want;
    if (old->type != IA_NODE_FILE || old->layer != fs->layer ||
        !ia_wants_file(&fs->wants, place, ia_tree_name(&fs->tree, node)))
        return IMGA_OK;
    return ia_remark(fs, env, IMGA_NOTE_DUPLICATE, "the layer holds this file twice; the last one counts");
}

/* The node at (parent, name), new or emptied. */
static int make_room(struct ia_rootfs *fs, struct ia_env *env, uint32_t parent, struct ia_str name, uint32_t *node)
{
    *node = ia_tree_find(&fs->tree, parent, name);
    if (*node != IA_NONE) {
        if (fs->entry->type == IA_TAR_FILE || fs->entry->type == IA_TAR_HARDLINK)
            IA_TRY(note_duplicate(fs, env, *node));
        ia_history_leave(fs, *node);
        ia_tree_clear(&fs->tree, *node);
        ia_history_begin(fs, *node, false);
    } else {
        uint32_t want = ia_wants_below(&fs->wants, ia_tree_node(&fs->tree, parent)->want, name);
        IA_TRY(ia_tree_failed(env, ia_tree_add(&fs->tree, parent, (struct ia_name){name, IA_NONE}, node)));
        ia_tree_node(&fs->tree, *node)->want = want;
        ia_history_begin(fs, *node, true);
    }
    ia_tree_node(&fs->tree, *node)->layer = fs->layer;
    return IMGA_OK;
}

static int place_directory(struct ia_rootfs *fs, struct ia_env *env, uint32_t parent, struct ia_str name)
{
    uint32_t node = ia_tree_find(&fs->tree, parent, name);
    if (node != IA_NONE && ia_tree_node(&fs->tree, node)->type == IA_NODE_DIRECTORY) {
        ia_history_describe(fs, node);
        ia_tree_node(&fs->tree, node)->layer = fs->layer;
        return IMGA_OK;
    }
    IA_TRY(make_room(fs, env, parent, name, &node));
    ia_tree_set_directory(&fs->tree, node, fs->layer);
    ia_history_describe(fs, node);
    return IMGA_OK;
}

/* A file that only links make wanted came without content; the survey will find that out. */
static int place_file(struct ia_rootfs *fs, struct ia_env *env, uint32_t parent, struct ia_str name)
{
    uint32_t node, body;
    IA_TRY(make_room(fs, env, parent, name, &node));
    ia_tree_node(&fs->tree, node)->type = IA_NODE_FILE;
    ia_tree_node(&fs->tree, node)->u.offset = fs->entry->offset;
    ia_history_describe(fs, node);
    if (!fs->content)
        return IMGA_OK;
    IA_TRY(ia_tree_failed(env, ia_tree_give_body(&fs->tree, node, &body)));
    return ia_give_content(fs, env, body, fs->content);
}

static int place_link(struct ia_rootfs *fs, struct ia_env *env, uint32_t parent, struct ia_str name)
{
    struct ia_str target = fs->entry->link;
    uint32_t node;
    if (target.n == 0)
        return ia_remark(fs, env, IMGA_NOTE_LINK, "a symbolic link without a target was dropped");
    if (target.n > env->limits->path_bytes)
        return ia_remark(fs, env, IMGA_NOTE_SKIPPED, "a symbolic link whose target is over the limit path_bytes");
    IA_TRY(make_room(fs, env, parent, name, &node));
    ia_history_describe(fs, node);
    return ia_tree_failed(env, ia_tree_set_link(&fs->tree, node, target));
}

/* Finds what a hard link names; the last component is not followed. IA_NONE: nothing that can be linked to. */
static int find_source(struct ia_rootfs *fs, struct ia_env *env, uint32_t *source)
{
    struct ia_walk walk = {.node = IA_ROOT};
    unsigned odd;
    *source = IA_NONE;
    int fits = ia_path_split(env, fs->entry->link, &fs->targets, &odd);
    if (fits <= 0 || fs->targets.n == 0)
        return fits;
    if (odd & IA_PATH_PARENT)
        IA_TRY(ia_remark(fs, env, IMGA_NOTE_PATH, "the target of a hard link has \"..\""));
    const struct ia_str *last = ia_vec_at(&fs->targets, fs->targets.n - 1);
    struct ia_str name = *last;
    fs->targets.n--;
    int found = ia_resolve(fs, env, &fs->targets, &walk);
    if (found == IA_FOUND)
        *source = ia_tree_find(&fs->tree, walk.node, name);
    return found < 0 ? found : IMGA_OK;
}

static int place_hard_link(struct ia_rootfs *fs, struct ia_env *env, uint32_t parent, struct ia_str name)
{
    uint32_t source, node = ia_tree_find(&fs->tree, parent, name);
    IA_TRY(find_source(fs, env, &source));
    if (source == IA_NONE || ia_tree_node(&fs->tree, source)->type == IA_NODE_DIRECTORY)
        return ia_remark(fs, env, IMGA_NOTE_LINK, "a hard link to nothing that can be linked was dropped");
    if (node != IA_NONE && ia_tree_is_below(&fs->tree, source, node))
        return ia_remark(fs, env, IMGA_NOTE_LINK, "a hard link that would replace its own target was dropped");
    IA_TRY(make_room(fs, env, parent, name, &node));
    ia_history_link(fs, node, source);
    return ia_tree_failed(env, ia_tree_set_hard(&fs->tree, node, source));
}

static int place_other(struct ia_rootfs *fs, struct ia_env *env, uint32_t parent, struct ia_str name)
{
    const struct ia_tar_entry *entry = fs->entry;
    uint32_t node;
    /* A whiteout of overlayfs (already noted). Showing the lower file is the safe reading. */
    if (entry->type == IA_TAR_CHARACTER && entry->device_major == 0 && entry->device_minor == 0)
        return IMGA_OK;
    IA_TRY(make_room(fs, env, parent, name, &node));
    ia_tree_node(&fs->tree, node)->type = IA_NODE_OTHER;
    ia_history_describe(fs, node);
    return IMGA_OK;
}

static int place(struct ia_rootfs *fs, struct ia_env *env, uint32_t parent, struct ia_str name)
{
    switch (fs->entry->type) {
    case IA_TAR_FILE:
        return place_file(fs, env, parent, name);
    case IA_TAR_DIRECTORY:
        return place_directory(fs, env, parent, name);
    case IA_TAR_SYMLINK:
        return place_link(fs, env, parent, name);
    case IA_TAR_HARDLINK:
        return place_hard_link(fs, env, parent, name);
    case IA_TAR_CHARACTER:
    case IA_TAR_BLOCK:
    case IA_TAR_FIFO:
        break;
    }
    return place_other(fs, env, parent, name);
}

/* An entry that is no marker. */
static int apply_plain(struct ia_rootfs *fs, struct ia_env *env)
{
    struct ia_walk walk = {.create = true, .node = IA_ROOT};
    const struct ia_str *last = ia_vec_at(&fs->parts, fs->parts.n - 1);
    struct ia_str name = *last;
    size_t bytes, components;
    fs->parts.n--;
    int found = ia_resolve(fs, env, &fs->parts, &walk);
    fs->parts.n++;
    if (found == IA_FOUND && walk.followed) {
        ia_tree_measure(&fs->tree, walk.node, &bytes, &components);
        if (components >= env->limits->path_components || bytes + 1 + name.n > env->limits->path_bytes)
            found = IA_TOO_DEEP;
    }
    if (found == IA_TOO_DEEP)
        return ia_remark(fs, env, IMGA_NOTE_SKIPPED, "an entry that lands, behind links, at a path over the limits");
    return found < 0 ? found : place(fs, env, walk.node, name);
}

static int remark_flags(struct ia_rootfs *fs, struct ia_env *env)
{
    const struct ia_tar_entry *entry = fs->entry;
    if (entry->flags & IA_TAR_ODD_TYPE)
        IA_TRY(ia_remark(fs, env, IMGA_NOTE_TYPE, "an unusual entry type"));
    if (entry->flags & IA_TAR_ODD_PAX)
        IA_TRY(ia_remark(fs, env, IMGA_NOTE_PAX, "extended headers that contradict each other"));
    if (entry->flags & IA_TAR_OVERLAY)
        IA_TRY(ia_remark(fs, env, IMGA_NOTE_OVERLAY, "a marker of overlayfs inside a layer was not obeyed"));
    return IMGA_OK;
}

static int remark_name(struct ia_rootfs *fs, struct ia_env *env, unsigned odd)
{
    uint32_t name_bit = (uint32_t)1 << IMGA_NOTE_NAME;
    if (odd & IA_PATH_ABSOLUTE)
        IA_TRY(ia_remark(fs, env, IMGA_NOTE_PATH, "an absolute name was taken relative to the root"));
    if (odd & IA_PATH_PARENT)
        IA_TRY(ia_remark(fs, env, IMGA_NOTE_PATH, "a name with \"..\" was normalised inside the root"));
    if ((odd & IA_PATH_SLASH) && fs->entry->type == IA_TAR_FILE)
        IA_TRY(ia_remark(fs, env, IMGA_NOTE_TYPE, "a file whose name ends in a slash"));
    if (!(fs->noted & name_bit) && !ia_path_is_plain(fs->entry->name))
        IA_TRY(ia_remark(fs, env, IMGA_NOTE_NAME, "a name that is not UTF-8 or holds control characters"));
    for (size_t i = 0; i + 1 < fs->parts.n; i++) {
        const struct ia_str *part = ia_vec_at(&fs->parts, i);
        if (part->p[0] == '.' && ia_str_starts(*part, IA_STR(".wh.")))
            return ia_remark(fs, env, IMGA_NOTE_WHITEOUT, "a whiteout prefix on a directory of the path was ignored");
    }
    return IMGA_OK;
}

static int apply_entry(struct ia_rootfs *fs, struct ia_env *env)
{
    struct ia_str target;
    unsigned odd;
    IA_TRY(ia_tree_failed(env, ia_tree_compact(&fs->tree)));
    IA_TRY(remark_flags(fs, env));
    int fits = ia_path_split(env, fs->entry->name, &fs->parts, &odd);
    if (fits == 0)
        return ia_remark(fs, env, IMGA_NOTE_SKIPPED, "a name over the limits path_bytes or path_components");
    IA_TRY(fits);
    if (fs->parts.n)
        ia_tree_expect(&fs->tree, *(const struct ia_str *)ia_vec_at(&fs->parts, fs->parts.n - 1));
    IA_TRY(remark_name(fs, env, odd));
    if (fs->parts.n == 0 && fs->entry->type == IA_TAR_DIRECTORY)
        return IMGA_OK;
    if (fs->parts.n == 0)
        return ia_remark(fs, env, IMGA_NOTE_TYPE, "an entry that would replace the root directory was ignored");
    const struct ia_str *last = ia_vec_at(&fs->parts, fs->parts.n - 1);
    enum ia_marker marker = ia_marker_of(*last, &target);
    return marker == IA_MARKER_NONE ? apply_plain(fs, env) : ia_apply_marker(fs, env, marker, target);
}

static int count_entry(struct ia_rootfs *fs, struct ia_env *env)
{
    int64_t offset = (int64_t)fs->entry->offset;
    fs->entries++;
    if (fs->layer_entries++ >= env->limits->layer_entries)
        return ia_fail_limit(env, offset, "layer_entries", env->limits->layer_entries, IA_STR("the layer's entries"));
    if (fs->entries > env->limits->image_entries)
        return ia_fail_limit(env, offset, "image_entries", env->limits->image_entries, IA_STR("the image's entries"));
    return ia_check_cancel(env);
}

static int apply_next(struct ia_rootfs *fs, struct ia_env *env, struct ia_layer_record_entry *entry)
{
    struct ia_str name = entry->tar.name;
    fs->entry = &entry->tar;
    fs->content = entry->content;
    fs->digest = entry->digest;
    int status = count_entry(fs, env);
    if (status >= 0)
        status = apply_entry(fs, env);
    fs->entry = NULL;
    fs->content = NULL;
    fs->digest = NULL;
    return ia_error_at(env, status, "layer %u: %.*s", (unsigned)fs->layer, (int)(name.n < IA_PLACE ? name.n : IA_PLACE),
                       name.p);
}

static int apply_record(struct ia_rootfs *fs, struct ia_env *env, const struct ia_layer_record *record)
{
    struct ia_layer_record_cursor cursor = ia_layer_record_begin(record);
    struct ia_layer_record_entry entry;
    int status;
    while ((status = ia_layer_record_next(&cursor, &entry)) > 0)
        IA_TRY(apply_next(fs, env, &entry));
    if (status == IMGA_E_FORMAT)
        return ia_fail(env, IMGA_E_INTERNAL, -1, "layer %u has a damaged record", (unsigned)fs->layer);
    return status;
}

static int note_trailing(const struct ia_rootfs *fs, struct ia_env *env, const struct ia_layer_record *record)
{
    char place[IA_PLACE];
    if (!record->trailing)
        return IMGA_OK;
    snprintf(place, sizeof(place), "layer %u", (unsigned)fs->layer);
    return ia_note(env, IMGA_NOTE_TRAILING, -1, ia_str_from(place), "data after the end of the archive was not read");
}

int ia_rootfs_apply(struct ia_rootfs *fs, struct ia_env *env, uint32_t layer, struct ia_layer_record *record)
{
    fs->layer = layer;
    fs->noted = 0;
    fs->layer_entries = 0;
    fs->layer_implied = 0;
    fs->history.before.n = 0;
    ia_arena_free(&fs->paths);
    IA_TRY(apply_record(fs, env, record));
    IA_TRY(ia_tree_failed(env, fs->history.status));
    IA_TRY(note_trailing(fs, env, record));
    return ia_survey(fs, env);
}

int ia_rootfs_apply_stream(struct ia_rootfs *fs, struct ia_env *env, uint32_t layer, struct ia_reader *stream)
{
    const struct ia_recording recording = {.wants = &fs->wants, .examiner = fs->examiner};
    struct ia_layer_record record;
    int status = ia_layer_record_stream(env, &recording, stream, &record);
    if (status < 0)
        ia_error_at(env, status, "layer %u", (unsigned)layer);
    else
        status = ia_rootfs_apply(fs, env, layer, &record);
    ia_layer_record_free(&record);
    return status;
}
