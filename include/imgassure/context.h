/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file context.h
 * What every call carries: allocator, limits, log, progress, cancellation, threads.
 *
 * Threads: set a context up in one thread, then share it: calls that take a context only read it. The setters must not
 * run beside other calls on the same context. A cancel token may be set from any thread and from a signal handler.
 */
#ifndef IMGASSURE_CONTEXT_H
#define IMGASSURE_CONTEXT_H

#include <imgassure/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Reference counted settings of calls. */
typedef struct imga_context imga_context;
/** A flag that makes running calls stop. Reference counted. */
typedef struct imga_cancel imga_cancel;

/** Where memory comes from. Thread-safe if the context is shared between threads. */
typedef struct imga_allocator {
    uint32_t struct_size;
    uint32_t reserved; /**< 0 */
    /**
     * ptr NULL: allocate; size 0: free and return NULL; otherwise resize. Returns NULL when there is no memory and then
     * leaves ptr as it was. Memory is aligned as by malloc.
     */
    void *(*resize)(void *user, void *ptr, size_t size);
    void *user; /**< handed to resize; must outlive every object made with it */
} imga_allocator;

/** Upper bounds for hostile input. Bytes unless said otherwise. */
typedef struct imga_limits {
    uint32_t struct_size;
    uint32_t reserved;         /**< 0 */
    uint64_t manifest_bytes;   /**< index, manifest or config document */
    uint64_t index_depth;      /**< nested indexes, count */
    uint64_t layers;           /**< layers of an image, count */
    uint64_t layer_bytes;      /**< one layer, uncompressed */
    uint64_t image_bytes;      /**< all layers, uncompressed */
    uint64_t gzip_ratio;       /**< uncompressed : compressed after the first MiB */
    uint64_t zstd_window;      /**< window of a zstd frame, dictionary of an xz block */
    uint64_t gzip_members;     /**< members (gzip), frames (zstd), streams (bzip2, xz), blocks (xz) of a layer */
    uint64_t archive_members;  /**< members of an outer archive, count */
    uint64_t layer_entries;    /**< tar entries of one layer, count */
    uint64_t image_entries;    /**< tar entries of all layers, count */
    uint64_t path_bytes;       /**< a path inside an image */
    uint64_t path_components;  /**< components of a path, count */
    uint64_t links;            /**< links followed when a path is resolved, count */
    uint64_t tar_header_bytes; /**< a PAX or GNU extension header */
    uint64_t file_bytes;       /**< one file that is analysed */
    uint64_t kept_bytes;       /**< all files kept for analysis at one time */
    uint64_t json_depth;       /**< nesting, count */
    uint64_t string_bytes;     /**< one string of a document or record */
    uint64_t packages;         /**< packages of an inventory, count */
    uint64_t package_files;    /**< files listed by all packages, count */
    uint64_t findings;         /**< findings of a match, count */
    uint64_t notes;            /**< notes of a result, count; the rest is counted */
    uint64_t document_bytes;   /**< a policy or inventory document */
    uint64_t feed_bytes;       /**< one advisory feed, uncompressed */
    uint64_t db_records;       /**< records of a database, count */
} imga_limits;

/**
 * Keeps what was read of layers, so that a layer that comes again is not read again: its blob is hashed, that is all.
 * A key says everything that the bytes depend on: blob, diff_id, limits, what this version of the library looks for.
 * Nothing is kept that was not verified, nothing damaged is used, and no result depends on the cache. Whoever can write
 * to the place where it is kept could forge records: guard it like the program itself. Both run in the calling thread.
 */
typedef struct imga_layer_cache {
    uint32_t struct_size;
    uint32_t reserved; /**< 0 */
    /** Hands the bytes kept under key to write, in one or more pieces, and returns 0; another value: there are none. */
    int (*get)(void *user, const char *key, int (*write)(void *to, const void *data, size_t size), void *to);
    /** Keeps size bytes under key (64 hexadecimal digits); a result other than 0 is logged and changes nothing. */
    int (*put)(void *user, const char *key, const void *data, size_t size);
    void *user; /**< handed to get and put */
} imga_layer_cache;

enum { IMGA_LOG_ERROR = 0, IMGA_LOG_WARNING = 1, IMGA_LOG_INFO = 2, IMGA_LOG_DEBUG = 3 };

enum {
    IMGA_STAGE_LAYERS = 0,  /**< done and total are bytes of compressed layers, or of an archive that is read once;
                                 total 0 when unknown */
    IMGA_STAGE_FEED = 1,    /**< done and total are bytes of a feed; total 0 when unknown */
    IMGA_STAGE_MATCH = 2    /**< done and total are packages */
};

/** Receives one log line: level, text without newline, valid UTF-8. Runs in the calling thread. */
typedef void (*imga_log_fn)(void *user, int32_t level, const char *text);

