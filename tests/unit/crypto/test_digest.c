/* SPDX-License-Identifier: Apache-2.0 */
/* Digests: the short vectors of FIPS 180-4, digest strings, memory, and OpenSSL's error queue. */
#include "crypto/digest.h"
#include "support.h"

#include <criterion/criterion.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct vector {
    const char *name, *message;
    size_t repeat;
    enum ia_digest_algorithm algorithm;
    const char *digest;
};

#define TWO_BLOCKS_256 "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define TWO_BLOCKS_512                                                                                                 \
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"

static const struct vector vectors[] = {
    {"256 empty", "", 0, IA_DIGEST_SHA256, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"256 abc", "abc", 1, IA_DIGEST_SHA256, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"256 two blocks", TWO_BLOCKS_256, 1, IA_DIGEST_SHA256,
     "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"256 million", "a", 1000000, IA_DIGEST_SHA256,
     "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    {"512 empty", "", 0, IA_DIGEST_SHA512,
     "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {"512 abc", "abc", 1, IA_DIGEST_SHA512,
     "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {"512 two blocks", TWO_BLOCKS_512, 1, IA_DIGEST_SHA512,
     "sha512:8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
     "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"},
    {"512 million", "a", 1000000, IA_DIGEST_SHA512,
     "sha512:e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
     "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"},
};

static void check_vector(struct test_env *t, const struct vector *v)
{
    struct ia_hash *hash = NULL;
    struct ia_digest digest = {0}, parsed = {0};
    char text[IA_DIGEST_TEXT];
    cr_assert_eq(ia_hash_new(&t->env, v->algorithm, &hash), IMGA_OK, "%s", v->name);
    for (size_t i = 0; i < v->repeat; i++)
        cr_assert_eq(ia_hash_update(hash, &t->env, v->message, strlen(v->message)), IMGA_OK);
    cr_assert_eq(ia_hash_finish(hash, &t->env, &digest), IMGA_OK);
    ia_hash_free(hash);
    ia_digest_text(&digest, text);
    cr_assert_str_eq(text, v->digest, "%s", v->name);
    cr_assert_eq(ia_digest_parse(&t->env, ia_str_from(v->digest), &parsed), IMGA_OK, "%s", v->name);
    cr_assert(ia_digest_equal(&parsed, &digest), "%s", v->name);
}

Test(digest, computes_the_standard_vectors)
{
    struct test_env t;
    test_env_open(&t);
    test_env_crypto(&t);
    for (size_t i = 0; i < IA_COUNT(vectors); i++)
        check_vector(&t, &vectors[i]);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(digest, of_memory_in_one_call)
{
    struct test_env t;
    struct ia_digest digest;
    char text[IA_DIGEST_TEXT];
    test_env_open(&t);
    test_env_crypto(&t);
    cr_assert_eq(ia_digest_of(&t.env, NULL, 0, &digest), IMGA_OK);
    ia_digest_text(&digest, text);
    cr_assert_str_eq(text, vectors[0].digest);
    cr_assert_eq(ia_digest_of(&t.env, "abc", 3, &digest), IMGA_OK);
    ia_digest_text(&digest, text);
    cr_assert_str_eq(text, vectors[1].digest);
    test_env_close(&t);
}

#define HEX63 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"

static const struct {
    const char *text;
    int status;
} digests[] = {
    {"sha256:" HEX63 "f", IMGA_OK},
    {"sha512:" HEX63 "f" HEX63 "f", IMGA_OK},
    {"sha256:" HEX63, IMGA_E_FORMAT},
    {"sha256:" HEX63 "f0", IMGA_E_FORMAT},
    {"sha256:" HEX63 "F", IMGA_E_FORMAT},
    {"sha256:" HEX63 "g", IMGA_E_FORMAT},
    {"sha256:" HEX63 "/", IMGA_E_FORMAT},
    {"sha512:" HEX63 "f", IMGA_E_FORMAT},
    {"SHA256:" HEX63 "f", IMGA_E_FORMAT},
    {"sha256", IMGA_E_FORMAT},
    {"sha256:", IMGA_E_FORMAT},
    {":" HEX63 "f", IMGA_E_FORMAT},
    {"", IMGA_E_FORMAT},
    {"sha256:../../etc/passwd", IMGA_E_FORMAT},
    {"+sha256:abc", IMGA_E_FORMAT},
    {"sha256+:abc", IMGA_E_FORMAT},
    {"sha256++b64:abc", IMGA_E_FORMAT},
    {"sha256 :abc", IMGA_E_FORMAT},
    {"sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564", IMGA_E_UNSUPPORTED},
    {"sha384:abc", IMGA_E_UNSUPPORTED},
    {"sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709", IMGA_E_UNSUPPORTED},
    {"md5:d41d8cd98f00b204e9800998ecf8427e", IMGA_E_UNSUPPORTED},
};

Test(digest, parses_only_what_the_specification_names)
{
    struct test_env t;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(digests); i++) {
        struct ia_digest digest = {.algorithm = 99};
        test_env_reset(&t);
        cr_assert_eq(ia_digest_parse(&t.env, ia_str_from(digests[i].text), &digest), digests[i].status, "%s: %s",
                     digests[i].text, t.env.error.message);
        cr_assert_eq(digest.algorithm == 99, digests[i].status != IMGA_OK, "%s", digests[i].text);
    }
    test_env_close(&t);
}

Test(digest, a_malformed_digest_is_quoted_escaped_and_short)
{
    struct test_env t;
    struct ia_digest digest;
    char long_text[5000];
    memset(long_text, '\033', sizeof(long_text));
    test_env_open(&t);
    cr_assert_eq(ia_digest_parse(&t.env, (struct ia_str){long_text, sizeof(long_text)}, &digest), IMGA_E_FORMAT);
    cr_assert(strchr(t.env.error.message, '\033') == NULL);
    test_env_close(&t);
}

