/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tar stream of a layer that an engine keeps unpacked: github.com/vbatts/tar-split, package tar/storage. Its file
 * has one JSON object a line: type 2 is a piece of the tar as it was, type 1 a file whose bytes lie unpacked. What
 * comes out is the very tar that was unpacked, so that the layer's diff_id proves it.
 */
#ifndef IA_IMAGE_TAR_SPLIT_H
#define IA_IMAGE_TAR_SPLIT_H

#include "base/reader.h"
#include "io/source.h"

/* Where the unpacked files come from. */
struct ia_tar_split_files {
    /* The regular file of that plain name (no empty, "." or ".." components). E_NOT_FOUND, E_PATH, E_FORMAT, E_IO. */
    int (*open)(void *user, struct ia_env *env, const char *name, struct ia_source **out);
    void (*close)(void *user);
    void *user;
};

/* Files below an open folder, which is taken over on success and on failure. No symbolic link is followed. */
int ia_tar_split_folder(struct ia_env *env, int directory, struct ia_tar_split_files *out);

/*
 * input is the tar-split file, compressed or not; it and files are taken over on success and on failure. name is that
 * of the file, for errors, and outlives the reader. The reader can skip: files that are skipped whole are not opened.
 * While it is read: E_FORMAT, E_AMBIGUOUS, E_TRUNCATED (also: a file is shorter than in the tar), E_DIGEST (longer),
 * E_NOT_FOUND, E_PATH, E_LIMIT (manifest_bytes for a line, string_bytes for a piece, path_bytes; layer_bytes for the
 * lines together), and what the input returned.
 */
int ia_tar_split_reader(struct ia_env *env, struct ia_reader *input, const struct ia_tar_split_files *files,
                        const char *name, struct ia_reader **out);

#endif
