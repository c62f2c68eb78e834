/* SPDX-License-Identifier: Apache-2.0 */
#include "made.h"

#include "base/cursor.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void put(struct ia_buf *buf, const void *data, size_t size)
{
    cr_assert_eq(ia_buf_add(buf, data, size), IMGA_OK);
}

static void put_u32(struct ia_buf *buf, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    put(buf, bytes, sizeof(bytes));
}

void made_open(struct made *m)
{
    memset(m, 0, sizeof(*m));
    ia_buf_init(&m->index, &ia_alloc_libc, SIZE_MAX);
    ia_buf_init(&m->data, &ia_alloc_libc, SIZE_MAX);
    ia_buf_init(&m->blob, &ia_alloc_libc, SIZE_MAX);
}

void made_close(struct made *m)
{
    ia_buf_free(&m->index);
    ia_buf_free(&m->data);
    ia_buf_free(&m->blob);
}

void made_entry(struct made *m, uint32_t tag, uint32_t type, uint32_t offset, uint32_t count)
{
    put_u32(&m->index, tag);
    put_u32(&m->index, type);
    put_u32(&m->index, offset);
    put_u32(&m->index, count);
    m->count++;
}

void made_strings(struct made *m, uint32_t tag, uint32_t type, const char *texts, uint32_t count)
{
    uint32_t offset = (uint32_t)m->data.n;
    for (uint32_t i = 0; i < count; i++, texts += strlen(texts) + 1)
        put(&m->data, texts, strlen(texts) + 1);
    made_entry(m, tag, type, offset, count);
}

void made_string(struct made *m, uint32_t tag, const char *text)
{
    made_strings(m, tag, IA_RPM_STRING, text, 1);
}

void made_numbers(struct made *m, uint32_t tag, const uint32_t *numbers, uint32_t count)
{
    while (m->data.n % 4)
        put(&m->data, "", 1);
    made_entry(m, tag, IA_RPM_INT32, (uint32_t)m->data.n, count);
    for (uint32_t i = 0; i < count; i++)
        put_u32(&m->data, numbers[i]);
}

void made_bytes(struct made *m, uint32_t tag, const void *data, uint32_t size)
{
    made_entry(m, tag, IA_RPM_BIN, (uint32_t)m->data.n, size);
    put(&m->data, data, size);
}

/* The trailer is an entry in the data, with the size of the index as a negative number. */
void made_region(struct made *m)
{
    struct ia_buf index = m->index;
    uint32_t offset = (uint32_t)m->data.n, count = m->count;
    put_u32(&m->data, 63);
    put_u32(&m->data, IA_RPM_BIN);
    put_u32(&m->data, 0U - 16 * (count + 1));
    put_u32(&m->data, 16);
    ia_buf_init(&m->index, &ia_alloc_libc, SIZE_MAX);
    made_entry(m, 63, IA_RPM_BIN, offset, 16);
    put(&m->index, index.p, index.n);
    m->region = count + 1;
    ia_buf_free(&index);
}

void made_package(struct made *m, const char *name)
{
    char source[200];
    snprintf(source, sizeof(source), "%s-1-2.src.rpm", name);
    made_string(m, TAG_NAME, name);
    made_string(m, TAG_VERSION, "1");
    made_string(m, TAG_RELEASE, "2");
    made_string(m, TAG_ARCH, "noarch");
    made_string(m, TAG_SOURCE, source);
}

struct ia_str made_header(struct made *m)
{
    ia_buf_clear(&m->blob);
    put_u32(&m->blob, m->count);
    put_u32(&m->blob, (uint32_t)m->data.n);
    put(&m->blob, m->index.p, m->index.n);
    put(&m->blob, m->data.p, m->data.n);
    return ia_buf_view(&m->blob);
}
