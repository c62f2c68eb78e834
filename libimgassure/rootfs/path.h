/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the input as lists of components: raw bytes, nothing folded, nothing decoded. */
#ifndef IA_ROOTFS_PATH_H
#define IA_ROOTFS_PATH_H

#include "base/env.h"
#include "base/vec.h"

/* What normalising had to do, apart from "./", "//" and a slash at the end, which are plain. */
enum { IA_PATH_ABSOLUTE = 1, IA_PATH_PARENT = 2, IA_PATH_SLASH = 4 /* a slash at the end */ };

/*
 * Cuts name into parts (struct ia_str views into name); ".." takes the part before it away and stops at the root.
 * 1; 0 when the name is over limits->path_bytes or path_components; IMGA_E_NOMEM.
 */
int ia_path_split(struct ia_env *env, struct ia_str name, struct ia_vec *parts, unsigned *odd);

bool ia_path_is_plain(struct ia_str name); /* valid UTF-8 without control characters */

#endif
