/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the JSON documents of an image in one pass: objects by a table of the members that matter, arrays element by
 * element. A member of the table that comes twice, or in a spelling that another reader would take for it, is
 * E_AMBIGUOUS; a wrong type is E_FORMAT; members outside the table are skipped.
 */
#ifndef IA_IMAGE_DOCUMENT_H
#define IA_IMAGE_DOCUMENT_H

#include "base/arena.h"
#include "crypto/digest.h"
#include "syntax/json_read.h"

struct ia_document {
    struct ia_env *env;
    struct ia_arena *arena; /* where kept strings go */
    struct ia_reader *reader;
    struct ia_json *json;
    const char *member; /* the last member of a table, for messages */
    bool is_ahead;      /* event and text are read but not yet used */
    int event;
    struct ia_str text;
};

/* The members that matter, at most 32. */
struct ia_members {
    const char *const *names;
    unsigned count;
    bool is_map; /* keys are data (annotations): only the exact spelling counts */
};

struct ia_object {
    const struct ia_members *members;
    uint32_t seen; /* bit i: member i was there */
};

/* bytes must outlive the document. ia_document_close() also after a failure. */
int ia_document_open(struct ia_document *d, struct ia_env *env, struct ia_arena *arena, struct ia_str bytes);
/* The same over a reader, which is taken over; arena may be NULL where no text is kept. */
int ia_document_stream(struct ia_document *d, struct ia_env *env, struct ia_arena *arena, struct ia_reader *reader);
int ia_document_end(struct ia_document *d); /* nothing may follow */
void ia_document_close(struct ia_document *d);
int64_t ia_document_offset(const struct ia_document *d);

/* 1: an object has begun; 0: null; E_FORMAT. */
int ia_object_begin(struct ia_document *d, struct ia_object *object, const struct ia_members *members);
/* 1: the value of member *index comes next; 0: the end of the object. */
int ia_object_next(struct ia_document *d, struct ia_object *object, unsigned *index);
/*
 * As ia_object_next() for members that do not tell which files an image is made of: another spelling of a name counts
 * as the member, which may come again, as Go's encoding/json reads it. A note IMGA_NOTE_DUPLICATE says so.
 */
int ia_object_next_loose(struct ia_document *d, struct ia_object *object, unsigned *index);
/* 1: the value of *key, which was copied as ia_document_text() does, comes next; 0: the end of the object. */
int ia_map_next(struct ia_document *d, const char **key);
/* 1: an array has begun; 0: null; E_FORMAT. */
int ia_array_begin(struct ia_document *d);
/* 1: an element comes next; 0: the end of the array. */
int ia_array_next(struct ia_document *d);

int ia_document_peek(struct ia_document *d); /* the event that comes next, without taking it, or a status */
int ia_document_skip(struct ia_document *d); /* the next value, which follows a member's name */
/* The next value; *out is valid until the next call. */
int ia_document_string(struct ia_document *d, struct ia_str *out);
/* A string or null (""), copied into the arena, U+0000 replaced by U+FFFD. */
int ia_document_text(struct ia_document *d, const char **out);
int ia_document_u64(struct ia_document *d, uint64_t *out); /* a plain non-negative integer */
int ia_document_i64(struct ia_document *d, int64_t *out);  /* a plain integer; null leaves *out alone */
int ia_document_void(struct ia_document *d);               /* an object of any content, or null */
int ia_document_bool(struct ia_document *d, bool *out);    /* null gives false */
int ia_document_digest(struct ia_document *d, struct ia_digest *out);

#endif
