/* SPDX-License-Identifier: Apache-2.0 */
#include "tar_mutation.h"

#include "io/tar_header.h"

#include <stdlib.h>
#include <string.h>

#define GNU_MAGIC PATCH(257, "ustar  \0")
#define V7_MAGIC PATCH(257, "\0\0\0\0\0\0\0\0")
#define X(text)                                                                                                        \
    {                                                                                                                  \
        .name = "x", .type = 'x', .data = text                                                                         \
    }
#define F(file, text)                                                                                                  \
    {                                                                                                                  \
        .name = file, .data = text                                                                                     \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        .kind = END_MARK                                                                                               \
    }
#define TEXT "Package: libssl3\nStatus: install ok installed\nVersion: 3.0.11-1\n"

static const struct tar_case bases[] = {
    {"ustar",
     NULL,
     0,
     {{.name = "var/", .type = '5'},
      F("var/a", TEXT),
      F("var/empty", NULL),
      {.name = "s", .type = '2', .link = "var/a"},
      {.name = "h", .type = '1', .link = "var/a"},
      {.name = "c", .type = '3', .patch = {PATCH(329, "0000001\0")}},
      {.name = "p", .type = '6'},
      F("last", TEXT),
      END}},
    {"pax",
     NULL,
     0,
     {X("path=var/lib/dpkg/status\nmtime=1700000000.5\n"),
      F("status", TEXT),
      X("linkpath=target/of/link\n"),
      {.name = "s", .type = '2', .link = "short"},
      X("uid=70000\nSCHILY.xattr.user.x=1\n"),
      F("b", TEXT),
      END}},
    {"pax size",
     NULL,
     0,
     {X("size=64\n"), {.name = "a", .data = TEXT, .patch = {PATCH(124, "00000000000\0")}}, F("b", TEXT), END}},
    {"gnu",
     NULL,
     0,
     {{.name = "././@LongLink", .type = 'L', .data = "var/lib/dpkg/status", .size = 20, .patch = {GNU_MAGIC}},
      {.name = "cut", .data = TEXT, .patch = {GNU_MAGIC}},
      {.name = "././@LongLink", .type = 'K', .data = "var/lib/dpkg", .size = 13, .patch = {GNU_MAGIC}},
      {.name = "s", .type = '2', .link = "cut", .patch = {GNU_MAGIC}},
      {.name = "b", .data = TEXT, .patch = {GNU_MAGIC}},
      END}},
    {"prefix and seventh edition",
     NULL,
     0,
     {{.name = "dpkg/status", .data = TEXT, .patch = {PATCH(345, "var/lib")}},
      {.name = "old", .type = '@', .data = TEXT, .patch = {V7_MAGIC}},
      {.name = "dir/", .type = '@', .patch = {V7_MAGIC}},
      F("last", TEXT),
      END}},
    {"numbers",
     NULL,
     0,
     {{.name = "a", .data = TEXT, .patch = {PATCH(124, "        100 ")}},
      {.name = "b", .data = TEXT, .patch = {PATCH(124, "\x80\0\0\0\0\0\0\0\0\0\0\x40")}},
      {.name = "c", .data = TEXT, .patch = {PATCH(108, "\x80\0\0\0\0\x01\0\0")}},
      F("d", NULL),
      END}},
    {"global",
     NULL,
     0,
     {{.name = "g", .type = 'g', .data = "comment=0123456789abcdef\n"},
      F("a", TEXT),
      X("path=renamed\n"),
      F("b", TEXT),
      END}},
    {"sparse",
     NULL,
     0,
     {{.name = "s",
       .type = 'S',
       .data = TEXT,
       .patch = {GNU_MAGIC,
                 PATCH(386, "00000000000\0"
                            "00000000100\0"),
                 PATCH(483, "00000000100\0")}},
      X("GNU.sparse.major=0\nGNU.sparse.minor=1\nGNU.sparse.name=real\nGNU.sparse.numblocks=1\nGNU.sparse.map=0,64\n"
        "GNU.sparse.size=64\n"),
      F("t", TEXT),
      F("last", NULL),
      END}},
    {"no end", NULL, 0, {F("a", TEXT), {.name = "d", .type = '5'}, F("b", TEXT)}},
};

uint64_t random_below(struct random *r, uint64_t limit)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15U; /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return (z ^ z >> 31) % limit;
}

size_t mutation_bases(void)
{
    return IA_COUNT(bases);
}

void mutation_base(size_t index, struct tarball *t)
{
    case_build(t, &bases[index]);
}

