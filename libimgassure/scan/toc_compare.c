/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names are normalised as for the root view (rootfs/path.h). Limits: path_bytes, path_components: what is over them in
 * the stream has been noted by the root view and is left out here; in the table it is a name that the stream lacks.
 */
#include "scan/toc_compare.h"

#include "base/utf8.h"
#include "crypto/digest.h"
#include "image/toc_frame.h"
#include "rootfs/path.h"

enum verdict { MISSING = 0, SAME, OTHER_TYPE, OTHER_SIZE, OTHER_LINK, OTHER_DEVICE, OTHER_CONTENT, OMITTED };

static const char *const words[] = {
    [MISSING] = "only the stream has it", [OTHER_TYPE] = "another type",     [OTHER_SIZE] = "another size",
    [OTHER_LINK] = "another link target", [OTHER_DEVICE] = "another device", [OTHER_CONTENT] = "another content",
};

struct row {
    struct ia_layer_record_cursor at; /* before the entry */
    enum verdict verdict;
};

static int add_part(struct ia_buf *out, struct ia_str part)
{
    bool replaced = false;
    if (out->n)
        IA_TRY(ia_buf_char(out, '/'));
    return ia_utf8_repair(out, part, &replaced);
}

int ia_toc_key(struct ia_env *env, struct ia_str name, struct ia_vec *parts, struct ia_buf *out)
{
    unsigned odd;
    int fits = ia_path_split(env, name, parts, &odd);
    ia_buf_clear(out);
    for (size_t i = 0; fits > 0 && i < parts->n; i++) {
        const struct ia_str *part = ia_vec_at(parts, i);
        if (add_part(out, *part) < 0)
            return ia_fail_nomem(env);
    }
    return fits;
}

/* The entry of a row. The record has been read to its end before. */
static bool entry_of(const struct row *row, struct ia_layer_record_entry *out)
{
    struct ia_layer_record_cursor cursor = row->at;
    return ia_layer_record_next(&cursor, out) > 0;
}

static bool is_omitted(struct ia_str key)
{
    return ia_str_is(key, ia_toc_name) || ia_str_is(key, ".prefetch.landmark") ||
           ia_str_is(key, ".no.prefetch.landmark");
}

static int put_row(struct ia_toc_compare *c, struct ia_env *env, const struct row *row)
{
    struct ia_str key = ia_buf_view(&c->key);
    uint64_t index;
    if (ia_map_get(&c->names, key, &index)) {
        *(struct row *)ia_vec_at(&c->rows, (size_t)index) = *row;
        return IMGA_OK;
    }
    key.p = ia_arena_str(&c->arena, key);
    if (!key.p || ia_vec_push(&c->rows, row) < 0 || ia_map_put(&c->names, key, c->rows.n - 1) < 0)
        return ia_fail_nomem(env);
    return IMGA_OK;
}

static int take_stream(struct ia_toc_compare *c, struct ia_env *env)
{
    struct row row = {.at = ia_layer_record_begin(c->record)};
    struct ia_layer_record_cursor cursor = row.at;
    struct ia_layer_record_entry entry;
    int status;
    for (; (status = ia_layer_record_next(&cursor, &entry)) > 0; row.at = cursor) {
        IA_TRY(ia_check_cancel(env));
        int fits = ia_toc_key(env, entry.tar.name, &c->parts, &c->key);
        IA_TRY(fits);
        if (fits == 0 || c->key.n == 0)
            continue;
        row.verdict = c->omits && is_omitted(ia_buf_view(&c->key)) ? OMITTED : MISSING;
        IA_TRY(put_row(c, env, &row));
    }
    return status == 0 ? IMGA_OK : ia_fail(env, IMGA_E_INTERNAL, -1, "a damaged record of a layer");
}

int ia_toc_compare_begin(struct ia_toc_compare *c, struct ia_env *env, const struct ia_layer_record *record,
                         bool estargz)
{
    *c = (struct ia_toc_compare){.record = record, .omits = estargz};
    ia_arena_init(&c->arena, &env->alloc);
    ia_map_init(&c->names, &env->alloc, env->seed);
    ia_vec_init(&c->rows, &env->alloc, sizeof(struct row), SIZE_MAX);
    ia_vec_init(&c->parts, &env->alloc, sizeof(struct ia_str), SIZE_MAX);
    ia_buf_init(&c->key, &env->alloc, SIZE_MAX); /* as long as a name can become, which the limits bound */
    ia_buf_init(&c->other, &env->alloc, SIZE_MAX);
    return take_stream(c, env);
}

void ia_toc_compare_free(struct ia_toc_compare *c)
{
    ia_arena_free(&c->arena);
    ia_map_free(&c->names);
    ia_vec_free(&c->rows);
    ia_vec_free(&c->parts);
    ia_buf_free(&c->key);
    ia_buf_free(&c->other);
}

/* ---- one entry ---- */

/* Symbolic links byte by byte; hard links by what they name. */
static int same_link(struct ia_toc_compare *c, struct ia_env *env, const struct ia_tar_entry *tar, struct ia_str link)
{
    bool replaced = false;
    ia_buf_clear(&c->other);
    if (tar->type == IA_TAR_SYMLINK) {
        if (ia_utf8_repair(&c->other, tar->link, &replaced) < 0)
            return ia_fail_nomem(env);
        return ia_str_eq(ia_buf_view(&c->other), link);
    }
    int fits = ia_toc_key(env, tar->link, &c->parts, &c->other);
    if (fits > 0)
        fits = ia_toc_key(env, link, &c->parts, &c->key);
    return fits <= 0 ? fits : ia_str_eq(ia_buf_view(&c->key), ia_buf_view(&c->other));
}

