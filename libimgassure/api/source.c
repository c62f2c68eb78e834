/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/source.h>. */
#include "api/object.h"

static int finish(struct ia_env *env, imga_context *context, int status, struct ia_source *inner, imga_source **out)
{
    imga_source *source = status < 0 ? NULL : ia_api_object(env, sizeof(*source));
    if (!source) {
        ia_source_unref(inner);
        return status < 0 ? status : IMGA_E_NOMEM;
    }
    source->context = imga_context_ref(context);
    source->source = inner;
    *out = source;
    return IMGA_OK;
}

IMGA_API int imga_source_from_path(imga_context *context, const char *path, imga_source **out, imga_error **error)
{
    struct ia_env env;
    struct ia_source *inner = NULL;
    if (!context || !path || !out)
        return ia_api_invalid(error, "context, path or out is NULL");
    ia_api_begin(&env, context);
    int status = ia_source_path(&env, path, &inner);
    return ia_api_end(&env, finish(&env, context, status, inner, out), error);
}

IMGA_API int imga_source_from_memory(imga_context *context, const void *data, size_t size, imga_source **out,
                                     imga_error **error)
{
    struct ia_env env;
    struct ia_source *inner = NULL;
    if (!context || !out || (size && !data))
        return ia_api_invalid(error, "context, data or out is NULL");
    ia_api_begin(&env, context);
    int status = ia_source_memory(&env, data, size, &inner);
    return ia_api_end(&env, finish(&env, context, status, inner, out), error);
}

/* Until the caller's handle exists, a failure must not call the caller's close: it is handed over last. */
static int hand_over(struct ia_env *env, imga_context *context, imga_source *source, int status, imga_source **out)
{
    if (status < 0) {
        ia_free(&env->alloc, source);
        return status;
    }
    source->context = imga_context_ref(context);
    *out = source;
    return IMGA_OK;
}

IMGA_API int imga_source_from_ops(imga_context *context, const imga_source_ops *ops, imga_source **out,
                                  imga_error **error)
{
    struct ia_env env;
    if (!context || !ops || !out)
        return ia_api_invalid(error, "context, ops or out is NULL");
    if (ops->struct_size < sizeof(*ops) || !ops->read_at)
        return ia_api_invalid(error, "the ops have no read_at function or a wrong struct_size");
    ia_api_begin(&env, context);
    imga_source *source = ia_api_object(&env, sizeof(*source));
    int status = source ? ia_source_ops(&env, ops, &source->source) : IMGA_E_NOMEM;
    return ia_api_end(&env, hand_over(&env, context, source, status, out), error);
}

IMGA_API int imga_source_from_stream(imga_context *context, const imga_stream_ops *ops, imga_source **out,
                                     imga_error **error)
{
    struct ia_env env;
    if (!context || !ops || !out)
        return ia_api_invalid(error, "context, ops or out is NULL");
    if (ops->struct_size < sizeof(*ops) || !ops->read)
        return ia_api_invalid(error, "the ops have no read function or a wrong struct_size");
    ia_api_begin(&env, context);
    imga_source *source = ia_api_object(&env, sizeof(*source));
    int status = source ? ia_source_stream(&env, ops, &source->source) : IMGA_E_NOMEM;
    return ia_api_end(&env, hand_over(&env, context, source, status, out), error);
}

IMGA_API imga_source *imga_source_unref(imga_source *source)
{
    if (source && ia_ref_drop(&source->ref)) {
        imga_context *context = source->context;
        ia_source_unref(source->source);
        ia_free(&context->alloc, source);
        imga_context_unref(context);
    }
    return NULL;
}
