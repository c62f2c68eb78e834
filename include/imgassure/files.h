/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file files.h
 * The merged root of an image: every file, the layer it came with and the layer that wrote it last, and what upper
 * layers removed.
 *
 * Whiteouts, opaque directories and links are applied as container runtimes do (OCI image-spec 1.1 layer.md, "Applying
 * Changesets"). Nothing is unpacked.
 *
 * Threads: a listing is immutable and may be shared; imga_files_read() reads the image, which one thread may do at a
 * time.
 */
#ifndef IMGASSURE_FILES_H
#define IMGASSURE_FILES_H

#include <imgassure/image.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The files of an image. Reference counted. */
typedef struct imga_files imga_files;

/** What a listing holds beyond the files of the root; values may be combined. */
enum {
    IMGA_FILES_DIGESTS = 1, /**< SHA-256 of every regular file */
    IMGA_FILES_REMOVED = 2  /**< also what a layer removed or replaced by something newer */
};

enum {
    IMGA_FILE_REGULAR = 1,
    IMGA_FILE_DIRECTORY = 2,
    IMGA_FILE_SYMLINK = 3,
    IMGA_FILE_CHARACTER = 5,
    IMGA_FILE_BLOCK = 6,
    IMGA_FILE_FIFO = 7
};

/** One file. Pointers are borrowed from the listing and never NULL. */
typedef struct imga_file_row {
    uint32_t struct_size;
    int32_t type;          /**< IMGA_FILE_*; hard links are files of the type they link to */
    const char *path;      /**< raw bytes without a leading slash, NUL-terminated; may hold anything but NUL */
    uint64_t path_size;    /**< bytes of path */
    const char *link;      /**< target of a symbolic link, raw bytes; "" for others */
    uint64_t link_size;    /**< bytes of link */
    const char *digest;    /**< "sha256:..." of a regular file that is not sparse, when asked for; "" otherwise */
    uint64_t size;         /**< bytes of a regular file, of a sparse one those that are stored; 0 for others */
    uint32_t mode;         /**< permission bits and setuid, setgid, sticky; of a symbolic link as in the layer */
    uint32_t uid, gid;
    uint32_t device_major, device_minor;
    int32_t first_layer;   /**< since which layer, from 0, there has been something at the path; whiteouts start anew */
    int32_t last_layer;    /**< the last layer that has an entry for it */
    int32_t removed_layer; /**< that removed or replaced it; -1: it is in the root */
    uint32_t hard_linked;  /**< 1: it came as a hard link, or one was made to it */
    uint32_t reserved;
} imga_file_row;

/**
 * Reads all layers and lists what is in the root. Digests, sizes and limits as in imga_inventory_collect().
 *
 * @param context the context; the listing takes a reference.
 * @param image the image; the listing takes a reference.
 * @param flags IMGA_FILES_* or 0. Digests cannot be had of an image that was read once.
 * @param out receives the listing, sorted by the bytes of the paths, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, or as imga_inventory_collect(); IMGA_E_INVALID for unknown flags.
 * Since: 0.1
 */
IMGA_API int imga_files_collect(imga_context *context, imga_image *image, uint32_t flags, imga_files **out,
                                imga_error **error);

/**
 * Drops a reference.
 *
 * @param files the listing, or NULL.
 * @return NULL.
 * Since: 0.1
 */
IMGA_API imga_files *imga_files_unref(imga_files *files);

/**
 * Number of rows.
 *
 * @param files the listing; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_files_count(const imga_files *files);

/**
 * Fills rows.
 *
 * @param files the listing.
 * @param first index of the first file.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_files_rows(const imga_files *files, size_t first, imga_file_row *rows, size_t count);

/**
 * Hands out the content of a regular file, also of one that an upper layer removed: reads its layer again, to the end.
 * The bytes come before the layer is known to be what its digest says: after an error they must not be trusted.
 *
 * @param files the listing.
 * @param index of the row.
 * @param write receives the bytes in pieces.
 * @param user handed to write.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID (no such row, or no regular file), IMGA_E_UNSUPPORTED (sparse; image read once),
 *         IMGA_E_NOT_FOUND (the layer changed), or as imga_inventory_collect(); IMGA_E_IO when write stops.
 * Since: 0.1
 */
IMGA_API int imga_files_read(const imga_files *files, size_t index, imga_write_fn write, void *user,
                             imga_error **error);

/**
 * Whether everything was looked at.
 *
 * @param files the listing; NULL gives 0.
 * @return 1, or 0 when a note says what is missing.
 * Since: 0.1
 */
IMGA_API int imga_files_is_complete(const imga_files *files);

/**
 * Number of notes.
 *
 * @param files the listing; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_files_note_count(const imga_files *files);

/**
 * Fills rows of notes.
 *
 * @param files the listing.
 * @param first index of the first note.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_files_notes(const imga_files *files, size_t first, imga_note_row *rows, size_t count);

#ifdef __cplusplus
}
#endif
#endif
