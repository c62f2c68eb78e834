/* SPDX-License-Identifier: Apache-2.0 */
/* The growing buffer: capacity doubles up to the maximum. */
#include "base/buf.h"

#include "base/checked.h"

#include <imgassure/status.h>

#include <string.h>

enum { FIRST_CAPACITY = 64 };

void ia_buf_init(struct ia_buf *buf, const struct ia_alloc *alloc, size_t max)
{
    *buf = (struct ia_buf){.alloc = *alloc, .max = max};
}

void ia_buf_free(struct ia_buf *buf)
{
    if (buf->p)
        ia_free(&buf->alloc, buf->p);
    buf->p = NULL;
    buf->n = 0;
    buf->capacity = 0;
}

void ia_buf_clear(struct ia_buf *buf)
{
    buf->n = 0;
}

int ia_buf_reserve(struct ia_buf *buf, size_t more)
{
    size_t need;
    if (!ia_add_size(buf->n, more, &need) || need > buf->max)
        return IMGA_E_LIMIT;
    if (need <= buf->capacity)
        return IMGA_OK;
    size_t capacity = buf->capacity > buf->max / 2 ? buf->max : buf->capacity * 2;
    if (capacity < FIRST_CAPACITY)
        capacity = FIRST_CAPACITY;
    if (capacity < need)
        capacity = need;
    char *p = ia_resize(&buf->alloc, buf->p, capacity);
    if (!p)
        return IMGA_E_NOMEM;
    buf->p = p;
    buf->capacity = capacity;
    return IMGA_OK;
}

int ia_buf_add(struct ia_buf *buf, const void *data, size_t size)
{
    IA_TRY(ia_buf_reserve(buf, size));
    if (size)
        memcpy(buf->p + buf->n, data, size);
    buf->n += size;
    return IMGA_OK;
}

int ia_buf_str(struct ia_buf *buf, struct ia_str text)
{
    return ia_buf_add(buf, text.p, text.n);
}

int ia_buf_text(struct ia_buf *buf, const char *text)
{
    return ia_buf_add(buf, text, strlen(text));
}

int ia_buf_char(struct ia_buf *buf, char c)
{
    return ia_buf_add(buf, &c, 1);
}

int ia_buf_u64(struct ia_buf *buf, uint64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    return ia_buf_add(buf, digits + at, sizeof(digits) - at);
}

int ia_buf_i64(struct ia_buf *buf, int64_t value)
{
    if (value >= 0)
        return ia_buf_u64(buf, (uint64_t)value);
    IA_TRY(ia_buf_char(buf, '-'));
    return ia_buf_u64(buf, (uint64_t)(-(value + 1)) + 1);
}

struct ia_str ia_buf_view(const struct ia_buf *buf)
{
    return (struct ia_str){buf->p ? buf->p : "", buf->n};
}
