/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/compare.h>. */
#include "api/object.h"
#include "version/version.h"

IMGA_API int imga_version_compare(int32_t scheme, const char *a, const char *b, int32_t *order, imga_error **error)
{
    struct ia_env env = {.alloc = ia_alloc_libc, .error = {.offset = -1}};
    const struct ia_version_scheme *rules = ia_version_scheme(scheme);
    const char *why = "";
    int result = 0;
    if (!rules || !a || !b || !order)
        return ia_api_invalid(error, "a, b or order is NULL, or the scheme is unknown");
    if (rules->compare(ia_str_from(a), ia_str_from(b), &result, &why) < 0)
        return ia_api_end(&env, ia_fail(&env, IMGA_E_VERSION, -1, "cannot tell: %s", why), error);
    *order = result;
    return IMGA_OK;
}

IMGA_API int32_t imga_version_scheme(const char *name)
{
    const struct ia_version_scheme *scheme = name ? ia_version_scheme_named(ia_str_from(name)) : NULL;
    return scheme ? scheme->id : 0;
}
