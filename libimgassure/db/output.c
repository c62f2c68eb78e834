/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a database file, docs/db-format.md. Each section is produced twice from the sorted rows, once into its digest
 * and once to the output, so that the file is never held in memory.
 */
#include "db/db.h"

#include "base/buf.h"
#include "base/cursor.h"
#include "crypto/digest.h"
#include "db/layout.h"
#include "db/rows.h"
#include "db/sort.h"

#include <string.h>

enum { BLOCK = 64 * 1024 };

/* Where the bytes of a section go. After a failure they go nowhere. */
struct block {
    struct ia_env *env;
    struct ia_hash *hash;        /* the digest, or */
    const struct ia_writer *out; /* the file */
    uint8_t *bytes;              /* BLOCK of them */
    uint64_t size;
    size_t used;
    int status;
};

struct output {
    struct ia_db_writer *writer;
    struct ia_env *env;
    struct ia_buf pool;
    uint32_t *rows, *coverage; /* sorted indexes */
    uint8_t *bytes;
    struct block block;
    uint8_t head[IA_DB_START]; /* header and directory */
};

static void flush(struct block *block)
{
    if (block->status == IMGA_OK)
        block->status = ia_check_cancel(block->env);
    if (block->status == IMGA_OK)
        block->status = block->hash ? ia_hash_update(block->hash, block->env, block->bytes, block->used)
                                    : ia_write(block->env, block->out, block->bytes, block->used);
    block->used = 0;
}

static void put(struct block *block, const void *data, size_t size)
{
    struct ia_cursor rest = ia_cursor_from(data, size), part;
    block->size += size;
    while (rest.n) {
        size_t room = BLOCK - block->used;
        if (!ia_cursor_take(&rest, rest.n < room ? rest.n : room, &part))
            return;
        memcpy(block->bytes + block->used, part.p, part.n);
        block->used += part.n;
        if (block->used == BLOCK)
            flush(block);
    }
}

static void put_u32(struct block *block, uint32_t value)
{
    uint8_t bytes[4];
    ia_store_u32le(bytes, value);
    put(block, bytes, sizeof(bytes));
}

static void put_u64(struct block *block, uint64_t value)
{
    uint8_t bytes[8];
    ia_store_u64le(bytes, value);
    put(block, bytes, sizeof(bytes));
}

static void put_feeds(struct output *output)
{
    const struct ia_db_feed_row *feed;
    for (size_t i = 0; (feed = ia_vec_at(&output->writer->feeds, i)); i++) {
        put_u32(&output->block, (uint32_t)feed->facts.format);
        put_u32(&output->block, feed->name);
        put_u32(&output->block, feed->sha256);
        put_u32(&output->block, 0);
        put_u64(&output->block, (uint64_t)feed->facts.as_of);
        put_u64(&output->block, feed->facts.size);
        put_u64(&output->block, feed->facts.records);
        put_u64(&output->block, feed->facts.skipped);
    }
}

static void put_coverage(struct output *output)
{
    for (size_t i = 0; i < output->writer->coverage.n; i++) {
        const struct ia_db_cover *cover = ia_vec_at(&output->writer->coverage, output->coverage[i]);
        for (size_t text = 0; text < IA_COUNT(cover->text); text++)
            put_u32(&output->block, cover->text[text]);
        put_u32(&output->block, cover->feed);
        put_u64(&output->block, cover->records);
    }
}

static const struct ia_db_row *sorted_row(const struct output *output, size_t at)
{
    return at < output->writer->rows.n ? ia_vec_at(&output->writer->rows, output->rows[at]) : NULL;
}

static bool same_key(const struct ia_db_row *a, const struct ia_db_row *b)
{
    return a->text[IA_TEXT_DISTRO] == b->text[IA_TEXT_DISTRO] && a->text[IA_TEXT_RELEASE] == b->text[IA_TEXT_RELEASE] &&
           a->text[IA_TEXT_PACKAGE] == b->text[IA_TEXT_PACKAGE];
}

static void put_keys(struct output *output)
{
    const struct ia_db_row *row, *next;
    size_t first = 0;
    for (size_t i = 0; (row = sorted_row(output, i)); i++) {
        next = sorted_row(output, i + 1);
        if (next && same_key(row, next))
            continue;
        put_u32(&output->block, row->text[IA_TEXT_DISTRO]);
        put_u32(&output->block, row->text[IA_TEXT_RELEASE]);
        put_u32(&output->block, row->text[IA_TEXT_PACKAGE]);
        put_u32(&output->block, (uint32_t)first);
        put_u32(&output->block, (uint32_t)(i + 1 - first));
        first = i + 1;
    }
}

static void put_records(struct output *output)
{
    const struct ia_db_row *row, *before = NULL;
    uint32_t key = 0;
    for (size_t i = 0; (row = sorted_row(output, i)); i++) {
        const uint8_t words[4] = {row->status, row->severity, 0, 0};
        if (before && !same_key(before, row))
            key++;
        before = row;
        put_u32(&output->block, key);
        put_u32(&output->block, row->text[IA_TEXT_ID]);
        put_u32(&output->block, row->text[IA_TEXT_REPOSITORY]);
        put_u32(&output->block, row->feed);
        put_u32(&output->block, row->text[IA_TEXT_FIXED]);
        put_u32(&output->block, row->text[IA_TEXT_URGENCY]);
        put_u32(&output->block, row->text[IA_TEXT_REASON]);
        put(&output->block, words, sizeof(words));
    }
}

static void put_strings(struct output *output)
{
    put(&output->block, output->pool.p, output->pool.n);
}

