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

/** Version schemes. What each follows, and what it cannot compare, is in docs/versions.md. */
enum {
    IMGA_SCHEME_DEB = 1,       /**< dpkg, deb-version(7) */
    IMGA_SCHEME_APK = 2,       /**< apk-tools 3; where it calls a version invalid, apk-tools 2 */
    IMGA_SCHEME_RPM = 3,       /**< epoch:version-release, rpm-version(7) */
    IMGA_SCHEME_SEMVER = 4,    /**< SemVer 2.0.0; a leading "v" is dropped */
    IMGA_SCHEME_NPM = 5,       /**< node-semver, strict: numbers to 2^53-1, 256 characters */
    IMGA_SCHEME_CARGO = 6,     /**< the semver crate: numbers to 2^64-1 */
    IMGA_SCHEME_GO = 7,        /**< Go modules: "v1.2.3", "v1"; toolchains "go1.22rc1" */
    IMGA_SCHEME_PYPI = 8,      /**< PEP 440 */
    IMGA_SCHEME_MAVEN = 9,     /**< ComparableVersion of Maven 4 */
    IMGA_SCHEME_GEM = 10,      /**< RubyGems; a platform is no part of it */
    IMGA_SCHEME_COMPOSER = 11, /**< composer/semver */
    IMGA_SCHEME_NUGET = 12,    /**< one to four numbers, labels without regard to case */
    IMGA_SCHEME_ALPM = 13,     /**< pacman, vercmp(8) */
    IMGA_SCHEME_GENTOO = 14,   /**< Package Manager Specification, 3.3 */
    IMGA_SCHEME_GENERIC = 15,  /**< versions of unknown origin (CPE): an order only where all readings agree */
    IMGA_SCHEME_PUB = 16,      /**< Dart: SemVer with an order of build metadata */
    IMGA_SCHEME_HEX = 17,      /**< Elixir and Erlang: strict SemVer */
    IMGA_SCHEME_CRAN = 18,     /**< R: numbers with dots and hyphens */
    IMGA_SCHEME_HACKAGE = 19   /**< Haskell: numbers with dots */
};

/**
 * Compares two versions.
 *
 * @param scheme IMGA_SCHEME_*.
 * @param a a version, NUL-terminated.
 * @param b a version, NUL-terminated.
 * @param order receives -1, 0 or 1 for a before, equal to, after b.
 * @param error receives the error; may be NULL.
 * @return IMGA_OK, IMGA_E_INVALID, IMGA_E_VERSION (cannot tell: one of them cannot be parsed, or the
 * two have no order).
 * Since: 0.1
 */
IMGA_API int imga_version_compare(int32_t scheme, const char *a, const char *b, int32_t *order, imga_error **error);

/**
 * The scheme with a name.
 *
 * @param name "deb", "apk", "rpm", "semver", "npm", "cargo", "go", "pypi", "maven", "gem", "composer", "nuget", "alpm",
 * "gentoo", "generic", "pub", "hex", "cran" or "hackage"; NULL or another name is unknown.
 * @return IMGA_SCHEME_*, or 0 when unknown.
 * Since: 0.1
 */
IMGA_API int32_t imga_version_scheme(const char *name);

#ifdef __cplusplus
}
#endif
#endif
