/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contents of wanted files: taken when their entry goes by, or, when links make a file wanted afterwards, by walking
 * its layer again. Limits: file_bytes (the rest is left out and noted), kept_bytes. Memory grows with the bytes that
 * come, never with the size a header announces.
 */
#include "rootfs/path.h"
#include "rootfs/view.h"

#include "base/map.h"

#include <stdio.h>
#include <string.h>

enum { PARTIAL_BYTES = 64 * 1024 * 1024, FIRST_BYTES = 1024 * 1024 };

static int note_skipped(const struct ia_rootfs *fs, struct ia_env *env, const char *text)
{
    char place[IA_PLACE];
    struct ia_str where = ia_place(place, fs->layer, fs->entry->name);
    return ia_note(env, IMGA_NOTE_SKIPPED, (int64_t)fs->entry->offset, where, "%s", text);
}

/* How many bytes of the file are kept. */
static uint64_t bytes_to_keep(const struct ia_env *env, uint64_t size)
{
    if (size <= env->limits->file_bytes)
        return size;
    return env->limits->file_bytes < PARTIAL_BYTES ? env->limits->file_bytes : PARTIAL_BYTES;
}

static int read_data(struct ia_env *env, struct ia_tar *tar, struct ia_buf *buf)
{
    struct ia_cursor chunk;
    size_t first = buf->max < FIRST_BYTES ? buf->max : FIRST_BYTES;
    int status = ia_buf_reserve(buf, first) < 0 ? ia_fail_nomem(env) : 1;
    while (status > 0 && buf->n < buf->max) {
        status = ia_tar_data(tar, env, &chunk);
        if (status <= 0)
            break;
        size_t room = buf->max - buf->n;
        if (ia_buf_add(buf, chunk.p, chunk.n < room ? chunk.n : room) < 0)
            return ia_fail_nomem(env);
        IA_TRY(ia_check_cancel(env));
    }
    return status < 0 ? status : IMGA_OK;
}

static void give_content(struct ia_rootfs *fs, struct ia_body *body, struct ia_buf *buf)
{
    char *tight = buf->n && buf->n < buf->capacity ? ia_resize(&buf->alloc, buf->p, buf->n) : NULL;
    body->p = tight ? tight : buf->p;
    body->n = buf->n;
    body->serial = ++fs->serial;
    fs->tree.kept += buf->n;
}

int ia_capture(struct ia_rootfs *fs, struct ia_env *env, struct ia_tar *tar, uint32_t body)
{
    uint64_t keep = bytes_to_keep(env, fs->entry->size), left = env->limits->kept_bytes;
    struct ia_body *it = ia_tree_body(&fs->tree, body);
    struct ia_buf buf;
    left = left > fs->tree.kept ? left - fs->tree.kept : 0;
    if (fs->entry->flags & IA_TAR_SPARSE) {
        it->state = IA_BODY_UNREADABLE;
        it->serial = ++fs->serial;
        return note_skipped(fs, env, "a sparse file was not read");
    }
    if (keep > left || keep > SIZE_MAX)
        return ia_fail_limit(env, (int64_t)fs->entry->offset, "kept_bytes", env->limits->kept_bytes,
                             IA_STR("the files kept for analysis"));
    ia_buf_init(&buf, &fs->alloc, (size_t)keep);
    int status = keep ? read_data(env, tar, &buf) : IMGA_OK;
    if (status < 0) {
        ia_buf_free(&buf);
        return status;
    }
    give_content(fs, it, &buf);
    it->state = keep < fs->entry->size ? IA_BODY_PARTIAL : IA_BODY_WHOLE;
    if (it->state == IA_BODY_PARTIAL)
        return note_skipped(fs, env, "a file over the limit file_bytes; only its first bytes were read");
    return IMGA_OK;
}

/* ---- the survey ---- */

/* One step of the fingerprint. Seeded, so that nobody can build two states that look the same. */
static void mix(struct ia_rootfs *fs, uint64_t a, uint64_t b)
{
    uint64_t words[3] = {fs->fingerprint, a, b};
    fs->fingerprint = ia_siphash(fs->tree.seed, (struct ia_str){(const char *)words, sizeof(words)});
}

/* A wanted path leads to node: unread content becomes pending. */
static int survey_node(struct ia_rootfs *fs, struct ia_env *env, uint32_t node)
{
    const struct ia_node *it = ia_tree_node(&fs->tree, node);
    uint32_t at;
    mix(fs, node, (uint64_t)it->hash << 8 | it->type);
    if (it->type != IA_NODE_FILE)
        return IMGA_OK;
    IA_TRY(ia_tree_failed(env, ia_tree_give_body(&fs->tree, node, &at)));
    struct ia_body *body = ia_tree_body(&fs->tree, at);
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
    if (ids->n)
        ia_sort_ids(ids->p, ids->n, &order);
    return IMGA_OK;
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
        status = ia_capture(fs, env, tar, *id);
        fs->entry = NULL;
        if (status < 0)
            break;
    }
    return status;
}

/* What the second reading did not find will not be asked for again. */
static int give_up(struct ia_rootfs *fs, struct ia_env *env, const struct ia_vec *ids)
{
    char place[IA_PLACE];
    bool missing = false;
    for (size_t i = 0; i < ids->n; i++) {
        const uint32_t *id = ia_vec_at(ids, i);
        struct ia_body *body = ia_tree_body(&fs->tree, *id);
        if (body->state != IA_BODY_PENDING)
            continue;
        body->state = IA_BODY_UNREADABLE;
        missing = true;
    }
    snprintf(place, sizeof(place), "layer %u", (unsigned)fs->layer);
    if (!missing)
        return IMGA_OK;
    return ia_note(env, IMGA_NOTE_SKIPPED, -1, ia_str_from(place), "the layer read differently the second time");
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
    IA_GO(status, give_up(fs, env, &ids));
    IA_GO(status, ia_survey(fs, env));
out:
    ia_tar_free(tar);
    ia_vec_free(&ids);
    return status;
}
