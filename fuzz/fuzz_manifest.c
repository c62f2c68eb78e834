/* SPDX-License-Identifier: Apache-2.0 */
/* Image manifests and indexes, from the JSON itself. The config has a harness of its own. */
#include "fuzz.h"

#include "base/utf8.h"
#include "image/manifest.h"

static void check_text(const char *text)
{
    fuzz_check(text && ia_utf8_valid(ia_str_from(text)), "strings are valid UTF-8");
}

static void check_descriptors(const struct ia_vec *descriptors)
{
    for (size_t i = 0; i < descriptors->n; i++) {
        const struct ia_descriptor *d = ia_vec_at(descriptors, i);
        fuzz_check(ia_digest_size(d->digest.algorithm) > 0, "a descriptor has a digest");
        check_text(d->media_type);
        check_text(d->os);
        check_text(d->ref_name);
    }
}

static void run_manifest(struct fuzz_env *f, struct ia_str bytes, const char *declared)
{
    struct ia_arena arena;
    struct ia_manifest manifest;
    ia_error_clear(&f->env);
    ia_arena_init(&arena, &f->env.alloc);
    int status = ia_manifest_parse(&f->env, &arena, bytes, declared, &manifest);
    fuzz_check(status == f->env.error.status, "a failure is described");
    if (status == IMGA_OK) {
        fuzz_check(manifest.is_index ? manifest.layers.n == 0 : manifest.manifests.n == 0, "a document is of one kind");
        fuzz_check(manifest.layers.n <= f->limits.layers, "the layers are limited");
        check_text(manifest.media_type);
        check_descriptors(&manifest.layers);
        check_descriptors(&manifest.manifests);
    }
    ia_manifest_free(&manifest);
    ia_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ia_str bytes = {(const char *)data, size};
    struct fuzz_env f;
    fuzz_env_open(&f);
    run_manifest(&f, bytes, "");
    run_manifest(&f, bytes, "application/vnd.oci.image.manifest.v1+json");
    fuzz_env_close(&f);
    return 0;
}