static void (*const put_section[IA_DB_SECTIONS])(struct output *) = {
    [IA_DB_FEEDS] = put_feeds,     [IA_DB_COVERAGE] = put_coverage, [IA_DB_KEYS] = put_keys,
    [IA_DB_RECORDS] = put_records, [IA_DB_STRINGS] = put_strings,
};

static int by_cover(const void *rows, uint32_t a, uint32_t b)
{
    const struct ia_db_cover *left = ia_vec_at(rows, a), *right = ia_vec_at(rows, b);
    for (size_t i = 0; i < IA_COUNT(left->text); i++)
        if (left->text[i] != right->text[i])
            return left->text[i] < right->text[i] ? -1 : 1;
    return left->feed < right->feed ? -1 : left->feed > right->feed;
}

static int by_place(const void *rows, uint32_t a, uint32_t b)
{
    const struct ia_db_row *left = ia_vec_at(rows, a), *right = ia_vec_at(rows, b);
    for (size_t i = 0; i < IA_TEXT_FIXED; i++)
        if (left->text[i] != right->text[i])
            return left->text[i] < right->text[i] ? -1 : 1;
    return left->feed < right->feed ? -1 : left->feed > right->feed;
}

/* The place of the section behind the one that ends at end. */
static uint64_t aligned(uint64_t end)
{
    return (end + IA_DB_ALIGN - 1) / IA_DB_ALIGN * IA_DB_ALIGN;
}

/* Produces one section into its digest and fills its entry of the directory; *end is moved behind it. */
static int measure_section(struct output *output, size_t section, uint64_t *end)
{
    struct block *block = &output->block;
    uint8_t *entry = output->head + IA_DB_HEADER_SIZE + section * IA_DB_ENTRY_SIZE;
    struct ia_digest digest;
    int status;
    *block = (struct block){.env = output->env, .bytes = output->bytes};
    IA_GO(status, ia_hash_new(output->env, IA_DIGEST_SHA256, &block->hash));
    put_section[section](output);
    flush(block);
    IA_GO(status, block->status);
    IA_GO(status, ia_hash_finish(block->hash, output->env, &digest));
    *end = aligned(*end);
    ia_store_u32le(entry, (uint32_t)section + 1);
    ia_store_u32le(entry + 4, ia_db_sections[section].row);
    ia_store_u64le(entry + 8, *end);
    ia_store_u64le(entry + 16, block->size);
    memcpy(entry + IA_DB_ENTRY_DIGEST, digest.bytes, IA_DB_SHA256);
    *end += block->size;
out:
    ia_hash_free(block->hash);
    block->hash = NULL;
    return status;
}

static int make_head(struct output *output)
{
    uint64_t end = IA_DB_START;
    struct ia_hash *hash = NULL;
    struct ia_digest digest;
    uint8_t *head = output->head;
    int status;
    for (size_t i = 0; i < IA_DB_SECTIONS; i++)
        IA_TRY(measure_section(output, i, &end));
    memcpy(head, ia_db_magic, IA_DB_MAGIC_SIZE);
    ia_store_u32le(head + 8, IA_DB_VERSION);
    ia_store_u32le(head + 12, IA_DB_SECTIONS);
    ia_store_u64le(head + 16, end);
    IA_GO(status, ia_hash_new(output->env, IA_DIGEST_SHA256, &hash));
    IA_GO(status, ia_hash_update(hash, output->env, head, IA_DB_AT_DIGEST));
    IA_GO(status, ia_hash_update(hash, output->env, head + IA_DB_HEADER_SIZE, IA_DB_START - IA_DB_HEADER_SIZE));
    IA_GO(status, ia_hash_finish(hash, output->env, &digest));
    memcpy(head + IA_DB_AT_DIGEST, digest.bytes, IA_DB_SHA256);
out:
    ia_hash_free(hash);
    return status;
}

static int write_file(struct output *output, const struct ia_writer *out)
{
    static const uint8_t zeros[IA_DB_ALIGN];
    struct block *block = &output->block;
    *block = (struct block){.env = output->env, .out = out, .bytes = output->bytes};
    put(block, output->head, sizeof(output->head));
    for (size_t i = 0; i < IA_DB_SECTIONS; i++) {
        put(block, zeros, (size_t)(aligned(block->size) - block->size));
        put_section[i](output);
    }
    flush(block);
    return block->status;
}

/* A writer is used up by this, whatever comes of it: its rows hold offsets afterwards. */
int ia_db_writer_finish(struct ia_db_writer *writer, struct ia_env *env, const struct ia_writer *out)
{
    struct output output = {.writer = writer, .env = env};
    int status;
    if (writer->state != IA_DB_BETWEEN)
        return ia_fail(env, IMGA_E_INVALID, -1, "a feed is being read, or the database is written already");
    writer->state = IA_DB_WRITTEN;
    ia_buf_init(&output.pool, &env->alloc, UINT32_MAX);
    IA_GO(status, ia_db_texts_place(writer, env, &output.pool));
    IA_GO(status, ia_db_sort(env, writer->rows.n, (struct ia_db_order){by_place, &writer->rows}, &output.rows));
    IA_GO(status,
          ia_db_sort(env, writer->coverage.n, (struct ia_db_order){by_cover, &writer->coverage}, &output.coverage));
    output.bytes = ia_new(&env->alloc, BLOCK);
    IA_GO(status, output.bytes ? IMGA_OK : ia_fail_nomem(env));
    IA_GO(status, make_head(&output));
    IA_GO(status, write_file(&output, out));
out:
    ia_free(&env->alloc, output.bytes);
    ia_free(&env->alloc, output.coverage);
    ia_free(&env->alloc, output.rows);
    ia_buf_free(&output.pool);
    return status;
}
