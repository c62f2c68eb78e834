/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file inventory.h
 * What is installed in an image, with its evidence. Matching and policies see nothing else of the image.
 *
 * Threads: an inventory is immutable and may be shared between threads.
 */
#ifndef IMGASSURE_INVENTORY_H
#define IMGASSURE_INVENTORY_H

#include <imgassure/image.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An inventory. Immutable, atomically reference counted. */
typedef struct imga_inventory imga_inventory;

/** One package. Strings are borrowed from the inventory and never NULL ("" when absent). */
typedef struct imga_package_row {
    uint32_t struct_size;
    int32_t layer;              /**< index of the layer that introduced it, -1 when unknown */
    const char *type;           /**< of its purl: "deb", "rpm", "npm", "maven"; or "rpm-key", a trusted key of rpm */
    const char *name;           /**< as the ecosystem writes it: "@scope/name", "group:artifact" */
    const char *version;
    const char *architecture;
    const char *source;         /**< source package (deb) or origin (apk) */
    const char *source_version;
    const char *license;        /**< as declared; "" when the database has none */
    const char *purl;           /**< package URL, canonical */
    const char *path;           /**< the file that lists it: a database, a manifest, an archive, a program */
    const char *maintainer;     /**< or author, vendor, packager */
    uint64_t file_count;        /**< files it owns */
    const char *expression;     /**< license as an SPDX expression; "" when it cannot be told */
    const char *how;            /**< the rule that found it: "dpkg", "dist-info", "go-buildinfo", "classifier" */
    const char *inside;         /**< where in the file, for example an archive in an archive; "" otherwise */
    int32_t owner;              /**< index of the system's package that owns the file at path, -1: none */
    uint32_t property_count;    /**< of imga_inventory_properties() */
} imga_package_row;

/** The operating system distribution. Strings are borrowed and never NULL. */
typedef struct imga_distro_row {
    uint32_t struct_size;
    uint32_t reserved;
    const char *id;          /**< os-release ID, for example "debian" */
    const char *version_id;  /**< os-release VERSION_ID */
    const char *codename;    /**< os-release VERSION_CODENAME, or derived */
    const char *release;     /**< the name that feeds use: "bookworm", "v3.18"; "" when unknown */
    const char *pretty_name;
    const char *services;     /**< of longer support that the system is attached to: "esm-apps,esm-infra", "" */
    const char *support_end;  /**< last day of security fixes for everybody, YYYY-MM-DD; "" when unknown or rolling */
    const char *extended_end; /**< the same with a longer offer of limited range or price; "" when there is none known */
    uint32_t rolling;         /**< 1 for a distribution without releases */
    uint32_t reserved2;
} imga_distro_row;

/**
 * Reads every layer of an image once, verifies sizes, digests and diff_ids, and takes the inventory.
 *
 * Damage in a package database is a note on the inventory; damage of the image itself (archive, manifest, layer,
 * digest) fails the call.
 *
 * @param context the context.
 * @param image the image.
 * @param out receives the inventory, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM, IMGA_E_IO, IMGA_E_CANCELLED, IMGA_E_LIMIT, IMGA_E_FORMAT,
 *         IMGA_E_TRUNCATED, IMGA_E_CHECKSUM, IMGA_E_DIGEST, IMGA_E_UNSUPPORTED, IMGA_E_PATH, IMGA_E_NOT_FOUND.
 * Since: 0.1
 */
IMGA_API int imga_inventory_collect(imga_context *context, imga_image *image, imga_inventory **out,
                                    imga_error **error);

/**
 * Reads an inventory that imga_inventory_write() wrote, or one from a CycloneDX document (JSON, version 1.x).
 *
 * A CycloneDX document of IMGA_REPORT_CYCLONEDX gives all but files and executables, with the same findings; documents
 * of other tools give what they list, with notes on what they lack (docs/cyclonedx.md).
 *
 * @param context the context.
 * @param source the JSON document.
 * @param out receives the inventory, owned by the caller; of an inventory document its id equals that of the written
 *        one.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM, IMGA_E_IO, IMGA_E_CANCELLED, IMGA_E_LIMIT, IMGA_E_FORMAT,
 *         IMGA_E_TRUNCATED, IMGA_E_UNSUPPORTED.
 * Since: 0.1
 */
