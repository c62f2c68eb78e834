/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries as variable-length integers (seven bits a byte, low first) and raw bytes: type and what follows, flags, name,
 * link, size, mode, uid, gid, device, offset of the header, digest. About 20 bytes and the names.
 */
#include "rootfs/layer_record.h"

#include "base/varint.h"

#include <string.h>

enum { TYPE_BITS = 4, HAS_CONTENT = 16, HAS_DIGEST = 32, HAS_DEVICE = 64, KNOWN = 127 };

void ia_layer_record_init(struct ia_layer_record *record, const struct ia_alloc *alloc, size_t max)
{
    *record = (struct ia_layer_record){.alloc = *alloc};
    ia_buf_init(&record->packed, alloc, max);
    ia_vec_init(&record->contents, alloc, sizeof(struct ia_content), UINT32_MAX);
}

static int copy_content(struct ia_layer_record *record, const struct ia_content *from)
{
    struct ia_content content = *from;
    if (from->n) {
        content.p = ia_resize(&record->alloc, NULL, from->n);
        if (!content.p)
            return IMGA_E_NOMEM;
        memcpy(content.p, from->p, from->n);
    }
    int status = ia_vec_push(&record->contents, &content);
    if (status < 0)
        ia_free(&record->alloc, content.p);
    return status;
}

int ia_layer_record_copy(struct ia_env *env, const struct ia_layer_record *from, struct ia_layer_record *out)
{
    ia_layer_record_init(out, &env->alloc, from->packed.n);
    out->entries = from->entries;
    out->bytes = from->bytes;
    out->kept = from->kept;
    out->has_digests = from->has_digests;
    out->trailing = from->trailing;
    if (from->packed.n && ia_buf_add(&out->packed, from->packed.p, from->packed.n) < 0)
        return ia_fail_nomem(env);
    for (size_t i = 0; i < from->contents.n; i++)
        if (copy_content(out, ia_vec_at(&from->contents, i)) < 0)
            return ia_fail_nomem(env);
    return IMGA_OK;
}

void ia_layer_record_free(struct ia_layer_record *record)
{
    for (size_t i = 0; i < record->contents.n; i++) {
        struct ia_content *content = ia_vec_at(&record->contents, i);
        ia_free(&record->alloc, content->p);
    }
    ia_vec_free(&record->contents);
    ia_buf_free(&record->packed);
}

static int put_text(struct ia_buf *buf, struct ia_str text, size_t most)
{
    size_t n = text.n > most ? most + 1 : text.n;
    IA_TRY(ia_varint_put(buf, n));
    return n ? ia_buf_add(buf, text.p, n) : IMGA_OK;
}

static int put_numbers(struct ia_buf *buf, const struct ia_tar_entry *entry)
{
    IA_TRY(ia_varint_put(buf, entry->size));
    IA_TRY(ia_varint_put(buf, entry->mode));
    IA_TRY(ia_varint_put(buf, entry->uid));
    return ia_varint_put(buf, entry->gid);
}

static int put_device(struct ia_buf *buf, const struct ia_tar_entry *entry)
{
    IA_TRY(ia_varint_put(buf, entry->device_major));
    return ia_varint_put(buf, entry->device_minor);
}

static bool is_device(const struct ia_tar_entry *entry)
{
    return entry->type == IA_TAR_CHARACTER || entry->type == IA_TAR_BLOCK;
}

static int put_entry(struct ia_layer_record *record, const struct ia_layer_record_added *added)
{
    const struct ia_tar_entry *entry = added->entry;
    struct ia_buf *buf = &record->packed;
    unsigned head = (unsigned)entry->type | (added->content ? HAS_CONTENT : 0) | (added->digest ? HAS_DIGEST : 0) |
                    (is_device(entry) ? HAS_DEVICE : 0);
    IA_TRY(ia_varint_put(buf, head));
    IA_TRY(ia_varint_put(buf, entry->flags));
    IA_TRY(put_text(buf, entry->name, added->most));
    IA_TRY(put_text(buf, entry->link, added->most));
    IA_TRY(put_numbers(buf, entry));
    if (is_device(entry))
        IA_TRY(put_device(buf, entry));
    IA_TRY(ia_varint_put(buf, entry->offset));
    return added->digest ? ia_buf_add(buf, added->digest, IA_FILE_DIGEST) : IMGA_OK;
}

