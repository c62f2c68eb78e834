/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/image.h>. */
#include "api/object.h"

#include <stddef.h>

static int open_image(struct ia_env *env, imga_context *context, struct ia_api_image_request *wanted, imga_image **out)
{
    imga_image *image = ia_api_object(env, sizeof(*image));
    if (!image)
        return IMGA_E_NOMEM;
    wanted->request.sink = &image->taken.sink;
    int status = ia_taken_init(env, &image->taken, wanted->look);
    if (status == IMGA_OK)
        status = ia_image_open(env, &wanted->request, &image->image);
    if (status < 0) {
        ia_taken_free(&image->taken);
        ia_free(&env->alloc, image);
        return status;
    }
    image->context = imga_context_ref(context);
    *out = image;
    return IMGA_OK;
}

int ia_api_image_options(const imga_image_options *options, struct ia_api_image_request *out)
{
    struct ia_image_request *request = &out->request;
    const size_t first_version = offsetof(imga_image_options, form);
    if (!options)
        return IMGA_OK;
    if (options->struct_size < first_version)
        return IMGA_E_INVALID;
    request->reference = options->reference;
    request->platform = options->platform;
    if (options->struct_size < offsetof(imga_image_options, look) + sizeof(options->look))
        return IMGA_OK;
    if (options->verify > IMGA_VERIFY_NONE || (options->look & ~(uint32_t)(IMGA_LOOK_LOCKFILES | IMGA_LOOK_REMOVED)))
        return IMGA_E_INVALID;
    request->form = options->form;
    request->verify = (enum ia_verify)options->verify;
    out->look = options->look;
    return IMGA_OK;
}

IMGA_API int imga_image_open(imga_context *context, const char *path, const imga_image_options *options,
                             imga_image **out, imga_error **error)
{
    struct ia_env env;
    struct ia_api_image_request request = {.request = {.path = path}};
    if (!context || !path || !out)
        return ia_api_invalid(error, "context, path or out is NULL");
    if (ia_api_image_options(options, &request) < 0)
        return ia_api_invalid(error,
                              "the options have a wrong struct_size, way to verify or set of things to look for");
    ia_api_begin(&env, context);
    int status = ia_error_at(&env, open_image(&env, context, &request, out), "%s", path);
    return ia_api_end(&env, status, error);
}

IMGA_API int imga_image_open_source(imga_context *context, imga_source *source, const imga_image_options *options,
                                    imga_image **out, imga_error **error)
{
    struct ia_env env;
    struct ia_api_image_request request = {.request = {.source = source ? source->source : NULL}};
    if (!context || !source || !out)
        return ia_api_invalid(error, "context, source or out is NULL");
    if (ia_api_image_options(options, &request) < 0)
        return ia_api_invalid(error,
                              "the options have a wrong struct_size, way to verify or set of things to look for");
    ia_api_begin(&env, context);
    return ia_api_end(&env, open_image(&env, context, &request, out), error);
}

IMGA_API imga_image *imga_image_unref(imga_image *image)
{
    if (image && ia_ref_drop(&image->ref)) {
        imga_context *context = image->context;
        ia_image_close(image->image);
        ia_taken_free(&image->taken);
        ia_free(&context->alloc, image);
        imga_context_unref(context);
    }
    return NULL;
}

void ia_api_image_row(const void *object, size_t index, void *out)
{
    const struct ia_image_facts *facts = object;
    imga_image_row *row = out;
    (void)index;
    row->form = facts->form;
    row->reference = facts->reference;
    row->manifest_digest = facts->manifest_digest;
    row->config_digest = facts->config_digest;
    row->os = facts->os;
    row->architecture = facts->architecture;
    row->variant = facts->variant;
    row->created = facts->created;
    row->verified = facts->verified;
}

IMGA_API int imga_image_describe(const imga_image *image, imga_image_row *row)
{
    struct ia_api_rows rows = {image ? ia_image_facts(image->image) : NULL, 1, sizeof(*row), ia_api_image_row};
    return ia_api_fill_one(&rows, row);
}

IMGA_API size_t imga_image_layer_count(const imga_image *image)
{
    return image ? ia_image_layer_count(image->image) : 0;
}

void ia_api_layer_row(const struct ia_layer *layer, imga_layer_row *row)
{
    row->digest = layer->digest;
    row->diff_id = layer->diff_id;
    row->media_type = layer->media_type;
    row->created_by = layer->created_by;
    row->size = layer->size;
    row->chain_id = layer->chain_id;
    row->created = layer->created;
    row->comment = layer->comment;
    row->uncompressed_size = layer->uncompressed_size;
    row->history = layer->step ? layer->step - 1 : UINT32_MAX;
}

static void fill_layer(const void *object, size_t index, void *row)
{
    ia_api_layer_row(ia_image_layer(object, index), row);
}

IMGA_API int64_t imga_image_layers(const imga_image *image, size_t first, imga_layer_row *out, size_t count)
{
    struct ia_api_rows rows = {image ? image->image : NULL, imga_image_layer_count(image), sizeof(*out), fill_layer};
    return ia_api_fill(&rows, first, out, count);
}
