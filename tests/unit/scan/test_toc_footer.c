/* SPDX-License-Identifier: Apache-2.0 */
/* The ends of blobs that lead to tables of contents: every number that lies, and what is no footer. */
#include "image/toc_frame.h"
#include "support.h"

#include <criterion/criterion.h>
#include <string.h>

enum { SIZE = 10000 };

/* zstd:chunked: the frame's magic and size, numbers, the text at the end. */
struct chunked {
    uint32_t magic, size;
    uint64_t offset, packed, unpacked, type;
    const char *text;
    bool is_long;
};

static size_t put_chunked(const struct chunked *c, uint8_t out[IA_TOC_TAIL])
{
    size_t n = c->is_long ? 64 : 40;
    memset(out, 0, IA_TOC_TAIL);
    ia_store_u32le(out, c->magic);
    ia_store_u32le(out + 4, c->size);
    ia_store_u64le(out + 8, c->offset);
    ia_store_u64le(out + 16, c->packed);
    ia_store_u64le(out + 24, c->unpacked);
    ia_store_u64le(out + 32, c->type);
    memcpy(out + n, c->text, 8);
    return n + 8;
}

#define MAGIC 0x184d2a50
#define TEXT "GnUlInUx"

static const struct {
    const char *name;
    struct chunked footer;
    enum ia_toc_kind kind;
    const char *trouble;
} chunked[] = {
    {"long", {MAGIC, 64, 100, 200, 300, 1, TEXT, true}, IA_TOC_CHUNKED, NULL},
    {"short", {MAGIC, 40, 100, 200, 300, 1, TEXT, false}, IA_TOC_CHUNKED, NULL},
    {"another skippable frame", {MAGIC + 15, 64, 100, 200, 300, 1, TEXT, true}, IA_TOC_CHUNKED, NULL},
    {"all of the blob", {MAGIC, 64, 0, SIZE - 72, 0, 1, TEXT, true}, IA_TOC_CHUNKED, NULL},
    {"all and a byte", {MAGIC, 64, 0, SIZE - 71, 0, 1, TEXT, true}, IA_TOC_CHUNKED, "leads out of the layer"},
    {"behind the end", {MAGIC, 64, SIZE - 71, 0, 0, 1, TEXT, true}, IA_TOC_CHUNKED, "leads out of the layer"},
    {"at the end", {MAGIC, 64, SIZE - 72, 0, 0, 1, TEXT, true}, IA_TOC_CHUNKED, NULL},
    {"short, over the end", {MAGIC, 40, SIZE - 48, 1, 0, 1, TEXT, false}, IA_TOC_CHUNKED, "leads out of the layer"},
    {"sum over 64 bits", {MAGIC, 64, UINT64_MAX, 2, 0, 1, TEXT, true}, IA_TOC_CHUNKED, "leads out of the layer"},
    {"length over 64 bits", {MAGIC, 64, 2, UINT64_MAX, 0, 1, TEXT, true}, IA_TOC_CHUNKED, "leads out of the layer"},
    {"type 2", {MAGIC, 64, 100, 200, 300, 2, TEXT, true}, IA_TOC_CHUNKED, "type that is not known"},
    {"no frame", {MAGIC - 1, 64, 100, 200, 300, 1, TEXT, true}, IA_TOC_CHUNKED, "no frame of its own"},
    {"frame of another size", {MAGIC, 65, 100, 200, 300, 1, TEXT, true}, IA_TOC_CHUNKED, "no frame of its own"},
    {"another text", {MAGIC, 64, 100, 200, 300, 1, "GNUlInUx", true}, IA_TOC_NONE, NULL},
};

static void expect(const char *name, const struct ia_toc_frame *frame, enum ia_toc_kind kind, const char *trouble)
{
    cr_expect_eq(frame->kind, kind, "%s", name);
    cr_expect_eq(frame->trouble != NULL, trouble != NULL, "%s: %s", name, frame->trouble ? frame->trouble : "");
    if (trouble && frame->trouble)
        cr_expect_not_null(strstr(frame->trouble, trouble), "%s: %s", name, frame->trouble);
}

Test(toc_footer, zstd_chunked)
{
    uint8_t tail[IA_TOC_TAIL];
    for (size_t i = 0; i < IA_COUNT(chunked); i++) {
        struct ia_toc_frame frame = {.kind = IA_TOC_NONE};
        size_t n = put_chunked(&chunked[i].footer, tail);
        ia_toc_footer(ia_cursor_from(tail, n), SIZE, &frame);
        expect(chunked[i].name, &frame, chunked[i].kind, chunked[i].trouble);
        if (frame.kind != IA_TOC_NONE && !frame.trouble) {
            cr_expect_eq(frame.offset, chunked[i].footer.offset);
            cr_expect_eq(frame.size, chunked[i].footer.packed);
            cr_expect_eq(frame.unpacked, chunked[i].footer.unpacked);
        }
    }
}

