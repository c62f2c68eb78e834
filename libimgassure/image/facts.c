/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts about the layers of an opened image: OCI image-spec 1.1 config.md, "Layer ChainID" and "history". A diff_id of
 * zeros claims nothing (image/layers.c), so no stack has an identity from there on.
 */
#include "image/facts.h"

#include "image/opened.h"

#include <string.h>

static const struct ia_image_config no_config = {
    .author = "", .os_version = "", .execution = {.user = "", .working_dir = "", .stop_signal = ""}};

static bool is_claimed(const struct ia_digest *diff_id)
{
    static const uint8_t zeros[IA_DIGEST_MAX];
    return diff_id->algorithm && memcmp(diff_id->bytes, zeros, ia_digest_size(diff_id->algorithm)) != 0;
}

/* ChainID(0..n) = SHA256(ChainID(0..n-1) + " " + DiffID(n)); chain is that of the stack below and becomes this one. */
static int extend_chain(struct ia_env *env, const struct ia_digest *diff_id, struct ia_digest *chain)
{
    char below[IA_DIGEST_TEXT], top[IA_DIGEST_TEXT];
    struct ia_buf buf;
    int status;
    ia_digest_text(chain, below);
    ia_digest_text(diff_id, top);
    ia_buf_init(&buf, &env->alloc, sizeof(below) + sizeof(top));
    IA_GO(status, ia_buf_text(&buf, below));
    IA_GO(status, ia_buf_char(&buf, ' '));
    IA_GO(status, ia_buf_text(&buf, top));
    status = ia_blob_hash(env, IA_DIGEST_SHA256, ia_buf_view(&buf), chain);
out:
    ia_buf_free(&buf);
    return status == IMGA_E_NOMEM ? ia_fail_nomem(env) : status;
}

static int fill_chain(struct ia_env *env, struct ia_image *image)
{
    struct ia_digest chain;
    for (size_t i = 0; i < image->count && is_claimed(&image->parts[i].diff_id); i++) {
        if (i == 0)
            chain = image->parts[i].diff_id;
        else
            IA_TRY(extend_chain(env, &image->parts[i].diff_id, &chain));
        image->layers[i].chain_id = ia_image_digest_text(image, &chain);
        if (!image->layers[i].chain_id)
            return ia_fail_nomem(env);
    }
    return IMGA_OK;
}

int ia_image_complete(struct ia_env *env, struct ia_image *image)
{
    const struct ia_image_config *config = ia_image_config(image);
    for (size_t i = 0; i < config->step_count; i++) {
        const struct ia_step *step = &config->steps[i];
        uint32_t index = ia_image_step_layer(image, i);
        if (index >= image->count)
            continue;
        image->layers[index].created_by = step->created_by;
        image->layers[index].created = step->created;
        image->layers[index].comment = step->comment;
        image->layers[index].step = (uint32_t)i + 1;
    }
    IA_TRY(fill_chain(env, image));
    for (size_t i = 0; i < image->count; i++)
        ia_layer_defaults(&image->layers[i]);
    return IMGA_OK;
}

const struct ia_image_config *ia_image_config(const struct ia_image *image)
{
    return image->config ? image->config : &no_config;
}

uint32_t ia_image_step_layer(const struct ia_image *image, size_t index)
{
    const struct ia_image_config *config = ia_image_config(image);
    return config->made == image->count && index < config->step_count ? config->steps[index].layer : UINT32_MAX;
}
