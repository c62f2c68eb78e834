/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files of a root view are databases, and a pass over them: each record once, and what is wrong with the
 * databases as notes.
 */
#ifndef IA_CATALOG_DATABASES_H
#define IA_CATALOG_DATABASES_H

#include "catalog/record.h"
#include "rootfs/rootfs.h"

/* All files that are wanted of a view, for the databases, their file lists, and the distribution. */
enum { IA_WANT_STATUS_D = 0, IA_WANT_UPDATES, IA_WANT_LISTS, IA_WANT_FILES, IA_WANT_COUNT = IA_WANT_FILES + 6 };
extern const struct ia_want ia_database_wants[IA_WANT_COUNT];

/* One record of one database. */
struct ia_listed {
    const char *type;    /* "deb", "apk" */
    struct ia_str path;  /* of the database, resolved, raw bytes */
    struct ia_str entry; /* status.d: the file's name; empty otherwise */
    size_t database;     /* number of the database in this pass */
    const struct ia_record *record;
    struct ia_damage *damage; /* of the database: the callback may add to it */
};

typedef int ia_take_listed(void *user, struct ia_env *env, const struct ia_listed *listed);

/*
 * Calls back for every record, installed or not; a result < 0 ends the pass. Notes go to env->notes. Limit: packages,
 * counting every record. An observation that wants no notes sets env->notes to NULL. 1 when there is a database, else
 * 0.
 */
int ia_databases_read(struct ia_env *env, struct ia_rootfs *fs, ia_take_listed *take, void *user);

/* Whether a name in status.d is that of a list of checksums, not of a package. */
bool ia_is_md5sums(struct ia_str name);

#endif
