/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file image_list.h
 * What an archive, a layout, a folder or a store of images holds.
 *
 * No layer is opened for a listing, and a document is read only where an entry does not say by itself what it is. To
 * scan every platform of an index, open each row of the kind IMGA_ENTRY_IMAGE with its digest as the reference.
 *
 * Threads: a list is read-only once it is there; its count of references is used by one thread at a time.
 */
#ifndef IMGASSURE_IMAGE_LIST_H
#define IMGASSURE_IMAGE_LIST_H

#include <imgassure/image.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A listing. Reference counted. */
typedef struct imga_image_list imga_image_list;

/** What an entry is. */
enum {
    IMGA_ENTRY_IMAGE = 1,       /**< also one whose manifest is missing or damaged: opening it says so */
    IMGA_ENTRY_ATTESTATION = 2, /**< a statement about an image: provenance, SBOM */
    IMGA_ENTRY_UNKNOWN = 3      /**< an artifact, or a document of a type that is not known */
};

/** One entry. Strings are borrowed from the list and never NULL ("" when not said). */
typedef struct imga_image_entry_row {
    uint32_t struct_size;
    uint32_t kind;         /**< IMGA_ENTRY_* */
    const char *reference; /**< the name it is found under; the same image may come under several */
    const char *digest;    /**< opens the entry as its reference: of the manifest, or of the config in a docker
                                archive, or the id in a store; "" before docker 1.10 and for a root */
    const char *os;
    const char *architecture;
    const char *variant;
    const char *media_type; /**< as declared */
    const char *subject;    /**< digest of the image that an attestation is about */
} imga_image_entry_row;

/**
 * Lists what is at a path. Nested indexes are expanded.
 *
 * @param context the context; the list takes a reference.
 * @param path as in imga_image_open().
 * @param options a reference lists only what it names, a form is obeyed; the rest is not looked at; NULL lists all.
 * @param out receives the list, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return as imga_image_open(); IMGA_E_LIMIT also for more than sixteen times as many entries as an image may have
 *         layers, and for more than 64 times as many bytes of documents as one may have.
 * Since: 0.1
 */
IMGA_API int imga_image_list_open(imga_context *context, const char *path, const imga_image_options *options,
                                  imga_image_list **out, imga_error **error);

/**
 * Drops a reference.
 *
 * @param list the list, or NULL.
 * @return NULL.
 * Since: 0.1
 */
IMGA_API imga_image_list *imga_image_list_unref(imga_image_list *list);

/**
 * Number of entries.
 *
 * @param list the list; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_image_list_count(const imga_image_list *list);

/**
 * Fills rows of entries, in the order in which they are stored.
 *
 * @param list the list.
 * @param first index of the first entry.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_image_list_rows(const imga_image_list *list, size_t first, imga_image_entry_row *rows,
                                      size_t count);

#ifdef __cplusplus
}
#endif
#endif
