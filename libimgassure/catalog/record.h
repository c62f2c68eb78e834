/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package databases as contents: the readers that cut them into records, without a root view. What is wrong with a
 * database is counted by kind, so that a hostile one of a million bad lines gives one remark.
 */
#ifndef IA_CATALOG_RECORD_H
#define IA_CATALOG_RECORD_H

#include "base/cancel.h"
#include "catalog/found.h"
#include "syntax/deb822.h"

/*
 * The files that a record lists, one at a time: the directory ("" for the root; slashes at either end as the database
 * writes them) and the name in it. Only the reader that filled it in knows the rest. It may be copied to begin again.
 */
struct ia_record_files {
    bool (*next)(struct ia_record_files *files, struct ia_str *directory, struct ia_str *name); /* NULL: no list here */
    struct ia_str a, b, c, d;
    uint64_t at;
};

/* One package as a database lists it. Views into the database. */
struct ia_record {
    struct ia_str name;
    struct ia_str version; /* may be empty only when it is not installed */
    struct ia_str architecture;
    struct ia_str source; /* never empty: the name when the database has none */
    struct ia_str source_version;
    struct ia_str license;
    struct ia_str maintainer;
    size_t offset;   /* of the record's first byte */
    bool installed;  /* its files are on disk */
    bool kept_apart; /* no package, though it is listed like one: rpm's "gpg-pubkey" */
    /*
     * Only those known. rpm: "epoch", "release", "source-rpm", "vendor", "modularity", "signature-key", "md5",
     * "install-time", "repository"; dpkg and opkg: "state" when it is not plain "installed", "hold" = "1"; apk: "state"
     * = "broken", "repository-tag"; apk and opkg: "explicit" = "1" when it was asked for by name.
     */
    const struct ia_field *fields;
    size_t field_count;
    struct ia_record_files files;
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
    IA_DAMAGE_FORMAT,    /* a database of a format that is not known */
    IA_DAMAGE_PAGE,      /* a page, block or row of a binary database that cannot be read */
    IA_DAMAGE_HEADER,    /* rpm: a package header that is damaged, or a value of it */
    IA_DAMAGE_FILES,     /* a package's list of files that is not whole */
    IA_DAMAGE_SOURCE,    /* a source package that is not named as one: the package's own name is taken */
    IA_DAMAGE_JOURNAL,   /* a journal beside the database: changes that are not all in it */
    IA_DAMAGE_KINDS
};

struct ia_damage {
    size_t count[IA_DAMAGE_KINDS];
    size_t first[IA_DAMAGE_KINDS]; /* offset of the first */
};

/* first of a kind where the place is not known */
#define IA_DAMAGE_NOWHERE SIZE_MAX

void ia_damage_add(struct ia_damage *damage, enum ia_damage_kind kind, size_t offset);

/* Takes the next record of a database; its views and those of its files are valid during the call. */
typedef int ia_take_record(void *user, struct ia_env *env, const struct ia_record *record);

struct ia_named_files; /* catalog/named_files.h */
struct ia_rpm_history; /* catalog/rpm/history.h */

enum { IA_DB_BESIDE = 2 };

/* The contents of one database and of what its format reads beside it; each may be empty. */
struct ia_db_source {
    struct ia_str text;
    bool cut;                              /* text is only its first bytes */
    struct ia_str beside[IA_DB_BESIDE];    /* apk: etc/apk/world; rpm: "-wal" and "-journal" of SQLite's databases */
    const struct ia_named_files *controls; /* opkg: info/NAME.control; NULL: none */
    const struct ia_rpm_history *history;  /* rpm: where packages came from; NULL: none */
};

/*
 * Calls back for every record, until a result < 0, and counts what is wrong. IMGA_OK or a described failure: memory,
 * cancel, what take returned. Damage is no failure.
 */
typedef int ia_db_read(struct ia_env *env, const struct ia_db_source *source, struct ia_damage *damage,
                       ia_take_record *take, void *user);
ia_db_read ia_dpkg_read;
ia_db_read ia_apk_read;
ia_db_read ia_opkg_read;

enum { IA_READER_FIELDS = 4 };

/* What the readers of texts share. */
struct ia_db_reader {
    struct ia_deb822 lines;   /* the text and how far it has been read; apk uses no more of it */
    struct ia_damage *damage; /* never NULL */
    struct ia_cancel *cancel; /* looked at on every line; once it is set there are no more records. NULL: none */
    struct ia_field fields[IA_READER_FIELDS]; /* of the record at hand */
};

void ia_db_reader_init(struct ia_db_reader *reader, struct ia_str text, struct ia_damage *damage);

/* The next record that has a name, and a version if it is installed; false at the end. */
typedef bool ia_record_next(struct ia_db_reader *reader, struct ia_record *out);
ia_record_next ia_dpkg_next;
ia_record_next ia_apk_next;
ia_record_next ia_opkg_next;

/* Adds a field, in the reader's memory: until the next record. */
void ia_record_add_field(struct ia_db_reader *reader, struct ia_record *record, const char *name, struct ia_str value);
/* The loop of a reader of texts over a source. A database that is cut off ends with its last whole line. */
int ia_records_read(struct ia_env *env, struct ia_db_reader *reader, ia_record_next *next, ia_take_record *take,
                    void *user);
struct ia_str ia_db_text(const struct ia_db_source *source);

/* The next path of a dpkg file list ("/usr/bin/x" a line), without the leading '/'; "/." is left out. */
bool ia_dpkg_list_next(struct ia_str *rest, struct ia_str *path);
/* The next path of a list of checksums ("HASH  usr/bin/x" a line). */
bool ia_dpkg_md5sums_next(struct ia_str *rest, struct ia_str *path);

#endif
