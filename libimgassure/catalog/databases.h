/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pass over the package databases of a root view: each record once, and what is wrong with the databases as notes.
 */
#ifndef IA_CATALOG_DATABASES_H
#define IA_CATALOG_DATABASES_H

#include "catalog/places.h"
#include "catalog/record.h"
#include "model/inventory.h"
#include "rootfs/rootfs.h"

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

/* Notes databases that analysers read and that have entries, but no package in the inventory. After the analysers. */
int ia_databases_check(struct ia_env *env, struct ia_rootfs *fs, const struct ia_inventory *inventory);

/* A database that is there. Of a directory of databases only the directory. */
struct ia_database {
    const char *type;
    const char *place;  /* the path that was looked up */
    struct ia_str path; /* resolved, raw bytes */
    bool readable;      /* its content, or that of one of its files, is at hand */
};

typedef int ia_take_database(void *user, struct ia_env *env, const struct ia_database *database);

/*
 * Calls back for every database that is there, in the order of the tables and without reading it: what one layer has
 * and a later one has not was removed. Of several paths to one file it is the one that is read. A result < 0 ends it.
 */
int ia_databases_find(struct ia_env *env, struct ia_rootfs *fs, ia_take_database *take, void *user);

/* What a kind of damage is called, and the code of its note. */
const char *ia_damage_words(enum ia_damage_kind kind, int32_t *code);
/* A note for each kind of damage of a file. */
int ia_note_damage(struct ia_env *env, struct ia_str where, const struct ia_damage *damage);

#endif
