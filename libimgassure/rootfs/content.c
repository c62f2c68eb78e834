/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contents of wanted files: they come with the record of their layer, or, when links make a file wanted afterwards, by
 * walking its layer again. Limit: kept_bytes.
 */
#include "rootfs/capture.h"
#include "rootfs/path.h"
#include "rootfs/view.h"

#include "base/map.h"

#include <stdio.h>
#include <string.h>

static int note_skipped(const struct ia_rootfs *fs, struct ia_env *env, const char *text)
{
    char place[IA_PLACE];
    struct ia_str where = ia_place(place, fs->layer, fs->entry->name);
    return ia_note(env, IMGA_NOTE_SKIPPED, (int64_t)fs->entry->offset, where, "%s", text);
}

int ia_give_content(struct ia_rootfs *fs, struct ia_env *env, uint32_t body, struct ia_content *content)
{
    static const enum ia_body_state states[] = {IA_BODY_WHOLE, IA_BODY_PARTIAL, IA_BODY_UNREADABLE, IA_BODY_FACTS};
    struct ia_body *it = ia_tree_body(&fs->tree, body);
    uint64_t most = env->limits->kept_bytes;
    if (fs->tree.kept > most || content->n > most - fs->tree.kept)
        return ia_fail_limit(env, (int64_t)fs->entry->offset, "kept_bytes", most,
                             IA_STR("the files kept for analysis"));
    it->p = content->p;
    it->n = content->n;
    it->state = states[content->state];
    it->serial = ++fs->serial;
    fs->tree.kept += content->n;
    content->p = NULL;
    content->n = 0;
    if (it->state == IA_BODY_PARTIAL)
        return note_skipped(fs, env, "a file over the limit file_bytes; only its first bytes were read");
    return it->state == IA_BODY_UNREADABLE ? note_skipped(fs, env, "a sparse file was not read") : IMGA_OK;
}

/* ---- the survey ---- */

/* One step of the fingerprint. Seeded, so that nobody can build two states that look the same. */
static void mix(struct ia_rootfs *fs, uint64_t a, uint64_t b)
{
    uint64_t words[3] = {fs->fingerprint, a, b};
    fs->fingerprint = ia_siphash(fs->tree.seed, (struct ia_str){(const char *)words, sizeof(words)});
}

static void drop_facts(struct ia_rootfs *fs, struct ia_body *body)
{
    fs->tree.kept -= body->n;
    ia_free(&fs->alloc, body->p);
    body->p = NULL;
    body->n = 0;
    body->state = IA_BODY_UNREAD;
}

/* A wanted path leads to node: unread content becomes pending, also where facts were enough until now. */
static int survey_node(struct ia_rootfs *fs, struct ia_env *env, uint32_t node)
{
    const struct ia_node *it = ia_tree_node(&fs->tree, node);
    uint32_t at;
    mix(fs, node, (uint64_t)it->hash << 8 | it->type);
    if (it->type != IA_NODE_FILE)
        return IMGA_OK;
    IA_TRY(ia_tree_failed(env, ia_tree_give_body(&fs->tree, node, &at)));
    struct ia_body *body = ia_tree_body(&fs->tree, at);
    if (body->state == IA_BODY_FACTS)
        drop_facts(fs, body);
    if (body->state == IA_BODY_UNREAD)
        body->state = IA_BODY_PENDING;
    mix(fs, body->serial, body->offset ^ (uint64_t)body->layer << 48);
    return IMGA_OK;
}

static int survey_path(struct ia_rootfs *fs, struct ia_env *env, const struct ia_vec *parts, struct ia_walk *walk)
{
    int found = ia_resolve(fs, env, parts, walk);
    if (found != IA_FOUND) {
        mix(fs, (uint64_t)found, walk->dangling);
        return found < 0 ? found : IMGA_OK;
    }
    mix(fs, walk->followed != 0, 0);
    return survey_node(fs, env, walk->node);
}

static int survey_child(struct ia_rootfs *fs, struct ia_env *env, uint32_t child)
{
    const struct ia_node *it = ia_tree_node(&fs->tree, child);
    struct ia_walk walk = {.node = it->parent};
    struct ia_str name = ia_tree_name(&fs->tree, child);
    struct ia_vec parts = {.p = &name, .n = 1, .size = sizeof(name)};
    mix(fs, it->hash, it->parent);
    return survey_path(fs, env, &parts, &walk);
}

static int survey_want(struct ia_rootfs *fs, struct ia_env *env, const struct ia_want *want)
{
    struct ia_walk walk = {.node = IA_ROOT};
    unsigned odd;
    int fits = ia_path_split(env, ia_str_from(want->path), &fs->targets, &odd);
    if (fits <= 0)
        return fits;
    if (!want->suffix)
        return survey_path(fs, env, &fs->targets, &walk);
    int found = ia_resolve(fs, env, &fs->targets, &walk);
    mix(fs, (uint64_t)found, walk.followed != 0);
    if (found != IA_FOUND || ia_tree_node(&fs->tree, walk.node)->type != IA_NODE_DIRECTORY)
        return found < 0 ? found : IMGA_OK;
    uint32_t child = ia_tree_node(&fs->tree, walk.node)->u.dir.first;
    for (; child != IA_NONE; child = ia_tree_node(&fs->tree, child)->next) {
        IA_TRY(ia_charge(fs, env));
        if (ia_want_matches(want, ia_tree_name(&fs->tree, child)))
            IA_TRY(survey_child(fs, env, child));
    }
    return IMGA_OK;
}

