/* SPDX-License-Identifier: Apache-2.0 */
/* Notes and the table of their codes. The registry of the codes is <imgassure/status.h>. */
#include "base/notes.h"

#include "base/utf8.h"

#include <imgassure/status.h>

enum { TEXT_MAX = 4096 };

static const struct {
    const char *name;
    bool incomplete;
} codes[] = {
    [IMGA_NOTE_DUPLICATE] = {"duplicate", false},
    [IMGA_NOTE_PATH] = {"path", false},
    [IMGA_NOTE_LINK] = {"link", false},
    [IMGA_NOTE_LINK_LOOP] = {"link-loop", true},
    [IMGA_NOTE_WHITEOUT] = {"whiteout", false},
    [IMGA_NOTE_OVERLAY] = {"overlay", false},
    [IMGA_NOTE_TRAILING] = {"trailing", false},
    [IMGA_NOTE_PAX] = {"pax", false},
    [IMGA_NOTE_TYPE] = {"type", false},
    [IMGA_NOTE_NAME] = {"name", false},
    [IMGA_NOTE_DB_PARTIAL] = {"db-partial", true},
    [IMGA_NOTE_DB_JOURNAL] = {"db-journal", true},
    [IMGA_NOTE_DB_MULTIPLE] = {"db-multiple", false},
    [IMGA_NOTE_OS] = {"os", true},
    [IMGA_NOTE_SKIPPED] = {"skipped", true},
    [IMGA_NOTE_MEDIATYPE] = {"mediatype", false},
    [IMGA_NOTE_TOC] = {"toc", false},
    [IMGA_NOTE_ARCHIVE] = {"archive", true},
    [IMGA_NOTE_BINARY] = {"binary", false},
    [IMGA_NOTE_FEED] = {"feed", true},
    [IMGA_NOTE_NO_FEED] = {"no-feed", true},
    [IMGA_NOTE_VERSION] = {"version", true},
    [IMGA_NOTE_NO_PACKAGES] = {"no-packages", true},
    [IMGA_NOTE_DROPPED] = {"dropped", true},
};

bool ia_note_is_incomplete(int32_t code)
{
    return code <= 0 || code >= (int32_t)IA_COUNT(codes) || codes[code].incomplete;
}

const char *ia_note_name(int32_t code)
{
    return code <= 0 || code >= (int32_t)IA_COUNT(codes) ? "unknown" : codes[code].name;
}

int32_t ia_note_from_name(struct ia_str name)
{
    for (int32_t code = 1; code < (int32_t)IA_COUNT(codes); code++)
        if (ia_str_is(name, codes[code].name))
            return code;
    return 0;
}

void ia_notes_init(struct ia_notes *notes, const struct ia_alloc *alloc, size_t max)
{
    *notes = (struct ia_notes){.dropped = 0};
    ia_arena_init(&notes->arena, alloc);
    ia_vec_init(&notes->rows, alloc, sizeof(struct ia_note), max);
}

void ia_notes_free(struct ia_notes *notes)
{
    ia_vec_free(&notes->rows);
    ia_arena_free(&notes->arena);
}

/* A printable copy in the arena; NULL: no memory. Long texts are cut. */
static const char *keep(struct ia_notes *notes, struct ia_str text)
{
    struct ia_buf buf;
    const char *copy = NULL;
    ia_buf_init(&buf, &notes->arena.alloc, TEXT_MAX);
    int status = ia_utf8_escape(&buf, text);
    if (status == IMGA_OK || status == IMGA_E_LIMIT)
        copy = ia_arena_str(&notes->arena, ia_buf_view(&buf));
    ia_buf_free(&buf);
    return copy;
}

static bool is_known(const struct ia_notes *notes, const struct ia_note *note)
{
    for (size_t i = 0; i < notes->rows.n; i++) {
        const struct ia_note *old = ia_notes_at(notes, i);
        if (old->code == note->code && ia_str_is(ia_str_from(old->where), note->where) &&
            ia_str_is(ia_str_from(old->text), note->text))
            return true;
    }
    return false;
}

/* The last row is kept for the remark that there are more. */
static int drop(struct ia_notes *notes)
{
    const struct ia_note note = {IMGA_NOTE_DROPPED, -1, "", "more notes than the limit; the rest was only counted"};
    if (notes->dropped++ == 0 && notes->rows.n < notes->rows.max)
        return ia_vec_push(&notes->rows, &note);
    return IMGA_OK;
}

int ia_notes_add(struct ia_notes *notes, int32_t code, int64_t offset, struct ia_str where, struct ia_str text)
{
    if (notes->rows.n + 1 >= notes->rows.max)
        return drop(notes);
    struct ia_note note = {code, offset, keep(notes, where), keep(notes, text)};
    if (!note.where || !note.text)
        return IMGA_E_NOMEM;
    return is_known(notes, &note) ? IMGA_OK : ia_vec_push(&notes->rows, &note);
}

size_t ia_notes_count(const struct ia_notes *notes)
{
    return notes->rows.n;
}

const struct ia_note *ia_notes_at(const struct ia_notes *notes, size_t index)
{
    return ia_vec_at(&notes->rows, index);
}

bool ia_notes_complete(const struct ia_notes *notes)
{
    if (notes->dropped)
        return false;
    for (size_t i = 0; i < notes->rows.n; i++)
        if (ia_note_is_incomplete(ia_notes_at(notes, i)->code))
            return false;
    return true;
}
