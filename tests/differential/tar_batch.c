/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes mutated archives for other readers of tar, and what the library's walker lists of each.
 * tar_batch SEED FIRST COUNT ARCHIVES LISTING: archive N depends on SEED and N only. FIRST "bases" means the archives
 * that are mutated, unchanged. ARCHIVES: for each its length, 4 bytes little-endian, and the bytes. LISTING: for each
 * one line of JSON; names are in hexadecimal digits, for they may hold any bytes.
 */
#include "tar_mutation.h"

#include "base/status.h"
#include "io/tar.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void print_hex(FILE *out, struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++)
        fprintf(out, "%02x", (unsigned char)text.p[i]);
}

/* Reads the data of the entry: 0 or a status. */
static int sum_data(struct ia_tar *tar, struct ia_env *env, uint64_t *n, uLong *sum)
{
    struct ia_cursor piece;
    int status;
    *n = 0;
    *sum = crc32(0, NULL, 0);
    while ((status = ia_tar_data(tar, env, &piece)) > 0) {
        *n += piece.n;
        *sum = crc32(*sum, piece.p, (uInt)piece.n);
    }
    return status;
}

static int print_entry(FILE *out, struct ia_tar *tar, struct ia_env *env, const struct ia_tar_entry *entry)
{
    static const char letters[] = "?fdlhcbp", flags[] = "TPNOS";
    uint64_t data = ia_tar_offset(tar), n;
    uLong sum;
    fprintf(out, "{\"type\":\"%c\",\"name\":\"", letters[entry->type]);
    print_hex(out, entry->name);
    fputs("\",\"link\":\"", out);
    print_hex(out, entry->link);
    fprintf(out, "\",\"size\":%" PRIu64 ",\"header\":%" PRIu64 ",\"data\":%" PRIu64 ",\"flags\":\"", entry->size,
            entry->offset, data);
    for (unsigned i = 0; flags[i]; i++)
        if (entry->flags & 1U << i)
            fputc(flags[i], out);
    int status = sum_data(tar, env, &n, &sum);
    fprintf(out, "\",\"read\":%" PRIu64 ",\"sum\":%lu}", n, sum);
    return status;
}

static void list(FILE *out, const struct tarball *t, size_t step)
{
    struct test_env env;
    struct ia_tar *tar = NULL;
    struct ia_tar_entry entry;
    struct ia_reader *reader = test_chunks(t->p, t->n, step);
    const char *separator = "";
    test_env_open(&env);
    fputs("{\"entries\":[", out);
    int status = ia_tar_new(&env.env, reader, &tar);
    while (status >= 0 && (status = ia_tar_next(tar, &env.env, &entry)) > 0) {
        fputs(separator, out);
        separator = ",";
        status = print_entry(out, tar, &env.env, &entry);
    }
    fprintf(out, "],\"end\":\"%s\",\"at\":%" PRId64 ",\"message\":\"%s\",\"trailing\":%s,\"lacks_end\":%s}\n",
            status ? ia_status_name(status) : "ok", env.env.error.offset, env.env.error.message,
            status == 0 && ia_tar_has_trailing(tar) ? "true" : "false",
            status == 0 && ia_tar_lacks_end(tar) ? "true" : "false");
    ia_tar_free(tar);
    ia_reader_close(reader);
    test_env_close(&env);
}

static void write_archive(FILE *out, const struct tarball *t)
{
    unsigned char length[4] = {(unsigned char)t->n, (unsigned char)(t->n >> 8), (unsigned char)(t->n >> 16),
                               (unsigned char)(t->n >> 24)};
    fwrite(length, 1, sizeof(length), out);
    fwrite(t->p, 1, t->n, out);
}

static void make(uint64_t seed, uint64_t index, bool unchanged, struct tarball *t, size_t *step)
{
    struct random random = {seed << 40 ^ index};
    random.state = random_below(&random, UINT64_MAX);
    if (unchanged)
        mutation_base(index, t);
    else
        mutation_make(&random, t);
    *step = 1 + random_below(&random, 2000);
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: %s SEED FIRST|bases COUNT ARCHIVES LISTING\n", argv[0]);
        return 64;
    }
    bool unchanged = !strcmp(argv[2], "bases");
    uint64_t seed = strtoull(argv[1], NULL, 10), first = unchanged ? 0 : strtoull(argv[2], NULL, 10);
    uint64_t count = unchanged ? mutation_all_bases() : strtoull(argv[3], NULL, 10);
    FILE *archives = fopen(argv[4], "wb"), *listing = fopen(argv[5], "wb");
    if (!archives || !listing) {
        perror("tar_batch");
        return 1;
    }
    for (uint64_t i = first; i < first + count; i++) {
        struct tarball t;
        size_t step;
        make(seed, i, unchanged, &t, &step);
        write_archive(archives, &t);
        list(listing, &t, step);
        tarball_free(&t);
    }
    return fclose(archives) || fclose(listing);
}
