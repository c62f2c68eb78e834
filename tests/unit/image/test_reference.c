/* SPDX-License-Identifier: Apache-2.0 */
/* Names and platforms: what matches what, and which arguments are refused. */
#include "image/reference.h"
#include "support.h"

#include <criterion/criterion.h>

static const struct {
    const char *reference, *name;
    unsigned match;
} names[] = {
    {"latest", "latest", 2},
    {"latest", "3.18", 0},
    {"alpine:3.18", "alpine:3.18", 2},
    {"3.18", "alpine:3.18", 1},
    {"3.1", "alpine:3.18", 0},
    {"alpine", "alpine:latest", 1},
    {"alpine", "alpine:3.18", 0},
    {"alpine:3.18", "docker.io/library/alpine:3.18", 1},
    {"docker.io/library/alpine:3.18", "alpine:3.18", 1},
    {"library/alpine:3.18", "alpine:3.18", 1},
    {"alpine", "docker.io/library/alpine:latest", 1},
    {"alpine:3.18", "example.org/alpine:3.18", 0},
    {"example.org:5000/a", "example.org:5000/a:latest", 1},
    {"5000/a", "example.org:5000/a", 0},
    {"b", "example.org:5000/b", 0},
    {"latest", "", 0},
    {"", "alpine", 0},
    {"Latest", "latest", 0},
};

Test(reference, names_match_as_people_write_them)
{
    for (size_t i = 0; i < IA_COUNT(names); i++)
        cr_expect_eq(ia_reference_match(ia_str_from(names[i].reference), names[i].name), names[i].match, "%s with %s",
                     names[i].reference, names[i].name);
}

static const struct {
    const char *wanted, *os, *architecture, *variant;
    unsigned match;
} platforms[] = {
    {"linux/amd64", "linux", "amd64", "", 2},   {"linux/amd64", "linux", "amd64", "v1", 2},
    {"linux/amd64", "linux", "amd64", "v3", 1}, {"linux/amd64", "linux", "arm64", "", 0},
    {"linux/amd64", "windows", "amd64", "", 0}, {"linux/arm64/v8", "linux", "arm64", "", 2},
    {"linux/arm64", "linux", "arm64", "v8", 2}, {"linux/arm", "linux", "arm", "v7", 2},
    {"linux/arm", "linux", "arm", "v6", 1},     {"linux/arm/v6", "linux", "arm", "v7", 0},
    {"linux/arm/v6", "linux", "arm", "", 0},    {"linux/s390x", "linux", "s390x", "", 2},
    {"linux/amd64", "linux", "AMD64", "", 0},
};

Test(reference, platforms_match_with_default_variants)
{
    struct test_env t;
    struct ia_choice choice;
    test_env_open(&t);
    for (size_t i = 0; i < IA_COUNT(platforms); i++) {
        cr_assert_eq(ia_choice_parse(&t.env, NULL, platforms[i].wanted, &choice), IMGA_OK);
        cr_expect_eq(
            ia_platform_match(&choice.platform, platforms[i].os, platforms[i].architecture, platforms[i].variant),
            platforms[i].match, "%s with %s/%s/%s", platforms[i].wanted, platforms[i].os, platforms[i].architecture,
            platforms[i].variant);
    }
    test_env_close(&t);
}

#define HEX64 "2222222222222222222222222222222222222222222222222222222222222222"

static const struct {
    const char *reference, *platform;
    int status, is_digest;
} arguments[] = {
    {NULL, NULL, IMGA_OK, 0},
    {"latest", "linux/arm64/v8", IMGA_OK, 0},
    {"sha256:" HEX64, NULL, IMGA_OK, 1},
    {"alpine@sha256:" HEX64, NULL, IMGA_OK, 1},
    {"sha256:22", NULL, IMGA_E_INVALID, 0},
    {"alpine@latest", NULL, IMGA_E_INVALID, 0},
    {"", NULL, IMGA_E_INVALID, 0},
    {NULL, "", IMGA_E_INVALID, 0},
    {NULL, "linux", IMGA_E_INVALID, 0},
    {NULL, "linux/", IMGA_E_INVALID, 0},
    {NULL, "/amd64", IMGA_E_INVALID, 0},
    {NULL, "linux/arm/", IMGA_E_INVALID, 0},
    {NULL, "linux/arm/v7/x", IMGA_E_INVALID, 0},
    {NULL, "linux//v7", IMGA_E_INVALID, 0},
};

Test(reference, arguments_are_checked)
{
    for (size_t i = 0; i < IA_COUNT(arguments); i++) {
        struct test_env t;
        struct ia_choice choice;
        test_env_open(&t);
        int status = ia_choice_parse(&t.env, arguments[i].reference, arguments[i].platform, &choice);
        cr_expect_eq(status, arguments[i].status, "row %zu: %d", i, status);
        if (status == IMGA_OK)
            cr_expect_eq(choice.digest.algorithm != 0, arguments[i].is_digest, "row %zu", i);
        test_env_close(&t);
    }
}

Test(reference, a_listing_ends_after_ten_items)
{
    struct ia_listing listing = {.n = 0};
    for (int i = 0; i < 20; i++)
        ia_listing_add(&listing, "a");
    cr_expect_str_eq(listing.text, "a, a, a, a, a, a, a, a, a, a, ...");
}

Test(reference, a_listing_of_long_items_stays_in_bounds)
{
    struct ia_listing listing = {.n = 0};
    for (int i = 0; i < 20; i++)
        ia_listing_add(&listing, "0123456789012345678901234567890123456789012345678901234567890123456789");
    cr_expect_eq(listing.n, sizeof(listing.text) - 1);
    cr_expect_eq(strlen(listing.text), listing.n);
}
