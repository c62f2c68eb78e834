/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random stacks of layers against a slow model written apart from the library, from the words of the OCI image-spec
 * (layer.md): the root is a plain list of paths. Strings instead of nodes, searching instead of hashing.
 */
#include "layers.h"
#include "rootfs/view.h"

#include <criterion/criterion.h>
#include <imgassure/status.h>
#include <stdlib.h>
#include <string.h>

enum { PATH = 1024, MAX_LINKS = 6, STACKS = 3000 };

/* ---- the model ---- */

struct item {
    char path[PATH]; /* "/a/b" */
    char kind;       /* d f l p */
    unsigned layer;
    char text[64]; /* content or target */
};

struct model {
    struct item *items;
    size_t n;
    unsigned layer;
    int links; /* followed for the path at hand */
};

/* directory + "/" + name, with room checked */
static void join(char *out, size_t size, const char *directory, const char *name)
{
    size_t n = strlen(directory), k = strlen(name);
    cr_assert_lt(n + 1 + k, size, "the model's buffers are too small");
    memcpy(out, directory, n);
    out[n] = '/';
    memcpy(out + n + 1, name, k + 1);
}

static struct item *get(struct model *m, const char *path)
{
    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->items[i].path, path) == 0)
            return &m->items[i];
    return NULL;
}

static bool is_below(const char *path, const char *top)
{
    size_t n = strlen(top);
    return strncmp(path, top, n) == 0 && path[n] == '/';
}

static void drop(struct model *m, size_t i)
{
    m->items[i] = m->items[--m->n];
}

/* Removes the path and all below. */
static void remove_all(struct model *m, const char *path)
{
    char top[PATH];
    strcpy(top, path);
    for (size_t i = m->n; i-- > 0;)
        if (strcmp(m->items[i].path, top) == 0 || is_below(m->items[i].path, top))
            drop(m, i);
}

static struct item *put(struct model *m, const char *path, char kind, const char *text)
{
    m->items = realloc(m->items, (m->n + 1) * sizeof(*m->items));
    struct item *item = &m->items[m->n++];
    memset(item, 0, sizeof(*item));
    strcpy(item->path, path);
    strcpy(item->text, text);
    item->kind = kind;
    item->layer = m->layer;
    return item;
}

/*
 * The path that names lead to, starting in directory "at" ("" is the root), following all links, within the root.
 * make: missing directories come into being. 1: found, 0: nothing there, -1: too many links, -2: no directory.
 */
static int follow(struct model *m, char *at, const char *names, int make)
{
    char todo[8192], next[PATH], rest[8192];
    strcpy(todo, names);
    while (todo[0]) {
        size_t n = strcspn(todo, "/");
        char name[PATH];
        memcpy(name, todo, n);
        name[n] = '\0';
        memmove(todo, todo + n + (todo[n] == '/'), strlen(todo + n + (todo[n] == '/')) + 1);
        if (at[0] && get(m, at)->kind != 'd')
            return make ? -2 : 0;
        if (name[0] == '\0' || strcmp(name, ".") == 0)
            continue;
        if (strcmp(name, "..") == 0) {
            if (strrchr(at, '/'))
                *strrchr(at, '/') = '\0';
            continue;
        }
        join(next, sizeof(next), at, name);
        struct item *item = get(m, next);
        if (!item && !make)
            return 0;
        if (!item)
            item = put(m, next, 'd', "");
        if (item->kind != 'l') {
            strcpy(at, next);
            continue;
        }
        if (m->links >= MAX_LINKS)
            return -1;
        m->links++;
        join(rest, sizeof(rest), item->text, todo);
        strcpy(todo, rest);
        if (item->text[0] == '/')
            at[0] = '\0';
    }
    return make && at[0] && get(m, at)->kind != 'd' ? -2 : 1;
}

/* The directory an entry goes to: links are followed; a link or file that is no directory makes way for one. */
static void directory_for(struct model *m, char *at, const char *names)
{
    char rest[PATH], next[PATH], way[PATH], *save = NULL;
    strcpy(rest, names);
    m->links = 0;
    for (char *name = strtok_r(rest, "/", &save); name; name = strtok_r(NULL, "/", &save)) {
        strcpy(way, at);
        join(next, sizeof(next), at, name);
        if (follow(m, way, name, 1) == 1) {
            strcpy(at, way);
            continue;
        }
        remove_all(m, next);
        put(m, next, 'd', "");
        strcpy(at, next);
    }
}

