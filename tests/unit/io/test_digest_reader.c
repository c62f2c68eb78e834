/* SPDX-License-Identifier: Apache-2.0 */
/* The stage that compares digest and size with what they must be. */
#include "io/digest_reader.h"
#include "support.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char text[] = "0123456789";
enum { SIZE = 10 };

struct row {
    const char *name;
    enum ia_digest_algorithm algorithm;
    int wrong; /* 1: the digest of something else */
    uint64_t size, max;
    int status;
    size_t handed_out; /* with chunks of one byte */
};

static const struct row rows[] = {
    {"all right", IA_DIGEST_SHA256, 0, SIZE, SIZE, IMGA_OK, SIZE},
    {"sha512", IA_DIGEST_SHA512, 0, SIZE, SIZE, IMGA_OK, SIZE},
    {"size not checked", IA_DIGEST_SHA256, 0, UINT64_MAX, SIZE, IMGA_OK, SIZE},
    {"digest not checked", 0, 0, SIZE, SIZE, IMGA_OK, SIZE},
    {"nothing checked", 0, 0, UINT64_MAX, UINT64_MAX, IMGA_OK, SIZE},
    {"wrong digest", IA_DIGEST_SHA256, 1, SIZE, SIZE, IMGA_E_DIGEST, SIZE},
    {"wrong sha512", IA_DIGEST_SHA512, 1, SIZE, SIZE, IMGA_E_DIGEST, SIZE},
    {"one byte missing", IA_DIGEST_SHA256, 0, SIZE + 1, 100, IMGA_E_DIGEST, SIZE},
    {"one byte too many", IA_DIGEST_SHA256, 0, SIZE - 1, 100, IMGA_E_DIGEST, SIZE - 1},
    {"must be empty", IA_DIGEST_SHA256, 0, 0, 100, IMGA_E_DIGEST, 0},
    {"limit", IA_DIGEST_SHA256, 0, UINT64_MAX, SIZE - 1, IMGA_E_LIMIT, SIZE - 1},
    {"limit 0", IA_DIGEST_SHA256, 0, UINT64_MAX, 0, IMGA_E_LIMIT, 0},
    {"limit below the expected size", IA_DIGEST_SHA256, 0, SIZE, SIZE - 1, IMGA_E_LIMIT, SIZE - 1},
};

static void digest_of(struct test_env *t, enum ia_digest_algorithm algorithm, struct ia_digest *out)
{
    struct ia_hash *hash;
    cr_assert_eq(ia_hash_new(&t->env, algorithm, &hash), IMGA_OK);
    cr_assert_eq(ia_hash_update(hash, &t->env, text, SIZE), IMGA_OK);
    cr_assert_eq(ia_hash_finish(hash, &t->env, out), IMGA_OK);
    ia_hash_free(hash);
}

static void check_row(struct test_env *t, const struct row *row, size_t step)
{
    struct ia_expected expected = {.size = row->size, .max = row->max, .limit = "layer_bytes", .what = "layer"};
    struct ia_reader *reader;
    struct ia_cursor chunk;
    char *data;
    size_t size;
    test_env_reset(t);
    if (row->algorithm)
        digest_of(t, row->algorithm, &expected.digest);
    expected.digest.bytes[31] ^= (uint8_t)row->wrong;
    cr_assert_eq(ia_digest_reader(&t->env, test_chunks(text, SIZE, step), &expected, &reader), IMGA_OK);
    cr_assert_null(reader->skip);
    cr_assert_eq(test_read_all(&t->env, reader, &data, &size), row->status, "%s: %s", row->name, t->env.error.message);
    cr_assert(step > 1 || size == row->handed_out, "%s: %zu bytes", row->name, size);
    cr_assert(size == 0 || memcmp(data, text, size) == 0);
    cr_assert_eq(ia_reader_next(reader, &t->env, &chunk), row->status, "%s: the answer must repeat", row->name);
    cr_assert(row->status != IMGA_E_LIMIT || strstr(t->env.error.message, "layer_bytes"));
    ia_reader_close(reader);
    free(data);
}

Test(digest_reader, verifies_digest_size_and_limit)
{
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    for (size_t i = 0; i < IA_COUNT(rows); i++)
        for (size_t step = 1; step <= SIZE; step += 3)
            check_row(&t, &rows[i], step);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(digest_reader, passes_failures_of_its_input_on)
{
    struct test_env t;
    struct ia_expected expected = {.size = SIZE, .max = SIZE, .what = "blob"};
    struct ia_reader *reader;
    test_env_open(&t);
    test_env_crypto(&t);
    cr_assert_eq(ia_digest_reader(&t.env, test_broken(text, SIZE, IMGA_E_IO), &expected, &reader), IMGA_OK);
    cr_assert_eq(ia_reader_drain(reader, &t.env), IMGA_E_IO);
    ia_reader_close(reader);
    test_env_reset(&t);
    cr_assert_eq(ia_digest_reader(&t.env, test_chunks(text, SIZE, 1), &expected, &reader), IMGA_OK);
    atomic_store(&t.cancel.flag, 1);
    cr_assert_eq(ia_reader_drain(reader, &t.env), IMGA_E_CANCELLED);
    ia_reader_close(reader);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(digest_reader, every_failed_allocation_is_reported)
{
    for (size_t n = 1; n < 6; n++) {
        struct test_env t;
        struct ia_expected expected = {.size = SIZE, .max = SIZE, .what = "blob"};
        struct ia_reader *reader = NULL;
        test_env_open(&t);
        test_env_crypto(&t);
        digest_of(&t, IA_DIGEST_SHA256, &expected.digest);
        t.count = 0;
        t.fail_at = n;
        int status = ia_digest_reader(&t.env, test_chunks(text, SIZE, 3), &expected, &reader);
        if (status == IMGA_OK)
            status = ia_reader_drain(reader, &t.env);
        cr_assert(n <= t.count ? status == IMGA_E_NOMEM : status == IMGA_OK, "allocation %zu: %d", n, status);
        ia_reader_close(reader);
        test_env_close(&t);
        cr_assert_eq(t.live, 0);
    }
}
