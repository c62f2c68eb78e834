/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over every layer with the library's own stages. The walker is timed by leaving out what passes while it
 * waits for its input.
 */
#include "layers.h"

#include "api/object.h"
#include "io/source.h"
#include "io/tar.h"
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Passes on, counts, keeps some pieces, and takes the time of all that. */
struct watch {
    struct ia_reader reader;
    struct ia_reader *input;
    struct bench_layer *layer;
    uint64_t next, stride; /* where the next piece to keep begins, and how far apart they are */
    size_t filled;         /* bytes of that piece so far */
    double elsewhere;
};

static void keep(struct watch *watch, struct ia_cursor chunk)
{
    struct bench_layer *layer = watch->layer;
    size_t room = FLOOR_CHUNK - watch->filled, n = chunk.n < room ? chunk.n : room;
    bool is_due = watch->filled > 0 || layer->work.uncompressed >= watch->next;
    layer->work.uncompressed += chunk.n;
    if (!is_due || layer->pieces == SAMPLE_PIECES)
        return;
    memcpy(layer->sample + layer->pieces * FLOOR_CHUNK + watch->filled, chunk.p, n);
    watch->filled += n;
    if (watch->filled < FLOOR_CHUNK)
        return;
    watch->filled = 0;
    watch->next += watch->stride;
    layer->pieces++;
}

static int watch_next(struct ia_reader *self, struct ia_env *env, struct ia_cursor *out)
{
    struct watch *watch = (struct watch *)self;
    double start = measure_cpu();
    int status = ia_reader_next(watch->input, env, out);
    if (status > 0)
        keep(watch, *out);
    watch->elsewhere += measure_cpu() - start;
    return status;
}

static void walk(struct ia_env *env, struct ia_reader *input, struct bench_layer *layer)
{
    uint64_t guess = layer->work.compressed / FLOOR_CHUNK * 5 / 2; /* pieces that will come */
    struct watch watch = {.reader = {watch_next, NULL, NULL}, .input = input, .layer = layer};
    watch.stride = (guess / SAMPLE_PIECES + 1) * FLOOR_CHUNK;
    struct ia_tar_entry entry;
    struct ia_tar *tar = NULL;
    int status;
    must(ia_tar_new(env, &watch.reader, &tar) == IMGA_OK, "no memory");
    double start = measure_cpu();
    while ((status = ia_tar_next(tar, env, &entry)) > 0)
        layer->entries++;
    layer->walk = measure_cpu() - start - watch.elsewhere;
    ia_tar_free(tar);
    must(status == 0, "a layer cannot be read");
}

static void read_layer(struct ia_env *env, struct bench_layer *layer)
{
    struct ia_source *source = NULL;
    struct ia_reader *reader = NULL;
    layer->sample = malloc((size_t)SAMPLE_PIECES * FLOOR_CHUNK);
    must(layer->sample != NULL, "no memory");
    must(ia_source_path(env, layer->path, &source) == IMGA_OK, "a blob cannot be opened");
    layer->work.compressed = ia_source_size(source);
    must(ia_source_reader(source, env, 0, layer->work.compressed, &reader) == IMGA_OK, "a blob cannot be read");
    must(ia_decompress(env, reader, &layer->kind, &reader) == IMGA_OK, "a blob cannot be decompressed");
    walk(env, reader, layer);
    ia_reader_close(reader);
    ia_source_unref(source);
}

/* "sha256:..." becomes the path below the layout. */
static void blob_path(char path[PATH_SIZE], const char *layout, const char *digest)
{
    int n = snprintf(path, PATH_SIZE, "%s/blobs/%s", layout, digest);
    must(n > 0 && n < PATH_SIZE, "the path is too long");
    char *colon = strchr(path + strlen(layout), ':');
    must(colon != NULL, "a layer without digest");
    *colon = '/';
}

static void find_layers(imga_context *context, const char *layout, struct bench_layers *layers)
{
    imga_image *image = NULL;
    imga_error *error = NULL;
    imga_layer_row row = {.struct_size = sizeof(row)};
    must(imga_image_open(context, layout, NULL, &image, &error) == IMGA_OK, "the image cannot be opened");
    layers->rows = calloc(MOST_LAYERS, sizeof(*layers->rows));
    must(layers->rows != NULL, "no memory");
    for (; layers->count < MOST_LAYERS && imga_image_layers(image, layers->count, &row, 1) == 1; layers->count++)
        blob_path(layers->rows[layers->count].path, layout, row.digest);
    imga_image_unref(image);
}

void layers_read(imga_context *context, const char *layout, struct bench_layers *layers)
{
    struct ia_env env;
    *layers = (struct bench_layers){0};
    find_layers(context, layout, layers);
    ia_api_begin(&env, context);
    for (size_t i = 0; i < layers->count; i++) {
        struct bench_layer *layer = &layers->rows[i];
        read_layer(&env, layer);
        layers->work.compressed += layer->work.compressed;
        layers->work.uncompressed += layer->work.uncompressed;
        layers->entries += layer->entries;
        layers->walk += layer->walk;
    }
}

void layers_free(struct bench_layers *layers)
{
    for (size_t i = 0; i < layers->count; i++)
        free(layers->rows[i].sample);
    free(layers->rows);
    layers->rows = NULL;
    layers->count = 0;
}

static void check(int status, imga_error *error)
{
    if (status == IMGA_OK)
        return;
    fprintf(stderr, "benchmark: %s: %s\n", imga_error_where(error), imga_error_message(error));
    exit(1);
}

static imga_image *open_layout(imga_context **context, const char *layout, unsigned threads)
{
    imga_image *image = NULL;
    imga_error *error = NULL;
    check(imga_context_new(NULL, context, &error), error);
    imga_context_set_threads(*context, threads);
    check(imga_image_open(*context, layout, NULL, &image, &error), error);
    return image;
}

size_t scan_layout(const char *layout, unsigned threads)
{
    imga_context *context = NULL;
    imga_files *files = NULL;
    imga_error *error = NULL;
    imga_image *image = open_layout(&context, layout, threads);
    check(imga_files_collect(context, image, 0, &files, &error), error);
    size_t count = imga_files_count(files);
    imga_files_unref(files);
    imga_image_unref(image);
    imga_context_unref(context);
    return count;
}

size_t inventory_layout(const char *layout, unsigned threads)
{
    imga_context *context = NULL;
    imga_inventory *inventory = NULL;
    imga_error *error = NULL;
    imga_image *image = open_layout(&context, layout, threads);
    check(imga_inventory_collect(context, image, &inventory, &error), error);
    size_t packages = imga_inventory_package_count(inventory);
    imga_inventory_unref(inventory);
    imga_image_unref(image);
    imga_context_unref(context);
    return packages;
}
