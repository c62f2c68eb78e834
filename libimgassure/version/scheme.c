/* SPDX-License-Identifier: Apache-2.0 */
/* The version schemes by number and by name. */
#include "version/version.h"

#include "base/macros.h"

static const struct ia_version_scheme schemes[] = {
    {IMGA_SCHEME_DEB, "deb", ia_deb_compare},
    {IMGA_SCHEME_APK, "apk", ia_apk_compare},
};

const struct ia_version_scheme *ia_version_scheme(int32_t id)
{
    for (size_t i = 0; i < IA_COUNT(schemes); i++)
        if (schemes[i].id == id)
            return &schemes[i];
    return NULL;
}

const struct ia_version_scheme *ia_version_scheme_named(struct ia_str name)
{
    for (size_t i = 0; i < IA_COUNT(schemes); i++)
        if (ia_str_is(name, schemes[i].name))
            return &schemes[i];
    return NULL;
}
