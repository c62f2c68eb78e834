/* SPDX-License-Identifier: Apache-2.0 */
#include "tar_mutation.h"

#include "io/tar_header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t random_below(struct random *r, uint64_t limit)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15U; /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return (z ^ z >> 31) % limit;
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
    if (random_below(r, 8))
        repair_checksum(block);
}

static void insert_bytes(struct tarball *t, size_t at, const void *bytes, size_t n)
{
    t->p = realloc(t->p, t->n + n);
    memmove(t->p + at + n, t->p + at, t->n - at);
    memcpy(t->p + at, bytes, n);
    t->n += n;
}

/* One block more: a copy of another one, or zeros. */
static void insert_block(struct random *r, struct tarball *t, size_t at)
{
    size_t from = random_below(r, t->n / 512) * 512;
    char block[512] = {0};
    if (random_below(r, 4))
        memcpy(block, t->p + from, 512);
    insert_bytes(t, at, block, 512);
}

static void remove_block(struct tarball *t, size_t at)
{
    memmove(t->p + at, t->p + at + 512, t->n - at - 512);
    t->n -= 512;
}

/* The offset of a block that is a header, if that is easily found: members and extension headers are put before it. */
static size_t some_header(struct random *r, const struct tarball *t)
{
    size_t at = 0;
    for (int tries = 0; tries < 8; tries++) {
        at = random_below(r, t->n / 512) * 512;
        if (ia_tar_block_kind(ia_cursor_from(t->p + at, 512)) == IA_TAR_IS_HEADER)
            break;
    }
    return at;
}

struct chosen {
    const char *p;
    size_t n;
};

#define CHOICE(text)                                                                                                   \
    {                                                                                                                  \
        text, sizeof(text) - 1                                                                                         \
    }

static const struct chosen texts[] = {
    CHOICE("var/lib/dpkg/status"),
    CHOICE("a"),
    CHOICE("dir/"),
    CHOICE("dir//"),
    CHOICE("/abs"),
    CHOICE("../up"),
    CHOICE("with=sign"),
    CHOICE("\xc3\xa9"),
    CHOICE("\xff\xfe"),
    CHOICE("new\nline"),
    CHOICE(" blanks "),
    CHOICE(""),
};
static const struct chosen sizes[] = {
    CHOICE("0"), CHOICE("1"), CHOICE("64"), CHOICE("70"), CHOICE("0064"), CHOICE("512"), CHOICE(""),
};
static const struct chosen numbers[] = {
    CHOICE("0"), CHOICE("1"), CHOICE("70000"), CHOICE("1.5"), CHOICE("1600000000.123456789"), CHOICE("-1"), CHOICE(""),
};
static const struct chosen versions[] = {CHOICE("0"), CHOICE("1"), CHOICE("2"), CHOICE("")};
static const struct chosen maps[] = {CHOICE("0,64"), CHOICE("0,32,168,32"), CHOICE("0"), CHOICE("")};
static const struct chosen oddities[] = {
    CHOICE("nul\0inside"),
    CHOICE("BINARY"),
    CHOICE("+64"),
    CHOICE("1_0"),
    CHOICE(" 64"),
    CHOICE("64 "),
    CHOICE("x"),
    CHOICE("1e3"),
    CHOICE("-64"),
    CHOICE("99999999999999999999"),
    CHOICE("18446744073709551680"),
};

static const struct {
    const char *key;
    const struct chosen *values;
    size_t n;
} keys[] = {
    {"path", texts, IA_COUNT(texts)},
    {"path", texts, IA_COUNT(texts)},
    {"linkpath", texts, IA_COUNT(texts)},
    {"uname", texts, IA_COUNT(texts)},
    {"comment", texts, IA_COUNT(texts)},
    {"hdrcharset", texts, IA_COUNT(texts)},
    {"SCHILY.xattr.user.x", texts, IA_COUNT(texts)},
    {"SCHILY.xattr.trusted.overlay.opaque", texts, IA_COUNT(texts)},
    {"size", sizes, IA_COUNT(sizes)},
    {"size", sizes, IA_COUNT(sizes)},
    {"uid", numbers, IA_COUNT(numbers)},
    {"gid", numbers, IA_COUNT(numbers)},
    {"mtime", numbers, IA_COUNT(numbers)},
    {"ctime", numbers, IA_COUNT(numbers)},
    {"GNU.sparse.major", versions, IA_COUNT(versions)},
    {"GNU.sparse.minor", versions, IA_COUNT(versions)},
    {"GNU.sparse.name", texts, IA_COUNT(texts)},
    {"GNU.sparse.map", maps, IA_COUNT(maps)},
    {"GNU.sparse.size", sizes, IA_COUNT(sizes)},
    {"GNU.sparse.realsize", sizes, IA_COUNT(sizes)},
    {"GNU.sparse.numblocks", versions, IA_COUNT(versions)},
    {"GNU.sparse.offset", sizes, IA_COUNT(sizes)},
    {"GNU.sparse.numbytes", sizes, IA_COUNT(sizes)},
};

