/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 and SHA-512 (FIPS 180-4) through EVP, algorithms fetched once into a library context of our own, so that
 * neither a configuration file nor a provider of the embedding program is involved. Where this processor gains by
 * hashing several messages side by side, SHA-256 keeps its own state instead (sha256.h). Digest strings: OCI
 * image-spec, descriptor.md, "Digests". OpenSSL's own memory does not come from the caller's allocator.
 */
#include "crypto/digest.h"

#include "base/cancel.h"
#include "base/hex.h"
#include "crypto/cpu.h"
#include "crypto/sha256.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <limits.h>
#include <string.h>

struct ia_crypto {
    struct ia_ref ref;
    struct ia_alloc alloc;
    OSSL_LIB_CTX *library;
    EVP_MD *sha256;
    EVP_MD *sha512;
    unsigned cpu;
    const struct ia_sha256_kernel *kernel; /* NULL: one stream at a time is fastest */
    unsigned worth;                        /* the kernel's, or 1 when it is forced */
};

struct ia_hash {
    struct ia_alloc alloc;
    struct ia_crypto *crypto; /* referenced: the algorithms live in its library context */
    enum ia_digest_algorithm algorithm;
    EVP_MD_CTX *context;     /* NULL: the state is in sha256 */
    struct ia_sha256 sha256; /* used only where there is a kernel */
    bool finished;           /* EVP would go on and answer something */
};

static const struct {
    enum ia_digest_algorithm algorithm;
    const char *name;
    size_t size;
} algorithms[] = {
    {IA_DIGEST_SHA256, "sha256", 32},
    {IA_DIGEST_SHA512, "sha512", 64},
};

static void crypto_free(struct ia_crypto *crypto)
{
    struct ia_alloc alloc = crypto->alloc;
    EVP_MD_free(crypto->sha256);
    EVP_MD_free(crypto->sha512);
    OSSL_LIB_CTX_free(crypto->library);
    ia_free(&alloc, crypto);
}

static int crypto_fetch(struct ia_crypto *crypto)
{
    crypto->library = OSSL_LIB_CTX_new();
    if (!crypto->library)
        return IMGA_E_NOMEM;
    crypto->sha256 = EVP_MD_fetch(crypto->library, "SHA256", NULL);
    crypto->sha512 = EVP_MD_fetch(crypto->library, "SHA512", NULL);
    return crypto->sha256 && crypto->sha512 ? IMGA_OK : IMGA_E_INTERNAL;
}

int ia_crypto_new(const struct ia_alloc *alloc, struct ia_crypto **out)
{
    struct ia_crypto *crypto = ia_new(alloc, sizeof(*crypto));
    int status;
    if (!crypto)
        return IMGA_E_NOMEM;
    ia_ref_init(&crypto->ref);
    crypto->alloc = *alloc;
    crypto->cpu = ia_cpu_features();
    crypto->kernel = ia_sha256_best(crypto->cpu);
    crypto->worth = crypto->kernel ? crypto->kernel->worth : UINT_MAX;
    ERR_set_mark();
    status = crypto_fetch(crypto);
    if (status < 0)
        crypto_free(crypto);
    ERR_pop_to_mark();
    if (status == IMGA_OK)
        *out = crypto;
    return status;
}

void ia_crypto_ref(struct ia_crypto *crypto)
{
    ia_ref_take(&crypto->ref);
}

void ia_crypto_unref(struct ia_crypto *crypto)
{
    if (crypto && ia_ref_drop(&crypto->ref))
        crypto_free(crypto);
}

struct ia_hash_lanes ia_crypto_lanes(const struct ia_crypto *crypto)
{
    return (struct ia_hash_lanes){crypto->worth, crypto->kernel ? crypto->kernel->lanes : 1};
}

int ia_crypto_force(struct ia_crypto *crypto, const char *kernel)
{
    const struct ia_sha256_kernel *found = ia_sha256_named(crypto->cpu, kernel);
    if (!found && strcmp(kernel, "openssl") != 0)
        return IMGA_E_UNSUPPORTED;
    crypto->kernel = found;
    crypto->worth = found ? 1 : UINT_MAX;
    return IMGA_OK;
}

