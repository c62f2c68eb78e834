/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file compare.h
 * Version comparison, with three answers: an order, or "cannot tell".
 *
 * Threads: every function here may be called from any thread at any time.
 */
#ifndef IMGASSURE_COMPARE_H
#define IMGASSURE_COMPARE_H

#include <imgassure/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Version schemes. */
enum {
    IMGA_SCHEME_DEB = 1, /**< dpkg, deb-version(7) */
    IMGA_SCHEME_APK = 2  /**< apk-tools 3; where it calls a version invalid, apk-tools 2 */
};

/**
 * Compares two versions.
 *
 * @param scheme IMGA_SCHEME_*.
 * @param a a version, NUL-terminated.
 * @param b a version, NUL-terminated.
 * @param order receives -1, 0 or 1 for a before, equal to, after b.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_VERSION (one of them cannot be parsed: cannot tell).
 * Since: 0.1
 */
IMGA_API int imga_version_compare(int32_t scheme, const char *a, const char *b, int32_t *order, imga_error **error);

/**
 * The scheme with a name.
 *
 * @param name "deb" or "apk"; NULL or another name is unknown.
 * @return IMGA_SCHEME_*, or 0 when unknown.
 * Since: 0.1
 */
IMGA_API int32_t imga_version_scheme(const char *name);

#ifdef __cplusplus
}
#endif
#endif
