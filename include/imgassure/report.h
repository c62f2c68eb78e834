/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file report.h
 * Writers of reports.
 *
 * Threads: writing only reads its inputs; the callback runs in the calling thread.
 */
#ifndef IMGASSURE_REPORT_H
#define IMGASSURE_REPORT_H

#include <imgassure/policy.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Report formats. */
enum {
    IMGA_REPORT_TABLE = 1, /**< text for people */
    IMGA_REPORT_JSON = 2,  /**< docs/schema/report-1.schema.json; same inputs, same bytes */
    IMGA_REPORT_CYCLONEDX = 3 /**< CycloneDX 1.6, JSON: packages and findings, without verdict; docs/cyclonedx.md */
};

/** What to report, and how. Set struct_size; every pointer may be NULL, but one must be given. */
typedef struct imga_report_options {
    uint32_t struct_size;
    int32_t format;                  /**< IMGA_REPORT_* */
    const imga_inventory *inventory; /**< taken from findings when NULL */
    const imga_findings *findings;   /**< taken from verdict when NULL */
    const imga_verdict *verdict;
    int32_t all;                     /**< table: 1 lists findings of every status, not only those to act on */
    int32_t width;                   /**< table: columns of the terminal; 0 for 120 */
    int32_t colour;                  /**< table: 1 for ANSI colours */
    int32_t reserved;                /**< 0 */
} imga_report_options;

/**
 * Writes a report.
 *
 * @param context the context.
 * @param options what and how.
 * @param write receives the bytes.
 * @param user handed to write.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID (also when inventory, findings and verdict do not belong together), IMGA_E_NOMEM,
 *         IMGA_E_IO, IMGA_E_LIMIT.
 * Since: 0.1
 */
IMGA_API int imga_report_write(imga_context *context, const imga_report_options *options, imga_write_fn write,
                               void *user, imga_error **error);

/**
 * The report format with a name.
 *
 * @param name "table", "json" or "cyclonedx"; NULL or another name is unknown.
 * @return IMGA_REPORT_*, or 0 when unknown.
 * Since: 0.1
 */
IMGA_API int32_t imga_report_format(const char *name);

#ifdef __cplusplus
}
#endif
#endif
