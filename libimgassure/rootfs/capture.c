/* SPDX-License-Identifier: Apache-2.0 */
/* Memory grows with the bytes that come, never with the size a header announces. */
#include "rootfs/capture.h"

enum { PARTIAL_BYTES = 64 * 1024 * 1024, FIRST_BYTES = 1024 * 1024 };

/* How many bytes of the file are kept. */
static uint64_t bytes_to_keep(const struct ia_env *env, const struct ia_tar_entry *entry)
{
    if (entry->flags & IA_TAR_SPARSE)
        return 0;
    if (entry->size <= env->limits->file_bytes)
        return entry->size;
    return env->limits->file_bytes < PARTIAL_BYTES ? env->limits->file_bytes : PARTIAL_BYTES;
}

int ia_capture_begin(struct ia_capture *capture, struct ia_env *env, const struct ia_tar_entry *entry, uint64_t kept)
{
    uint64_t keep = bytes_to_keep(env, entry), most = env->limits->kept_bytes;
    *capture = (struct ia_capture){.buf = {.p = NULL}};
    if (kept > most || keep > most - kept || keep > SIZE_MAX)
        return ia_fail_limit(env, (int64_t)entry->offset, "kept_bytes", most, IA_STR("the files kept for analysis"));
    ia_buf_init(&capture->buf, &env->alloc, (size_t)keep);
    return ia_buf_reserve(&capture->buf, keep < FIRST_BYTES ? (size_t)keep : FIRST_BYTES) < 0 ? ia_fail_nomem(env)
                                                                                              : IMGA_OK;
}

int ia_capture_add(struct ia_capture *capture, struct ia_env *env, struct ia_cursor piece)
{
    size_t room = capture->buf.max - capture->buf.n;
    size_t n = piece.n < room ? piece.n : room;
    return n && ia_buf_add(&capture->buf, piece.p, n) < 0 ? ia_fail_nomem(env) : IMGA_OK;
}

void ia_capture_end(struct ia_capture *capture, const struct ia_tar_entry *entry, struct ia_content *out)
{
    struct ia_buf *buf = &capture->buf;
    char *tight = buf->n && buf->n < buf->capacity ? ia_resize(&buf->alloc, buf->p, buf->n) : NULL;
    *out = (struct ia_content){.p = tight ? tight : buf->p, .n = buf->n, .state = IA_CONTENT_WHOLE};
    if (entry->flags & IA_TAR_SPARSE)
        out->state = IA_CONTENT_NONE;
    else if (buf->n < entry->size)
        out->state = IA_CONTENT_PARTIAL;
    buf->p = NULL;
    ia_capture_drop(capture);
}

void ia_capture_drop(struct ia_capture *capture)
{
    ia_buf_free(&capture->buf);
}
