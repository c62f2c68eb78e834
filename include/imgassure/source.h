/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file source.h
 * Where bytes come from and go to: files, memory, callbacks.
 *
 * Threads: a source is used by one call at a time.
 */
#ifndef IMGASSURE_SOURCE_H
#define IMGASSURE_SOURCE_H

#include <imgassure/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes with a known size that can be read at any offset, or a stream that can be read once. Reference counted. */
typedef struct imga_source imga_source;

/** Callbacks of a source. */
typedef struct imga_source_ops {
    uint32_t struct_size;
    uint32_t reserved; /**< 0 */
    uint64_t size;     /**< bytes in all */
    /** Reads up to size bytes at offset; returns the number read, 0 only past the end, below 0 for an I/O error. */
    int64_t (*read_at)(void *user, uint64_t offset, void *buffer, size_t size);
    void (*close)(void *user); /**< called once when the last reference goes; may be NULL */
    void *user;
} imga_source_ops;

/** Callbacks of a source whose bytes come once, in order: a pipe, a socket, a download. */
typedef struct imga_stream_ops {
    uint32_t struct_size;
    uint32_t reserved; /**< 0 */
    /** Waits for bytes, reads up to size of them; returns the number read, 0 at the end, below 0 for an I/O error. */
    int64_t (*read)(void *user, void *buffer, size_t size);
    void (*close)(void *user); /**< called once when the last reference goes; may be NULL */
    void *user;
} imga_stream_ops;

/** Takes bytes; 0 to go on, another value to stop the call with IMGA_E_IO. Runs in the calling thread. */
typedef int (*imga_write_fn)(void *user, const void *data, size_t size);

/**
 * Opens a regular file for reading.
 *
 * @param context the context.
 * @param path the file's path in the host's file system. Not a directory, pipe (imga_source_from_stream()) or device.
 * @param out receives the source, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM, IMGA_E_IO, IMGA_E_NOT_FOUND.
 * Since: 0.1
 */
IMGA_API int imga_source_from_path(imga_context *context, const char *path, imga_source **out, imga_error **error);

/**
 * Wraps memory; nothing is copied.
 *
 * @param context the context.
 * @param data the bytes; must stay valid and unchanged as long as the source. NULL only with size 0.
 * @param size number of bytes.
 * @param out receives the source, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM.
 * Since: 0.1
 */
IMGA_API int imga_source_from_memory(imga_context *context, const void *data, size_t size, imga_source **out,
                                     imga_error **error);

/**
 * Wraps the caller's callbacks.
 *
 * @param context the context.
 * @param ops the callbacks, copied. On failure close is not called.
 * @param out receives the source, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM.
 * Since: 0.1
 */
IMGA_API int imga_source_from_ops(imga_context *context, const imga_source_ops *ops, imga_source **out,
                                  imga_error **error);

/**
 * Wraps callbacks for bytes that can be read once, in order. One call reads them all: imga_image_open_source(), which
 * then examines the layers of the archive while they go by, imga_inventory_read(), imga_policy_read() or
 * imga_database_writer_add(). Every later call that is given the source returns IMGA_E_UNSUPPORTED.
 *
 * @param context the context.
 * @param ops the callbacks, copied. On failure close is not called.
 * @param out receives the source, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM.
 * Since: 0.1
 */
IMGA_API int imga_source_from_stream(imga_context *context, const imga_stream_ops *ops, imga_source **out,
                                     imga_error **error);

/**
 * Drops a reference.
 *
 * @param source the source, or NULL.
 * @return NULL.
 * Since: 0.1
 */
IMGA_API imga_source *imga_source_unref(imga_source *source);

#ifdef __cplusplus
}
#endif
#endif
