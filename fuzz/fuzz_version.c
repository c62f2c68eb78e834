/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three versions, divided by newlines, in both schemes. Every answer is an order or "cannot tell" with a reason, alike
 * both ways round; a version equals itself or is not one; and the order is transitive (apk: within one generation).
 */
#include "fuzz.h"

#include "version/version.h"

#include <stdlib.h>
#include <string.h>

enum { CANNOT_TELL = 2, MOST = 64 * 1024 };

static int compare(const struct ia_version_scheme *scheme, struct ia_str a, struct ia_str b)
{
    const char *why = NULL;
    int order = CANNOT_TELL;
    int status = scheme->compare(a, b, &order, &why);
    fuzz_check(status == IMGA_OK || status == IMGA_E_VERSION, "an order or cannot tell");
    fuzz_check(why && (status == IMGA_OK) == (*why == '\0'), "a reason when it cannot tell");
    fuzz_check(status == IMGA_OK ? order >= -1 && order <= 1 : order == CANNOT_TELL, "order is set on success only");
    return order;
}

static int both_ways(const struct ia_version_scheme *scheme, struct ia_str a, struct ia_str b)
{
    int there = compare(scheme, a, b), back = compare(scheme, b, a);
    fuzz_check(there == CANNOT_TELL ? back == CANNOT_TELL : back == -there, "antisymmetry");
    return there;
}

static void check_scheme(int32_t id, const struct ia_str v[3])
{
    const struct ia_version_scheme *scheme = ia_version_scheme(id);
    int ab = both_ways(scheme, v[0], v[1]), bc = both_ways(scheme, v[1], v[2]), ac = both_ways(scheme, v[0], v[2]);
    int generations = ia_apk_is_current(v[0]) + ia_apk_is_current(v[1]) + ia_apk_is_current(v[2]);
    for (int i = 0; i < 3; i++)
        fuzz_check(both_ways(scheme, v[i], v[i]) % CANNOT_TELL == 0, "reflexivity");
    if (ab == CANNOT_TELL || bc == CANNOT_TELL || ac == CANNOT_TELL)
        return;
    if (id == IMGA_SCHEME_APK && generations % 3 != 0)
        return;
    if (ab <= 0 && bc <= 0)
        fuzz_check(ac == (ab < 0 || bc < 0 ? -1 : 0), "transitivity, upwards");
    if (ab >= 0 && bc >= 0)
        fuzz_check(ac == (ab > 0 || bc > 0 ? 1 : 0), "transitivity, downwards");
}

/* Each version in an allocation of its own exact size. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_str rest = {(const char *)data, size > MOST ? MOST : size}, v[3];
    char *copies[3];
    for (int i = 0; i < 3; i++) {
        struct ia_str part = rest;
        if (i < 2 && !ia_str_next(&rest, '\n', &part))
            part.n = 0;
        copies[i] = malloc(part.n ? part.n : 1);
        fuzz_check(copies[i] != NULL, "memory");
        if (part.n)
            memcpy(copies[i], part.p, part.n);
        v[i] = (struct ia_str){copies[i], part.n};
    }
    check_scheme(IMGA_SCHEME_DEB, v);
    check_scheme(IMGA_SCHEME_APK, v);
    for (int i = 0; i < 3; i++)
        free(copies[i]);
    return 0;
}
