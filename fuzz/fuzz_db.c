/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A forged database: the digests and the size are made right before it is opened, so that the checks behind them are
 * reached. What opens must be safe to read, and every key must lead to its records.
 */
#include "fuzz.h"

#include "crypto/digest.h"
#include "db/db.h"
#include "db/layout.h"

#include <stdlib.h>
#include <string.h>

static void put_digest(struct fuzz_env *f, const uint8_t *data, size_t size, uint8_t *out)
{
    struct ia_digest digest;
    fuzz_check(ia_digest_of(&f->env, data, size, &digest) == IMGA_OK, "a digest");
    memcpy(out, digest.bytes, IA_DB_SHA256);
}

static void sign(struct fuzz_env *f, uint8_t *file, size_t size)
{
    uint8_t head[IA_DB_AT_DIGEST + IA_DB_START - IA_DB_HEADER_SIZE];
    memcpy(file, ia_db_magic, IA_DB_MAGIC_SIZE);
    ia_store_u64le(file + 16, size);
    for (size_t i = 0; i < IA_DB_SECTIONS; i++) {
        uint8_t *entry = file + IA_DB_HEADER_SIZE + i * IA_DB_ENTRY_SIZE;
        uint64_t offset = ia_load_u64le(entry + 8), length = ia_load_u64le(entry + 16);
        if (offset <= size && length <= size - offset)
            put_digest(f, file + offset, (size_t)length, entry + IA_DB_ENTRY_DIGEST);
    }
    memcpy(head, file, IA_DB_AT_DIGEST);
    memcpy(head + IA_DB_AT_DIGEST, file + IA_DB_HEADER_SIZE, IA_DB_START - IA_DB_HEADER_SIZE);
    put_digest(f, head, sizeof(head), file + IA_DB_AT_DIGEST);
}

/* A sum over every text, so that a sanitizer sees each one. */
static size_t walk(const struct ia_db *db)
{
    size_t feeds, first, sum = strlen(ia_db_id(db));
    const struct ia_feed *feed = ia_db_feeds(db, &feeds);
    struct ia_db_coverage c;
    struct ia_db_record r;
    for (size_t i = 0; i < feeds; i++)
        sum += strlen(feed[i].name) + strlen(feed[i].sha256);
    for (size_t i = 0; i < ia_db_record_count(db); i++) {
        ia_db_record(db, i, &r);
        fuzz_check(r.feed < feeds && r.status >= IA_ADVISORY_AFFECTED && r.status <= IA_ADVISORY_UNDETERMINED,
                   "ranges");
        sum += strlen(r.id) + strlen(r.fixed_version) + strlen(r.urgency) + strlen(r.reason) + strlen(r.repository);
        bool found = false;
        for (size_t j = 0; !found && ia_db_coverage(db, j, &c); j++) {
            size_t count =
                ia_db_find(db, ia_str_from(c.distro), ia_str_from(r.release), ia_str_from(r.package), &first);
            found = count > 0 && i >= first && i - first < count;
        }
        fuzz_check(found, "a record is found by its key");
    }
    for (size_t i = 0; ia_db_coverage(db, i, &c); i++)
        fuzz_check(c.feed < feeds && ia_db_covers(db, ia_str_from(c.distro), ia_str_from(c.release)), "coverage");
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_env f;
    struct ia_db *db = NULL;
    uint8_t *file = malloc(size ? size : 1);
    fuzz_check(file != NULL, "memory");
    if (size)
        memcpy(file, data, size);
    fuzz_env_open(&f);
    if (size >= IA_DB_START)
        sign(&f, file, size);
    int status = ia_db_open(&f.env, file, size, &db);
    fuzz_check((status == IMGA_OK) == (db != NULL), "a database or an error");
    if (db)
        fuzz_check(walk(db) > 0, "there is an identity");
    ia_db_close(db);
    free(file);
    fuzz_env_close(&f);
    return 0;
}