IMGA_API int imga_inventory_read(imga_context *context, imga_source *source, imga_inventory **out,
                                 imga_error **error);

/**
 * Writes the canonical JSON document (docs/schema/inventory-1.schema.json). Same inventory, same bytes.
 *
 * @param inventory the inventory.
 * @param write receives the bytes.
 * @param user handed to write.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM, IMGA_E_IO.
 * Since: 0.1
 */
IMGA_API int imga_inventory_write(const imga_inventory *inventory, imga_write_fn write, void *user,
                                  imga_error **error);

/**
 * Takes one more reference.
 *
 * @param inventory the inventory, or NULL.
 * @return the same inventory.
 * Since: 0.1
 */
IMGA_API imga_inventory *imga_inventory_ref(imga_inventory *inventory);

/**
 * Drops a reference.
 *
 * @param inventory the inventory, or NULL.
 * @return NULL.
 * Since: 0.1
 */
IMGA_API imga_inventory *imga_inventory_unref(imga_inventory *inventory);

/**
 * Identity: "sha256:" and the hex SHA-256 of the canonical bytes.
 *
 * @param inventory the inventory; NULL gives "".
 * @return borrowed, never NULL.
 * Since: 0.1
 */
IMGA_API const char *imga_inventory_id(const imga_inventory *inventory);

/**
 * Whether everything could be looked at: no note with imga_note_is_incomplete().
 *
 * @param inventory the inventory; NULL gives 0.
 * @return 1 or 0.
 * Since: 0.1
 */
IMGA_API int imga_inventory_is_complete(const imga_inventory *inventory);

/**
 * Fills in what the image said of itself.
 *
 * @param inventory the inventory.
 * @param row struct_size must be set.
 * @return IMGA_OK, IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int imga_inventory_image(const imga_inventory *inventory, imga_image_row *row);

/**
 * Fills in the distribution.
 *
 * @param inventory the inventory.
 * @param row struct_size must be set.
 * @return IMGA_OK, IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int imga_inventory_distro(const imga_inventory *inventory, imga_distro_row *row);

/**
 * Number of packages.
 *
 * @param inventory the inventory; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_inventory_package_count(const imga_inventory *inventory);

/**
 * Fills rows of packages, ordered by type, name, architecture, version, path.
 *
 * @param inventory the inventory.
 * @param first index of the first package.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_inventory_packages(const imga_inventory *inventory, size_t first, imga_package_row *rows,
                                         size_t count);

/**
 * Fills paths of files that a package owns, as its database lists them, sorted by bytes.
 *
 * @param inventory the inventory.
 * @param package index of the package.
 * @param first index of the first file.
 * @param paths array of count pointers; filled with borrowed strings.
 * @param count number of pointers.
 * @return number filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_inventory_files(const imga_inventory *inventory, size_t package, size_t first,
                                      const char **paths, size_t count);

/**
 * Number of layers.
 *
 * @param inventory the inventory; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_inventory_layer_count(const imga_inventory *inventory);

/**
 * Fills rows of layers, bottom first.
 *
 * @param inventory the inventory.
 * @param first index of the first layer.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_inventory_layers(const imga_inventory *inventory, size_t first, imga_layer_row *rows,
                                       size_t count);

/**
 * Number of notes.
 *
 * @param inventory the inventory; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_inventory_note_count(const imga_inventory *inventory);

/**
 * Fills rows of notes.
 *
 * @param inventory the inventory.
 * @param first index of the first note.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_inventory_notes(const imga_inventory *inventory, size_t first, imga_note_row *rows,
                                      size_t count);

#ifdef __cplusplus
}
#endif
#endif
