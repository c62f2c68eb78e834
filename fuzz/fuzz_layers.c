/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers on top of each other. First byte even: the rest are operations, three bytes or more each, which become layers
 * of well-formed entries over a small set of names. Odd: the rest is one layer as it is, applied twice.
 */
#include "fuzz.h"
#include "rootfs/history.h"
#include "rootfs/view.h"

#include <stdio.h>
#include <string.h>

enum { LAYERS = 4, LAYER_BYTES = 16 * 1024, BLOCK = 512 };

static const struct ia_want wants[] = {
    {"a", NULL}, {"a/b", NULL}, {"db/status", NULL}, {"status", NULL}, {"info", ".list"}, {"db", ""},
};

static const char *const names[16] = {
    "a", "b", "c",     "db",     "status",       "info",  "x.list",       "..",
    ".", "",  ".wh.a", ".wh.db", ".wh..wh..opq", ".wh..", ".wh..wh.plnk", "\x1b",
};

struct layers {
    uint8_t bytes[LAYERS][LAYER_BYTES];
    size_t size[LAYERS];
    size_t count;
};

/* 1 to 4 names, two a byte, after the bits of head. */
static void take_path(struct ia_cursor *in, uint8_t head, char out[64])
{
    uint8_t pair = 0;
    out[0] = '\0';
    if (head & 32)
        strcat(out, "/");
    for (int i = 0; i <= (head >> 3 & 3); i++) {
        if (i % 2 == 0 && !ia_cursor_u8(in, &pair))
            pair = 0;
        if (i)
            strcat(out, "/");
        strcat(out, names[pair & 15]);
        pair >>= 4;
    }
    if (!out[0])
        strcat(out, ".");
}

static void add_entry(struct layers *layers, char type, const char *name, const char *link)
{
    size_t at = layers->size[layers->count];
    size_t size = type == '0' ? strlen(link) : 0;
    uint8_t *block = layers->bytes[layers->count] + at;
    unsigned sum = 0;
    if (at + 2 * BLOCK > LAYER_BYTES)
        return;
    snprintf((char *)block, 100, "%s", name);
    snprintf((char *)block + 124, 12, "%011o", (unsigned)size);
    memset(block + 148, ' ', 8);
    block[156] = (uint8_t)type;
    snprintf((char *)block + 157, 100, "%s", type == '0' ? "" : link);
    memcpy(block + 257,
           "ustar\0"
           "00",
           8);
    for (size_t i = 0; i < BLOCK; i++)
        sum += block[i];
    snprintf((char *)block + 148, 8, "%06o", sum);
    memcpy(block + BLOCK, link, size);
    layers->size[layers->count] += size ? 2 * BLOCK : BLOCK;
}

static void take_operations(struct ia_cursor in, struct layers *layers)
{
    static const char types[8] = {'0', '0', '5', '2', '1', '6', '3', 0};
    char name[64], link[64];
    uint8_t head;
    while (layers->count < LAYERS && ia_cursor_u8(&in, &head)) {
        if (!types[head & 7]) {
            layers->count++;
            continue;
        }
        take_path(&in, head, name);
        take_path(&in, (uint8_t)(head >> 3 ^ head >> 1), link);
        add_entry(layers, types[head & 7], name, link);
    }
    layers->count += layers->count < LAYERS;
}

/* Every node is in the directory it names, once, below the limits; the sums are right. */
static void check_tree(const struct ia_rootfs *fs, const imga_limits *limits)
{
    uint64_t kept = 0, text = 0;
    size_t live = 0, bytes, components, listed = 0;
    for (uint32_t i = 0; i < fs->tree.nodes.n; i++) {
        const struct ia_node *node = ia_tree_node(&fs->tree, i);
        if (node->type == IA_NODE_DIRECTORY)
            for (uint32_t k = node->u.dir.first; k != IA_NONE; k = ia_tree_node(&fs->tree, k)->next, listed++)
                fuzz_check(ia_tree_node(&fs->tree, k)->parent == i, "a child knows its parent");
        if (node->type == IA_NODE_FREE || i == IA_ROOT)
            continue;
        live++;
        text += node->name_n + (node->type == IA_NODE_LINK ? node->u.link.n : 0);
        fuzz_check(ia_tree_find(&fs->tree, node->parent, ia_tree_name(&fs->tree, i)) == i, "a node is found by name");
        ia_tree_measure(&fs->tree, i, &bytes, &components);
        fuzz_check(bytes <= limits->path_bytes && components <= limits->path_components, "paths keep the limits");
        fuzz_check(ia_str_find(ia_tree_name(&fs->tree, i), '/') == node->name_n && node->name_n,
                   "a name is a component");
    }
    for (uint32_t i = 0; i < fs->tree.bodies.n; i++)
        kept += ia_tree_body(&fs->tree, i)->n;
    fuzz_check(live == fs->tree.live && listed == live, "every node is listed once");
    fuzz_check(kept == fs->tree.kept && text == fs->tree.text_live, "the sums are right");
}

