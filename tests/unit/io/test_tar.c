/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of docs/tar-rules.md, one row each, in every chunk size, with and without reading the data. */
#include "tar_case.h"

#include <criterion/criterion.h>

#include <string.h>

#define GNU_MAGIC PATCH(257, "ustar  \0")
#define V7_MAGIC PATCH(257, "\0\0\0\0\0\0\0\0")
#define X(text)                                                                                                        \
    {                                                                                                                  \
        .name = "x", .type = 'x', .data = text                                                                         \
    }
#define G(text)                                                                                                        \
    {                                                                                                                  \
        .name = "g", .type = 'g', .data = text                                                                         \
    }
#define RAW_X(literal)                                                                                                 \
    {                                                                                                                  \
        .name = "x", .type = 'x', .raw = true, .data = literal, .size = sizeof(literal) - 1                            \
    }
#define LONG(kind, literal)                                                                                            \
    {                                                                                                                  \
        .name = "././@LongLink", .type = kind, .data = literal, .size = sizeof(literal) - 1                            \
    }
#define F(file, text)                                                                                                  \
    {                                                                                                                  \
        .name = file, .data = text                                                                                     \
    }
#define END                                                                                                            \
    {                                                                                                                  \
        .kind = END_MARK                                                                                               \
    }
#define ZERO                                                                                                           \
    {                                                                                                                  \
        .kind = ZERO_BLOCK                                                                                             \
    }

#define NAME_100 "a123456789b123456789c123456789d123456789e123456789f123456789g123456789h123456789i123456789j123456789"

static const struct tar_case kinds[] = {
    {"all kinds",
     "f a 3\nd d/ 0\nl s > t 0\nh h > a 0\nc c 0 !O\nb b 0\np p 0\nend",
     0,
     {F("a", "abc"),
      {.name = "d/", .type = '5'},
      {.name = "s", .type = '2', .link = "t"},
      {.name = "h", .type = '1', .link = "a"},
      {.name = "c", .type = '3'},
      {.name = "b", .type = '4'},
      {.name = "p", .type = '6'},
      END}},
    {"a device that is no whiteout",
     "c c 0\nend",
     0,
     {{.name = "c", .type = '3', .patch = {PATCH(329, "0000001\0"), PATCH(337, "0000005\0")}}, END}},
    {"full name and link fields",
     "l " NAME_100 " > " NAME_100 " 0\nend",
     0,
     {{.name = NAME_100, .type = '2', .link = NAME_100}, END}},
    {"seventh edition",
     "f a 1\nd b/ 0\nend",
     0,
     {{.name = "a", .type = '@', .data = "1", .patch = {V7_MAGIC}},
      {.name = "b/", .type = '@', .patch = {V7_MAGIC}},
      END}},
    {"no prefix in seventh edition", "f a 0\nend", 0, {{.name = "a", .patch = {V7_MAGIC, PATCH(345, "var")}}, END}},
    {"no prefix in unknown magic",
     "f a 0\nend",
     0,
     {{.name = "a", .patch = {PATCH(257, "ustarX00"), PATCH(345, "var")}}, END}},
    {"no prefix in GNU with another version",
     "f a 0\nend",
     0,
     {{.name = "a", .patch = {PATCH(257, "ustar 00"), PATCH(345, "var")}}, END}},
    {"ustar prefix", "f var/lib/a 0\nend", 0, {{.name = "a", .patch = {PATCH(345, "var/lib")}}, END}},
    {"ustar version does not matter",
     "f v/a 0\nend",
     0,
     {{.name = "a", .patch = {PATCH(257, "ustar\0xy"), PATCH(345, "v")}}, END}},
    {"star prefix is shorter",
     "f v/a 0\nend",
     0,
     {{.name = "a", .patch = {PATCH(345, "v"), PATCH(476, "7"), PATCH(508, "tar\0")}}, END}},
    {"GNU times are no prefix",
     "f a 0\nend",
     0,
     {{.name = "a", .patch = {GNU_MAGIC, PATCH(345, "00000000017\0")}}, END}},
    {"GNU magic with a prefix of old Go",
     "f var/a 0 !P\nend",
     0,
     {{.name = "a", .patch = {GNU_MAGIC, PATCH(345, "var")}}, END}},
    {"GNU magic with a prefix that is not ASCII",
     "f a 0\nend",
     0,
     {{.name = "a", .patch = {GNU_MAGIC, PATCH(345, "v\xff")}}, END}},
    {"signed checksum", "f \xe4\xf6 0\nend", 0, {{.name = "\xe4\xf6", .signed_checksum = true}, END}},
    {"unsigned checksum with high bytes", "f \xe4\xf6 0\nend", 0, {{.name = "\xe4\xf6"}, END}},
    {"contiguous and unknown types are files",
     "f a 2 !T\nf b 1 !T\nf c 0 !T\nend",
     0,
     {{.name = "a", .type = '7', .data = "12"},
      {.name = "b", .type = 'Z', .data = "1"},
      {.name = "c", .type = '\xff'},
      END}},
    {"vendor types are files",
     "f D 1 !T\nf M 1 !T\nf N 1 !T\nf V 0 !T\nf X 1 !T\nf A 1 !T\nend",
     0,
     {{.name = "D", .type = 'D', .data = "1"},
      {.name = "M", .type = 'M', .data = "1"},
      {.name = "N", .type = 'N', .data = "1"},
      {.name = "V", .type = 'V'},
      {.name = "X", .type = 'X', .data = "1"},
      {.name = "A", .type = 'A', .data = "1"},
      END}},
    {"file with a slash and data", "f a/ 2 !T\nend", 0, {F("a/", "12"), END}},
    {"file with a slash and no data", "d a/ 0 !T\nend", 0, {F("a/", NULL), END}},
    {"seventh edition directory with a size has no data",
     "d a/ 0 !T\nf b 1\nend",
     0,
     {{.name = "a/", .type = '@', .size = 512, .no_data = true}, F("b", "1"), END}},
    {"link with a size has no data",
     "h h > a 0 !T\nf b 1\nend",
     0,
     {{.name = "h", .type = '1', .link = "a", .size = 700, .no_data = true}, F("b", "1"), END}},
    {"symlink, directory, device and fifo with a size",
     "l s > a 0 !T\nd d 0 !T\nb e 0 !T\np p 0 !T\nf b 1\nend",
     0,
     {{.name = "s", .type = '2', .link = "a", .size = 9, .no_data = true},
      {.name = "d", .type = '5', .size = 9, .no_data = true},
      {.name = "e", .type = '4', .size = 9, .no_data = true},
      {.name = "p", .type = '6', .size = 9, .no_data = true},
      F("b", "1"),
      END}},
};

