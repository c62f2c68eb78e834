/* SPDX-License-Identifier: Apache-2.0 */
#include "callbacks.h"

#include "_cgo_export.h"

#include <stdlib.h>

static void on_log(void *user, int32_t level, const char *text)
{
    imgaGoLog((uintptr_t)user, level, (char *)text);
}

static int on_progress(void *user, int32_t stage, uint64_t done, uint64_t total)
{
    return imgaGoProgress((uintptr_t)user, stage, done, total);
}

static int64_t on_read(void *user, uint64_t offset, void *buffer, size_t size)
{
    return imgaGoReadAt((uintptr_t)user, offset, buffer, size);
}

static int64_t on_next(void *user, void *buffer, size_t size)
{
    return imgaGoRead((uintptr_t)user, buffer, size);
}

/* What Go hands over is a copy in C memory, so that no Go pointer is kept while the library takes it. */
static int on_cache_get(void *user, const char *key, int (*write)(void *to, const void *data, size_t size), void *to)
{
    void *data = NULL;
    size_t size = 0;
    int result = imgaGoCacheGet((uintptr_t)user, (char *)key, &data, &size);
    if (result == 0)
        result = write(to, data, size);
    free(data);
    return result;
}

static int on_cache_put(void *user, const char *key, const void *data, size_t size)
{
    return imgaGoCachePut((uintptr_t)user, (char *)key, (void *)data, size);
}

static void on_close(void *user)
{
    imgaGoClose((uintptr_t)user);
}

static int on_write(void *user, const void *data, size_t size)
{
    return imgaGoWrite((uintptr_t)user, (void *)data, size);
}

void imga_go_set_log(imga_context *context, uintptr_t handle, int32_t max_level)
{
    imga_context_set_log(context, on_log, (void *)handle, max_level);
}

void imga_go_set_progress(imga_context *context, uintptr_t handle)
{
    imga_context_set_progress(context, on_progress, (void *)handle);
}

int imga_go_source(imga_context *context, uint64_t size, uintptr_t handle, imga_source **out, imga_error **error)
{
    const imga_source_ops ops = {
        .struct_size = sizeof(ops), .size = size, .read_at = on_read, .close = on_close, .user = (void *)handle};
    return imga_source_from_ops(context, &ops, out, error);
}

int imga_go_stream(imga_context *context, uintptr_t handle, imga_source **out, imga_error **error)
{
    const imga_stream_ops ops = {
        .struct_size = sizeof(ops), .read = on_next, .close = on_close, .user = (void *)handle};
    return imga_source_from_stream(context, &ops, out, error);
}

int imga_go_set_layer_cache(imga_context *context, uintptr_t handle, imga_error **error)
{
    const imga_layer_cache cache = {
        .struct_size = sizeof(cache), .get = on_cache_get, .put = on_cache_put, .user = (void *)handle};
    return imga_context_set_layer_cache(context, &cache, error);
}

int imga_go_files_read(const imga_files *files, size_t index, uintptr_t handle, imga_error **error)
{
    return imga_files_read(files, index, on_write, (void *)handle, error);
}

int imga_go_inventory_write(const imga_inventory *inventory, uintptr_t handle, imga_error **error)
{
    return imga_inventory_write(inventory, on_write, (void *)handle, error);
}

int imga_go_writer_finish(imga_database_writer *writer, uintptr_t handle, imga_error **error)
{
    return imga_database_writer_finish(writer, on_write, (void *)handle, error);
}

int imga_go_explain(const imga_findings *findings, size_t index, uintptr_t handle, imga_error **error)
{
    return imga_findings_explain(findings, index, on_write, (void *)handle, error);
}

int imga_go_report(imga_context *context, const imga_report_options *options, uintptr_t handle, imga_error **error)
{
    return imga_report_write(context, options, on_write, (void *)handle, error);
}
