/* SPDX-License-Identifier: Apache-2.0 */
#include "tar_case.h"

#include "base/status.h"

#include <stdlib.h>
#include <string.h>

static void put_checksum(char *header, bool is_signed)
{
    char digits[16];
    int sum = 0;
    memset(header + 148, ' ', 8);
    for (size_t i = 0; i < 512; i++)
        sum += is_signed ? (signed char)header[i] : (unsigned char)header[i];
    snprintf(digits, sizeof(digits), "%06o", (unsigned)sum);
    memcpy(header + 148, digits, 6);
    header[154] = '\0';
}

/* "key=value\n" lines as PAX records. */
static char *records_of(const char *lines, size_t *size)
{
    char *out = calloc(1, strlen(lines) * 8 + 64);
    *size = 0;
    while (*lines) {
        size_t n = strcspn(lines, "\n"), total = n + 3;
        char digits[32];
        while ((size_t)snprintf(digits, sizeof(digits), "%zu", total) + n + 2 != total)
            total++;
        *size += (size_t)sprintf(out + *size, "%zu %.*s\n", total, (int)n, lines);
        lines += n + 1;
    }
    return out;
}

static void append_zeros(struct tarball *t, size_t size)
{
    t->p = realloc(t->p, t->n + size + 1);
    memset(t->p + t->n, 0, size);
    t->n += size;
}

static void add_member(struct tarball *t, const struct case_step *step)
{
    struct tar_member member = {.name = step->name ? step->name : "", .link = step->link, .data = step->data};
    bool records = !step->raw && step->data && (step->type == 'x' || step->type == 'g');
    size_t at = t->n, size = step->size ? step->size : step->data ? strlen(step->data) : 0;
    char *made = records ? records_of(step->data, &size) : NULL;
    member.type = step->type;
    member.size = size;
    member.data = step->no_data ? NULL : made ? made : step->data;
    member.bad_checksum = step->bad_checksum;
    tarball_add(t, &member);
    if (step->type == '@')
        t->p[at + 156] = '\0';
    for (size_t i = 0; i < 4 && step->patch[i].n; i++)
        memcpy(t->p + at + step->patch[i].at, step->patch[i].bytes, step->patch[i].n);
    if (step->type == '@' || step->patch[0].n || step->signed_checksum)
        put_checksum(t->p + at, step->signed_checksum);
    free(made);
}

void case_build(struct tarball *t, const struct tar_case *row)
{
    *t = (struct tarball){NULL, 0};
    for (size_t i = 0; i < CASE_STEPS; i++) {
        const struct case_step *step = &row->steps[i];
        if (step->kind == ZERO_BLOCK) {
            append_zeros(t, 512);
        } else if (step->kind == END_MARK) {
            append_zeros(t, 1024);
        } else if (step->kind == RAW) {
            append_zeros(t, step->size);
            memcpy(t->p + t->n - step->size, step->data, step->size);
        } else if (step->name) {
            add_member(t, step);
        }
    }
    t->n -= row->cut;
}

static void describe(struct ia_buf *text, const struct ia_tar_entry *entry)
{
    static const char letters[] = "?fdlhcbp", flags[] = "TPNOS";
    int status = ia_buf_char(text, letters[entry->type]);
    status |= ia_buf_char(text, ' ');
    status |= ia_buf_str(text, entry->name);
    if (entry->link.n) {
        status |= ia_buf_text(text, " > ");
        status |= ia_buf_str(text, entry->link);
    }
    status |= ia_buf_char(text, ' ');
    status |= ia_buf_u64(text, entry->size);
    if (entry->flags)
        status |= ia_buf_text(text, " !");
    for (unsigned i = 0; flags[i]; i++)
        if (entry->flags & 1U << i)
            status |= ia_buf_char(text, flags[i]);
    status |= ia_buf_char(text, '\n');
    if (status)
        abort();
}

/* 0 when exactly the announced bytes came. */
static int read_data(struct ia_tar *tar, struct ia_env *env, uint64_t size)
{
    struct ia_cursor piece;
    uint64_t from = ia_tar_offset(tar), sum = 0;
    int status;
    while ((status = ia_tar_data(tar, env, &piece)) > 0) {
        if (status == IA_AGAIN)
            continue;
        sum += piece.n;
        for (size_t i = 0; i < piece.n; i++)
            if (*(volatile const uint8_t *)&piece.p[i] == 0xf7) /* touch every byte, for the sanitizer */
                return IMGA_E_INTERNAL;
    }
    if (status == 0 && (sum != size || ia_tar_offset(tar) != from + size))
        return IMGA_E_INTERNAL;
    return status;
}

int case_walk(struct ia_env *env, struct ia_reader *reader, enum walk_mode mode, char text[CASE_TEXT])
{
    struct ia_buf lines;
    struct ia_tar *tar = NULL;
    struct ia_tar_entry entry;
    ia_buf_init(&lines, &ia_alloc_libc, CASE_TEXT - 64);
    int status = ia_tar_new(env, reader, &tar);
    while (status >= 0 && (status = ia_tar_next(tar, env, &entry)) > 0) {
        if (status == IA_AGAIN)
            continue;
        describe(&lines, &entry);
        if (mode == WALK_READING)
            status = read_data(tar, env, entry.size);
    }
    if (tar && status < 0 && ia_tar_next(tar, env, &entry) != status)
        status = IMGA_E_INTERNAL; /* a failed walk stays failed */
    snprintf(text, CASE_TEXT, "%.*s%s%s%s", (int)lines.n, lines.n ? lines.p : "",
             status ? ia_status_name(status) : "end", status == 0 && ia_tar_lacks_end(tar) ? " lacks" : "",
             status == 0 && ia_tar_has_trailing(tar) ? " trailing" : "");
    ia_tar_free(tar);
    ia_buf_free(&lines);
    return status;
}
