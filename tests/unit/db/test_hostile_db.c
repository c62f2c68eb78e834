/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are damaged, and files that are forged: their digests are right and their content is not. */
#include "db_case.h"

#include "db/layout.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct file {
    struct test_env t;
    struct ia_buf buf;
};

static void open_file(struct file *f)
{
    test_env_open(&f->t);
    test_env_crypto(&f->t);
    ia_buf_init(&f->buf, &ia_alloc_libc, SIZE_MAX);
    cr_assert_eq(db_case_sample(&f->t, &f->buf), IMGA_OK, "%s", f->t.env.error.message);
}

static void close_file(struct file *f)
{
    ia_buf_free(&f->buf);
    test_env_close(&f->t);
    cr_expect_eq(f->t.live, 0, "%zu allocations are left", f->t.live);
}

/* Opens, walks when that succeeds, closes. */
static int try_open(struct file *f)
{
    struct ia_db *db;
    void *copy;
    test_env_reset(&f->t);
    int status = db_case_open(&f->t, &f->buf, &db, &copy);
    if (status == IMGA_OK)
        db_case_walk(db);
    cr_expect_eq(db != NULL, status == IMGA_OK);
    cr_expect_eq(f->t.env.error.status, status);
    ia_db_close(db);
    free(copy);
    return status;
}

static uint8_t *entry(struct file *f, enum ia_db_section section)
{
    return (uint8_t *)f->buf.p + IA_DB_HEADER_SIZE + section * IA_DB_ENTRY_SIZE;
}

static uint8_t *section(struct file *f, enum ia_db_section which)
{
    return (uint8_t *)f->buf.p + ia_load_u64le(entry(f, which) + 8);
}

Test(hostile_db, every_flipped_bit_is_refused)
{
    struct file f;
    open_file(&f);
    for (size_t i = 0; i < f.buf.n; i++) {
        for (int bit = 0; bit < 8; bit += 7) {
            f.buf.p[i] ^= (char)(1 << bit);
            int status = try_open(&f);
            cr_expect(status == IMGA_E_CHECKSUM || status == IMGA_E_FORMAT ||
                          (status == IMGA_E_UNSUPPORTED && i >= 8 && i < 12) ||
                          (status == IMGA_E_TRUNCATED && i >= 16 && i < 24),
                      "byte %zu: %d", i, status);
            f.buf.p[i] ^= (char)(1 << bit);
        }
    }
    cr_expect_eq(try_open(&f), IMGA_OK);
    close_file(&f);
}

/* With right digests a changed byte may still be a valid database (a version, a number): then it is safe to read. */
Test(hostile_db, every_forged_byte_is_refused_or_safe)
{
    static const uint8_t values[] = {0, 1, 0x7f, 0xff};
    struct file f;
    size_t refused = 0;
    open_file(&f);
    for (size_t i = 0; i < f.buf.n; i++) {
        char kept = f.buf.p[i];
        for (size_t v = 0; v < IA_COUNT(values); v++) {
            f.buf.p[i] = (char)values[v];
            db_case_sign(&f.t, &f.buf);
            refused += try_open(&f) < 0;
            f.buf.p[i] = kept;
        }
        db_case_sign(&f.t, &f.buf);
    }
    cr_expect_gt(refused, f.buf.n, "%zu of %zu", refused, IA_COUNT(values) * f.buf.n);
    cr_expect_eq(try_open(&f), IMGA_OK);
    close_file(&f);
}

Test(hostile_db, every_cut_and_every_tail)
{
    struct file f;
    open_file(&f);
    size_t whole = f.buf.n;
    for (size_t n = 0; n < whole; n++) {
        f.buf.n = n;
        cr_expect_eq(try_open(&f), IMGA_E_TRUNCATED, "cut at %zu", n);
    }
    f.buf.n = whole;
    cr_assert_eq(ia_buf_add(&f.buf, "\0\0\0\0\0\0\0\0", 8), IMGA_OK);
    cr_expect_eq(try_open(&f), IMGA_E_FORMAT, "bytes after the end");
    ia_store_u64le((uint8_t *)f.buf.p + 16, f.buf.n);
    db_case_sign(&f.t, &f.buf);
    cr_expect_eq(try_open(&f), IMGA_E_FORMAT, "bytes after the last section");
    close_file(&f);
}

