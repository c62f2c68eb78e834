/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes: coded remarks on a result, with place and offset. Texts are escaped and valid UTF-8. A note that repeats code,
 * place and text of an earlier one is kept once. Beyond the maximum they are only counted, and
 * IMGA_NOTE_DROPPED says so.
 */
#ifndef IA_BASE_NOTES_H
#define IA_BASE_NOTES_H

#include "base/arena.h"
#include "base/macros.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct ia_note {
    int32_t code;
    int64_t offset; /* -1 when unknown */
    const char *where;
    const char *text;
};

struct ia_notes {
    struct ia_arena arena;
    struct ia_vec rows; /* struct ia_note */
    uint64_t dropped;
};

void ia_notes_init(struct ia_notes *notes, const struct ia_alloc *alloc, size_t max);
void ia_notes_free(struct ia_notes *notes); /* zeroed is fine */
/* where and text may hold any bytes. IMGA_E_NOMEM. */
int ia_notes_add(struct ia_notes *notes, int32_t code, int64_t offset, struct ia_str where,
                 struct ia_str text) IA_MUST_USE;
size_t ia_notes_count(const struct ia_notes *notes);
const struct ia_note *ia_notes_at(const struct ia_notes *notes, size_t index);
bool ia_notes_complete(const struct ia_notes *notes); /* no note makes the result incomplete */
bool ia_note_is_incomplete(int32_t code);
const char *ia_note_name(int32_t code);        /* "unknown" for others */
int32_t ia_note_from_name(struct ia_str name); /* 0 when unknown */

#endif
