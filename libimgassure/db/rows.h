/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a writer holds in memory: distinct texts by number, and rows of numbers. Before the database is written the
 * numbers are replaced by offsets into the sorted texts; rows then order by numbers alone.
 */
#ifndef IA_DB_ROWS_H
#define IA_DB_ROWS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "db/db.h"

struct ia_db_texts {
    struct ia_arena arena;
    struct ia_map map;  /* text -> number */
    struct ia_vec rows; /* struct ia_str; number 0 is "" */
};

/* The texts of a record; those before FIXED are its place in the order. */
enum ia_db_text {
    IA_TEXT_DISTRO,
    IA_TEXT_RELEASE,
    IA_TEXT_PACKAGE,
    IA_TEXT_ID,
    IA_TEXT_REPOSITORY,
    IA_TEXT_FIXED,
    IA_TEXT_URGENCY,
    IA_TEXT_REASON,
    IA_TEXTS
};

struct ia_db_row {
    uint32_t text[IA_TEXTS];
    uint32_t feed;
    uint8_t status, severity;
};

struct ia_db_cover {
    uint32_t text[3]; /* distribution, release, repository */
    uint32_t feed;
    uint64_t records;
};

struct ia_db_feed_row {
    uint32_t name, sha256;
    struct ia_feed facts; /* without the two texts */
};

struct ia_db_writer {
    struct ia_alloc alloc;
    struct ia_db_texts texts;
    struct ia_vec rows;     /* struct ia_db_row */
    struct ia_vec coverage; /* struct ia_db_cover */
    struct ia_vec feeds;    /* struct ia_db_feed_row */
    enum { IA_DB_BETWEEN, IA_DB_IN_FEED, IA_DB_WRITTEN } state;
    size_t first_row, first_cover; /* of the feed being read */
    struct ia_arena feed_arena;    /* keys of feed_covers */
    struct ia_map feed_covers;     /* three numbers -> index in coverage, of the feed being read */
};

/* texts.c */
int ia_db_texts_init(struct ia_env *env, struct ia_db_texts *texts);
void ia_db_texts_free(struct ia_db_texts *texts);
int ia_db_texts_add(struct ia_db_texts *texts, struct ia_env *env, struct ia_str text, uint32_t *number);
/* Replaces every number in the rows by an offset; *pool receives the section of strings. Texts nobody uses are left
 * out. */
int ia_db_texts_place(struct ia_db_writer *writer, struct ia_env *env, struct ia_buf *pool);

#endif
