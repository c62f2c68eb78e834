/* SPDX-License-Identifier: Apache-2.0 */
#include "layers.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void add_line(struct tarball *tar, char *line)
{
    char kind = line[0];
    char *name = line + 2, *rest = strchr(name, ' ');
    if (rest)
        *rest++ = '\0';
    else
        rest = "";
    if (kind == 'x')
        tarball_pax(tar, "SCHILY.xattr.trusted.overlay.redirect", "/opt");
    if (strlen(name) > 100)
        tarball_pax(tar, "path", name);
    struct tar_member member = {.name = name, .type = '0'};
    switch (kind) {
    case 'f':
    case 'x':
    case '7':
        member.type = kind == '7' ? '7' : '0';
        member.data = rest;
        member.size = strlen(rest);
        break;
    case 'd':
        member.type = '5';
        break;
    case 'l':
    case 'h':
        member.type = kind == 'l' ? '2' : '1';
        member.link = rest;
        break;
    default:
        member.type = kind == 'p' ? '6' : '3';
    }
    tarball_add(tar, &member);
}

void layers_add(struct layers *layers, const char *text)
{
    struct tarball *tar = &layers->tar[layers->n++];
    char *copy = malloc(strlen(text) + 1), *line = copy;
    strcpy(copy, text);
    while (*line) {
        char *end = strchr(line, '\n');
        char *next = end ? end + 1 : line + strlen(line);
        if (end)
            *end = '\0';
        if (line[0])
            add_line(tar, line);
        line = next;
    }
    free(copy);
    tarball_end(tar);
}

void large_take(struct large *large, struct tarball *one)
{
    while (large->tar.n + one->n > large->capacity) {
        large->capacity = large->capacity ? large->capacity * 2 : 1 << 20;
        large->tar.p = realloc(large->tar.p, large->capacity);
    }
    memcpy(large->tar.p + large->tar.n, one->p, one->n);
    large->tar.n += one->n;
    one->n = 0;
}

void layers_free(struct layers *layers)
{
    for (size_t i = 0; i < layers->n; i++)
        tarball_free(&layers->tar[i]);
    layers->n = 0;
}

int layers_apply_tar(struct ia_rootfs *fs, struct test_env *t, uint32_t layer, const struct tarball *tar, size_t step)
{
    struct ia_reader *reader = test_chunks(tar->p, tar->n, step);
    int status = ia_rootfs_apply_stream(fs, &t->env, layer, reader);
    ia_reader_close(reader);
    return status;
}

int layers_apply_text(struct ia_rootfs *fs, struct test_env *t, uint32_t layer, const char *text)
{
    struct layers one = {.n = 0};
    layers_add(&one, text);
    int status = layers_apply_tar(fs, t, layer, &one.tar[0], 4096);
    layers_free(&one);
    return status;
}

struct ia_file layers_look(struct ia_rootfs *fs, struct test_env *t, const char *path)
{
    struct ia_file file;
    cr_assert_eq(ia_rootfs_file(fs, &t->env, path, &file), 0, "%s: %s", path, t->env.error.message);
    return file;
}

int layers_apply(struct ia_rootfs *fs, struct test_env *t, const struct layers *layers, size_t layer, size_t step)
{
    uint32_t again;
    struct ia_reader *reader;
    int status = layers_apply_tar(fs, t, (uint32_t)layer, &layers->tar[layer], step);
    while (status >= 0 && (status = ia_rootfs_pending(fs, &t->env, &again)) > 0) {
        reader = test_chunks(layers->tar[again].p, layers->tar[again].n, step);
        status = ia_rootfs_fetch(fs, &t->env, again, reader);
        ia_reader_close(reader);
    }
    return status;
}

struct ia_rootfs *layers_view(struct test_env *t, const struct layers *layers, const struct ia_want *wants,
                              size_t count)
{
    struct ia_rootfs *fs = NULL;
    int status = ia_rootfs_new(&t->env, wants, count, &fs);
    for (size_t i = 0; status >= 0 && i < layers->n; i++)
        status = layers_apply(fs, t, layers, i, 65536);
    if (status >= 0)
        return fs;
    ia_rootfs_free(fs);
    return NULL;
}
