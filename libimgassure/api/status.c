/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/status.h>: names of codes, and the error object. */
#include "base/status.h"

#include "api/object.h"

#include <string.h>

struct imga_error {
    struct ia_alloc alloc;
    int32_t code;
    int64_t offset;
    char message[IA_ERROR_TEXT];
    char where[IA_ERROR_TEXT];
};

/* Needs no memory, so it can always be handed out; never freed. */
static const imga_error no_memory = {.code = IMGA_E_NOMEM, .offset = -1, .message = "out of memory"};

static imga_error *make_error(const struct ia_alloc *alloc, const struct ia_error *from)
{
    imga_error *error = from->status == IMGA_E_NOMEM ? NULL : ia_new(alloc, sizeof(*error));
    if (!error)
        return (imga_error *)(uintptr_t)&no_memory;
    error->alloc = *alloc;
    error->code = from->status;
    error->offset = from->offset;
    memcpy(error->message, from->message, sizeof(error->message));
    memcpy(error->where, from->where, sizeof(error->where));
    return error;
}

int ia_api_end(struct ia_env *env, int status, imga_error **error)
{
    if (status >= 0)
        return status;
    if (env->error.status == IMGA_OK || status < IMGA_E_INTERNAL) {
        ia_error_clear(env);
        status = ia_fail(env, IMGA_E_INTERNAL, -1, "a failure without a description (%d)", status);
    }
    if (error)
        *error = make_error(&env->alloc, &env->error);
    return env->error.status;
}

int ia_api_invalid(imga_error **error, const char *message)
{
    struct ia_error from = {.status = IMGA_E_INVALID, .offset = -1};
    size_t n = strlen(message);
    memcpy(from.message, message, n < sizeof(from.message) ? n : sizeof(from.message) - 1);
    if (error)
        *error = make_error(&ia_alloc_libc, &from);
    return IMGA_E_INVALID;
}

IMGA_API int32_t imga_error_code(const imga_error *error)
{
    return error ? error->code : IMGA_OK;
}

IMGA_API const char *imga_error_message(const imga_error *error)
{
    return error ? error->message : "";
}

IMGA_API const char *imga_error_where(const imga_error *error)
{
    return error ? error->where : "";
}

IMGA_API int64_t imga_error_offset(const imga_error *error)
{
    return error ? error->offset : -1;
}

IMGA_API imga_error *imga_error_free(imga_error *error)
{
    if (error && error != &no_memory) {
        struct ia_alloc alloc = error->alloc;
        ia_free(&alloc, error);
    }
    return NULL;
}

IMGA_API const char *imga_status_name(int32_t status)
{
    return ia_status_name(status);
}

IMGA_API const char *imga_note_name(int32_t code)
{
    return ia_note_name(code);
}

IMGA_API int imga_note_is_incomplete(int32_t code)
{
    return ia_note_is_incomplete(code);
}
