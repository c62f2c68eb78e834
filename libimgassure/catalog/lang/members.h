/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of JSON manifests, in one pass, by tables: which objects of the document are records (one package each, as a
 * rule), and which of their members matter. A path is names joined by '.', with "[]" for every element of an array and
 * "{}" for every member of an object: "license", "author.name", "licenses[].type", "targets{}{}". Names that hold one
 * of
 * ".[{" match only "{}". What is not in the table is skipped. A byte order mark is skipped, too, and invalid UTF-8
 * replaced: the ecosystems' own readers load such files. Limit: package_files, and 2^20, for the values of one record.
 */
#ifndef IA_CATALOG_LANG_MEMBERS_H
#define IA_CATALOG_LANG_MEMBERS_H

#include "base/buf.h"
#include "base/vec.h"
#include "catalog/found.h"

enum { IA_MEMBERS = 24 }; /* paths of one table, at most */

/* Where the texts of the values lie while a document is read. */
struct ia_member_store {
    struct ia_buf text;
    struct ia_vec values;
};

/* One object that the table names. */
struct ia_member_record {
    struct ia_str key; /* its name, where the path of the records ends in "{}" */
    int64_t offset;    /* in the document */
    bool whole;        /* false: the document is damaged inside; what came before is there */
    bool repeated;     /* a member came twice; the last one counts, as for the ecosystems' own readers */
    const struct ia_member_store *store;
    struct {
        size_t first, last; /* of the values, counted from 1; 0: none */
        bool named;         /* the document has it, of whatever type */
    } members[IA_MEMBERS];
};

struct ia_member_table {
    const char *each;         /* which objects are records: "" for the document itself, "packages[]", "libraries{}" */
    const char *const *paths; /* inside a record, at most IA_MEMBERS; ends with NULL */
    bool nested;              /* records lie inside records, too, in the place that each names: "components[]" */
    /* Gets each record at its end, inner ones first; views are valid until it returns. < 0 ends the reading. */
    int (*take)(void *user, struct ia_env *env, const struct ia_member_record *record);
};

/* The string at paths[index] of the table, the first one of a list; empty when there is none. Never holds U+0000. */
struct ia_str ia_member(const struct ia_member_record *record, size_t index);
/* The strings of a list, one after the other; *at is 0 at first. */
bool ia_member_next(const struct ia_member_record *record, size_t index, size_t *at, struct ia_str *out);
/* A number as written; empty when the value is none. */
struct ia_str ia_member_number(const struct ia_member_record *record, size_t index);
/* Whether the member is there, if only as null or of another type. */
bool ia_member_named(const struct ia_member_record *record, size_t index);
bool ia_member_true(const struct ia_member_record *record, size_t index);

/*
 * Reads a whole document: 1, or 0 when it holds no record. A damaged document, and one that should be a record and is
 * none, is a note IMGA_NOTE_DB_PARTIAL in found (NULL: nowhere); records that were open are taken with what they have.
 * < 0: memory, cancel, or what take answered.
 */
int ia_members_read(struct ia_env *env, struct ia_str document, const struct ia_member_table *table, void *user,
                    struct ia_found *found);

#endif
