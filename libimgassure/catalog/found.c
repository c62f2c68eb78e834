/* SPDX-License-Identifier: Apache-2.0 */
/* Every item is its kind, then its parts in order: numbers as varints, texts with their length in front. */
#include "catalog/found.h"

#include "base/varint.h"

#include <stdarg.h>
#include <stdio.h>

enum { NOTE_TEXT = 320, PARTS = 8 };

void ia_found_init(struct ia_found *found, const struct ia_env *env)
{
    uint64_t most = env->limits->kept_bytes;
    ia_buf_init(&found->packed, &env->alloc, most < SIZE_MAX ? (size_t)most : SIZE_MAX);
}

void ia_found_free(struct ia_found *found)
{
    ia_buf_free(&found->packed);
}

/* ---- writing; bare statuses of the buffer ---- */

static int put_text(struct ia_buf *out, struct ia_str text)
{
    IA_TRY(ia_varint_put(out, text.n));
    return ia_buf_str(out, text);
}

static int put_fields(struct ia_buf *out, const struct ia_field *fields, size_t count)
{
    IA_TRY(ia_varint_put(out, count));
    for (size_t i = 0; i < count; i++) {
        IA_TRY(put_text(out, fields[i].name));
        IA_TRY(put_text(out, fields[i].value));
    }
    return IMGA_OK;
}

static int put_package(struct ia_buf *out, const struct ia_found_package *package)
{
    const struct ia_str parts[PARTS] = {package->type,    package->name,     package->version, package->architecture,
                                        package->license, package->supplier, package->inside,  package->how};
    size_t count = package->field_count < IA_FOUND_PROPERTIES ? package->field_count : IA_FOUND_PROPERTIES;
    IA_TRY(ia_varint_put(out, IA_FOUND_PACKAGE));
    for (size_t i = 0; i < PARTS; i++)
        IA_TRY(put_text(out, parts[i]));
    return put_fields(out, package->fields, count);
}

static int put_executable(struct ia_buf *out, const struct ia_found_executable *executable)
{
    IA_TRY(ia_varint_put(out, IA_FOUND_EXECUTABLE));
    IA_TRY(put_text(out, executable->format));
    IA_TRY(put_text(out, executable->architecture));
    IA_TRY(put_text(out, executable->build_id));
    IA_TRY(put_text(out, executable->interpreter));
    return ia_varint_put(out, executable->flags);
}

static int put_attached(struct ia_buf *out, unsigned levels, const struct ia_field *field)
{
    IA_TRY(ia_varint_put(out, IA_FOUND_ATTACH));
    IA_TRY(ia_varint_put(out, levels));
    return put_fields(out, field, 1);
}

static int put_line(struct ia_buf *out, enum ia_found_kind kind, struct ia_str text)
{
    IA_TRY(ia_varint_put(out, kind));
    return put_text(out, text);
}

static int put_note(struct ia_buf *out, int32_t code, int64_t offset, struct ia_str text)
{
    IA_TRY(put_line(out, IA_FOUND_NOTE, text));
    IA_TRY(ia_varint_put(out, (uint64_t)code));
    return ia_varint_put(out, offset < 0 ? 0 : (uint64_t)offset + 1);
}

/* An item is there whole or not at all. */
static int described(struct ia_found *found, struct ia_env *env, size_t before, int status)
{
    if (status < 0)
        found->packed.n = before;
    return ia_described(env, status, "kept_bytes", env->limits->kept_bytes);
}

int ia_found_package(struct ia_found *found, struct ia_env *env, const struct ia_found_package *package)
{
    return described(found, env, found->packed.n, put_package(&found->packed, package));
}

int ia_found_path(struct ia_found *found, struct ia_env *env, struct ia_str path)
{
    return described(found, env, found->packed.n, put_line(&found->packed, IA_FOUND_PATH, path));
}

int ia_found_executable(struct ia_found *found, struct ia_env *env, const struct ia_found_executable *executable)
{
    return described(found, env, found->packed.n, put_executable(&found->packed, executable));
}