static void repair_checksum(char *block)
{
    unsigned sum = 0;
    memset(block + 148, ' ', 8);
    for (size_t i = 0; i < 512; i++)
        sum += (unsigned char)block[i];
    for (size_t i = 6; i-- > 0; sum >>= 3)
        block[148 + i] = (char)('0' + (sum & 7));
    block[154] = '\0';
}

static void change_byte(struct random *r, char *block)
{
    static const struct {
        size_t at, n;
    } fields[] = {{0, 100},   {100, 24}, {124, 12}, {136, 12},  {156, 1},
                  {157, 100}, {257, 8},  {329, 16}, {345, 155}, {0, 16}};
    static const char likely[] = {'\0', ' ', '0', '1', '7', '8', '/', '.', 'a', 'x', '\n', '=', '\x80', '\xff'};
    size_t field = random_below(r, IA_COUNT(fields));
    size_t at = fields[field].at + random_below(r, fields[field].n);
    block[at] = random_below(r, 2) ? (char)random_below(r, 256) : likely[random_below(r, IA_COUNT(likely))];
}

static void change_field(struct random *r, char *block)
{
    static const char types[] = {'\0', '0', '1', '2', '3', '4', '5', '6', '7', 'L', 'K',
                                 'x',  'g', 'S', 'D', 'M', 'N', 'V', 'X', 'A', 'Z'};
    static const struct case_patch values[] = {
        PATCH(124, "00000000000\0"),
        PATCH(124, "00000000001\0"),
        PATCH(124, "00000001000\0"),
        PATCH(124, "00000001001\0"),
        PATCH(124, "00000000100 "),
        PATCH(124, "\0\0\0\0\0\0\0"
                   "1000\0"),
        PATCH(124, "\x80\0\0\0\0\0\0\0\0\0\0\x40"),
        PATCH(124, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
        PATCH(257, "ustar\0"
                   "00"),
        PATCH(257, "ustar  \0"),
        PATCH(257, "ustar 00"),
        PATCH(257, "\0\0\0\0\0\0\0\0"),
        PATCH(345, "pre/fix\0"),
        PATCH(345, "\0\0\0\0\0\0\0\0"),
        PATCH(0, "dir/\0"),
        PATCH(0, "\0"),
        PATCH(157, "\0"),
        PATCH(508, "tar\0"),
        PATCH(482, "\1"),
        PATCH(124, "00000000074\0"),
        PATCH(136, "\x80\0\0\0\0\0\0\0\0\0\0\0"),
    };
    const struct case_patch *value = &values[random_below(r, IA_COUNT(values))];
    if (random_below(r, 2))
        block[156] = types[random_below(r, sizeof(types))];
    else
        memcpy(block + value->at, value->bytes, value->n);
}

static void change_text(struct random *r, char *block)
{
    static const char likely[] = "0123456789 =\n./path";
    size_t at = random_below(r, random_below(r, 2) ? 24 : 512);
    block[at] = random_below(r, 4) ? likely[random_below(r, sizeof(likely))] : (char)random_below(r, 256);
}

static void change_block(struct random *r, char *block)
{
    struct ia_cursor bytes = ia_cursor_from(block, 512);
    if (ia_tar_block_kind(bytes) != IA_TAR_IS_HEADER) {
        change_text(r, block);
        return;
    }
    if (random_below(r, 2))
        change_byte(r, block);
    else
        change_field(r, block);
    if (random_below(r, 2))
        repair_checksum(block);
}

/* One block more: a copy of another one, or zeros. */
static void insert_block(struct random *r, struct tarball *t, size_t at)
{
    size_t from = random_below(r, t->n / 512) * 512;
    char block[512] = {0};
    if (random_below(r, 4))
        memcpy(block, t->p + from, 512);
    t->p = realloc(t->p, t->n + 512);
    memmove(t->p + at + 512, t->p + at, t->n - at);
    memcpy(t->p + at, block, 512);
    t->n += 512;
}

static void remove_block(struct tarball *t, size_t at)
{
    memmove(t->p + at, t->p + at + 512, t->n - at - 512);
    t->n -= 512;
}

static void change(struct random *r, struct tarball *t)
{
    size_t at = random_below(r, t->n / 512) * 512;
    switch (random_below(r, 16)) {
    case 0:
        insert_block(r, t, at);
        break;
    case 1:
        if (t->n > 1024)
            remove_block(t, at);
        break;
    case 2:
        if (random_below(r, 4) == 0)
            t->n = 512 + random_below(r, t->n - 511);
        break;
    default:
        change_block(r, t->p + at);
    }
}

void mutation_make(struct random *r, struct tarball *t)
{
    mutation_base(random_below(r, IA_COUNT(bases)), t);
    for (uint64_t left = 1 + random_below(r, 4); left; left--)
        change(r, t);
}
