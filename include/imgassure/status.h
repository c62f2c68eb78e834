/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file status.h
 * Status codes, note codes and the error object.
 *
 * This header is the registry of both code lists: a code keeps its meaning for ever and is never reused.
 *
 * A function that can fail returns 0 (or a count) on success and one of IMGA_E_* below 0 on failure. It then also hands
 * out an error object through its last parameter, unless the caller passed NULL there. On failure no other output
 * parameter is touched.
 *
 * A note is a remark on a result: the input was odd or damaged, and the result says so instead of hiding it. Notes with
 * imga_note_is_incomplete() make the result "incomplete": something could not be looked at.
 *
 * Threads: every function here may be called from any thread; an error object belongs to one thread at a time.
 */
#ifndef IMGASSURE_STATUS_H
#define IMGASSURE_STATUS_H

#include <imgassure/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Status codes. Only these leave the library. */
enum {
    IMGA_OK = 0,
    IMGA_E_INVALID = -1,     /**< an argument is wrong: NULL, out of range, an option that does not exist */
    IMGA_E_NOMEM = -2,       /**< the allocator returned NULL */
    IMGA_E_IO = -3,          /**< reading or writing failed in the environment or in a callback */
    IMGA_E_CANCELLED = -4,   /**< the cancel token was set, or the progress callback asked to stop */
    IMGA_E_LIMIT = -5,       /**< a limit of imga_limits was exceeded; the message names it */
    IMGA_E_FORMAT = -6,      /**< malformed structure */
    IMGA_E_TRUNCATED = -7,   /**< the input ends early */
    IMGA_E_CHECKSUM = -8,    /**< a checksum inside the format is wrong (CRC, trailer, tar header) */
    IMGA_E_DIGEST = -9,      /**< content digest, diff_id or size differs from what the descriptor says */
    IMGA_E_UNSUPPORTED = -10, /**< well-formed, but not supported; said explicitly */
    IMGA_E_AMBIGUOUS = -11,  /**< the document can be read in two ways */
    IMGA_E_PATH = -12,       /**< a path leaves the archive or the root */
    IMGA_E_NOT_FOUND = -13,  /**< a referenced object is absent */
    IMGA_E_VERSION = -14,    /**< a version cannot be parsed in its scheme: cannot tell */
    IMGA_E_INTERNAL = -15    /**< a defect of this library; please report it */
};

/** Note codes. */
enum {
    IMGA_NOTE_DUPLICATE = 1,    /**< duplicate name, key or entry */
    IMGA_NOTE_PATH = 2,         /**< a path was absolute, had "..", or was otherwise normalised */
    IMGA_NOTE_LINK = 3,         /**< a package database was reached through a link */
    IMGA_NOTE_LINK_LOOP = 4,    /**< a link cycle, or a chain over the limit */
    IMGA_NOTE_WHITEOUT = 5,     /**< a malformed or misplaced whiteout */
    IMGA_NOTE_OVERLAY = 6,      /**< an overlayfs-native marker inside a layer */
    IMGA_NOTE_TRAILING = 7,     /**< data after the logical end */
    IMGA_NOTE_PAX = 8,          /**< conflicting or global extended headers */
    IMGA_NOTE_TYPE = 9,         /**< an unusual entry type */
    IMGA_NOTE_NAME = 10,        /**< a name that is not UTF-8 or holds control characters */
    IMGA_NOTE_DB_PARTIAL = 11,  /**< some records of a package database could not be read */
    IMGA_NOTE_DB_JOURNAL = 12,  /**< a package database with a hot journal */
    IMGA_NOTE_DB_MULTIPLE = 13, /**< more than one package database of a family */
    IMGA_NOTE_OS = 14,          /**< the distribution is unknown, missing or contradictory */
    IMGA_NOTE_SKIPPED = 15,     /**< a layer or file was not examined: foreign, encrypted, too big, too deep, shown only
                                     by a table of contents that differs from the layer or could not be compared */
    IMGA_NOTE_MEDIATYPE = 16,   /**< declared media type and content differ */
    IMGA_NOTE_TOC = 17,         /**< a layer carries a table of contents (eStargz, zstd:chunked), which was not used */
    IMGA_NOTE_ARCHIVE = 18,     /**< a zip or jar whose structure is contradictory */
    IMGA_NOTE_BINARY = 19,      /**< malformed metadata in an executable */
    IMGA_NOTE_FEED = 20,        /**< an advisory record was malformed and skipped */
    IMGA_NOTE_NO_FEED = 21,     /**< no advisory feed covers this distribution release */
    IMGA_NOTE_VERSION = 22,     /**< a version could not be parsed; the comparison cannot tell */
    IMGA_NOTE_NO_PACKAGES = 23, /**< no package database was found */
    IMGA_NOTE_DROPPED = 24      /**< so many notes that the rest was only counted */
};

/** What went wrong, in words and with its place. One thread at a time. */
typedef struct imga_error imga_error;

/**
 * The status code that the failed call returned.
 *
 * @param error the error; NULL gives IMGA_OK.
 * @return one of IMGA_E_*.
 * Since: 0.1
 */
IMGA_API int32_t imga_error_code(const imga_error *error);

/**
 * One line for a person, without newline, valid UTF-8, control characters of the input escaped.
 *
 * @param error the error; NULL gives "".
 * @return borrowed from the error, never NULL.
 * Since: 0.1
 */
IMGA_API const char *imga_error_message(const imga_error *error);

/**
 * The place in the input, for example "layer 3: var/lib/dpkg/status"; "" when there is none.
 *
 * @param error the error; NULL gives "".
 * @return borrowed from the error, never NULL.
 * Since: 0.1
 */
IMGA_API const char *imga_error_where(const imga_error *error);

/**
 * The byte offset inside the place, in the uncompressed bytes for a layer.
 *
 * @param error the error; NULL gives -1.
 * @return the offset, or -1 when it is not known.
 * Since: 0.1
 */
IMGA_API int64_t imga_error_offset(const imga_error *error);

/**
 * Frees an error.
 *
 * @param error the error, or NULL.
 * @return NULL.
 * Since: 0.1
 */
IMGA_API imga_error *imga_error_free(imga_error *error);

/**
 * The name of a status code, for example "limit".
 *
 * @param status a status; an unknown one gives "unknown".
 * @return a static string, never NULL.
 * Since: 0.1
 */
IMGA_API const char *imga_status_name(int32_t status);

/**
 * The name of a note code, for example "db-partial".
 *
 * @param code a note code; an unknown one gives "unknown".
 * @return a static string, never NULL.
 * Since: 0.1
 */
IMGA_API const char *imga_note_name(int32_t code);

/**
 * Whether a note of this code makes a result incomplete.
 *
 * @param code a note code; an unknown one gives 1, the safe answer.
 * @return 1 or 0.
 * Since: 0.1
 */
IMGA_API int imga_note_is_incomplete(int32_t code);

/** One note. Set struct_size before the call; the library fills no more than that. */
typedef struct imga_note_row {
    uint32_t struct_size;
    int32_t code;      /**< IMGA_NOTE_* */
    int64_t offset;    /**< byte offset in the place, or -1 */
    const char *where; /**< the place; never NULL; borrowed from the result */
    const char *text;  /**< one line; never NULL; borrowed from the result */
} imga_note_row;

#ifdef __cplusplus
}
#endif
#endif