Test(hostile_db, header)
{
    struct file f;
    open_file(&f);
    ia_store_u32le((uint8_t *)f.buf.p + 8, 2);
    cr_expect_eq(try_open(&f), IMGA_E_UNSUPPORTED);
    cr_expect_eq(f.t.env.error.offset, 8);
    ia_store_u32le((uint8_t *)f.buf.p + 8, 1);
    memcpy(f.buf.p, "SQLite format 3", 15);
    cr_expect_eq(try_open(&f), IMGA_E_FORMAT);
    memset(f.buf.p, 0, f.buf.n);
    cr_expect_eq(try_open(&f), IMGA_E_FORMAT);
    close_file(&f);
}

Test(hostile_db, a_wrong_checksum_names_the_section)
{
    for (int i = 0; i < IA_DB_SECTIONS; i++) {
        struct file f;
        open_file(&f);
        uint64_t offset = ia_load_u64le(entry(&f, i) + 8);
        section(&f, i)[1] ^= 1;
        cr_expect_eq(try_open(&f), IMGA_E_CHECKSUM);
        cr_expect_eq(f.t.env.error.offset, (int64_t)offset);
        cr_expect(strstr(f.t.env.error.message, ia_db_sections[i].name), "%s", f.t.env.error.message);
        close_file(&f);
    }
}

struct directory_row {
    const char *name;
    enum ia_db_section section;
    size_t field; /* offset in the entry */
    int64_t add;
};

Test(hostile_db, directory)
{
    static const struct directory_row rows[] = {
        {"identifier", IA_DB_KEYS, 0, 1},           {"row size", IA_DB_KEYS, 4, 4},
        {"row size 0", IA_DB_FEEDS, 4, -48},        {"not aligned", IA_DB_RECORDS, 8, 4},
        {"overlap", IA_DB_RECORDS, 8, -8},          {"a gap", IA_DB_RECORDS, 8, 8},
        {"overflow", IA_DB_STRINGS, 8, -100000},    {"too long", IA_DB_STRINGS, 16, 1},
        {"not whole rows", IA_DB_COVERAGE, 16, 1},  {"one row less", IA_DB_RECORDS, 16, -32},
        {"one row more", IA_DB_KEYS, 16, 20},       {"a huge size", IA_DB_FEEDS, 16, INT64_MAX / 48 * 48},
        {"a negative size", IA_DB_FEEDS, 16, -960}, {"shorter", IA_DB_STRINGS, 16, -1},
    };
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct file f;
        open_file(&f);
        uint8_t *field = entry(&f, rows[i].section) + rows[i].field;
        if (rows[i].field < 8)
            ia_store_u32le(field, (uint32_t)(ia_load_u32le(field) + rows[i].add));
        else
            ia_store_u64le(field, ia_load_u64le(field) + (uint64_t)rows[i].add);
        db_case_sign(&f.t, &f.buf);
        cr_expect_eq(try_open(&f), IMGA_E_FORMAT, "%s: %s", rows[i].name, f.t.env.error.message);
        close_file(&f);
    }
}

/* One key has 20 bytes, so four bytes are between the keys and the records. */
Test(hostile_db, bytes_between_sections)
{
    struct file f;
    struct ia_db_writer *writer;
    open_file(&f);
    ia_buf_clear(&f.buf);
    cr_assert_eq(ia_db_writer_new(&f.t.env, &writer), IMGA_OK);
    cr_assert_eq(db_case_feed(&f.t, writer, "f", db_case_debian, 1), IMGA_OK);
    cr_assert_eq(db_case_finish(&f.t, writer, &f.buf), IMGA_OK);
    ia_db_writer_free(writer);
    cr_expect_eq(try_open(&f), IMGA_OK);
    uint64_t end = ia_load_u64le(entry(&f, IA_DB_KEYS) + 8) + ia_load_u64le(entry(&f, IA_DB_KEYS) + 16);
    cr_assert_eq(ia_load_u64le(entry(&f, IA_DB_RECORDS) + 8) - end, 4);
    f.buf.p[end] = 'x';
    cr_expect_eq(try_open(&f), IMGA_E_FORMAT);
    cr_expect_eq(f.t.env.error.offset, (int64_t)end);
    close_file(&f);
}

