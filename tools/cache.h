/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of layer records: imga_layer_cache over files that are named by their key. */
#ifndef TOOLS_CACHE_H
#define TOOLS_CACHE_H

#include "session.h"

/* Gives the session's context the folder as its cache; it is made if need be. 0, or an exit code. */
int cache_open(struct session *session, const char *folder);

#endif
