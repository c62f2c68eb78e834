/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Choosing an entry of an index: by name, then by platform, then by whether it can be read. Where two different images
 * remain, the caller has to say which. Attestations (docker's vnd.docker.reference.type, platform unknown/unknown) are
 * never chosen.
 */
#include "image/choose.h"

#include <stdio.h>
#include <string.h>

enum { ENTRY_TEXT = 256 };

const char *ia_descriptor_name(const struct ia_descriptor *d)
{
    return d->image_name[0] ? d->image_name : d->ref_name;
}

/* What tells this entry from the others, for a message: its name and platform, or its digest. */
static void list_entry(struct ia_listing *listing, const struct ia_descriptor *d)
{
    char text[ENTRY_TEXT], digest[IA_DIGEST_TEXT];
    const char *name = ia_descriptor_name(d);
    ia_digest_text(&d->digest, digest);
    if (d->has_platform)
        snprintf(text, sizeof(text), "%.100s%s%.30s/%.30s%s%.30s", name, name[0] ? " for " : "", d->os, d->architecture,
                 d->variant[0] ? "/" : "", d->variant);
    else
        snprintf(text, sizeof(text), "%.100s", name[0] ? name : digest);
    ia_listing_add(listing, text);
}

bool ia_descriptor_is_attestation(const struct ia_descriptor *d)
{
    bool is_unknown = d->has_platform && strcmp(d->os, "unknown") == 0 && strcmp(d->architecture, "unknown") == 0;
    return d->is_attestation || is_unknown;
}

/* Platform of an entry against the wanted one: 0 no, 1 not said, 2 another variant, 3 yes. */
static unsigned platform_score(const struct ia_search *search, const struct ia_descriptor *d)
{
    bool unnamed = search->is_top && search->choice->reference.n == 0;
    unsigned match =
        d->has_platform ? ia_platform_match(&search->choice->platform, d->os, d->architecture, d->variant) : 1;
    if (match == 0)
        return 0;
    if (unnamed)
        return 3; /* different images: the platform alone must not decide between names */
    return d->has_platform ? match + 1 : 1;
}

/* How well an entry fits; 0: not at all. A better name counts more than the platform, a readable type most. */
static unsigned score(const struct ia_search *search, const struct ia_descriptor *d)
{
    unsigned name = 0, platform = platform_score(search, d);
    if (ia_descriptor_is_attestation(d) || platform == 0)
        return 0;
    if (search->is_top && search->choice->reference.n) {
        unsigned by_ref = ia_reference_match(search->choice->reference, d->ref_name);
        unsigned by_name = ia_reference_match(search->choice->reference, d->image_name);
        name = by_ref > by_name ? by_ref : by_name;
        if (name == 0)
            return 0;
    }
    bool readable = ia_media_of(d->media_type) < IA_MEDIA_SCHEMA1;
    return (readable ? 16 : 0) + 4 * name + platform;
}

/* An attestation that claims the wanted platform would be run by some programs and ignored by others. */
static int check_attestation(struct ia_env *env, const struct ia_search *search, const struct ia_descriptor *d)
{
    if (d->is_attestation && d->has_platform &&
        ia_platform_match(&search->choice->platform, d->os, d->architecture, d->variant))
        return ia_fail(env, IMGA_E_AMBIGUOUS, -1, "an entry is marked as an attestation and yet claims the platform");
    return IMGA_OK;
}

static int fail_none(struct ia_env *env, const struct ia_search *search, const struct ia_manifest *index)
{
    struct ia_listing listing = {.n = 0};
    const struct ia_choice *choice = search->choice;
    for (size_t i = 0; i < index->manifests.n; i++) {
        const struct ia_descriptor *d = ia_vec_at(&index->manifests, i);
        if (!ia_descriptor_is_attestation(d))
            list_entry(&listing, d);
    }
    if (search->is_top && choice->reference.n)
        return ia_fail(env, IMGA_E_NOT_FOUND, -1, "no image fits the reference and platform; there are: %s",
                       listing.text);
    return ia_fail(env, IMGA_E_NOT_FOUND, -1, "no image fits the platform %s; there are: %s",
                   choice->is_platform_asked ? "that was asked for" : ia_platform_default(), listing.text);
}

static int fail_several(struct ia_env *env, const struct ia_search *search, const struct ia_manifest *index,
                        unsigned best)
{
    struct ia_listing listing = {.n = 0};
    for (size_t i = 0; i < index->manifests.n; i++) {
        const struct ia_descriptor *d = ia_vec_at(&index->manifests, i);
        if (score(search, d) == best)
            list_entry(&listing, d);
    }
    return ia_fail(env, IMGA_E_AMBIGUOUS, -1, "several images fit, a reference must say which: %s", listing.text);
}

int ia_index_choose(struct ia_env *env, const struct ia_search *search, const struct ia_manifest *index,
                    struct ia_descriptor *out)
{
    const struct ia_descriptor *chosen = NULL;
    unsigned best = 0;
    bool several = false;
    for (size_t i = 0; i < index->manifests.n; i++) {
        const struct ia_descriptor *d = ia_vec_at(&index->manifests, i);
        unsigned fit = score(search, d);
        IA_TRY(check_attestation(env, search, d));
        if (fit > best) {
            best = fit;
            chosen = d;
            several = false;
        } else if (fit && fit == best) {
            several = several || !ia_digest_equal(&d->digest, &chosen->digest);
        }
    }
    if (!chosen)
        return fail_none(env, search, index);
    if (several)
        return fail_several(env, search, index, best);
    *out = *chosen;
    return IMGA_OK;
}

struct ia_descriptor ia_descriptor_bare(const struct ia_digest *digest)
{
    return (struct ia_descriptor){.media_type = "",
                                  .digest = *digest,
                                  .size = UINT64_MAX,
                                  .os = "",
                                  .architecture = "",
                                  .variant = "",
                                  .ref_name = "",
                                  .image_name = "",
                                  .subject = ""};
}

void ia_index_choose_digest(const struct ia_digest *digest, const struct ia_manifest *index, struct ia_descriptor *out)
{
    for (size_t i = 0; i < index->manifests.n; i++) {
        const struct ia_descriptor *d = ia_vec_at(&index->manifests, i);
        if (ia_digest_equal(&d->digest, digest)) {
            *out = *d;
            return;
        }
    }
    *out = ia_descriptor_bare(digest);
}