int ia_found_attach(struct ia_found *found, struct ia_env *env, unsigned levels, const struct ia_field *field)
{
    return described(found, env, found->packed.n, put_attached(&found->packed, levels, field));
}

int ia_found_attach_path(struct ia_found *found, struct ia_env *env, struct ia_str path)
{
    return described(found, env, found->packed.n, put_line(&found->packed, IA_FOUND_ATTACH_PATH, path));
}

int ia_found_note(struct ia_found *found, struct ia_env *env, int32_t code, int64_t offset, const char *format, ...)
{
    char text[NOTE_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return described(found, env, found->packed.n, put_note(&found->packed, code, offset, ia_str_from(text)));
}

/* ---- reading ---- */

static bool take_text(struct ia_cursor *left, struct ia_str *out)
{
    struct ia_cursor part;
    uint64_t size;
    if (!ia_varint_take(left, left->n, &size) || !ia_cursor_take(left, (size_t)size, &part))
        return false;
    *out = ia_cursor_str(part);
    return true;
}

static bool take_fields(struct ia_cursor *left, struct ia_field *fields, size_t *count)
{
    uint64_t n;
    if (!ia_varint_take(left, IA_FOUND_PROPERTIES, &n))
        return false;
    *count = (size_t)n;
    for (size_t i = 0; i < *count; i++)
        if (!take_text(left, &fields[i].name) || !take_text(left, &fields[i].value))
            return false;
    return true;
}

static bool take_package(struct ia_cursor *left, struct ia_found_item *out)
{
    struct ia_found_package *package = &out->package;
    struct ia_str *parts[PARTS] = {&package->type,    &package->name,     &package->version, &package->architecture,
                                   &package->license, &package->supplier, &package->inside,  &package->how};
    for (size_t i = 0; i < PARTS; i++)
        if (!take_text(left, parts[i]))
            return false;
    package->fields = out->fields;
    return take_fields(left, out->fields, &package->field_count);
}

static bool take_executable(struct ia_cursor *left, struct ia_found_executable *out)
{
    uint64_t flags;
    if (!take_text(left, &out->format) || !take_text(left, &out->architecture) || !take_text(left, &out->build_id) ||
        !take_text(left, &out->interpreter) || !ia_varint_take(left, UINT32_MAX, &flags))
        return false;
    out->flags = (uint32_t)flags;
    return true;
}

static bool take_attached(struct ia_cursor *left, struct ia_found_item *out)
{
    uint64_t levels;
    size_t count;
    if (!ia_varint_take(left, UINT32_MAX, &levels) || !take_fields(left, out->fields, &count) || count != 1)
        return false;
    out->levels = (unsigned)levels;
    return true;
}

static bool take_note(struct ia_cursor *left, struct ia_found_item *out)
{
    uint64_t code, offset;
    if (!take_text(left, &out->text) || !ia_varint_take(left, INT32_MAX, &code) ||
        !ia_varint_take(left, INT64_MAX, &offset))
        return false;
    out->code = (int32_t)code;
    out->offset = (int64_t)offset - 1;
    return true;
}

static bool take_item(struct ia_cursor *left, uint64_t kind, struct ia_found_item *out)
{
    switch (kind) {
    case IA_FOUND_PACKAGE:
        return take_package(left, out);
    case IA_FOUND_EXECUTABLE:
        return take_executable(left, &out->executable);
    case IA_FOUND_ATTACH:
        return take_attached(left, out);
    case IA_FOUND_PATH:
    case IA_FOUND_ATTACH_PATH:
        return take_text(left, &out->text);
    case IA_FOUND_NOTE:
        return take_note(left, out);
    default:
        return false;
    }
}

int ia_found_next(struct ia_cursor *left, struct ia_found_item *out)
{
    uint64_t kind;
    if (left->n == 0)
        return 0;
    if (!ia_varint_take(left, UINT32_MAX, &kind) || !take_item(left, kind, out))
        return IMGA_E_FORMAT;
    out->kind = (enum ia_found_kind)kind;
    return 1;
}
