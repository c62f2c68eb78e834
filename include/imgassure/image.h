/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file image.h
 * Container images on disk: OCI layouts and archives, docker save archives, skopeo's folders, stores of engines, roots.
 *
 * Opening reads and verifies index, manifest and config; the layers are read and verified by imga_inventory_collect().
 * Nothing is unpacked to disk and no path of an image is opened on the host.
 * Formats: OCI image-spec 1.1 (image-layout, manifest, image index, config, layer); the docker save archive with
 * manifest.json, and before that with "repositories"; skopeo's "dir:"; containers-storage and Docker's overlay2.
 *
 * A path may begin with the form of the image and a colon; without one the form is chosen by content:
 *
 *     oci:FOLDER[:NAME]  oci-archive:FILE[:NAME]  docker-archive:FILE[:NAME]  dir:FOLDER  rootfs:FOLDER  rootfs:FILE
 *     containers-storage:[ROOT]NAME  docker-root:[ROOT]NAME   (with the brackets; ROOT may be left out with them)
 *
 * "./oci:x" is a path. A root folder is read as the tar that tar would make of it; a root proves nothing of itself.
 *
 * Threads: an image is used by one thread at a time.
 */
#ifndef IMGASSURE_IMAGE_H
#define IMGASSURE_IMAGE_H

#include <imgassure/source.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An opened image. Reference counted. */
typedef struct imga_image imga_image;

/** Which image of an archive or layout. Set struct_size; NULL members take the default. */
typedef struct imga_image_options {
    uint32_t struct_size;
    uint32_t reserved;     /**< 0 */
    const char *reference; /**< tag, repository:tag, or digest; NULL when there is only one image */
    const char *platform;  /**< os/architecture[/variant]; NULL: linux on the architecture of this library */
    const char *form;      /**< as before the colon of a path, which then has none; NULL: as the path says */
    uint32_t verify;       /**< IMGA_VERIFY_* */
    uint32_t look;         /**< IMGA_LOOK_*, added up */
} imga_image_options;

/** What an inventory of the image looks for besides what is installed in it. */
enum {
    IMGA_LOOK_LOCKFILES = 1, /**< what lock files of applications name: property "lock-file" */
    IMGA_LOOK_REMOVED = 2    /**< what databases listed that an upper layer removed: property "removed" */
};

/** How much of what digests promise is computed when layers are read. Documents are always verified. */
enum {
    IMGA_VERIFY_FULL = 0, /**< digest of the blob, and diff_id of what comes out of it */
    IMGA_VERIFY_BLOB = 1, /**< digest of the blob; diff_id where there is no other */
    IMGA_VERIFY_NONE = 2  /**< neither: for bytes that were verified before */
};

/**
 * One layer, bottom first. Strings are borrowed from the parent and never NULL ("" when unknown). An inventory that was
 * read from a document knows the members up to size.
 */
typedef struct imga_layer_row {
    uint32_t struct_size;
    uint32_t reserved;
    const char *digest;     /**< digest of the blob; "" in a docker archive */
    const char *diff_id;    /**< digest of the uncompressed tar */
    const char *media_type; /**< as declared; "" in a docker archive */
    const char *created_by; /**< the history command that made the layer */
    uint64_t size;          /**< bytes of the blob as declared or stored */
    const char *chain_id;   /**< of the stack up to this layer (OCI "Layer ChainID"); "" when a diff_id is unknown */
    const char *created;    /**< of its history entry, as written */
    const char *comment;    /**< of its history entry */
    uint64_t uncompressed_size; /**< bytes of the tar; 0 until known, that is before an inventory was taken */
    uint32_t history;           /**< index of its history entry; UINT32_MAX: none, or the history does not fit */
    uint32_t reserved_end;
} imga_layer_row;

/**
 * Opens an image by path.
 *
 * @param context the context; the image takes a reference.
 * @param path a folder or file, maybe with its form before it. A name that the path holds is the reference when options
 *             have none.
 * @param options which image; NULL for the only one, on the platform of this library.
 * @param out receives the image, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM, IMGA_E_IO, IMGA_E_CANCELLED, IMGA_E_LIMIT, IMGA_E_FORMAT,
 *         IMGA_E_TRUNCATED, IMGA_E_CHECKSUM, IMGA_E_DIGEST, IMGA_E_UNSUPPORTED, IMGA_E_AMBIGUOUS (also: several images
 *         and no reference; the message lists them), IMGA_E_PATH, IMGA_E_NOT_FOUND.
 * Since: 0.1
 */
IMGA_API int imga_image_open(imga_context *context, const char *path, const imga_image_options *options,
                             imga_image **out, imga_error **error);

/**
 * Opens an image in an archive whose bytes come from a source.
 *
 * @param context the context; the image takes a reference.
 * @param source a docker save archive or OCI archive; the image takes a reference.
 * @param options which image; NULL for the only one.
 * @param out receives the image, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return as imga_image_open().
 * Since: 0.1
 */
