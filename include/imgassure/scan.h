/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file scan.h
 * The whole way in one call: image, inventory, match, policy.
 *
 * Threads: a request is only read; the verdict is immutable.
 */
#ifndef IMGASSURE_SCAN_H
#define IMGASSURE_SCAN_H

#include <imgassure/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What to judge, by what, and when. Set struct_size. */
typedef struct imga_gate_options {
    uint32_t struct_size;
    uint32_t reserved;          /**< 0 */
    const char *path;           /**< the image, as in imga_image_open(); NULL when source is given */
    const char *reference;      /**< or NULL */
    const char *platform;       /**< or NULL */
    imga_database *database;
    imga_policy *policy;
    int64_t now;                /**< the clock, seconds since 1970-01-01 UTC */
    imga_source *source;        /**< instead of path, as in imga_image_open_source() */
    const char *form;           /**< or NULL */
    uint32_t verify;            /**< IMGA_VERIFY_* */
    uint32_t look;              /**< IMGA_LOOK_*, added up */
} imga_gate_options;

/**
 * Opens an image, takes its inventory, matches it and judges it.
 *
 * @param context the context.
 * @param options what to judge.
 * @param out receives the verdict, owned by the caller.
 * @param error receives the error; may be NULL.
 * @return as imga_image_open(), imga_inventory_collect(), imga_match() and imga_policy_evaluate().
 * Since: 0.1
 */
IMGA_API int imga_gate(imga_context *context, const imga_gate_options *options, imga_verdict **out,
                       imga_error **error);

/**
 * The findings that a verdict judged.
 *
 * @param verdict the verdict; NULL gives NULL.
 * @return borrowed from the verdict; take a reference to keep it.
 * Since: 0.1
 */
IMGA_API imga_findings *imga_verdict_findings(const imga_verdict *verdict);

/**
 * The inventory that findings were matched from.
 *
 * @param findings the findings; NULL gives NULL.
 * @return borrowed from the findings; take a reference to keep it.
 * Since: 0.1
 */
IMGA_API imga_inventory *imga_findings_inventory(const imga_findings *findings);

/**
 * The database that findings were matched with.
 *
 * @param findings the findings; NULL gives NULL.
 * @return borrowed from the findings; take a reference to keep it.
 * Since: 0.1
 */
IMGA_API imga_database *imga_findings_database(const imga_findings *findings);

#ifdef __cplusplus
}
#endif
#endif
