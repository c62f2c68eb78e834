/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three versions, divided by newlines, in every scheme. Every answer is an order or "cannot tell" with a reason, alike
 * both ways round; a version equals itself or is not one; and the order is transitive within a family. After a leading
 * "*" the versions are repeated up to STRETCHED bytes and only compared: a walk that is not linear runs into the time
 * limit.
 */
#include "fuzz.h"

#include "version/version.h"

#include <stdlib.h>
#include <string.h>

enum { CANNOT_TELL = 2, MOST = 64 * 1024, STRETCHED = 64 * 1024, VERSIONS = 3 };

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

static bool is_one_family(const struct ia_version_scheme *scheme, const struct ia_str v[VERSIONS])
{
    if (!scheme->family)
        return true;
    int family = scheme->family(v[0]);
    return family >= 0 && family == scheme->family(v[1]) && family == scheme->family(v[2]);
}

static void check_scheme(const struct ia_version_scheme *scheme, const struct ia_str v[VERSIONS])
{
    int ab = both_ways(scheme, v[0], v[1]), bc = both_ways(scheme, v[1], v[2]), ac = both_ways(scheme, v[0], v[2]);
    for (int i = 0; i < VERSIONS; i++)
        fuzz_check(both_ways(scheme, v[i], v[i]) % CANNOT_TELL == 0, "reflexivity");
    if (ab == CANNOT_TELL || bc == CANNOT_TELL || ac == CANNOT_TELL || !is_one_family(scheme, v))
        return;
    if (ab <= 0 && bc <= 0)
        fuzz_check(ac == (ab < 0 || bc < 0 ? -1 : 0), "transitivity, upwards");
    if (ab >= 0 && bc >= 0)
        fuzz_check(ac == (ab > 0 || bc > 0 ? 1 : 0), "transitivity, downwards");
}

/* In an allocation of its own exact size. */
static struct ia_str copy(struct ia_str part, size_t size)
{
    char *text = malloc(size ? size : 1);
    fuzz_check(text != NULL, "memory");
    for (size_t at = 0; at < size; at += part.n)
        memcpy(text + at, part.p, part.n < size - at ? part.n : size - at);
    return (struct ia_str){text, size};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_str rest = {(const char *)data, size > MOST ? MOST : size}, v[VERSIONS];
    bool stretch = rest.n > 0 && rest.p[0] == '*';
    rest = ia_str_sub(rest, stretch, rest.n);
    for (int i = 0; i < VERSIONS; i++) {
        struct ia_str part = rest;
        if (i < VERSIONS - 1 && !ia_str_next(&rest, '\n', &part))
            part.n = 0;
        v[i] = copy(part, stretch && part.n > 0 ? STRETCHED : part.n);
    }
    for (int32_t id = 1; ia_version_scheme(id); id++) {
        if (stretch)
            compare(ia_version_scheme(id), v[0], v[1]);
        else
            check_scheme(ia_version_scheme(id), v);
    }
    for (int i = 0; i < VERSIONS; i++)
        free((char *)v[i].p);
    return 0;
}