static const struct tar_case numbers[] = {
    {"blanks and NULs around octal",
     "f a 3\nf b 3\nf c 3\nend",
     0,
     {{.name = "a", .data = "abc", .patch = {PATCH(124, "          3 ")}},
      {.name = "b",
       .data = "abc",
       .patch = {PATCH(124, "\0\0\0"
                            "3\0\0\0\0\0\0\0\0")}},
      {.name = "c", .data = "abc", .patch = {PATCH(124, "3\0garbage...")}},
      END}},
    {"empty size", "f a 0\nend", 0, {{.name = "a", .patch = {PATCH(124, "\0\0\0\0\0\0\0\0\0\0\0\0")}}, END}},
    {"base-256 size",
     "f a 3\nend",
     0,
     {{.name = "a", .data = "abc", .patch = {PATCH(124, "\x80\0\0\0\0\0\0\0\0\0\0\x03")}}, END}},
    {"ids over 32 bits", "f a 0 !N\nend", 0, {{.name = "a", .patch = {PATCH(108, "\x80\0\0\x01\0\0\0\0")}}, END}},
    {"negative mode",
     "f a 0 !N\nend",
     0,
     {{.name = "a", .patch = {PATCH(100, "\xff\xff\xff\xff\xff\xff\xff\xff")}}, END}},
    {"text in gid", "f a 0 !N\nend", 0, {{.name = "a", .patch = {PATCH(116, "12x4567\0")}}, END}},
    {"time over 63 bits",
     "f a 0 !N\nend",
     0,
     {{.name = "a", .patch = {PATCH(136, "\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")}}, END}},
    {"time before 1970",
     "f a 0\nend",
     0,
     {{.name = "a", .patch = {PATCH(136, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xf0")}}, END}},
    {"device number over 32 bits",
     "b a 0 !N\nend",
     0,
     {{.name = "a", .type = '4', .patch = {PATCH(329, "\x80\0\0\x01\0\0\0\0")}}, END}},
};

static const struct tar_case extensions[] = {
    {"PAX path and link",
     "l new > to 0\nf b 0\nend",
     0,
     {X("path=new\nlinkpath=to\n"), {.name = "a", .type = '2', .link = "x"}, F("b", NULL), END}},
    {"empty values leave the ustar ones", "f a 3\nend", 0, {X("path=\nsize=\nuid=\nlinkpath=\n"), F("a", "abc"), END}},
    {"other keys",
     "f a 0\nend",
     0,
     {X("mtime=1.5\natime=-1e9\ncomment=\nSCHILY.xattr.user.x=1\nuname=r\nSCHILY.xattr.trusted.overlayx=1\nSCHILY.dev="
        "1\n"),
      F("a", NULL), END}},
    {"value with newline and equals", "f a=\nb 0\nend", 0, {RAW_X("13 path=a=\nb\n"), F("a", NULL), END}},
    {"PAX size beats ustar size",
     "f a 3 !P\nf b 0\nend",
     0,
     {X("size=3\n"), {.name = "a", .data = "abc", .patch = {PATCH(124, "00000000000\0")}}, F("b", NULL), END}},
    {"PAX size that says the same", "f a 3\nend", 0, {X("size=3\n"), F("a", "abc"), END}},
    {"PAX size on a link", "l a > b 0 !TP\nend", 0, {X("size=3\n"), {.name = "a", .type = '2', .link = "b"}, END}},
    {"PAX ids",
     "f a 0 !N\nf b 0 !N\nf c 0\nend",
     0,
     {X("uid=-1\n"), F("a", NULL), X("gid=4294967296\n"), F("b", NULL), X("uid=4294967295\n"), F("c", NULL), END}},
    {"a key given twice",
     "f 2 0 !P\nf b 0 !P\nend",
     0,
     {X("path=1\npath=2\n"), F("a", NULL), X("size=0\nsize=0\n"), F("b", NULL), END}},
    {"two PAX headers", "f a 0 !P\nend", 0, {X("path=lost\n"), X("mtime=1\n"), F("a", NULL), END}},
    {"empty PAX header", "f a 0\nend", 0, {{.name = "x", .type = 'x'}, F("a", NULL), END}},
    {"overlay attributes",
     "f a 0 !O\nf b 0 !O\nf c 0 !O\nend",
     0,
     {X("SCHILY.xattr.trusted.overlay.opaque=y\n"), F("a", NULL), X("SCHILY.xattr.user.overlay.redirect=/x\n"),
      F("b", NULL), X("LIBARCHIVE.xattr.trusted.overlay.opaque=eQ\n"), F("c", NULL), END}},
    {"global header renames nothing", "f a 0 !P\nf b 0\nend", 0, {G("path=no\n"), F("a", NULL), F("b", NULL), END}},
    {"global comment", "f a 0\nend", 0, {G("comment=0123\n"), F("a", NULL), END}},
    {"global header alone", "end", 0, {G("comment=0123\n"), END}},
    {"global size and link",
     "f a 1 !P\nf b 1 !P\nend",
     0,
     {G("size=512\n"), F("a", "1"), G("linkpath=x\n"), F("b", "1"), END}},
    {"global header after a PAX header", "f a 0 !P\nend", 0, {X("path=lost\n"), G("comment=1\n"), F("a", NULL), END}},
    {"PAX header after a global header", "f new 0\nend", 0, {G("comment=1\n"), X("path=new\n"), F("a", NULL), END}},
    {"GNU long name and link",
     "l new > to 0\nf b 0\nend",
     0,
     {LONG('L', "new\0"), LONG('K', "to\0"), {.name = "a", .type = '2', .link = "x"}, F("b", NULL), END}},
    {"GNU long name without NUL", "f new 0\nend", 0, {LONG('L', "new"), F("a", NULL), END}},
    {"GNU long name ends at its NUL", "f new 0\nend", 0, {LONG('L', "new\0old"), F("a", NULL), END}},
    {"empty GNU long name", "f a 0 !P\nend", 0, {LONG('L', "\0"), F("a", NULL), END}},
    {"two GNU long names", "f 2 0 !P\nend", 0, {LONG('L', "1\0"), LONG('L', "2\0"), F("a", NULL), END}},
    {"GNU long name beats PAX path",
     "f gnu 0 !P\nf gnu 0 !P\nend",
     0,
     {X("path=pax\n"), LONG('L', "gnu\0"), F("a", NULL), LONG('L', "gnu\0"), X("path=pax\n"), F("b", NULL), END}},
    {"GNU long link beats PAX linkpath",
     "l a > gnu 0 !P\nend",
     0,
     {X("linkpath=pax\n"), LONG('K', "gnu\0"), {.name = "a", .type = '2', .link = "x"}, END}},
    {"link name on a file is dropped", "f a 0\nend", 0, {LONG('K', "to\0"), F("a", NULL), END}},
};

static const struct tar_case sparse[] = {
    {"old GNU",
     "f s 3 !TS\nf b 0\nend",
     0,
     {{.name = "s", .type = 'S', .data = "abc", .patch = {GNU_MAGIC}}, F("b", NULL), END}},
    {"old GNU with two more parts of the map",
     "f s 3 !TS\nf b 0\nend",
     0,
     {{.name = "s", .type = 'S', .size = 3, .no_data = true, .patch = {GNU_MAGIC, PATCH(482, "\1")}},
      {.name = "map", .patch = {PATCH(504, "\1")}},
      ZERO,
      F("abc", NULL),
      F("b", NULL),
      END}},
    {"PAX 1.0",
     "f real 3 !TS\nend",
     0,
     {X("GNU.sparse.major=1\nGNU.sparse.minor=0\nGNU.sparse.name=real\nGNU.sparse.realsize=9\n"), F("s", "0\n\n"),
      END}},
    {"PAX 0.1",
     "f real 3 !TS\nend",
     0,
     {X("GNU.sparse.name=real\nGNU.sparse.numblocks=1\nGNU.sparse.map=0,3\n"), F("s", "abc"), END}},
    {"PAX 0.0",
     "f s 3 !TS\nend",
     0,
     {X("GNU.sparse.numblocks=1\nGNU.sparse.offset=0\nGNU.sparse.numbytes=3\n"), F("s", "abc"), END}},
    {"an empty map is none", "f s 3 !P\nf t 3 !P\nend", 0,
     {X("GNU.sparse.offset=\nGNU.sparse.name=other\n"), F("s", "abc"),
      X("GNU.sparse.map=0,64\nGNU.sparse.map=\nGNU.sparse.name=other\n"), F("t", "abc"), END}},
    {"version 0.1 by number", "f s 3 !TS\nend", 0, {X("GNU.sparse.major=0\nGNU.sparse.minor=1\n"), F("s", "abc"), END}},
    {"unknown versions are plain files",
     "f s 3 !P\nf t 0 !P\nf u 0 !P\nf v 0 !P\nend",
     0,
     {X("GNU.sparse.major=2\nGNU.sparse.minor=0\nGNU.sparse.name=no\n"), F("s", "abc"), X("GNU.sparse.name=no\n"),
      F("t", NULL), X("GNU.sparse.major=0\n"), F("u", NULL), X("GNU.sparse.minor=0\nGNU.sparse.map=0,1\n"),
      F("v", NULL), END}},
};

static const struct tar_case ends[] = {
    {"nothing but the end mark", "end", 0, {END}},
    {"no end mark", "f a 1\nend lacks", 0, {F("a", "1")}},
    {"one zero block", "f a 1\nend lacks", 0, {F("a", "1"), ZERO}},
    {"zeros after the end mark", "f a 1\nend", 0, {F("a", "1"), END, END, END}},
    {"a member after the end mark", "f a 1\nend trailing", 0, {F("a", "1"), END, F("b", "2")}},
    {"bytes after the end mark", "end trailing", 0, {END, {.kind = RAW, .data = "\0x", .size = 2}}},
    {"one zero byte after the end mark", "end", 0, {END, {.kind = RAW, .data = "\0", .size = 1}}},
};

static const struct tar_case hostile[] = {
    {"an empty stream", "truncated", 0, {{.kind = MEMBER}}},
    {"no tar archive", "format", 0, {{.name = "a", .bad_checksum = true}, END}},
    {"bad checksum", "f a 0\nchecksum", 0, {F("a", NULL), {.name = "b", .bad_checksum = true}, END}},
    {"no checksum", "f a 0\nchecksum", 0, {F("a", NULL), {.kind = RAW, .data = NAME_100, .size = 100}, END}},
    {"text for a checksum",
     "f a 0\nchecksum",
     0,
     {F("a", NULL), {.kind = RAW, .data = NAME_100 NAME_100, .size = 200}, END}},
    {"lone zero block", "f a 0\nformat", 0, {F("a", NULL), ZERO, F("b", NULL), END}},
    {"zero block first", "format", 0, {ZERO, F("b", NULL), END}},
    {"cut in a header", "f a 0\ntruncated", 1, {F("a", NULL), F("b", NULL)}},
    {"cut in data", "f a 3\ntruncated", 511, {F("a", "abc")}},
    {"cut in padding", "f a 3\ntruncated", 1, {F("a", "abc")}},
    {"cut in the end mark", "f a 0\ntruncated", 1, {F("a", NULL), END}},
    {"cut before data", "f a 3\ntruncated", 512, {F("a", "abc")}},
    {"negative base-256 size",
     "format",
     0,
     {{.name = "a", .patch = {PATCH(124, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfc\x00")}}, END}},
    {"size 2^63-1",
     "f a 9223372036854775807\ntruncated",
     0,
     {{.name = "a", .patch = {PATCH(124, "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff")}}, END}},
    {"size 2^63", "format", 0, {{.name = "a", .patch = {PATCH(124, "\x80\0\0\0\x80\0\0\0\0\0\0\0")}}, END}},
    {"size 2^88", "format", 0, {{.name = "a", .patch = {PATCH(124, "\x80\x01\0\0\0\0\0\0\0\0\0\0")}}, END}},
    {"size with a sign", "format", 0, {{.name = "a", .patch = {PATCH(124, "-0000000001\0")}}, END}},
    {"size in hexadecimal", "format", 0, {{.name = "a", .patch = {PATCH(124, "0x400\0\0\0\0\0\0\0")}}, END}},
    {"size with digit 8", "format", 0, {{.name = "a", .patch = {PATCH(124, "00000000008\0")}}, END}},
    {"size with a blank inside", "format", 0, {{.name = "a", .patch = {PATCH(124, "1 1\0\0\0\0\0\0\0\0\0")}}, END}},
    {"no name", "format", 0, {F("", NULL), END}},
    {"PAX length 0", "format", 0, {RAW_X("0 path=x\n0 0 0 "), F("a", NULL), END}},
    {"PAX length past the end", "format", 0, {RAW_X("999999999 path=x\n"), F("a", NULL), END}},
    {"PAX length one past the end", "format", 0, {RAW_X("11 path=x\n"), F("a", NULL), END}},
    {"PAX length too short", "format", 0, {RAW_X("3 a=b\n"), F("a", NULL), END}},
    {"PAX length of 20 digits", "format", 0, {RAW_X("18446744073709551616 a=b\n"), F("a", NULL), END}},
    {"PAX length with a sign", "format", 0, {RAW_X("+6 a=b\n"), F("a", NULL), END}},
    {"PAX without length", "format", 0, {RAW_X("path=x\n"), F("a", NULL), END}},
    {"PAX without newline", "format", 0, {RAW_X("10 path=xy"), F("a", NULL), END}},
    {"PAX without equals", "format", 0, {RAW_X("7 path\n"), F("a", NULL), END}},
    {"PAX without key", "format", 0, {RAW_X("5 =a\n"), F("a", NULL), END}},
    {"PAX with NULs after the records", "format", 0, {RAW_X("6 a=b\n\0\0"), F("a", NULL), END}},
    {"PAX path with NUL", "format", 0, {RAW_X("11 path=\0x\n"), F("a", NULL), END}},
    {"PAX key with NUL", "format", 0, {RAW_X("7 a\0=b\n"), F("a", NULL), END}},
    {"PAX size negative", "format", 0, {X("size=-1\n"), F("a", NULL), END}},
    {"PAX size over 2^63-1", "format", 0, {X("size=9223372036854775808\n"), F("a", NULL), END}},
    {"PAX size with a blank", "format", 0, {X("size= 1\n"), F("a", NULL), END}},
    {"global header is checked too", "format", 0, {{.name = "g", .type = 'g', .raw = true, .data = "9"}, END}},
    {"PAX header without entry", "format", 0, {X("path=x\n"), END}},
    {"GNU long name without entry", "f a 0\nformat", 0, {F("a", NULL), LONG('L', "x\0")}},
    {"cut in a PAX header", "truncated", 512, {X("path=x\n")}},
    {"PAX header over the limit", "limit", 0, {{.name = "x", .type = 'x', .size = 1048577, .no_data = true}, END}},
    {"GNU long name over the limit", "limit", 0, {{.name = "x", .type = 'L', .size = 1048577, .no_data = true}, END}},
    {"sparse of another format", "format", 0, {{.name = "s", .type = 'S'}, END}},
    {"sparse map on a directory", "format", 0, {X("GNU.sparse.map=0,1\n"), {.name = "d", .type = '5'}, END}},
    {"sparse map without end", "truncated", 0, {{.name = "s", .type = 'S', .patch = {GNU_MAGIC, PATCH(482, "\1")}}}},
};

static const struct {
    const struct tar_case *rows;
    size_t count;
} tables[] = {
    {kinds, IA_COUNT(kinds)},   {numbers, IA_COUNT(numbers)}, {extensions, IA_COUNT(extensions)},
    {sparse, IA_COUNT(sparse)}, {ends, IA_COUNT(ends)},       {hostile, IA_COUNT(hostile)},
};

static void each_row(void (*check)(const struct tar_case *row, const struct tarball *t))
{
    for (size_t i = 0; i < IA_COUNT(tables); i++)
        for (size_t j = 0; j < tables[i].count; j++) {
            struct tarball t;
            case_build(&t, &tables[i].rows[j]);
            check(&tables[i].rows[j], &t);
            tarball_free(&t);
        }
}

static void walk_in_chunks(const struct tar_case *row, const struct tarball *t)
{
    static const size_t steps[] = {1, 7, 511, 512, 513, 4096, SIZE_MAX};
    char text[CASE_TEXT];
    for (size_t i = 0; i < 2 * IA_COUNT(steps); i++) {
        enum walk_mode mode = i & 1 ? WALK_READING : WALK_JUMPING;
        struct test_env env;
        struct ia_reader *reader = test_chunks(t->p, t->n, steps[i / 2]);
        test_env_open(&env);
        case_walk(&env.env, reader, mode, text);
        cr_expect_str_eq(text, row->expected, "%s: chunks of %zu, mode %d: got\n%s", row->name, steps[i / 2], mode,
                         text);
        ia_reader_close(reader);
        cr_expect_eq(env.live, 0, "%s: leaks", row->name);
        test_env_close(&env);
    }
}

static void walk_pausing(const struct tar_case *row, const struct tarball *t)
{
    static const size_t steps[] = {1, 512, 700};
    char text[CASE_TEXT];
    for (size_t i = 0; i < 2 * IA_COUNT(steps); i++) {
        struct test_env env;
        struct ia_reader *reader = test_pausing(test_chunks(t->p, t->n, steps[i / 2]));
        test_env_open(&env);
        case_walk(&env.env, reader, i & 1 ? WALK_READING : WALK_JUMPING, text);
        cr_expect_str_eq(text, row->expected, "%s: pauses between chunks of %zu: got\n%s", row->name, steps[i / 2],
                         text);
        ia_reader_close(reader);
        cr_expect_eq(env.live, 0, "%s: leaks", row->name);
        test_env_close(&env);
    }
}

Test(tar, rules_with_pauses)
{
    each_row(walk_pausing);
}

Test(tar, rules_in_every_chunk_size)
{
    each_row(walk_in_chunks);
}

static void walk_skipping(const struct tar_case *row, const struct tarball *t)
{
    char text[CASE_TEXT];
    struct test_env env;
    struct ia_reader *reader = NULL;
    test_env_open(&env);
    cr_assert_eq(ia_reader_memory(&env.env, t->p, t->n, &reader), IMGA_OK);
    case_walk(&env.env, reader, WALK_JUMPING, text);
    cr_expect_str_eq(text, row->expected, "%s: a reader that skips: got\n%s", row->name, text);
    cr_expect_eq(env.env.error.status < 0, strstr(row->expected, "end") == NULL, "%s: error", row->name);
    ia_reader_close(reader);
    cr_expect_eq(env.live, 0, "%s: leaks", row->name);
    test_env_close(&env);
}

Test(tar, rules_with_a_reader_that_skips)
{
    each_row(walk_skipping);
}

static void walk_without_memory(const struct tar_case *row, const struct tarball *t)
{
    char text[CASE_TEXT];
    for (size_t n = 1; n < 100; n++) {
        struct test_env env;
        struct ia_reader *reader = test_chunks(t->p, t->n, 100);
        test_env_open(&env);
        env.fail_at = n;
        int status = case_walk(&env.env, reader, WALK_READING, text);
        bool fired = env.count >= n;
        ia_reader_close(reader);
        cr_expect_eq(env.live, 0, "%s: leaks at allocation %zu", row->name, n);
        if (fired)
            cr_expect_eq(status, IMGA_E_NOMEM, "%s: allocation %zu gives %d", row->name, n, status);
        else
            cr_expect_str_eq(text, row->expected, "%s: after allocation %zu", row->name, n);
        test_env_close(&env);
        if (!fired)
            break;
    }
}

Test(tar, every_allocation_may_fail)
{
    each_row(walk_without_memory);
}
