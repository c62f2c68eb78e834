/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/image_list.h>. */
#include "api/object.h"

static int read_list(struct ia_env *env, imga_context *context, const struct ia_image_request *request,
                     imga_image_list **out)
{
    imga_image_list *list = ia_api_object(env, sizeof(*list));
    if (!list)
        return IMGA_E_NOMEM;
    int status = ia_image_list_read(env, request, &list->list);
    if (status < 0) {
        ia_image_list_free(&list->list);
        ia_free(&env->alloc, list);
        return status;
    }
    list->context = imga_context_ref(context);
    *out = list;
    return IMGA_OK;
}

IMGA_API int imga_image_list_open(imga_context *context, const char *path, const imga_image_options *options,
                                  imga_image_list **out, imga_error **error)
{
    struct ia_env env;
    struct ia_api_image_request request = {.request = {.path = path}};
    if (!context || !path || !out)
        return ia_api_invalid(error, "context, path or out is NULL");
    if (ia_api_image_options(options, &request) < 0)
        return ia_api_invalid(error,
                              "the options have a wrong struct_size, way to verify or set of things to look for");
    ia_api_begin(&env, context);
    int status = ia_error_at(&env, read_list(&env, context, &request.request, out), "%s", path);
    return ia_api_end(&env, status, error);
}

IMGA_API imga_image_list *imga_image_list_unref(imga_image_list *list)
{
    if (list && ia_ref_drop(&list->ref)) {
        imga_context *context = list->context;
        ia_image_list_free(&list->list);
        ia_free(&context->alloc, list);
        imga_context_unref(context);
    }
    return NULL;
}

IMGA_API size_t imga_image_list_count(const imga_image_list *list)
{
    return list ? ia_image_list_count(&list->list) : 0;
}

static void fill_entry(const void *object, size_t index, void *out)
{
    const struct ia_image_entry *entry = ia_image_list_at(object, index);
    imga_image_entry_row *row = out;
    row->kind = (uint32_t)entry->kind;
    row->reference = entry->reference;
    row->digest = entry->digest;
    row->os = entry->os;
    row->architecture = entry->architecture;
    row->variant = entry->variant;
    row->media_type = entry->media_type;
    row->subject = entry->subject;
}

IMGA_API int64_t imga_image_list_rows(const imga_image_list *list, size_t first, imga_image_entry_row *out,
                                      size_t count)
{
    struct ia_api_rows rows = {list ? &list->list : NULL, imga_image_list_count(list), sizeof(*out), fill_entry};
    return ia_api_fill(&rows, first, out, count);
}
