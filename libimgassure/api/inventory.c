/* SPDX-License-Identifier: Apache-2.0 */
/* <imgassure/inventory.h>. */
#include "api/object.h"

#include "model/lifecycle.h"
#include "catalog/inventory_json.h"
#include "io/digest_reader.h"
#include "scan/collect.h"

static void release(struct ia_env *env, imga_inventory *inventory)
{
    ia_free(&env->alloc, inventory);
}

IMGA_API int imga_inventory_collect(imga_context *context, imga_image *image, imga_inventory **out, imga_error **error)
{
    struct ia_env env;
    if (!context || !image || !out)
        return ia_api_invalid(error, "context, image or out is NULL");
    ia_api_begin(&env, context);
    imga_inventory *inventory = ia_api_object(&env, sizeof(*inventory));
    if (!inventory)
        return ia_api_end(&env, IMGA_E_NOMEM, error);
    int status = ia_collect(&env, image->image, &image->taken, &inventory->inventory);
    if (status < 0) {
        release(&env, inventory);
        return ia_api_end(&env, status, error);
    }
    inventory->context = imga_context_ref(context);
    *out = inventory;
    return IMGA_OK;
}

static int read_document(struct ia_env *env, struct ia_source *source, struct ia_inventory *inventory)
{
    const struct ia_expected bound = {.size = UINT64_MAX,
                                      .max = env->limits->document_bytes,
                                      .limit = "document_bytes",
                                      .what = "the inventory document"};
    struct ia_reader *reader = NULL;
    uint64_t size = ia_source_size(source);
    if (!ia_source_is_stream(source) && size > bound.max)
        return ia_fail_limit(env, -1, bound.limit, bound.max, ia_str_from(bound.what));
    IA_TRY(ia_source_reader(source, env, 0, size, &reader));
    IA_TRY(ia_digest_reader(env, reader, &bound, &reader));
    int status = ia_inventory_read(env, reader, inventory);
    ia_reader_close(reader);
    if (status < 0)
        return status;
    status = ia_inventory_identify(env, inventory);
    if (status < 0)
        ia_inventory_free(inventory);
    return status;
}

IMGA_API int imga_inventory_read(imga_context *context, imga_source *source, imga_inventory **out, imga_error **error)
{
    struct ia_env env;
    if (!context || !source || !out)
        return ia_api_invalid(error, "context, source or out is NULL");
    ia_api_begin(&env, context);
    imga_inventory *inventory = ia_api_object(&env, sizeof(*inventory));
    if (!inventory)
        return ia_api_end(&env, IMGA_E_NOMEM, error);
    int status = read_document(&env, source->source, &inventory->inventory);
    if (status < 0) {
        release(&env, inventory);
        return ia_api_end(&env, status, error);
    }
    inventory->context = imga_context_ref(context);
    *out = inventory;
    return IMGA_OK;
}

IMGA_API int imga_inventory_write(const imga_inventory *inventory, imga_write_fn write, void *user, imga_error **error)
{
    struct ia_env env;
    struct ia_writer writer = {write, user};
    if (!inventory || !write)
        return ia_api_invalid(error, "inventory or write is NULL");
    ia_api_begin(&env, inventory->context);
    return ia_api_end(&env, ia_inventory_write(&env, &inventory->inventory, &writer), error);
}

IMGA_API imga_inventory *imga_inventory_ref(imga_inventory *inventory)
{
    if (inventory)
        ia_ref_take(&inventory->ref);
    return inventory;
}

IMGA_API imga_inventory *imga_inventory_unref(imga_inventory *inventory)
{
    if (inventory && ia_ref_drop(&inventory->ref)) {
        imga_context *context = inventory->context;
        ia_inventory_free(&inventory->inventory);
        ia_free(&context->alloc, inventory);
        imga_context_unref(context);
    }
    return NULL;
}

IMGA_API const char *imga_inventory_id(const imga_inventory *inventory)
{
    return inventory ? inventory->inventory.id : "";
}

IMGA_API int imga_inventory_is_complete(const imga_inventory *inventory)
{
    return inventory && ia_notes_complete(&inventory->inventory.notes);
}

