/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package databases as text: the readers that cut dpkg's and apk's databases into records, without memory of their own
 * and without a root view. What is wrong with a text is counted by kind, so that a hostile database of a million bad
 * lines gives one remark.
 */
#ifndef IA_CATALOG_RECORD_H
#define IA_CATALOG_RECORD_H

#include "base/cancel.h"
#include "syntax/deb822.h"

/* One package as a database lists it. Views into the text. */
struct ia_record {
    struct ia_str name;
    struct ia_str version; /* may be empty only when it is not installed */
    struct ia_str architecture;
    struct ia_str source; /* never empty: the name when the database has none */
    struct ia_str source_version;
    struct ia_str license;
    struct ia_str maintainer;
    struct ia_str text; /* apk: the whole record, which lists the files too */
    size_t offset;      /* of the record's first byte */
    bool installed;     /* its files are on disk */
};

enum ia_damage_kind {
    IA_DAMAGE_LINE = 0,  /* a line that is neither field nor continuation */
    IA_DAMAGE_RECORD,    /* a record without name or version */
    IA_DAMAGE_FIELD,     /* a field given twice, or over several lines where one is allowed */
    IA_DAMAGE_STATE,     /* a package state that is not known: taken as installed */
    IA_DAMAGE_NUL,       /* bytes of value 0: not a text */
    IA_DAMAGE_LONG,      /* a value over the limit string_bytes: left out, or its record */
    IA_DAMAGE_NAME,      /* invalid UTF-8 or control characters */
    IA_DAMAGE_DUPLICATE, /* a package listed twice in one database */
    IA_DAMAGE_KINDS
};

struct ia_damage {
    size_t count[IA_DAMAGE_KINDS];
    size_t first[IA_DAMAGE_KINDS]; /* offset of the first */
};

void ia_damage_add(struct ia_damage *damage, enum ia_damage_kind kind, size_t offset);

struct ia_db_reader {
    struct ia_deb822 lines; /* the text and how far it has been read; apk uses no more of it */
    struct ia_damage damage;
    struct ia_cancel *cancel; /* looked at on every line; once it is set there are no more records. NULL: none */
};

void ia_db_reader_init(struct ia_db_reader *reader, struct ia_str text);

/* The next record that has a name, and a version if it is installed; false at the end. */
typedef bool ia_record_next(struct ia_db_reader *reader, struct ia_record *out);
ia_record_next ia_dpkg_next;
ia_record_next ia_apk_next;

/* The paths that an apk record lists: directory (may be empty) and file name. Start with the text of the record. */
struct ia_apk_files {
    struct ia_str rest;
    struct ia_str directory;
};
bool ia_apk_next_file(struct ia_apk_files *files, struct ia_str *name);

/* The next path of a dpkg file list ("/usr/bin/x" a line), without the leading '/'; "/." is left out. */
bool ia_dpkg_list_next(struct ia_str *rest, struct ia_str *path);
/* The next path of a list of checksums ("HASH  usr/bin/x" a line). */
bool ia_dpkg_md5sums_next(struct ia_str *rest, struct ia_str *path);

#endif
