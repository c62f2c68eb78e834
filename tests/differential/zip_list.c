/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zip_list READER ARCHIVES LISTING: what READER ("ours" or "libarchive") lists of each archive of a batch: one line of
 * JSON each. ARCHIVES: for each its length, 4 bytes little-endian, and the bytes. Names are in hexadecimal digits.
 */
#include "support.h"

#include "base/status.h"
#include "io/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { MEMBERS = 10000, READ_MOST = 1 << 20 };

static void print_hex(FILE *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%02x", (unsigned char)text[i]);
}

static void print_flags(FILE *out, unsigned flags)
{
    static const char *const names[] = {"prefix", "trailing", "ends",       "odd-end",   "cut",
                                        "more",   "hidden",   "overlap",    "duplicate", "odd-local",
                                        "lost",   "odd-name", "unreadable", "odd-size",  "odd-crc"};
    const char *separator = "";
    for (size_t i = 0; i < IA_COUNT(names); i++)
        if (flags & 1U << i) {
            fprintf(out, "%s\"%s\"", separator, names[i]);
            separator = ",";
        }
}

static void print_member(FILE *out, struct ia_env *env, const struct ia_zip_member *member)
{
    struct ia_zip_content content;
    int status = ia_zip_read(env, member, READ_MOST, &content);
    ia_error_clear(env);
    fputs("{\"name\":\"", out);
    print_hex(out, member->name.p, member->name.n);
    fprintf(out,
            "\",\"size\":%" PRIu64 ",\"packed\":%" PRIu64 ",\"crc\":%" PRIu32 ",\"method\":%u,\"read\":%" PRId64
            ",\"sum\":%lu,",
            member->size, member->packed_size, member->crc, (unsigned)member->method,
            status < 0 ? -1 : (int64_t)content.data.n,
            crc32(0, content.data.n ? content.data.p : NULL, (uInt)content.data.n));
    fputs("\"flags\":[", out);
    print_flags(out, member->flags | content.flags);
    fputs("]}", out);
    ia_zip_content_free(&content);
}

static void list_ours(FILE *out, const char *data, size_t n)
{
    struct test_env t;
    struct ia_zip *zip = NULL;
    test_env_open(&t);
    int status = ia_zip_open(&t.env, ia_cursor_from(data, n), MEMBERS, &zip);
    fputs("{\"members\":[", out);
    for (size_t i = 0; zip && i < ia_zip_count(zip); i++) {
        fputs(i ? "," : "", out);
        print_member(out, &t.env, ia_zip_at(zip, i));
    }
    fprintf(out, "],\"end\":\"%s\",\"flags\":[", status ? ia_status_name(status) : "ok");
    print_flags(out, zip ? ia_zip_flags(zip) : 0);
    fputs("]}\n", out);
    ia_zip_free(zip);
    test_env_close(&t);
}

static void print_entry(FILE *out, struct archive *archive, struct archive_entry *entry)
{
    static char block[1 << 16];
    const char *name = archive_entry_pathname(entry);
    la_ssize_t n;
    int64_t total = 0;
    uLong sum = crc32(0, NULL, 0);
    while ((n = archive_read_data(archive, block, sizeof(block))) > 0 && total < READ_MOST) {
        total += n;
        sum = crc32(sum, (const Bytef *)block, (uInt)n);
    }
    fputs("{\"name\":\"", out);
    print_hex(out, name ? name : "", name ? strlen(name) : 0);
    fprintf(out, "\",\"size\":%" PRId64 ",\"read\":%" PRId64 ",\"sum\":%lu}",
            archive_entry_size_is_set(entry) ? (int64_t)archive_entry_size(entry) : -1, n < 0 ? -1 : total, sum);
}

static void list_libarchive(FILE *out, const char *data, size_t n)
{
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    const char *separator = "";
    archive_read_support_format_zip_seekable(archive);
    int status = archive_read_open_memory(archive, data, n);
    fputs("{\"members\":[", out);
    while ((status == ARCHIVE_OK || status == ARCHIVE_WARN) &&
           ((status = archive_read_next_header(archive, &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN)) {
        fputs(separator, out);
        separator = ",";
        print_entry(out, archive, entry);
    }
    const char *error = archive_error_string(archive);
    fputs("],\"end\":\"", out);
    if (status == ARCHIVE_EOF)
        fputs("ok", out);
    else
        print_hex(out, error ? error : "?", error ? strlen(error) : 1);
    fputs("\"}\n", out);
    archive_read_free(archive);
}

static int run(const char *reader, FILE *in, FILE *out)
{
    unsigned char length[4];
    while (fread(length, 1, sizeof(length), in) == sizeof(length)) {
        size_t n = length[0] | (size_t)length[1] << 8 | (size_t)length[2] << 16 | (size_t)length[3] << 24;
        char *data = malloc(n + 1);
        if (!data || fread(data, 1, n, in) != n)
            return 1;
        if (strcmp(reader, "ours") == 0)
            list_ours(out, data, n);
        else
            list_libarchive(out, data, n);
        free(data);
    }
    return 0;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8"); /* libarchive hands out names in the encoding of the locale */
    FILE *in = argc == 4 ? fopen(argv[2], "rb") : NULL, *out = argc == 4 ? fopen(argv[3], "w") : NULL;
    if (!in || !out)
        return 2;
    int result = run(argv[1], in, out);
    fclose(in);
    return fclose(out) ? 2 : result;
}
