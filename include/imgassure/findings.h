/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file findings.h
 * An inventory matched with a database: what the advisories say about each installed package.
 *
 * Threads: findings are immutable and may be shared between threads.
 */
#ifndef IMGASSURE_FINDINGS_H
#define IMGASSURE_FINDINGS_H

#include <imgassure/database.h>
#include <imgassure/inventory.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Findings. Immutable, atomically reference counted; they keep inventory and database alive. */
typedef struct imga_findings imga_findings;

/** What the advisory says about the installed version. */
enum {
    IMGA_FINDING_AFFECTED = 1,     /**< vulnerable; fixed_version is "" when there is no fix */
    IMGA_FINDING_FIXED = 2,        /**< the installed version has the fix */
    IMGA_FINDING_NOT_AFFECTED = 3, /**< the release was never affected */
    IMGA_FINDING_WILL_NOT_FIX = 4, /**< vulnerable, and the distribution will not fix it */
    IMGA_FINDING_UNDETERMINED = 5, /**< the distribution does not know yet */
    IMGA_FINDING_CANNOT_TELL = 6   /**< a version could not be compared */
};

/** Severity, as the distribution rates it. */
enum {
    IMGA_SEVERITY_UNKNOWN = 0,
    IMGA_SEVERITY_NEGLIGIBLE = 1,
    IMGA_SEVERITY_LOW = 2,
    IMGA_SEVERITY_MEDIUM = 3,
    IMGA_SEVERITY_HIGH = 4,
    IMGA_SEVERITY_CRITICAL = 5
};

/** One finding. Strings are borrowed from the findings and never NULL ("" when absent). */
typedef struct imga_finding_row {
    uint32_t struct_size;
    int32_t status;             /**< IMGA_FINDING_* */
    int32_t severity;           /**< IMGA_SEVERITY_* */
    uint32_t feed;              /**< index of the feed in the database */
    uint64_t package;           /**< index of the package in the inventory */
    const char *id;             /**< CVE or other identifier */
    const char *source;         /**< the name the advisory was found under */
    const char *version;        /**< the installed version that was compared */
    const char *fixed_version;  /**< the first fixed version; "" when there is none */
    const char *urgency;        /**< the feed's own word, for example "unimportant", "high" */
    const char *reason;         /**< the feed's reason, for example "ignored" */
    const char *release;        /**< the release whose record applied */
} imga_finding_row;

/**
 * Matches an inventory with a database.
 *
 * A distribution or release that no feed covers, and a version that cannot be parsed, are notes and make the result
 * incomplete.
 *
 * @param context the context.
 * @param inventory the inventory; the findings take a reference.
 * @param database the database; the findings take a reference.
 * @param out receives the findings, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM, IMGA_E_CANCELLED, IMGA_E_LIMIT.
 * Since: 0.1
 */
IMGA_API int imga_match(imga_context *context, imga_inventory *inventory, imga_database *database,
                        imga_findings **out, imga_error **error);

/**
 * Takes one more reference.
 *
 * @param findings the findings, or NULL.
 * @return the same findings.
 * Since: 0.1
 */
IMGA_API imga_findings *imga_findings_ref(imga_findings *findings);

/**
 * Drops a reference.
 *
 * @param findings the findings, or NULL.
 * @return NULL.
 * Since: 0.1
 */
IMGA_API imga_findings *imga_findings_unref(imga_findings *findings);

/**
 * Whether inventory and match are both complete.
 *
 * @param findings the findings; NULL gives 0.
 * @return 1 or 0.
 * Since: 0.1
 */
IMGA_API int imga_findings_is_complete(const imga_findings *findings);

/**
 * Number of findings of every status.
 *
 * @param findings the findings; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_findings_count(const imga_findings *findings);

/**
 * Fills rows of findings, ordered by package, then id.
 *
 * @param findings the findings.
 * @param first index of the first finding.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_findings_rows(const imga_findings *findings, size_t first, imga_finding_row *rows,
                                    size_t count);

/**
 * Number of notes of the match; those of the inventory are not repeated.
 *
 * @param findings the findings; NULL gives 0.
 * @return the number.
 * Since: 0.1
 */
IMGA_API size_t imga_findings_note_count(const imga_findings *findings);

/**
 * Fills rows of notes.
 *
 * @param findings the findings.
 * @param first index of the first note.
 * @param rows array of count rows; rows[0].struct_size tells the size of each.
 * @param count number of rows.
 * @return number of rows filled (0 past the end), or IMGA_E_INVALID.
 * Since: 0.1
 */
IMGA_API int64_t imga_findings_notes(const imga_findings *findings, size_t first, imga_note_row *rows, size_t count);

/**
 * Explains one finding in lines of text: advisory, feed and date, compared versions, the rule that decided, database
 * file and layer the package came from, and the remedy. UTF-8, control characters escaped, ends with a newline.
 *
 * @param findings the findings.
 * @param index index of the finding.
 * @param write receives the bytes.
 * @param user handed to write.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_NOMEM, IMGA_E_IO.
 * Since: 0.1
 */
IMGA_API int imga_findings_explain(const imga_findings *findings, size_t index, imga_write_fn write, void *user,
                                   imga_error **error);

/**
 * The name of a finding status, for example "affected".
 *
 * @param status IMGA_FINDING_*; an unknown one gives "unknown".
 * @return a static string, never NULL.
 * Since: 0.1
 */
IMGA_API const char *imga_finding_status_name(int32_t status);

/**
 * The name of a severity, for example "high".
 *
 * @param severity IMGA_SEVERITY_*; one that is out of range gives "unknown".
 * @return a static string, never NULL.
 * Since: 0.1
 */
IMGA_API const char *imga_severity_name(int32_t severity);

#ifdef __cplusplus
}
#endif
#endif
