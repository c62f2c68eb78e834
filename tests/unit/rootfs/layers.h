/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layers written as text, one entry a line:
 *   d NAME          f NAME TEXT      l NAME TARGET    h NAME TARGET    p NAME (fifo)    c NAME (device 0:0)
 *   7 NAME TEXT (contiguous file)    x NAME TEXT (the file carries trusted.overlay.redirect)
 */
#ifndef TEST_ROOTFS_LAYERS_H
#define TEST_ROOTFS_LAYERS_H

#include "rootfs/rootfs.h"
#include "support.h"
#include "tarball.h"

enum { LAYERS = 8 };

struct layers {
    struct tarball tar[LAYERS];
    size_t n;
};

void layers_add(struct layers *layers, const char *text); /* with an end mark */
/* Moves what was written to one to the end of a large archive; quick also where realloc() always copies. */
struct large {
    struct tarball tar;
    size_t capacity;
};
void large_take(struct large *large, struct tarball *one);

void layers_free(struct layers *layers);

/* Applies one layer in chunks of step bytes, and fetches all that is pending then. */
int layers_apply(struct ia_rootfs *fs, struct test_env *t, const struct layers *layers, size_t layer, size_t step);
/* The same without fetching, for an archive or a text. */
int layers_apply_tar(struct ia_rootfs *fs, struct test_env *t, uint32_t layer, const struct tarball *tar, size_t step);
int layers_apply_text(struct ia_rootfs *fs, struct test_env *t, uint32_t layer, const char *text);
/* A wanted file; the lookup must succeed. */
struct ia_file layers_look(struct ia_rootfs *fs, struct test_env *t, const char *path);
/* A new view with all layers applied; NULL after a failure (t->env.error). */
struct ia_rootfs *layers_view(struct test_env *t, const struct layers *layers, const struct ia_want *wants,
                              size_t count);

#endif
