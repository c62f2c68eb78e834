/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Analysers: each knows files of one kind by their names, or executables by their first bytes, and says what they hold
 * (catalog/found.h). A file goes to one analyser: the first row of the table that wants it. Analysers run while the
 * layers go by, in any thread, and know nothing but the file at hand.
 */
#ifndef IA_CATALOG_ANALYSER_H
#define IA_CATALOG_ANALYSER_H

#include "catalog/found.h"

/* A file, whole. */
struct ia_analysed {
    struct ia_str path;    /* in the layer, relative, normalised, raw bytes */
    struct ia_str content; /* whole */
    uint32_t mode;         /* permission bits */
};

struct ia_analyser {
    const char *name; /* "npm" */
    uint32_t version; /* raised when what it finds changes: results are cached */
    /* Which files; lists end with NULL, a missing list is NULL. A file is asked for when one of them fits. */
    const char *const *names;          /* whole last components: "package.json" */
    const char *const *extensions;     /* what follows the last dot of the last component: "jar", "gemspec" */
    const char *const *magics;         /* with neither: how the content begins; strings of 4 bytes, "\177ELF" */
    bool (*wants)(struct ia_str path); /* with names or extensions: a closer look at the path; NULL: all that fit */
    /*
     * IMGA_OK also for a damaged file: that is a note in found. < 0: only for what ends the whole call (memory,
     * cancel, kept_bytes), described in env.
     */
    int (*analyse)(const struct ia_analysed *file, struct ia_env *env, struct ia_found *found);
};

/* The table, in the order in which they are asked. */
extern const struct ia_analyser *const ia_analysers[];
extern const size_t ia_analyser_count;
/* What lock files name would be installed, but is not there: asked with IMGA_LOOK_LOCKFILES only. After the others. */
extern const struct ia_analyser *const ia_lock_file_analysers[];
extern const size_t ia_lock_file_analyser_count;

#endif
