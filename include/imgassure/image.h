/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file image.h
 * Container images on disk: docker save archives, OCI layout folders, OCI archives.
 *
 * Opening reads and verifies index, manifest and config; the layers are read and verified by imga_inventory_collect().
 * Nothing is unpacked to disk and no path of an image is opened on the host.
 * Formats: OCI image-spec 1.1 (image-layout, manifest, image index, config, layer); the docker save archive with
 * manifest.json.
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
    const char *platform;  /**< os/architecture[/variant]; NULL for "linux/amd64" */
} imga_image_options;

/** One layer, bottom first. Strings are borrowed from the parent and never NULL ("" when unknown). */
typedef struct imga_layer_row {
    uint32_t struct_size;
    uint32_t reserved;
    const char *digest;     /**< digest of the blob; "" in a docker archive */
    const char *diff_id;    /**< digest of the uncompressed tar */
    const char *media_type; /**< as declared; "" in a docker archive */
    const char *created_by; /**< the history command that made the layer */
    uint64_t size;          /**< bytes of the blob as declared or stored */
} imga_layer_row;

/**
 * Opens an image by path. The form is chosen by content, not by name.
 *
 * @param context the context; the image takes a reference.
 * @param path an OCI layout folder, or a file: docker save archive or OCI archive.
 * @param options which image; NULL for the only one, platform linux/amd64.
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
    const char *form;            /**< "oci-layout", "oci-archive" or "docker-archive" */
    const char *reference;       /**< the reference it was found under; "" when it has none */
    const char *manifest_digest; /**< "" in a docker archive */
    const char *config_digest;   /**< digest of the config, that is the image id */
    const char *os;
    const char *architecture;
    const char *variant;
    const char *created; /**< as in the config, RFC 3339 */
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

#ifdef __cplusplus
}
#endif
#endif
