/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each call carries: allocator, limits, notes, hooks, the seed of its maps, and the one error it may end with.
 * An env lives on the stack of one API call and belongs to its thread. Internal functions return 0 or a positive
 * answer, or a status below 0 after ia_fail() described it; the first error wins.
 */
#ifndef IA_BASE_ENV_H
#define IA_BASE_ENV_H

#include "base/alloc.h"
#include "base/cancel.h"
#include "base/macros.h"
#include "base/notes.h"
#include "base/str.h"

#include <imgassure/context.h>

enum { IA_ERROR_TEXT = 320 };

struct ia_error {
    int status; /* IMGA_OK: none */
    int64_t offset;
    char message[IA_ERROR_TEXT]; /* escaped, NUL-terminated */
    char where[IA_ERROR_TEXT];
};

struct ia_hooks {
    imga_log_fn log;
    void *log_user;
    int32_t log_level;
    imga_progress_fn progress;
    void *progress_user;
    struct ia_cancel *cancel; /* NULL: none */
    imga_layer_cache cache;   /* get NULL: none */
};

struct ia_crypto;      /* crypto/digest.h */
struct ia_hashing;     /* io/hashing.h */
struct ia_classifiers; /* catalog/binary/classify.h */

struct ia_env {
    struct ia_alloc alloc;
    const imga_limits *limits;    /* complete, never NULL */
    const struct ia_hooks *hooks; /* never NULL */
    struct ia_crypto *crypto;     /* never NULL where digests are made */
    struct ia_notes *notes;       /* where remarks go; NULL: nowhere */
    uint64_t seed[2];
    unsigned chunks_alive;      /* views that a reader made in this call keeps valid at a time; 0 means 1 */
    struct ia_hashing *hashing; /* where digest stages leave their chunks; NULL: they hash them at once */
    unsigned *chunks_left;      /* that a layer's outermost stage passes on before it answers IA_AGAIN; NULL: all */
    unsigned threads;           /* that a call may use; 0 means 1 */
    const struct ia_classifiers *classifiers; /* of the caller; NULL: the built-in ones */
    const char *classifiers_id;               /* what tells them from others; NULL: the built-in ones */
    struct ia_error error;
};

/*
 * Records an error and returns status. offset is a byte offset or -1. Arguments that come from the input are escaped
 * here. IMGA_E_NOMEM needs no memory.
 */
int ia_fail(struct ia_env *env, int status, int64_t offset, const char *format, ...) IA_PRINTF(4, 5);
int ia_fail_nomem(struct ia_env *env);
/* "the limit NAME (VALUE) is exceeded by WHAT" */
int ia_fail_limit(struct ia_env *env, int64_t offset, const char *limit, uint64_t value, struct ia_str what);
/* Puts a place in front of the places of the recorded error: "layer 3" then "layer 3: etc/os-release". Returns status.
 */
int ia_error_at(struct ia_env *env, int status, const char *format, ...) IA_PRINTF(3, 4);
void ia_error_clear(struct ia_env *env);

/* Adds a note; where and the text may hold any bytes. IMGA_E_NOMEM only. */
int ia_note(struct ia_env *env, int32_t code, int64_t offset, struct ia_str where, const char *format, ...)
    IA_PRINTF(5, 6) IA_MUST_USE;

/* IMGA_E_CANCELLED when the token is set. Call it at least every 256 KiB of input. */
int ia_check_cancel(struct ia_env *env) IA_MUST_USE;
/* Reports progress and checks the token. */
int ia_progress(struct ia_env *env, int32_t stage, uint64_t done, uint64_t total) IA_MUST_USE;
void ia_log(const struct ia_env *env, int32_t level, const char *format, ...) IA_PRINTF(3, 4);

/* Maps the bare IMGA_E_LIMIT and IMGA_E_NOMEM of ia_buf and ia_vec to a described error; other values pass. */
int ia_described(struct ia_env *env, int status, const char *limit, uint64_t value);

void ia_limits_fill(imga_limits *limits); /* all defaults, struct_size included */

#endif
