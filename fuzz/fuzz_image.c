/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole archive: opened, described, every layer pulled to its end. An archive of odd length, and one that is
 * compressed, goes by once, in pieces; others lie in memory and are also merged, and their inventory taken.
 */
#include "fuzz.h"

#include "base/utf8.h"
#include "catalog/inventory_json.h"
#include "image/listing.h"
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
        uint32_t taken;
        check_text(ia_image_layer(image, i)->diff_id);
        check_text(ia_image_layer(image, i)->created_by);
        if (ia_image_layer_taken(image, i, &taken))
            continue;
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

/* The input as a stream. */
struct stream {
    const uint8_t *data;
    size_t size, at;
};

static int64_t stream_read(void *user, void *buffer, size_t size)
{
    struct stream *stream = user;
    size_t left = stream->size - stream->at, step = 1 + stream->at % 1500;
    size_t n = left < step ? left : step;
    n = n < size ? n : size;
    if (n)
        memcpy(buffer, stream->data + stream->at, n);
    stream->at += n;
    return (int64_t)n;
}

/* Pulls what may be a layer. */
static int drain(void *user, struct ia_env *env, struct ia_reader *stream, uint32_t *taken)
{
    uint32_t *count = user;
    *taken = ++*count;
    return ia_reader_drain(stream, env);
}

static void check_taken(const struct ia_image *image, uint32_t count)
{
    uint32_t taken;
    for (size_t i = 0; i < ia_image_layer_count(image); i++)
        if (ia_image_layer_taken(image, i, &taken))
            fuzz_check(taken >= 1 && taken <= count, "a layer that was taken has a number of the sink");
}

static bool is_any_taken(const struct ia_image *image)
{
    uint32_t taken;
    for (size_t i = 0; i < ia_image_layer_count(image); i++)
        if (ia_image_layer_taken(image, i, &taken))
            return true;
    return false;
}

static void take_inventory(struct ia_image *image, struct ia_env *env)
{
    struct ia_inventory inventory;
    int status = ia_collect(env, image, NULL, &inventory);
    fuzz_check(status < 0 || inventory.id[0], "an inventory has an identity");
    if (status < 0)
        return;
    check_document(env, &inventory);
    ia_inventory_free(&inventory);
}

/* What is taken as whole from a stream is the same image when it lies in memory. */
static void compare(struct ia_env *env, struct ia_image *image, const struct ia_image_request *like, struct ia_str data)
{
    struct ia_image_request request = {.reference = like->reference, .sink = like->sink};
    struct ia_image *other = NULL;
    fuzz_check(ia_source_memory(env, data.p, data.n, &request.source) == IMGA_OK, "memory is a source");
    int status = ia_image_open(env, &request, &other);
    ia_source_unref(request.source);
    fuzz_check(status == IMGA_OK, "what a stream gives, memory gives");
    const struct ia_image_facts *a = ia_image_facts(image), *b = ia_image_facts(other);
    fuzz_check(strcmp(a->config_digest, b->config_digest) == 0, "it is the same image");
    fuzz_check(ia_image_layer_count(image) == ia_image_layer_count(other), "with the same layers");
    ia_image_close(other);
}

static void check_entry(const struct ia_image_entry *e)
{
    const char *const texts[] = {e->reference, e->digest,     e->os,     e->architecture,
                                 e->variant,   e->media_type, e->subject};
    fuzz_check(e->kind >= IA_ENTRY_IMAGE && e->kind <= IA_ENTRY_UNKNOWN, "an entry is of a known kind");
    for (size_t i = 0; i < IA_COUNT(texts); i++)
        check_text(texts[i]);
}

/* What is listed; the first images of it are opened by their digests. */
static void list(struct ia_env *env, struct ia_str data)
{
    struct ia_image_request request = {.reference = NULL};
    struct ia_image_list list;
    struct ia_image *image = NULL;
    const struct ia_image_entry *entry;
    fuzz_check(ia_source_memory(env, data.p, data.n, &request.source) == IMGA_OK, "memory is a source");
    int status = ia_image_list_read(env, &request, &list);
    fuzz_check(ia_image_list_count(&list) <= IA_LISTED_FACTOR * env->limits->layers, "the entries are limited");
    for (size_t i = 0; status == IMGA_OK && (entry = ia_image_list_at(&list, i)); i++) {
        check_entry(entry);
        request.reference = entry->digest;
        if (i >= 3 || entry->kind != IA_ENTRY_IMAGE || !entry->digest[0])
            continue;
        ia_error_clear(env);
        if (ia_image_open(env, &request, &image) == IMGA_OK)
            ia_image_close(image);
    }
    ia_error_clear(env);
    ia_image_list_free(&list);
    ia_source_unref(request.source);
}

/* Mostly by content; a stream cannot be looked at, so only memory is told. */
static const char *form_of(size_t size)
{
    static const char *const forms[] = {NULL, NULL, "rootfs", NULL, "docker-archive", NULL, "oci-archive"};
    return size % 2 ? NULL : forms[size % IA_COUNT(forms)];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ia_image_request request = {.reference = size % 3 == 1 ? "latest" : NULL, .form = form_of(size)};
    uint32_t count = 0;
    const struct ia_layer_sink sink = {drain, &count};
    struct stream stream = {data, size, 0};
    const imga_stream_ops ops = {sizeof(ops), 0, stream_read, NULL, &stream};
    struct ia_image *image = NULL;
    struct fuzz_env f;
    fuzz_env_open(&f);
    int made = size % 2 ? ia_source_stream(&f.env, &ops, &request.source)
                        : ia_source_memory(&f.env, data, size, &request.source);
    fuzz_check(made == IMGA_OK, "there is a source");
    request.sink = &sink;
    int status = ia_image_open(&f.env, &request, &image);
    ia_source_unref(request.source);
    fuzz_check((status == IMGA_OK) == (image != NULL), "an image comes out only on success");
    if (image) {
        check_text(ia_image_facts(image)->reference);
        check_text(ia_image_facts(image)->architecture);
        fuzz_check(ia_image_layer_count(image) <= f.limits.layers, "the layers are limited");
        check_taken(image, count);
        if (size % 2)
            compare(&f.env, image, &request, (struct ia_str){(const char *)data, size});
        read_layers(image, &f.env);
        ia_error_clear(&f.env);
        if (!is_any_taken(image))
            take_inventory(image, &f.env);
    }
    ia_image_close(image);
    ia_error_clear(&f.env);
    if (size % 2 == 0)
        list(&f.env, (struct ia_str){(const char *)data, size});
    fuzz_env_close(&f);
    return 0;
}
