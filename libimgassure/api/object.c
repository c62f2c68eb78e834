/* SPDX-License-Identifier: Apache-2.0 */
/* What every entry point shares. */
#include "api/object.h"

#include "base/status.h"

#include <string.h>

void ia_api_begin(struct ia_env *env, imga_context *context)
{
    *env = (struct ia_env){
        .alloc = context->alloc,
        .limits = &context->limits,
        .hooks = &context->hooks,
        .crypto = context->crypto,
        .seed = {context->seed[0], context->seed[1]},
        .threads = context->threads,
        .classifiers = context->classifiers,
        .classifiers_id = context->classifiers ? context->classifiers_id : NULL,
        .error = {.offset = -1},
    };
}

void *ia_api_object(struct ia_env *env, size_t size)
{
    struct ia_ref *object = ia_new(&env->alloc, size);
    if (object)
        ia_ref_init(object);
    else
        ia_fail_nomem(env);
    return object;
}

/* The caller's row may be shorter or longer than ours: the common part is filled, the rest of theirs is zeroed. */
static void put_row(const struct ia_api_rows *rows, size_t index, void *out, uint32_t size)
{
    union {
        uint64_t align;
        uint8_t bytes[640]; /* the longest row: imga_cpe_row */
    } row = {0};
    size_t common = size < rows->row_size ? size : rows->row_size;
    rows->fill(rows->object, index, &row);
    memcpy(row.bytes, &size, sizeof(size));
    memset(out, 0, size);
    memcpy(out, row.bytes, common);
}

static uint32_t row_size(const void *row)
{
    uint32_t size;
    memcpy(&size, row, sizeof(size));
    return size;
}

int64_t ia_api_fill(const struct ia_api_rows *rows, size_t first, void *out, size_t count)
{
    if (!rows->object || (count && !out))
        return IMGA_E_INVALID;
    if (count == 0 || first >= rows->total)
        return 0;
    uint32_t size = row_size(out);
    if (size < 2 * sizeof(uint32_t) || size % sizeof(uint64_t))
        return IMGA_E_INVALID;
    size_t n = rows->total - first < count ? rows->total - first : count;
    for (size_t i = 0; i < n; i++)
        put_row(rows, first + i, (uint8_t *)out + i * size, size);
    return (int64_t)n;
}

int ia_api_fill_one(const struct ia_api_rows *rows, void *out)
{
    if (!out)
        return IMGA_E_INVALID;
    int64_t n = ia_api_fill(rows, 0, out, 1);
    return n == 1 ? IMGA_OK : IMGA_E_INVALID;
}

static void note_row(const void *object, size_t index, void *row)
{
    const struct ia_note *note = ia_notes_at(object, index);
    imga_note_row *out = row;
    out->code = note->code;
    out->offset = note->offset;
    out->where = note->where;
    out->text = note->text;
}

int64_t ia_api_notes(const struct ia_notes *notes, size_t first, imga_note_row *out, size_t count)
{
    struct ia_api_rows rows = {notes, ia_notes_count(notes), sizeof(imga_note_row), note_row};
    return ia_api_fill(&rows, first, out, count);
}
