/* SPDX-License-Identifier: Apache-2.0 */
/* The three formats, written from their descriptions; SQLite's by SQLite. */
#include "made.h"
#include "made_sqlite.h"

#include "base/cursor.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_HEADER = 26 };

struct book {
    uint8_t *p;
    size_t page_size, pages;
    bool big;
};

static void set(const struct book *b, size_t at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        b->p[at + (b->big ? bytes - 1 - i : i)] = (uint8_t)(value >> (8 * i));
}

static size_t chain_pages(const struct book *b, struct ia_str header)
{
    size_t room = b->page_size - PAGE_HEADER;
    return (header.n + room - 1) / room;
}

static void write_chain(const struct book *b, size_t page, struct ia_str header)
{
    size_t room = b->page_size - PAGE_HEADER;
    for (size_t i = 0, at = 0; at < header.n; i++, at += room) {
        size_t start = (page + i) * b->page_size, n = header.n - at < room ? header.n - at : room;
        set(b, start + 8, page + i, 4);
        set(b, start + 16, at + n < header.n ? page + i + 1 : 0, 4);
        set(b, start + 22, n, 2);
        b->p[start + 25] = 7;
        memcpy(b->p + start + PAGE_HEADER, header.p + at, n);
    }
}

/* Page 1 is the only bucket; the counter is its first pair, as in rpm's databases. */
struct ia_str made_bdb(const struct ia_str *headers, size_t count, bool big, uint32_t page_size)
{
    struct book b = {NULL, page_size, 2, big};
    size_t page = 2, bucket = page_size, end = page_size;
    for (size_t i = 0; i < count; i++)
        b.pages += chain_pages(&b, headers[i]);
    b.p = calloc(b.pages, page_size);
    set(&b, 12, 0x061561, 4);
    set(&b, 16, 9, 4);
    set(&b, 20, page_size, 4);
    b.p[25] = 8;
    set(&b, 32, b.pages - 1, 4);
    b.p[bucket + 25] = 13;
    set(&b, bucket + 20, 2 * (count + 1), 2);
    for (size_t i = 0; i <= count; i++) {
        end -= 5;
        b.p[bucket + end] = 1;
        set(&b, bucket + end + 1, i, 4);
        set(&b, bucket + PAGE_HEADER + 4 * i, end, 2);
        end -= i == 0 ? 5 : 12;
        b.p[bucket + end] = i == 0 ? 1 : 3;
        set(&b, bucket + PAGE_HEADER + 4 * i + 2, end, 2);
        if (i == 0)
            continue;
        set(&b, bucket + end + 4, page, 4);
        set(&b, bucket + end + 8, headers[i - 1].n, 4);
        write_chain(&b, page, headers[i - 1]);
        page += chain_pages(&b, headers[i - 1]);
    }
    return (struct ia_str){(char *)b.p, b.pages * page_size};
}

static uint32_t adler(const uint8_t *p, size_t size)
{
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < size; i++) {
        a = (a + p[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

struct ia_str made_ndb(const struct ia_str *headers, size_t count)
{
    size_t size = 4096, at = 4096;
    for (size_t i = 0; i < count; i++)
        size += (16 + headers[i].n + 12 + 15) / 16 * 16;
    struct book b = {calloc(1, size), 0, 0, false};
    memcpy(b.p, "RpmP", 4);
    set(&b, 8, 1, 4);
    set(&b, 12, 1, 4);
    set(&b, 16, count + 1, 4);
    for (size_t slot = 32; slot < 4096; slot += 16)
        memcpy(b.p + slot, "Slot", 4);
    for (size_t i = 0; i < count; i++) {
        size_t blocks = (16 + headers[i].n + 12 + 15) / 16, end = at + 16 * blocks;
        set(&b, 32 + 16 * i + 4, i + 1, 4);
        set(&b, 32 + 16 * i + 8, at / 16, 4);
        set(&b, 32 + 16 * i + 12, blocks, 4);
        memcpy(b.p + at, "BlbS", 4);
        set(&b, at + 4, i + 1, 4);
        set(&b, at + 8, 1, 4);
        set(&b, at + 12, headers[i].n, 4);
        memcpy(b.p + at + 16, headers[i].p, headers[i].n);
        set(&b, end - 12, adler(b.p + at, 16 * blocks - 12), 4);
        set(&b, end - 8, headers[i].n, 4);
        memcpy(b.p + end - 4, "BlbE", 4);
        at = end;
    }
    return (struct ia_str){(char *)b.p, size};
}

struct ia_str made_sqlite(const struct ia_str *headers, size_t count, const char *statements)
{
    sqlite3 *db = made_in_memory(1024);
    sqlite3_stmt *insert;
    made_run(db, "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL);"
                 "CREATE TABLE Name (key TEXT, hnum INTEGER, idx INTEGER)");
    sqlite3_prepare_v2(db, "INSERT INTO Packages (blob) VALUES (?)", -1, &insert, NULL);
    for (size_t i = 0; i < count; i++) {
        sqlite3_bind_blob(insert, 1, headers[i].p, (int)headers[i].n, SQLITE_STATIC);
        cr_assert_eq(sqlite3_step(insert), SQLITE_DONE);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    made_run(db, statements);
    return made_closed(db);
}
