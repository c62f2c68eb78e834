/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Head of fixed size, the packed entries as they are in memory, the contents one after the other, and the SHA-256 of
 * all that. Little endian. Whoever may write the bytes may write a matching digest, too: it tells damage, not malice.
 */
#include "rootfs/record_file.h"

#include <string.h>

static const char magic[8] = {'I', 'M', 'G', 'A', 'L', 'A', 'Y', '2'};

enum { KEY = 32, HEAD = 8 + KEY + 5 * 8, CONTENT_HEAD = 9, SEAL = 32 };
enum { TRAILING = 1, DIGESTS = 2 };

static int put_u64(struct ia_buf *buf, uint64_t value)
{
    uint8_t bytes[8];
    ia_store_u64le(bytes, value);
    return ia_buf_add(buf, bytes, sizeof(bytes));
}

static int put_head(struct ia_buf *buf, const struct ia_layer_record *record, const struct ia_digest *key)
{
    IA_TRY(ia_buf_add(buf, magic, sizeof(magic)));
    IA_TRY(ia_buf_add(buf, key->bytes, KEY));
    IA_TRY(put_u64(buf, (record->trailing ? TRAILING : 0) | (record->has_digests ? DIGESTS : 0)));
    IA_TRY(put_u64(buf, record->entries));
    IA_TRY(put_u64(buf, record->bytes));
    IA_TRY(put_u64(buf, record->packed.n));
    return put_u64(buf, record->contents.n);
}

static int put_content(struct ia_buf *buf, const struct ia_content *content)
{
    IA_TRY(ia_buf_char(buf, (char)content->state));
    IA_TRY(put_u64(buf, content->n));
    return content->n ? ia_buf_add(buf, content->p, content->n) : IMGA_OK;
}

static int put_record(struct ia_buf *buf, const struct ia_layer_record *record, const struct ia_digest *key)
{
    IA_TRY(put_head(buf, record, key));
    if (record->packed.n)
        IA_TRY(ia_buf_add(buf, record->packed.p, record->packed.n));
    for (size_t i = 0; i < record->contents.n; i++)
        IA_TRY(put_content(buf, ia_vec_at(&record->contents, i)));
    return IMGA_OK;
}

int ia_record_file_write(struct ia_env *env, const struct ia_layer_record *record, const struct ia_digest *key,
                         struct ia_buf *buf)
{
    struct ia_digest seal;
    IA_TRY(put_record(buf, record, key));
    IA_TRY(ia_digest_of(env, buf->p, buf->n, &seal));
    return ia_buf_add(buf, seal.bytes, SEAL);
}

/* Cuts the seal off and compares it: 1, 0 or E_NOMEM. */
static int unseal(struct ia_env *env, struct ia_cursor *bytes)
{
    struct ia_digest found;
    struct ia_cursor body, seal;
    if (bytes->n < HEAD + SEAL || !ia_cursor_sub(bytes, 0, bytes->n - SEAL, &body) ||
        !ia_cursor_sub(bytes, body.n, SEAL, &seal))
        return 0;
    IA_TRY(ia_digest_of(env, body.p, body.n, &found));
    *bytes = body;
    return memcmp(found.bytes, seal.p, SEAL) == 0;
}

struct head {
    uint64_t flags, entries, bytes, packed, contents;
};

static bool read_head(struct ia_cursor *c, const struct ia_digest *key, struct head *out)
{
    struct ia_cursor part;
    if (!ia_cursor_take(c, sizeof(magic), &part) || memcmp(part.p, magic, sizeof(magic)) != 0)
        return false;
    if (!ia_cursor_take(c, KEY, &part) || memcmp(part.p, key->bytes, KEY) != 0)
        return false;
    return ia_cursor_u64le(c, &out->flags) && ia_cursor_u64le(c, &out->entries) && ia_cursor_u64le(c, &out->bytes) &&
           ia_cursor_u64le(c, &out->packed) && ia_cursor_u64le(c, &out->contents) && out->packed <= c->n;
}

/* 1, 0 or E_NOMEM. */
static int read_content(struct ia_env *env, struct ia_cursor *c, struct ia_layer_record *out)
{
    struct ia_content content = {.p = NULL};
    struct ia_cursor part;
    uint8_t state;
    uint64_t n;
    if (!ia_cursor_u8(c, &state) || state > IA_CONTENT_FACTS || !ia_cursor_u64le(c, &n) || n > c->n ||
        n > env->limits->kept_bytes - out->kept || !ia_cursor_take(c, (size_t)n, &part))
        return 0;
    content.n = part.n;
    content.state = state;
    if (part.n) {
        content.p = ia_resize(&out->alloc, NULL, part.n);
        if (!content.p)
            return ia_fail_nomem(env);
        memcpy(content.p, part.p, part.n);
    }
    if (ia_vec_push(&out->contents, &content) < 0) {
        ia_free(&out->alloc, content.p);
        return ia_fail_nomem(env);
    }
    out->kept += content.n;
    return 1;
}

static int read_body(struct ia_env *env, struct ia_cursor *c, const struct head *head, struct ia_layer_record *out)
{
    struct ia_cursor packed;
    int status = 1;
    if (!ia_cursor_take(c, (size_t)head->packed, &packed))
        return 0;
    if (packed.n && ia_buf_add(&out->packed, packed.p, packed.n) < 0)
        return ia_fail_nomem(env);
    for (uint64_t i = 0; i < head->contents && status > 0; i++)
        status = read_content(env, c, out);
    return status > 0 ? c->n == 0 : status;
}

/* Whether the entries are what the head says. */
static bool is_consistent(const struct ia_layer_record *record, const struct head *head)
{
    struct ia_layer_record_cursor cursor = ia_layer_record_begin(record);
    struct ia_layer_record_entry entry;
    uint64_t entries = 0;
    int status;
    while ((status = ia_layer_record_next(&cursor, &entry)) > 0) {
        entries++;
        if (record->has_digests && entry.tar.type == IA_TAR_FILE && !entry.digest)
            return false;
    }
    return status == 0 && entries == head->entries && cursor.content == record->contents.n;
}

int ia_record_file_read(struct ia_env *env, struct ia_cursor bytes, const struct ia_digest *key,
                        struct ia_layer_record *out)
{
    struct head head;
    int status = unseal(env, &bytes);
    if (status <= 0 || !read_head(&bytes, key, &head))
        return status < 0 ? status : 0;
    ia_layer_record_init(out, &env->alloc, (size_t)head.packed);
    out->entries = head.entries;
    out->bytes = head.bytes;
    out->trailing = (head.flags & TRAILING) != 0;
    out->has_digests = (head.flags & DIGESTS) != 0;
    status = read_body(env, &bytes, &head, out);
    if (status > 0 && !is_consistent(out, &head))
        status = 0;
    if (status <= 0) {
        ia_layer_record_free(out);
        *out = (struct ia_layer_record){.entries = 0};
    }
    return status;
}