static int failed(struct ia_env *env)
{
    return ia_fail(env, IMGA_E_INTERNAL, -1, "the cryptographic library cannot compute a digest");
}

/* Every call into EVP runs between a mark and its pop: the caller's error queue stays as it was. */
static int hash_start(struct ia_hash *hash, struct ia_env *env)
{
    if (hash->algorithm == IA_DIGEST_SHA256 && hash->crypto->kernel) {
        ia_sha256_init(&hash->sha256);
        return IMGA_OK;
    }
    const EVP_MD *md = hash->algorithm == IA_DIGEST_SHA256 ? hash->crypto->sha256 : hash->crypto->sha512;
    ERR_set_mark();
    hash->context = EVP_MD_CTX_new();
    int started = hash->context && EVP_DigestInit_ex2(hash->context, md, NULL) == 1;
    ERR_pop_to_mark();
    if (!hash->context)
        return ia_fail_nomem(env);
    return started ? IMGA_OK : failed(env);
}

int ia_hash_new(struct ia_env *env, enum ia_digest_algorithm algorithm, struct ia_hash **out)
{
    int status;
    if (!ia_digest_size(algorithm))
        return ia_fail(env, IMGA_E_INTERNAL, -1, "a digest without algorithm");
    struct ia_hash *hash = ia_new(&env->alloc, sizeof(*hash));
    if (!hash)
        return ia_fail_nomem(env);
    hash->alloc = env->alloc;
    hash->algorithm = algorithm;
    hash->crypto = env->crypto;
    ia_crypto_ref(hash->crypto);
    status = hash_start(hash, env);
    if (status < 0)
        ia_hash_free(hash);
    else
        *out = hash;
    return status;
}

/* Takes the data in, but for the whole blocks that then wait in hash->sha256. */
static int take(struct ia_hash *hash, struct ia_env *env, const void *data, size_t size)
{
    if (hash->finished || hash->sha256.waiting.n) /* what waits already must be run first */
        return failed(env);
    if (!hash->context) {
        ia_sha256_offer(&hash->sha256, data, size);
        return IMGA_OK;
    }
    ERR_set_mark();
    int done = EVP_DigestUpdate(hash->context, data, size);
    ERR_pop_to_mark();
    return done == 1 ? IMGA_OK : failed(env);
}

int ia_hash_update(struct ia_hash *hash, struct ia_env *env, const void *data, size_t size)
{
    int status = take(hash, env, data, size);
    if (!hash->context)
        ia_sha256_run(&hash->sha256);
    return status;
}

int ia_hash_update_many(struct ia_env *env, const struct ia_hash_piece *pieces, size_t count)
{
    struct ia_sha256 *waiting = NULL;
    int status = IMGA_OK;
    for (size_t i = 0; i < count && status == IMGA_OK; i++) {
        struct ia_sha256 *sha256 = &pieces[i].hash->sha256;
        status = take(pieces[i].hash, env, pieces[i].data, pieces[i].size);
        if (status < 0 || sha256->waiting.n == 0)
            continue;
        sha256->next = waiting;
        waiting = sha256;
    }
    ia_sha256_run_list(waiting, env->crypto->kernel, env->crypto->worth);
    return status;
}

static int finish_evp(struct ia_hash *hash, struct ia_digest *digest)
{
    unsigned size = 0;
    ERR_set_mark();
    int done = EVP_DigestFinal_ex(hash->context, digest->bytes, &size);
    ERR_pop_to_mark();
    return done == 1 && size == ia_digest_size(hash->algorithm) ? IMGA_OK : IMGA_E_INTERNAL;
}