/* "Whiteout files MUST only apply to resources in lower/parent layers." */
static void remove_lower(struct model *m, const char *path, bool itself)
{
    char top[PATH];
    strcpy(top, path);
    for (size_t i = m->n; i-- > 0;)
        if (is_below(m->items[i].path, top) && m->items[i].layer != m->layer && m->items[i].kind != 'd')
            drop(m, i);
    for (bool again = true; again;) {
        again = false;
        for (size_t i = m->n; i-- > 0;) {
            struct item *dir = &m->items[i];
            bool used = false, in = is_below(dir->path, top) || (itself && strcmp(dir->path, top) == 0);
            for (size_t k = 0; k < m->n; k++)
                used = used || is_below(m->items[k].path, dir->path);
            if (!in || dir->layer == m->layer || (used && dir->kind == 'd'))
                continue;
            drop(m, i);
            again = true;
        }
    }
    for (size_t i = 0; i < m->n; i++) /* directories that stay hold something of this layer */
        if (is_below(m->items[i].path, top) || (itself && strcmp(m->items[i].path, top) == 0))
            m->items[i].layer = m->layer;
}

static void model_whiteout(struct model *m, const char *parent, const char *name)
{
    char at[PATH] = "", target[PATH];
    m->links = 0;
    if (follow(m, at, parent, 0) != 1 || (at[0] && get(m, at)->kind != 'd'))
        return;
    if (strcmp(name, ".wh..wh..opq") == 0) {
        remove_lower(m, at, false);
        return;
    }
    join(target, sizeof(target), at, name + 4);
    if (get(m, target))
        remove_lower(m, target, true);
}

static void model_hard(struct model *m, const char *path, const char *target)
{
    char at[PATH] = "", names[PATH], source[PATH];
    strcpy(names, target);
    char *last = strrchr(names, '/');
    if (last)
        *last++ = '\0';
    m->links = 0;
    if (last && follow(m, at, names, 0) != 1)
        return;
    join(source, sizeof(source), at, last ? last : names);
    struct item *item = get(m, source);
    if (!item || item->kind == 'd' || strcmp(source, path) == 0 || is_below(source, path))
        return;
    struct item copy = *item;
    remove_all(m, path);
    put(m, path, copy.kind, copy.text);
}

static void model_entry(struct model *m, char kind, const char *path, const char *text)
{
    char names[PATH], at[PATH] = "", full[PATH];
    strcpy(names, path);
    char *slash = strrchr(names, '/'), *name = slash ? slash + 1 : names;
    if (slash)
        *slash = '\0';
    if (strncmp(name, ".wh.", 4) == 0) {
        model_whiteout(m, slash ? names : "", name);
        return;
    }
    directory_for(m, at, slash ? names : "");
    join(full, sizeof(full), at, name);
    struct item *old = get(m, full);
    if (kind == 'd' && old && old->kind == 'd') {
        old->layer = m->layer;
    } else if (kind == 'h') {
        model_hard(m, full, text);
    } else {
        remove_all(m, full);
        put(m, full, kind, text);
    }
}

/* ---- random stacks ---- */

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static unsigned below(uint64_t *state, unsigned n)
{
    return (unsigned)(next_random(state) >> 20) % n;
}

static const char *const names[] = {"a", "b", "c"};

static void random_path(uint64_t *state, char *out)
{
    unsigned depth = 1 + below(state, 3);
    out[0] = '\0';
    for (unsigned i = 0; i < depth; i++) {
        if (i)
            strcat(out, "/");
        strcat(out, names[below(state, 3)]);
    }
}

static void random_target(uint64_t *state, char *out)
{
    unsigned parts = 1 + below(state, 3);
    strcpy(out, below(state, 3) ? "" : "/");
    for (unsigned i = 0; i < parts; i++) {
        if (i)
            strcat(out, "/");
        strcat(out, below(state, 4) ? names[below(state, 3)] : below(state, 3) ? ".." : ".");
    }
}

