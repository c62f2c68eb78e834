/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a runtime looks is where this looks: behind the footer of the blob. Only of a layer that came through a pipe
 * the file in the stream is taken for it; without a footer nobody reads that file as a table. Limit: document_bytes,
 * and less for small layers, so that tables cost no more than what they are about.
 */
#include "scan/toc.h"

#include "base/checked.h"
#include "image/toc_frame.h"
#include "io/digest_reader.h"
#include "rootfs/path.h"
#include "scan/toc_compare.h"

#include <stdio.h>

enum { PLACE = 32, LONG_PLACE = 512, SPARE_BYTES = 1024 * 1024 };

struct check {
    struct ia_env *env;
    const struct ia_image *image;
    uint32_t layer;
    struct ia_layer_record *record;
    struct ia_toc_frame frame;
    bool in_stream;             /* a file of the name is in the layer */
    struct ia_content *content; /* of it, the last one; NULL: not kept */
};

static const char *kind_name(enum ia_toc_kind kind)
{
    return kind == IA_TOC_CHUNKED ? "zstd:chunked" : "eStargz";
}

/* ---- the file in the stream ---- */

/* Finds it, or forgets what was kept of it. */
static int search(struct check *c, bool forget)
{
    struct ia_layer_record_cursor cursor = ia_layer_record_begin(c->record);
    struct ia_layer_record_entry entry;
    struct ia_vec parts;
    struct ia_buf key;
    int status = IMGA_OK;
    ia_vec_init(&parts, &c->env->alloc, sizeof(struct ia_str), SIZE_MAX);
    ia_buf_init(&key, &c->env->alloc, SIZE_MAX);
    while (ia_layer_record_next(&cursor, &entry) > 0) {
        if (entry.tar.type != IA_TAR_FILE || !ia_str_ends(entry.tar.name, ia_str_from(ia_toc_name)))
            continue;
        IA_GO(status, ia_toc_key(c->env, entry.tar.name, &parts, &key));
        if (status == 0 || !ia_str_is(ia_buf_view(&key), ia_toc_name))
            continue;
        if (forget && entry.content)
            ia_layer_record_drop(c->record, entry.content);
        c->in_stream = true;
        c->content = forget ? NULL : entry.content;
    }
    status = IMGA_OK;
out:
    ia_vec_free(&parts);
    ia_buf_free(&key);
    return status;
}

/* ---- notes ---- */

static int note_there(const struct check *c, bool estargz, bool chunked)
{
    char place[PLACE];
    snprintf(place, sizeof(place), "layer %u", (unsigned)c->layer);
    if (estargz && chunked)
        return ia_note(c->env, IMGA_NOTE_TOC, -1, ia_str_from(place),
                       "two tables of contents, eStargz and zstd:chunked: ambiguous; the layer was read without them");
    return ia_note(c->env, IMGA_NOTE_TOC, -1, ia_str_from(place),
                   "a table of contents (%s): the layer was read without it", estargz ? "eStargz" : "zstd:chunked");
}

static int note_unread(const struct check *c, enum ia_toc_kind kind, const char *why)
{
    char place[PLACE];
    snprintf(place, sizeof(place), "layer %u", (unsigned)c->layer);
    return ia_note(c->env, IMGA_NOTE_SKIPPED, -1, ia_str_from(place),
                   "the %s table of contents could not be compared with the layer: %.300s", kind_name(kind), why);
}

static int note_difference(const struct check *c, enum ia_toc_kind kind, const struct ia_toc_difference *difference)
{
    char place[LONG_PLACE];
    snprintf(place, sizeof(place), "layer %u: %s", (unsigned)c->layer, difference->name);
    return ia_note(c->env, IMGA_NOTE_SKIPPED, -1, ia_str_from(place),
                   "the %s table of contents differs from the layer: %s; what a runtime that goes by it sees was not "
                   "examined",
                   kind_name(kind), difference->what);
}

static int note_lost(const struct check *c)
{
    char place[PLACE];
    snprintf(place, sizeof(place), "layer %u", (unsigned)c->layer);
    return ia_note(c->env, IMGA_NOTE_SKIPPED, -1, ia_str_from(place),
                   "the descriptor promises a table of contents that the layer does not hold: it was not compared");
}

/* ---- comparing ---- */

/* A table takes about as many bytes as the headers it is about, and never many times as much. */
static void set_limit(struct check *c)
{
    uint64_t most;
    if (!ia_mul_u64(c->record->bytes, 2, &most) || !ia_add_u64(most, SPARE_BYTES, &most))
        most = UINT64_MAX;
    bool by_layer = most < c->env->limits->document_bytes;
    c->frame.max = by_layer ? most : c->env->limits->document_bytes;
    c->frame.limit = by_layer ? "for a layer of this size" : "document_bytes";
}

