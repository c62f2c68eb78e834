/* SPDX-License-Identifier: Apache-2.0 */
/* Where a file lies: what its path says about the package that it describes. */
#ifndef IA_CATALOG_LANG_PLACE_H
#define IA_CATALOG_LANG_PLACE_H

#include "base/buf.h"

struct ia_str ia_place_name(struct ia_str path);      /* the last component */
struct ia_str ia_place_directory(struct ia_str path); /* without the last component; empty when there is one only */
/* The name of the directory that the file lies in. */
struct ia_str ia_place_parent(struct ia_str path);
/* Whether one of the path's components, the last one included, is this. */
bool ia_place_has(struct ia_str path, const char *component);
/* Whether a directory is called as packages call their tests, examples and templates: nothing in it is installed. */
bool ia_place_is_sample(struct ia_str component);
/*
 * Whether it lies in conda's cache of unpacked packages ("pkgs/numpy-1.26.4-py312h_0/lib/..."): those are installed by
 * links elsewhere, where they are found.
 */
bool ia_place_in_conda_cache(struct ia_str path);
/*
 * Writes a path that a file in this directory names, normalised: relative to the root unless it starts with '/'. 1; 0
 * when it is empty or leads out of the root; a bare status of the buffer.
 */
int ia_place_join(struct ia_buf *out, struct ia_str directory, struct ia_str path) IA_MUST_USE;

#endif