/* Adds one random entry to the layer's text and to the model. */
static void random_entry(uint64_t *state, struct model *m, char *text)
{
    static const char kinds[] = "ffffddllhhpwwo";
    static unsigned counter;
    char path[PATH] = "", extra[64] = "", line[PATH + 80], kind = kinds[below(state, sizeof(kinds) - 1)];
    random_path(state, path);
    if (kind == 'f')
        snprintf(extra, sizeof(extra), "text%u", counter++);
    if (kind == 'l')
        random_target(state, extra);
    if (kind == 'h')
        random_path(state, extra);
    if (kind == 'o') {
        char *slash = strrchr(path, '/');
        strcpy(slash ? slash + 1 : path, ".wh..wh..opq");
    }
    if (kind == 'w') {
        char *slash = strrchr(path, '/'), name[2] = {slash ? slash[1] : path[0], '\0'};
        snprintf(slash ? slash + 1 : path, 8, ".wh.%s", name);
    }
    if (kind == 'o' || kind == 'w')
        kind = 'f';
    snprintf(line, sizeof(line), "%c %s%s%s\n", kind, path, extra[0] ? " " : "", extra);
    strcat(text, line);
    model_entry(m, kind, path, extra);
}

/* ---- the comparison ---- */

static const struct item *model_of_node(struct model *m, struct ia_rootfs *fs, uint32_t node)
{
    char path[4096] = "", longer[4096];
    for (; node != IA_ROOT; node = ia_tree_node(&fs->tree, node)->parent) {
        struct ia_str name = ia_tree_name(&fs->tree, node);
        snprintf(longer, sizeof(longer), "/%.*s%s", (int)name.n, name.p, path);
        strcpy(path, longer);
    }
    return get(m, path);
}

static void compare_trees(struct model *m, struct ia_rootfs *fs, const char *stack)
{
    static const char kinds[] = " dflp";
    size_t live = 0;
    for (uint32_t i = 1; i < fs->tree.nodes.n; i++) {
        const struct ia_node *node = ia_tree_node(&fs->tree, i);
        if (node->type == IA_NODE_FREE)
            continue;
        live++;
        const struct item *item = model_of_node(m, fs, i);
        struct ia_str name = ia_tree_name(&fs->tree, i);
        cr_assert_not_null(item, "%.*s is too much\n%s", (int)name.n, name.p, stack);
        cr_assert_eq(kinds[node->type], item->kind, "%s is %c\n%s", item->path, kinds[node->type], stack);
        cr_assert_eq(node->layer, item->layer, "%s is of layer %u\n%s", item->path, node->layer, stack);
        if (node->type == IA_NODE_LINK)
            cr_assert(ia_str_is(ia_tree_text(&fs->tree, node->u.link.at, node->u.link.n), item->text), "%s", stack);
    }
    cr_assert_eq(live, m->n, "%zu nodes for %zu items\n%s", live, m->n, stack);
    cr_assert_eq(fs->tree.live, m->n, "%s", stack);
}

static enum ia_file_state model_state(struct model *m, const char *path, const char **text)
{
    char at[PATH] = "";
    m->links = 0;
    int found = follow(m, at, path, 0);
    if (found == 0)
        return IA_FILE_ABSENT;
    if (found < 0 || !at[0] || get(m, at)->kind != 'f')
        return IA_FILE_OTHER;
    *text = get(m, at)->text;
    return IA_FILE_CONTENT;
}

static void compare_files(struct model *m, struct ia_rootfs *fs, struct test_env *t, const char *stack)
{
    struct ia_file file;
    const char *text = "";
    for (size_t i = 0; i < fs->wants.count; i++) {
        const char *path = fs->wants.rows[i].path;
        enum ia_file_state state = model_state(m, path, &text);
        cr_assert_eq(ia_rootfs_file(fs, &t->env, path, &file), 0, "%s", t->env.error.message);
        cr_assert_eq(file.state, state, "%s is %d, not %d\n%s", path, file.state, state, stack);
        if (state != IA_FILE_OTHER)
            cr_assert_eq(ia_rootfs_exists(fs, &t->env, path), state == IA_FILE_CONTENT, "%s\n%s", path, stack);
        if (state == IA_FILE_CONTENT)
            cr_assert(ia_str_is(file.content, text), "%s is \"%.*s\", not \"%s\"\n%s", path, (int)file.content.n,
                      file.content.p, text, stack);
    }
}