static int open_content(const struct check *c, struct ia_reader **out)
{
    struct ia_expected json = {c->frame.digest, UINT64_MAX, c->frame.max, c->frame.limit, "table of contents", false};
    struct ia_reader *reader = NULL;
    if (!c->content || c->content->state != IA_CONTENT_WHOLE)
        return ia_fail(c->env, IMGA_E_UNSUPPORTED, -1, "it is sparse or over the limit file_bytes");
    IA_TRY(ia_reader_memory(c->env, c->content->p, c->content->n, &reader));
    return ia_digest_reader(c->env, reader, &json, out);
}

/* 1: it differs; 0: it does not. */
static int compare(const struct check *c, enum ia_toc_kind kind, struct ia_toc_compare *with,
                   struct ia_toc_difference *out)
{
    struct ia_reader *json = NULL;
    int status = c->frame.is_gone ? open_content(c, &json)
                                  : ia_image_layer_toc_open(c->image, c->env, c->layer, &c->frame, &json);
    IA_TRY(status);
    status = ia_toc_compare_begin(with, c->env, c->record, kind == IA_TOC_ESTARGZ);
    if (status < 0) {
        ia_reader_close(json);
        return status;
    }
    IA_TRY(ia_toc_read(c->env, json, ia_toc_compare_entry, with));
    return ia_toc_compare_end(with, c->env, out);
}

/* What the table's own bytes can be guilty of. */
static bool is_damage(int status)
{
    switch (status) {
    case IMGA_E_LIMIT:
    case IMGA_E_FORMAT:
    case IMGA_E_TRUNCATED:
    case IMGA_E_CHECKSUM:
    case IMGA_E_DIGEST:
    case IMGA_E_UNSUPPORTED:
    case IMGA_E_AMBIGUOUS:
        return true;
    default:
        return false;
    }
}

static int compare_and_note(const struct check *c, enum ia_toc_kind kind)
{
    struct ia_toc_compare with = {.record = NULL};
    struct ia_toc_difference difference;
    struct ia_error error;
    if (c->frame.trouble)
        return note_unread(c, kind, c->frame.trouble);
    int status = compare(c, kind, &with, &difference);
    if (status > 0)
        status = note_difference(c, kind, &difference);
    ia_toc_compare_free(&with);
    if (!is_damage(status))
        return status;
    error = c->env->error;
    ia_error_clear(c->env);
    return note_unread(c, kind, error.message);
}

/* ---- the layer ---- */

static int judge(const struct check *c)
{
    const struct ia_toc_frame *frame = &c->frame;
    bool chunked = frame->kind == IA_TOC_CHUNKED && (!frame->is_gone || frame->promises_chunked);
    bool estargz = frame->kind == IA_TOC_ESTARGZ && (!frame->is_gone || c->in_stream);
    bool lost = (frame->promises_chunked && !chunked) || (frame->promises_any && !chunked && !estargz);
    if (!chunked && !estargz && !lost && !c->in_stream)
        return 0;
    if (chunked || estargz || c->in_stream)
        IA_TRY(note_there(c, estargz || c->in_stream, chunked));
    if (chunked && frame->is_gone)
        IA_TRY(note_unread(c, IA_TOC_CHUNKED, "it went by in an archive that was read once"));
    else if (chunked || estargz)
        IA_TRY(compare_and_note(c, frame->kind));
    if (lost)
        IA_TRY(note_lost(c));
    return 1;
}

int ia_toc_check(struct ia_env *env, const struct ia_image *image, uint32_t layer, struct ia_layer_record *record)
{
    struct check c = {.env = env, .image = image, .layer = layer, .record = record};
    IA_TRY(ia_image_layer_toc(image, env, layer, &c.frame));
    set_limit(&c);
    IA_TRY(search(&c, false));
    int status = judge(&c);
    if (status >= 0 && c.in_stream)
        IA_TRY(search(&c, true));
    return status;
}

int ia_toc_wants_init(struct ia_env *env, const struct ia_want *rows, size_t count, struct ia_toc_wants *out)
{
    *out = (struct ia_toc_wants){.alloc = env->alloc};
    out->rows = ia_new_array(&env->alloc, count + 1, sizeof(*rows));
    if (!out->rows)
        return ia_fail_nomem(env);
    for (size_t i = 0; i < count; i++)
        out->rows[i] = rows[i];
    out->rows[count] = (struct ia_want){ia_toc_name, NULL};
    return ia_wants_init(&out->wants, &env->alloc, out->rows, count + 1) < 0 ? ia_fail_nomem(env) : IMGA_OK;
}

void ia_toc_wants_free(struct ia_toc_wants *wants)
{
    ia_wants_free(&wants->wants);
    ia_free(&wants->alloc, wants->rows);
    wants->rows = NULL;
}
