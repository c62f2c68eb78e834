/* SPDX-License-Identifier: Apache-2.0 */
/* The version schemes by number and by name. */
#include "version/version.h"

#include "base/macros.h"

static const struct ia_version_scheme schemes[] = {
    {IMGA_SCHEME_DEB, "deb", ia_deb_compare, NULL},
    {IMGA_SCHEME_APK, "apk", ia_apk_compare, ia_apk_family},
    {IMGA_SCHEME_RPM, "rpm", ia_rpm_compare, NULL},
    {IMGA_SCHEME_SEMVER, "semver", ia_semver_compare, NULL},
    {IMGA_SCHEME_NPM, "npm", ia_npm_compare, NULL},
    {IMGA_SCHEME_CARGO, "cargo", ia_cargo_compare, NULL},
    {IMGA_SCHEME_GO, "go", ia_go_compare, NULL},
    {IMGA_SCHEME_PYPI, "pypi", ia_pypi_compare, NULL},
    {IMGA_SCHEME_MAVEN, "maven", ia_maven_compare, ia_maven_family},
    {IMGA_SCHEME_GEM, "gem", ia_gem_compare, NULL},
    {IMGA_SCHEME_COMPOSER, "composer", ia_composer_compare, NULL},
    {IMGA_SCHEME_NUGET, "nuget", ia_nuget_compare, NULL},
    {IMGA_SCHEME_ALPM, "alpm", ia_alpm_compare, ia_alpm_family},
    {IMGA_SCHEME_GENTOO, "gentoo", ia_gentoo_compare, NULL},
    {IMGA_SCHEME_GENERIC, "generic", ia_generic_compare, NULL},
    {IMGA_SCHEME_PUB, "pub", ia_pub_compare, NULL},
    {IMGA_SCHEME_HEX, "hex", ia_hex_compare, NULL},
    {IMGA_SCHEME_CRAN, "cran", ia_cran_compare, NULL},
    {IMGA_SCHEME_HACKAGE, "hackage", ia_hackage_compare, NULL},
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

bool ia_version_both(bool valid_a, bool valid_b, const char *const refusals[2], const char **why)
{
    *why = !valid_a ? refusals[0] : !valid_b ? refusals[1] : "";
    return valid_a && valid_b;
}