IMGA_API int imga_image_open_source(imga_context *context, imga_source *source, const imga_image_options *options,
                                    imga_image **out, imga_error **error);

/**
 * Drops a reference.
 *
 * @param image the image, or NULL.
 * @return NULL.
 * Since: 0.1
 */
IMGA_API imga_image *imga_image_unref(imga_image *image);

/** What an image says of itself. Strings are borrowed and never NULL. */
typedef struct imga_image_row {
    uint32_t struct_size;
    uint32_t reserved;
    const char *form; /**< "oci-layout", or as before the colon of a path: "oci-archive", "docker-archive", "dir" ... */
    const char *reference;       /**< the reference it was found under; "" when it has none */
    const char *manifest_digest; /**< "" in a docker archive */
    const char *config_digest;   /**< digest of the config, that is the image id; "" when there is none */
    const char *os;
    const char *architecture;
    const char *variant;
    const char *created;  /**< as in the config, RFC 3339 */
    const char *verified; /**< what reading the layers proves: "full", "blob" or "none" */
} imga_image_row;

/**
 * Fills in what the image says of itself.
 *
 * @param image the image.
 * @param row struct_size must be set.
 * @return IMGA_OK, IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int imga_image_describe(const imga_image *image, imga_image_row *row);

/**
 * Number of layers.
 *
 * @param image the image; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_image_layer_count(const imga_image *image);

/**
 * Fills rows of layers, bottom first.
 *
 * @param image the image.
 * @param first index of the first layer.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_image_layers(const imga_image *image, size_t first, imga_layer_row *rows, size_t count);

/** What an image says of how it is run. Strings are borrowed from the image and never NULL ("" when not said). */
typedef struct imga_config_row {
    uint32_t struct_size;
    uint32_t reserved;
    const char *user; /**< user or uid, maybe with ":group"; "" stands for root */
    const char *working_dir;
    const char *stop_signal;
    const char *author;
    const char *os_version;
    uint64_t health_interval_ns; /**< nanoseconds; 0: what the engine takes; so are the next three */
    uint64_t health_timeout_ns;
    uint64_t health_start_period_ns;
    uint64_t health_start_interval_ns;
    uint32_t health_retries;  /**< 0: what the engine takes */
    uint32_t has_healthcheck; /**< 1: there is one; its test, which may be "NONE", is IMGA_CONFIG_HEALTHCHECK */
} imga_config_row;

/**
 * Fills in what the image says of how it is run.
 *
 * @param image the image.
 * @param row struct_size must be set.
 * @return IMGA_OK, IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int imga_image_config(const imga_image *image, imga_config_row *row);

/** The lists of a config. Ports, volumes and labels are sorted by bytes, the others stand as they were written. */
enum {
    IMGA_CONFIG_ENV = 1,
    IMGA_CONFIG_PORTS = 2, /**< "8080/tcp" */
    IMGA_CONFIG_VOLUMES = 3,
    IMGA_CONFIG_LABELS = 4,
    IMGA_CONFIG_ENTRYPOINT = 5,
    IMGA_CONFIG_CMD = 6,
    IMGA_CONFIG_HEALTHCHECK = 7, /**< "NONE", or "CMD" and words, or "CMD-SHELL" and a line; empty: inherited */
    IMGA_CONFIG_ONBUILD = 8,
    IMGA_CONFIG_SHELL = 9,
    IMGA_CONFIG_OS_FEATURES = 10
};

/** One value of such a list. Strings are borrowed from the image and never NULL. */
typedef struct imga_config_value_row {
    uint32_t struct_size;
    uint32_t reserved;
    const char *key; /**< of a label; of a variable what stands before its "=", or all of it; "" in other lists */
    const char *value;
} imga_config_value_row;

/**
 * Number of values of a list.
 *
 * @param image the image; NULL gives 0.
 * @param list one of IMGA_CONFIG_*; an unknown one gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_image_config_count(const imga_image *image, int32_t list);

/**
 * Fills rows of values of a list.
 *
 * @param image the image.
 * @param list one of IMGA_CONFIG_*.
 * @param first index of the first value.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_image_config_values(const imga_image *image, int32_t list, size_t first,
                                          imga_config_value_row *rows, size_t count);

/** One entry of the history, oldest first. Strings are borrowed from the image and never NULL. */
typedef struct imga_history_row {
    uint32_t struct_size;
    uint32_t layer;      /**< index of the layer it made; UINT32_MAX: none, or the history does not fit the layers */
    const char *created; /**< as written, RFC 3339 */
    const char *created_by;
    const char *author;
    const char *comment;
} imga_history_row;

/**
 * Number of entries of the history.
 *
 * @param image the image; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_image_history_count(const imga_image *image);

/**
 * Fills rows of the history, oldest first.
 *
 * @param image the image.
 * @param first index of the first entry.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_image_history(const imga_image *image, size_t first, imga_history_row *rows, size_t count);

#ifdef __cplusplus
}
#endif
#endif