/** Reports progress; a result other than 0 cancels the call. Runs in the calling thread. */
typedef int (*imga_progress_fn)(void *user, int32_t stage, uint64_t done, uint64_t total);

/**
 * Makes a context with default limits and no callbacks.
 *
 * @param allocator where memory comes from; NULL for the C library's. Copied.
 * @param out receives the context, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM.
 * Since: 0.1
 */
IMGA_API int imga_context_new(const imga_allocator *allocator, imga_context **out, imga_error **error);

/**
 * Takes one more reference.
 *
 * @param context the context, or NULL.
 * @return the same context.
 * Since: 0.1
 */
IMGA_API imga_context *imga_context_ref(imga_context *context);

/**
 * Drops a reference; the last one frees. Objects made with the context stay valid.
 *
 * @param context the context, or NULL.
 * @return NULL.
 * Since: 0.1
 */
IMGA_API imga_context *imga_context_unref(imga_context *context);

/**
 * Fills a limits struct with the defaults (docs/limits.md).
 *
 * @param limits struct_size must be set; no more than that is filled. NULL does nothing.
 * Since: 0.1
 */
IMGA_API void imga_limits_default(imga_limits *limits);

/**
 * Replaces the limits.
 *
 * @param context the context.
 * @param limits copied; fields beyond struct_size keep their defaults. NULL restores the defaults. 0 in a field is a
 *               limit of 0, not "unlimited".
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int imga_context_set_limits(imga_context *context, const imga_limits *limits, imga_error **error);

/**
 * Sets the log function. Without one nothing is logged anywhere.
 *
 * @param context the context; NULL does nothing.
 * @param fn the function, or NULL for none.
 * @param user handed to fn.
 * @param max_level the highest IMGA_LOG_* that is reported.
 * Since: 0.1
 */
IMGA_API void imga_context_set_log(imga_context *context, imga_log_fn fn, void *user, int32_t max_level);

/**
 * Sets the progress function.
 *
 * @param context the context; NULL does nothing.
 * @param fn the function, or NULL for none.
 * @param user handed to fn.
 * Since: 0.1
 */
IMGA_API void imga_context_set_progress(imga_context *context, imga_progress_fn fn, void *user);

/**
 * Sets how many threads a call may use; 1 is the default. Other threads than the caller's end before the call returns,
 * and no callback runs in them, except those of the allocator, which must be thread-safe then. Images whose bytes come
 * from imga_source_from_ops() are read by the calling thread alone. No result depends on the number.
 *
 * @param context the context; NULL does nothing.
 * @param threads 1 to 64; 0 for as many as there are processors.
 * Since: 0.1
 */
IMGA_API void imga_context_set_threads(imga_context *context, uint32_t threads);

/**
 * Sets the cache of layers that images opened by calls on this context are collected with.
 *
 * @param context the context.
 * @param cache copied; NULL for none. The members get and put must be there.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int imga_context_set_layer_cache(imga_context *context, const imga_layer_cache *cache, imga_error **error);

/**
 * Adds rules by which programs are recognised that no package manager installed (docs/classifiers.md). They come before
 * the built-in ones and replace those of the same id. Set them before images are opened.
 *
 * @param context the context.
 * @param text the rules; NULL for the built-in ones alone.
 * @param size bytes of text.
 * @param error receives the error, which names the line; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM, IMGA_E_FORMAT, IMGA_E_LIMIT.
 * Since: 0.1
 */
IMGA_API int imga_context_set_classifiers(imga_context *context, const char *text, size_t size, imga_error **error);

/**
 * Sets the cancel token that calls on this context watch.
 *
 * @param context the context; NULL does nothing.
 * @param cancel the token, or NULL for none; the context takes a reference.
 * Since: 0.1
 */
IMGA_API void imga_context_set_cancel(imga_context *context, imga_cancel *cancel);

/**
 * Makes a cancel token, not set.
 *
 * @param out receives the token, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM.
 * Since: 0.1
 */
IMGA_API int imga_cancel_new(imga_cancel **out, imga_error **error);

/**
 * Drops a reference.
 *
 * @param cancel the token, or NULL.
 * @return NULL.
 * Since: 0.1
 */
IMGA_API imga_cancel *imga_cancel_unref(imga_cancel *cancel);

/**
 * Sets or clears the token. Calls that watch it return IMGA_E_CANCELLED within 256 KiB of input.
 *
 * @param cancel the token; NULL does nothing.
 * @param value 1 to cancel, 0 to make the token usable again.
 * Since: 0.1
 */
IMGA_API void imga_cancel_set(imga_cancel *cancel, int value);

#ifdef __cplusplus
}
#endif
#endif