static int hash_content(struct ia_env *env, const struct ia_layer_record_entry *entry, struct ia_digest *digest)
{
    struct ia_hash *hash = NULL;
    int status;
    IA_GO(status, ia_hash_new(env, digest->algorithm, &hash));
    IA_GO(status, ia_hash_update(hash, env, entry->content->p, entry->content->n));
    IA_GO(status, ia_hash_finish(hash, env, digest));
out:
    ia_hash_free(hash);
    return status;
}

/* Of files of which nothing is at hand, nothing can be said. */
static int same_content(struct ia_env *env, const struct ia_layer_record_entry *entry, struct ia_str text)
{
    bool is_kept = entry->content && entry->content->state == IA_CONTENT_WHOLE;
    struct ia_digest said = {0}, found = {0};
    if (entry->tar.size == 0 || (!is_kept && !entry->digest))
        return 1;
    int status = ia_digest_parse(env, text, &said);
    if (status == IMGA_E_FORMAT || status == IMGA_E_UNSUPPORTED) {
        ia_error_clear(env);
        return 0;
    }
    IA_TRY(status);
    found.algorithm = said.algorithm;
    if (is_kept)
        IA_TRY(hash_content(env, entry, &found));
    else if (said.algorithm == IA_DIGEST_SHA256)
        for (size_t i = 0; i < IA_FILE_DIGEST; i++)
            found.bytes[i] = entry->digest[i];
    else
        return 1;
    return ia_digest_equal(&said, &found);
}

static bool same_device(const struct ia_tar_entry *tar, const struct ia_toc_entry *entry)
{
    return (tar->flags & IA_TAR_ODD_NUMBER) ||
           (tar->device_major == entry->device_major && tar->device_minor == entry->device_minor);
}

/* An enum verdict, or a status. */
static int judge_file(struct ia_env *env, const struct ia_layer_record_entry *stream, const struct ia_toc_entry *entry)
{
    if (stream->tar.flags & IA_TAR_SPARSE)
        return SAME; /* the size that was stored is another one */
    if (stream->tar.size != entry->size)
        return OTHER_SIZE;
    int same = same_content(env, stream, entry->digest);
    return same < 0 ? same : same ? SAME : OTHER_CONTENT;
}

static int judge(struct ia_toc_compare *c, struct ia_env *env, const struct ia_layer_record_entry *stream,
                 const struct ia_toc_entry *entry)
{
    int same;
    if ((int)stream->tar.type != entry->type)
        return OTHER_TYPE;
    switch (stream->tar.type) {
    case IA_TAR_FILE:
        return judge_file(env, stream, entry);
    case IA_TAR_SYMLINK:
    case IA_TAR_HARDLINK:
        same = same_link(c, env, &stream->tar, entry->link);
        return same < 0 ? same : same ? SAME : OTHER_LINK;
    case IA_TAR_CHARACTER:
    case IA_TAR_BLOCK:
        return same_device(&stream->tar, entry) ? SAME : OTHER_DEVICE;
    case IA_TAR_DIRECTORY:
    case IA_TAR_FIFO:
        break;
    }
    return SAME;
}

static int take_extra(struct ia_toc_compare *c, struct ia_env *env, struct ia_str name)
{
    if (!c->extra)
        c->extra = ia_arena_str(&c->arena, name);
    return c->extra ? IMGA_OK : ia_fail_nomem(env);
}

int ia_toc_compare_entry(void *user, struct ia_env *env, const struct ia_toc_entry *entry)
{
    struct ia_toc_compare *c = user;
    struct ia_layer_record_entry stream;
    uint64_t index;
    IA_TRY(ia_check_cancel(env));
    int fits = ia_toc_key(env, entry->name, &c->parts, &c->key);
    IA_TRY(fits);
    if (fits > 0 && c->key.n == 0 && entry->type == IA_TAR_DIRECTORY)
        return IMGA_OK; /* the root */
    if (fits == 0 || !ia_map_get(&c->names, ia_buf_view(&c->key), &index))
        return take_extra(c, env, entry->name);
    struct row *row = ia_vec_at(&c->rows, (size_t)index);
    if (!entry_of(row, &stream))
        return ia_fail(env, IMGA_E_INTERNAL, -1, "a damaged record of a layer");
    int verdict = judge(c, env, &stream, entry);
    if (verdict < 0)
        return verdict;
    row->verdict = (enum verdict)verdict;
    return IMGA_OK;
}

int ia_toc_compare_end(struct ia_toc_compare *c, struct ia_env *env, struct ia_toc_difference *out)
{
    struct ia_layer_record_entry stream;
    for (size_t i = 0; i < c->rows.n; i++) {
        const struct row *row = ia_vec_at(&c->rows, i);
        if (row->verdict == SAME || row->verdict == OMITTED)
            continue;
        if (!entry_of(row, &stream))
            return ia_fail(env, IMGA_E_INTERNAL, -1, "a damaged record of a layer");
        *out = (struct ia_toc_difference){ia_arena_str(&c->arena, stream.tar.name), words[row->verdict]};
        return out->name ? 1 : ia_fail_nomem(env);
    }
    *out = (struct ia_toc_difference){c->extra, "only the table of contents has it"};
    return c->extra ? 1 : 0;
}
