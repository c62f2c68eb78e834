/* SPDX-License-Identifier: Apache-2.0 */
/* The image that the command line names: a path with or without its form, or "-" for stdin; one platform, or all. */
#ifndef TOOLS_OPEN_IMAGE_H
#define TOOLS_OPEN_IMAGE_H

#include "session.h"

/* Opens the image argument; with a platform chosen by each_image(), that one. 0, or an exit code with the error. */
int open_image(struct session *session, imga_image **out);

/*
 * Calls run once, or with --platform all once for each image of the index, with session->chosen set. Returns the exit
 * code that says most: an interruption, a failure, an integrity failure, a denial, incomplete, done.
 */
int each_image(struct session *session, int (*run)(struct session *session));

#endif
