/* SPDX-License-Identifier: Apache-2.0 */
/* The outer tar as POSIX ustar has it, digests by the library's crypto room. */
#include "mend.h"

#include "base/env.h"
#include "base/hex.h"
#include "crypto/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC = 257, SIZE = 124, CHECKSUM = 148, TYPE = 156, ROUNDS = 16 };

static void sha256_hex(const void *data, size_t size, char hex[MEND_HEX + 1])
{
    static struct ia_crypto *crypto; /* as long as the program */
    imga_limits limits;
    struct ia_hooks hooks = {0};
    struct ia_digest digest = {0};
    ia_limits_fill(&limits);
    if (!crypto && ia_crypto_new(&ia_alloc_libc, &crypto) != IMGA_OK)
        abort();
    struct ia_env env = {.alloc = ia_alloc_libc, .limits = &limits, .hooks = &hooks, .crypto = crypto};
    if (ia_digest_of(&env, data, size, &digest) != IMGA_OK)
        abort();
    ia_hex_encode(digest.bytes, MEND_HEX / 2, hex);
}

/* Octal digits up to the first other byte. */
static size_t octal(const unsigned char *field, size_t size)
{
    size_t value = 0;
    for (size_t i = 0; i < size && field[i] >= '0' && field[i] <= '7'; i++)
        value = value * 8 + (size_t)(field[i] - '0');
    return value;
}

int mend_is_header(const struct mend_archive *archive, size_t place)
{
    return archive->n - place >= MEND_BLOCK && memcmp(archive->p + place + MAGIC, "ustar", 5) == 0;
}

static void add_member(struct mend_archive *archive, size_t header, size_t size)
{
    struct mend_member member = {.header = header, .data = header + MEND_BLOCK, .size = size};
    sha256_hex(archive->p + member.data, size, member.hex);
    archive->members = realloc(archive->members, (archive->count + 1) * sizeof(member));
    if (!archive->members)
        abort();
    archive->members[archive->count++] = member;
}

void mend_open(struct mend_archive *archive, unsigned char *p, size_t n)
{
    size_t at = 0;
    *archive = (struct mend_archive){.p = p, .n = n};
    while (at < n && mend_is_header(archive, at)) {
        size_t size = octal(p + at + SIZE, 12), left = n - at - MEND_BLOCK;
        if (size > left)
            return;
        if (p[at + TYPE] == '0' || p[at + TYPE] == '\0')
            add_member(archive, at, size);
        at += MEND_BLOCK + (size + MEND_BLOCK - 1) / MEND_BLOCK * MEND_BLOCK;
    }
}

void mend_close(struct mend_archive *archive)
{
    free(archive->members);
    *archive = (struct mend_archive){.p = NULL};
}

size_t mend_member_at(const struct mend_archive *archive, size_t place)
{
    for (size_t i = 0; i < archive->count; i++)
        if (place >= archive->members[i].data && place - archive->members[i].data < archive->members[i].size)
            return i;
    return archive->count;
}

void mend_checksum(struct mend_archive *archive, size_t place)
{
    unsigned char *header = archive->p + place;
    unsigned sum = 0;
    char text[8];
    for (size_t i = 0; i < MEND_BLOCK; i++)
        sum += i >= CHECKSUM && i < CHECKSUM + 8 ? ' ' : header[i];
    snprintf(text, sizeof(text), "%06o", sum & 0777777);
    memcpy(header + CHECKSUM, text, 7);
    header[CHECKSUM + 7] = ' ';
}

/* The next place of hex from at on; n when there is none. */
static size_t find(const struct mend_archive *archive, const char *hex, size_t at)
{
    while (at + MEND_HEX <= archive->n) {
        const unsigned char *found = memchr(archive->p + at, hex[0], archive->n - at - MEND_HEX + 1);
        if (!found)
            return archive->n;
        at = (size_t)(found - archive->p);
        if (memcmp(found, hex, MEND_HEX) == 0)
            return at;
        at++;
    }
    return archive->n;
}

/* Replaces a digest everywhere; marks the members whose data changed. */
static void replace(struct mend_archive *archive, const char *from, const char *to, char *changed)
{
    for (size_t at = find(archive, from, 0); at < archive->n; at = find(archive, from, at + MEND_HEX)) {
        size_t member = mend_member_at(archive, at), block = at / MEND_BLOCK * MEND_BLOCK;
        memcpy(archive->p + at, to, MEND_HEX);
        if (member < archive->count)
            changed[member] = 1;
        else if (mend_is_header(archive, block))
            mend_checksum(archive, block);
    }
}

static int mend_round(struct mend_archive *archive, char *changed)
{
    int more = 0;
    for (size_t i = 0; i < archive->count; i++) {
        char old[MEND_HEX + 1];
        struct mend_member *member = &archive->members[i];
        if (!changed[i])
            continue;
        changed[i] = 0;
        more = 1;
        memcpy(old, member->hex, sizeof(old));
        sha256_hex(archive->p + member->data, member->size, member->hex);
        if (strcmp(old, member->hex) != 0)
            replace(archive, old, member->hex, changed);
    }
    return more;
}

void mend_digests(struct mend_archive *archive, size_t member)
{
    char *changed = calloc(archive->count, 1);
    if (!changed)
        abort();
    changed[member] = 1;
    for (int round = 0; round < ROUNDS && mend_round(archive, changed); round++)
        continue;
    free(changed);
}
