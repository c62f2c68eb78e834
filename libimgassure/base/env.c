/* SPDX-License-Identifier: Apache-2.0 */
/* Errors, notes, progress and log of one call. Formatting goes to fixed buffers, so that it works without memory. */
#include "base/env.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 1024 };

/* Buffers in fixed memory: the allocator refuses to grow, so text is cut at a whole character. */
static void *no_resize(void *user, void *ptr, size_t size)
{
    (void)user;
    (void)ptr;
    (void)size;
    return NULL;
}

static void escape_into(char *out, size_t size, struct ia_str text)
{
    struct ia_buf buf = {.alloc = {no_resize, NULL}, .p = out, .capacity = size - 1, .max = size - 1};
    uint32_t code;
    while (text.n) {
        size_t step = ia_utf8_char(text, &code);
        size_t before = buf.n;
        if (ia_utf8_escape(&buf, ia_str_sub(text, 0, step ? step : 1)) < 0) {
            buf.n = before;
            break;
        }
        text = ia_str_sub(text, step ? step : 1, text.n);
    }
    out[buf.n] = '\0';
}

int ia_fail(struct ia_env *env, int status, int64_t offset, const char *format, ...)
{
    char line[LINE];
    va_list args;
    if (env->error.status != IMGA_OK)
        return env->error.status;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    env->error.status = status;
    env->error.offset = offset;
    env->error.where[0] = '\0';
    escape_into(env->error.message, sizeof(env->error.message), ia_str_from(line));
    return status;
}

int ia_fail_nomem(struct ia_env *env)
{
    return ia_fail(env, IMGA_E_NOMEM, -1, "out of memory");
}

int ia_fail_limit(struct ia_env *env, int64_t offset, const char *limit, uint64_t value, struct ia_str what)
{
    int n = what.n > 160 ? 160 : (int)what.n;
    return ia_fail(env, IMGA_E_LIMIT, offset, "the limit %s (%" PRIu64 ") is exceeded by %.*s", limit, value, n,
                   what.p);
}

int ia_error_at(struct ia_env *env, int status, const char *format, ...)
{
    char line[LINE], place[IA_ERROR_TEXT];
    va_list args;
    if (status >= 0 || env->error.status == IMGA_OK)
        return status;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    escape_into(place, sizeof(place), ia_str_from(line));
    if (env->error.where[0])
        snprintf(line, sizeof(line), "%s: %s", place, env->error.where);
    else
        snprintf(line, sizeof(line), "%s", place);
    escape_into(env->error.where, sizeof(env->error.where), ia_str_from(line));
    return status;
}

void ia_error_clear(struct ia_env *env)
{
    env->error = (struct ia_error){.offset = -1};
}

int ia_note(struct ia_env *env, int32_t code, int64_t offset, struct ia_str where, const char *format, ...)
{
    char line[LINE];
    va_list args;
    if (!env->notes)
        return IMGA_OK;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (ia_notes_add(env->notes, code, offset, where, ia_str_from(line)) < 0)
        return ia_fail_nomem(env);
    return IMGA_OK;
}

int ia_check_cancel(struct ia_env *env)
{
    if (ia_cancel_is_set(env->hooks->cancel))
        return ia_fail(env, IMGA_E_CANCELLED, -1, "cancelled");
    return IMGA_OK;
}

int ia_progress(struct ia_env *env, int32_t stage, uint64_t done, uint64_t total)
{
    IA_TRY(ia_check_cancel(env));
    if (env->hooks->progress && env->hooks->progress(env->hooks->progress_user, stage, done, total) != 0)
        return ia_fail(env, IMGA_E_CANCELLED, -1, "cancelled by the progress callback");
    return IMGA_OK;
}

void ia_log(const struct ia_env *env, int32_t level, const char *format, ...)
{
    char line[LINE], text[LINE];
    va_list args;
    if (!env->hooks->log || level > env->hooks->log_level)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    escape_into(text, sizeof(text), ia_str_from(line));
    env->hooks->log(env->hooks->log_user, level, text);
}

int ia_described(struct ia_env *env, int status, const char *limit, uint64_t value)
{
    if (status == IMGA_E_NOMEM)
        return ia_fail_nomem(env);
    if (status == IMGA_E_LIMIT)
        return ia_fail(env, IMGA_E_LIMIT, -1, "the limit %s (%" PRIu64 ") is exceeded", limit, value);
    return status;
}

void ia_limits_fill(imga_limits *limits)
{
    static const uint64_t MiB = 1024 * 1024, GiB = 1024 * 1024 * 1024;
    *limits = (imga_limits){
        .struct_size = sizeof(*limits),
        .manifest_bytes = 4 * MiB,
        .index_depth = 4,
        .layers = 512,
        .layer_bytes = 32 * GiB,
        .image_bytes = 64 * GiB,
        .gzip_ratio = 1100,
        .zstd_window = 128 * MiB,
        .gzip_members = 1000000,
        .archive_members = 65536,
        .layer_entries = 2000000,
        .image_entries = 8000000,
        .path_bytes = 4096,
        .path_components = 512,
        .links = 40,
        .tar_header_bytes = MiB,
        .file_bytes = 256 * MiB,
        .kept_bytes = 384 * MiB,
        .json_depth = 128,
        .string_bytes = MiB,
        .packages = 200000,
        .package_files = 10000000,
        .findings = 5000000,
        .notes = 1000,
        .document_bytes = 256 * MiB,
        .feed_bytes = 4 * GiB,
        .db_records = 50000000,
    };
}
