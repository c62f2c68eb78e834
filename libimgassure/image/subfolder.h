/* SPDX-License-Identifier: Apache-2.0 */
/* Folders below an open one. */
#ifndef IA_IMAGE_SUBFOLDER_H
#define IA_IMAGE_SUBFOLDER_H

#include "base/env.h"

/*
 * Opens the folder of that name, one or more plain components, below an open one; *out is the caller's to close. No
 * symbolic link is followed. E_NOT_FOUND; E_PATH for a link or a name that is not plain; E_IO.
 */
int ia_subfolder_open(struct ia_env *env, int directory, const char *name, int *out);

#endif