Test(digest, equal_needs_algorithm_and_every_byte)
{
    struct ia_digest a = {.algorithm = IA_DIGEST_SHA256}, b = a;
    cr_assert(ia_digest_equal(&a, &b));
    b.bytes[31] = 1;
    cr_assert(!ia_digest_equal(&a, &b));
    b = a;
    b.bytes[32] = 1; /* beyond a SHA-256 */
    cr_assert(ia_digest_equal(&a, &b));
    b.algorithm = IA_DIGEST_SHA512;
    cr_assert(!ia_digest_equal(&a, &b));
    char text[IA_DIGEST_TEXT] = "x";
    ia_digest_text(&(struct ia_digest){0}, text);
    cr_assert_str_eq(text, "");
}

Test(digest, an_unknown_algorithm_is_a_defect_of_ours)
{
    struct test_env t;
    struct ia_hash *hash = NULL;
    test_env_open(&t);
    test_env_crypto(&t);
    cr_assert_eq(ia_hash_new(&t.env, 0, &hash), IMGA_E_INTERNAL);
    cr_assert_null(hash);
    test_env_close(&t);
    cr_assert_eq(t.live, 0);
}

Test(digest, a_second_finish_fails)
{
    struct test_env t;
    struct ia_hash *hash;
    struct ia_digest digest;
    test_env_open(&t);
    test_env_crypto(&t);
    cr_assert_eq(ia_hash_new(&t.env, IA_DIGEST_SHA256, &hash), IMGA_OK);
    cr_assert_eq(ia_hash_finish(hash, &t.env, &digest), IMGA_OK);
    cr_assert_eq(ia_hash_finish(hash, &t.env, &digest), IMGA_E_INTERNAL);
    cr_assert_eq(ia_hash_update(hash, &t.env, "a", 1), IMGA_E_INTERNAL);
    ia_hash_free(hash);
    test_env_close(&t);
}

/* The caller's own OpenSSL errors are neither lost nor joined by ours. */
Test(digest, leaves_the_error_queue_alone)
{
    struct test_env t;
    struct ia_hash *hash;
    struct ia_digest digest;
    cr_assert_eq(ERR_peek_error(), 0UL);
    ERR_raise(ERR_LIB_USER, 42);
    unsigned long mine = ERR_peek_last_error();
    test_env_open(&t);
    test_env_crypto(&t);
    cr_assert_eq(ia_hash_new(&t.env, IA_DIGEST_SHA512, &hash), IMGA_OK);
    ia_hash_finish(hash, &t.env, &digest);
    ia_hash_free(hash);
    test_env_close(&t);
    cr_assert_eq(ERR_peek_last_error(), mine);
    cr_assert_eq(ERR_get_error(), mine);
    cr_assert_eq(ERR_get_error(), 0UL);
}

Test(digest, a_hash_keeps_the_algorithms_alive)
{
    struct test_env t;
    struct ia_hash *hash;
    struct ia_digest digest;
    char text[IA_DIGEST_TEXT];
    test_env_open(&t);
    test_env_crypto(&t);
    cr_assert_eq(ia_hash_new(&t.env, IA_DIGEST_SHA256, &hash), IMGA_OK);
    ia_crypto_unref(t.env.crypto);
    t.env.crypto = NULL;
    cr_assert_eq(ia_hash_update(hash, &t.env, "abc", 3), IMGA_OK);
    cr_assert_eq(ia_hash_finish(hash, &t.env, &digest), IMGA_OK);
    ia_hash_free(hash);
    ia_digest_text(&digest, text);
    cr_assert_str_eq(text, vectors[1].digest);
    test_env_close(&t);
}

Test(digest, every_failed_allocation_is_reported)
{
    for (size_t n = 1; n < 10; n++) {
        struct test_env t;
        struct ia_digest digest = {0};
        struct ia_crypto *crypto = NULL;
        test_env_open(&t);
        t.fail_at = n;
        int status = ia_crypto_new(&t.env.alloc, &crypto);
        if (status == IMGA_OK) {
            t.env.crypto = crypto;
            status = ia_digest_of(&t.env, "abc", 3, &digest);
        }
        cr_assert(n <= t.count ? status == IMGA_E_NOMEM : status == IMGA_OK, "allocation %zu: %d", n, status);
        cr_assert(status == IMGA_OK || digest.algorithm == 0);
        test_env_close(&t);
        cr_assert_eq(t.live, 0, "allocation %zu", n);
    }
}

enum { THREADS = 4, ROUNDS = 200 };

static void *hash_many(void *user)
{
    struct ia_crypto *crypto = user;
    struct test_env t;
    struct ia_digest digest;
    char text[IA_DIGEST_TEXT];
    intptr_t wrong = 0;
    test_env_open(&t);
    t.env.crypto = crypto;
    for (int i = 0; i < ROUNDS; i++) {
        ia_digest_of(&t.env, "abc", 3, &digest);
        ia_digest_text(&digest, text);
        wrong += strcmp(text, vectors[1].digest) != 0;
    }
    test_env_close(&t); /* drops this thread's reference */
    return (void *)wrong;
}

Test(digest, one_context_serves_many_threads)
{
    struct ia_crypto *crypto;
    pthread_t threads[THREADS];
    cr_assert_eq(ia_crypto_new(&ia_alloc_libc, &crypto), IMGA_OK);
    for (int i = 0; i < THREADS; i++) {
        ia_crypto_ref(crypto);
        cr_assert_eq(pthread_create(&threads[i], NULL, hash_many, crypto), 0);
    }
    ia_crypto_unref(crypto);
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        cr_assert_null(wrong);
    }
}