IMGA_API int imga_inventory_image(const imga_inventory *inventory, imga_image_row *row)
{
    struct ia_api_rows rows = {inventory ? &inventory->inventory.image : NULL, 1, sizeof(*row), ia_api_image_row};
    return ia_api_fill_one(&rows, row);
}

static void fill_distro(const void *object, size_t index, void *out)
{
    const struct ia_distro *distro = object;
    const struct ia_lifecycle *lifecycle = ia_lifecycle_find(distro);
    imga_distro_row *row = out;
    (void)index;
    row->id = distro->id;
    row->version_id = distro->version_id;
    row->codename = distro->codename;
    row->release = distro->release;
    row->pretty_name = distro->pretty_name;
    row->services = distro->services;
    row->support_end = lifecycle ? lifecycle->support_end : "";
    row->extended_end = lifecycle ? lifecycle->extended_end : "";
    row->rolling = lifecycle && lifecycle->rolling;
}

IMGA_API int imga_inventory_distro(const imga_inventory *inventory, imga_distro_row *row)
{
    struct ia_api_rows rows = {inventory ? &inventory->inventory.distro : NULL, 1, sizeof(*row), fill_distro};
    return ia_api_fill_one(&rows, row);
}

IMGA_API size_t imga_inventory_package_count(const imga_inventory *inventory)
{
    return inventory ? inventory->inventory.packages.n : 0;
}

static void fill_package(const void *object, size_t index, void *out)
{
    const struct ia_package *package = ia_inventory_package(object, index);
    imga_package_row *row = out;
    row->layer = package->layer;
    row->type = package->type;
    row->name = package->name;
    row->version = package->version;
    row->architecture = package->architecture;
    row->source = package->source;
    row->source_version = package->source_version;
    row->license = package->license;
    row->purl = package->purl;
    row->path = package->path;
    row->maintainer = package->maintainer;
    row->file_count = package->file_count;
    row->expression = package->expression;
    row->how = package->how;
    row->inside = package->inside;
    row->owner = package->owner;
    row->property_count = (uint32_t)package->property_count;
}

IMGA_API int64_t imga_inventory_packages(const imga_inventory *inventory, size_t first, imga_package_row *out,
                                         size_t count)
{
    struct ia_api_rows rows = {inventory ? &inventory->inventory : NULL, imga_inventory_package_count(inventory),
                               sizeof(*out), fill_package};
    return ia_api_fill(&rows, first, out, count);
}

IMGA_API int64_t imga_inventory_files(const imga_inventory *inventory, size_t package, size_t first, const char **paths,
                                      size_t count)
{
    const struct ia_package *owner = inventory ? ia_inventory_package(&inventory->inventory, package) : NULL;
    if (!owner || (count && !paths))
        return IMGA_E_INVALID;
    size_t n = 0;
    while (n < count && first < owner->file_count)
        paths[n++] = owner->files[first++];
    return (int64_t)n;
}

IMGA_API size_t imga_inventory_layer_count(const imga_inventory *inventory)
{
    return inventory ? inventory->inventory.layers.n : 0;
}

static void fill_layer(const void *object, size_t index, void *row)
{
    ia_api_layer_row(ia_inventory_layer(object, index), row);
}

IMGA_API int64_t imga_inventory_layers(const imga_inventory *inventory, size_t first, imga_layer_row *out, size_t count)
{
    struct ia_api_rows rows = {inventory ? &inventory->inventory : NULL, imga_inventory_layer_count(inventory),
                               sizeof(*out), fill_layer};
    return ia_api_fill(&rows, first, out, count);
}

IMGA_API size_t imga_inventory_note_count(const imga_inventory *inventory)
{
    return inventory ? ia_notes_count(&inventory->inventory.notes) : 0;
}

IMGA_API int64_t imga_inventory_notes(const imga_inventory *inventory, size_t first, imga_note_row *out, size_t count)
{
    return inventory ? ia_api_notes(&inventory->inventory.notes, first, out, count) : IMGA_E_INVALID;
}
