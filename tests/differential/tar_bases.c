/* SPDX-License-Identifier: Apache-2.0 */
/* The archives that the differential tests mutate: every dialect, and what hides entries from one reader or another. */
#include "tar_mutation.h"

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
#define STAR_END PATCH(508, "tar\0")
#define HUNDRED "a23456789/a23456789/a23456789/a23456789/a23456789/a23456789/a23456789/a23456789/a23456789/a234567890"
#define TEXT "Package: libssl3\nStatus: install ok installed\nVersion: 3.0.11-1\n"

/* A map of GNU sparse format 1.0 in its block, and the 64 bytes that it describes. */
static const char MAP_1_0[512 + 64 + 1] = "2\n0\n32\n168\n32\n";
/* One more entry of an old map; the blocks that follow hold no other. */
static const char MAP_OLD[512 + 1] = "00000000200\00000000000040";
static const char TEXT_BLOCK[512 + 1] = TEXT;

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

/* Readers disagree about these, or refuse them. */
static const struct tar_case disputed[] = {
    {"sparse 0.0",
     NULL,
     0,
     {X("GNU.sparse.size=200\nGNU.sparse.numblocks=2\nGNU.sparse.offset=0\nGNU.sparse.numbytes=32\n"
        "GNU.sparse.offset=168\nGNU.sparse.numbytes=32\n"),
      F("old", TEXT), F("last", TEXT), END}},
    {"sparse 1.0",
     NULL,
     0,
     {X("GNU.sparse.major=1\nGNU.sparse.minor=0\nGNU.sparse.name=real/name\nGNU.sparse.realsize=200\n"),
      {.name = "GNUSparseFile.0/name", .data = MAP_1_0, .size = 512 + 64},
      F("last", TEXT),
      END}},
    {"sparse, old, map of two blocks",
     NULL,
     0,
     {{.name = "s",
       .type = 'S',
       .no_data = true,
       .size = 64,
       .patch = {GNU_MAGIC,
                 PATCH(386, "00000000000\0"
                            "00000000010\0"
                            "00000000020\0"
                            "00000000010\0"
                            "00000000040\0"
                            "00000000010\0"
                            "00000000060\0"
                            "00000000010\0"),
                 PATCH(482, "\1"
                            "00000000300\0")}},
      {.kind = RAW, .size = 512, .data = MAP_OLD},
      {.kind = RAW, .size = 512, .data = TEXT_BLOCK},
      F("last", TEXT),
      END}},
    {"sparse map that is taken back",
     NULL,
     0,
     {X("GNU.sparse.map=0,64\nGNU.sparse.map=\nGNU.sparse.name=other\n"), F("a", TEXT),
      X("GNU.sparse.offset=\nGNU.sparse.name=other\n"), F("b", TEXT), END}},
    {"names",
     NULL,
     0,
     {{.name = "dir/", .type = '0'},
      {.name = "full/", .type = '0', .data = TEXT},
      {.name = "old/", .type = '@', .size = 64, .no_data = true},
      {.name = "link/", .type = '2', .link = "dir/"},
      {.name = "hard", .type = '1', .link = "/abs/../dir//x"},
      F("./a//b/../c", TEXT),
      F(HUNDRED, TEXT),
      F("caf\xc3\xa9 \xff\n\"\\", TEXT),
      END}},
    {"odd types",
     NULL,
     0,
     {{.name = "seven", .type = '7', .data = TEXT},
      {.name = "volume", .type = 'V', .patch = {GNU_MAGIC}},
      {.name = "dump", .type = 'D', .data = "Ya\0Nb\0", .size = 7, .patch = {GNU_MAGIC}},
      {.name = "acl", .type = 'A', .data = TEXT},
      {.name = "solaris", .type = 'X', .data = "10 path=a\n", .size = 10, .raw = true},
      F("behind", TEXT),
      {.name = "unknown", .type = 'Z', .link = "text", .data = TEXT},
      F("last", TEXT),
      END}},
    {"data on links",
     NULL,
     0,
     {{.name = "s", .type = '2', .link = "t", .size = 512, .no_data = true},
      {.name = "h", .type = '1', .link = "t", .size = 512, .no_data = true},
      {.name = "d", .type = '5', .size = 512, .no_data = true},
      {.name = "p", .type = '6', .size = 512, .no_data = true},
      F("last", TEXT),
      END}},
    {"twice",
     NULL,
     0,
     {X("path=first\npath=second\nsize=70\n"),
      X("path=third\nmtime=1.5\n"),
      F("a", TEXT),
      {.name = "././@LongLink", .type = 'L', .data = "long", .size = 5, .patch = {GNU_MAGIC}},
      {.name = "././@LongLink", .type = 'L', .data = "longer", .size = 7, .patch = {GNU_MAGIC}},
      X("path=pax\n"),
      F("b", TEXT),
      F("b", TEXT),
      END}},
    {"global with names",
     NULL,
     0,
     {X("path=dropped\n"),
      {.name = "g", .type = 'g', .data = "path=all\nlinkpath=l\nuid=7\n"},
      F("a", TEXT),
      {.name = "s", .type = '2', .link = "t"},
      END}},
    {"wrong checksum", NULL, 0, {F("a", TEXT), {.name = "b", .bad_checksum = true, .data = TEXT}, F("c", TEXT), END}},
    {"lone zero block", NULL, 0, {F("a", TEXT), {.kind = ZERO_BLOCK}, F("b", TEXT), END}},
    {"behind the end", NULL, 0, {F("a", TEXT), END, F("b", TEXT), END}},
    {"star",
     NULL,
     0,
     {{.name = "a", .data = TEXT, .patch = {PATCH(345, "pre/fix"), PATCH(476, "00000000001 00000000002 "), STAR_END}},
      {.name = "b", .data = TEXT, .patch = {PATCH(508, "tar\0")}},
      END}},
    {"GNU times",
     NULL,
     0,
     {{.name = "a", .data = TEXT, .patch = {GNU_MAGIC, PATCH(345, "14524770000\00014524770001\0")}},
      {.name = "b", .data = TEXT, .patch = {GNU_MAGIC, PATCH(345, "prefix/of/old/go")}},
      END}},
};

size_t mutation_bases(void)
{
    return IA_COUNT(bases);
}

size_t mutation_all_bases(void)
{
    return IA_COUNT(bases) + IA_COUNT(disputed);
}

void mutation_base(size_t index, struct tarball *t)
{
    case_build(t, index < IA_COUNT(bases) ? &bases[index] : &disputed[index - IA_COUNT(bases)]);
}