struct content_row {
    const char *name;
    enum ia_db_section section;
    size_t row, field;
    uint32_t value;
    const char *message; /* a part of it */
};

/* Offset 3 is inside of a text, 0xffffff behind all of them. */
static const struct content_row content[] = {
    {"feed format", IA_DB_FEEDS, 0, IA_FEED_FORMAT, 3, "feed format"},
    {"feed format 0", IA_DB_FEEDS, 1, IA_FEED_FORMAT, 0, "feed format"},
    {"feed reserved", IA_DB_FEEDS, 0, IA_FEED_ZERO, 1, "feed format"},
    {"feed name inside of a text", IA_DB_FEEDS, 0, IA_FEED_NAME, 3, "text that is not there"},
    {"feed name outside", IA_DB_FEEDS, 0, IA_FEED_NAME, 0xffffff, "text that is not there"},
    {"feed digest outside", IA_DB_FEEDS, 0, IA_FEED_SHA256, 0xffffffff, "text that is not there"},
    {"feed digest is another text", IA_DB_FEEDS, 0, IA_FEED_SHA256, 1, "not a SHA-256"},
    {"feed records", IA_DB_FEEDS, 0, IA_FEED_RECORDS, 7, "do not add up"},
    {"feed records overflow", IA_DB_FEEDS, 0, IA_FEED_RECORDS + 4, 0xffffffff, ""},
    {"coverage distribution empty", IA_DB_COVERAGE, 0, IA_COVER_DISTRO, 0, "text that is not there"},
    {"coverage release inside", IA_DB_COVERAGE, 0, IA_COVER_RELEASE, 3, "text that is not there"},
    {"coverage repository outside", IA_DB_COVERAGE, 0, IA_COVER_REPOSITORY, 0xffffff, "text that is not there"},
    {"coverage feed", IA_DB_COVERAGE, 0, IA_COVER_FEED, 2, "feed that is not there"},
    {"coverage records", IA_DB_COVERAGE, 0, IA_COVER_RECORDS, 9, "do not add up"},
    {"coverage twice", IA_DB_COVERAGE, 2, IA_COVER_REPOSITORY, 1, "not sorted"},
    {"key distribution empty", IA_DB_KEYS, 0, IA_KEY_DISTRO, 0, "text that is not there"},
    {"key release empty", IA_DB_KEYS, 0, IA_KEY_RELEASE, 0, "text that is not there"},
    {"key package empty", IA_DB_KEYS, 0, IA_KEY_PACKAGE, 0, "text that is not there"},
    {"key package inside", IA_DB_KEYS, 0, IA_KEY_PACKAGE, 3, "text that is not there"},
    {"key first", IA_DB_KEYS, 1, IA_KEY_FIRST, 0, "left out or shared"},
    {"key first outside", IA_DB_KEYS, 0, IA_KEY_FIRST, 0xffffffff, "left out or shared"},
    {"key count 0", IA_DB_KEYS, 0, IA_KEY_COUNT, 0, "left out or shared"},
    {"key count huge", IA_DB_KEYS, 5, IA_KEY_COUNT, 0xffffffff, "do not add up"},
    {"key without coverage", IA_DB_KEYS, 0, IA_KEY_RELEASE, 1, "without coverage"},
    {"record of another key", IA_DB_RECORDS, 0, IA_RECORD_KEY, 1, "another key"},
    {"record identifier empty", IA_DB_RECORDS, 0, IA_RECORD_ID, 0, "text that is not there"},
    {"record identifier inside", IA_DB_RECORDS, 0, IA_RECORD_ID, 3, "text that is not there"},
    {"record version outside", IA_DB_RECORDS, 0, IA_RECORD_FIXED, 0xffffff, "text that is not there"},
    {"record urgency outside", IA_DB_RECORDS, 0, IA_RECORD_URGENCY, 0xffffff, "text that is not there"},
    {"record reason outside", IA_DB_RECORDS, 0, IA_RECORD_REASON, 0xffffff, "text that is not there"},
    {"record repository outside", IA_DB_RECORDS, 0, IA_RECORD_REPOSITORY, 0xffffff, "text that is not there"},
    {"record feed", IA_DB_RECORDS, 0, IA_RECORD_FEED, 2, "feed that is not there"},
    {"record status 0", IA_DB_RECORDS, 0, IA_RECORD_STATUS, 0, "status or severity"},
    {"record status 5", IA_DB_RECORDS, 0, IA_RECORD_STATUS, 5, "status or severity"},
    {"record severity 6", IA_DB_RECORDS, 0, IA_RECORD_STATUS, 0x0601, "status or severity"},
    {"record reserved", IA_DB_RECORDS, 0, IA_RECORD_STATUS, 0x010001, "status or severity"},
    {"string start", IA_DB_STRINGS, 0, 0, 0x41414141, "first text is not empty"},
    {"string empty", IA_DB_STRINGS, 1, 0, 0, "not sorted"},
    {"string not UTF-8", IA_DB_STRINGS, 1, 0, 0x80808080, "not UTF-8"},
    {"string order", IA_DB_STRINGS, 1, 0, 0x7a7a7a7a, "not sorted"},
};

