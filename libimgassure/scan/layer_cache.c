/* SPDX-License-Identifier: Apache-2.0 */
/* Calls the caller's functions, in the caller's thread only. What they do wrong costs time, never truth. */
#include "scan/layer_cache.h"

#include "base/hex.h"
#include "rootfs/record_file.h"

#include <string.h>

enum { KEY_TEXT = 64 + 1 };

static const char version[] = "imgassure layer record 2";

struct key_hash {
    struct ia_hash *hash;
    struct ia_env *env;
    int status;
};

static void add(struct key_hash *key, const void *data, size_t size)
{
    if (key->status == IMGA_OK)
        key->status = ia_hash_update(key->hash, key->env, data, size);
}

/* With its zero byte: no two lists read alike. */
static void add_text(struct key_hash *key, const char *text)
{
    add(key, text, strlen(text) + 1);
}

static void add_digest(struct key_hash *key, const struct ia_digest *digest)
{
    char text[IA_DIGEST_TEXT];
    ia_digest_text(digest, text);
    add_text(key, text);
}

/* What is looked for, and all limits: each may change what a record holds or whether there is one. */
static void add_setting(struct key_hash *key, const struct ia_recording *recording)
{
    add_text(key, version);
    add_text(key, recording->digests ? "digests" : "");
    for (size_t i = 0; i < recording->wants->count; i++) {
        const struct ia_want *want = &recording->wants->rows[i];
        add_text(key, want->path);
        add_text(key, want->suffix ? "*" : "");
        add_text(key, want->suffix ? want->suffix : "");
    }
    add_text(key, recording->examiner ? recording->examiner->version : "");
    add(key, key->env->limits, sizeof(*key->env->limits));
}

int ia_layer_cache_key(struct ia_env *env, const struct ia_image *image, uint32_t layer,
                       const struct ia_recording *recording, struct ia_digest *out)
{
    struct ia_layer_claim claim;
    struct key_hash key = {.env = env};
    int status;
    if (!env->hooks->cache.get)
        return 0;
    status = ia_image_layer_claim(image, env, layer, &claim);
    if (status <= 0)
        return status;
    IA_TRY(ia_hash_new(env, IA_DIGEST_SHA256, &key.hash));
    add_setting(&key, recording);
    add_digest(&key, &claim.digest);
    add_digest(&key, &claim.diff_id);
    int made = key.status == IMGA_OK ? ia_hash_finish(key.hash, env, out) : key.status;
    ia_hash_free(key.hash);
    return made < 0 ? made : status;
}

static void key_text(const struct ia_digest *key, char out[KEY_TEXT])
{
    ia_hex_encode(key->bytes, ia_digest_size(IA_DIGEST_SHA256), out);
}

static int collect(void *to, const void *data, size_t size)
{
    return size && ia_buf_add(to, data, size) < 0;
}

int ia_layer_cache_get(struct ia_env *env, const struct ia_digest *key, struct ia_layer_record *out)
{
    const imga_layer_cache *cache = &env->hooks->cache;
    uint64_t most = env->limits->kept_bytes;
    char text[KEY_TEXT];
    struct ia_buf bytes;
    int status = 0;
    key_text(key, text);
    ia_buf_init(&bytes, &env->alloc, most < SIZE_MAX / 2 ? 2 * (size_t)most : SIZE_MAX);
    if (cache->get(cache->user, text, collect, &bytes) == 0)
        status = ia_record_file_read(env, ia_cursor_from(bytes.p, bytes.n), key, out);
    ia_buf_free(&bytes);
    ia_log(env, IMGA_LOG_DEBUG, "layer record %s: %s", text, status > 0 ? "from the cache" : "not in the cache");
    return status;
}

int ia_layer_cache_put(struct ia_env *env, const struct ia_digest *key, const struct ia_layer_record *record)
{
    const imga_layer_cache *cache = &env->hooks->cache;
    uint64_t most = env->limits->kept_bytes;
    char text[KEY_TEXT];
    struct ia_buf bytes;
    key_text(key, text);
    ia_buf_init(&bytes, &env->alloc, most < SIZE_MAX / 2 ? 2 * (size_t)most : SIZE_MAX);
    int status = ia_record_file_write(env, record, key, &bytes);
    if (status == IMGA_OK && cache->put(cache->user, text, bytes.p, bytes.n) != 0)
        ia_log(env, IMGA_LOG_WARNING, "the cache could not keep layer record %s", text);
    ia_buf_free(&bytes);
    return status == IMGA_E_LIMIT ? IMGA_OK : ia_described(env, status, "", 0);
}