int ia_hash_finish(struct ia_hash *hash, struct ia_env *env, struct ia_digest *out)
{
    struct ia_digest digest = {.algorithm = hash->algorithm};
    if (hash->finished)
        return failed(env);
    hash->finished = true;
    if (!hash->context)
        ia_sha256_finish(&hash->sha256, digest.bytes);
    else if (finish_evp(hash, &digest) < 0)
        return failed(env);
    *out = digest;
    return IMGA_OK;
}

void ia_hash_free(struct ia_hash *hash)
{
    if (!hash)
        return;
    struct ia_alloc alloc = hash->alloc;
    EVP_MD_CTX_free(hash->context);
    ia_crypto_unref(hash->crypto);
    ia_free(&alloc, hash);
}

size_t ia_digest_size(enum ia_digest_algorithm algorithm)
{
    for (size_t i = 0; i < IA_COUNT(algorithms); i++)
        if (algorithms[i].algorithm == algorithm)
            return algorithms[i].size;
    return 0;
}

bool ia_digest_equal(const struct ia_digest *a, const struct ia_digest *b)
{
    return a->algorithm == b->algorithm && memcmp(a->bytes, b->bytes, ia_digest_size(a->algorithm)) == 0;
}

/* algorithm ::= component (separator component)*, component ::= [a-z0-9]+, separator ::= [+._-] */
static bool is_algorithm(struct ia_str name)
{
    bool after_word = false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool word = ia_is_digit(c) || (c >= 'a' && c <= 'z');
        if (!word && (!after_word || !(c == '+' || c == '.' || c == '_' || c == '-')))
            return false;
        after_word = word;
    }
    return after_word;
}

/* encoded ::= [a-zA-Z0-9=_-]+ */
static bool is_encoded(struct ia_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (!ia_is_digit(c) && !ia_is_alpha(c) && c != '=' && c != '_' && c != '-')
            return false;
    }
    return text.n > 0;
}

static int malformed(struct ia_env *env, struct ia_str text)
{
    int n = text.n > 160 ? 160 : (int)text.n;
    return ia_fail(env, IMGA_E_FORMAT, -1, "malformed digest: %.*s", n, text.p);
}

int ia_digest_parse(struct ia_env *env, struct ia_str text, struct ia_digest *out)
{
    size_t colon = ia_str_find(text, ':');
    struct ia_str name = ia_str_sub(text, 0, colon);
    struct ia_str encoded = ia_str_sub(text, colon + 1, text.n);
    struct ia_digest digest = {0};
    if (colon == text.n || !is_algorithm(name) || !is_encoded(encoded))
        return malformed(env, text);
    for (size_t i = 0; i < IA_COUNT(algorithms); i++) {
        if (!ia_str_is(name, algorithms[i].name))
            continue;
        if (!ia_hex_decode(encoded, digest.bytes, algorithms[i].size))
            return malformed(env, text);
        digest.algorithm = algorithms[i].algorithm;
        *out = digest;
        return IMGA_OK;
    }
    return ia_fail(env, IMGA_E_UNSUPPORTED, -1, "digest algorithm %.*s is not supported",
                   (int)(name.n > 64 ? 64 : name.n), name.p);
}

void ia_digest_text(const struct ia_digest *digest, char out[IA_DIGEST_TEXT])
{
    out[0] = '\0';
    for (size_t i = 0; i < IA_COUNT(algorithms); i++) {
        if (algorithms[i].algorithm != digest->algorithm)
            continue;
        size_t n = strlen(algorithms[i].name);
        memcpy(out, algorithms[i].name, n);
        out[n] = ':';
        ia_hex_encode(digest->bytes, algorithms[i].size, out + n + 1);
    }
}

int ia_digest_of(struct ia_env *env, const void *data, size_t size, struct ia_digest *out)
{
    struct ia_hash *hash = NULL;
    int status;
    IA_GO(status, ia_hash_new(env, IA_DIGEST_SHA256, &hash));
    IA_GO(status, ia_hash_update(hash, env, data, size));
    IA_GO(status, ia_hash_finish(hash, env, out));
out:
    ia_hash_free(hash);
    return status;
}
