/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tar walker: the input as it is, and with the checksum of every block repaired so that mutations reach the fields.
 * Properties: the same answers in pieces of one to 600 bytes as in one piece that can be skipped; entries are sane.
 */
#include "fuzz.h"

#include "io/tar.h"

#include <stdlib.h>
#include <string.h>

struct pieces {
    struct ia_reader reader;
    struct ia_cursor rest;
    size_t step;
};

static int pieces_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct pieces *p = (struct pieces *)self;
    (void)env;
    return ia_cursor_take(&p->rest, p->rest.n < p->step ? p->rest.n : p->step, out) && out->n;
}

static void mix(uint64_t *hash, const void *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        *hash = (*hash ^ ((const uint8_t *)data)[i]) * 1099511628211U;
}

static void mix_entry(uint64_t *hash, const struct ia_tar_entry *entry)
{
    uint64_t numbers[] = {entry->type,         entry->size,         entry->mode,  entry->uid,   entry->gid,
                          entry->device_major, entry->device_minor, entry->flags, entry->offset};
    fuzz_check(entry->name.n > 0 && entry->size <= INT64_MAX, "an entry has a name and a size");
    fuzz_check(entry->type == IA_TAR_FILE || entry->size == 0, "only files have data");
    mix(hash, numbers, sizeof(numbers));
    mix(hash, entry->name.p, entry->name.n);
    mix(hash, entry->link.p, entry->link.n);
}

static uint64_t walk(struct ia_env *env, struct ia_reader *reader, bool read_data)
{
    struct ia_tar *tar = NULL;
    struct ia_tar_entry entry;
    struct ia_cursor piece;
    uint64_t hash = 14695981039346656037U;
    int status = ia_tar_new(env, reader, &tar);
    while (status >= 0 && (status = ia_tar_next(tar, env, &entry)) > 0) {
        mix_entry(&hash, &entry);
        while (read_data && (status = ia_tar_data(tar, env, &piece)) > 0)
            fuzz_check(piece.n > 0, "a piece is not empty");
    }
    uint64_t ends[] = {(uint64_t)status, ia_tar_offset(tar), ia_tar_has_trailing(tar), ia_tar_lacks_end(tar)};
    mix(&hash, ends, sizeof(ends));
    ia_tar_free(tar);
    return hash;
}

/* Not fuzz_env_open(): the walker needs no crypto, and starting it would take most of the time. */
static struct ia_env environment(const imga_limits *limits)
{
    static const struct ia_hooks hooks;
    return (struct ia_env){.alloc = ia_alloc_libc, .limits = limits, .hooks = &hooks, .error = {.offset = -1}};
}

static void compare(const uint8_t *data, size_t size)
{
    imga_limits limits;
    ia_limits_fill(&limits);
    limits.tar_header_bytes = 64 << 10;
    limits.layer_entries = 1000;
    struct ia_env whole = environment(&limits), parts = environment(&limits);
    struct ia_reader *reader = NULL;
    struct pieces pieces = {{pieces_next, NULL, NULL}, ia_cursor_from(data, size), 1 + size % 600};
    fuzz_check(ia_reader_memory(&whole, data, size, &reader) == IMGA_OK, "a reader over memory");
    uint64_t a = walk(&whole, reader, false), b = walk(&parts, &pieces.reader, true);
    fuzz_check(a == b, "pieces do not matter");
    fuzz_check(whole.error.status == parts.error.status, "pieces do not matter to the error");
    fuzz_check((whole.error.status == IMGA_OK) == (whole.error.message[0] == '\0'), "errors are described");
    ia_reader_close(reader);
}

static void repair_checksum(uint8_t *block)
{
    unsigned sum = 0;
    memset(block + 148, ' ', 8);
    for (size_t i = 0; i < 512; i++)
        sum += block[i];
    for (size_t i = 6; i-- > 0; sum >>= 3)
        block[148 + i] = (uint8_t)('0' + (sum & 7));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t zeros[512];
    uint8_t *copy = malloc(size + 1);
    compare(data, size);
    fuzz_check(copy != NULL, "memory");
    if (size)
        memcpy(copy, data, size);
    for (size_t at = 0; at + 512 <= size; at += 512)
        if (memcmp(copy + at, zeros, 512) != 0)
            repair_checksum(copy + at);
    compare(copy, size);
    free(copy);
    return 0;
}
