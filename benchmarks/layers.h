/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layers of an OCI layout as the benchmarks need them: where the blobs lie, how much comes out of them, how long
 * the tar walker alone takes over them, and some of their bytes.
 */
#ifndef BENCH_LAYERS_H
#define BENCH_LAYERS_H

#include "floor.h"
#include "io/compress.h"

#include <imgassure/imgassure.h>

enum { MOST_LAYERS = 512, PATH_SIZE = 1024, SAMPLE_PIECES = 64 };

struct bench_layer {
    char path[PATH_SIZE];
    enum ia_compression kind;
    struct floor_work work;
    uint64_t entries;
    double walk; /* CPU seconds of the tar walker alone */
    /* Pieces of FLOOR_CHUNK bytes from all over the uncompressed layer. */
    uint8_t *sample;
    size_t pieces;
};

struct bench_layers {
    struct bench_layer *rows;
    size_t count;
    struct floor_work work; /* of all */
    uint64_t entries;
    double walk;
};

/* Reads every layer once. Ends the program when it cannot. */
void layers_read(imga_context *context, const char *layout, struct bench_layers *layers);
void layers_free(struct bench_layers *layers);

/* Opens an image and reads its layers on so many threads, as every verb does; number of files. */
size_t scan_layout(const char *layout, unsigned threads);
/* The same with all analysers; number of packages. */
size_t inventory_layout(const char *layout, unsigned threads);

#endif