/* Contents that are kept are exactly those of living bodies. */
static void check_kept(struct ia_rootfs *fs, const char *stack)
{
    uint64_t kept = 0;
    for (uint32_t i = 0; i < fs->tree.bodies.n; i++)
        kept += ia_tree_body(&fs->tree, i)->n;
    cr_assert_eq(kept, fs->tree.kept, "%s", stack);
}

/* What the wanted files look like: when it changes, the generation must. */
static void describe(struct model *m, const struct ia_want *wants, size_t count, struct ia_buf *out)
{
    const char *text;
    for (size_t i = 0; i < count; i++) {
        text = "";
        enum ia_file_state state = model_state(m, wants[i].path, &text);
        if (ia_buf_u64(out, state) < 0 || ia_buf_text(out, text) < 0)
            abort();
    }
}

/* All paths of at most three names. */
static size_t all_paths(char paths[39][8])
{
    size_t n = 0;
    for (int i = 0; i < 3; i++) {
        strcpy(paths[n++], names[i]);
        for (int k = 0; k < 3; k++) {
            snprintf(paths[n++], 8, "%s/%s", names[i], names[k]);
            for (int j = 0; j < 3; j++)
                snprintf(paths[n++], 8, "%s/%s/%s", names[i], names[k], names[j]);
        }
    }
    return n;
}

struct stack {
    struct test_env t;
    struct model model;
    struct layers layers;
    struct ia_rootfs *fs;
    char paths[39][8];
    struct ia_want wants[39];
    size_t want_count;
    char log[65536]; /* for messages */
};

static void run_layer(struct stack *s, uint64_t *state)
{
    struct ia_buf before, after;
    char text[8192] = "";
    uint64_t generation = ia_rootfs_generation(s->fs);
    ia_buf_init(&before, &ia_alloc_libc, 1 << 16);
    ia_buf_init(&after, &ia_alloc_libc, 1 << 16);
    describe(&s->model, s->wants, s->want_count, &before);
    s->model.layer = (unsigned)s->layers.n;
    for (unsigned i = 1 + below(state, 14); i > 0; i--)
        random_entry(state, &s->model, text);
    describe(&s->model, s->wants, s->want_count, &after);
    strcat(strcat(s->log, "--\n"), text);
    layers_add(&s->layers, text);
    cr_assert_eq(layers_apply(s->fs, &s->t, &s->layers, s->model.layer, 65536), 0, "%s: %s\n%s", s->t.env.error.where,
                 s->t.env.error.message, s->log);
    compare_trees(&s->model, s->fs, s->log);
    compare_files(&s->model, s->fs, &s->t, s->log);
    check_kept(s->fs, s->log);
    if (!ia_str_eq(ia_buf_view(&before), ia_buf_view(&after)))
        cr_assert_neq(ia_rootfs_generation(s->fs), generation, "the generation stands still\n%s", s->log);
    ia_buf_free(&before);
    ia_buf_free(&after);
}

static void run_stack(uint64_t seed)
{
    static struct stack stack;
    struct stack *s = &stack;
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    memset(s, 0, sizeof(*s));
    test_env_open(&s->t);
    s->t.limits.links = MAX_LINKS;
    size_t n = all_paths(s->paths);
    for (size_t i = 0; i < n; i++)
        if (below(&state, 3))
            s->wants[s->want_count++] = (struct ia_want){s->paths[i], NULL};
    cr_assert_eq(ia_rootfs_new(&s->t.env, s->wants, s->want_count, &s->fs), 0);
    for (unsigned layers = 1 + below(&state, 5); layers > 0; layers--)
        run_layer(s, &state);
    ia_rootfs_free(s->fs);
    layers_free(&s->layers);
    free(s->model.items);
    test_env_close(&s->t);
    cr_assert_eq(s->t.live, 0, "leaks\n%s", s->log);
}

Test(rootfs, random_stacks_match_the_model)
{
    for (uint64_t seed = 1; seed <= STACKS; seed++)
        run_stack(seed);
}
