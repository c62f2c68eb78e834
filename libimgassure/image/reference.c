/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References and platforms. Names: docker reference grammar, "Normalized named"; platforms: OCI image-spec 1.1
 * image-index.md "platform", with the default variants arm/v7, arm64/v8 and amd64/v1.
 */
#include "image/reference.h"

#include "base/macros.h"

#include <string.h>

enum { LISTED = 10 };

/* Names of Go's GOARCH, as in OCI image-spec 1.1 config.md. */
#if defined(__aarch64__)
#define MACHINE "arm64"
#elif defined(__arm__)
#define MACHINE "arm"
#elif defined(__i386__)
#define MACHINE "386"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define MACHINE "ppc64le"
#elif defined(__s390x__)
#define MACHINE "s390x"
#elif defined(__riscv) && __riscv_xlen == 64
#define MACHINE "riscv64"
#elif defined(__loongarch64)
#define MACHINE "loong64"
#else
#define MACHINE "amd64"
#endif

const char *ia_platform_default(void)
{
    return "linux/" MACHINE;
}

static int parse_reference(struct ia_env *env, struct ia_str text, struct ia_choice *out)
{
    size_t at = ia_str_find_last(text, '@');
    struct ia_str digest = at < text.n ? ia_str_sub(text, at + 1, text.n) : text;
    if (text.n == 0)
        return ia_fail(env, IMGA_E_INVALID, -1, "the reference is empty");
    out->reference = text;
    if (at == text.n && !ia_str_starts(text, IA_STR("sha256:")) && !ia_str_starts(text, IA_STR("sha512:")))
        return IMGA_OK;
    if (ia_digest_parse(env, digest, &out->digest) < 0) {
        ia_error_clear(env);
        return ia_fail(env, IMGA_E_INVALID, -1, "the reference holds a malformed digest");
    }
    return IMGA_OK;
}

static int parse_platform(struct ia_env *env, struct ia_str text, struct ia_platform *out)
{
    struct ia_str *parts[] = {&out->os, &out->architecture, &out->variant}, part;
    size_t count = 0, slashes = 0;
    for (size_t i = 0; i < text.n; i++)
        slashes += text.p[i] == '/';
    while (ia_str_next(&text, '/', &part) && part.n && count < IA_COUNT(parts))
        *parts[count++] = part;
    if (count < 2 || count != slashes + 1)
        return ia_fail(env, IMGA_E_INVALID, -1, "a platform is os/architecture or os/architecture/variant");
    return IMGA_OK;
}

int ia_choice_parse(struct ia_env *env, const char *reference, const char *platform, struct ia_choice *out)
{
    *out = (struct ia_choice){.is_platform_asked = platform != NULL};
    if (reference)
        IA_TRY(parse_reference(env, ia_str_from(reference), out));
    return parse_platform(env, ia_str_from(platform ? platform : ia_platform_default()), &out->platform);
}

static struct ia_str without_prefix(struct ia_str text, struct ia_str prefix)
{
    return ia_str_starts(text, prefix) ? ia_str_sub(text, prefix.n, text.n) : text;
}

/* "docker.io/library/alpine:3" and "alpine:3" are the same. */
static struct ia_str familiar(struct ia_str name)
{
    return without_prefix(without_prefix(name, IA_STR("docker.io/")), IA_STR("library/"));
}

/* Cuts the tag off a name; empty when it has none. A colon before a slash belongs to a port. */
static struct ia_str cut_tag(struct ia_str *name)
{
    size_t colon = ia_str_find_last(*name, ':'), slash = ia_str_find_last(*name, '/');
    struct ia_str tag = {"", 0};
    if (colon < name->n && (slash == name->n || slash < colon)) {
        tag = ia_str_sub(*name, colon + 1, name->n);
        *name = ia_str_sub(*name, 0, colon);
    }
    return tag;
}

unsigned ia_reference_match(struct ia_str reference, const char *name)
{
    struct ia_str full = ia_str_from(name), repository = familiar(full);
    if (full.n == 0)
        return 0;
    if (ia_str_eq(reference, full))
        return 2;
    if (ia_str_eq(familiar(reference), repository))
        return 1;
    struct ia_str tag = cut_tag(&repository);
    if (tag.n == 0)
        return 0;
    return ia_str_eq(reference, tag) || (ia_str_is(tag, "latest") && ia_str_eq(familiar(reference), repository));
}

static struct ia_str variant_of(struct ia_str architecture, struct ia_str variant)
{
    static const struct {
        const char *architecture;
        const char *variant;
    } rows[] = {{"amd64", "v1"}, {"arm", "v7"}, {"arm64", "v8"}};
    for (size_t i = 0; variant.n == 0 && i < IA_COUNT(rows); i++)
        if (ia_str_is(architecture, rows[i].architecture))
            return ia_str_from(rows[i].variant);
    return variant;
}

unsigned ia_platform_match(const struct ia_platform *platform, const char *os, const char *architecture,
                           const char *variant)
{
    struct ia_str wanted = variant_of(platform->architecture, platform->variant);
    if (!ia_str_is(platform->os, os) || !ia_str_is(platform->architecture, architecture))
        return 0;
    if (ia_str_eq(wanted, variant_of(platform->architecture, ia_str_from(variant))))
        return 2;
    return platform->variant.n == 0;
}

static void append(struct ia_listing *listing, const char *text)
{
    size_t room = sizeof(listing->text) - 1 - listing->n, n = strlen(text);
    n = n < room ? n : room;
    memcpy(listing->text + listing->n, text, n);
    listing->n += n;
    listing->text[listing->n] = '\0';
}

void ia_listing_add(struct ia_listing *listing, const char *item)
{
    if (listing->count > LISTED)
        return;
    if (listing->count)
        append(listing, ", ");
    append(listing, listing->count == LISTED ? "..." : item);
    listing->count++;
}
