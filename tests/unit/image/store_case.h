/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Storages of engines for tests: files that become a folder, with a small tar-split writer of its own. Layers are tars;
 * every edit is made before the folder is written.
 */
#ifndef STORE_CASE_H
#define STORE_CASE_H

#include "image/stores.h"
#include "ociimage.h"
#include "support.h"

struct store_edit {
    const char *file; /* its name in the storage; NULL: nothing is edited */
    const char *find; /* must be there, replaced once; NULL: the whole content */
    const char *with; /* NULL with find NULL: the file is left out */
    const char *link; /* the file becomes a symbolic link; find and with are NULL */
};

/* What tar-split would write for the tar, malloc'ed; the files that it names go below folder. */
char *store_split(struct ocifiles *files, const char *folder, const struct tarball *tar);

/* An image with those layers. id receives the digits of its config. */
void store_containers(struct ocifiles *files, const char *name, const struct tarball *tars, size_t count, char id[65]);
void store_docker(struct ocifiles *files, const char *name, const struct tarball *tars, size_t count, char id[65]);

/* What the big data of that key is called. */
void store_data_name(char *out, size_t room, const char *id, const char *key);

void store_apply(struct ocifiles *files, const struct store_edit *edit);
struct ocifile *store_file(const struct ocifiles *files, const char *name); /* aborts when it is not there */

typedef int store_open_fn(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice);

/* Opens the image of a storage that has become a folder. */
int store_open(struct test_env *t, store_open_fn *open, const char *folder, const char *reference,
               struct ia_image **out);

#endif