/* Sorted; every node has one row, and what was removed was there before. */
static void check_listing(struct ia_rootfs *fs, struct ia_env *env, uint32_t top)
{
    struct ia_listing_rows rows;
    size_t present = 0;
    int status = ia_rootfs_list(fs, env, &rows);
    for (size_t i = 0; i < rows.rows.n && status >= 0; i++) {
        const struct ia_listed *row = ia_vec_at(&rows.rows, i), *next = ia_vec_at(&rows.rows, i + 1);
        uint32_t last = row->removed_layer < 0 ? top : (uint32_t)row->removed_layer - 1;
        int order = next ? ia_str_cmp(row->path, next->path) : -1;
        present += row->removed_layer < 0;
        fuzz_check(row->attributes.first_layer <= row->last_layer && row->last_layer <= last, "layers are in order");
        fuzz_check(order < 0 || (order == 0 && (uint32_t)row->removed_layer <= (uint32_t)next->removed_layer),
                   "rows are in order");
        fuzz_check(row->path.n > 0 && row->path.p[row->path.n] == 0, "a row has a path");
    }
    fuzz_check(status < 0 || present == fs->tree.live, "every node has a row");
    ia_listing_rows_free(&rows);
}

static int look(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file)
{
    struct ia_str *last = user;
    (void)env;
    fuzz_check(last->n == 0 || ia_str_cmp(*last, name) < 0, "names come sorted");
    fuzz_check(file->state != IA_FILE_ABSENT, "what is listed is there");
    *last = name;
    return 0;
}

static void look_around(struct ia_rootfs *fs, struct ia_env *env)
{
    for (size_t i = 0; i < IA_COUNT(wants); i++) {
        struct ia_str last = {"", 0};
        struct ia_file file;
        if (wants[i].suffix && ia_rootfs_files(fs, env, &wants[i], look, &last) < 0)
            return;
        if (ia_rootfs_file(fs, env, wants[i].path, &file) < 0)
            return;
        fuzz_check(file.content.n == 0 || file.state >= IA_FILE_CONTENT, "content has a state");
        fuzz_check(file.state != IA_FILE_CONTENT || ia_rootfs_exists(fs, env, wants[i].path), "what is read exists");
    }
}

static int apply(struct ia_rootfs *fs, struct ia_env *env, struct layers *layers, uint32_t layer, int again)
{
    struct ia_reader *reader;
    int status = ia_reader_memory(env, layers->bytes[layer], layers->size[layer], &reader);
    fuzz_check(status == 0, "memory is there");
    status = again ? ia_rootfs_fetch(fs, env, layer, reader) : ia_rootfs_apply_stream(fs, env, layer, reader);
    ia_reader_close(reader);
    return status;
}

static void run(struct fuzz_env *f, struct layers *layers, bool removed)
{
    struct ia_rootfs *fs;
    uint32_t pending;
    int status = ia_rootfs_new(&f->env, wants, IA_COUNT(wants), &fs);
    if (status >= 0)
        ia_rootfs_keep_history(fs, removed);
    for (uint32_t i = 0; i < layers->count && status >= 0; i++) {
        size_t fetches = 0;
        status = apply(fs, &f->env, layers, i, 0);
        while (status >= 0 && ia_rootfs_pending(fs, &f->env, &pending) > 0) {
            fuzz_check(pending <= i && fetches++ < layers->count, "fetching ends");
            status = apply(fs, &f->env, layers, pending, 1);
        }
        check_tree(fs, &f->limits);
        if (status >= 0)
            look_around(fs, &f->env);
        if (status >= 0)
            check_listing(fs, &f->env, i);
    }
    ia_rootfs_free(fs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_cursor in = ia_cursor_from(data, size);
    static struct layers layers;
    struct fuzz_env f;
    uint8_t mode;
    if (!ia_cursor_u8(&in, &mode))
        return 0;
    memset(&layers, 0, sizeof(layers));
    if (mode & 1 && in.n <= LAYER_BYTES) {
        layers.count = 2;
        for (size_t i = 0; i < 2; i++) {
            memcpy(layers.bytes[i], in.p, in.n);
            layers.size[i] = in.n;
        }
    } else {
        take_operations(in, &layers);
    }
    fuzz_env_open(&f);
    f.limits.links = 8;
    f.limits.path_components = 12;
    f.limits.path_bytes = mode & 2 ? 24 : 4096;
    run(&f, &layers, mode & 4);
    fuzz_env_close(&f);
    return 0;
}