int ia_layer_record_add(struct ia_layer_record *record, const struct ia_layer_record_added *added)
{
    IA_TRY(put_entry(record, added));
    if (added->content) {
        IA_TRY(ia_vec_push(&record->contents, added->content));
        record->kept += added->content->n;
        *added->content = (struct ia_content){.p = NULL};
    }
    record->entries++;
    return IMGA_OK;
}

void ia_layer_record_drop(struct ia_layer_record *record, struct ia_content *content)
{
    ia_free(&record->alloc, content->p);
    record->kept -= content->n;
    *content = (struct ia_content){.state = IA_CONTENT_DROPPED};
}

struct ia_layer_record_cursor ia_layer_record_begin(const struct ia_layer_record *record)
{
    return (struct ia_layer_record_cursor){.record = record,
                                           .left = ia_cursor_from(record->packed.p, record->packed.n)};
}

static bool get_u32(struct ia_cursor *c, uint32_t *out)
{
    uint64_t value;
    if (!ia_varint_take(c, UINT32_MAX, &value))
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool get_text(struct ia_cursor *c, struct ia_str *out)
{
    struct ia_cursor part;
    uint64_t n;
    if (!ia_varint_take(c, c->n, &n) || !ia_cursor_take(c, (size_t)n, &part))
        return false;
    *out = ia_cursor_str(part);
    return true;
}

static bool get_entry(struct ia_cursor *c, struct ia_tar_entry *entry, unsigned *head)
{
    uint64_t value, flags;
    if (!ia_varint_take(c, KNOWN, &value) || !ia_varint_take(c, UINT16_MAX, &flags))
        return false;
    unsigned type = (unsigned)value & ((1U << TYPE_BITS) - 1);
    if (type < IA_TAR_FILE || type > IA_TAR_FIFO)
        return false;
    *head = (unsigned)value;
    *entry = (struct ia_tar_entry){.type = (enum ia_tar_type)type, .flags = (unsigned)flags};
    if (!get_text(c, &entry->name) || !get_text(c, &entry->link) || !ia_varint_take(c, INT64_MAX, &entry->size) ||
        !get_u32(c, &entry->mode) || !get_u32(c, &entry->uid) || !get_u32(c, &entry->gid))
        return false;
    if ((*head & HAS_DEVICE) && (!get_u32(c, &entry->device_major) || !get_u32(c, &entry->device_minor)))
        return false;
    return ia_varint_take(c, INT64_MAX, &entry->offset) && entry->name.n > 0;
}

int ia_layer_record_next(struct ia_layer_record_cursor *cursor, struct ia_layer_record_entry *out)
{
    struct ia_cursor digest;
    unsigned head;
    if (cursor->left.n == 0)
        return 0;
    *out = (struct ia_layer_record_entry){.content = NULL};
    if (!get_entry(&cursor->left, &out->tar, &head))
        return IMGA_E_FORMAT;
    if (head & HAS_DIGEST) {
        if (!ia_cursor_take(&cursor->left, IA_FILE_DIGEST, &digest))
            return IMGA_E_FORMAT;
        out->digest = digest.p;
    }
    if (!(head & HAS_CONTENT))
        return 1;
    out->content = ia_vec_at(&cursor->record->contents, cursor->content++);
    if (!out->content)
        return IMGA_E_FORMAT;
    if (out->content->state == IA_CONTENT_DROPPED)
        out->content = NULL;
    return 1;
}
