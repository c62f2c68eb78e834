/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The merged root view: layers applied bottom first, whiteouts and opaque markers (OCI image-spec layer.md), hard and
 * symbolic links resolved inside the view, 40 links at most. A tree of nodes in memory; contents only of wanted files.
 * Nothing is ever opened on the host.
 */
#ifndef IA_ROOTFS_ROOTFS_H
#define IA_ROOTFS_ROOTFS_H

#include "base/env.h"
#include "base/reader.h"
#include "rootfs/layer_record.h"

/* A file that an analyser wants: "var/lib/dpkg/status", or with name pattern "dir" + any file name ending in suffix. */
struct ia_want {
    const char *path;   /* the file, or with suffix the directory; relative, no dots */
    const char *suffix; /* NULL: path is a file; "": every file of the directory; ".list": those that end so */
};

struct ia_rootfs;
struct ia_examiner; /* rootfs/examine.h */
struct ia_wants;    /* rootfs/wanted.h */

/* wants is an array of count, static or longer-lived than the view. */
int ia_rootfs_new(struct ia_env *env, const struct ia_want *wants, size_t count, struct ia_rootfs **out);
void ia_rootfs_free(struct ia_rootfs *fs); /* NULL is fine */

/*
 * Puts one layer on top. Layers are applied in order 0, 1, ... Contents that are needed are taken out of the record.
 * Notes carry "layer N: path".
 */
int ia_rootfs_apply(struct ia_rootfs *fs, struct ia_env *env, uint32_t layer, struct ia_layer_record *record);
/* The same for a layer of which no record is at hand: walks its stream to the end. */
int ia_rootfs_apply_stream(struct ia_rootfs *fs, struct ia_env *env, uint32_t layer, struct ia_reader *stream);
/* Who examines files that are not wanted, for the recorders of the layers; borrowed. NULL: nobody, as after _new(). */
void ia_rootfs_set_examiner(struct ia_rootfs *fs, const struct ia_examiner *examiner);
const struct ia_examiner *ia_rootfs_examiner(const struct ia_rootfs *fs);
/* The wanted paths, for the recorders of the layers; as long-lived as the view. */
const struct ia_wants *ia_rootfs_wants(const struct ia_rootfs *fs);

/*
 * Wanted files whose content lies under another name (behind links) and has gone by unread: the layer to read again
 * with ia_rootfs_fetch(). 1 and *layer, or 0 when there is none.
 */
int ia_rootfs_pending(struct ia_rootfs *fs, struct ia_env *env, uint32_t *layer);
/* Walks a layer's stream again, and takes the contents that are pending in it. */
int ia_rootfs_fetch(struct ia_rootfs *fs, struct ia_env *env, uint32_t layer, struct ia_reader *stream);

/* What is pending in a layer that cannot be read again will not be asked for any more; a note says why. */
int ia_rootfs_forgo(struct ia_rootfs *fs, struct ia_env *env, uint32_t layer, const char *why);

enum ia_file_state {
    IA_FILE_ABSENT = 0,
    IA_FILE_CONTENT, /* content is there, whole */
    IA_FILE_PARTIAL, /* content is the first bytes: the file is over the limit; a note says so */
    IA_FILE_OTHER    /* something else is there: directory, device, fifo, unread file; a loop of links */
};

struct ia_file {
    enum ia_file_state state;
    struct ia_str content;
    struct ia_str path; /* the resolved path, raw bytes, relative */
    uint32_t layer;     /* that the content came from */
    bool linked;        /* a symbolic or hard link was followed */
};

/* Looks a wanted path up, through links. The views live until the next change of the view. */
int ia_rootfs_file(struct ia_rootfs *fs, struct ia_env *env, const char *path, struct ia_file *out);
/*
 * Calls back for each wanted file of a directory pattern, sorted by name bytes. A callback result < 0 ends it.
 */
typedef int ia_rootfs_each(void *user, struct ia_env *env, struct ia_str name, const struct ia_file *file);
int ia_rootfs_files(struct ia_rootfs *fs, struct ia_env *env, const struct ia_want *want, ia_rootfs_each *each,
                    void *user);

/*
 * Calls back for each file of the view that has facts, sorted by path bytes: content is the facts, name the path. A
 * file with several names (hard links) comes once, with the first.
 */
int ia_rootfs_examined(struct ia_rootfs *fs, struct ia_env *env, ia_rootfs_each *each, void *user);
/* Calls back for each name in a directory, sorted by bytes; file tells its path and layer only. None: no directory. */
int ia_rootfs_names(struct ia_rootfs *fs, struct ia_env *env, const char *directory, ia_rootfs_each *each, void *user);

/* The directory a path leads to, through links: 1 and its own path, which lives until the view changes; 0: none. */
int ia_rootfs_directory(struct ia_rootfs *fs, struct ia_env *env, struct ia_str path, struct ia_str *out);

/* Whether any entry exists under the path (through links): for "/usr is populated but there is no os-release". */
bool ia_rootfs_exists(struct ia_rootfs *fs, struct ia_env *env, const char *path);
/* Changes whenever a wanted file was added, replaced or removed: lets the caller skip layers that changed nothing. */
uint64_t ia_rootfs_generation(const struct ia_rootfs *fs);
uint64_t ia_rootfs_entries(const struct ia_rootfs *fs); /* tar entries seen */

#endif
