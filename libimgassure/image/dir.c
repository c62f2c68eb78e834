/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folders of skopeo's "dir:" transport, containers-transports(5): "version", "manifest.json", blobs called by the
 * digits of their digests. With a list of manifests, as of "skopeo copy --all", the manifests of it lie beside it as
 * <digits>.manifest.json. manifest.json itself is not named by any digest; everything below it is verified. Limits:
 * manifest_bytes, index_depth, layers.
 */
#include "image/choose.h"
#include "image/descent.h"
#include "image/form.h"

static const char manifest_name[] = "manifest.json";

/* "Directory Transport Version: 1.1\n" */
static int check_version(struct ia_env *env, const struct ia_image *image, struct ia_buf *buf)
{
    static const struct ia_str title = {"Directory Transport Version: ", sizeof("Directory Transport Version: ") - 1};
    const struct ia_document_want any = {.size = UINT64_MAX};
    IA_TRY(ia_blobs_document(&image->blobs, env, "version", &any, buf));
    struct ia_str text = ia_buf_view(buf);
    struct ia_str number = ia_str_trim(ia_str_sub(text, title.n, text.n));
    int status = IMGA_OK;
    if (!ia_str_starts(text, title))
        status = ia_fail(env, IMGA_E_FORMAT, 0, "this is not the version of a folder of images");
    else if (!ia_str_is(number, "1.1") && !ia_str_is(number, "1.0"))
        status = ia_fail(env, IMGA_E_UNSUPPORTED, 0, "version %.*s is not supported",
                         number.n > 20 ? 20 : (int)number.n, number.p);
    return ia_error_at(env, status, "version");
}

/* manifest.json and the digest that it has. */
static int read_top(struct ia_env *env, struct ia_image *image, struct ia_digest *digest, struct ia_manifest *out)
{
    const struct ia_document_want any = {.size = UINT64_MAX};
    struct ia_buf buf;
    int status;
    image->blobs.is_bare = true;
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    IA_GO(status, check_version(env, image, &buf));
    IA_GO(status, ia_blobs_document(&image->blobs, env, manifest_name, &any, &buf));
    IA_GO(status, ia_blob_hash(env, IA_DIGEST_SHA256, ia_buf_view(&buf), digest));
    status = ia_manifest_parse(env, &image->arena, ia_buf_view(&buf), "", out);
    status = ia_error_at(env, status, "%s", manifest_name);
out:
    ia_buf_free(&buf);
    return status;
}

/* The entry of a list that is wanted, down to its manifest, which replaces the list. */
static int descend(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice, struct ia_digest *digest,
                   struct ia_manifest *manifest)
{
    const struct ia_search search = {choice, false};
    struct ia_descriptor at;
    int status = IMGA_OK;
    if (choice->digest.algorithm && !ia_digest_equal(&choice->digest, digest))
        ia_index_choose_digest(&choice->digest, manifest, &at);
    else
        status = ia_error_at(env, ia_index_choose(env, &search, manifest, &at), "%s", manifest_name);
    ia_manifest_free(manifest);
    *manifest = (struct ia_manifest){.is_index = false};
    IA_TRY(status);
    IA_TRY(ia_manifest_descend(env, image, choice, &at, manifest));
    *digest = at.digest;
    return IMGA_OK;
}

int ia_dir_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    struct ia_manifest manifest = {0};
    struct ia_digest digest;
    int status;
    if (choice->reference.n && !choice->digest.algorithm)
        return ia_fail(env, IMGA_E_NOT_FOUND, -1, "the images of such a folder have no names, only digests");
    IA_GO(status, read_top(env, image, &digest, &manifest));
    if (manifest.is_index)
        IA_GO(status, descend(env, image, choice, &digest, &manifest));
    else if (choice->digest.algorithm && !ia_digest_equal(&choice->digest, &digest))
        IA_GO(status, ia_fail(env, IMGA_E_NOT_FOUND, -1, "the folder holds another manifest than the one asked for"));
    status = ia_image_take_manifest(env, image, choice, &digest, &manifest);
out:
    ia_manifest_free(&manifest);
    return status;
}

int ia_dir_list(struct ia_env *env, struct ia_image *image, struct ia_image_list *list)
{
    struct ia_manifest manifest = {0};
    struct ia_digest digest;
    int status;
    IA_GO(status, read_top(env, image, &digest, &manifest));
    if (manifest.is_index)
        status = ia_index_list(env, image, &manifest, list);
    else
        status = ia_manifest_list(env, image, &digest, &manifest, list);
out:
    ia_manifest_free(&manifest);
    return status;
}
