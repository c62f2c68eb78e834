/* SPDX-License-Identifier: Apache-2.0 */
/* A small tar writer, written from POSIX.1-2001 pax, independent of the library's walker. */
#include "tarball.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(struct tarball *t, const void *data, size_t size)
{
    t->p = realloc(t->p, t->n + size + 1);
    if (size)
        memcpy(t->p + t->n, data, size);
    t->n += size;
}

static void pad(struct tarball *t)
{
    static const char zeros[512];
    append(t, zeros, (512 - t->n % 512) % 512);
}

static void field(char *header, size_t at, size_t width, const char *text)
{
    size_t n = strlen(text);
    memcpy(header + at, text, n < width ? n : width);
}

void tarball_add(struct tarball *t, const struct tar_member *m)
{
    char header[512] = {0};
    char number[32];
    unsigned sum = 0;
    field(header, 0, 100, m->name);
    snprintf(number, sizeof(number), "%07o", m->mode ? m->mode : 0644);
    field(header, 100, 8, number);
    field(header, 108, 8, "0000000");
    field(header, 116, 8, "0000000");
    snprintf(number, sizeof(number), "%011zo", m->size);
    field(header, 124, 12, number);
    if (m->raw_size)
        memcpy(header + 124, m->raw_size, 12);
    field(header, 136, 12, "00000000000");
    memset(header + 148, ' ', 8);
    header[156] = m->type ? m->type : '0';
    field(header, 157, 100, m->link ? m->link : "");
    memcpy(header + 257,
           "ustar\0"
           "00",
           8);
    for (size_t i = 0; i < sizeof(header); i++)
        sum += (unsigned char)header[i];
    snprintf(number, sizeof(number), "%06o", sum + (m->bad_checksum ? 1U : 0U));
    field(header, 148, 7, number);
    header[154] = '\0';
    append(t, header, sizeof(header));
    append(t, m->data, m->data ? m->size : 0);
    pad(t);
}

void tarball_file(struct tarball *t, const char *name, const char *text)
{
    tarball_add(t, &(struct tar_member){.name = name, .data = text, .size = strlen(text)});
}

void tarball_dir(struct tarball *t, const char *name)
{
    tarball_add(t, &(struct tar_member){.name = name, .type = '5', .mode = 0755});
}

void tarball_link(struct tarball *t, const char *name, const char *target)
{
    tarball_add(t, &(struct tar_member){.name = name, .type = '2', .link = target, .mode = 0777});
}

void tarball_hardlink(struct tarball *t, const char *name, const char *target)
{
    tarball_add(t, &(struct tar_member){.name = name, .type = '1', .link = target});
}

void tarball_pax(struct tarball *t, const char *key, const char *value)
{
    size_t body = strlen(key) + strlen(value) + 3; /* blank, '=', newline */
    size_t total = body + 1;
    char digits[32];
    while ((size_t)snprintf(digits, sizeof(digits), "%zu", total) + body != total)
        total++;
    char *record = malloc(total + 1);
    snprintf(record, total + 1, "%zu %s=%s\n", total, key, value);
    tarball_add(t, &(struct tar_member){.name = "pax", .type = 'x', .data = record, .size = total});
    free(record);
}

void tarball_long_name(struct tarball *t, const char *name)
{
    tarball_add(t, &(struct tar_member){.name = "././@LongLink", .type = 'L', .data = name, .size = strlen(name) + 1});
}

void tarball_end(struct tarball *t)
{
    static const char zeros[1024];
    append(t, zeros, sizeof(zeros));
}

void tarball_free(struct tarball *t)
{
    free(t->p);
    *t = (struct tarball){NULL, 0};
}