Test(hostile_db, content)
{
    for (size_t i = 0; i < IA_COUNT(content); i++) {
        const struct content_row *row = &content[i];
        struct file f;
        open_file(&f);
        size_t at = row->row * ia_db_sections[row->section].row + row->field;
        cr_assert_leq(at + 4, ia_load_u64le(entry(&f, row->section) + 16), "%s", row->name);
        ia_store_u32le(section(&f, row->section) + at, row->value);
        db_case_sign(&f.t, &f.buf);
        cr_expect_eq(try_open(&f), IMGA_E_FORMAT, "%s", row->name);
        cr_expect(strstr(f.t.env.error.message, row->message), "%s: %s", row->name, f.t.env.error.message);
        cr_expect(strstr(f.t.env.error.message, ia_db_sections[row->section].name), "%s: %s", row->name,
                  f.t.env.error.message);
        close_file(&f);
    }
}

/* Two rows change places: every row is right by itself. */
Test(hostile_db, order)
{
    static const struct {
        enum ia_db_section section;
        size_t row;
    } rows[] = {{IA_DB_COVERAGE, 0}, {IA_DB_COVERAGE, 4}, {IA_DB_KEYS, 0}, {IA_DB_KEYS, 3}, {IA_DB_RECORDS, 1}};
    for (size_t i = 0; i < IA_COUNT(rows); i++) {
        struct file f;
        size_t size = ia_db_sections[rows[i].section].row;
        uint8_t kept[IA_FEED_ROW];
        open_file(&f);
        uint8_t *row = section(&f, rows[i].section) + rows[i].row * size;
        memcpy(kept, row, size);
        memmove(row, row + size, size);
        memcpy(row + size, kept, size);
        db_case_sign(&f.t, &f.buf);
        cr_expect_eq(try_open(&f), IMGA_E_FORMAT, "row %zu", i);
        close_file(&f);
    }
}

/* The last text without its NUL. */
Test(hostile_db, unterminated_text)
{
    struct file f;
    open_file(&f);
    f.buf.p[f.buf.n - 1] = 'x';
    db_case_sign(&f.t, &f.buf);
    cr_expect_eq(try_open(&f), IMGA_E_FORMAT);
    cr_expect_eq(f.t.env.error.offset, (int64_t)f.buf.n - 1);
    close_file(&f);
}

/* "CVE-2" becomes a second "CVE-1": one name would have two numbers. */
Test(hostile_db, a_text_twice)
{
    struct file f;
    open_file(&f);
    uint8_t *strings = section(&f, IA_DB_STRINGS);
    size_t at = 0;
    while (memcmp(strings + at, "CVE-2", 6) != 0)
        at++;
    cr_assert(memcmp(strings + at - 6, "CVE-1", 6) == 0);
    strings[at + 4] = '1';
    db_case_sign(&f.t, &f.buf);
    cr_expect_eq(try_open(&f), IMGA_E_FORMAT);
    cr_expect(strstr(f.t.env.error.message, "not unique"), "%s", f.t.env.error.message);
    close_file(&f);
}