int ia_survey(struct ia_rootfs *fs, struct ia_env *env)
{
    uint64_t before = fs->fingerprint;
    for (size_t i = 0; i < fs->tree.bodies.n; i++) {
        struct ia_body *body = ia_tree_body(&fs->tree, (uint32_t)i);
        if (body->state == IA_BODY_PENDING)
            body->state = IA_BODY_UNREAD;
    }
    fs->fingerprint = 0;
    for (size_t i = 0; i < fs->wants.count; i++)
        IA_TRY(survey_want(fs, env, &fs->wants.rows[i]));
    fs->generation += fs->fingerprint != before;
    return IMGA_OK;
}

/* ---- the second reading ---- */

int ia_rootfs_pending(struct ia_rootfs *fs, struct ia_env *env, uint32_t *layer)
{
    int found = 0;
    (void)env;
    for (size_t i = 0; i < fs->tree.bodies.n; i++) {
        const struct ia_body *body = ia_tree_body(&fs->tree, (uint32_t)i);
        if (body->state != IA_BODY_PENDING || (found && body->layer >= *layer))
            continue;
        *layer = body->layer;
        found = 1;
    }
    return found;
}

static bool earlier(const void *user, uint32_t a, uint32_t b)
{
    return ia_tree_body(user, a)->offset < ia_tree_body(user, b)->offset;
}

static int pending_of(struct ia_rootfs *fs, struct ia_env *env, struct ia_vec *ids)
{
    const struct ia_order order = {earlier, &fs->tree};
    for (size_t i = 0; i < fs->tree.bodies.n; i++) {
        const struct ia_body *body = ia_tree_body(&fs->tree, (uint32_t)i);
        uint32_t id = (uint32_t)i;
        if (body->state == IA_BODY_PENDING && body->layer == fs->layer && ia_vec_push(ids, &id) < 0)
            return ia_fail_nomem(env);
    }
    return ia_sort_ids(&fs->alloc, ids->p, ids->n, &order) < 0 ? ia_fail_nomem(env) : IMGA_OK;
}

/* The data of the entry at hand into a body. */
static int read_body(struct ia_rootfs *fs, struct ia_env *env, struct ia_tar *tar, uint32_t body)
{
    struct ia_capture capture;
    struct ia_content content = {.p = NULL};
    struct ia_cursor piece;
    int status = ia_capture_begin(&capture, env, fs->entry, fs->tree.kept);
    while (status >= 0 && (status = ia_tar_data(tar, env, &piece)) > 0)
        status = ia_capture_add(&capture, env, piece);
    if (status == 0) {
        ia_capture_end(&capture, fs->entry, &content);
        status = ia_give_content(fs, env, body, &content);
        ia_free(&fs->alloc, content.p); /* NULL once it was taken over */
    }
    ia_capture_drop(&capture);
    return status;
}

static int walk_again(struct ia_rootfs *fs, struct ia_env *env, struct ia_tar *tar, const struct ia_vec *ids)
{
    struct ia_tar_entry entry;
    size_t next = 0;
    int status;
    while ((status = ia_tar_next(tar, env, &entry)) > 0) {
        const uint32_t *id = ia_vec_at(ids, next);
        while (id && ia_tree_body(&fs->tree, *id)->offset < entry.offset)
            id = ia_vec_at(ids, ++next);
        if (!id || ia_tree_body(&fs->tree, *id)->offset != entry.offset || entry.type != IA_TAR_FILE)
            continue;
        fs->entry = &entry;
        status = read_body(fs, env, tar, *id);
        fs->entry = NULL;
        if (status < 0)
            break;
    }
    return status;
}

int ia_rootfs_forgo(struct ia_rootfs *fs, struct ia_env *env, uint32_t layer, const char *why)
{
    char place[IA_PLACE];
    bool missing = false;
    for (size_t i = 0; i < fs->tree.bodies.n; i++) {
        struct ia_body *body = ia_tree_body(&fs->tree, (uint32_t)i);
        if (body->state != IA_BODY_PENDING || body->layer != layer)
            continue;
        body->state = IA_BODY_UNREADABLE;
        missing = true;
    }
    snprintf(place, sizeof(place), "layer %u", (unsigned)layer);
    return missing ? ia_note(env, IMGA_NOTE_SKIPPED, -1, ia_str_from(place), "%s", why) : IMGA_OK;
}

int ia_rootfs_fetch(struct ia_rootfs *fs, struct ia_env *env, uint32_t layer, struct ia_reader *stream)
{
    struct ia_tar *tar = NULL;
    struct ia_vec ids;
    int status;
    fs->layer = layer;
    ia_arena_free(&fs->paths);
    ia_vec_init(&ids, &fs->alloc, sizeof(uint32_t), SIZE_MAX);
    IA_GO(status, pending_of(fs, env, &ids));
    IA_GO(status, ia_tar_new(env, stream, &tar));
    IA_GO(status, ia_error_at(env, walk_again(fs, env, tar, &ids), "layer %u", (unsigned)layer));
    IA_GO(status, ia_rootfs_forgo(fs, env, layer, "the layer read differently the second time"));
    IA_GO(status, ia_survey(fs, env));
out:
    ia_tar_free(tar);
    ia_vec_free(&ids);
    return status;
}
