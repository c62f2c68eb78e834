/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCI image layouts, as a folder or in an archive: OCI image-spec 1.1 image-layout.md, image-index.md. index.json
 * holds the names; from there down every document is verified. Limit: manifest_bytes.
 */
#include "image/choose.h"
#include "image/descent.h"
#include "image/document.h"
#include "image/form.h"

#include <string.h>

static const char index_name[] = "index.json";

static int read_layout(struct ia_document *d, const char **version)
{
    static const char *const names[] = {"imageLayoutVersion"};
    static const struct ia_members members = {names, IA_COUNT(names), false};
    struct ia_object object;
    unsigned index;
    int status = ia_object_begin(d, &object, &members);
    while (status > 0 && (status = ia_object_next(d, &object, &index)) > 0)
        IA_TRY(ia_document_text(d, version));
    IA_TRY(status);
    return ia_document_end(d);
}

/* The file that says that this is a layout, and of which version. */
static int check_layout(struct ia_env *env, struct ia_image *image, struct ia_buf *buf)
{
    const struct ia_document_want any = {.size = UINT64_MAX};
    struct ia_document d = {0};
    const char *version = "";
    int status = ia_blobs_has(&image->blobs, env, "oci-layout");
    if (status == 0)
        return ia_fail(env, IMGA_E_FORMAT, -1, "there is no oci-layout beside index.json");
    IA_TRY(status);
    IA_TRY(ia_blobs_document(&image->blobs, env, "oci-layout", &any, buf));
    status = ia_document_open(&d, env, &image->arena, ia_buf_view(buf));
    if (status >= 0)
        status = read_layout(&d, &version);
    ia_document_close(&d);
    if (status >= 0 && version[0] == '\0')
        status = ia_fail(env, IMGA_E_FORMAT, -1, "there is no imageLayoutVersion");
    if (status >= 0 && strcmp(version, "1.0.0") != 0)
        status = ia_fail(env, IMGA_E_UNSUPPORTED, -1, "imageLayoutVersion %.100s is not supported", version);
    return ia_error_at(env, status, "oci-layout");
}

static int read_index(struct ia_env *env, struct ia_image *image, struct ia_buf *buf, struct ia_manifest *out)
{
    const struct ia_document_want any = {.size = UINT64_MAX};
    IA_TRY(ia_blobs_document(&image->blobs, env, index_name, &any, buf));
    int status = ia_manifest_parse(env, &image->arena, ia_buf_view(buf), "", out);
    if (status >= 0 && !out->is_index)
        status = ia_fail(env, IMGA_E_FORMAT, -1, "it is a manifest, not an index");
    return ia_error_at(env, status, "%s", index_name);
}

static int choose_top(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice, struct ia_buf *buf,
                      struct ia_descriptor *out)
{
    const struct ia_search search = {choice, true};
    struct ia_manifest index = {0};
    int status = read_index(env, image, buf, &index);
    if (status >= 0 && choice->digest.algorithm)
        ia_index_choose_digest(&choice->digest, &index, out);
    else if (status >= 0)
        status = ia_error_at(env, ia_index_choose(env, &search, &index, out), "%s", index_name);
    ia_manifest_free(&index);
    return status;
}

int ia_oci_open(struct ia_env *env, struct ia_image *image, const struct ia_choice *choice)
{
    struct ia_manifest manifest = {0};
    struct ia_descriptor at = {0};
    struct ia_buf buf;
    int status;
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    IA_GO(status, check_layout(env, image, &buf));
    IA_GO(status, choose_top(env, image, choice, &buf, &at));
    image->facts.reference = ia_descriptor_name(&at);
    IA_GO(status, ia_manifest_descend(env, image, choice, &at, &manifest));
    IA_GO(status, ia_image_take_manifest(env, image, choice, &at.digest, &manifest));
    IA_GO(status, ia_docker_compare(env, image, &manifest.config.digest));
out:
    ia_manifest_free(&manifest);
    ia_buf_free(&buf);
    return status;
}

int ia_oci_list(struct ia_env *env, struct ia_image *image, struct ia_image_list *list)
{
    struct ia_manifest index = {0};
    struct ia_buf buf;
    int status;
    ia_buf_init(&buf, &env->alloc, (size_t)env->limits->manifest_bytes);
    IA_GO(status, check_layout(env, image, &buf));
    IA_GO(status, read_index(env, image, &buf, &index));
    status = ia_index_list(env, image, &index, list);
out:
    ia_manifest_free(&index);
    ia_buf_free(&buf);
    return status;
}
