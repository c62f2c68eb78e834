/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The view as seen from outside: making it, and looking wanted paths up through links. Oddities at a wanted path are
 * noted here, because only now it is known that it matters.
 */
#include "rootfs/path.h"
#include "rootfs/view.h"

#include <string.h>

enum { TEXT_MIN = 1024 * 1024 };

int ia_rootfs_new(struct ia_env *env, const struct ia_want *wants, size_t count, struct ia_rootfs **out)
{
    struct ia_rootfs *fs = ia_new(&env->alloc, sizeof(*fs));
    uint64_t text = env->limits->kept_bytes;
    if (!fs)
        return ia_fail_nomem(env);
    fs->alloc = env->alloc;
    ia_vec_init(&fs->parts, &fs->alloc, sizeof(struct ia_str), SIZE_MAX);
    ia_vec_init(&fs->targets, &fs->alloc, sizeof(struct ia_str), SIZE_MAX);
    ia_vec_init(&fs->frames, &fs->alloc, sizeof(struct ia_frame), SIZE_MAX);
    ia_arena_init(&fs->paths, &fs->alloc);
    if (ia_tree_init(&fs->tree, &fs->alloc, env->seed) < 0 || ia_wants_init(&fs->wants, &fs->alloc, wants, count) < 0) {
        ia_rootfs_free(fs);
        return ia_fail_nomem(env);
    }
    /* Names and link targets have the limit of contents, but always room for a small image. */
    if (text < TEXT_MIN)
        text = TEXT_MIN;
    if (text < fs->tree.text_max)
        fs->tree.text_max = text;
    ia_tree_node(&fs->tree, IA_ROOT)->want = IA_WANT_ROOT;
    *out = fs;
    return IMGA_OK;
}

void ia_rootfs_free(struct ia_rootfs *fs)
{
    if (!fs)
        return;
    struct ia_alloc alloc = fs->alloc;
    ia_tree_free(&fs->tree);
    ia_wants_free(&fs->wants);
    ia_vec_free(&fs->parts);
    ia_vec_free(&fs->targets);
    ia_vec_free(&fs->frames);
    ia_arena_free(&fs->paths);
    ia_vec_free(&fs->history.attributes);
    ia_vec_free(&fs->history.shared);
    ia_vec_free(&fs->history.before);
    ia_vec_free(&fs->history.past);
    ia_arena_free(&fs->history.texts);
    ia_free(&alloc, fs);
}

const struct ia_wants *ia_rootfs_wants(const struct ia_rootfs *fs)
{
    return &fs->wants;
}

void ia_rootfs_set_examiner(struct ia_rootfs *fs, const struct ia_examiner *examiner)
{
    fs->examiner = examiner;
}

const struct ia_examiner *ia_rootfs_examiner(const struct ia_rootfs *fs)
{
    return fs->examiner;
}

uint64_t ia_rootfs_generation(const struct ia_rootfs *fs)
{
    return fs->generation;
}

uint64_t ia_rootfs_entries(const struct ia_rootfs *fs)
{
    return fs->entries;
}

/* The node's path, kept until the view changes. */
int ia_path_of(struct ia_rootfs *fs, struct ia_env *env, uint32_t node, struct ia_str *out)
{
    size_t bytes, components;
    ia_tree_measure(&fs->tree, node, &bytes, &components);
    if (fs->paths.bytes > fs->tree.text_max)
        return ia_fail_limit(env, -1, "kept_bytes", env->limits->kept_bytes, IA_STR("the paths handed out"));
    char *path = ia_arena_new(&fs->paths, bytes + 1);
    if (!path)
        return ia_fail_nomem(env);
    *out = (struct ia_str){path, bytes};
    for (size_t end = bytes; node != IA_ROOT; node = ia_tree_node(&fs->tree, node)->parent) {
        struct ia_str name = ia_tree_name(&fs->tree, node);
        end -= name.n;
        memcpy(path + end, name.p, name.n);
        if (end)
            path[--end] = '/';
    }
    return IMGA_OK;
}

static int note_at(const struct ia_rootfs *fs, struct ia_env *env, int32_t code, uint32_t node, struct ia_str path)
{
    char place[IA_PLACE];
    const char *text = code == IMGA_NOTE_TYPE   ? "a wanted path is not a regular file"
                       : code == IMGA_NOTE_LINK ? "a wanted path is a link that leads nowhere"
                                                : "a wanted path is behind a loop of links, or too many of them";
    return ia_note(env, code, -1, ia_place(place, ia_tree_node(&fs->tree, node)->layer, path), "%s", text);
}

