/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many SHA-256 side by side, beside OpenSSL's EVP: every kernel of this processor, every number of lanes, every length
 * around a block, any alignment, any cut.
 */
#include "crypto/digest.h"
#include "crypto/sha256.h"
#include "support.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 20, BLOCK = 64, NOISE = 1 << 20 };

/* "": what the library chooses by itself. */
static const char *const kernels[] = {"", "openssl", "shani", "avx512", "avx2"};

/* One processor runs some of the kernels only; which ones is a test of its own. */
static int open_kernel(struct test_env *t, const char *kernel)
{
    test_env_open(t);
    test_env_crypto(t);
    if (!*kernel || ia_crypto_force(t->env.crypto, kernel) == IMGA_OK)
        return 1;
    test_env_close(t);
    return 0;
}

static uint64_t random_state = 1;

static size_t random_below(size_t n)
{
    random_state = random_state * 6364136223846793005U + 1442695040888963407U;
    return (size_t)((random_state >> 33) % n);
}

static const uint8_t *noise(void)
{
    static uint8_t bytes[NOISE];
    for (size_t i = 0; bytes[0] == 0 && i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(random_below(255) + 1);
    return bytes;
}

static void reference(const EVP_MD *md, const void *data, size_t size, struct ia_digest *out)
{
    memset(out, 0, sizeof(*out));
    out->algorithm = md == EVP_sha256() ? IA_DIGEST_SHA256 : IA_DIGEST_SHA512;
    cr_assert_eq(EVP_Digest(data, size, out->bytes, NULL, md, NULL), 1);
}

static int is_digest_of(const struct ia_digest *digest, const void *data, size_t size)
{
    struct ia_digest expected;
    reference(EVP_sha256(), data, size, &expected);
    return ia_digest_equal(digest, &expected);
}

/* Whole messages in one call; the index of a wrong digest, or -1. */
static int wrong_message(struct test_env *t, const struct ia_str *messages, size_t count)
{
    struct ia_hash_piece pieces[MOST];
    int wrong = -1;
    for (size_t i = 0; i < count; i++) {
        pieces[i] = (struct ia_hash_piece){NULL, messages[i].p, messages[i].n};
        cr_assert_eq(ia_hash_new(&t->env, IA_DIGEST_SHA256, &pieces[i].hash), IMGA_OK);
    }
    cr_assert_eq(ia_hash_update_many(&t->env, pieces, count), IMGA_OK);
    for (size_t i = 0; i < count; i++) {
        struct ia_digest digest;
        cr_assert_eq(ia_hash_finish(pieces[i].hash, &t->env, &digest), IMGA_OK);
        if (!is_digest_of(&digest, messages[i].p, messages[i].n))
            wrong = (int)i;
        ia_hash_free(pieces[i].hash);
    }
    return wrong;
}

Test(lanes, every_length_up_to_ten_blocks_in_every_number_of_lanes)
{
    for (size_t k = 0; k < IA_COUNT(kernels); k++) {
        struct test_env t;
        if (!open_kernel(&t, kernels[k]))
            continue;
        for (size_t size = 0; size < 10 * BLOCK; size++) {
            struct ia_str messages[9];
            for (size_t count = 1; count <= IA_COUNT(messages); count++) {
                messages[count - 1] = (struct ia_str){(const char *)noise() + 777 * count, size};
                cr_assert_eq(wrong_message(&t, messages, count), -1, "%s: %zu of %zu bytes", kernels[k], count, size);
            }
        }
        test_env_close(&t);
        cr_assert_eq(t.live, 0);
    }
}

static const struct {
    const char *name;
    size_t count, sizes[MOST];
} mixes[] = {
    {"none", 0, {0}},
    {"empty ones", 3, {0, 0, 0}},
    {"an empty one between", 3, {640, 0, 640}},
    {"stairs", 8, {64, 128, 192, 256, 320, 384, 448, 512}},
    {"stairs down", 8, {512, 448, 384, 320, 256, 192, 128, 64}},
    {"one long", 8, {64, 64, 64, 64, 64, 64, 64, 100000}},
    {"two long", 8, {1, 300000, 64, 65, 200000, 63, 127, 128}},
    {"one more than lanes of a vector", 9, {9999, 9999, 9999, 9999, 9999, 9999, 9999, 9999, 9999}},
    {"one more than the SHA extensions take", 4, {70000, 70000, 70000, 70000}},
    {"a turn, one block more, one less", 10, {8192, 8256, 8128, 8192, 8256, 8128, 8192, 8256, 8128, 8192}},
    {"twice the lanes", 16, {50000, 1, 50001, 2, 50002, 3, 50003, 4, 50004, 5, 50005, 6, 50006, 7, 50007, 8}},
    {"the longest last", 12, {1, 10, 100, 1000, 10000, 20000, 30000, 40000, 50000, 60000, 70000, 400000}},
};

Test(lanes, messages_of_different_length)
{
    for (size_t k = 0; k < IA_COUNT(kernels); k++) {
        struct test_env t;
        if (!open_kernel(&t, kernels[k]))
            continue;
        for (size_t m = 0; m < IA_COUNT(mixes); m++) {
            struct ia_str messages[MOST];
            for (size_t i = 0; i < mixes[m].count; i++)
                messages[i] = (struct ia_str){(const char *)noise() + 1001 * i, mixes[m].sizes[i]};
            cr_assert_eq(wrong_message(&t, messages, mixes[m].count), -1, "%s: %s", kernels[k], mixes[m].name);
        }
        test_env_close(&t);
    }
}

/* A message on its way: the first `fed` bytes are in the hash. */
struct running {
    struct ia_hash *hash;
    const uint8_t *data;
    size_t fed, size;
};

static size_t random_step(const struct running *r)
{
    static const size_t most[] = {1, 3, 63, 64, 65, 200, 1000, 30000};
    size_t step = random_below(most[random_below(IA_COUNT(most))] + 1);
    return step < r->size - r->fed ? step : r->size - r->fed;
}

/* The piece lies in an allocation of its size, so that a sanitizer sees each byte too many that is read. */
static struct ia_hash_piece random_piece(struct running *r)
{
    struct ia_hash_piece piece = {r->hash, NULL, random_step(r)};
    uint8_t *copy = malloc(piece.size ? piece.size : 1);
    memcpy(copy, r->data + r->fed, piece.size);
    r->fed += piece.size;
    piece.data = copy;
    return piece;
}

static void feed_one(struct test_env *t, struct running *r)
{
    struct ia_hash_piece piece = random_piece(r);
    cr_assert_eq(ia_hash_update(piece.hash, &t->env, piece.data, piece.size), IMGA_OK);
    free((void *)piece.data);
}

static void feed_some(struct test_env *t, struct running *all, size_t count)
{
    struct ia_hash_piece pieces[MOST];
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (random_below(4) > 0)
            pieces[n++] = random_piece(&all[i]);
    cr_assert_eq(ia_hash_update_many(&t->env, pieces, n), IMGA_OK);
    for (size_t i = 0; i < n; i++)
        free((void *)pieces[i].data);
}

/* Ends it wherever it is, and starts another. */
static void restart(struct test_env *t, struct running *r, const char *kernel, int step)
{
    struct ia_digest digest;
    if (r->hash) {
        cr_assert_eq(ia_hash_finish(r->hash, &t->env, &digest), IMGA_OK);
        cr_assert(is_digest_of(&digest, r->data, r->fed), "%s: step %d: %zu bytes", kernel, step, r->fed);
        ia_hash_free(r->hash);
    }
    cr_assert_eq(ia_hash_new(&t->env, IA_DIGEST_SHA256, &r->hash), IMGA_OK);
    r->fed = 0;
    r->size = random_below(NOISE / 2);
    r->data = noise() + random_below(NOISE / 2);
}

Test(lanes, one_by_one_and_many_in_any_order_and_any_cut)
{
    enum { STEPS = 4000 };
    for (size_t k = 0; k < IA_COUNT(kernels); k++) {
        struct running all[MOST] = {{0}};
        struct test_env t;
        if (!open_kernel(&t, kernels[k]))
            continue;
        random_state = 7 + k;
        for (size_t i = 0; i < MOST; i++)
            restart(&t, &all[i], kernels[k], -1);
        for (int step = 0; step < STEPS; step++) {
            size_t some = random_below(MOST), what = random_below(8);
            if (what < 3)
                feed_one(&t, &all[some]);
            else if (what < 7)
                feed_some(&t, all, some);
            else
                restart(&t, &all[some], kernels[k], step);
        }
        for (size_t i = 0; i < MOST; i++) {
            restart(&t, &all[i], kernels[k], STEPS);
            ia_hash_free(all[i].hash);
        }
        test_env_close(&t);
        cr_assert_eq(t.live, 0);
    }
}

/* FIPS 180-4's own messages in neighbouring lanes; SHA-512 among them has no lane. */
Test(lanes, the_standard_vectors_side_by_side)
{
    static const struct {
        const char *message, *digest;
    } vectors[] = {
        {"", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqr"
         "s"
         "tu",
         "sha256:cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
        {"abc", "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    };
    for (size_t k = 0; k < IA_COUNT(kernels); k++) {
        struct ia_hash_piece pieces[IA_COUNT(vectors)];
        struct test_env t;
        if (!open_kernel(&t, kernels[k]))
            continue;
        for (size_t i = 0; i < IA_COUNT(vectors); i++) {
            enum ia_digest_algorithm algorithm =
                strncmp(vectors[i].digest, "sha256", 6) == 0 ? IA_DIGEST_SHA256 : IA_DIGEST_SHA512;
            pieces[i] = (struct ia_hash_piece){NULL, vectors[i].message, strlen(vectors[i].message)};
            cr_assert_eq(ia_hash_new(&t.env, algorithm, &pieces[i].hash), IMGA_OK);
        }
        cr_assert_eq(ia_hash_update_many(&t.env, pieces, IA_COUNT(vectors)), IMGA_OK);
        for (size_t i = 0; i < IA_COUNT(vectors); i++) {
            struct ia_digest digest;
            char text[IA_DIGEST_TEXT];
            cr_assert_eq(ia_hash_finish(pieces[i].hash, &t.env, &digest), IMGA_OK);
            ia_hash_free(pieces[i].hash);
            ia_digest_text(&digest, text);
            cr_assert_str_eq(text, vectors[i].digest, "%s", kernels[k]);
        }
        test_env_close(&t);
    }
}

Test(lanes, a_million_times_a_in_each_lane)
{
    enum { LANES = 9, STEP = 1000 };
    char step[STEP], text[IA_DIGEST_TEXT];
    memset(step, 'a', sizeof(step));
    for (size_t k = 0; k < IA_COUNT(kernels); k++) {
        struct ia_hash_piece pieces[LANES];
        struct test_env t;
        if (!open_kernel(&t, kernels[k]))
            continue;
        for (size_t i = 0; i < LANES; i++) {
            pieces[i] = (struct ia_hash_piece){NULL, step, STEP};
            cr_assert_eq(ia_hash_new(&t.env, IA_DIGEST_SHA256, &pieces[i].hash), IMGA_OK);
        }
        for (int done = 0; done < 1000000; done += STEP)
            cr_assert_eq(ia_hash_update_many(&t.env, pieces, LANES), IMGA_OK);
        for (size_t i = 0; i < LANES; i++) {
            struct ia_digest digest;
            cr_assert_eq(ia_hash_finish(pieces[i].hash, &t.env, &digest), IMGA_OK);
            ia_hash_free(pieces[i].hash);
            ia_digest_text(&digest, text);
            cr_assert_str_eq(text, "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", "%s: %zu",
                             kernels[k], i);
        }
        test_env_close(&t);
    }
}

/* The length of the padding has 64 bits: 2^29 bytes are the first that need more than 32. */
Test(lanes, a_length_of_more_than_32_bits)
{
    enum { TIMES = (1 << 29) / NOISE + 1 };
    struct test_env t;
    struct ia_hash *hash = NULL;
    struct ia_digest digest, expected = {.algorithm = IA_DIGEST_SHA256};
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    test_env_open(&t);
    test_env_crypto(&t);
    for (size_t k = 1; k < IA_COUNT(kernels); k++) /* any kernel: the hash keeps its own state then */
        ia_crypto_force(t.env.crypto, kernels[k]);
    cr_assert_eq(ia_hash_new(&t.env, IA_DIGEST_SHA256, &hash), IMGA_OK);
    cr_assert_eq(EVP_DigestInit_ex(context, EVP_sha256(), NULL), 1);
    for (int i = 0; i < TIMES; i++) {
        cr_assert_eq(ia_hash_update(hash, &t.env, noise(), NOISE), IMGA_OK);
        cr_assert_eq(EVP_DigestUpdate(context, noise(), NOISE), 1);
    }
    cr_assert_eq(ia_hash_finish(hash, &t.env, &digest), IMGA_OK);
    cr_assert_eq(EVP_DigestFinal_ex(context, expected.bytes, NULL), 1);
    cr_assert(ia_digest_equal(&digest, &expected));
    EVP_MD_CTX_free(context);
    ia_hash_free(hash);
    test_env_close(&t);
}

/* How long the lanes ran, in blocks, and how few of them were ever busy. */
static size_t lane_blocks;
static unsigned fewest_busy;

static void count_blocks(const struct ia_sha256_lanes *lanes, size_t blocks)
{
    lane_blocks += blocks;
    fewest_busy = lanes->busy < fewest_busy ? lanes->busy : fewest_busy;
}

static const struct {
    const char *name;
    unsigned lanes, worth;
    size_t count, blocks[MOST];
    size_t least, most; /* blocks that the lanes run */
    unsigned fewest;
} plans[] = {
    {"as many as lanes", 4, 2, 4, {1000, 1000, 1000, 1000}, 1000, 1000, 4},
    {"the last one is left to OpenSSL", 4, 2, 3, {1000, 10, 400}, 400, 400, 2},
    {"too few", 4, 3, 2, {1000, 1000}, 0, 0, UINT_MAX},
    {"one more than lanes", 8, 2, 9, {960, 960, 960, 960, 960, 960, 960, 960, 960}, 1080, 1080 + 2 * 128, 7},
    {"the long one never waits", 2, 2, 4, {2000, 700, 700, 700}, 2000, 2000 + 2 * 128, 2},
    {"one lane is enough when forced", 3, 1, 1, {77}, 77, 77, 1},
};

Test(lanes, stay_full_as_long_as_can_be)
{
    for (size_t i = 0; i < IA_COUNT(plans); i++) {
        struct ia_sha256_kernel kernel = {.run = count_blocks, .lanes = plans[i].lanes};
        struct ia_sha256 hashes[MOST], *list = NULL;
        lane_blocks = 0;
        fewest_busy = UINT_MAX;
        for (size_t k = 0; k < plans[i].count; k++) {
            ia_sha256_init(&hashes[k]);
            ia_sha256_offer(&hashes[k], noise(), plans[i].blocks[k] * BLOCK);
            hashes[k].next = list;
            list = &hashes[k];
        }
        ia_sha256_run_list(list, &kernel, plans[i].worth);
        cr_assert(lane_blocks >= plans[i].least && lane_blocks <= plans[i].most, "%s: %zu", plans[i].name, lane_blocks);
        cr_assert(fewest_busy >= plans[i].fewest, "%s: %u", plans[i].name, fewest_busy);
        for (size_t k = 0; k < plans[i].count; k++)
            cr_assert_eq(hashes[k].waiting.n, 0, "%s", plans[i].name);
    }
}

/* What the kernel of the operating system tells is found without CPUID. */
static int processor_has(const char *flag)
{
    char line[8192], word[32];
    int found = 0;
    FILE *file = fopen("/proc/cpuinfo", "r");
    snprintf(word, sizeof(word), " %s ", flag);
    while (file && !found && fgets(line, sizeof(line) - 1, file)) {
        line[strcspn(line, "\n")] = ' ';
        found = strncmp(line, "flags", 5) == 0 && strstr(line, word) != NULL;
    }
    if (file)
        fclose(file);
    return found;
}

static int expected_choice(const char *kernel)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (strcmp(kernel, "shani") == 0)
        return processor_has("sha_ni");
    if (strcmp(kernel, "avx512") == 0)
        return processor_has("avx512vl");
    if (strcmp(kernel, "avx2") == 0)
        return processor_has("avx2");
#endif
    return strcmp(kernel, "openssl") == 0;
}

Test(lanes, a_kernel_runs_exactly_where_the_processor_has_its_instructions)
{
    for (size_t k = 1; k < IA_COUNT(kernels); k++) {
        struct test_env t;
        test_env_open(&t);
        test_env_crypto(&t);
        int status = ia_crypto_force(t.env.crypto, kernels[k]);
        cr_assert_eq(status, expected_choice(kernels[k]) ? IMGA_OK : IMGA_E_UNSUPPORTED, "%s", kernels[k]);
        test_env_close(&t);
    }
}

Test(lanes, the_choice_goes_by_what_the_processor_has)
{
    static const struct {
        const char *kernel;
        unsigned worth, most;
    } order[] = {{"shani", 2, 3}, {"avx512", 2, 8}, {"avx2", 3, 8}, {"openssl", UINT_MAX, 1}};
    struct test_env t;
    size_t best = 0;
    test_env_open(&t);
    test_env_crypto(&t);
    while (!expected_choice(order[best].kernel))
        best++;
    struct ia_hash_lanes lanes = ia_crypto_lanes(t.env.crypto);
    cr_assert_eq(lanes.worth, order[best].worth, "%s: %u", order[best].kernel, lanes.worth);
    cr_assert_eq(lanes.most, order[best].most, "%s: %u", order[best].kernel, lanes.most);
    cr_assert_eq(ia_crypto_force(t.env.crypto, "sse"), IMGA_E_UNSUPPORTED);
    cr_assert_eq(ia_crypto_force(t.env.crypto, ""), IMGA_E_UNSUPPORTED);
    cr_assert_eq(ia_crypto_lanes(t.env.crypto).worth, lanes.worth, "a kernel that is not there changes nothing");
    cr_assert_eq(ia_crypto_force(t.env.crypto, "openssl"), IMGA_OK);
    cr_assert_eq(ia_crypto_lanes(t.env.crypto).worth, UINT_MAX);
    cr_assert_eq(ia_crypto_lanes(t.env.crypto).most, 1);
    test_env_close(&t);
}

/* A hash that was begun under one choice ends right under another. */
Test(lanes, the_choice_may_change_while_a_digest_runs)
{
    struct test_env t;
    struct ia_hash_piece pieces[4] = {{0}};
    struct ia_digest digest;
    test_env_open(&t);
    test_env_crypto(&t);
    for (size_t i = 0; i < IA_COUNT(pieces); i++) {
        pieces[i] = (struct ia_hash_piece){NULL, noise() + i, 1000};
        ia_crypto_force(t.env.crypto, i % 2 ? "openssl" : "avx2");
        cr_assert_eq(ia_hash_new(&t.env, IA_DIGEST_SHA256, &pieces[i].hash), IMGA_OK);
    }
    for (size_t k = 1; k < IA_COUNT(kernels); k++) {
        ia_crypto_force(t.env.crypto, kernels[k]);
        cr_assert_eq(ia_hash_update_many(&t.env, pieces, IA_COUNT(pieces)), IMGA_OK);
        for (size_t i = 0; i < IA_COUNT(pieces); i++)
            pieces[i].data = (const uint8_t *)pieces[i].data + 1000;
    }
    for (size_t i = 0; i < IA_COUNT(pieces); i++) {
        cr_assert_eq(ia_hash_finish(pieces[i].hash, &t.env, &digest), IMGA_OK);
        cr_assert(is_digest_of(&digest, noise() + i, 1000 * (IA_COUNT(kernels) - 1)), "%zu", i);
        ia_hash_free(pieces[i].hash);
    }
    test_env_close(&t);
}

Test(lanes, a_finished_digest_and_one_that_is_fed_twice_fail)
{
    for (size_t k = 0; k < IA_COUNT(kernels); k++) {
        struct test_env t;
        struct ia_digest digest;
        struct ia_hash *a = NULL, *b = NULL;
        if (!open_kernel(&t, kernels[k]))
            continue;
        int own_state = ia_crypto_lanes(t.env.crypto).most > 1; /* EVP takes a second piece after the first */
        cr_assert_eq(ia_hash_new(&t.env, IA_DIGEST_SHA256, &a), IMGA_OK);
        cr_assert_eq(ia_hash_new(&t.env, IA_DIGEST_SHA256, &b), IMGA_OK);
        struct ia_hash_piece twice[] = {{a, noise(), 640}, {a, noise(), 640}};
        cr_assert_eq(ia_hash_update_many(&t.env, twice, 2), own_state ? IMGA_E_INTERNAL : IMGA_OK, "%s", kernels[k]);
        cr_assert_eq(ia_hash_finish(a, &t.env, &digest), IMGA_OK);
        struct ia_hash_piece finished[] = {{b, noise(), 640}, {a, noise(), 640}};
        test_env_reset(&t);
        cr_assert_eq(ia_hash_update_many(&t.env, finished, 2), IMGA_E_INTERNAL, "%s", kernels[k]);
        cr_assert_eq(t.env.error.status, IMGA_E_INTERNAL);
        ia_hash_free(a);
        ia_hash_free(b);
        test_env_close(&t);
        cr_assert_eq(t.live, 0);
    }
}

/* Feeding needs no memory of ours; making a hash does. */
Test(lanes, every_failed_allocation_is_reported)
{
    for (size_t k = 0; k < IA_COUNT(kernels); k++) {
        for (size_t n = 1; n <= MOST + 1; n++) {
            struct test_env t;
            struct ia_hash_piece pieces[MOST];
            size_t made = 0;
            if (!open_kernel(&t, kernels[k]))
                break;
            t.count = 0;
            t.fail_at = n;
            for (; made < MOST; made++) {
                pieces[made] = (struct ia_hash_piece){NULL, noise(), 1000};
                if (ia_hash_new(&t.env, IA_DIGEST_SHA256, &pieces[made].hash) != IMGA_OK)
                    break;
            }
            cr_assert_eq(made, n <= MOST ? n - 1 : MOST, "%s: allocation %zu", kernels[k], n);
            cr_assert_eq(t.env.error.status, n <= MOST ? IMGA_E_NOMEM : IMGA_OK);
            size_t before = t.count;
            cr_assert_eq(ia_hash_update_many(&t.env, pieces, made), IMGA_OK);
            cr_assert_eq(t.count, before, "%s", kernels[k]);
            while (made > 0)
                ia_hash_free(pieces[--made].hash);
            test_env_close(&t);
            cr_assert_eq(t.live, 0, "%s: allocation %zu", kernels[k], n);
        }
    }
}

enum { THREADS = 4, ROUNDS = 50 };

static void *hash_in_lanes(void *user)
{
    struct ia_str messages[MOST];
    struct test_env t;
    intptr_t wrong = 0;
    test_env_open(&t);
    t.env.crypto = user;
    for (size_t i = 0; i < MOST; i++)
        messages[i] = (struct ia_str){(const char *)noise() + i, 5000 + 100 * i};
    for (int i = 0; i < ROUNDS; i++)
        wrong += wrong_message(&t, messages, MOST) != -1;
    test_env_close(&t); /* drops this thread's reference */
    return (void *)wrong;
}

Test(lanes, one_context_serves_many_threads)
{
    struct ia_crypto *crypto;
    pthread_t threads[THREADS];
    noise(); /* filled before the threads read it */
    cr_assert_eq(ia_crypto_new(&ia_alloc_libc, &crypto), IMGA_OK);
    for (int i = 0; i < THREADS; i++) {
        ia_crypto_ref(crypto);
        cr_assert_eq(pthread_create(&threads[i], NULL, hash_in_lanes, crypto), 0);
    }
    ia_crypto_unref(crypto);
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        cr_assert_null(wrong);
    }
}
