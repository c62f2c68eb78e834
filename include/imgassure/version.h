/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file version.h
 * Which library is linked, and what it was built with.
 *
 * Threads: every function here may be called from any thread at any time.
 */
#ifndef IMGASSURE_VERSION_H
#define IMGASSURE_VERSION_H

#include <stddef.h>
#include <stdint.h>

#ifndef IMGA_API
#if defined(__GNUC__)
#define IMGA_API __attribute__((visibility("default")))
#else
#define IMGA_API
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Version of these headers, major * 1000000 + minor * 1000 + patch. */
#define IMGA_VERSION_NUMBER 1000

/**
 * Version of the linked library as text, for example "0.1.0".
 *
 * @return a static string, never NULL.
 * Since: 0.1
 */
IMGA_API const char *imga_version(void);

/**
 * Version of the linked library as a number: major * 1000000 + minor * 1000 + patch.
 *
 * @return the number; compare it with IMGA_VERSION_NUMBER of the headers.
 * Since: 0.1
 */
IMGA_API uint32_t imga_version_number(void);

/**
 * Whether the linked library was built with a feature.
 *
 * @param name feature name: "zstd", "xz", "bzip2", "yaml". NULL or an unknown name is not an error.
 * @return 1 when present, 0 otherwise.
 * Since: 0.1
 */
IMGA_API int imga_feature(const char *name);

#ifdef __cplusplus
}
#endif
#endif