/* The numbers of the longer footer end with a whole shorter one. */
Test(toc_footer, two_in_one)
{
    struct chunked one = {MAGIC, 64, 100, 200, 300, 1, TEXT, true}, two = {MAGIC, 40, 8, 9, 10, 1, TEXT, false};
    uint8_t tail[IA_TOC_TAIL], inner[IA_TOC_TAIL];
    struct ia_toc_frame frame = {.kind = IA_TOC_NONE};
    put_chunked(&one, tail);
    size_t n = put_chunked(&two, inner);
    memcpy(tail + sizeof(tail) - n, inner, n);
    ia_toc_footer(ia_cursor_from(tail, sizeof(tail)), SIZE, &frame);
    expect("two in one", &frame, IA_TOC_CHUNKED, "in two ways");
}

#define HEAD "\x1f\x8b\x08\x04\0\0\0\0\0\xff"
#define REST "\1\0\0\xff\xff\0\0\0\0\0\0\0\0"
#define NEW(digits) HEAD "\x1a\0SG\x16\0" digits "STARGZ" REST
#define OLD(digits) HEAD "\x16\0" digits "STARGZ" REST
#define ROW(text) text, sizeof(text) - 1

static const struct {
    const char *name, *bytes;
    size_t n;
    enum ia_toc_kind kind;
    uint64_t offset, size;
    const char *trouble;
} stargz[] = {
    {"new", ROW(NEW("00000000000000ff")), IA_TOC_ESTARGZ, 255, SIZE - 51 - 255, NULL},
    {"old", ROW(OLD("00000000000000FF")), IA_TOC_ESTARGZ, 255, SIZE - 47 - 255, NULL},
    {"at the end", ROW(NEW("00000000000026dd")), IA_TOC_ESTARGZ, SIZE - 51, 0, NULL},
    {"behind the end", ROW(NEW("00000000000026de")), IA_TOC_ESTARGZ, 0, 0, "leads out of the layer"},
    {"64 bits", ROW(NEW("ffffffffffffffff")), IA_TOC_ESTARGZ, 0, 0, "leads out of the layer"},
    {"no digits", ROW(NEW("000000000000000g")), IA_TOC_ESTARGZ, 0, 0, "no offset"},
    {"minus", ROW(OLD("-000000000000001")), IA_TOC_ESTARGZ, 0, 0, "no offset"},
    {"another mark",
     ROW(HEAD "\x1a\0SG\x16\0"
              "0000000000000000STARGY" REST),
     IA_TOC_NONE, 0, 0, NULL},
    {"another field",
     ROW(HEAD "\x1a\0SH\x16\0"
              "0000000000000000STARGZ" REST),
     IA_TOC_NONE, 0, 0, NULL},
    {"no gzip",
     ROW("\x1f\x8c"
         "0000000000SG\x16\0"
         "0000000000000000STARGZ" REST),
     IA_TOC_NONE, 0, 0, NULL},
    {"nothing", "", 0, IA_TOC_NONE, 0, 0, NULL},
    {"text alone", ROW("STARGZ"), IA_TOC_NONE, 0, 0, NULL},
    {"short", ROW("GnUlInUx"), IA_TOC_CHUNKED, 0, 0, "no frame of its own"},
};

Test(toc_footer, estargz)
{
    for (size_t i = 0; i < IA_COUNT(stargz); i++) {
        struct ia_toc_frame frame = {.kind = IA_TOC_NONE};
        ia_toc_footer(ia_cursor_from(stargz[i].bytes, stargz[i].n), SIZE, &frame);
        expect(stargz[i].name, &frame, stargz[i].kind, stargz[i].trouble);
        if (frame.kind != IA_TOC_NONE && !frame.trouble) {
            cr_expect_eq(frame.offset, stargz[i].offset, "%s", stargz[i].name);
            cr_expect_eq(frame.size, stargz[i].size, "%s", stargz[i].name);
        }
    }
}

/* Every length that a blob can have, cut from the front. */
Test(toc_footer, shorter_blobs)
{
    uint8_t tail[IA_TOC_TAIL];
    struct chunked right = {MAGIC, 64, 0, 0, 0, 1, TEXT, true};
    size_t n = put_chunked(&right, tail);
    for (size_t cut = 0; cut <= n; cut++) {
        struct ia_toc_frame frame = {.kind = IA_TOC_NONE};
        ia_toc_footer(ia_cursor_from(tail + cut, n - cut), n - cut, &frame);
        expect("cut", &frame, n - cut < 8 ? IA_TOC_NONE : IA_TOC_CHUNKED, cut && n - cut >= 8 ? "frame" : NULL);
        frame = (struct ia_toc_frame){.kind = IA_TOC_NONE};
        size_t m = sizeof(NEW("0000000000000000")) - 1;
        ia_toc_footer(ia_cursor_from(NEW("0000000000000000") + (cut < m ? cut : m), cut < m ? m - cut : 0), m, &frame);
        expect("cut", &frame, cut ? IA_TOC_NONE : IA_TOC_ESTARGZ, NULL);
    }
}