/* Appends one PAX record, of that row of the table. Rarely it is malformed. */
static void add_record(struct random *r, struct tarball *records, size_t key)
{
    struct chosen value = keys[key].values[random_below(r, keys[key].n)];
    char text[128];
    if (random_below(r, 32) == 0)
        value = oddities[random_below(r, IA_COUNT(oddities))];
    size_t total = strlen(keys[key].key) + value.n + 5; /* length, blank, '=', newline; below 100 */
    if (random_below(r, 64) == 0)
        total += random_below(r, 5) - 2;
    int head = snprintf(text, sizeof(text), random_below(r, 64) ? "%02zu %s=" : "+%zu %s=", total, keys[key].key);
    memcpy(text + head, value.p, value.n);
    text[(size_t)head + value.n] = random_below(r, 128) ? '\n' : ' ';
    insert_bytes(records, records->n, text, (size_t)head + value.n + 1);
}

/* Records of neighbouring rows: keys that belong together come together. */
static void add_records(struct random *r, struct tarball *records)
{
    size_t first = random_below(r, IA_COUNT(keys)), among = 1 + random_below(r, 9);
    for (uint64_t left = 1 + random_below(r, 6); left; left--)
        add_record(r, records, (first + random_below(r, among)) % IA_COUNT(keys));
}

/* An extension header of any kind before some header. */
static void insert_extension(struct random *r, struct tarball *t)
{
    static const char types[] = {'x', 'x', 'x', 'x', 'g', 'L', 'K'};
    struct tarball made = {NULL, 0}, content = {NULL, 0};
    struct tar_member member = {.name = "extension", .type = types[random_below(r, sizeof(types))]};
    struct chosen text = texts[random_below(r, IA_COUNT(texts))];
    if (member.type == 'x' || member.type == 'g')
        add_records(r, &content);
    else
        insert_bytes(&content, 0, text.p, text.n);
    if (random_below(r, member.type == 'L' ? 2 : 32) == 0)
        insert_bytes(&content, content.n, "\0\0\0", 1 + random_below(r, 3));
    member.data = content.p;
    member.size = content.n;
    tarball_add(&made, &member);
    insert_bytes(t, some_header(r, t), made.p, made.n);
    tarball_free(&made);
    tarball_free(&content);
}

/* A member of any type and name, with or without the data that its size promises. */
static void insert_member(struct random *r, struct tarball *t)
{
    static const char types[] = "0001122345670SDVMNXAZxgLK\xff";
    static const char data[700] = "some data of a member\n";
    static const size_t lengths[] = {0, 0, 0, 1, 64, 511, 512, 513, 700};
    struct tarball made = {NULL, 0};
    struct tar_member member = {.name = texts[random_below(r, IA_COUNT(texts))].p};
    member.type = types[random_below(r, sizeof(types) - 1)];
    member.link = random_below(r, 2) ? texts[random_below(r, IA_COUNT(texts))].p : "";
    member.size = lengths[random_below(r, IA_COUNT(lengths))];
    member.data = random_below(r, 4) && !strchr("123456", member.type) ? data : NULL;
    tarball_add(&made, &member);
    if (random_below(r, 4) == 0)
        change_field(r, made.p);
    repair_checksum(made.p);
    insert_bytes(t, some_header(r, t), made.p, made.n);
    tarball_free(&made);
}

/* Another archive, or bytes, behind the end or in the middle. */
static void splice(struct random *r, struct tarball *t)
{
    struct tarball other;
    size_t at = random_below(r, 2) ? t->n : some_header(r, t);
    mutation_base(random_below(r, mutation_all_bases()), &other);
    if (random_below(r, 4) == 0)
        other.n = 1 + random_below(r, other.n);
    insert_bytes(t, at, other.p, other.n);
    tarball_free(&other);
}

static void cut(struct random *r, struct tarball *t)
{
    if (random_below(r, 4) == 0)
        t->n = 512 + random_below(r, t->n - 511);
}

static void change(struct random *r, struct tarball *t)
{
    size_t at = random_below(r, t->n / 512) * 512;
    switch (random_below(r, 24)) {
    case 0:
        insert_block(r, t, at);
        break;
    case 1:
        if (t->n > 1024)
            remove_block(t, at);
        break;
    case 2:
        cut(r, t);
        break;
    case 3:
        splice(r, t);
        break;
    case 4:
    case 5:
    case 6:
    case 7:
        insert_extension(r, t);
        break;
    case 8:
    case 9:
    case 10:
        insert_member(r, t);
        break;
    default:
        change_block(r, t->p + at);
    }
}

void mutation_make(struct random *r, struct tarball *t)
{
    mutation_base(random_below(r, mutation_all_bases()), t);
    for (uint64_t left = 1 + random_below(r, 3); left; left--)
        change(r, t);
}
