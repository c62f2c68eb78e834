/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/version.h>. */
#include <imgassure/version.h>

#include "base/macros.h"
#include "base/str.h"

static const char *const features[] = {
    "bzip2", "xz", "yaml", "zstd",
#ifdef IA_HAVE_ISAL
    "isal",
#endif
};

IMGA_API const char *imga_version(void)
{
    return IA_VERSION;
}

IMGA_API uint32_t imga_version_number(void)
{
    return IMGA_VERSION_NUMBER;
}

IMGA_API int imga_feature(const char *name)
{
    for (size_t i = 0; i < IA_COUNT(features); i++)
        if (name && ia_str_is(ia_str_from(name), features[i]))
            return 1;
    return 0;
}