static void show_body(const struct ia_rootfs *fs, const struct ia_node *node, struct ia_file *out)
{
    out->layer = node->layer;
    if (!(node->flags & IA_NODE_BODY))
        return;
    const struct ia_body *body = ia_tree_body(&fs->tree, node->u.body);
    out->layer = body->layer;
    if (body->state != IA_BODY_WHOLE && body->state != IA_BODY_PARTIAL)
        return;
    out->state = body->state == IA_BODY_WHOLE ? IA_FILE_CONTENT : IA_FILE_PARTIAL;
    out->content = (struct ia_str){body->p ? body->p : "", body->n};
}

struct lookup {
    struct ia_walk walk;
    int found;           /* by ia_resolve() */
    struct ia_str asked; /* the path or name as it was asked for */
    bool linked;         /* a link was followed before */
};

static int show_node(struct ia_rootfs *fs, struct ia_env *env, const struct lookup *lookup, struct ia_file *out)
{
    uint32_t at = lookup->walk.node;
    const struct ia_node *node = ia_tree_node(&fs->tree, at);
    *out = (struct ia_file){.state = IA_FILE_OTHER, .layer = node->layer};
    out->linked = lookup->linked || lookup->walk.followed > 0 || (node->flags & IA_NODE_HARD);
    IA_TRY(ia_path_of(fs, env, at, &out->path));
    if (node->type != IA_NODE_FILE)
        return note_at(fs, env, IMGA_NOTE_TYPE, at, out->path);
    show_body(fs, node, out);
    return IMGA_OK;
}

static int show(struct ia_rootfs *fs, struct ia_env *env, const struct lookup *lookup, struct ia_file *out)
{
    const struct ia_walk *walk = &lookup->walk;
    switch (lookup->found) {
    case IA_FOUND:
        return show_node(fs, env, lookup, out);
    case IA_LOOP:
        *out = (struct ia_file){.state = IA_FILE_OTHER, .path = lookup->asked, .linked = true};
        out->layer = ia_tree_node(&fs->tree, walk->outer)->layer;
        return note_at(fs, env, IMGA_NOTE_LINK_LOOP, walk->outer, lookup->asked);
    case IA_MISSING:
        *out = (struct ia_file){.state = IA_FILE_ABSENT, .path = lookup->asked};
        return walk->dangling ? note_at(fs, env, IMGA_NOTE_LINK, walk->outer, lookup->asked) : IMGA_OK;
    default:
        return lookup->found;
    }
}

static int resolve_path(struct ia_rootfs *fs, struct ia_env *env, struct ia_str path, struct ia_walk *walk)
{
    unsigned odd;
    *walk = (struct ia_walk){.node = IA_ROOT};
    int fits = ia_path_split(env, path, &fs->targets, &odd);
    if (fits <= 0)
        return fits == 0 ? IA_MISSING : fits;
    return ia_resolve(fs, env, &fs->targets, walk);
}

static int resolve_text(struct ia_rootfs *fs, struct ia_env *env, const char *path, struct ia_walk *walk)
{
    return resolve_path(fs, env, ia_str_from(path), walk);
}

int ia_rootfs_directory(struct ia_rootfs *fs, struct ia_env *env, struct ia_str path, struct ia_str *out)
{
    struct ia_walk walk;
    int found = resolve_path(fs, env, path, &walk);
    if (found != IA_FOUND || ia_tree_node(&fs->tree, walk.node)->type != IA_NODE_DIRECTORY)
        return found < 0 ? found : 0;
    IA_TRY(ia_path_of(fs, env, walk.node, out));
    return 1;
}

int ia_rootfs_file(struct ia_rootfs *fs, struct ia_env *env, const char *path, struct ia_file *out)
{
    struct lookup lookup = {.asked = ia_str_from(path)};
    lookup.found = resolve_text(fs, env, path, &lookup.walk);
    return show(fs, env, &lookup, out);
}

bool ia_rootfs_exists(struct ia_rootfs *fs, struct ia_env *env, const char *path)
{
    struct ia_walk walk;
    bool clean = env->error.status == IMGA_OK;
    int found = resolve_text(fs, env, path, &walk);
    if (found < 0 && clean)
        ia_error_clear(env);
    return found == IA_FOUND;
}

