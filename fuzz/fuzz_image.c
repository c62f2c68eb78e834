/* SPDX-License-Identifier: Apache-2.0 */
/* A whole archive from memory: opened, described, every layer pulled to its end, then merged and its inventory taken.
 */
#include "fuzz.h"

#include "base/utf8.h"
#include "catalog/inventory_json.h"
#include "image/image.h"
#include "scan/collect.h"

#include <string.h>

static void check_text(const char *text)
{
    fuzz_check(text && ia_utf8_valid(ia_str_from(text)), "strings are valid UTF-8");
}

static void read_layers(struct ia_image *image, struct ia_env *env)
{
    for (size_t i = 0; i < ia_image_layer_count(image); i++) {
        struct ia_reader *reader = NULL;
        check_text(ia_image_layer(image, i)->diff_id);
        check_text(ia_image_layer(image, i)->created_by);
        int status = ia_image_layer_open(image, env, i, &reader);
        fuzz_check((status == 1) == (reader != NULL), "a layer is open or it is not");
        if (status == 1)
            status = ia_reader_drain(reader, env);
        ia_reader_close(reader);
        if (status < 0)
            return;
    }
}

static int keep(void *user, const void *data, size_t size)
{
    return ia_buf_add(user, data, size) != IMGA_OK;
}

/* The document of an inventory gives the same inventory back. */
static void check_document(struct ia_env *env, const struct ia_inventory *inventory)
{
    struct ia_inventory again;
    struct ia_reader *reader = NULL;
    struct ia_buf document;
    const struct ia_writer writer = {keep, &document};
    ia_buf_init(&document, &env->alloc, SIZE_MAX);
    fuzz_check(ia_inventory_write(env, inventory, &writer) == IMGA_OK, "an inventory can be written");
    fuzz_check(ia_reader_memory(env, document.p, document.n, &reader) == IMGA_OK, "a reader");
    fuzz_check(ia_inventory_read(env, reader, &again) == IMGA_OK, "an inventory can be read back");
    fuzz_check(ia_inventory_identify(env, &again) == IMGA_OK, "it has an identity");
    fuzz_check(strcmp(again.id, inventory->id) == 0, "it is the same inventory");
    ia_inventory_free(&again);
    ia_reader_close(reader);
    ia_buf_free(&document);
}

static void take_inventory(struct ia_image *image, struct ia_env *env)
{
    struct ia_inventory inventory;
    int status = ia_collect(env, image, &inventory);
    fuzz_check(status < 0 || inventory.id[0], "an inventory has an identity");
    if (status < 0)
        return;
    check_document(env, &inventory);
    ia_inventory_free(&inventory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_image_request request = {.reference = size % 3 == 1 ? "latest" : NULL};
    struct ia_image *image = NULL;
    struct fuzz_env f;
    fuzz_env_open(&f);
    fuzz_check(ia_source_memory(&f.env, data, size, &request.source) == IMGA_OK, "memory is a source");
    int status = ia_image_open(&f.env, &request, &image);
    ia_source_unref(request.source);
    fuzz_check((status == IMGA_OK) == (image != NULL), "an image comes out only on success");
    if (image) {
        check_text(ia_image_facts(image)->reference);
        check_text(ia_image_facts(image)->architecture);
        fuzz_check(ia_image_layer_count(image) <= f.limits.layers, "the layers are limited");
        read_layers(image, &f.env);
        ia_error_clear(&f.env);
        take_inventory(image, &f.env);
    }
    ia_image_close(image);
    fuzz_env_close(&f);
    return 0;
}
