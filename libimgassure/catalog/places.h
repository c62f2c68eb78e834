/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where package databases are, and what reads them: const tables. A format more is its reader, its rows here, and its
 * paths among the wanted files.
 */
#ifndef IA_CATALOG_PLACES_H
#define IA_CATALOG_PLACES_H

#include "catalog/record.h"
#include "rootfs/rootfs.h"

/* Files that are wanted of a view: the databases, what belongs to them, and what names the distribution. */
enum {
    IA_WANT_STATUS_D = 0,
    IA_WANT_UPDATES,
    IA_WANT_LISTS,
    IA_WANT_MD5SUMS,
    IA_WANT_OPKG_LISTS,
    IA_WANT_OPKG_VAR_LISTS,
    IA_WANT_OPKG_CONTROLS,
    IA_WANT_OPKG_VAR_CONTROLS,
    IA_WANT_FILES,
    IA_WANT_COUNT = IA_WANT_FILES + 50
};
extern const struct ia_want ia_database_wants[IA_WANT_COUNT];

enum ia_place_kind {
    IA_PLACE_DATABASE = 0,
    IA_PLACE_JOURNAL,  /* a directory of changes that are not yet in the database: not a database of its own */
    IA_PLACE_FALLBACK, /* read when no place before it has records */
    IA_PLACE_HISTORY   /* no database: where dnf had packages from that the places after it list */
};

/* One place where databases of a format are. */
struct ia_place {
    const char *path;                     /* the database, or a directory with a database in each file */
    const struct ia_want *entries;        /* a directory: its files; NULL: a file */
    bool (*is_entry)(struct ia_str name); /* which of them; NULL: all */
    ia_db_read *read;                     /* NULL: a history */
    enum ia_place_kind kind;
    const char *beside[IA_DB_BESIDE]; /* struct ia_db_source; NULL: nothing */
    const struct ia_want *controls;   /* struct ia_db_source; NULL: none */
};

enum { IA_FORMAT_PLACES = 13 };

struct ia_db_format {
    const char *type;  /* of the packages: "deb" */
    const char *where; /* what remarks on all its places name */
    size_t count;
    struct ia_place places[IA_FORMAT_PLACES];
};

extern const struct ia_db_format ia_db_formats[];
extern const size_t ia_db_format_count;

/* Whether a name in status.d is that of a list of checksums, not of a package. */
bool ia_is_md5sums(struct ia_str name);

/* A database that is a folder of many files, or names, which others read. */
struct ia_analysed_database {
    const char *path;
    const char *how;    /* struct ia_package, of what it lists */
    const char *beside; /* an entry of the folder that is no package; NULL: none */
};

extern const struct ia_analysed_database ia_analysed_databases[];
extern const size_t ia_analysed_database_count;

/* Databases of kinds that are not read: NULL-ended. */
extern const char *const ia_unread_databases[];

#endif