static bool name_before(const void *user, uint32_t a, uint32_t b)
{
    return ia_str_cmp(ia_tree_name(user, a), ia_tree_name(user, b)) < 0;
}

/* The children of a directory whose names match, sorted. */
static int list(struct ia_rootfs *fs, struct ia_env *env, uint32_t directory, const struct ia_want *want,
                struct ia_vec *ids)
{
    const struct ia_order order = {name_before, &fs->tree};
    uint32_t child = ia_tree_node(&fs->tree, directory)->u.dir.first;
    for (; child != IA_NONE; child = ia_tree_node(&fs->tree, child)->next)
        if (ia_want_matches(want, ia_tree_name(&fs->tree, child)) && ia_vec_push(ids, &child) < 0)
            return ia_fail_nomem(env);
    return ia_sort_ids(&fs->alloc, ids->p, ids->n, &order) < 0 ? ia_fail_nomem(env) : IMGA_OK;
}

struct visit {
    ia_rootfs_each *each;
    void *user;
    bool linked;
    bool names; /* every name, whatever it is */
};

static int visit_name(struct ia_rootfs *fs, struct ia_env *env, uint32_t child, const struct visit *visit)
{
    struct ia_file file = {.state = IA_FILE_OTHER, .layer = ia_tree_node(&fs->tree, child)->layer};
    IA_TRY(ia_path_of(fs, env, child, &file.path));
    return visit->each(visit->user, env, ia_tree_name(&fs->tree, child), &file);
}

/* One child: directories and links to nothing are no files. */
static int visit_child(struct ia_rootfs *fs, struct ia_env *env, uint32_t child, const struct visit *visit)
{
    struct ia_str name = ia_tree_name(&fs->tree, child);
    struct ia_vec parts = {.p = &name, .n = 1, .size = sizeof(name)};
    struct lookup lookup = {.asked = name, .linked = visit->linked};
    struct ia_file file;
    lookup.walk.node = ia_tree_node(&fs->tree, child)->parent;
    lookup.found = ia_resolve(fs, env, &parts, &lookup.walk);
    if (lookup.found == IA_FOUND && ia_tree_node(&fs->tree, lookup.walk.node)->type == IA_NODE_DIRECTORY)
        return IMGA_OK;
    if (lookup.found != IA_FOUND)
        IA_TRY(ia_path_of(fs, env, child, &lookup.asked));
    IA_TRY(show(fs, env, &lookup, &file));
    return file.state == IA_FILE_ABSENT ? IMGA_OK : visit->each(visit->user, env, name, &file);
}

static int visit_directory(struct ia_rootfs *fs, struct ia_env *env, const struct ia_want *want, struct visit *visit)
{
    struct ia_walk walk;
    struct ia_vec ids;
    int status = resolve_text(fs, env, want->path, &walk);
    if (status == IA_LOOP)
        return note_at(fs, env, IMGA_NOTE_LINK_LOOP, walk.outer, ia_str_from(want->path));
    if (status != IA_FOUND || ia_tree_node(&fs->tree, walk.node)->type != IA_NODE_DIRECTORY)
        return status < 0 ? status : IMGA_OK;
    visit->linked = walk.followed > 0;
    ia_vec_init(&ids, &fs->alloc, sizeof(uint32_t), SIZE_MAX);
    IA_GO(status, list(fs, env, walk.node, want, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        const uint32_t *id = ia_vec_at(&ids, i);
        IA_GO(status, visit->names ? visit_name(fs, env, *id, visit) : visit_child(fs, env, *id, visit));
    }
out:
    ia_vec_free(&ids);
    return status < 0 ? status : IMGA_OK;
}

int ia_rootfs_files(struct ia_rootfs *fs, struct ia_env *env, const struct ia_want *want, ia_rootfs_each *each,
                    void *user)
{
    struct visit visit = {.each = each, .user = user};
    return visit_directory(fs, env, want, &visit);
}

int ia_rootfs_names(struct ia_rootfs *fs, struct ia_env *env, const char *directory, ia_rootfs_each *each, void *user)
{
    const struct ia_want want = {directory, ""};
    struct visit visit = {.each = each, .user = user, .names = true};
    return visit_directory(fs, env, &want, &visit);
}
