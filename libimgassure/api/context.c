/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/context.h>. */
#include "api/object.h"

#include "catalog/binary/classify.h"

#include "base/lock.h"

#include <string.h>
#include <sys/random.h>

enum { SMALLEST_LIMITS = offsetof(imga_limits, manifest_bytes) };

/* Only the order inside hash tables depends on the seed, never an output; a fixed one is the fallback. */
static void make_seed(uint64_t seed[2])
{
    if (getrandom(seed, 2 * sizeof(seed[0]), GRND_NONBLOCK) != (ssize_t)(2 * sizeof(seed[0]))) {
        seed[0] = 0x696d676173737572;
        seed[1] = (uint64_t)(uintptr_t)seed;
    }
}

static int context_new(const struct ia_alloc *alloc, struct ia_env *env, imga_context **out)
{
    imga_context *context = ia_api_object(env, sizeof(*context));
    if (!context)
        return IMGA_E_NOMEM;
    context->alloc = *alloc;
    ia_limits_fill(&context->limits);
    make_seed(context->seed);
    int status = ia_crypto_new(alloc, &context->crypto);
    if (status < 0) {
        ia_free(alloc, context);
        return ia_fail(env, status, -1, status == IMGA_E_NOMEM ? "out of memory" : "OpenSSL has no SHA-256");
    }
    *out = context;
    return IMGA_OK;
}

IMGA_API int imga_context_new(const imga_allocator *allocator, imga_context **out, imga_error **error)
{
    struct ia_env env = {.alloc = ia_alloc_libc, .error = {.offset = -1}};
    if (!out)
        return ia_api_invalid(error, "out is NULL");
    if (allocator && (allocator->struct_size < sizeof(*allocator) || !allocator->resize))
        return ia_api_invalid(error, "the allocator has no resize function or a wrong struct_size");
    if (allocator)
        env.alloc = (struct ia_alloc){allocator->resize, allocator->user};
    return ia_api_end(&env, context_new(&env.alloc, &env, out), error);
}

IMGA_API imga_context *imga_context_ref(imga_context *context)
{
    if (context)
        ia_ref_take(&context->ref);
    return context;
}

IMGA_API imga_context *imga_context_unref(imga_context *context)
{
    if (context && ia_ref_drop(&context->ref)) {
        struct ia_alloc alloc = context->alloc;
        imga_cancel_unref(context->cancel);
        ia_classifiers_free(context->classifiers);
        ia_crypto_unref(context->crypto);
        ia_free(&alloc, context);
    }
    return NULL;
}

IMGA_API void imga_limits_default(imga_limits *limits)
{
    imga_limits all;
    if (!limits)
        return;
    uint32_t size = limits->struct_size;
    ia_limits_fill(&all);
    memcpy(limits, &all, size < sizeof(all) ? size : sizeof(all));
    if (size >= sizeof(limits->struct_size))
        limits->struct_size = size;
}

IMGA_API int imga_context_set_limits(imga_context *context, const imga_limits *limits, imga_error **error)
{
    if (!context)
        return ia_api_invalid(error, "context is NULL");
    if (limits && (limits->struct_size < SMALLEST_LIMITS || limits->struct_size % sizeof(uint64_t)))
        return ia_api_invalid(error, "the limits have a wrong struct_size");
    ia_limits_fill(&context->limits);
    if (limits)
        memcpy(&context->limits, limits,
               limits->struct_size < sizeof(context->limits) ? limits->struct_size : sizeof(context->limits));
    context->limits.struct_size = sizeof(context->limits);
    return IMGA_OK;
}

IMGA_API void imga_context_set_log(imga_context *context, imga_log_fn fn, void *user, int32_t max_level)
{
    if (!context)
        return;
    context->hooks.log = fn;
    context->hooks.log_user = user;
    context->hooks.log_level = max_level;
}

IMGA_API void imga_context_set_progress(imga_context *context, imga_progress_fn fn, void *user)
{
    if (!context)
        return;
    context->hooks.progress = fn;
    context->hooks.progress_user = user;
}

IMGA_API void imga_context_set_cancel(imga_context *context, imga_cancel *cancel)
{
    if (!context)
        return;
    if (cancel)
        ia_ref_take(&cancel->ref);
    imga_cancel_unref(context->cancel);
    context->cancel = cancel;
    context->hooks.cancel = cancel ? &cancel->cancel : NULL;
}

IMGA_API void imga_context_set_threads(imga_context *context, uint32_t threads)
{
    if (context)
        context->threads = threads ? threads : ia_processors();
}

IMGA_API int imga_context_set_layer_cache(imga_context *context, const imga_layer_cache *cache, imga_error **error)
{
    if (!context)
        return ia_api_invalid(error, "context is NULL");
    if (cache && (cache->struct_size < sizeof(*cache) || !cache->get || !cache->put))
        return ia_api_invalid(error, "the cache lacks get or put, or has a wrong struct_size");
    context->hooks.cache = cache ? *cache : (imga_layer_cache){.struct_size = 0};
    return IMGA_OK;
}

IMGA_API int imga_context_set_classifiers(imga_context *context, const char *text, size_t size, imga_error **error)
{
    struct ia_classifiers *classifiers = NULL;
    struct ia_digest digest;
    struct ia_env env;
    if (!context || (size && !text))
        return ia_api_invalid(error, "context is NULL, or text is NULL and has a size");
    ia_api_begin(&env, context);
    int status = text ? ia_digest_of(&env, text, size, &digest) : IMGA_OK;
    if (status == IMGA_OK && text)
        status = ia_classifiers_parse(&env, (struct ia_str){text, size}, &ia_classifiers_builtin, &classifiers);
    if (status < 0)
        return ia_api_end(&env, status, error);
    ia_classifiers_free(context->classifiers);
    context->classifiers = classifiers;
    if (classifiers)
        ia_digest_text(&digest, context->classifiers_id);
    return IMGA_OK;
}

IMGA_API int imga_cancel_new(imga_cancel **out, imga_error **error)
{
    struct ia_env env = {.alloc = ia_alloc_libc, .error = {.offset = -1}};
    if (!out)
        return ia_api_invalid(error, "out is NULL");
    imga_cancel *cancel = ia_new(&env.alloc, sizeof(*cancel));
    if (!cancel)
        return ia_api_end(&env, ia_fail_nomem(&env), error);
    ia_ref_init(&cancel->ref);
    *out = cancel;
    return IMGA_OK;
}

IMGA_API imga_cancel *imga_cancel_unref(imga_cancel *cancel)
{
    if (cancel && ia_ref_drop(&cancel->ref))
        ia_free(&ia_alloc_libc, cancel);
    return NULL;
}

IMGA_API void imga_cancel_set(imga_cancel *cancel, int value)
{
    if (cancel)
        atomic_store_explicit(&cancel->cancel.flag, value != 0, memory_order_relaxed);
}
